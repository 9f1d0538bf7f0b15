"""The connector: capabilities over the client and the mapping."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar, TypeVar

import msgspec

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
from orderweave_sdk.decoding import decode_each
from orderweave_sdk.errors import BadPayload, GiveUp
from orderweave_sdk.manifest import Batch, Manifest, SearchField
from orderweave_sdk.records import Facet, Key, LocationRecord, OrderRecord
from orderweave_sdk.upstream import UpstreamFactory
from orderweave_tryton.changes import (
    LISTINGS,
    PAGE,
    Listed,
    Listing,
    Positions,
    moved,
    orders_touched,
    read_cursor,
    starting,
    write_cursor,
)
from orderweave_tryton.client import Client
from orderweave_tryton.fields import CODE, EXPECTED, PRODUCT, RETURN, STAMPS, STOCK, WAREHOUSE, fields_for
from orderweave_tryton.goods import location
from orderweave_tryton.manifest import MANIFEST
from orderweave_tryton.mapping import order_record, placed_at, product_record, receipt_record, stock_record, updated_at
from orderweave_tryton.payloads import CodeRow, ExpectedMove, ProductRow, Sale, Stamped, Warehouse
from orderweave_tryton.searching import (
    CHANGED,
    EXPECTED_MOVES,
    NEVER_CHANGED,
    NOT_A_RETURN,
    Domain,
    after,
    domain_of,
    order_by,
    read_position,
    write_position,
)
from orderweave_tryton.wire import wire_date

Row = TypeVar("Row", bound=msgspec.Struct)

# Read on where a page holds nothing that can be read; past so many such pages, the answer is no answer.
_MOST_BARREN = 10
# Records in one answer at most; a reference such as "-" may stand in any number of sales.
_MOST = 1000
# Tryton marks every answer over 1,400 bytes as gzip, and compresses it only for those who say that they accept it.
_COMPRESSED = {"accept-encoding": "gzip"}
# Tryton hides what is inactive unless a search asks for it.
_ACTIVE_OR_NOT: Domain = ["active", "in", [True, False]]
_WAREHOUSES: Domain = [["type", "=", "warehouse"], _ACTIVE_OR_NOT]


class TrytonConnector:
    """Tryton, as Orderweave sees it."""

    manifest: ClassVar[Manifest] = MANIFEST

    def __init__(self, settings: Settings, upstream: UpstreamFactory) -> None:
        self._client = Client(
            upstream(settings["url"], headers=_COMPRESSED),
            database=settings["database"],
            user=settings["user"],
            password=settings["password"],
        )
        self._company_category: str | None = settings.get("company_category")

    @classmethod
    def problems(cls, settings: Settings) -> list[str]:
        """A login with a colon cannot be written into Tryton's session header."""
        return ["setting user: must not hold a colon"] if ":" in str(settings.get("user", "")) else []

    async def check(self, call: Call) -> str:
        """Sign in and read one sale with all its facets, so that a missing right or module shows here."""
        await self._client.search_read("sale.sale", [], fields_for(self.manifest.facets), call, limit=1)
        return "reachable, login accepted, sales readable with all facets"

    async def close(self) -> None:
        """Nothing is held; the server drops an idle session by itself."""

    async def find_orders(self, keys: Sequence[Key], facets: frozenset[Facet], call: Call) -> Orders:
        """Orders by id, number or reference: one call a batch, and one more when returns are wanted."""
        clauses: list[Any] = [
            [by, "in", _ids(values) if by == "id" else values] for by, values in by_lookup(keys, self.manifest).items()
        ]
        sales, gaps = await self._sales(["OR", *clauses], facets, call)
        return Orders(records=await self._records(sales, facets, gaps, call), gaps=tuple(gaps))

    async def search_orders(self, search: Search, call: Call) -> Page:
        """One page. By last change it takes two calls, because Tryton keeps that moment in two fields."""
        if search.sort not in self.manifest.sorts:
            raise GiveUp(f"search: no sort by {search.sort}")
        domain, remaining = domain_of(search.conditions)
        position = None if search.after is None else read_position(search.after)
        listings: list[tuple[str, Domain]] = [("create_date", [])]
        moment = placed_at
        if search.sort is SearchField.UPDATED_AT:
            listings = [("write_date", CHANGED), ("create_date", NEVER_CHANGED)]
            moment = updated_at
        found = await asyncio.gather(
            *(
                self._readable(
                    "sale.sale",
                    [NOT_A_RETURN, domain, part, after(stamp, position, descending=search.descending)],
                    fields_for(search.facets),
                    Sale,
                    call,
                    what="sale",
                    limit=search.size + 1,
                    order=order_by(stamp, descending=search.descending),
                )
                for stamp, part in listings
            )
        )
        gaps = [gap for _, _, unread in found for gap in unread]
        sales = sorted(
            (sale for read, _, _ in found for sale in read),
            key=lambda sale: (moment(sale), sale.id),
            reverse=search.descending,
        )
        # Behind the last sale of a full listing may stand others of it, before those of the other listing.
        ends = {read[-1].id for read, full, _ in found if full}
        known = next((n + 1 for n, sale in enumerate(sales) if sale.id in ends), len(sales))
        page = sales[: min(known, search.size)]
        records = await self._records(page, search.facets, gaps, call)
        return Page(
            hits=tuple(
                Hit(record, write_position((moment(sale), sale.id)), moment(sale))
                for record, sale in zip(records, page, strict=True)
            ),
            more=bool(ends) or len(sales) > len(page),
            remaining=remaining,
            gaps=tuple(gaps),
        )

    async def list_changes(
        self, cursor: str | None, since: datetime | None, facets: frozenset[Facet], call: Call
    ) -> Changes:
        """What changed in the watched listings since the cursor: four small calls, and one that reads the orders."""
        now = call.clock.now()
        positions = starting(since, now) if cursor is None else read_cursor(cursor)
        pages = await asyncio.gather(*(self._listed(listing, positions, call) for listing in LISTINGS))
        found = {listing.name: page for listing, (page, _) in zip(LISTINGS, pages, strict=True)}
        gaps = [gap for _, unread in pages for gap in unread]
        records: tuple[OrderRecord, ...] = ()
        if any(page.rows for page in found.values()):
            sales, unread = await self._sales(orders_touched(found), facets, call)
            gaps += unread
            sales.sort(key=lambda sale: (updated_at(sale), sale.id))
            records = await self._records(sales, facets, gaps, call)
        now_at = {
            listing.name: moved(positions.get(listing.name), found[listing.name], listing.stamp, now)
            for listing in LISTINGS
        }
        return Changes(
            records=records,
            cursor=write_cursor(now_at),
            more=any(page.full for page in found.values()),
            gaps=tuple(gaps),
        )

    async def read_stock(self, skus: Sequence[str], locations: Sequence[str] | None, call: Call) -> Stock:
        """Stock by warehouse in use: one call for the warehouses and one for each, whatever the number of SKUs."""
        _bounded(skus, self.manifest.stock_batch, "stock")
        places = await self.list_locations(call)
        wanted = [
            place for place in places.records if place.active and (locations is None or place.external_id in locations)
        ]
        today = wire_date(call.clock.now().date())
        levels = await asyncio.gather(*(self._levels(skus, place, today, call) for place in wanted))
        return Stock(
            records=tuple(record for stock in levels for record in stock.records),
            gaps=(*places.gaps, *(gap for stock in levels for gap in stock.gaps)),
        )

    async def read_receipts(self, skus: Sequence[str], call: Call) -> Receipts:
        """What suppliers are to bring, by warehouse in use: as many calls as stock takes."""
        _bounded(skus, self.manifest.stock_batch, "receipts")
        places = await self.list_locations(call)
        expected = await asyncio.gather(
            *(self._expected(skus, place, call) for place in places.records if place.active)
        )
        return Receipts(
            records=tuple(record for receipts in expected for record in receipts.records),
            gaps=(*places.gaps, *(gap for receipts in expected for gap in receipts.gaps)),
        )

    async def find_products(self, skus: Sequence[str], call: Call) -> Products:
        """Product variants by their code, inactive ones included."""
        _bounded(skus, self.manifest.product_batch, "products")
        raws = await self._client.search_read(
            "product.product", [["code", "in", list(skus)], _ACTIVE_OR_NOT], PRODUCT, call, limit=_MOST
        )
        rows, gaps = decode_each(raws, ProductRow, what="product")
        return Products(records=tuple(product_record(row) for row in rows), gaps=tuple(gaps))

    async def list_skus(self, after: str | None, call: Call) -> Skus:
        """A page of the codes of all variants, inactive ones included, by their ids; a cursor is the last one's."""
        if after is not None and not after.isdecimal():
            raise GiveUp("the cursor is not one of this connector's")
        domain = [_ACTIVE_OR_NOT, *([["id", ">", int(after)]] if after is not None else [])]
        raws = await self._client.search_read("product.product", domain, CODE, call, limit=_MOST)
        rows, gaps = decode_each(raws, CodeRow, what="product")
        more = len(raws) >= _MOST
        if more and not rows:
            raise BadPayload("products: not one of a page could be read, and what follows would be missed")
        return Skus(
            skus=tuple(row.code for row in rows if row.code),
            after=str(rows[-1].id) if more else None,
            gaps=tuple(gaps),
        )

    async def list_locations(self, call: Call) -> Locations:
        """Every warehouse, those no longer in use included."""
        raws = await self._client.search_read("stock.location", _WAREHOUSES, WAREHOUSE, call, limit=_MOST)
        rows, gaps = decode_each(raws, Warehouse, what="warehouse")
        return Locations(records=tuple(location(row) for row in rows), gaps=(*gaps, *_cut(raws, "warehouses")))

    async def _sales(self, domain: Domain, facets: frozenset[Facet], call: Call) -> tuple[list[Sale], list[Gap]]:
        raws = await self._client.search_read("sale.sale", domain, fields_for(facets), call, limit=_MOST)
        sales, gaps = decode_each(raws, Sale, what="sale")
        return sales, [*gaps, *_cut(raws, "sales")]

    async def _records(
        self, sales: Sequence[Sale], facets: frozenset[Facet], gaps: list[Gap], call: Call
    ) -> tuple[OrderRecord, ...]:
        """Records in the order of `sales`; what could not be read of their returns is added to `gaps`."""
        returned: dict[str, list[Sale]] = {}
        if Facet.RETURNS in facets and sales:
            origins = [f"sale.sale,{sale.id}" for sale in sales]
            raws = await self._client.search_read("sale.sale", [["origin", "in", origins]], RETURN, call, limit=_MOST)
            rows, unread = decode_each(raws, Sale, what="return")
            gaps += [*unread, *_cut(raws, "returns")]
            for row in rows:
                returned.setdefault(row.origin or "", []).append(row)
        return tuple(
            order_record(
                sale,
                facets,
                returned=returned.get(f"sale.sale,{sale.id}", ()),
                company_category=self._company_category,
            )
            for sale in sales
        )

    async def _listed(self, listing: Listing, positions: Positions, call: Call) -> tuple[Listed, list[Gap]]:
        rows, full, gaps = await self._readable(
            listing.model,
            [listing.domain, after(listing.stamp, positions.get(listing.name), descending=False)],
            [*STAMPS, *([listing.link] if listing.link else [])],
            Stamped,
            call,
            what=listing.name,
            limit=PAGE,
            order=order_by(listing.stamp, descending=False),
        )
        return Listed(tuple(rows), full=full), gaps

    async def _readable(
        self,
        model: str,
        domain: Domain,
        fields: Sequence[str],
        kind: type[Row],
        call: Call,
        *,
        what: str,
        limit: int,
        order: Sequence[tuple[str, str]],
    ) -> tuple[list[Row], bool, list[Gap]]:
        """The rows of a page that can be read, whether it was full, and a gap for each other row.

        Reads on where a full page holds none, since a listing goes on from what it gave and from nothing else.
        """
        gaps: list[Gap] = []
        for page in range(_MOST_BARREN):
            raws = await self._client.search_read(
                model, domain, fields, call, limit=limit, offset=page * limit, order=order
            )
            rows, unread = decode_each(raws, kind, what=what)
            gaps += unread
            full = len(raws) >= limit
            if rows or not full:
                return rows, full, gaps
        raise BadPayload(f"{what}: page after page holds nothing that can be read")

    async def _levels(self, skus: Sequence[str], place: LocationRecord, today: dict[str, Any], call: Call) -> Stock:
        raws = await self._client.search_read(
            "product.product",
            [["code", "in", list(skus)]],
            STOCK,
            call,
            limit=_MOST,
            context={"locations": [int(place.external_id)], "with_childs": True, "stock_date_end": today},
        )
        rows, gaps = decode_each(raws, ProductRow, what="stock")
        return Stock(records=tuple(stock_record(row, place.place()) for row in rows), gaps=tuple(gaps))

    async def _expected(self, skus: Sequence[str], place: LocationRecord, call: Call) -> Receipts:
        at_place: Domain = ["to_location", "child_of", [int(place.external_id)], "parent"]
        raws = await self._client.search_read(
            "stock.move", [["product.code", "in", list(skus)], at_place, EXPECTED_MOVES], EXPECTED, call, limit=_MOST
        )
        rows, gaps = decode_each(raws, ExpectedMove, what="expected goods")
        today = call.clock.now().date()
        records = tuple(receipt_record(row, place.place(), today) for row in rows if row.internal_quantity > 0)
        return Receipts(records=records, gaps=(*gaps, *_cut(raws, "expected goods")))


def _bounded(values: Sequence[str], batch: Batch | None, what: str) -> None:
    if batch is None or len(values) > batch.size:
        raise GiveUp(f"{what}: not something that this connector looks up, or more values than its batch")


def _ids(values: Sequence[str]) -> list[int]:
    """The values that can be ids: whole numbers as Tryton writes them, within its integers."""
    return [int(value) for value in values if value.isdecimal() and len(value) <= 18 and str(int(value)) == value]


def _cut(raws: Sequence[msgspec.Raw], what: str) -> list[Gap]:
    """A gap where an answer is as long as answers may be, because more may have been there."""
    return [Gap(f"{what}: more than {_MOST} in one answer, the rest was left out")] if len(raws) >= _MOST else []
