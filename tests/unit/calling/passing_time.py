"""Time that passes only while everybody waits: a clock, a pause on it, and a loop that moves on to whoever is next."""

from __future__ import annotations

import asyncio
import heapq
import itertools
from collections.abc import Awaitable
from typing import Any, TypeVar

from orderweave.calling.parts import CallingParts
from orderweave.model.terms import Lane, Terms
from tests.unit.fake_clock import FakeClock

T = TypeVar("T")

# Turns of the loop after which nothing that runs on memory alone has anything left to do.
_TURNS = 30


class PassingTime:
    """A FakeClock with pauses. `chance` is what every throw of the dice gives."""

    def __init__(self, chance: float = 1.0) -> None:
        self.clock = FakeClock()
        self.chance = chance
        self.pauses: list[float] = []
        self._waiting: list[tuple[float, int, asyncio.Future[None]]] = []
        self._turns = itertools.count()

    async def pause(self, seconds: float) -> None:
        """Wait until the clock has moved on so far."""
        self.pauses.append(seconds)
        over: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting, (self.clock.monotonic() + seconds, next(self._turns), over))
        await over

    def parts(self, redis: Any = None) -> CallingParts:
        """What calling needs, made of this."""
        return CallingParts(clock=self.clock, pause=self.pause, chance=lambda: self.chance, redis=redis)

    def terms(self, seconds: float = 10.0, lane: Lane = Lane.INTERACTIVE) -> Terms:
        """Terms that end so many seconds from now."""
        return Terms(clock=self.clock, deadline=self.clock.monotonic() + seconds, lane=lane)

    async def settle(self) -> None:
        """Let everybody do what can be done at this moment."""
        for _ in range(_TURNS):
            await asyncio.sleep(0)

    async def until(self, moment: float) -> None:
        """Move on to this moment, stopping wherever somebody's pause is over."""
        await self.settle()
        while self._waiting and self._waiting[0][0] <= moment:
            at, _, over = heapq.heappop(self._waiting)
            if over.done():
                continue
            self.clock.advance(max(0.0, at - self.clock.monotonic()))
            over.set_result(None)
            await self.settle()
        self.clock.advance(max(0.0, moment - self.clock.monotonic()))

    async def through(self, work: Awaitable[T], *, most: float = 1000.0) -> T:
        """What the work gives, however long it waits on this clock."""
        task = asyncio.ensure_future(work)
        await self.settle()
        while not task.done():
            while self._waiting and self._waiting[0][2].done():
                heapq.heappop(self._waiting)
            assert self._waiting, "it waits for something that never comes"
            assert self._waiting[0][0] <= most, "it waits longer than it may"
            await self.until(self._waiting[0][0])
        return await task
