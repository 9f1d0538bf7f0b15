"""Where attempts are counted: buckets that are drawn on all at once or not at all. In this process; see `shared.py`.

A bucket holds `size` attempts, and they flow back evenly, all of them within `seconds`. An asker of clean record may
draw a bucket `below` empty: that is what keeps a customer in whose order somebody else is guessing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import msgspec

from orderweave_sdk.clock import Clock

# Buckets that are not full, at most: when there are more, nobody new is let in. Full ones need not be kept.
_MOST_BUCKETS = 100_000
# Seconds between two looks for those that are full again.
_SWEEP_SECONDS = 10.0
_ROUNDING = 1e-6


class Draw(msgspec.Struct, frozen=True):
    """One bucket that an attempt draws on; `name` is a pseudonym."""

    name: str
    size: float
    seconds: float
    below: float = 0.0


class Ledger(Protocol):
    """Counts attempts."""

    async def take(self, draws: Sequence[Draw], record: Draw) -> float:
        """0 once each bucket was drawn on, or the seconds after which they may be, and none was.

        `record` is the asker's own: with an attempt in it the asker counts as clean. It is drawn on, too, and
        refuses nobody.
        """
        ...

    async def give_back(self, draws: Sequence[Draw]) -> None:
        """Undo so many draws of an attempt that was no failure."""
        ...


class MemoryLedger:
    """Buckets of this process. `share` makes all of them smaller, though never smaller than one attempt."""

    def __init__(self, clock: Clock, share: float = 1.0) -> None:
        self._clock = clock
        self._share = share
        self._held: dict[str, tuple[float, float, Draw]] = {}
        self._swept_at = 0.0

    async def take(self, draws: Sequence[Draw], record: Draw) -> float:
        """See `Ledger`."""
        draws, record = [self._own(draw) for draw in draws], self._own(record)
        clean = self._left(record) + _ROUNDING >= 1
        wait = 0.0
        for draw in draws:
            floor = 1 - draw.below if clean else 1
            short = floor - self._left(draw)
            if short > _ROUNDING:
                wait = max(wait, short * draw.seconds / draw.size)
        if not wait and not self._room(len(draws) + 1):
            wait = _SWEEP_SECONDS
        if not wait:
            for draw in draws:
                self._put(draw, self._left(draw) - 1)
            # No deeper, so that a block is clean again in a bounded time.
            self._put(record, max(-record.size, self._left(record) - 1))
        return wait

    async def give_back(self, draws: Sequence[Draw]) -> None:
        """See `Ledger`."""
        for draw in (self._own(draw) for draw in draws):
            self._put(draw, self._left(draw) + 1)

    def _own(self, draw: Draw) -> Draw:
        if self._share == 1.0:
            return draw
        size = max(1.0, float(int(draw.size * self._share)))
        return Draw(draw.name, size, draw.seconds, float(int(draw.below * self._share)))

    def _left(self, draw: Draw) -> float:
        if draw.name not in self._held:
            return draw.size
        left, at, _ = self._held[draw.name]
        return min(draw.size, left + (self._clock.monotonic() - at) * draw.size / draw.seconds)

    def _put(self, draw: Draw, left: float) -> None:
        if left + _ROUNDING >= draw.size:
            self._held.pop(draw.name, None)
        else:
            self._held[draw.name] = (left, self._clock.monotonic(), draw)

    def _room(self, more: int) -> bool:
        """Whether so many buckets more may be kept, after those were dropped that are full again."""
        now = self._clock.monotonic()
        if len(self._held) + more > _MOST_BUCKETS and now - self._swept_at >= _SWEEP_SECONDS:
            self._swept_at = now
            for name, (_, _, draw) in list(self._held.items()):
                if self._left(draw) + _ROUNDING >= draw.size:
                    del self._held[name]
        return len(self._held) + more <= _MOST_BUCKETS
