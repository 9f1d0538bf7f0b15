"""Attempts counted in Redis for all processes: one script a step, in one round trip, by the server's time.

While Redis is out of reach each process counts by itself in smaller buckets, so that all together let in no more; what
was counted meanwhile is not told to Redis afterwards.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from orderweave.guests.ledger import Draw, Ledger, MemoryLedger
from orderweave.guests.reaching import OutOfReach, Reach
from orderweave_sdk.clock import Clock

# One slot for all keys of a script, where Redis is a cluster.
PREFIX = "orderweave:{guests}:"
# Alone, a process counts with so much of each bucket: up to eight of them are together no more open than Redis.
_SHARE = 0.125

# KEYS: the buckets, the asker's record last. ARGV: size, seconds and below of each. The steps are those of
# `MemoryLedger`, which the tests hold this against. An entry lasts until it would be full again.
_HEAD = """
local time = redis.call('TIME')
local now = tonumber(time[1]) + tonumber(time[2]) / 1000000
local function left(i)
  local size, seconds = tonumber(ARGV[3 * i - 2]), tonumber(ARGV[3 * i - 1])
  local state = redis.call('HMGET', KEYS[i], 'left', 'at')
  if not state[1] then return size end
  return math.min(size, tonumber(state[1]) + math.max(0, now - tonumber(state[2])) * size / seconds)
end
local function put(i, value)
  local size, seconds = tonumber(ARGV[3 * i - 2]), tonumber(ARGV[3 * i - 1])
  if value + 0.000001 >= size then
    redis.call('DEL', KEYS[i])
  else
    redis.call('HSET', KEYS[i], 'left', string.format('%.9f', value), 'at', string.format('%.6f', now))
    redis.call('PEXPIRE', KEYS[i], math.ceil((size - value) * seconds / size * 1000) + 1000)
  end
end
"""
_TAKE = (
    _HEAD
    + """
local record = #KEYS
local clean = left(record) + 0.000001 >= 1
local wait = 0
for i = 1, record - 1 do
  local floor = 1
  if clean then floor = 1 - tonumber(ARGV[3 * i]) end
  local short = floor - left(i)
  if short > 0.000001 then
    wait = math.max(wait, short * tonumber(ARGV[3 * i - 1]) / tonumber(ARGV[3 * i - 2]))
  end
end
if wait == 0 then
  for i = 1, record - 1 do put(i, left(i) - 1) end
  put(record, math.max(-tonumber(ARGV[3 * record - 2]), left(record) - 1))
end
return string.format('%.6f', wait)
"""
)
_GIVE_BACK = (
    _HEAD
    + """
for i = 1, #KEYS do put(i, left(i) + 1) end
return '0'
"""
)


class Taken(msgspec.Struct, frozen=True):
    """What became of an attempt to draw: 0 or the seconds to wait, and which ledger it was counted in."""

    wait: float
    ledger: Ledger


class RedisLedger:
    """Buckets in Redis; raises OutOfReach."""

    def __init__(self, reach: Reach) -> None:
        self._reach = reach
        self._take = reach.redis.register_script(_TAKE)
        self._give_back = reach.redis.register_script(_GIVE_BACK)

    async def take(self, draws: Sequence[Draw], record: Draw) -> float:
        """See `Ledger`."""
        keys, values = _said((*draws, record))
        return float(await self._reach.ask(lambda: self._take(keys=keys, args=values)))

    async def give_back(self, draws: Sequence[Draw]) -> None:
        """See `Ledger`."""
        keys, values = _said(draws)
        await self._reach.ask(lambda: self._give_back(keys=keys, args=values))


class Ledgers:
    """Redis where there is one and it answers, the process' own buckets otherwise."""

    def __init__(self, clock: Clock, reach: Reach | None) -> None:
        self._shared = RedisLedger(reach) if reach is not None else None
        self._alone = MemoryLedger(clock, _SHARE if reach is not None else 1.0)

    async def take(self, draws: Sequence[Draw], record: Draw) -> Taken:
        """See `Ledger.take`."""
        if self._shared is not None:
            try:
                return Taken(await self._shared.take(draws, record), self._shared)
            except OutOfReach:
                pass
        return Taken(await self._alone.take(draws, record), self._alone)

    @staticmethod
    async def give_back(taken: Taken, draws: Sequence[Draw]) -> None:
        """See `Ledger.give_back`; what cannot be given back stays counted."""
        try:
            await taken.ledger.give_back(draws)
        except OutOfReach:
            return


def _said(draws: Sequence[Draw]) -> tuple[list[str], list[float]]:
    return (
        [PREFIX + draw.name for draw in draws],
        [value for draw in draws for value in (draw.size, draw.seconds, draw.below)],
    )
