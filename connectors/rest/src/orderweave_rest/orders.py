"""Orders by key, by search and by change: requests put together with what the mapping makes of their answers."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from orderweave_rest.api_map import ApiMap, Part, SearchMap
from orderweave_rest.asking import ask, cuts, together
from orderweave_rest.client import Client
from orderweave_rest.cursors import ChangePlace, HitPlace, after_hit, read_changes, read_hit, write_changes
from orderweave_rest.filtering import pushed
from orderweave_rest.mapping import order_id, order_record
from orderweave_rest.order_of_change import after_known, in_order, newest
from orderweave_rest.paging import place_of
from orderweave_rest.reading_errors import BadValue
from orderweave_rest.values import Times, text
from orderweave_sdk.capabilities import Changes, Gap, Hit, Orders, Page, Search
from orderweave_sdk.clock import Call
from orderweave_sdk.conditions import values_of
from orderweave_sdk.errors import BadPayload
from orderweave_sdk.facets import facets_of
from orderweave_sdk.manifest import BatchStrategy, Manifest, SearchField
from orderweave_sdk.records import Facet, OrderRecord

# Pages that one search reads at most to fill its own.
_MOST_PAGES_A_SEARCH = 10
# Each listing of changes begins so long before the last change seen: what was stamped before it could be seen.
_OVERLAP = timedelta(seconds=60)

# Orders that are read before others have a turn: a large one takes about half a millisecond.
_AT_A_STRETCH = 20

# What a search is sorted by is told whatever the facets.
_FACET_OF_SORT = {SearchField.PLACED_AT: Facet.HEADER, SearchField.TOTAL: Facet.HEADER}


class OrderReading:
    """The orders of one API."""

    def __init__(self, client: Client, api: ApiMap, manifest: Manifest) -> None:
        self._client = client
        self._api = api
        self._manifest = manifest

    async def find(self, by: str, values: Sequence[str], facets: frozenset[Facet], call: Call) -> Orders:
        """Orders by one look-up; one that two keys find comes once."""
        request = self._api.lookups[by]
        found = await ask(self._client, request, values, call)
        items = {order_id(item, self._api) or position: item for position, item in enumerate(_flat(found))}
        records, gaps = await self._records(list(items.values()), facets, call)
        read = [record for record in records if record is not None]
        if gaps and not read and len(values) == 1 and self._manifest.lookups[by].strategy is BatchStrategy.NONE:
            raise BadPayload(gaps[0].reason)  # one record an answer: a bad one is a bad payload
        return Orders(records=tuple(read), gaps=(*cuts(request, found), *gaps))

    async def search(self, search: Search, call: Call) -> Page:
        """One page of hits. Conditions are sent as far as the API takes them, and all are handed back: how exactly a
        home-grown API applies them nobody knows.
        """
        told = self._api.search
        assert told is not None
        extra, extra_body = pushed(search.conditions, self._api)
        values = _sorting(told, search)
        start = read_hit(search.after, search) if search.after is not None else HitPlace(None, search.size, 0)
        place, size, skip = place_of(told.request, start.place), start.size, start.index
        facets = search.facets | ({_FACET_OF_SORT[search.sort]} if search.sort in _FACET_OF_SORT else frozenset())
        hits: list[Hit] = []
        gaps: list[Gap] = []
        for _ in range(_MOST_PAGES_A_SEARCH):
            page = await self._client.page(
                told.request, values, call, place=place, size=size, extra=extra, extra_body=extra_body
            )
            items = page.items[skip : skip + search.size - len(hits)]
            records, unread = await self._records(items, facets, call, parts_for=search.facets)
            gaps += unread
            for index, record in enumerate(records, start=skip):
                if record is not None:
                    here = HitPlace(place, size, index)
                    cursor = after_hit(here, page.next, len(page.items), told.request, search)
                    value = next(iter(values_of(record, search.sort)), None)
                    hits.append(Hit(facets_of(record, search.facets), cursor, value))
            left = len(page.items) > skip + len(items)
            if left or page.next is None or len(hits) >= search.size:
                return Page(
                    hits=tuple(hits), more=left or page.next is not None, remaining=search.conditions, gaps=tuple(gaps)
                )
            place, skip = page.next, 0
        return Page(hits=tuple(hits), more=True, remaining=search.conditions, gaps=tuple(gaps))

    async def changes(
        self, cursor: str | None, since: datetime | None, facets: frozenset[Facet], call: Call
    ) -> Changes:
        """One page of changes, oldest first.

        A full page is gone on from by the time of its last change, not by its number: an order that changes meanwhile
        leaves its place, and would push another over the edge of a numbered page. Numbers serve only within one second.
        """
        request = self._api.changes
        assert request is not None
        at = read_changes(cursor) if cursor is not None else ChangePlace(since, None, since)
        times = self._api.times
        values = {"since": times.written(at.floor, slack=-1) if at.floor is not None else None}
        page = await self._client.page(request, values, call, place=place_of(request, at.place))
        records, gaps = await self._records(page.items, facets, call)
        read = [record for record in records if record is not None]
        changed = self._api.field("updated_at")
        clock = changed.times if changed is not None else times
        read = in_order(read, at.last if at.place is not None else None, clock, request.name)
        last = newest(read)
        latest = max((moment for moment in (at.newest, last) if moment is not None), default=None)
        if page.next is None:
            read = after_known(read, at.newest, clock)
            after = ChangePlace(latest - _OVERLAP if latest is not None else None, None, latest)
        elif latest is not None and (at.floor is None or _later(latest, at.floor, times)):
            after = ChangePlace(latest, None, latest)
        else:
            after = ChangePlace(at.floor, page.next, latest, last)
        more = page.next is not None
        return Changes(records=tuple(read), cursor=write_changes(after), more=more, gaps=tuple(gaps))

    async def _records(
        self, items: Sequence[Any], facets: frozenset[Facet], call: Call, *, parts_for: frozenset[Facet] | None = None
    ) -> tuple[list[OrderRecord | None], list[Gap]]:
        """Each item as a record, None in the place of one that cannot be read, and a gap for each of those."""
        wanted = facets if parts_for is None else parts_for
        parts = [part for part in self._api.parts if part.facets & wanted]
        gaps: list[Gap] = []
        whole = list(items)
        found = await together((self._additions(part, whole, call) for part in parts), at_once=len(parts) or 1)
        for part, (additions, cut) in zip(parts, found, strict=True):
            gaps += cut
            whole = [_with(item, part, additions) for item in whole]
        records: list[OrderRecord | None] = []
        for done, item in enumerate(whole, start=1):
            if done % _AT_A_STRETCH == 0:
                await asyncio.sleep(0)
            try:
                records.append(order_record(item, facets, self._api))
            except BadValue as error:
                records.append(None)
                gaps.append(Gap(str(error), order_id(item, self._api)))
        return records, gaps

    async def _additions(
        self, part: Part, items: Sequence[Any], call: Call
    ) -> tuple[Mapping[str, list[Any]], list[Gap]]:
        """What a part's request finds, by the key of the order that it belongs to."""
        keys = [key for item in items if (key := _text_at(part.key, item)) is not None]
        found = await ask(self._client, part.request, keys, call)
        by_key: dict[str, list[Any]] = {}
        for answer in found:
            for item in answer.items:
                key = answer.key if part.belongs is None else _text_at(part.belongs, item)
                if key is not None:
                    by_key.setdefault(key, []).append(item)
        return by_key, cuts(part.request, found)


def _flat(found: Sequence[Any]) -> list[Any]:
    return [item for each in found for item in each.items]


def _text_at(expression: Any, item: Any) -> str | None:
    try:
        found = expression.search(item)
        return None if found is None else text(found)
    except BadValue:
        return None


def _with(item: Any, part: Part, additions: Mapping[str, list[Any]]) -> Any:
    """The order's JSON with what a part found under the part's name."""
    if not isinstance(item, dict):
        return item
    return {**item, part.name: additions.get(_text_at(part.key, item) or "", [])}


def _sorting(told: SearchMap, search: Search) -> dict[str, str]:
    ascending, descending = told.sorts[search.sort]
    return {
        "sort": descending if search.descending else ascending,
        "direction": told.directions[1] if search.descending else told.directions[0],
    }


def _later(newest: datetime, floor: datetime, times: Times) -> bool:
    """Whether a request from `newest` on is another than that from `floor` on."""
    return newest > floor and times.written(newest) != times.written(floor)
