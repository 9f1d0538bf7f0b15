"""One follower of a subject: where it stands in the log, and what it has not seen."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Protocol

import msgspec

from orderweave.live.backlog import Backlog, Event


class Missed(msgspec.Struct, frozen=True, kw_only=True):
    """What a follower has not seen: events in order, all to be told in one, for only the state now is at hand.

    With `gap` there may have been more than these. `position` is where the follower stands after them, and what is as
    young as `at` shows them all.
    """

    position: str
    at: datetime
    events: tuple[Event, ...]
    gap: bool


class Watched(Protocol):
    """What a follower needs of a watcher."""

    backlog: Backlog
    news: asyncio.Event


# Waits until the event is set, at most so many seconds.
Wait = Callable[[asyncio.Event, float], Awaitable[None]]

# What could not be told is tried again after the interval of the polls, each time after twice as long, at most so many
# seconds.
_LONGEST_PAUSE = 60.0


class Following:
    """Reads on in a log that others write. `replayed` says whether it began behind the log's end. `pause` is the first
    one, in seconds, between tries to tell what could not be told.
    """

    def __init__(self, watched: Watched, after: str | None, *, wait: Wait, pause: float) -> None:
        self._watched = watched
        self._wait = wait
        self._pause = pause
        self._failed = 0
        backlog = watched.backlog
        known = backlog.number_of(after) if after is not None else None
        self._gap = after is not None and known is None
        self._next = backlog.end if known is None else known + 1
        self._before = (self._next, self._gap)
        self.replayed = self._next < backlog.end

    @property
    def gap(self) -> bool:
        """Whether something may have been missed for good."""
        return self._gap or self._next < self._watched.backlog.first

    def now(self) -> Missed:
        """What there is to tell at present, perhaps nothing; it counts as told."""
        backlog = self._watched.backlog
        last = backlog.last
        assert last is not None
        found = Missed(
            position=last.position,
            at=last.at,
            events=tuple(event for event in backlog.since(self._next) if event.changed),
            gap=self.gap,
        )
        self._before = (self._next, self._gap)
        self._next, self._gap = backlog.end, False
        return found

    async def again(self) -> Missed:
        """What was given last, which could not be told, and what has come since: after a pause, or at the next news."""
        self._next, self._gap = self._before
        pause = min(self._pause * 2**self._failed, _LONGEST_PAUSE)
        self._failed = min(self._failed + 1, 10)
        await self._wait(self._watched.news, pause)
        return self.now()

    async def next(self) -> Missed:
        """What comes next, when what was given last has been told. Waits for it."""
        self._failed = 0
        while True:
            news = self._watched.news
            if self._next < self._watched.backlog.end:
                missed = self.now()
                if missed.events or missed.gap:
                    return missed
            else:
                await news.wait()
