"""The `[sync]` table: how the index is kept true."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from orderweave.config.configuration import Problem, SyncSettings

# What each number may be, ends included.
RANGES: Mapping[str, tuple[int, int]] = {
    "interval_seconds": (1, 86_400),
    "goods_seconds": (1, 86_400),
    "sweep_seconds": (60, 2_592_000),
    "history_days": (1, 36_500),
}
_ENABLED = "enabled"


def read_sync(document: Mapping[str, Any]) -> tuple[SyncSettings, list[Problem]]:
    """The table's settings, and every problem with them."""
    if "sync" not in document:
        return SyncSettings(), []
    value = document["sync"]
    if not isinstance(value, dict):
        return SyncSettings(), [Problem("sync", "must be a table")]
    known = {*RANGES, _ENABLED}
    wrong = f"unknown key; known here: {', '.join(sorted(known))}"
    problems = [Problem(f"sync.{key}", wrong) for key in value if key not in known]
    if "index" not in document:
        problems.append(Problem("sync", "there is nothing to keep true without an [index] table"))
    given: dict[str, Any] = {}
    for name, (least, most) in RANGES.items():
        if name not in value:
            continue
        if type(value[name]) is not int or not least <= value[name] <= most:
            problems.append(Problem(f"sync.{name}", f"must be a whole number between {least} and {most}"))
        else:
            given[name] = value[name]
    if _ENABLED in value:
        if not isinstance(value[_ENABLED], bool):
            problems.append(Problem(f"sync.{_ENABLED}", "must be true or false"))
        else:
            given[_ENABLED] = value[_ENABLED]
    return SyncSettings(**given), problems
