"""The [sync] table: its defaults, what it takes, and every mistake in it."""

from __future__ import annotations

from typing import Any

import pytest

from orderweave.config.configuration import SyncSettings
from orderweave.config.sync import RANGES, read_sync


def test_defaults() -> None:
    """Without the table an index is kept true all the same, with its whole history."""
    assert read_sync({"index": {}}) == (SyncSettings(), [])
    assert read_sync({}) == (SyncSettings(), [])
    assert SyncSettings().enabled
    assert SyncSettings().history_days is None


def test_a_whole_table() -> None:
    """Every key is taken as it stands, at both ends of its range."""
    for end in (0, 1):
        table: dict[str, Any] = {"enabled": False, **{name: ends[end] for name, ends in RANGES.items()}}
        assert read_sync({"index": {}, "sync": table}) == (SyncSettings(**table), [])


@pytest.mark.parametrize(
    ("table", "key", "message"),
    [
        ([], "sync", "must be a table"),
        (
            {"pages": 1},
            "sync.pages",
            "unknown key; known here: enabled, goods_seconds, history_days, interval_seconds, sweep_seconds",
        ),
        ({"enabled": 1}, "sync.enabled", "must be true or false"),
        ({"interval_seconds": 0}, "sync.interval_seconds", "must be a whole number between 1 and 86400"),
        ({"goods_seconds": 1.5}, "sync.goods_seconds", "must be a whole number between 1 and 86400"),
        ({"sweep_seconds": 59}, "sync.sweep_seconds", "must be a whole number between 60 and 2592000"),
        ({"history_days": True}, "sync.history_days", "must be a whole number between 1 and 36500"),
    ],
)
def test_each_mistake_has_its_message(table: Any, key: str, message: str) -> None:
    """A mistake names its key and what would be right, and the settings stay usable."""
    settings, (problem,) = read_sync({"index": {}, "sync": table})
    assert (problem.key, problem.message) == (key, message)
    assert settings == SyncSettings()


def test_there_must_be_an_index() -> None:
    """A sync without an index keeps nothing true, which is said."""
    _, (problem,) = read_sync({"sync": {}})
    assert (problem.key, problem.message) == ("sync", "there is nothing to keep true without an [index] table")
