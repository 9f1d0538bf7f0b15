"""What callers have spent: points that flow back evenly, in this process or in Redis for all of them.

Redis is asked by one script in one round trip, by its own time. One that fails or takes too long is left alone for a
while; meanwhile each process counts by itself, from what it knew last, so that nobody waits and nobody spends freely.
"""

from __future__ import annotations

import hashlib
import logging
from collections import OrderedDict
from typing import Any

import msgspec
from redis.exceptions import RedisError

from orderweave.caching.patience import within
from orderweave_sdk.clock import Clock

_log = logging.getLogger("orderweave.access")

# Seconds that Redis may take for one step, and for which it is left alone after one that failed.
_LONGEST_STEP = 0.05
_REST_SECONDS = 5.0
# Callers and address blocks of which a process knows what they have left; whoever spent longest ago is forgotten first.
_MOST_PAYERS = 10_000

# ARGV: points, points a second, price. The steps are those of `_Local.take`. An entry lasts until it would be full.
_TAKE = """
local state = redis.call('HMGET', KEYS[1], 'left', 'at')
local time = redis.call('TIME')
local now = tonumber(time[1]) + tonumber(time[2]) / 1000000
local most, rate, price = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local left = most
if state[1] then
  left = math.min(most, tonumber(state[1]) + math.max(0, now - tonumber(state[2])) * rate)
  now = math.max(now, tonumber(state[2]))
end
local granted = left >= price
if granted then left = left - price end
redis.call('HSET', KEYS[1], 'left', string.format('%.6f', left), 'at', string.format('%.6f', now))
redis.call('PEXPIRE', KEYS[1], math.ceil((most - left) / rate * 1000) + 1000)
return {granted and 1 or 0, string.format('%.6f', left)}
"""


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a wish to spend: whether it was granted, the points left, and the seconds until what was wished for
    is there (0 where it was granted) and until all points are.
    """

    granted: bool
    left: int
    wait_seconds: float
    full_seconds: float


class Points:
    """What each caller has left. `redis` is shared by all processes, where there is one."""

    def __init__(self, clock: Clock, redis: Any = None) -> None:
        self._clock = clock
        self._local = _Local(clock)
        self._take = redis.register_script(_TAKE) if redis is not None else None
        self._rest_until: float | None = None
        self._trying = False

    def exhausted(self, payer: str, *, points: int, per_seconds: int) -> Standing | None:
        """Where a payer stands who has not a point left as far as this process knows; None for any other.

        It asks nobody, so that whoever goes on without points costs next to nothing.
        """
        rate = points / per_seconds
        left = self._local.left(payer, points, rate)
        if left >= 1:
            return None
        return Standing(granted=False, left=0, wait_seconds=(1 - left) / rate, full_seconds=(points - left) / rate)

    async def take(self, payer: str, price: int, *, points: int, per_seconds: int) -> Standing:
        """Spend `price` of a payer's `points`, which flow back within `per_seconds`; nothing is spent where too few
        are left.
        """
        rate = points / per_seconds
        said = await self._shared(payer, points, rate, price)
        if said is None:
            granted, left = self._local.take(payer, points, rate, price)
        else:
            granted, left = said
            self._local.learn(payer, left)
        return Standing(
            granted=granted,
            left=int(left),
            wait_seconds=0.0 if granted else (price - left) / rate,
            full_seconds=(points - left) / rate,
        )

    async def _shared(self, payer: str, points: int, rate: float, price: int) -> tuple[bool, float] | None:
        """What Redis says; None where it cannot be had. After a failure one at a time tries whether it is back."""
        if self._take is None:
            return None
        resting = self._rest_until is not None
        if resting and (self._trying or self._clock.monotonic() < (self._rest_until or 0.0)):
            return None
        self._trying = resting
        try:
            step = self._take(keys=[_key(payer)], args=[points, rate, price])
            granted, left = await within(_LONGEST_STEP, step)
            said = bool(granted), float(left)
        except (TimeoutError, RedisError, OSError, ValueError, TypeError) as error:
            self._gone(type(error).__name__)
            return None
        finally:
            self._trying = False
        if resting:
            _log.info("callers' points are shared again")
            self._rest_until = None
        return said

    def _gone(self, why: str) -> None:
        if self._rest_until is None:
            _log.warning("callers' points cannot be shared (%s): each process counts its own meanwhile", why)
        self._rest_until = self._clock.monotonic() + _REST_SECONDS


class _Local:
    """The points of this process alone."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._payers: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, payer: str, points: int, rate: float, price: int) -> tuple[bool, float]:
        """Whether the price was there, and what is left."""
        left = self.left(payer, points, rate)
        granted = left >= price
        if granted:
            left -= price
        self.learn(payer, left)
        return granted, left

    def left(self, payer: str, points: int, rate: float) -> float:
        """What is left by now."""
        now = self._clock.monotonic()
        left, at = self._payers.get(payer, (float(points), now))
        return min(float(points), left + max(0.0, now - at) * rate)

    def learn(self, payer: str, left: float) -> None:
        """What is left of a payer's points at this moment."""
        self._payers[payer] = (left, self._clock.monotonic())
        self._payers.move_to_end(payer)
        if len(self._payers) > _MOST_PAYERS:
            self._payers.popitem(last=False)


def _key(payer: str) -> str:
    """Says nothing of the payer to whoever reads Redis."""
    return f"orderweave:points:{hashlib.sha256(payer.encode('utf-8', 'surrogatepass')).hexdigest()[:32]}"
