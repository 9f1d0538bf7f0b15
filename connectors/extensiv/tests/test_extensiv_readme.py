"""The README holds: its example can be pasted, and its tables are the manifest's and the status map's."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from orderweave_extensiv.connector import ExtensivConnector
from orderweave_extensiv.manifest import MANIFEST
from orderweave_extensiv.statuses import STATUSES
from orderweave_sdk.records import Axis

README = (Path(__file__).parents[1] / "README.md").read_text()


def table(heading: str) -> list[list[str]]:
    """The cells of the table under a heading."""
    rows = re.findall(r"^\|(.*)\|$", README.split(f"## {heading}\n")[1].split("\n## ")[0], re.MULTILINE)
    return [[cell.strip() for cell in row.split("|")] for row in rows[2:]]


def test_the_example_is_sound() -> None:
    """Copied as it stands, it has no problem, and knows no setting or reference that there is not."""
    (example,) = re.findall(r"```toml\n(.*?)```", README, re.DOTALL)
    system = tomllib.loads(example)["systems"]["wms"]
    assert system["connector"] == MANIFEST.name
    settings = {**system["settings"], "client_secret": "secret"}
    assert ExtensivConnector.problems(settings) == []
    assert {setting.name for setting in MANIFEST.settings if setting.required} <= settings.keys()
    assert settings.keys() < {setting.name for setting in MANIFEST.settings}
    assert all(reference["field"] in MANIFEST.references for reference in system["references"])


def test_settings_and_references() -> None:
    """Each table names what the manifest declares, all of it and in its order."""
    names = [name for row in table("Settings") for name in re.findall(r"`(\w+)`", row[0])]
    assert names == [setting.name for setting in MANIFEST.settings]
    assert [row[0].strip("`") for row in table("Reference fields")] == list(MANIFEST.references)
    assert all(f"`{name}`" in table("What it covers")[0][1] for name in MANIFEST.lookups)


def test_words() -> None:
    """Every word of the status map with its meanings, as the table says."""
    told = {raw.strip("`"): (order, goods) for _, raw, order, goods in table("How Extensiv's words are read")}
    of_goods = STATUSES.words[Axis.FULFILLMENT]
    assert told.keys() == of_goods.keys()
    for raw, (order, goods) in told.items():
        assert (STATUSES.words[Axis.ORDER][raw.partition("/")[0]], of_goods[raw]) == (order, goods)
