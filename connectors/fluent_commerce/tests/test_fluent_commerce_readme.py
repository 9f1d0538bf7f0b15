"""The README holds: its words are the status map's, its settings the manifest's, and its example can be pasted."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from orderweave_fluent_commerce.connector import FluentCommerceConnector
from orderweave_fluent_commerce.manifest import MANIFEST
from orderweave_fluent_commerce.operations import MOST_COMPLEXITY
from orderweave_fluent_commerce.statuses import STATUSES
from orderweave_sdk.records import Axis

README = (Path(__file__).parents[1] / "README.md").read_text()


def test_order_words_are_those_of_the_map() -> None:
    """Each row's words mean what it says on both axes, and no documented word is missing."""
    rows = re.findall(r"^\| (`[A-Z_]+`(?:, `[A-Z_]+`)*) \| ([A-Z_]+) \| ([A-Z_]+) \|$", README, re.MULTILINE)
    told = {raw: (order, goods) for words, order, goods in rows for raw in re.findall(r"`(\w+)`", words)}
    assert {raw: order for raw, (order, _) in told.items()} == STATUSES.words[Axis.ORDER]
    assert {raw: goods for raw, (_, goods) in told.items()} == STATUSES.words[Axis.FULFILLMENT]


def test_settings_are_those_of_the_manifest() -> None:
    """The table names every setting; the example has no problem and knows no field that there is not."""
    table = README.split("| setting | |")[1].split("\n\n")[0]
    named = {
        name for cell in re.findall(r"^\| ([^|]+) \|", table, re.MULTILINE) for name in re.findall(r"`(\w+)`", cell)
    }
    assert named == {setting.name for setting in MANIFEST.settings}
    (example,) = re.findall(r"```toml\n(.*?)```", README, re.DOTALL)
    system = tomllib.loads(example)["systems"]["oms"]
    required = {setting.name for setting in MANIFEST.settings if setting.required}
    assert required <= system["settings"].keys() <= named
    assert FluentCommerceConnector.problems(system["settings"]) == []
    assert all(reference["field"] in MANIFEST.references for reference in system["references"])
    secrets = {setting.name for setting in MANIFEST.settings if setting.secret}
    assert all("env" in system["settings"][name] for name in secrets)


def test_look_ups_and_limits_are_named() -> None:
    """Every look-up stands there, and what a query may cost."""
    assert all(f"`{name}`" in README for name in MANIFEST.lookups)
    assert f"{MOST_COMPLEXITY:,}" in README
