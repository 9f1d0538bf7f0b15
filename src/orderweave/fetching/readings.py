"""What the systems can be read for at any moment: the figures that they keep anyway."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from orderweave.fetching.systems import Systems
from orderweave.model.calls import BreakerState, QuotaLevel
from orderweave.observing import catalog

# As the metric says them.
_STATES = {BreakerState.CLOSED: 0.0, BreakerState.HALF_OPEN: 1.0, BreakerState.OPEN: 2.0}


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

    def of_quota(part: Callable[[QuotaLevel], float]) -> Mapping[tuple[str, ...], float]:
        levels = {name: level for name in names if (level := systems.calls(name).quota) is not None}
        return {(name,): part(level) for name, level in levels.items()}

    def breakers() -> Mapping[tuple[str, ...], float]:
        return {
            (name, breaker.operation): _STATES[breaker.state]
            for name in names
            for breaker in systems.calls(name).breakers
        }

    readings.read(catalog.SYSTEM_UP, lambda: of(up))
    readings.read(catalog.CALLS_WAITING, lambda: of(lambda name: sum(one.waiting for one in systems.upstreams(name))))
    readings.read(catalog.BREAKER_STATE, breakers)
    readings.read(catalog.QUOTA_AVAILABLE, lambda: of_quota(lambda quota: quota.available))
    readings.read(catalog.QUOTA_MAXIMUM, lambda: of_quota(lambda quota: quota.maximum))
    readings.read(catalog.UNKNOWN_WORDS, lambda: of(lambda name: len(systems.unknown_words[name])))
    readings.read(catalog.UNKNOWN_WORDS_SEEN, lambda: of(lambda name: systems.unknown_words[name].total()))
