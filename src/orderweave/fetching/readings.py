"""What the systems can be read for at any moment: the figures that they keep anyway."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from orderweave.fetching.systems import Systems
from orderweave.observing import catalog
from orderweave_sdk.upstream import Quota


def expose(systems: Systems) -> None:
    """Name these systems as the source of every figure that is read of them."""
    readings = systems.observing.readings
    names = tuple(systems.business.systems)

    def of(value: Callable[[str], float | None]) -> Mapping[tuple[str, ...], float]:
        found = ((name, value(name)) for name in names)
        return {(name,): figure for name, figure in found if figure is not None}

    def up(name: str) -> float | None:
        healthy = systems.health[name].healthy
        return None if healthy is None else float(healthy)

    def part_of_quota(part: Callable[[Quota], float]) -> Mapping[tuple[str, ...], float]:
        shortest = {name: quota for name in names if (quota := _shortest(systems, name)) is not None}
        return {(name,): part(quota) for name, quota in shortest.items()}

    readings.read(catalog.SYSTEM_UP, lambda: of(up))
    readings.read(catalog.CALLS_WAITING, lambda: of(lambda name: sum(one.waiting for one in systems.upstreams(name))))
    readings.read(catalog.QUOTA_AVAILABLE, lambda: part_of_quota(lambda quota: quota.available))
    readings.read(catalog.QUOTA_MAXIMUM, lambda: part_of_quota(lambda quota: quota.maximum))
    readings.read(catalog.UNKNOWN_WORDS, lambda: of(lambda name: len(systems.unknown_words[name])))
    readings.read(catalog.UNKNOWN_WORDS_SEEN, lambda: of(lambda name: systems.unknown_words[name].total()))


def _shortest(systems: Systems, name: str) -> Quota | None:
    """Of the quotas of a system's clients the one of which the least is left."""
    known = [one.quota for one in systems.upstreams(name) if one.quota is not None]
    return min(known, key=lambda quota: quota.available / quota.maximum if quota.maximum else 0.0, default=None)
