"""What the operations page shows: plain figures, made anew for each look."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum

import msgspec

from orderweave.model.listing import SystemInfo, UnknownWord
from orderweave.observing import catalog
from orderweave.observing.history import MOST_SLOTS, SLOT_SECONDS, History, Slot, Tally, quantile
from orderweave.observing.observed import Observed

# A system of whose calls in the last minute one in twenty took longer is slow.
_MOST_SECONDS = 2.0
_MINUTE = round(60 / SLOT_SECONDS)
_FEWEST_SLOTS = 3 * _MINUTE
# Unmapped words shown of one system; all of them are in `systems { unknownWords }`.
_MOST_WORDS = 5


class SystemState(StrEnum):
    """How a system stands."""

    UP = "up"
    SLOW = "slow"
    DOWN = "down"
    UNASKED = "unasked"


class BreakerState(StrEnum):
    """A breaker's state, in the order of its values in the metric."""

    CLOSED = "closed"
    HALF_OPEN = "half open"
    OPEN = "open"


class Point(msgspec.Struct, frozen=True, kw_only=True):
    """One slot of a drawing: how many, how many of them failed, and within which seconds half and 19 of 20 were."""

    count: int
    failures: int
    p50: float | None
    p95: float | None


class Breaker(msgspec.Struct, frozen=True):
    """The breaker of one capability."""

    capability: str
    state: BreakerState


class SystemView(msgspec.Struct, frozen=True, kw_only=True):
    """One system. Seconds and rates are of the last minute; None where nothing happened in it or nothing is known."""

    name: str
    title: str
    kind: str
    state: SystemState
    since: datetime | None
    reason: str | None
    message: str | None
    p50: float | None
    p95: float | None
    error_rate: float | None
    calls_a_second: float
    in_flight: int
    waiting: int
    age_seconds: float | None
    quota_available: float | None
    quota_maximum: float | None
    breakers: tuple[Breaker, ...]
    unknown_words: int
    words: tuple[UnknownWord, ...]
    points: tuple[Point, ...]


class GatewayView(msgspec.Struct, frozen=True, kw_only=True):
    """This process. Seconds and rates are of the last minute; None where nothing happened in it."""

    worker: int
    since: datetime
    requests_a_second: float
    in_flight: int
    queued: int | None
    p50: float | None
    p95: float | None
    error_rate: float | None
    cache_hit_rate: float | None
    points: tuple[Point, ...]


class State(msgspec.Struct, frozen=True, kw_only=True):
    """All that the page shows. Points are `slot_seconds` apart, the oldest first; the last one is still filling."""

    at: datetime
    slot_seconds: float
    gateway: GatewayView
    systems: tuple[SystemView, ...]


def state_of(systems: Sequence[SystemInfo], observed: Observed, history: History) -> State:
    """The state of these systems and of the process now."""
    now = observed.clock.now()
    slots = history.slots()[-_drawn((now - observed.began_at).total_seconds()) :]
    return State(
        at=now,
        slot_seconds=SLOT_SECONDS,
        gateway=_gateway(observed, slots),
        systems=tuple(_system(info, observed, slots, now) for info in systems),
    )


def _drawn(running: float) -> int:
    """How many slots are drawn: those since the start, so that a young process does not draw a line of nothing."""
    return min(MOST_SLOTS, max(_FEWEST_SLOTS, int(running // SLOT_SECONDS) + 1))


def _gateway(observed: Observed, slots: Sequence[Slot]) -> GatewayView:
    minute = [slot.answers for slot in slots[-_MINUTE:]]
    looked_up = sum(slot.looked_up for slot in slots[-_MINUTE:])
    queued = observed.readings.values(catalog.REQUESTS_QUEUED).get(())
    return GatewayView(
        worker=os.getpid(),
        since=observed.began_at,
        requests_a_second=_a_second(minute),
        in_flight=observed.requests_in_flight,
        queued=int(queued) if queued is not None else None,
        p50=quantile(minute, 0.5),
        p95=quantile(minute, 0.95),
        error_rate=_error_rate(minute),
        cache_hit_rate=sum(slot.found for slot in slots[-_MINUTE:]) / looked_up if looked_up else None,
        points=tuple(_point(slot.answers) for slot in slots),
    )


def _system(info: SystemInfo, observed: Observed, slots: Sequence[Slot], now: datetime) -> SystemView:
    tallies = [slot.calls.get(info.name) or Tally() for slot in slots]
    minute = tallies[-_MINUTE:]
    standing = observed.standings.of(info.name)
    state, since = SystemState.UNASKED, standing.since
    if standing.up is False:
        state = SystemState.DOWN
    elif standing.up and _is_slow(minute):
        state, since = SystemState.SLOW, now - timedelta(seconds=_slow_slots(tallies) * SLOT_SECONDS)
    elif standing.up:
        state = SystemState.UP
    readings = observed.readings
    key = (info.name,)
    ages = [slot.ages[info.name] for slot in slots[-_MINUTE:] if info.name in slot.ages]
    return SystemView(
        name=info.name,
        title=info.title,
        kind=info.kind.value.lower().replace("_", " "),
        state=state,
        since=since,
        reason=standing.reason,
        message=info.last_error if state is SystemState.DOWN else None,
        p50=quantile(minute, 0.5),
        p95=quantile(minute, 0.95),
        error_rate=_error_rate(minute),
        calls_a_second=_a_second(minute),
        in_flight=observed.calls_in_flight[info.name],
        waiting=int(readings.values(catalog.CALLS_WAITING).get(key, 0)),
        age_seconds=max(ages, default=None),
        quota_available=readings.values(catalog.QUOTA_AVAILABLE).get(key),
        quota_maximum=readings.values(catalog.QUOTA_MAXIMUM).get(key),
        breakers=_breakers(observed, info.name),
        unknown_words=len(info.unknown_words),
        words=info.unknown_words[:_MOST_WORDS],
        points=tuple(_point(tally) for tally in tallies),
    )


def _breakers(observed: Observed, name: str) -> tuple[Breaker, ...]:
    states = tuple(BreakerState)
    found = observed.readings.values(catalog.BREAKER_STATE).items()
    return tuple(
        Breaker(capability, states[min(int(value), len(states) - 1)])
        for (system, capability), value in sorted(found)
        if system == name
    )


def _is_slow(tallies: Sequence[Tally]) -> bool:
    longest = quantile(tallies, 0.95)
    return longest is not None and longest > _MOST_SECONDS


def _slow_slots(tallies: Sequence[Tally]) -> int:
    """How many slots back it has been slow without a break; slots without a call are no break."""
    slow = 0
    for back, tally in enumerate(reversed(tallies), start=1):
        if tally.count and not _is_slow([tally]):
            break
        if tally.count:
            slow = back
    return slow


def _point(tally: Tally) -> Point:
    return Point(count=tally.count, failures=tally.failures, p50=quantile([tally], 0.5), p95=quantile([tally], 0.95))


def _error_rate(tallies: Sequence[Tally]) -> float | None:
    count = sum(tally.count for tally in tallies)
    return sum(tally.failures for tally in tallies) / count if count else None


def _a_second(tallies: Sequence[Tally]) -> float:
    return sum(tally.count for tally in tallies) / (len(tallies) * SLOT_SECONDS)
