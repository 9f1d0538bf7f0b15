"""A token bucket that lanes draw on and that the system's own answers correct. Pure: the moment is an argument.

What it holds is never more than the system has for us, as long as nobody else draws on the same quota: a call is
taken off when it is granted, before the system takes it off. So an answer that tells of more proves nothing (other
calls are under way), while one that tells of less proves that the bucket here is too full.
"""

from __future__ import annotations

import msgspec

from orderweave_sdk.metering import Quota

# Seconds of refill by which an answer may be older than the moment at which it is read.
SLACK_SECONDS = 1.0
_ROUNDING = 1e-6


class Limit(msgspec.Struct, frozen=True, kw_only=True):
    """So many units at most, so many more a second. `fixed`: set by the configuration, whatever the system tells."""

    burst: float
    per_second: float
    fixed: bool = False


class Bucket:
    """`tokens` of `burst`, as of the last moment it was looked at; `in_flight` is granted for calls not yet over."""

    def __init__(self, limit: Limit, at: float) -> None:
        self.burst = limit.burst
        self.per_second = limit.per_second
        self._fixed = limit.fixed
        self.tokens = limit.burst
        self.in_flight = 0.0
        self._at = at

    def adopt(self, tokens: float, burst: float, per_second: float, at: float) -> None:
        """Go on from what another bucket held at this moment."""
        self.tokens, self.burst, self.per_second, self._at = tokens, burst, per_second, at

    def refill(self, at: float) -> float:
        """The tokens at this moment. A full system gains nothing until it has seen what is under way, so nor do we."""
        more = self.tokens + max(0.0, at - self._at) * self.per_second
        self.tokens = max(self.tokens, min(self.burst - self.in_flight, more))
        self._at = max(at, self._at)
        return self.tokens

    def take(self, price: float, reserve: float, at: float) -> float:
        """0 once the price, at most the burst, is taken, or the seconds after which it may be.

        `reserve` is the share of the burst that must be left. Where price and reserve are more than the bucket ever
        holds, it must be full. Each take that is granted ends with `done`.
        """
        needed = min(self.burst, price + reserve * self.burst)
        if self.refill(at) + _ROUNDING < needed:
            return (needed - self.tokens) / self.per_second
        self.tokens -= price
        self.in_flight += price
        return 0.0

    def done(self, price: float, at: float) -> None:
        """The call that took this is over."""
        self.refill(at)
        self.in_flight -= price

    def learn(self, told: Quota, *, unspent: float, at: float) -> None:
        """Take in what an answer says, once its call is done."""
        self.refill(at)
        self.tokens = max(self.tokens, min(self.burst - self.in_flight, self.tokens + unspent))
        another = (told.maximum, told.per_second) != (self.burst, self.per_second)
        if another and not self._fixed and told.maximum > 0 and told.per_second > 0:
            # All that was granted so far may be still to come off.
            granted = self.burst - self.tokens
            self.burst, self.per_second = told.maximum, told.per_second
            self.tokens = max(0.0, min(self.burst, told.available) - granted)
        elif self.tokens > told.available + SLACK_SECONDS * told.per_second:
            self.tokens = max(0.0, told.available - self.in_flight)
