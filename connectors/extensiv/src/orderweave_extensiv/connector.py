"""The connector: capabilities over the client and the mapping."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import ClassVar, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from orderweave_extensiv.client import Client, place_of, read_orders
from orderweave_extensiv.manifest import MANIFEST
from orderweave_extensiv.mapping import order_record
from orderweave_extensiv.payloads import Identifier, ItemPayload, OrderPayload, SummaryPayload
from orderweave_extensiv.rql import Wanted, all_of, compared, fitting, having, one_of
from orderweave_extensiv.searching import (
    CHANGED,
    ORDER_ID,
    SORT_PROPERTIES,
    Position,
    after,
    lately,
    moved,
    position_of,
    push_down,
    read_position,
    read_stream,
    sort_of,
    stream_rql,
    write_position,
    write_stream,
)
from orderweave_extensiv.signing_in import Tokens
from orderweave_extensiv.stock import location_record, product_record, stock_records
from orderweave_sdk.batches import by_lookup
from orderweave_sdk.capabilities import (
    Changes,
    Gap,
    Hit,
    Locations,
    Orders,
    Page,
    Products,
    Search,
    Settings,
    Skus,
    Stock,
)
from orderweave_sdk.clock import Call
from orderweave_sdk.decoding import decode_each
from orderweave_sdk.errors import BadPayload, GiveUp
from orderweave_sdk.manifest import Batch, Capability, Manifest, SearchField
from orderweave_sdk.records import Facet, Key, OrderRecord, ProductRecord
from orderweave_sdk.upstream import UpstreamFactory

T = TypeVar("T")
R = TypeVar("R")

_ITEM_ID = "readOnly.itemId"
# Ids are .NET's Int32.
_LONGEST_ID = 10
# Facilities that stand in a filter beside a batch of items; where more are wanted, the others' rows are left out here.
_MOST_PLACES = 20
# Read on where a page holds no order that can be read; past so many such pages, the answer is no answer.
_MOST_BARREN = 10


class ExtensivConnector:
    """One customer of a company that runs Extensiv 3PL Warehouse Manager, as Orderweave sees it."""

    manifest: ClassVar[Manifest] = MANIFEST

    def __init__(self, settings: Settings, upstream: UpstreamFactory) -> None:
        made = upstream(settings["url"])
        customer_id = int(settings["customer_id"])
        self._client = Client(made, Tokens(made, settings), customer_id)
        self._own = compared("readOnly.customerIdentifier.id", "==", str(customer_id))
        self._zone = ZoneInfo(settings.get("time_zone") or "UTC")

    @classmethod
    def problems(cls, settings: Settings) -> list[str]:
        """One name of the user, a host without a path, ids that can be, and a zone that exists."""
        found = []
        if "/" in str(settings["url"]).partition("://")[2].rstrip("/"):
            found.append("setting url: give the host alone, such as https://secure-wms.com; the paths are added to it")
        if bool(settings.get("user_login")) == bool(settings.get("user_login_id")):
            found.append("settings: give either user_login or user_login_id")
        if ":" in str(settings["client_id"]):
            found.append("setting client_id: must not hold a colon")
        if int(settings["customer_id"]) < 1:
            found.append("setting customer_id: must be at least 1")
        try:
            ZoneInfo(str(settings.get("time_zone") or "UTC"))
        except (ZoneInfoNotFoundError, ValueError, OSError):
            found.append("setting time_zone: must be the IANA name of a time zone, such as America/Los_Angeles")
        return found

    async def check(self, call: Call) -> str:
        """One small call to each resource: a missing right shows as the error of the first that is refused."""
        customer = await self._client.customer(call)
        await self._client.probe(call)
        return f"customer, orders, items and stock readable, {len(customer.facilities or ())} facilities"

    async def close(self) -> None:
        """Nothing is held; tokens end by themselves."""

    async def find_orders(self, keys: Sequence[Key], facets: frozenset[Facet], call: Call) -> Orders:
        """Orders by id and others' numbers in one in-list a property, as few calls as their length allows."""
        wanted = [
            Wanted(ORDER_ID if name == "id" else name, value)
            for name, values in by_lookup(keys, MANIFEST).items()
            for value in values
            if value.strip() and (name != "id" or _is_id(value))
        ]
        raws: list[msgspec.Raw] = []
        gaps: list[Gap] = []
        for part in fitting(wanted):
            query = [("rql", all_of([having(part), self._own])), ("sort", ORDER_ID), *_details(facets)]
            found, cut = await self._client.all_orders(query, call)
            raws += found
            gaps += cut
        records, unread = self._records(raws, facets)
        # One order may be found by two values of two calls.
        once = {record.external_id: record for record in records}
        return Orders(records=tuple(once.values()), gaps=(*gaps, *unread))

    async def search_orders(self, search: Search, call: Call) -> Page:
        """One page, sorted by a moment and then by id."""
        if search.sort not in SORT_PROPERTIES:
            raise GiveUp(f"orders by search: Extensiv is not asked to sort by {search.sort}")
        name = SORT_PROPERTIES[search.sort]
        pushed = push_down(search.conditions, self._zone)
        position = None if search.after is None else read_position(search.after)
        gaps: list[Gap] = []
        for _ in range(_MOST_BARREN):
            rql = all_of([pushed.rql, after(name, position, descending=search.descending), self._own])
            query = [("rql", rql), ("sort", sort_of(name, descending=search.descending)), *_details(search.facets)]
            if pushed.skus is not None:
                query.append(("skulist", ",".join(pushed.skus)))
            page = await self._client.orders(query, call, size=search.size)
            hits, unread = self._hits(page.entries, search)
            gaps += unread
            more = page.total_results > len(page.entries)
            if hits or not more:
                return Page(hits=hits, more=more, remaining=pushed.remaining, gaps=tuple(gaps))
            last = self._last_position(page.entries, search.sort)
            if last is None:
                break
            position = last
        raise BadPayload("orders by search: page after page holds no order that can be read")

    async def list_changes(
        self, cursor: str | None, since: datetime | None, facets: frozenset[Facet], call: Call
    ) -> Changes:
        """Orders by their last change, oldest first; while it is fresh, the last minutes are read again."""
        stream = read_stream(cursor, since)
        rql = all_of([stream_rql(stream, self._zone), self._own])
        query = [("rql", rql), ("sort", sort_of(CHANGED, descending=False)), *_details(facets)]
        page = await self._client.orders(query, call, size=MANIFEST.page_size)
        records, gaps = self._records(page.entries, facets)
        more = page.total_results > len(page.entries)
        last = self._last_position(page.entries, SearchField.UPDATED_AT)
        if more and last is None:
            raise BadPayload("changed orders: a page that holds no order that can be read")
        now = call.clock.now()
        following = moved(stream, last, more=more, now=now, zone=self._zone)
        records = tuple(lately(record, now, self._zone) for record in records)
        return Changes(records=records, cursor=write_stream(following), more=more, gaps=gaps)

    async def read_stock(self, skus: Sequence[str], locations: Sequence[str] | None, call: Call) -> Stock:
        """Stock by item and facility: a call for the items, since others may have the same SKUs, and one for theirs."""
        items, gaps = await self._items(skus, MANIFEST.stock_batch, Capability.READ_STOCK, call)
        facilities = None if locations is None else [place for place in locations if _is_id(place)]
        by_id = {item.read_only.item_id: item for item in items}
        if not by_id or (facilities is not None and not facilities):
            return Stock(records=(), gaps=gaps)
        few = facilities is not None and len(facilities) <= _MOST_PLACES
        places = one_of("facilityId", facilities or ()) if few else ""
        rql = all_of([one_of("itemIdentifier.id", map(str, by_id)), places])
        raws, cut = await self._client.all_summaries([("rql", rql)], call)
        summaries, unread = decode_each(raws, SummaryPayload, what="stock")
        records = stock_records(by_id, summaries)
        return Stock(
            records=tuple(r for r in records if facilities is None or r.location.external_id in facilities),
            gaps=(*gaps, *cut, *unread),
        )

    async def find_products(self, skus: Sequence[str], call: Call) -> Products:
        """Items by SKU, the deactivated ones included."""
        items, gaps = await self._items(skus, MANIFEST.product_batch, Capability.FIND_PRODUCTS, call)
        records, unread = _each(items, self._product, lambda item: str(item.read_only.item_id), "item")
        return Products(records=records, gaps=(*gaps, *unread))

    async def list_skus(self, after: str | None, call: Call) -> Skus:
        """A page of the SKUs of all items, deactivated ones included, by the items' ids; a cursor is the last one's."""
        if after is not None and not _is_id(after):
            raise GiveUp("the cursor is not one of this connector's")
        further = [("rql", compared(_ITEM_ID, "=gt=", after))] if after is not None else []
        page = await self._client.items([*further, ("sort", _ITEM_ID)], call)
        items, gaps = decode_each(page.entries, ItemPayload, what="item")
        more = page.total_results > len(page.entries)
        if more and not items:
            raise BadPayload("items: not one of a page could be read, and what follows would be missed")
        return Skus(
            skus=tuple(item.sku for item in items if item.sku),
            after=str(items[-1].read_only.item_id) if more else None,
            gaps=tuple(gaps),
        )

    async def list_locations(self, call: Call) -> Locations:
        """The facilities that work for the customer."""
        customer = await self._client.customer(call)
        facilities, gaps = decode_each(customer.facilities or (), Identifier, what="facility")
        found = [location_record(facility) for facility in facilities]
        return Locations(records=tuple(record for record in found if record is not None), gaps=tuple(gaps))

    async def _items(
        self, skus: Sequence[str], batch: Batch | None, what: Capability, call: Call
    ) -> tuple[list[ItemPayload], tuple[Gap, ...]]:
        if batch is None or len(skus) > batch.size:
            raise GiveUp(f"{what}: more values than one batch takes")
        items: dict[int, ItemPayload] = {}
        gaps: list[Gap] = []
        for part in fitting(Wanted("sku", sku) for sku in skus if sku.strip()):
            raws, cut = await self._client.all_items([("rql", having(part)), ("sort", "sku")], call)
            found, unread = decode_each(raws, ItemPayload, what="item")
            items |= {item.read_only.item_id: item for item in found}
            gaps += [*cut, *unread]
        return list(items.values()), tuple(gaps)

    def _product(self, item: ItemPayload) -> ProductRecord:
        return product_record(item, self._zone)

    def _records(
        self, raws: Sequence[msgspec.Raw], facets: frozenset[Facet]
    ) -> tuple[tuple[OrderRecord, ...], tuple[Gap, ...]]:
        payloads, gaps = read_orders(raws, OrderPayload)
        records, unread = _each(
            payloads,
            lambda payload: order_record(payload, facets, self._zone),
            lambda payload: str(payload.read_only.order_id),
            "order",
        )
        return records, (*gaps, *unread)

    def _hits(self, raws: Sequence[msgspec.Raw], search: Search) -> tuple[tuple[Hit, ...], tuple[Gap, ...]]:
        records, gaps = self._records(raws, search.facets)
        by_id = {record.external_id: record for record in records}
        hits = []
        for raw in raws:
            placed = place_of(raw)
            record = by_id.get(str(placed.read_only.order_id)) if placed else None
            if placed is None or record is None:
                continue
            found = position_of(placed.read_only, search.sort, self._zone)
            if found is None:
                gaps = (*gaps, Gap("order: it has no time to sort it by", record.external_id))
                continue
            position, moment = found
            hits.append(Hit(record, write_position(position), moment))
        return tuple(hits), gaps

    def _last_position(self, raws: Sequence[msgspec.Raw], sort: SearchField) -> Position | None:
        """The place of the last order that tells it."""
        for raw in reversed(raws):
            placed = place_of(raw)
            found = position_of(placed.read_only, sort, self._zone) if placed else None
            if found is not None:
                return found[0]
        return None


def _each(
    payloads: Sequence[T], make: Callable[[T], R], name: Callable[[T], str], what: str
) -> tuple[tuple[R, ...], tuple[Gap, ...]]:
    """The records of these payloads, and a gap for each with a time that cannot be read."""
    records: list[R] = []
    gaps: list[Gap] = []
    for payload in payloads:
        try:
            records.append(make(payload))
        except ValueError:
            gaps.append(Gap(f"{what}: a time that cannot be read", name(payload)))
    return tuple(records), tuple(gaps)


def _details(facets: frozenset[Facet]) -> list[tuple[str, str]]:
    """What an answer has to hold for these facets; without any of it, the vendor spares itself the work."""
    parts = []
    if facets & {Facet.LINES, Facet.FULFILLMENT}:
        parts.append("OrderItems")
    if Facet.FULFILLMENT in facets:
        parts.append("Packages")
    if Facet.ADDRESSES in facets:
        parts.append("Contacts")
    items = [("itemdetail", "Allocations")] if Facet.FULFILLMENT in facets else []
    return [("detail", ",".join(parts) or "None"), *items]


def _is_id(value: str) -> bool:
    """Whether it can be an id; anything else makes the vendor refuse the whole filter."""
    return value.isdecimal() and value.isascii() and len(value) <= _LONGEST_ID and int(value) < 2**31
