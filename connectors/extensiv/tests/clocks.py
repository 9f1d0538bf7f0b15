"""A clock that tests set."""

from __future__ import annotations

from datetime import datetime

from orderweave_sdk.clock import SystemClock


class SetClock(SystemClock):
    """A clock whose date is set."""

    def __init__(self, now: datetime) -> None:
        self._now = now

    def now(self) -> datetime:
        """The date that was set."""
        return self._now
