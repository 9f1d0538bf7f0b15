"""The `[cache]` table and each system's own: what they give, value by value."""

from __future__ import annotations

from typing import Any

from orderweave.caching.ages import DEFAULT_AGES, Ages, Subject
from orderweave.config.caching import read_cache
from orderweave.config.configuration import CacheSettings, Problem

SYSTEMS: dict[str, Any] = {"shop": {"connector": "shopify"}, "erp": {"connector": "tryton"}}


def read(
    cache: dict[str, Any] | None = None, systems: dict[str, Any] | None = None
) -> tuple[CacheSettings | None, list[Problem]]:
    """What is read from these tables."""
    document: dict[str, Any] = {} if cache is None else {"cache": cache}
    return read_cache(document, SYSTEMS if systems is None else systems)


def sound(cache: dict[str, Any] | None = None, systems: dict[str, Any] | None = None) -> CacheSettings:
    """Settings without a problem."""
    settings, problems = read(cache, systems)
    assert problems == []
    assert settings is not None
    return settings


def test_nothing_said_is_the_default() -> None:
    """Without a table every system has the default ages."""
    assert sound() == CacheSettings(ages={"shop": DEFAULT_AGES, "erp": DEFAULT_AGES})


def test_switched_off() -> None:
    """With the switch off there is no cache; what else stands there is still checked."""
    assert read({"enabled": False}) == (None, [])
    assert read({"enabled": False, "entries": 0}) == (
        None,
        [Problem("cache.entries", "must be a whole number between 1 and 10000000")],
    )


def test_value_by_value() -> None:
    """A system's value goes before the file's, and that before the default; one system may be live."""
    settings = sound(
        {"entries": 5, "megabytes": 6, "stock": {"ttl": 9}, "header": {"stale_if_error": 7}},
        {
            "shop": {"cache": {"stock": {"stale_while_revalidate": 8}, "header": {"stale_if_error": 0, "ttl": 0}}},
            "erp": {"cache": {"enabled": False, "stock": {"ttl": 1}}},
            "wms": {},
        },
    )
    assert (settings.entries, settings.megabytes) == (5, 6)
    assert set(settings.ages) == {"shop", "wms"}
    assert settings.ages["shop"][Subject.STOCK] == Ages(ttl=9, stale_while_revalidate=8, stale_if_error=900)
    assert settings.ages["shop"][Subject.HEADER] == Ages(ttl=0, stale_while_revalidate=30, stale_if_error=0)
    assert settings.ages["wms"][Subject.STOCK] == Ages(ttl=9, stale_while_revalidate=5, stale_if_error=900)
    assert settings.ages["wms"][Subject.LINES] == DEFAULT_AGES[Subject.LINES]


def test_every_mistake_at_once() -> None:
    """Mistakes of several tables are told together, each with its key."""
    _, problems = read(
        {"size": 1, "stock": [], "absent": {"stale_if_error": 1}, "enabled": "yes"},
        {
            "shop": {"cache": 5},
            "erp": {"cache": {"redis": "redis://cache", "header": {"ttl": True, "age": 1}}},
            "odd": 5,
        },
    )
    assert [problem.key for problem in problems] == [
        "cache.size",
        "cache.stock",
        "cache.absent.stale_if_error",
        "systems.shop.cache",
        "systems.erp.cache.redis",
        "systems.erp.cache.header.age",
        "systems.erp.cache.header.ttl",
        "cache.enabled",
    ]
