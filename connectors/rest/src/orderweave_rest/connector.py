"""The connector: capabilities over the requests and the mapping of the configuration."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar, TypeVar

import msgspec

from orderweave_rest.api_map import ApiMap, Things
from orderweave_rest.asking import ask, cuts
from orderweave_rest.client import Client
from orderweave_rest.manifest import MANIFEST, narrowed
from orderweave_rest.mapping import things_of
from orderweave_rest.orders import OrderReading
from orderweave_rest.paging import place_of
from orderweave_rest.reading import problems, read_api
from orderweave_rest.vocabulary import ListedSku
from orderweave_sdk.batches import one_lookup
from orderweave_sdk.capabilities import (
    Changes,
    Gap,
    Locations,
    Orders,
    Page,
    Products,
    Search,
    Settings,
    Skus,
    Stock,
    Tracking,
)
from orderweave_sdk.clock import Call
from orderweave_sdk.errors import CapabilityNotDeclared, GiveUp
from orderweave_sdk.manifest import Batch, Capability, Manifest
from orderweave_sdk.records import Facet, Key, LocationRecord, ProductRecord, StockRecord, TrackingRecord
from orderweave_sdk.upstream import UpstreamFactory

T = TypeVar("T", bound=msgspec.Struct)


class RestConnector:
    """A home-grown REST API, as Orderweave sees it."""

    manifest: ClassVar[Manifest] = MANIFEST

    def __init__(self, settings: Settings, upstream: UpstreamFactory) -> None:
        self._api: ApiMap = read_api(settings["api"])[0]
        self._mine = narrowed(self._api)
        self._client = Client(settings["url"], settings.get("secret") or "", self._api, upstream)
        self._orders = OrderReading(self._client, self._api, self._mine)

    @classmethod
    def narrowed(cls, settings: Settings) -> Manifest:
        """What this API gives by its mapping."""
        return narrowed(read_api(settings["api"])[0])

    @classmethod
    def problems(cls, settings: Settings) -> list[str]:
        """All that is wrong with the table `api` and what it needs beside it, without a request."""
        return problems(settings)

    async def check(self, call: Call) -> str:
        """The request that the configuration names for it."""
        await self._client.check(call)
        return f"the API answered; {len(self._mine.capabilities)} capabilities are mapped"

    async def close(self) -> None:
        """Nothing is held; the gateway closes the HTTP clients."""

    async def find_orders(self, keys: Sequence[Key], facets: frozenset[Facet], call: Call) -> Orders:
        """Orders by id, number or a reference, in as many requests as the look-up's batch takes."""
        self._need(Capability.FIND_ORDERS)
        by, values = one_lookup(keys, self._mine)
        return await self._orders.find(by, values, facets, call)

    async def search_orders(self, search: Search, call: Call) -> Page:
        """One page; every condition is handed back as well."""
        self._need(Capability.SEARCH_ORDERS)
        if search.sort not in self._mine.sorts:
            raise GiveUp(f"search: a sort by {search.sort} is not one of this mapping")
        for condition in search.conditions:
            if condition.operator not in self._mine.filters.get(condition.field, ()):
                raise GiveUp(f"search: {condition.field} {condition.operator} is not a filter of this mapping")
        if not 1 <= search.size <= self._mine.page_size:
            raise GiveUp(f"search: a page holds 1 to {self._mine.page_size} orders")
        return await self._orders.search(search, call)

    async def list_changes(
        self, cursor: str | None, since: datetime | None, facets: frozenset[Facet], call: Call
    ) -> Changes:
        """Changes by `updated_at`, a page at a time."""
        self._need(Capability.LIST_CHANGES)
        return await self._orders.changes(cursor, since, facets, call)

    async def read_stock(self, skus: Sequence[str], locations: Sequence[str] | None, call: Call) -> Stock:
        """Levels of these SKUs; places are chosen from what the API answers."""
        self._need(Capability.READ_STOCK)
        found, gaps = await self._things(self._api.stock, self._mine.stock_batch, skus, StockRecord, call)
        kept = [
            level
            for level in found
            if level.sku in skus and (locations is None or level.location.external_id in locations)
        ]
        return Stock(records=tuple(kept), gaps=tuple(gaps))

    async def read_tracking(self, numbers: Sequence[str], call: Call) -> Tracking:
        """What the API knows of these tracking numbers."""
        self._need(Capability.READ_TRACKING)
        found, gaps = await self._things(self._api.tracking, self._mine.tracking_batch, numbers, TrackingRecord, call)
        kept = [record for record in found if record.tracking_number in numbers]
        return Tracking(records=tuple(kept), gaps=tuple(gaps))

    async def find_products(self, skus: Sequence[str], call: Call) -> Products:
        """Products with these SKUs."""
        self._need(Capability.FIND_PRODUCTS)
        found, gaps = await self._things(self._api.products, self._mine.product_batch, skus, ProductRecord, call)
        return Products(records=tuple(record for record in found if record.sku in skus), gaps=tuple(gaps))

    async def list_locations(self, call: Call) -> Locations:
        """Every place, page by page within the bound."""
        self._need(Capability.LIST_LOCATIONS)
        told = self._api.locations
        assert told is not None
        items, cut = await self._client.whole(told.request, {}, call)
        found, gaps = things_of(items, told, LocationRecord)
        if cut:
            gaps.append(Gap(f"{told.request.name}: more than {len(items)} found, the rest was left out"))
        return Locations(records=tuple(found), gaps=tuple(gaps))

    async def list_skus(self, after: str | None, call: Call) -> Skus:
        """A page of the SKUs, as the API pages them; a cursor is the place of the page."""
        self._need(Capability.LIST_SKUS)
        told = self._api.skus
        assert told is not None
        page = await self._client.page(told.request, {}, call, place=place_of(told.request, after))
        found, gaps = things_of(page.items, told, ListedSku)
        skus = dict.fromkeys(each.sku for each in found if each.sku)
        return Skus(skus=tuple(skus), after=page.next, gaps=tuple(gaps))

    async def _things(
        self, told: Things | None, batch: Batch | None, keys: Sequence[str], kind: type[T], call: Call
    ) -> tuple[list[T], list[Gap]]:
        assert told is not None
        assert batch is not None
        if len(keys) > batch.size:
            raise GiveUp(f"{told.request.name}: more than {batch.size} keys")
        answers = await ask(self._client, told.request, keys, call)
        found, gaps = things_of((item for answer in answers for item in answer.items), told, kind)
        return list(dict.fromkeys(found)), [*cuts(told.request, answers), *gaps]

    def _need(self, wanted: Capability) -> None:
        if wanted not in self._mine.capabilities:
            raise CapabilityNotDeclared(self.manifest.name, wanted)
