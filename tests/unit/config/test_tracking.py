"""The [tracking] table: its defaults, what it takes, and every mistake in it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from orderweave.config.configuration import Allowance, TrackingSettings
from orderweave.config.tracking import read_tracking

ENVIRONMENT = {"KEY": "k" * 32, "OLD": "o" * 32, "SHORT": "s" * 31, "EMPTY": "", "SAME": "k" * 32}
KEYS = [{"env": "KEY"}]
HERE = Path()
NUMBER = "must be a whole number between"


def test_absent() -> None:
    """Without the table no guest is served, and nothing is wrong."""
    assert read_tracking(None, {}, 10, HERE) == (None, [])


def test_keys_alone() -> None:
    """With keys alone everything has its default, and the settings are never printed."""
    settings, problems = read_tracking({"keys": [*KEYS, {"env": "OLD"}]}, ENVIRONMENT, 10, HERE)
    assert problems == []
    assert settings == TrackingSettings(keys=("k" * 32, "o" * 32))
    assert repr(settings) == "TrackingSettings(…)"


def test_a_whole_table() -> None:
    """Every key is taken as it stands; times come out in UTC, and half an allowance keeps its other default."""
    table: dict[str, Any] = {
        "keys": KEYS,
        "postal_code": False,
        "slot_seconds": 2,
        "token_seconds": 60,
        "session_seconds": 600,
        "link_seconds": 3600,
        "link_url": "https://shop.example.com/track",
        "revoked_before": datetime(2026, 10, 1, 2, tzinfo=timezone(timedelta(hours=2))),
        "revoked_orders": ["a", "b"],
        "number": {"attempts": 3},
        "fact": {"attempts": 4, "seconds": 5},
        "address": {"seconds": 6},
        "everybody": {},
    }
    settings, problems = read_tracking(table, ENVIRONMENT, 10, HERE)
    assert problems == []
    assert settings == TrackingSettings(
        keys=("k" * 32,),
        postal_code=False,
        slot_seconds=2.0,
        token_seconds=60,
        session_seconds=600,
        link_seconds=3600,
        link_url="https://shop.example.com/track",
        revoked_before=datetime(2026, 10, 1, tzinfo=UTC),
        revoked_orders=frozenset({"a", "b"}),
        number=Allowance(attempts=3, seconds=86_400),
        fact=Allowance(attempts=4, seconds=5),
        address=Allowance(attempts=60, seconds=6),
        everybody=Allowance(attempts=3_000, seconds=3_600),
    )


@pytest.mark.parametrize(
    ("table", "key", "message"),
    [
        ([], "tracking", "must be a table"),
        ({}, "tracking.keys", "must be a list of 1 to 5 keys"),
        ({"keys": []}, "tracking.keys", "must be a list of 1 to 5 keys"),
        ({"keys": KEYS * 6}, "tracking.keys", "must be a list of 1 to 5 keys"),
        ({"keys": ["hunter2"]}, "tracking.keys[0]", "is a secret"),
        ({"keys": [{"env": 5}]}, "tracking.keys[0]", "is a secret"),
        ({"keys": [{"env": "NOT_SET"}]}, "tracking.keys[0]", "the environment variable 'NOT_SET' is not set or empty"),
        ({"keys": [{"env": "EMPTY"}]}, "tracking.keys[0]", "the environment variable 'EMPTY' is not set or empty"),
        ({"keys": [{"env": "SHORT"}]}, "tracking.keys[0]", "must have 32 characters or more"),
        ({"keys": [*KEYS, {"env": "SAME"}]}, "tracking.keys", "holds one key twice"),
        ({"keys": KEYS, "guesses": 1}, "tracking.guesses", "unknown key; known here: address, everybody, fact"),
        ({"keys": KEYS, "postal_code": "no"}, "tracking.postal_code", "must be true or false"),
        ({"keys": KEYS, "slot_seconds": True}, "tracking.slot_seconds", "must be a number between 0.1 and 10"),
        ({"keys": KEYS, "slot_seconds": 0}, "tracking.slot_seconds", "must be a number between 0.1 and 10"),
        ({"keys": KEYS, "slot_seconds": 6}, "tracking.slot_seconds", "must be at most server.deadline_seconds"),
        ({"keys": KEYS, "token_seconds": 59}, "tracking.token_seconds", f"{NUMBER} 60 and 86400"),
        ({"keys": KEYS, "token_seconds": 43_201}, "tracking.token_seconds", "must be at most session_seconds"),
        ({"keys": KEYS, "link_seconds": 1.5}, "tracking.link_seconds", f"{NUMBER} 3600 and 31536000"),
        ({"keys": KEYS, "link_url": "shop.example.com"}, "tracking.link_url", "must be a path or an address"),
        ({"keys": KEYS, "link_url": "/track#token="}, "tracking.link_url", "must be a path or an address"),
        (
            {"keys": KEYS, "revoked_before": datetime.fromisoformat("2026-01-01")},
            "tracking.revoked_before",
            "must be a time with",
        ),
        ({"keys": KEYS, "revoked_orders": "a"}, "tracking.revoked_orders", "must be a list of at most 1000"),
        ({"keys": KEYS, "number": 5}, "tracking.number", "must be a table such as"),
        ({"keys": KEYS, "number": {"tries": 5}}, "tracking.number.tries", "unknown key; known here: attempts, seconds"),
        ({"keys": KEYS, "number": {"attempts": 0}}, "tracking.number.attempts", f"{NUMBER} 1 and 1000000"),
        ({"keys": KEYS, "fact": {"seconds": "1"}}, "tracking.fact.seconds", f"{NUMBER} 1 and 2592000"),
    ],
)
def test_mistakes(table: Any, key: str, message: str) -> None:
    """Each mistake is named once by its key and what would be right, and holds no secret."""
    _, (problem,) = read_tracking(table, ENVIRONMENT, 5, HERE)
    assert problem.key == key
    assert problem.message.startswith(message)
    assert "hunter2" not in problem.message
