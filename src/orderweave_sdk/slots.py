"""A bounded number of calls at once, and a bounded line of those that wait: by priority first, then by arrival."""

from __future__ import annotations

import asyncio
import heapq
import itertools
from collections.abc import Sequence

# What a share of a whole number may lack to be one, as 10 x (1 - 0.7) does.
_ROUNDING = 1e-9


class LineFull(Exception):
    """As many wait as may."""


class Slots:
    """Take one before the call, give it back after it, whatever became of the call.

    `reserves[p]` is the share of the slots that calls of priority `p` leave to those before them (0 is the first);
    priorities past the end are held to the last of it. One slot is open to everybody. The reserves must not fall.
    """

    def __init__(self, count: int, *, most_waiting: int, reserves: Sequence[float] = (0.0,)) -> None:
        self.count = count
        self.most_waiting = most_waiting
        self.in_use = 0
        self._limits = [max(1, int(count * (1 - reserve) + _ROUNDING)) for reserve in reserves]
        self._line: list[tuple[int, int, asyncio.Future[None]]] = []
        self._turns = itertools.count()

    @property
    def waiting(self) -> int:
        """How many wait."""
        return len(self._line)

    def free(self, priority: int) -> bool:
        """Whether a call of this priority would get a slot at once."""
        if self._line and self._line[0][0] <= priority:
            return False
        return self.in_use < self._limits[min(priority, len(self._limits) - 1)]

    async def take(self, priority: int) -> None:
        """Wait for a slot; raises LineFull at once when too many wait already."""
        if self.free(priority):
            self.in_use += 1
            return
        if len(self._line) >= self.most_waiting:
            raise LineFull
        granted: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        place = (priority, next(self._turns), granted)
        heapq.heappush(self._line, place)
        try:
            await granted
        except asyncio.CancelledError:
            if place in self._line:
                self._line.remove(place)
                heapq.heapify(self._line)
            else:
                self.in_use -= 1
            self._let_in()
            raise

    def give(self) -> None:
        """Give a slot back; whoever is next has it at once."""
        self.in_use -= 1
        self._let_in()

    def _let_in(self) -> None:
        while self._line:
            limit = self._limits[min(self._line[0][0], len(self._limits) - 1)]
            if self.in_use >= limit:
                return
            _, _, granted = heapq.heappop(self._line)
            self.in_use += 1
            granted.set_result(None)
