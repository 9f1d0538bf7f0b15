"""The connector: capabilities over the client, the reader and the mapping."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar
from urllib.parse import quote

import msgspec

from orderweave_adobe_commerce.client import Client, read_each
from orderweave_adobe_commerce.criteria import Criteria, Filter, Group, one_of
from orderweave_adobe_commerce.fields import PRODUCT, SALABLE, SKU, SOURCE, SOURCE_ITEM, Amounts
from orderweave_adobe_commerce.manifest import MANIFEST, MOST_ITEMS
from orderweave_adobe_commerce.mapping_stock import location_record, product_record, stock_records
from orderweave_adobe_commerce.payloads import (
    OrderPayload,
    ProductPayload,
    SalablePayload,
    SkuPayload,
    SourceItemPayload,
    SourcePayload,
)
from orderweave_adobe_commerce.reading import OrderReader
from orderweave_adobe_commerce.searching import (
    SORT_FIELDS,
    Position,
    after,
    moved,
    push_down,
    read_position,
    read_stream,
    since_group,
    write_position,
    write_stream,
)
from orderweave_adobe_commerce.signing_in import problems_of, way_of
from orderweave_adobe_commerce.times import in_utc
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
from orderweave_sdk.errors import BadPayload, FixCredentials, GiveUp
from orderweave_sdk.manifest import Batch, Capability, Manifest, SearchField
from orderweave_sdk.records import Facet, Key
from orderweave_sdk.upstream import UpstreamFactory

_FIELD_OF_LOOKUP = {"id": "entity_id", "number": "increment_id"}
_AMOUNTS = ("base", "order")
_SOURCE_ITEMS, _SOURCES = "inventory/source-items", "inventory/sources"
# Read on where a page holds no order that can be read; past so many such pages, the answer is no answer.
_MOST_BARREN = 10


class AdobeCommerceConnector:
    """One instance of Adobe Commerce or Magento Open Source, or some of its store views, as Orderweave sees it."""

    manifest: ClassVar[Manifest] = MANIFEST

    def __init__(self, settings: Settings, upstream: UpstreamFactory) -> None:
        amounts = Amounts(base=settings.get("amounts") != "order")
        self._client = Client(way_of(settings, upstream), int(settings.get("page_size") or MOST_ITEMS))
        self._orders = OrderReader(self._client, amounts)
        self._currency_field = "base_currency_code" if amounts.base else "order_currency_code"
        stores = _store_ids(settings)
        self._own: tuple[Group, ...] = (one_of("store_id", stores),) if stores else ()
        website = settings.get("website")
        self._salable_path = (
            f"inventory/export-stock-salable-qty/website/{quote(website, safe='')}" if website else None
        )
        self._manifest = self.narrowed(settings)

    @classmethod
    def narrowed(cls, settings: Settings) -> Manifest:
        """Without returns where the shop has none."""
        if settings.get("returns") is not False:
            return MANIFEST
        return msgspec.structs.replace(MANIFEST, facets=MANIFEST.facets - {Facet.RETURNS})

    @classmethod
    def problems(cls, settings: Settings) -> list[str]:
        """One way to sign in, store views by their ids, and amounts by one of two names."""
        found = problems_of(settings)
        if settings.get("amounts", "base") not in _AMOUNTS:
            found.append(f"amounts: must be {' or '.join(_AMOUNTS)}")
        if not all(map(str.isdecimal, _store_ids(settings))):
            found.append("store_ids: give the ids of store views, such as 1,2")
        if int(settings.get("page_size", MOST_ITEMS)) < 1:
            found.append("page_size: must be at least 1")
        return found

    async def check(self, call: Call) -> str:
        """One small call to each resource; says which of them may not be read. Raises when none of them may."""
        paths = [*self._orders.paths(self._manifest.facets), _SOURCE_ITEMS, _SOURCES, "products"]
        paths += [self._salable_path] if self._salable_path is not None else []
        answers = await asyncio.gather(*(self._may_read(path, call) for path in paths))
        refused = [path for path, refusal in zip(paths, answers, strict=True) if refusal is not None]
        if answers[0] is not None:
            raise answers[0]
        return "orders readable" + (f"; refused: {', '.join(refused)}" if refused else ", and all that belongs to them")

    async def _may_read(self, path: str, call: Call) -> FixCredentials | GiveUp | None:
        try:
            await self._client.count(path, Criteria(tie=None), call)
        except (FixCredentials, GiveUp) as error:
            return error
        return None

    async def close(self) -> None:
        """Nothing is held; tokens end by themselves."""

    async def find_orders(self, keys: Sequence[Key], facets: frozenset[Facet], call: Call) -> Orders:
        """Orders by keys of any kind in one call, and one more for each kind of document that the facets need."""
        group: list[Group] = []
        for name, values in by_lookup(keys, MANIFEST).items():
            field = _FIELD_OF_LOOKUP.get(name, name)
            asked = [value for value in values if value.strip() and (name != "id" or _is_id(value))]
            group.append(one_of(field, asked) if asked else ())
        wanted = tuple(test for tests in group for test in tests)
        if not wanted:
            return Orders(records=())
        criteria = Criteria(groups=(wanted, *self._own))
        raws, cut = await self._client.whole("orders", criteria, call, fields=self._orders.fields(facets))
        read = await self._orders.read(raws, facets, call)
        records = tuple(record for record in read.records if record is not None)
        return Orders(records=records, gaps=(*cut, *read.gaps))

    async def search_orders(self, search: Search, call: Call) -> Page:
        """One page, sorted by a moment and then by id; a page that resumes takes two calls where the first is short."""
        if search.sort not in SORT_FIELDS:
            raise GiveUp(f"orders by search: Adobe Commerce is not asked to sort by {search.sort}")
        field = SORT_FIELDS[search.sort]
        groups, remaining = push_down(search.conditions, self._currency_field)
        position = None if search.after is None else read_position(search.after)
        gaps: list[Gap] = []
        for _ in range(_MOST_BARREN):
            raws, more = await self._listed(
                field, groups, position, search.facets, call, size=search.size, descending=search.descending
            )
            read = await self._orders.read(raws, search.facets, call)
            gaps += read.gaps
            hits = tuple(
                Hit(record, write_position(place), place.moment)
                for order, record in zip(read.payloads, read.records, strict=True)
                if record is not None and (place := _place(order, search.sort)) is not None
            )
            if hits or not more:
                return Page(hits=hits, more=more, remaining=remaining, gaps=tuple(gaps))
            if not read.payloads:
                break
            position = _place(read.payloads[-1], search.sort) or position
        raise BadPayload("orders by search: page after page holds no order that can be read")

    async def list_changes(
        self, cursor: str | None, since: datetime | None, facets: frozenset[Facet], call: Call
    ) -> Changes:
        """Orders by their last change, oldest first; while it is fresh, the last minute is read again the next time."""
        stream = read_stream(cursor, since)
        start = () if stream.position else since_group("updated_at", stream)
        raws, more = await self._listed(
            "updated_at", start, stream.position, facets, call, size=MANIFEST.page_size, descending=False
        )
        read = await self._orders.read(raws, facets, call)
        places = [place for order in read.payloads if (place := _place(order, SearchField.UPDATED_AT)) is not None]
        if more and not places:
            raise BadPayload("changed orders: a page that holds no order that can be read")
        now_at = moved(stream, places[-1] if places else None, more=more, now=call.clock.now())
        return Changes(
            records=tuple(record for record in read.records if record is not None),
            cursor=write_stream(now_at),
            more=more,
            gaps=read.gaps,
        )

    async def _listed(
        self,
        field: str,
        groups: tuple[Group, ...],
        position: Position | None,
        facets: frozenset[Facet],
        call: Call,
        *,
        size: int,
        descending: bool,
    ) -> tuple[list[msgspec.Raw], bool]:
        """At most `size` orders after a position, and whether there are more."""
        found: list[msgspec.Raw] = []
        more = False
        for part in after(field, position, descending=descending):
            if len(found) == size:
                more = True
                break
            criteria = Criteria(groups=(*groups, *part, *self._own), sort=field, descending=descending)
            left = size - len(found)
            page = await self._client.page("orders", criteria, call, fields=self._orders.fields(facets), size=left)
            items = page.items or []
            found += items[:left]
            more = page.total_count > len(items)
            if more:
                break
        return found, more

    async def read_stock(self, skus: Sequence[str], locations: Sequence[str] | None, call: Call) -> Stock:
        """What lies at which source, by one call, and one more for what the website sells where one is named.

        Shops without MSI's sources have one that is called default.
        """
        _bounded(skus, MANIFEST.stock_batch, Capability.READ_STOCK)
        if not skus or (locations is not None and not locations):
            return Stock(records=())
        # With a website named, all sources of a SKU must be known: only one that is alone says what is available.
        placed = locations is not None and self._salable_path is None
        groups = (one_of("sku", skus), *((one_of("source_code", locations or ()),) if placed else ()))
        (raws, cut), (sold, uncounted) = await asyncio.gather(
            self._client.whole(
                _SOURCE_ITEMS, Criteria(groups=groups, sort="sku", tie="source_code"), call, fields=SOURCE_ITEM
            ),
            self._salable(skus, call),
        )
        items, gaps = read_each(raws, SourceItemPayload, what="source item")
        records = stock_records(items, sold)
        return Stock(
            records=tuple(r for r in records if locations is None or r.location.external_id in locations),
            gaps=(*cut, *gaps, *uncounted),
        )

    async def _salable(self, skus: Sequence[str], call: Call) -> tuple[list[SalablePayload], list[Gap]]:
        if self._salable_path is None:
            return [], []
        criteria = Criteria(groups=(one_of("sku", skus),), tie=None)
        raws, cut = await self._client.whole(self._salable_path, criteria, call, fields=SALABLE)
        found, gaps = read_each(raws, SalablePayload, what="salable quantity")
        return found, [*cut, *gaps]

    async def find_products(self, skus: Sequence[str], call: Call) -> Products:
        """Products of any type by SKU."""
        _bounded(skus, MANIFEST.product_batch, Capability.FIND_PRODUCTS)
        if not skus:
            return Products(records=())
        criteria = Criteria(groups=(one_of("sku", skus),))
        raws, cut = await self._client.whole("products", criteria, call, fields=PRODUCT)
        products, gaps = read_each(raws, ProductPayload, what="product")
        return Products(records=tuple(map(product_record, products)), gaps=(*cut, *gaps))

    async def list_skus(self, after: str | None, call: Call) -> Skus:
        """A page of the SKUs of all source items; a cursor is the last one's, so that pages do not shift.

        What lies at several sources has an item at each, and comes once: the next page begins beyond its SKU.
        """
        groups = () if after is None else ((Filter("sku", after, "gt"),),)
        criteria = Criteria(groups=groups, sort="sku", tie="source_code")
        page = await self._client.page(_SOURCE_ITEMS, criteria, call, fields=SKU, size=MOST_ITEMS)
        raws = page.items or []
        items, gaps = read_each(raws, SkuPayload, what="source item")
        more = page.total_count > len(raws)
        if more and not items:
            raise BadPayload("source items: not one of a page could be read, and what follows would be missed")
        return Skus(
            skus=tuple(dict.fromkeys(item.sku for item in items)),
            after=items[-1].sku if more else None,
            gaps=tuple(gaps),
        )

    async def list_locations(self, call: Call) -> Locations:
        """Every source, the disabled ones included."""
        raws, cut = await self._client.whole(_SOURCES, Criteria(tie="source_code"), call, fields=SOURCE)
        sources, gaps = read_each(raws, SourcePayload, what="source")
        return Locations(records=tuple(map(location_record, sources)), gaps=(*cut, *gaps))


def _bounded(values: Sequence[str], batch: Batch | None, what: Capability) -> None:
    if batch is None or len(values) > batch.size:
        raise GiveUp(f"{what}: more values than one batch takes")


def _store_ids(settings: Settings) -> list[str]:
    return [part.strip() for part in str(settings.get("store_ids") or "").split(",") if part.strip()]


def _is_id(value: str) -> bool:
    """Whether it can be an entity's id: MySQL would read "12abc" as 12."""
    return value.isdecimal() and value.isascii() and str(int(value)) == value


def _place(order: OrderPayload, sort: SearchField) -> Position | None:
    """Where an order stands in a list sorted so; None where its moment cannot be read."""
    try:
        moment = in_utc(order.updated_at if sort is SearchField.UPDATED_AT else order.created_at)
    except BadPayload:
        return None
    return None if moment is None else Position(moment, order.entity_id)
