"""Searching every place of capture at once, as one list in one order.

Each system's search runs in its own stream, page by page and only as far as the list needs. A stream that ends
or fails does not hold up the others.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

import msgspec

from orderweave.fetching.systems import FoundHit, Systems
from orderweave.model.provenance import Fetched, SourceIssue
from orderweave.model.terms import Terms
from orderweave.observing import Stage
from orderweave_sdk.capabilities import Condition, Search
from orderweave_sdk.manifest import Operator, SearchField
from orderweave_sdk.records import Facet

# Of the time left, what one reading may take: a silent system must leave time to hear the others.
_SHARE = 0.4
# Pages that one stream may read for one answer; a filter that finds next to nothing ends here, and says so.
_MOST_PAGES = 8
_NEVER = datetime.min.replace(tzinfo=UTC)


class Place(NamedTuple):
    """Where a hit stands in the whole list: by the sort's value, then by system and id."""

    value: Any
    system: str
    external_id: str


class Ordered(msgspec.Struct, frozen=True, gc=False):
    """A hit with its place."""

    place: Place
    fetched: Fetched


class Listing(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What to list: the sort, and where to start (beyond `start`)."""

    sort: SearchField
    descending: bool
    start: Place | None


class Stream:
    """One system's hits under some conditions, in order. Each further page is twice as large, up to `most` hits: a
    list that is held back by many hits in one place gets past them in few calls.
    """

    def __init__(
        self,
        system: str,
        listing: Listing,
        conditions: tuple[Condition, ...],
        facets: frozenset[Facet],
        *,
        page_size: int,
        most: int,
    ) -> None:
        self.system = system
        self._listing = listing
        self._conditions = conditions
        self._facets = facets
        self._page_size = page_size
        self._most = most
        self._after: str | None = None
        self._pages = 0
        self.hits: list[Ordered] = []
        self.remaining: tuple[Condition, ...] = ()
        self.more = True
        self.truncated = False
        self.issue: SourceIssue | None = None
        self.gaps: list[SourceIssue] = []

    @property
    def reach(self) -> Place | None:
        """The place down to which this stream is known; None when it is known to its end, or failed."""
        if not self.more or self.issue is not None:
            return None
        return self.hits[-1].place if self.hits else Place(self._first(), "", "")

    def _first(self) -> Any:
        return _NEVER if not self._listing.descending else datetime.max.replace(tzinfo=UTC)

    async def read_on(self, systems: Systems, call: Terms) -> None:
        """Read one more page."""
        search = Search(
            conditions=(*self._conditions, *self._from_start()),
            sort=self._listing.sort,
            descending=self._listing.descending,
            size=self._page_size,
            after=self._after,
            facets=self._facets,
        )
        page = await systems.search_orders(self.system, search, call)
        self.issue = page.failed
        if page.failed is not None:
            return
        self._pages += 1
        self.remaining = page.remaining
        self.gaps += page.gaps
        for hit in page.found:
            place = _place(hit)
            if self._beyond_start(place):
                self.hits.append(Ordered(place, hit.fetched))
        self.more = page.more and bool(page.found)
        if page.found:
            self._after = page.found[-1].cursor
        self._page_size = min(self._most, self._page_size * 2)
        self.truncated = self.more and self._pages >= _MOST_PAGES

    def _from_start(self) -> tuple[Condition, ...]:
        """The start as a condition, value included: other hits may share it and stand beyond."""
        if self._listing.start is None:
            return ()
        operator = Operator.LTE if self._listing.descending else Operator.GTE
        return (Condition(self._listing.sort, operator, (self._listing.start.value,)),)

    def _beyond_start(self, place: Place) -> bool:
        start = self._listing.start
        if start is None:
            return True
        return place < start if self._listing.descending else place > start


def _place(hit: FoundHit) -> Place:
    """The hit's place in the whole list; one without the value stands before all others in time."""
    value = _NEVER if hit.value is None else hit.value
    return Place(value, hit.fetched.system, hit.fetched.record.external_id)


class Listed:
    """All streams together: `settled` gives what is surely next, `read_on` makes more sure."""

    def __init__(self, streams: Sequence[Stream], systems: Systems, call: Terms, *, descending: bool) -> None:
        self.streams = tuple(streams)
        self._systems = systems
        self._call = call
        self._descending = descending

    async def start(self) -> None:
        """Read the first page of every stream."""
        terms = self._call.part(_SHARE)
        with self._systems.observing.stage(Stage.FETCH):
            await asyncio.gather(*(stream.read_on(self._systems, terms) for stream in self.streams))

    def settled(self) -> list[Ordered]:
        """Hits beyond which no stream can still bring an earlier one, in order, from the start of the list."""
        reaches = [reach for stream in self.streams if (reach := stream.reach) is not None]
        limit = self._nearest(reaches)
        found = [
            hit for stream in self.streams for hit in stream.hits if limit is None or self._before(hit.place, limit)
        ]
        return sorted(found, key=lambda hit: hit.place, reverse=self._descending)

    def _nearest(self, reaches: list[Place]) -> Any:
        if not reaches:
            return None
        values = [reach.value for reach in reaches]
        return max(values) if self._descending else min(values)

    def _before(self, place: Place, limit: Any) -> bool:
        """Strictly before: hits at the limit itself may have equals on the next page."""
        return bool(place.value > limit) if self._descending else bool(place.value < limit)

    async def read_on(self) -> bool:
        """Read a page of the streams that hold the list back; False when nothing is left that may be read."""
        waiting = [stream for stream in self.streams if stream.reach is not None]
        if not waiting:
            return False
        limit = self._nearest([stream.reach for stream in waiting if stream.reach is not None])
        behind = [stream for stream in waiting if stream.reach is not None and stream.reach.value == limit]
        if any(stream.truncated for stream in behind):
            return False
        terms = self._call.part(_SHARE)
        with self._systems.observing.stage(Stage.FETCH):
            await asyncio.gather(*(stream.read_on(self._systems, terms) for stream in behind))
        return True
