"""The `[cache]` table and each system's own: how much is kept where, and how old what may be."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from orderweave.caching.ages import DEFAULT_AGES, ONLY_FRESH, Ages, Subject
from orderweave.config.collecting import Collecting
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
    table = reading.table("cache", document.get("cache", {}), _CACHE | _SUBJECTS)
    common = reading.ages("cache", table, DEFAULT_AGES)
    ages: dict[str, AgesOf] = {}
    for name, system in systems.items():
        key = f"systems.{name}.cache"
        given = system.get("cache", {}) if isinstance(system, dict) else {}
        own = reading.table(key, given, _SYSTEM_CACHE | _SUBJECTS)
        if reading.switch(f"{key}.enabled", own.get("enabled", True)):
            ages[name] = reading.ages(key, own, common)
    numbers = {name: reading.whole(f"cache.{name}", table[name], *_RANGES[name]) for name in _RANGES if name in table}
    if not reading.switch("cache.enabled", table.get("enabled", True)):
        return None, reading.problems
    return CacheSettings(**numbers, ages=ages), reading.problems


class _Reading(Collecting):
    """Reads ages, too."""

    def ages(self, prefix: str, table: Mapping[str, Any], above: Mapping[Subject, Ages]) -> AgesOf:
        """The ages above with those of a table laid over them, value by value."""
        found = dict(above)
        for subject in Subject:
            if subject.value not in table:
                continue
            key = f"{prefix}.{subject.value}"
            given = self.table(key, table[subject.value], _AGES)
            for name in _AGES:
                if name not in given:
                    continue
                seconds = self.whole(f"{key}.{name}", given[name], 0, _LONGEST_AGE)
                if seconds and name != "ttl" and subject in ONLY_FRESH:
                    self.problem(f"{key}.{name}", f"must be 0: {_WHY_FRESH[subject]}")
                    continue
                found[subject] = msgspec.structs.replace(found[subject], **{name: seconds})
        return found


_WHY_FRESH = {
    Subject.SEARCHES: "a list has nowhere to say that it is old",
    Subject.ABSENT: "what is not there cannot say that it is old",
}
