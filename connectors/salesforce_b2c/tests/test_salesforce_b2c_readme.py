"""The README's settings, reference fields and scopes are those of the code, and its example is sound."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from orderweave_salesforce_b2c.connector import SalesforceB2cConnector
from orderweave_salesforce_b2c.manifest import MANIFEST
from orderweave_salesforce_b2c.signing_in import ORDERS_SCOPE, PRODUCTS_SCOPE

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")


def table(title: str) -> list[str]:
    """The names in the first column of the table under a title."""
    rows = README.split(f"\n## {title}\n")[1].split("\n## ")[0]
    return [name for row in re.findall(r"^\| (`.*?) \|", rows, re.MULTILINE) for name in re.findall(r"`(\w+)`", row)]


def test_settings_are_those_of_the_manifest() -> None:
    """The table names every setting; the example takes its secrets from the environment and has no problem."""
    secrets = {setting.name for setting in MANIFEST.settings if setting.secret}
    assert sorted(table("Settings")) == sorted(setting.name for setting in MANIFEST.settings)
    (example,) = re.findall(r"```toml\n(.*?)```", README, re.DOTALL)
    settings = tomllib.loads(example)["systems"]["shop-us"]["settings"]
    assert settings.keys() >= {setting.name for setting in MANIFEST.settings if setting.required}
    assert {name for name, value in settings.items() if isinstance(value, dict)} == secrets
    assert SalesforceB2cConnector.problems(settings) == []


def test_reference_fields_are_those_of_the_manifest() -> None:
    """Each of them, and none that is looked up."""
    assert tuple(table("Reference fields")) == MANIFEST.references
    assert not set(MANIFEST.references) & MANIFEST.lookups.keys()


def test_rights_are_those_that_are_asked_for() -> None:
    """The scopes that the README tells to give are the ones that the connector asks for."""
    assert f"`{ORDERS_SCOPE}` and `{PRODUCTS_SCOPE}` (both read only)" in README
