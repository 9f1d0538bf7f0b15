"""The connector: capabilities over the client and the mapping."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from typing import ClassVar, TypeVar

import msgspec

from orderweave_sap_s4hana import queries
from orderweave_sap_s4hana.changes import (
    PAGE,
    Positions,
    moved_billing,
    moved_deliveries,
    moved_orders,
    orders_of_billing,
    orders_of_deliveries,
    read_cursor,
    starting,
    state_of,
    write_cursor,
)
from orderweave_sap_s4hana.client import Client
from orderweave_sap_s4hana.configuring import basic, credentials, headers, problems_of, reading_of
from orderweave_sap_s4hana.deliveries import Sent
from orderweave_sap_s4hana.goods import product_record, stock_records
from orderweave_sap_s4hana.manifest import MANIFEST, REFERENCES
from orderweave_sap_s4hana.mapping import order_record, placed_at, updated_at
from orderweave_sap_s4hana.payloads import (
    BillingItem,
    ChangedBillingDocument,
    Delivery,
    DeliveryItem,
    MaterialStock,
    Product,
    SalesOrder,
)
from orderweave_sap_s4hana.reads import Read, one_of
from orderweave_sap_s4hana.searching import ByDay, ByMoment, filters_of, read_day, read_moment
from orderweave_sap_s4hana.wire import day, instant_literal, plain, text_literal
from orderweave_sdk.batches import by_lookup
from orderweave_sdk.capabilities import Changes, Gap, Hit, Orders, Page, Products, Search, Settings, Skus, Stock
from orderweave_sdk.clock import Call
from orderweave_sdk.decoding import decode_in_place
from orderweave_sdk.errors import BadPayload, GiveUp
from orderweave_sdk.manifest import Batch, Manifest, SearchField
from orderweave_sdk.records import Facet, Key, OrderRecord
from orderweave_sdk.upstream import UpstreamFactory

T = TypeVar("T")

_LONGEST_NUMBER = 10
_SKUS_A_PAGE = 1000
# Read on where a page holds nothing that can be read; past so many such pages, the answer is no answer.
_MOST_BARREN = 10
_STAMPED = f"LastChangeDateTime ge {instant_literal(datetime(1970, 1, 1, tzinfo=UTC))}"


class SapS4hanaConnector:
    """SAP S/4HANA, as Orderweave sees it."""

    manifest: ClassVar[Manifest] = MANIFEST

    def __init__(self, settings: Settings, upstream: UpstreamFactory) -> None:
        client = upstream(settings["url"], headers=headers(settings))
        tokens = None if basic(settings) else upstream(settings["oauth_url"])
        self._client = Client(client, credentials(settings, tokens))
        self._reading = reading_of(settings)
        self._language: str = settings.get("language") or "EN"

    @classmethod
    def problems(cls, settings: Settings) -> list[str]:
        """Credentials of one kind and whole, and values that SAP knows."""
        return problems_of(settings)

    async def check(self, call: Call) -> str:
        """Read one row of each service that orders need, so that a service or right that lacks shows here."""
        reads = (
            queries.orders(self.manifest.facets, page=1),
            queries.delivery_items(()),
            queries.deliveries((), self._reading.tracking_field),
            queries.billing_items(()),
        )
        one = [msgspec.structs.replace(read, top=1, whole=False) for read in reads]
        await asyncio.gather(*(self._client.read(read, call) for read in one))
        return "reachable, credentials accepted, orders, deliveries and billing documents readable"

    async def close(self) -> None:
        """Nothing is held; SAP drops an idle session by itself."""

    async def find_orders(self, keys: Sequence[Key], facets: frozenset[Facet], call: Call) -> Orders:
        """Orders by number or reference: one call a batch, one for their billing and two for their deliveries."""
        terms = _terms(by_lookup(keys, self.manifest))
        gaps: list[Gap] = []
        orders = await self._orders(queries.orders(facets, terms=terms), gaps, call) if terms else []
        return Orders(records=await self._records(orders, facets, gaps, call), gaps=tuple(gaps))

    async def search_orders(self, search: Search, call: Call) -> Page:
        """One page, by the day on which orders were made or by their last change."""
        if search.sort not in self.manifest.sorts:
            raise GiveUp(f"search: no sort by {search.sort}")
        filters, remaining = filters_of(search.conditions, self._reading.time_zone)
        by_moment = search.sort is SearchField.UPDATED_AT
        position: ByDay | ByMoment | None = None
        if search.after is not None:
            position = read_moment(search.after) if by_moment else read_day(search.after)
        among = position if isinstance(position, ByMoment) else None
        way = "desc" if search.descending else "asc"
        field = "LastChangeDateTime" if by_moment else "CreationDate"
        read = queries.orders(
            search.facets,
            also=(
                *filters,
                *((_STAMPED,) if by_moment else ()),
                *(position.filters(descending=search.descending) if position else ()),
            ),
            order=(f"{field} {way}", f"SalesOrder {way}"),
            page=search.size + 1 + (len(among.given) if among else 0),
        )
        gaps: list[Gap] = []
        orders, full = await self._page(read, SalesOrder, gaps, call, among)
        page = orders[: search.size]
        records = await self._records(page, search.facets, gaps, call)
        return Page(
            hits=tuple(self._hits(page, records, among, by_moment)),
            more=full or len(orders) > search.size,
            remaining=remaining,
            gaps=tuple(gaps),
        )

    async def list_changes(
        self, cursor: str | None, since: datetime | None, facets: frozenset[Facet], call: Call
    ) -> Changes:
        """What changed since the cursor: three listings, then the orders that deliveries and billing lead to."""
        now, where = call.clock.now(), self._reading.time_zone
        at = starting(since, now, where) if cursor is None else read_cursor(cursor)
        gaps: list[Gap] = []
        (own, full, last), (sent, listed), (billed, crowded) = await asyncio.gather(
            self._changed_orders(at.of_orders(), facets, gaps, call),
            self._changed_deliveries(at, gaps, call),
            self._page(queries.changed_billing(at.billing, page=PAGE), ChangedBillingDocument, gaps, call),
        )
        states = {state_of(delivery): delivery for delivery in sent}
        new = [delivery for state, delivery in states.items() if state not in at.remembered]
        known = {plain(order.sales_order) for order in own}
        touched = sorted((orders_of_deliveries(new) | orders_of_billing(billed)) - known)
        terms = one_of("SalesOrder", [text_literal(number) for number in touched])
        others = await self._orders(queries.orders(facets, terms=terms), gaps, call) if terms else []
        orders = sorted([*own, *others], key=lambda order: (updated_at(order) or now, plain(order.sales_order)))
        records = await self._records(orders, facets, gaps, call)
        more = full or listed >= PAGE or crowded
        reached = moved_orders(at.of_orders(), last, now, full=full)
        at = moved_deliveries(at, states, now, where, count=listed, full=listed >= PAGE)
        at = msgspec.structs.replace(
            at,
            orders=reached.moment if reached else None,
            given=reached.given if reached else (),
            billing=moved_billing(at.billing, billed, now, full=crowded),
        )
        return Changes(records=records, cursor=write_cursor(at), more=more, gaps=tuple(gaps))

    async def read_stock(self, skus: Sequence[str], locations: Sequence[str] | None, call: Call) -> Stock:
        """Own stock of all SKUs at once, by plant or storage location."""
        _bounded(skus, self.manifest.stock_batch, "stock")
        gaps: list[Gap] = []
        read = queries.stock(_held(skus))
        rows = await self._rows(read, MaterialStock, gaps, call) if read.terms else []
        records = [record for row in rows for record in stock_records(row, self._reading)]
        return Stock(
            records=tuple(
                record for record in records if locations is None or record.location.external_id in locations
            ),
            gaps=tuple(gaps),
        )

    async def find_products(self, skus: Sequence[str], call: Call) -> Products:
        """Products by their number, those marked for deletion included."""
        _bounded(skus, self.manifest.product_batch, "products")
        gaps: list[Gap] = []
        read = queries.products(_held(skus))
        rows = await self._rows(read, Product, gaps, call) if read.terms else []
        return Products(records=tuple(product_record(row, self._language) for row in rows), gaps=tuple(gaps))

    async def list_skus(self, after: str | None, call: Call) -> Skus:
        """A page of the materials that have stock, by their numbers; a cursor is the last one's as SAP writes it."""
        gaps: list[Gap] = []
        read = queries.stocked(after, page=_SKUS_A_PAGE)
        rows, full = await self._page(read, MaterialStock, gaps, call)
        return Skus(
            skus=tuple(sku for row in rows if (sku := plain(row.material))),
            after=rows[-1].material if full else None,
            gaps=tuple(gaps),
        )

    async def _changed_orders(
        self, position: ByMoment | None, facets: frozenset[Facet], gaps: list[Gap], call: Call
    ) -> tuple[list[SalesOrder], bool, ByMoment | None]:
        """A page of orders by their last change, whether more follow, and where it ends."""
        given = position.given if position else ()
        read = queries.orders(
            facets,
            also=position.filters(descending=False) if position else (_STAMPED,),
            order=("LastChangeDateTime asc", "SalesOrder asc"),
            page=PAGE + len(given),
        )
        orders, full = await self._page(read, SalesOrder, gaps, call, position)
        last = position
        for order in orders:
            moment = updated_at(order)
            if moment is not None:
                last = (last or ByMoment(moment, ())).then(moment, plain(order.sales_order))
        return orders, full, last

    async def _changed_deliveries(self, at: Positions, gaps: list[Gap], call: Call) -> tuple[list[Delivery], int]:
        """A page of the day's deliveries, and how many rows it had."""
        unread: list[Gap] = []
        read = queries.changed_deliveries(at.day, self._reading.tracking_field, skip=at.skip, page=PAGE)
        found = await self._rows(read, Delivery, unread, call)
        gaps += unread
        return found, len(found) + len(unread)

    def _hits(
        self, page: Sequence[SalesOrder], records: Sequence[OrderRecord], position: ByMoment | None, by_moment: bool
    ) -> Iterable[Hit]:
        for order, record in zip(page, records, strict=True):
            if by_moment:
                moment = updated_at(order)
                if moment is not None:  # the filter lets no other pass
                    position = (position or ByMoment(moment, ())).then(moment, record.external_id)
                    yield Hit(record, position.written(), moment)
            else:
                made = day(order.creation_date) or date.min
                yield Hit(record, ByDay(made, record.external_id).written(), placed_at(order, self._reading.time_zone))

    async def _records(
        self, orders: Sequence[SalesOrder], facets: frozenset[Facet], gaps: list[Gap], call: Call
    ) -> tuple[OrderRecord, ...]:
        """Records in the order of `orders`; what could not be read of later documents is added to `gaps`."""
        numbers = [plain(order.sales_order) for order in orders]
        sent, billed = await asyncio.gather(
            self._sent(numbers if Facet.FULFILLMENT in facets else (), gaps, call),
            self._billed(numbers if Facet.INVOICES in facets else (), gaps, call),
        )
        return tuple(
            order_record(order, facets, self._reading, sent=sent.get(number, ()), billed=billed.get(number, ()))
            for number, order in zip(numbers, orders, strict=True)
        )

    async def _sent(self, numbers: Sequence[str], gaps: list[Gap], call: Call) -> dict[str, list[Sent]]:
        """The deliveries of orders by the order's number: their items first, which name it, then their headers."""
        if not numbers:
            return {}
        by_delivery: dict[str, dict[str, list[DeliveryItem]]] = {}
        for item in await self._rows(queries.delivery_items(numbers), DeliveryItem, gaps, call):
            of_orders = by_delivery.setdefault(plain(item.delivery_document), {})
            of_orders.setdefault(plain(item.reference_document or ""), []).append(item)
        if not by_delivery:
            return {}
        found: dict[str, list[Sent]] = {}
        read = queries.deliveries(list(by_delivery), self._reading.tracking_field)
        for header in await self._rows(read, Delivery, gaps, call):
            for number, items in by_delivery.get(plain(header.delivery_document), {}).items():
                found.setdefault(number, []).append(Sent(header, tuple(items)))
        return found

    async def _billed(self, numbers: Sequence[str], gaps: list[Gap], call: Call) -> dict[str, list[BillingItem]]:
        """What is billed of orders, by the order's number."""
        found: dict[str, list[BillingItem]] = {}
        if numbers:
            for item in await self._rows(queries.billing_items(numbers), BillingItem, gaps, call):
                found.setdefault(plain(item.sales_document or ""), []).append(item)
        return found

    async def _orders(self, read: Read, gaps: list[Gap], call: Call) -> list[SalesOrder]:
        """Sales orders, each once: one that two keys name may stand in two pieces of a read."""
        rows = await self._rows(read, SalesOrder, gaps, call)
        return list({plain(order.sales_order): order for order in rows}.values())

    async def _page(
        self, read: Read, kind: type[T], gaps: list[Gap], call: Call, position: ByMoment | None = None
    ) -> tuple[list[T], bool]:
        """The rows of a page that `position` has not given, and whether it was full.

        Reads on where a full page holds none, since a listing can go on from what it gave and from nothing else.
        """
        for _ in range(_MOST_BARREN):
            unread: list[Gap] = []
            found = await self._rows(read, kind, unread, call)
            gaps += unread
            full = len(found) + len(unread) >= read.top
            rows = [row for row in found if not (position and isinstance(row, SalesOrder) and _gave(position, row))]
            if rows or not full:
                return rows, full
            read = msgspec.structs.replace(read, skip=read.skip + read.top)
        raise BadPayload(f"{read.operation}: page after page holds nothing that can be read")

    async def _rows(self, read: Read, kind: type[T], gaps: list[Gap], call: Call) -> list[T]:
        """The rows that could be read; a gap for each other one, and one where the answer was cut."""
        found = await self._client.read(read, call)
        rows, unread = decode_in_place(found.rows, kind, what=read.operation)
        bad = [raw for raw, row in zip(found.rows, rows, strict=True) if row is None]
        gaps += [Gap(gap.reason, _order_in(raw)) for gap, raw in zip(unread, bad, strict=True)]
        if found.cut:
            gaps.append(Gap(f"{read.operation}: more rows than are read at once, the rest was left out"))
        return [row for row in rows if row is not None]


class _Named(msgspec.Struct, rename="pascal"):
    sales_order: str | None = None
    sales_document: str | None = None
    reference_document: str | None = msgspec.field(name="ReferenceSDDocument", default=None)


def _order_in(raw: msgspec.Raw) -> str | None:
    """The order that an unreadable row belongs to, where that much can be read."""
    try:
        named = msgspec.json.decode(raw, type=_Named)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    number = named.sales_order or named.sales_document or named.reference_document
    return plain(number) if number else None


def _gave(position: ByMoment, order: SalesOrder) -> bool:
    return position.gave(updated_at(order), plain(order.sales_order))


def _terms(values: dict[str, list[str]]) -> tuple[str, ...]:
    """The equalities of one batch. A value that is longer than its field is nobody's, and would be refused."""
    terms: list[str] = []
    for name, wanted in values.items():
        field, longest = (name, REFERENCES[name]) if name in REFERENCES else ("SalesOrder", _LONGEST_NUMBER)
        texts = [plain(value) if field == "SalesOrder" else value.rstrip() for value in wanted]
        terms += one_of(field, [text_literal(text) for text in texts if text and len(text) <= longest])
    return tuple(dict.fromkeys(terms))


def _held(skus: Sequence[str]) -> list[str]:
    """The SKUs that can be a material's number."""
    return [sku for sku in dict.fromkeys(skus) if sku.strip() and len(sku) <= 40]


def _bounded(values: Sequence[str], batch: Batch | None, what: str) -> None:
    if batch is None or len(values) > batch.size:
        raise GiveUp(f"{what}: not something that this connector looks up, or more values than its batch")
