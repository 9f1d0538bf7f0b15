"""Asking the systems for what the index keeps, in the lane of sync: whoever waits for an answer goes before.

All goes through `Systems.ask`, so that quota, retries and breakers hold; the cache is not asked, for it may be old.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, TypeVar

import msgspec

from orderweave.fetching.systems import Systems
from orderweave.index.contents import FACETS
from orderweave.model.provenance import SourceIssue
from orderweave.model.systems import SystemSpec
from orderweave.model.terms import Lane, Terms
from orderweave.sync.places import Place
from orderweave_sdk.batches import keys_of, packed
from orderweave_sdk.capabilities import (
    Changes,
    Condition,
    Gap,
    Orders,
    Page,
    Products,
    Search,
    Skus,
    Stock,
    Tracking,
)
from orderweave_sdk.manifest import Capability, Operator, SearchField
from orderweave_sdk.records import Facet, Key, OrderRecord

T = TypeVar("T")
# Seconds that one call may take, its waits for quota and its retries within.
_LONGEST_CALL = 60.0
_HEADER = frozenset({Facet.HEADER})


class Unanswered(Exception):
    """A system did not answer; `issue` says why."""

    def __init__(self, issue: SourceIssue) -> None:
        self.issue = issue
        super().__init__(f"{issue.system}: {issue.message}")


class Listed(msgspec.Struct, frozen=True, kw_only=True):
    """One page of a system's orders: read at `at`, the next one from `place` on. `upto` is how far in time it is."""

    records: tuple[OrderRecord, ...]
    gaps: tuple[Gap, ...]
    place: Place
    more: bool
    at: datetime
    upto: datetime | None


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """Orders that were looked up, and in how many calls. What was asked for by id, and neither stands in `records` nor
    in `gaps`, is gone.
    """

    records: tuple[OrderRecord, ...]
    gaps: tuple[Gap, ...]
    calls: int

    def gone(self, asked: Iterable[str]) -> list[str]:
        """Which of the ids that were asked for their system has no more. A gap without an id may be any of them: then
        nobody is taken for gone.
        """
        unread = {gap.external_id for gap in self.gaps}
        if None in unread:
            return []
        return sorted(set(asked) - {record.external_id for record in self.records} - unread)


class Asking:
    """Questions to the systems of one gateway. Every one of them raises Unanswered."""

    def __init__(self, systems: Systems) -> None:
        self._systems = systems

    def spec(self, name: str) -> SystemSpec:
        """What is known of a system."""
        return self._systems.business.systems[name]

    def facets(self, name: str) -> frozenset[Facet]:
        """What is read of each order."""
        return FACETS & self.spec(name).manifest.facets

    def lists_changes(self, name: str) -> bool:
        """Whether the system says by itself what changed."""
        return Capability.LIST_CHANGES in self.spec(name).manifest.capabilities

    def finds(self, name: str) -> bool:
        """Whether the system finds orders by id."""
        return Capability.FIND_ORDERS in self.spec(name).manifest.capabilities

    async def next(self, name: str, place: Place) -> Listed:
        """The next page of a pass: what changed, or, of a system that cannot say, orders by when they were placed."""
        if self.lists_changes(name):
            return await self._changes(name, place, self.facets(name))
        return await self._search(name, place, self.facets(name))

    async def all(self, name: str, place: Place, *, whole: bool) -> Listed:
        """The next page of all orders as they are now; not `whole`, with no more than their headers."""
        facets = self.facets(name) if whole else _HEADER & self.facets(name)
        if Capability.SEARCH_ORDERS in self.spec(name).manifest.capabilities:
            return await self._search(name, place, facets)
        return await self._changes(name, place, facets)

    async def find(self, name: str, external_ids: Iterable[str]) -> Found:
        """Orders by their ids, in batches as the manifest allows."""
        return await self.named(name, keys_of("id", sorted(external_ids)))

    async def named(self, name: str, keys: Sequence[Key]) -> Found:
        """Orders by keys of the system's look-ups, in batches as the manifest allows."""
        facets = self.facets(name)
        records: list[OrderRecord] = []
        gaps: list[Gap] = []
        batches = packed(keys, self.spec(name).manifest)
        for batch in batches:
            call = self._call()
            answer = await self._ask(
                name,
                Orders,
                lambda connector, batch=batch, call=call: connector.find_orders(batch, facets, call),
                call,
                facets=facets,
                size=len(batch),
            )
            records += answer.records
            gaps += answer.gaps
        return Found(records=tuple(records), gaps=tuple(gaps), calls=len(batches))

    async def stock(self, name: str, skus: Sequence[str]) -> Stock:
        """Levels of some SKUs: one batch, as the manifest allows."""
        call = self._call()
        return await self._ask(
            name, Stock, lambda connector: connector.read_stock(skus, None, call), call, size=len(skus)
        )

    async def products(self, name: str, skus: Sequence[str]) -> Products:
        """Products of some SKUs: one batch, as the manifest allows."""
        call = self._call()
        return await self._ask(
            name, Products, lambda connector: connector.find_products(skus, call), call, size=len(skus)
        )

    async def skus(self, name: str, after: str | None) -> Skus:
        """A page of the SKUs that a system lists."""
        call = self._call()
        return await self._ask(name, Skus, lambda connector: connector.list_skus(after, call), call)

    async def tracking(self, name: str, numbers: Sequence[str]) -> Tracking:
        """What a carrier knows of some parcels: one batch, as the manifest allows."""
        call = self._call()
        return await self._ask(
            name, Tracking, lambda connector: connector.read_tracking(numbers, call), call, size=len(numbers)
        )

    async def _changes(self, name: str, place: Place, facets: frozenset[Facet]) -> Listed:
        at, call = self._systems.clock.now(), self._call()
        answer = await self._ask(
            name,
            Changes,
            lambda connector: connector.list_changes(place.cursor, place.since, facets, call),
            call,
            facets=facets,
        )
        moments = [record.updated_at for record in answer.records if record.updated_at is not None]
        return Listed(
            records=answer.records,
            gaps=answer.gaps,
            place=place.after_changes(answer.cursor, more=answer.more),
            more=answer.more,
            at=at,
            upto=max(moments, default=None),
        )

    async def _search(self, name: str, place: Place, facets: frozenset[Facet]) -> Listed:
        manifest = self.spec(name).manifest
        at, call = self._systems.clock.now(), self._call()
        bounds = (
            (Condition(SearchField.PLACED_AT, Operator.GTE, (place.since,)),)
            if place.since is not None and Operator.GTE in manifest.filters.get(SearchField.PLACED_AT, ())
            else ()
        )
        search = Search(
            conditions=bounds,
            sort=SearchField.PLACED_AT if SearchField.PLACED_AT in manifest.sorts else min(manifest.sorts),
            descending=False,
            size=manifest.page_size,
            after=place.cursor,
            facets=facets,
        )
        answer = await self._ask(
            name, Page, lambda connector: connector.search_orders(search, call), call, facets=facets
        )
        more = answer.more and bool(answer.hits)
        last = answer.hits[-1].value if answer.hits else None
        return Listed(
            records=tuple(hit.record for hit in answer.hits),
            gaps=answer.gaps,
            place=place.after_search(answer.hits[-1].cursor if more else None),
            more=more,
            at=at,
            upto=last if isinstance(last, datetime) else None,
        )

    def _call(self) -> Terms:
        return self._systems.call(_LONGEST_CALL, Lane.SYNC)

    async def _ask(
        self,
        name: str,
        kind: type[T],
        question: Any,
        call: Terms,
        *,
        facets: frozenset[Facet] = frozenset(),
        size: int = 1,
    ) -> T:
        answer, issue = await self._systems.ask(name, facets, kind, question, call, size=size)
        if answer is None:
            assert issue is not None
            raise Unanswered(issue)
        return answer
