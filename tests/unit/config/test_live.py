"""The [live] table: its defaults, what it takes, and every mistake in it."""

from __future__ import annotations

from typing import Any

import pytest

from orderweave.config.configuration import LiveSettings
from orderweave.config.live import RANGES, read_live


def test_defaults() -> None:
    """Without the table subscriptions are there, and those pages may open a WebSocket that may ask over HTTP."""
    assert read_live({}) == (LiveSettings(), [])
    assert LiveSettings().origins is None
    assert read_live({"origins": []})[0].origins == ()


def test_a_whole_table() -> None:
    """Every key is taken as it stands, at both ends of its range."""
    for end in (0, 1):
        table: dict[str, Any] = {name: ends[end] for name, ends in RANGES.items()}
        table["origins"] = ["https://portal.example.com", "http://localhost:3000"]
        settings, problems = read_live(table)
        assert problems == []
        assert settings == LiveSettings(**{**table, "origins": ("https://portal.example.com", "http://localhost:3000")})


@pytest.mark.parametrize(
    ("table", "key", "message"),
    [
        ([], "live", "must be a table"),
        (
            {"polls": 1},
            "live.polls",
            "unknown key; known here: events_kept, identify_seconds, keep_seconds, most_connections, "
            "most_connections_per_caller, most_subjects, most_subscriptions, origins, poll_seconds",
        ),
        ({"poll_seconds": 0}, "live.poll_seconds", "must be a whole number between 1 and 3600"),
        ({"poll_seconds": 1.5}, "live.poll_seconds", "must be a whole number between 1 and 3600"),
        ({"poll_seconds": True}, "live.poll_seconds", "must be a whole number between 1 and 3600"),
        ({"most_connections": 901}, "live.most_connections", "must be a whole number between 0 and 900"),
        ({"origins": "*"}, "live.origins", 'must be a list of origins such as "https://shop.example.com"'),
        ({"origins": ["*"]}, "live.origins", 'must be a list of origins such as "https://shop.example.com"'),
        (
            {"origins": ["https://shop.example.com/"]},
            "live.origins",
            'must be a list of origins such as "https://shop.example.com"',
        ),
    ],
)
def test_each_mistake_has_its_message(table: Any, key: str, message: str) -> None:
    """A mistake names its key and what would be right, and the settings stay usable."""
    settings, (problem,) = read_live(table)
    assert (problem.key, problem.message) == (key, message)
    assert settings == LiveSettings()
