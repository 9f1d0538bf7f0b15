"""The connector: capabilities over the client, the reader and the mapping."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, ClassVar

import msgspec

from orderweave_odoo.changes import (
    CHANGES_PAGE,
    LISTINGS,
    Listed,
    Listing,
    Positions,
    after,
    read_cursor,
    sales_touched,
    starting,
    write_cursor,
)
from orderweave_odoo.client import JSON2, JSONRPC, PAGE, Client
from orderweave_odoo.dictionary import Dictionary, Library
from orderweave_odoo.fields import (
    CODE,
    EXPECTED,
    LOCATION,
    MOVE,
    ORDER,
    PICKING,
    PRODUCT,
    QUANT,
    WAREHOUSE,
    models,
    order_fields,
)
from orderweave_odoo.goods import linked, place_of
from orderweave_odoo.inventory import expected, levels
from orderweave_odoo.manifest import MANIFEST, STOCK_CAPABILITIES, STOCK_FACETS
from orderweave_odoo.mapping import placed_at, product_record, updated_at
from orderweave_odoo.payloads import (
    CodeRow,
    ExpectedRow,
    OrderRow,
    PlacedRow,
    ProductRow,
    QuantRow,
    StampedRow,
    WarehouseRow,
)
from orderweave_odoo.reading import Reader
from orderweave_odoo.searching import (
    EXPECTED_MOVES,
    STAMP_OF,
    Domain,
    any_of,
    domain_of,
    from_position,
    ids_of,
    moment_in,
    moved,
    read_position,
    write_position,
)
from orderweave_odoo.wire import Link, link_id, text
from orderweave_sdk.batches import by_lookup
from orderweave_sdk.capabilities import (
    Changes,
    Gap,
    Hit,
    Locations,
    Orders,
    Page,
    Products,
    Receipts,
    Search,
    Settings,
    Skus,
    Stock,
)
from orderweave_sdk.clock import Call
from orderweave_sdk.decoding import decode_each, decode_in_place
from orderweave_sdk.errors import BadPayload, GiveUp
from orderweave_sdk.manifest import Batch, Manifest, SearchField
from orderweave_sdk.records import Facet, Key, LocationRecord, OrderRecord
from orderweave_sdk.upstream import UpstreamFactory

_COMPANIES = re.compile(r"\s*\d{1,9}(\s*,\s*\d{1,9})*\s*")
# Read on where a page holds no order that can be read; past so many such pages, the answer is no answer.
_MOST_BARREN = 10
_ACTIVE_OR_NOT = ["active", "in", [True, False]]
_FIELD_OF_LOOKUP = {"number": "name", "client_order_ref": "client_order_ref", "origin": "origin"}


class OdooConnector:
    """Odoo, as Orderweave sees it."""

    manifest: ClassVar[Manifest] = MANIFEST

    def __init__(self, settings: Settings, upstream: UpstreamFactory) -> None:
        context: dict[str, Any] = {"lang": settings.get("language") or "en_US", "tz": "UTC"}
        if settings.get("companies"):
            context["allowed_company_ids"] = [int(part) for part in settings["companies"].split(",")]
        self._client = Client(
            upstream(settings["url"]),
            database=settings["database"],
            login=settings.get("login"),
            api_key=settings["api_key"],
            wire=settings.get("api"),
            context=context,
        )
        stock, invoices = _flag(settings, "stock"), _flag(settings, "invoices")
        self._library = Library(self._client, models(stock=stock, invoices=invoices))
        self._facets = self.narrowed(settings).facets
        self._walk_in: int | None = settings.get("walk_in_customer")

    @classmethod
    def problems(cls, settings: Settings) -> list[str]:
        """What of the settings cannot be: an unknown API, companies that are no ids, JSON-RPC without a login."""
        found = []
        api = settings.get("api")
        if api is not None and api not in (JSON2, JSONRPC):
            found.append(f"setting api: must be {JSON2} or {JSONRPC}")
        if api == JSONRPC and not settings.get("login"):
            found.append("setting login: JSON-RPC needs it")
        if settings.get("companies") and not _COMPANIES.fullmatch(str(settings["companies"])):
            found.append("setting companies: must be ids with commas between them")
        return found

    @classmethod
    def narrowed(cls, settings: Settings) -> Manifest:
        """The manifest without what the settings say is not installed or not to be read."""
        manifest = msgspec.structs.replace(cls.manifest, numbers_unique=_flag(settings, "numbers_unique"))
        if not _flag(settings, "stock"):
            manifest = msgspec.structs.replace(
                manifest,
                capabilities=manifest.capabilities - STOCK_CAPABILITIES,
                facets=manifest.facets - STOCK_FACETS,
                stock_batch=None,
            )
        if not _flag(settings, "invoices"):
            manifest = msgspec.structs.replace(manifest, facets=manifest.facets - {Facet.INVOICES})
        return manifest

    async def check(self, call: Call) -> str:
        """Look up what the database has, and read one record of each model: a missing right or module shows here."""
        self._library.forget()
        dictionary = await self._library.dictionary(call)
        if not dictionary.has(ORDER):
            raise GiveUp("check: the database does not have sale.order; is Sales installed?")
        if Facet.FULFILLMENT in self._facets and not (dictionary.has(PICKING) and dictionary.has(MOVE)):
            raise GiveUp("check: the database lacks sale_stock; install it, or set stock = false")
        await asyncio.gather(
            *(
                self._client.search_read(model, [], dictionary.those_of(model), call, limit=1)
                for model in dictionary.fields
            )
        )
        wire = "JSON-2" if await self._client.wire_name(call) == JSON2 else "JSON-RPC"
        return f"reachable over {wire}, key accepted, {len(dictionary.fields)} models readable"

    async def close(self) -> None:
        """Nothing is held; each call is a transaction of its own."""

    async def find_orders(self, keys: Sequence[Key], facets: frozenset[Facet], call: Call) -> Orders:
        """Orders by id, number or reference: one call for the orders, and those that their facets need."""
        clauses = [
            ["id", "in", ids_of(values)] if by == "id" else [_FIELD_OF_LOOKUP[by], "in", values]
            for by, values in by_lookup(keys, self.manifest).items()
        ]
        return await self._orders(any_of(clauses), facets, await self._library.dictionary(call), call)

    async def search_orders(self, search: Search, call: Call) -> Page:
        """One page, and what its facets need. A page goes on by the second and the count within it."""
        if search.sort not in self.manifest.sorts:
            raise GiveUp(f"search: no sort by {search.sort}")
        domain, remaining = domain_of(search.conditions)
        position = None if search.after is None else read_position(search.after)
        stamp = STAMP_OF[search.sort]
        moment = placed_at if search.sort is SearchField.PLACED_AT else updated_at
        way = "desc" if search.descending else "asc"
        dictionary = await self._library.dictionary(call)
        reader = Reader(self._client, dictionary, search.facets, call)
        gaps: list[Gap] = []
        for _ in range(_MOST_BARREN):
            part, skipped = from_position(stamp, position, descending=search.descending)
            raws = await self._client.search_read(
                ORDER,
                [*domain, *part],
                dictionary.those_of(ORDER, order_fields(search.facets)),
                call,
                limit=search.size + 1,
                offset=skipped,
                order=f"{stamp} {way}, id {way}",
            )
            page = raws[: search.size]
            rows, unread = decode_in_place(page, OrderRow, what="order")
            gaps += unread
            places = moved(position, [moment_in(raw, stamp) for raw in page], descending=search.descending)
            place_of = {row.id: place for row, place in zip(rows, places, strict=True) if row is not None}
            found = await reader.records([row for row in rows if row is not None], self._walk_in)
            hits = tuple(Hit(record, write_position(place_of[row.id]), moment(row)) for row, record in found)
            more = len(raws) > search.size
            if hits or not more:
                return Page(hits=hits, more=more, remaining=remaining, gaps=(*gaps, *reader.gaps))
            position = places[-1]
        raise BadPayload("orders by search: page after page holds no order that can be read")

    async def list_changes(
        self, cursor: str | None, since: datetime | None, facets: frozenset[Facet], call: Call
    ) -> Changes:
        """What changed in the watched listings since the cursor: a small call each, then those that read the orders."""
        now = call.clock.now()
        positions = starting(since, now) if cursor is None else read_cursor(cursor)
        dictionary = await self._library.dictionary(call)
        watched = [listing for listing in LISTINGS if dictionary.has(listing.model)]
        pages = await asyncio.gather(*(self._listed(listing, positions, call) for listing in watched))
        found = {listing.model: page for listing, (page, _) in zip(watched, pages, strict=True)}
        gaps = [gap for _, unread in pages for gap in unread]
        records: tuple[OrderRecord, ...] = ()
        touched = sales_touched(found)
        if touched is not None:
            orders = await self._orders(touched, facets, dictionary, call)
            gaps += orders.gaps
            records = tuple(sorted(orders.records, key=lambda record: (record.updated_at or now, record.external_id)))
        stands = {name: after(place, found[name], now) if name in found else place for name, place in positions.items()}
        return Changes(
            records=records,
            cursor=write_cursor(stands),
            more=any(page.full for page in found.values()),
            gaps=tuple(gaps),
        )

    async def read_stock(self, skus: Sequence[str], locations: Sequence[str] | None, call: Call) -> Stock:
        """Stock by warehouse in use: products and warehouses, their quants, and the places that these lie at."""
        _bounded(skus, self.manifest.stock_batch, "stock")
        dictionary = await self._library.dictionary(call)
        (products, unread), (places, unplaced) = await asyncio.gather(
            self._products(skus, dictionary, call), self._warehouses(dictionary, call)
        )
        gaps = [*unread, *unplaced]
        wanted = [
            place for place in places if place.active is not False and (locations is None or str(place.id) in locations)
        ]
        if not products or not wanted:
            return Stock(records=(), gaps=tuple(gaps))
        domain: Domain = [
            ["product_id", "in", [row.id for row in products]],
            ["location_id.usage", "=", "internal"],
        ]
        raws, cut = await self._client.read_all(QUANT, domain, dictionary.those_of(QUANT), call)
        quants, unread = decode_each(raws, QuantRow, what="quant")
        gaps += [*unread, *_cut(cut, "quants")]
        warehouse_of, unread = await self._warehouse_of((quant.location_id for quant in quants), dictionary, call)
        gaps += unread
        try:
            return Stock(records=levels(products, quants, warehouse_of, wanted), gaps=tuple(gaps))
        except ArithmeticError:
            raise BadPayload("stock: a quantity past any believable size") from None

    async def read_receipts(self, skus: Sequence[str], call: Call) -> Receipts:
        """What suppliers are to bring to warehouses in use: products and warehouses, moves, and their places."""
        _bounded(skus, self.manifest.stock_batch, "receipts")
        dictionary = await self._library.dictionary(call)
        (products, unread), (places, unplaced) = await asyncio.gather(
            self._products(skus, dictionary, call), self._warehouses(dictionary, call)
        )
        gaps = [*unread, *unplaced]
        if not products:
            return Receipts(records=(), gaps=tuple(gaps))
        domain: Domain = [["product_id", "in", [row.id for row in products]], *EXPECTED_MOVES]
        raws, cut = await self._client.read_all(MOVE, domain, EXPECTED, call)
        moves, unread = decode_each(raws, ExpectedRow, what="expected goods")
        gaps += [*unread, *_cut(cut, "expected goods")]
        warehouse_of, unread = await self._warehouse_of((move.location_dest_id for move in moves), dictionary, call)
        gaps += unread
        used = [place for place in places if place.active is not False]
        try:
            return Receipts(records=expected(products, moves, warehouse_of, used), gaps=tuple(gaps))
        except (ArithmeticError, ValueError):
            raise BadPayload("expected goods: a quantity or a date that is none") from None

    async def find_products(self, skus: Sequence[str], call: Call) -> Products:
        """Product variants by their internal reference, those put out of use included."""
        _bounded(skus, self.manifest.product_batch, "products")
        rows, gaps = await self._products(skus, await self._library.dictionary(call), call)
        return Products(records=tuple(product_record(row) for row in rows), gaps=tuple(gaps))

    async def list_skus(self, after: str | None, call: Call) -> Skus:
        """A page of the internal references of all variants, those out of use included; a cursor is the last id."""
        if after is not None and not after.isdecimal():
            raise GiveUp("the cursor is not one of this connector's")
        beyond = [] if after is None else [["id", ">", int(after)]]
        domain: Domain = [["default_code", "!=", False], _ACTIVE_OR_NOT, *beyond]
        raws = await self._client.search_read(PRODUCT, domain, CODE, call)
        rows, gaps = decode_each(raws, CodeRow, what="product")
        more = len(raws) >= PAGE
        if more and not rows:
            raise BadPayload("products: not one of a page could be read, and what follows would be missed")
        return Skus(
            skus=tuple(sku for row in rows if (sku := text(row.default_code))),
            after=str(rows[-1].id) if more else None,
            gaps=tuple(gaps),
        )

    async def list_locations(self, call: Call) -> Locations:
        """Every warehouse, those no longer in use included."""
        rows, gaps = await self._warehouses(await self._library.dictionary(call), call)
        records = []
        for row in rows:
            place = place_of(row.id, text(row.name))
            records.append(
                LocationRecord(external_id=place.external_id, name=place.name, kind=place.kind, active=row.active)
            )
        return Locations(records=tuple(records), gaps=tuple(gaps))

    async def _orders(self, domain: Domain, facets: frozenset[Facet], dictionary: Dictionary, call: Call) -> Orders:
        names = dictionary.those_of(ORDER, order_fields(facets))
        raws, cut = await self._client.read_all(ORDER, domain, names, call)
        rows, gaps = decode_each(raws, OrderRow, what="order")
        reader = Reader(self._client, dictionary, facets, call)
        found = await reader.records(rows, self._walk_in)
        return Orders(records=tuple(record for _, record in found), gaps=(*gaps, *reader.gaps, *_cut(cut, "orders")))

    async def _listed(self, listing: Listing, positions: Positions, call: Call) -> tuple[Listed, list[Gap]]:
        part, skipped = from_position("write_date", positions.get(listing.model), descending=False)
        raws = await self._client.search_read(
            listing.model,
            [*listing.domain, *part],
            ["write_date", *listing.link],
            call,
            limit=CHANGES_PAGE,
            offset=skipped,
            order="write_date asc, id asc",
        )
        rows, gaps = decode_each(raws, StampedRow, what=listing.model)
        moments = tuple(moment_in(raw, "write_date") for raw in raws)
        return Listed(tuple(rows), moments, full=len(raws) >= CHANGES_PAGE), gaps

    async def _products(
        self, skus: Sequence[str], dictionary: Dictionary, call: Call
    ) -> tuple[list[ProductRow], list[Gap]]:
        domain: Domain = [["default_code", "in", list(skus)], _ACTIVE_OR_NOT]
        raws, cut = await self._client.read_all(PRODUCT, domain, dictionary.those_of(PRODUCT), call)
        rows, gaps = decode_each(raws, ProductRow, what="product")
        return rows, [*gaps, *_cut(cut, "products")]

    async def _warehouse_of(
        self, locations: Iterable[Link], dictionary: Dictionary, call: Call
    ) -> tuple[dict[int, int], list[Gap]]:
        """The warehouse of each of these locations that has one."""
        ids = linked(link_id(location) for location in locations)
        if not ids:
            return {}, []
        raws, _ = await self._client.read_all(LOCATION, [["id", "in", ids]], dictionary.those_of(LOCATION), call)
        rows, gaps = decode_each(raws, PlacedRow, what="location")
        return {row.id: found for row in rows if (found := link_id(row.warehouse_id)) is not None}, gaps

    async def _warehouses(self, dictionary: Dictionary, call: Call) -> tuple[list[WarehouseRow], list[Gap]]:
        raws, cut = await self._client.read_all(WAREHOUSE, [_ACTIVE_OR_NOT], dictionary.those_of(WAREHOUSE), call)
        rows, gaps = decode_each(raws, WarehouseRow, what="warehouse")
        return rows, [*gaps, *_cut(cut, "warehouses")]


def _flag(settings: Settings, name: str) -> bool:
    return settings.get(name) is not False


def _bounded(values: Sequence[str], batch: Batch | None, what: str) -> None:
    if batch is None or len(values) > batch.size:
        raise GiveUp(f"{what}: not something that this connector looks up, or more values than its batch")


def _cut(cut: bool, what: str) -> list[Gap]:
    return [Gap(f"{what}: more than can be read for one batch, the rest was left out")] if cut else []
