"""The `[cache]` table and each system's own: how much is kept where, and how old what may be."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from orderweave.caching.ages import DEFAULT_AGES, ONLY_FRESH, Ages, Subject
from orderweave.config.configuration import CacheSettings, Problem

_SUBJECTS = frozenset(subject.value for subject in Subject)
_CACHE = frozenset({"enabled", "entries", "megabytes"})
_SYSTEM_CACHE = frozenset({"enabled"})
_AGES = ("ttl", "stale_while_revalidate", "stale_if_error")
# What the numbers may be: entries, megabytes (a worker's memory), and the seconds of an age (a week).
_RANGES = {"entries": (1, 10_000_000), "megabytes": (1, 65_536)}
_LONGEST_AGE = 7 * 24 * 3600

AgesOf = dict[Subject, Ages]


def read_cache(document: Mapping[str, Any], systems: Mapping[str, Any]) -> tuple[CacheSettings | None, list[Problem]]:
    """The settings of the cache, None where it is switched off, and what is wrong with them.

    `systems` are the tables of all systems; what is no table in them is left to others to complain of.
    """
    reading = _Reading()
    table = reading.table("cache", document.get("cache", {}))
    reading.unknown("cache", table, _CACHE | _SUBJECTS)
    common = reading.ages("cache", table, DEFAULT_AGES)
    ages: dict[str, AgesOf] = {}
    for name, system in systems.items():
        key = f"systems.{name}.cache"
        own = reading.table(key, system.get("cache", {})) if isinstance(system, dict) else {}
        reading.unknown(key, own, _SYSTEM_CACHE | _SUBJECTS)
        if reading.switch(f"{key}.enabled", own.get("enabled", True)):
            ages[name] = reading.ages(key, own, common)
    numbers = {name: reading.number(f"cache.{name}", table[name], *_RANGES[name]) for name in _RANGES if name in table}
    if not reading.switch("cache.enabled", table.get("enabled", True)):
        return None, reading.problems
    return CacheSettings(**numbers, ages=ages), reading.problems


class _Reading:
    """Reads values and collects what is wrong with them."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def _problem(self, key: str, message: str) -> None:
        self.problems.append(Problem(key, message))

    def table(self, key: str, value: Any) -> Mapping[str, Any]:
        """A table; an empty one in place of anything else."""
        if isinstance(value, dict):
            return value
        self._problem(key, "must be a table")
        return {}

    def unknown(self, prefix: str, table: Mapping[str, Any], known: frozenset[str]) -> None:
        """A problem for each key that is not known here."""
        for key in table:
            if key not in known:
                self._problem(f"{prefix}.{key}", f"unknown key; known here: {', '.join(sorted(known))}")

    def switch(self, key: str, value: Any) -> bool:
        """True or false."""
        if not isinstance(value, bool):
            self._problem(key, "must be true or false")
        return value is not False

    def number(self, key: str, value: Any, least: int, most: int) -> int:
        """A whole number between two."""
        if type(value) is int and least <= value <= most:
            return value
        self._problem(key, f"must be a whole number between {least} and {most}")
        return least

    def ages(self, prefix: str, table: Mapping[str, Any], above: Mapping[Subject, Ages]) -> AgesOf:
        """The ages above with those of a table laid over them, value by value."""
        found = dict(above)
        for subject in Subject:
            if subject.value not in table:
                continue
            key = f"{prefix}.{subject.value}"
            given = self.table(key, table[subject.value])
            self.unknown(key, given, frozenset(_AGES))
            for name in _AGES:
                if name not in given:
                    continue
                seconds = self.number(f"{key}.{name}", given[name], 0, _LONGEST_AGE)
                if seconds and name != "ttl" and subject in ONLY_FRESH:
                    self._problem(f"{key}.{name}", f"must be 0: {_WHY_FRESH[subject]}")
                    continue
                found[subject] = msgspec.structs.replace(found[subject], **{name: seconds})
        return found


_WHY_FRESH = {
    Subject.SEARCHES: "a list has nowhere to say that it is old",
    Subject.ABSENT: "what is not there cannot say that it is old",
}
