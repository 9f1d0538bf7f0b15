"""The last changes of one subject, bounded by count and age: what a reader has not seen yet is read from here."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from datetime import datetime, timedelta

import msgspec


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """A change, or with no part changed where a watch began. `position` is its name in the log that it is in.

    `at` is when the systems began to be asked by whoever saw it: what is as young as that shows the change.
    """

    position: str
    at: datetime
    changed: tuple[str, ...]


class Backlog:
    """Events by a number that grows by one. A reader keeps the number of the next that it has not seen."""

    def __init__(self, now: Callable[[], datetime], *, most: int, seconds: float) -> None:
        self._now = now
        self._most = most
        self._seconds = seconds
        self._events: deque[Event] = deque()
        self.end = 0

    @property
    def first(self) -> int:
        """The number of the oldest event that is kept."""
        return self.end - len(self._events)

    @property
    def last(self) -> Event | None:
        """The newest event."""
        return self._events[-1] if self._events else None

    def add(self, event: Event) -> None:
        """One more; the oldest fall out, but never the last."""
        self._events.append(event)
        self.end += 1
        eldest = self._now() - timedelta(seconds=self._seconds)
        while len(self._events) > self._most or (len(self._events) > 1 and self._events[0].at < eldest):
            self._events.popleft()

    def since(self, number: int) -> tuple[Event, ...]:
        """The events from this number on."""
        skipped = max(0, number - self.first)
        return tuple(self._events)[skipped:]

    def number_of(self, position: str) -> int | None:
        """The number of the event at this position; None where it is not kept (any more)."""
        return next((self.first + at for at, event in enumerate(self._events) if event.position == position), None)
