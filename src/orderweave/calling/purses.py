"""Where a system's bucket is kept: in this process, or in Redis for all of them."""

from __future__ import annotations

from typing import Protocol

import msgspec

from orderweave.calling.bucket import Bucket, Limit
from orderweave_sdk.clock import Clock
from orderweave_sdk.metering import Quota


class Level(msgspec.Struct, frozen=True, kw_only=True):
    """What a bucket held when it was last looked at."""

    tokens: float
    burst: float
    per_second: float
    shared: bool


class Purse(Protocol):
    """One system's bucket."""

    @property
    def in_flight(self) -> float:
        """What was granted to this process for calls that are not over."""
        ...

    async def take(self, price: float, reserve: float) -> float:
        """See `Bucket.take`."""
        ...

    def done(self, price: float) -> None:
        """See `Bucket.done`."""
        ...

    async def learn(self, told: Quota, *, unspent: float) -> None:
        """See `Bucket.learn`."""
        ...

    def level(self) -> Level:
        """What is known of it without asking anybody."""
        ...


class LocalPurse:
    """A bucket of this process alone."""

    def __init__(self, limit: Limit, clock: Clock) -> None:
        self._clock = clock
        self.bucket = Bucket(limit, clock.monotonic())

    @property
    def in_flight(self) -> float:
        """See `Purse`."""
        return self.bucket.in_flight

    async def take(self, price: float, reserve: float) -> float:
        """See `Purse`."""
        return self.bucket.take(price, reserve, self._clock.monotonic())

    def done(self, price: float) -> None:
        """See `Purse`."""
        self.bucket.done(price, self._clock.monotonic())

    async def learn(self, told: Quota, *, unspent: float) -> None:
        """See `Purse`."""
        self.bucket.learn(told, unspent=unspent, at=self._clock.monotonic())

    def level(self) -> Level:
        """See `Purse`."""
        tokens = self.bucket.refill(self._clock.monotonic())
        return Level(tokens=tokens, burst=self.bucket.burst, per_second=self.bucket.per_second, shared=False)
