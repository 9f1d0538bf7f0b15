"""A system's bucket in Redis, shared by all processes: one script a step, in one round trip, by the server's time.

Redis may be slow, gone or new at any time. A step that fails, or takes longer than it may, is made on a bucket of this
process that starts from the level last seen; Redis is then left alone for a while, and what was granted meanwhile is
taken off there when it is back.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
from typing import Any

from redis.exceptions import RedisError

from orderweave.caching.patience import within
from orderweave.calling.bucket import SLACK_SECONDS, Limit
from orderweave.calling.purses import Level, LocalPurse
from orderweave_sdk.clock import Clock
from orderweave_sdk.metering import Quota

_log = logging.getLogger(__name__)

# Seconds that one step may take in all, and for which Redis is left alone after one that failed.
_LONGEST_STEP = 0.05
_REST_SECONDS = 5.0

# ARGV: burst, rate, fixed, debt, this process's calls in flight, then what `take` and `learn` need. The steps are those
# of `bucket.Bucket`, which the tests hold this against; of other processes' calls in flight nothing is known, so that a
# full bucket may be too full by what comes back in the time between a grant and its call. An entry lasts until it
# would be full again.
_HEAD = """
local state = redis.call('HMGET', KEYS[1], 'tokens', 'at', 'burst', 'rate')
local time = redis.call('TIME')
local now = tonumber(time[1]) + tonumber(time[2]) / 1000000
local burst, rate = tonumber(state[3] or ARGV[1]), tonumber(state[4] or ARGV[2])
local fixed = ARGV[3] == '1'
if fixed then burst, rate = tonumber(ARGV[1]), tonumber(ARGV[2]) end
local in_flight = tonumber(ARGV[5])
local tokens = burst
if state[1] then
  local had = math.min(burst, tonumber(state[1]))
  tokens = math.max(had, math.min(burst - in_flight, had + math.max(0, now - tonumber(state[2])) * rate))
  now = math.max(now, tonumber(state[2]))
end
tokens = math.max(0, tokens - tonumber(ARGV[4]))
"""
_TAIL = """
local function say(number) return string.format('%.6f', number) end
redis.call('HSET', KEYS[1], 'tokens', say(tokens), 'at', say(now), 'burst', say(burst), 'rate', say(rate))
redis.call('PEXPIRE', KEYS[1], math.ceil(burst / rate * 1000) + 60000)
return {say(wait), say(tokens), say(burst), say(rate)}
"""
_TAKE = (
    _HEAD
    + """
local wait, price, reserve = 0, tonumber(ARGV[6]), tonumber(ARGV[7])
local needed = math.min(burst, price + reserve * burst)
if price > burst then
  wait = -1
elseif tokens + 0.000001 < needed then
  wait = math.max(0.001, (needed - tokens) / rate)
else
  tokens = tokens - price
end
"""
    + _TAIL
)
_LEARN = (
    _HEAD
    + """
local wait = 0
local available, maximum, refill = tonumber(ARGV[6]), tonumber(ARGV[7]), tonumber(ARGV[8])
local unspent, slack = tonumber(ARGV[9]), tonumber(ARGV[10])
tokens = math.max(tokens, math.min(burst - in_flight, tokens + unspent))
if not fixed and maximum > 0 and refill > 0 and (maximum ~= burst or refill ~= rate) then
  local granted = burst - tokens
  burst, rate = maximum, refill
  tokens = math.max(0, math.min(burst, available) - granted)
elseif tokens > available + slack * refill then
  tokens = math.max(0, available - in_flight)
end
"""
    + _TAIL
)


class RedisPurse:
    """One account's bucket, under a key made of the account's hash."""

    def __init__(self, redis: Any, account: str, limit: Limit, clock: Clock) -> None:
        self._key = f"orderweave:quota:{hashlib.sha256(account.encode()).hexdigest()[:32]}"
        self._limit = limit
        self._clock = clock
        self._take = redis.register_script(_TAKE)
        self._learn = redis.register_script(_LEARN)
        self._local = LocalPurse(limit, clock)
        self._rest_until: float | None = None
        self._trying = False
        self._debt = 0.0
        self._known = (limit.burst, limit.burst, limit.per_second)

    @property
    def in_flight(self) -> float:
        """See `Purse`."""
        return self._local.bucket.in_flight

    async def take(self, price: float, reserve: float) -> float:
        """See `Purse`. A price above the bucket that all share gives infinity: it is never granted."""
        debt, self._debt = self._debt, 0.0
        try:
            answer = await self._step(self._take, debt, price, reserve)
        except asyncio.CancelledError:
            self._debt += debt
            raise
        if answer is not None:
            if answer == 0:
                self._local.bucket.in_flight += price
            return float("inf") if answer < 0 else answer
        self._debt += debt
        wait = await self._local.take(price, reserve)
        if wait == 0:
            self._debt = min(self._local.bucket.burst, self._debt + price)
        return wait

    def done(self, price: float) -> None:
        """See `Purse`."""
        self._local.done(price)

    async def learn(self, told: Quota, *, unspent: float) -> None:
        """See `Purse`. Redis is told only what is news."""
        await self._local.learn(told, unspent=unspent)
        tokens, burst, per_second = self._known
        another = not self._limit.fixed and (told.maximum, told.per_second) != (burst, per_second)
        if another or unspent or tokens > told.available + SLACK_SECONDS * told.per_second:
            await self._step(
                self._learn,
                0.0,
                told.available,
                told.maximum,
                told.per_second,
                unspent,
                SLACK_SECONDS,
            )

    def level(self) -> Level:
        """See `Purse`."""
        if self._rest_until is not None:
            return self._local.level()
        tokens, burst, per_second = self._known
        return Level(tokens=tokens, burst=burst, per_second=per_second, shared=True)

    async def _step(self, script: Any, debt: float, *values: float) -> float | None:
        """What the script says first; None when Redis cannot be had. One caller at a time tries whether it is back."""
        if self._rest_until is not None and (self._trying or self._clock.monotonic() < self._rest_until):
            return None
        self._trying = self._rest_until is not None
        fixed = "1" if self._limit.fixed else "0"
        try:
            limit, in_flight = self._limit, self._local.bucket.in_flight
            args = [limit.burst, limit.per_second, fixed, debt, in_flight, *values]
            said = await within(_LONGEST_STEP, script(keys=[self._key], args=args))
            wait, *known = (float(part) for part in said)
        except (TimeoutError, RedisError, OSError, ValueError, TypeError) as error:
            self._gone(type(error).__name__)
            return None
        finally:
            self._trying = False
        if self._rest_until is not None:
            _log.info("the shared quota is back")
            self._rest_until = None
        self._known = (known[0], known[1], known[2])
        return wait

    def _gone(self, why: str) -> None:
        if self._rest_until is None:
            _log.warning("the shared quota cannot be had (%s): each process keeps its own meanwhile", why)
            tokens, burst, per_second = self._known
            self._local.bucket.adopt(tokens, burst, per_second, self._clock.monotonic())
        self._rest_until = self._clock.monotonic() + _REST_SECONDS
