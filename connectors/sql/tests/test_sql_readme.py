"""The README's mappings are sound, and its reference names every field there is and none that is not."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from orderweave_sdk.connecting import manifest_of
from orderweave_sql.connector import SqlConnector
from orderweave_sql.vocabulary import SECTIONS

README = (Path(__file__).parents[1] / "README.md").read_text()
EXAMPLES = re.findall(r"```toml\n(.*?)```", README, re.DOTALL)


def test_there_are_examples() -> None:
    """A small mapping and a full one."""
    assert len(EXAMPLES) == 2


@pytest.mark.parametrize("example", EXAMPLES)
def test_examples_are_sound(example: str) -> None:
    """Each example, copied as it stands, has no problem and a manifest that holds together."""
    settings: dict[str, Any] = tomllib.loads(example)["systems"]["legacy"]["settings"]
    settings["url"] = "postgresql://reader:password@db.example.com/orders"
    assert SqlConnector.problems(settings) == []
    assert manifest_of(SqlConnector, settings).problems() == []


@pytest.mark.parametrize("section", SECTIONS)
def test_reference_names_every_field(section: str) -> None:
    """Each field stands in its section's row, in bold exactly when it must be mapped."""
    (row,) = re.findall(rf"^\| `{section}` \| (.*) \|$", README, re.MULTILINE)
    told = set(re.findall(r"[a-z_]+", row))
    fields = {name: rule for name, rule in SECTIONS[section].fields.items() if name != "position"}
    if section != "locations":
        missing = {part for name in fields for part in name.split(".")} - told
        assert missing == set()
    assert set(re.findall(r"\*\*(\w+)\*\*", row)) == {name for name, rule in fields.items() if rule.required}
