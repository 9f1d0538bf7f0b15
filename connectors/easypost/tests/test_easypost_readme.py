"""The README's table of milestones is the status map, and its settings are the manifest's."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from orderweave_easypost.connector import EasypostConnector
from orderweave_easypost.manifest import MANIFEST
from orderweave_easypost.statuses import DETAIL_WORDS, STATUS_WORDS, milestone

README = (Path(__file__).parents[1] / "README.md").read_text()
ROW = re.compile(r"^\| `(\w+)` \| ([A-Z_]+)[^|]* \| ?([^|]*?) ?\|$", re.MULTILINE)


def test_milestones_are_those_of_the_map() -> None:
    """Each documented pair means what its row says, and a detail that is not in it says nothing more."""
    rows = {status: (alone, details) for status, alone, details in ROW.findall(README)}
    assert rows.keys() == STATUS_WORDS.keys()
    for status, (alone, details) in rows.items():
        written = rows["in_transit"][1] if details.startswith("as under") else details
        telling = {
            detail: meaning
            for part in written.split(" · ")
            for detail in re.findall(r"`(\w+)`", part)
            for meaning in re.findall(r": ([A-Z_]+)", part)
        }
        assert telling.keys() <= set(DETAIL_WORDS)
        assert milestone(status, None) == alone
        for detail in DETAIL_WORDS:
            assert milestone(status, detail) == telling.get(detail, alone), (status, detail)


def test_settings_are_those_of_the_manifest() -> None:
    """The table names every setting, and the example, with its key taken from the environment, is sound."""
    table = README.split("| setting | |")[1].split("\n\n")[0]
    assert set(re.findall(r"^\| `(\w+)`", table, re.MULTILINE)) == {setting.name for setting in MANIFEST.settings}
    (example,) = re.findall(r"```toml\n(.*?)```", README, re.DOTALL)
    settings = tomllib.loads(example)["systems"]["carriers"]["settings"]
    assert settings.keys() == {setting.name for setting in MANIFEST.settings if setting.required}
    assert EasypostConnector.problems(settings | {"api_key": "EZAKsimulated"}) == []
