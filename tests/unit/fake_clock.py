"""A clock that a test moves."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

NOON = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)


class FakeClock:
    """A clock that a test moves."""

    def __init__(self, now: datetime = NOON) -> None:
        self._start = now
        self._passed = 0.0

    def now(self) -> datetime:
        """The instant."""
        return self._start + timedelta(seconds=self._passed)

    def monotonic(self) -> float:
        """Seconds since the clock was made."""
        return self._passed

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self._passed += seconds

    async def pause(self, seconds: float) -> None:
        """Wait, in no time."""
        self.advance(seconds)
        await asyncio.sleep(0)
