"""The seam at which a call to a system is paid for before it is made: the gateway hands in a meter, if it keeps one."""

from __future__ import annotations

from typing import Protocol

import msgspec

from orderweave_sdk.clock import Call


class Quota(msgspec.Struct, frozen=True, kw_only=True):
    """What the system last said of our quota, in its own units; `per_second` is the refill."""

    available: float
    maximum: float
    per_second: float


class Meter(Protocol):
    """Keeps one system's quota. Order for each call: `take`, then `done`, then `learn` where the answer told more."""

    async def take(self, price: float, call: Call, *, operation: str) -> None:
        """Wait until the quota holds the price, and take it. Raises HeldBack when it cannot before the deadline."""
        ...

    def done(self, price: float) -> None:
        """The call is over, whatever became of it."""
        ...

    async def learn(self, told: Quota, *, unspent: float) -> None:
        """What an answer says of the quota; `unspent` is what the call cost less than its price."""
        ...
