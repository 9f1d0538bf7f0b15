"""Time as something that is handed in, so that tests own it."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Protocol, Self

import msgspec


class Clock(Protocol):
    """Where "now" comes from."""

    def now(self) -> datetime:
        """The instant, aware, in UTC."""
        ...

    def monotonic(self) -> float:
        """Seconds that only grow, for deadlines."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """The instant, aware, in UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Seconds that only grow, for deadlines."""
        return time.monotonic()


class Call(msgspec.Struct, frozen=True):
    """The terms under which one capability is called; connectors hand it on to `Upstream` unread.

    `deadline` is a moment on `clock.monotonic()`. `priority` orders calls that wait for one system: the lower, the
    sooner.
    """

    clock: Clock
    deadline: float
    priority: int = 0

    @classmethod
    def within(cls, seconds: float, clock: Clock | None = None) -> Call:
        """A call that must end within so many seconds from now."""
        chosen = clock or SystemClock()
        return cls(clock=chosen, deadline=chosen.monotonic() + seconds)

    def part(self, fraction: float) -> Self:
        """A call that may use this fraction of the time left, so that what comes after it has some too."""
        now = self.clock.monotonic()
        return msgspec.structs.replace(self, deadline=now + max(0.0, self.deadline - now) * fraction)

    def remaining(self) -> float:
        """Seconds left; zero or less when the deadline has passed."""
        return self.deadline - self.clock.monotonic()
