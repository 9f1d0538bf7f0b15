"""The last minutes of one process, in a ring of a fixed size: what the operations page draws."""

from __future__ import annotations

import math
from collections import Counter, deque
from collections.abc import Iterable

import msgspec

from orderweave_sdk.clock import Clock

SLOT_SECONDS = 10.0
MOST_SLOTS = 90
# Times are counted in classes, eight to each doubling from 1 ms on, so that a minute of them takes no more room
# than a call and a quantile is right to within a tenth.
_SHORTEST = 0.001
_PER_DOUBLING = 8
_MOST_CLASSES = 136  # the last one begins at 131 s


class Tally(msgspec.Struct):
    """What happened in one slot: how often, how often it failed and why, and how long it took, by class of time."""

    count: int = 0
    failed: Counter[str] = msgspec.field(default_factory=Counter)
    times: Counter[int] = msgspec.field(default_factory=Counter)

    def add(self, seconds: float | None, reason: str | None) -> None:
        """One more; `reason` where it failed, `seconds` None where it took no time because it was not made."""
        self.count += 1
        if reason is not None:
            self.failed[reason] += 1
        if seconds is not None:
            self.times[time_class(seconds)] += 1

    @property
    def failures(self) -> int:
        """How many failed."""
        return self.failed.total()


class Slot(msgspec.Struct):
    """Some seconds of the process: its answers, its calls by system, the oldest data that it gave of each, and what
    was looked up in the cache and found.
    """

    number: int
    answers: Tally = msgspec.field(default_factory=Tally)
    calls: dict[str, Tally] = msgspec.field(default_factory=dict)
    ages: dict[str, float] = msgspec.field(default_factory=dict)
    looked_up: int = 0
    found: int = 0


class History:
    """The last `MOST_SLOTS` slots of `SLOT_SECONDS` each. What is older falls out."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._slots: deque[Slot] = deque(maxlen=MOST_SLOTS)

    def answered(self, seconds: float, reason: str | None) -> None:
        """A request was answered."""
        self._slot().answers.add(seconds, reason)

    def called(self, system: str, seconds: float | None, reason: str | None) -> None:
        """A system was called."""
        calls = self._slot().calls
        tally = calls.get(system)
        if tally is None:
            tally = calls[system] = Tally()
        tally.add(seconds, reason)

    def served(self, system: str, age_seconds: float) -> None:
        """Data of a system, at the oldest so old, went into an answer."""
        ages = self._slot().ages
        ages[system] = max(age_seconds, ages.get(system, 0.0))

    def cached(self, size: int, *, found: bool) -> None:
        """Something was looked up in the cache."""
        slot = self._slot()
        slot.looked_up += size
        slot.found += size if found else 0

    def slots(self) -> list[Slot]:
        """All slots up to now, the oldest first, with empty ones where nothing happened."""
        now = self._number()
        known = {slot.number: slot for slot in self._slots}
        return [known.get(number) or Slot(number) for number in range(now - MOST_SLOTS + 1, now + 1)]

    def _number(self) -> int:
        return int(self._clock.monotonic() // SLOT_SECONDS)

    def _slot(self) -> Slot:
        number = self._number()
        if not self._slots or self._slots[-1].number != number:
            self._slots.append(Slot(number))
        return self._slots[-1]


def time_class(seconds: float) -> int:
    """The class of a time: 0 up to 1 ms, then eight to each doubling."""
    if seconds <= _SHORTEST:
        return 0
    return min(_MOST_CLASSES, math.ceil(math.log2(seconds / _SHORTEST) * _PER_DOUBLING - 1e-9))


def quantile(tallies: Iterable[Tally], share: float) -> float | None:
    """The time within which this share of all of them were done: the end of its class; None where there are none."""
    times: Counter[int] = Counter()
    for tally in tallies:
        times.update(tally.times)
    wanted = math.ceil(times.total() * share)
    seen = 0
    for number in sorted(times):
        seen += times[number]
        if seen >= wanted:
            return float(_SHORTEST * 2 ** (number / _PER_DOUBLING))
    return None
