"""One follower of a subject: where it stands in the log, and what it has not seen."""

from __future__ import annotations

import asyncio
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


class Following:
    """Reads on in a log that others write. `replayed` says whether it began behind the log's end."""

    def __init__(self, watched: Watched, after: str | None) -> None:
        self._watched = watched
        backlog = watched.backlog
        known = backlog.number_of(after) if after is not None else None
        self._gap = after is not None and known is None
        self._next = backlog.end if known is None else known + 1
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
        self._next, self._gap = backlog.end, False
        return found

    async def next(self) -> Missed:
        """What comes next. Waits for it."""
        while True:
            news = self._watched.news
            if self._next < self._watched.backlog.end:
                missed = self.now()
                if missed.events or missed.gap:
                    return missed
            else:
                await news.wait()
