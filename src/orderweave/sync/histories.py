"""Reading the orders of a system into the index, a page at a time: its history first, then what changes.

A page, with what could not be read of it and where the next one begins, is one transaction: whatever ends the process
between two of them, nothing is lost and nothing stands twice.
"""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection

from orderweave.index import Index
from orderweave.index.progress import ORDERS, Progress, note, part_of
from orderweave.sync.asking import Asking, Listed, Unanswered
from orderweave.sync.places import read_place, write_place
from orderweave.sync.telling import Telling
from orderweave_sdk.clock import Clock

# Seconds for a look at where things stand.
LONGEST_LOOK = 30.0


class Outcome(StrEnum):
    """How a step ended: there is more to do at once, or there is and somebody else is at it too; there is none, or the
    system did not answer.
    """

    MORE = "MORE"
    OVERTAKEN = "OVERTAKEN"
    DONE = "DONE"
    FAILED = "FAILED"


class Histories:
    """The orders of all systems. `history_days` is how far back a history is read; None: to its start."""

    def __init__(
        self, asking: Asking, index: Index, *, history_days: int | None, clock: Clock, telling: Telling
    ) -> None:
        self._asking = asking
        self._index = index
        self._days = history_days
        self._clock = clock
        self._telling = telling

    async def standing(self, name: str, part: str = ORDERS) -> Progress:
        """How far a part of a system is read."""
        return await self._index.read(lambda found: part_of(found, name, part), seconds=LONGEST_LOOK)

    async def failed(self, name: str, part: str, message: str) -> None:
        """Note that a system did not answer, or that what it said could not be worked in."""
        now = self._clock.now()
        await self._index.write(lambda found: note(found, name, part, error=message, error_at=now))

    async def read_on(self, name: str) -> Outcome:
        """Read the next page of one system."""
        known = await self.standing(name)
        begun_at = self._clock.now()
        since = None if self._days is None else begun_at - timedelta(days=self._days)
        place = read_place(known.cursor, since).begun(begun_at)
        try:
            listed = await self._asking.next(name, place)
        except Unanswered as error:
            await self.failed(name, ORDERS, error.issue.message)
            return Outcome.FAILED
        changes: dict[str, Any] = {"cursor": write_place(listed.place), "error": None, "error_at": None}
        if known.cursor is None:
            changes["from_at"] = since
        if not listed.more:
            changes |= {} if place.fresh else {"reached_at": place.began}
            changes |= {} if known.complete_at else {"complete_at": self._clock.now()}
        moved = await self._index.write(lambda found: self._keep(found, name, known, listed, changes))
        self._telling.read(name, len(listed.records), listed.upto)
        if not moved:
            return Outcome.OVERTAKEN
        if listed.more:
            return Outcome.MORE
        self._telling.done(name)
        return Outcome.DONE

    def _keep(
        self, connection: Connection, name: str, known: Progress, listed: Listed, changes: dict[str, Any]
    ) -> bool:
        """Keep a page and move the place; False where somebody else has read on meanwhile: the place is theirs."""
        # While a history is read its orders come system after system: woven at the end, each is woven once.
        weave = known.complete_at is not None
        self._index.take_now(connection, name, listed.records, listed.at, gaps=listed.gaps, weave=weave)
        ours: bool = part_of(connection, name, ORDERS).cursor == known.cursor
        if ours:
            note(connection, name, ORDERS, **changes)
        return ours
