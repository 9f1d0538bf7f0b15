"""A system's quota, kept before calling: who waits for it goes by lane, then by arrival, each for what its call costs.

The first in line alone draws on the bucket, so that a dear call of a high lane is not passed by cheap ones for ever. A
call that could not be paid for before its deadline is refused at once, in place of waiting in vain; but not while
other calls are under way, for their answers may tell of more.
"""

from __future__ import annotations

import asyncio
import heapq
import itertools
from collections.abc import Sequence

from orderweave.calling.bucket import Limit
from orderweave.calling.parts import CallingParts
from orderweave.calling.purses import LocalPurse, Purse
from orderweave.calling.redis_purse import RedisPurse
from orderweave.model.calls import CallRules, QuotaLevel
from orderweave_sdk.clock import Call
from orderweave_sdk.errors import GiveUp, HeldBack
from orderweave_sdk.manifest import RateLimit
from orderweave_sdk.metering import Quota

# Of a bucket that others fill and draw on too, what is read of it is soon old.
_LONGEST_LOOK = 1.0


class QuotaMeter:
    """See `orderweave_sdk.metering.Meter`. The line is bounded by the client, which counts those that wait."""

    def __init__(self, units: str, purse: Purse, reserves: Sequence[float], parts: CallingParts) -> None:
        self._units = units
        self._purse = purse
        self._reserves = reserves
        self._parts = parts
        self._line: list[tuple[int, int, asyncio.Event]] = []
        self._turns = itertools.count()

    async def take(self, price: float, call: Call, *, operation: str) -> None:
        """See `Meter`. Raises GiveUp for a price above the whole quota."""
        if price <= 0:
            return
        place = (call.priority, next(self._turns), asyncio.Event())
        heapq.heappush(self._line, place)
        try:
            while True:
                if self._line[0] is not place:
                    await place[2].wait()
                    place[2].clear()
                    continue
                wait = await self._asked_for(price, call)
                if wait == 0:
                    return
                if wait > call.remaining() and not self._purse.in_flight:
                    needed = f"{price:g} {self._units}"
                    raise HeldBack(f"{operation}: our quota lacks {needed} for {wait:.1f} s more", seconds=wait)
                await self._until_nudged(place[2], min(wait, _LONGEST_LOOK))
        finally:
            self._line.remove(place)
            heapq.heapify(self._line)
            self._nudge()

    async def _asked_for(self, price: float, call: Call) -> float:
        reserve = self._reserves[min(call.priority, len(self._reserves) - 1)]
        if price > self._purse.level().burst:
            raise GiveUp(f"it takes {price:g} {self._units}, more than the whole quota")
        return await self._purse.take(price, reserve)

    async def _until_nudged(self, nudged: asyncio.Event, seconds: float) -> None:
        timer = asyncio.ensure_future(self._parts.pause(seconds))
        event = asyncio.ensure_future(nudged.wait())
        try:
            await asyncio.wait({timer, event}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            nudged.clear()
            timer.cancel()
            event.cancel()
            await asyncio.gather(timer, event, return_exceptions=True)

    def _nudge(self) -> None:
        if self._line:
            self._line[0][2].set()

    def done(self, price: float) -> None:
        """See `Meter`."""
        if price > 0:
            self._purse.done(price)
            self._nudge()

    async def learn(self, told: Quota, *, unspent: float) -> None:
        """See `Meter`."""
        await self._purse.learn(told, unspent=unspent)
        self._nudge()

    def level(self) -> QuotaLevel:
        """What there is, as far as is known."""
        level = self._purse.level()
        return QuotaLevel(
            units=self._units,
            available=max(0.0, round(level.tokens, 1)),
            maximum=level.burst,
            per_second=level.per_second,
            shared=level.shared,
            waiting=len(self._line),
        )


def meter_for(account: str, declared: RateLimit | None, rules: CallRules, parts: CallingParts) -> QuotaMeter | None:
    """The meter of one system; None where nobody knows of a limit, or none is to be kept.

    `account` tells the system's account from all others that share the Redis.
    """
    unknown = declared is None and (rules.quota_burst is None or rules.quota_per_second is None)
    if unknown or not rules.quota:
        return None
    fixed = rules.quota_burst is not None or rules.quota_per_second is not None
    burst = rules.quota_burst if rules.quota_burst is not None or declared is None else declared.burst
    rate = rules.quota_per_second if rules.quota_per_second is not None or declared is None else declared.per_second
    assert burst is not None
    assert rate is not None
    limit = Limit(burst=burst, per_second=rate, fixed=fixed)
    local = parts.redis is None
    purse: Purse = LocalPurse(limit, parts.clock) if local else RedisPurse(parts.redis, account, limit, parts.clock)
    return QuotaMeter(declared.units if declared else "requests", purse, rules.reserves, parts)
