"""How a system is called, as configured: the defaults, every key, and every mistake with what would be right."""

from __future__ import annotations

from typing import Any

import pytest

from orderweave.config import calls as module
from orderweave.config.calls import CALLS, read_calls
from orderweave.config.configuration import Problem
from orderweave.model.calls import CallRules
from orderweave_sdk.manifest import OrderPrice, RateLimit
from tests.unit.config.texts import SHOP, Problems

LIMIT = RateLimit(units="requests", burst=10, per_second=1)
POINTS = RateLimit(units="points", burst=1000, per_second=100, orders=OrderPrice(call=3, facets={}, most=1000))


def test_every_rule_can_be_configured() -> None:
    """The keys of the table are the fields of the rules, with no default of their own."""
    assert tuple(CALLS) == CallRules.__struct_fields__
    assert read_calls("systems.shop.calls", {}, None) == (CallRules(), [])


def test_a_whole_table_is_read() -> None:
    """Every key is taken over; whole numbers stand where fractions may."""
    table: dict[str, Any] = {
        "attempts": 1,
        "retry_share": 0.1,
        "breaker": False,
        "breaker_window": 10,
        "breaker_calls": 5,
        "breaker_share": 1,
        "breaker_pause": 2.5,
        "concurrency": 3,
        "queue": 0,
        "hedge": True,
        "quota": False,
        "quota_burst": 40,
        "quota_per_second": 2,
        "analytics_reserve": 0,
        "sync_reserve": 0.9,
    }
    assert table.keys() == CALLS.keys()
    assert read_calls("systems.shop.calls", table, LIMIT) == (CallRules(**table), [])


@pytest.mark.parametrize(
    ("table", "declared", "key", "message"),
    [
        ({"retries": 3}, None, "retries", f"unknown key; known here: {', '.join(sorted(CALLS))}"),
        ({"attempts": 0}, None, "attempts", "must be between 1 and 10"),
        ({"attempts": 1.5}, None, "attempts", "must be a whole number between 1 and 10"),
        ({"attempts": True}, None, "attempts", "must be a whole number between 1 and 10"),
        ({"retry_share": "20%"}, None, "retry_share", "must be a number between 0 and 1"),
        ({"retry_share": float("nan")}, None, "retry_share", "must be between 0 and 1"),
        ({"breaker": "no"}, None, "breaker", "must be true or false"),
        ({"breaker_share": 0}, None, "breaker_share", "must be between 0.01 and 1"),
        ({"queue": -1}, None, "queue", "must be between 0 and 10000"),
        (
            {"sync_reserve": 0.4},
            None,
            "sync_reserve",
            "must be at least analytics_reserve (0.5): sync comes after analytics",
        ),
        (
            {"quota_burst": 10},
            None,
            "quota_per_second",
            "is missing: this connector declares no quota, so quota_burst needs it",
        ),
        (
            {"quota_per_second": 10},
            None,
            "quota_burst",
            "is missing: this connector declares no quota, so quota_per_second needs it",
        ),
        ({"quota_burst": 999}, POINTS, "quota_burst", "must be at least 1000: one call may cost so much"),
    ],
    ids=lambda value: str(value)[:40] if isinstance(value, dict) else "",
)
def test_each_mistake_has_its_message(
    table: dict[str, object], declared: RateLimit | None, key: str, message: str
) -> None:
    """The mistake is told by its key with what would be right, and nothing else is told."""
    _, problems = read_calls("systems.shop.calls", table, declared)
    assert problems == [Problem(f"systems.shop.calls.{key}", message)]


def test_mistakes_are_told_together() -> None:
    """Several mistakes of one table are one answer, and what is right is kept."""
    rules, problems = read_calls("c", {"attempts": 99, "queue": 5, "hedge": 1}, None)
    assert (rules.queue, rules.attempts) == (5, 3)
    assert [problem.key for problem in problems] == ["c.attempts", "c.hedge"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (SHOP + "[systems.shop.calls]\nattempts = 0", [("systems.shop.calls.attempts", "must be between 1 and 10")]),
        (SHOP + "[redis]", [("redis.url", "is missing: the address, such as redis://localhost:6379/0")]),
        (SHOP + '[redis]\nurl = "redis"', [("redis.url", "must be an address such as redis://localhost:6379/0")]),
        (
            SHOP + '[redis]\nurl = "http://localhost"',
            [("redis.url", "must be an address such as redis://localhost:6379/0")],
        ),
        (
            SHOP + '[redis]\nurl = "redis://:hunter2@localhost"',
            [("redis.url", 'holds a password: write { env = "NAME" } and set that variable')],
        ),
        (SHOP + '[redis]\nurl = "redis://"', [("redis.url", "must be an address such as redis://localhost:6379/0")]),
        (
            SHOP + '[redis]\nurl = "redis://cache:0"',
            [("redis.url", "must be an address such as redis://localhost:6379/0")],
        ),
        (
            SHOP + '[redis]\nurl = "redis://cache:99999"',
            [("redis.url", "must be an address such as redis://localhost:6379/0")],
        ),
        (
            SHOP + '[redis]\nurl = "redis://cache/one"',
            [("redis.url", "must be an address such as redis://localhost:6379/0")],
        ),
        (
            SHOP + '[redis]\nurl = "redis://[cache"',
            [("redis.url", "must be an address such as redis://localhost:6379/0")],
        ),
        ("redis = 3\n" + SHOP, [("redis", "must be a table, is a number")]),
    ],
)
def test_mistakes_in_a_file(text: str, expected: list[tuple[str, str]], problems: Problems) -> None:
    """The table of a system, and the Redis that processes share; a password stands in no message."""
    assert problems(text) == expected


def test_ranges_take_the_defaults() -> None:
    """Every default lies within what may be written."""
    defaults = CallRules()
    for name, allowed in module.CALLS.items():
        value = getattr(defaults, name)
        if allowed is not None and value is not None:
            assert allowed.problem(value) is None
