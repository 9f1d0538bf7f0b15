"""The `[exports]` table: where the files of exports are kept, for how long, and how much of them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from orderweave.config.configuration import ExportSettings, Problem

# What each number may be, ends included.
RANGES: Mapping[str, tuple[int, int]] = {
    "keep_hours": (1, 720),
    "most_rows": (1, 1_000_000_000),
    "most_at_once": (1, 16),
    "most_megabytes": (1, 1_048_576),
}
FOLDER = "folder"
_DEFAULT_FOLDER = "var/exports"


def read_exports(document: Mapping[str, Any], folder: Path) -> tuple[ExportSettings | None, list[Problem]]:
    """The table's settings, None where there is none, and every problem with them. The folder's name is relative to
    the folder of the configuration file.
    """
    if "exports" not in document:
        return None, []
    value = document["exports"]
    if not isinstance(value, dict):
        return None, [Problem("exports", "must be a table")]
    known = {*RANGES, FOLDER}
    wrong = f"unknown key; known here: {', '.join(sorted(known))}"
    problems = [Problem(f"exports.{key}", wrong) for key in value if key not in known]
    if "index" not in document:
        problems.append(Problem("exports", "there is nothing to export without an [index] table"))
    given: dict[str, int] = {}
    for name, (least, most) in RANGES.items():
        if name not in value:
            continue
        if type(value[name]) is not int or not least <= value[name] <= most:
            problems.append(Problem(f"exports.{name}", f"must be a whole number between {least} and {most}"))
        else:
            given[name] = value[name]
    named = value.get(FOLDER, _DEFAULT_FOLDER)
    if not isinstance(named, str) or not named.strip():
        problems.append(Problem(f"exports.{FOLDER}", "must be the name of a folder"))
    if problems:
        return None, problems
    return ExportSettings(folder=(folder / named).absolute(), **given), []
