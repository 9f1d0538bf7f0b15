"""The connector: capabilities over the database and its mapping."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar

from orderweave_sdk.batches import one_lookup
from orderweave_sdk.capabilities import (
    Changes,
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
from orderweave_sdk.errors import CapabilityNotDeclared, GiveUp
from orderweave_sdk.manifest import Capability, Manifest
from orderweave_sdk.records import Facet, Key
from orderweave_sdk.upstream import UpstreamFactory
from orderweave_sql import goods, orders
from orderweave_sql.checking import check
from orderweave_sql.client import Database
from orderweave_sql.dialects import dialect_of
from orderweave_sql.manifest import MANIFEST, ROW_LIMIT, STATEMENT_SECONDS, narrowed
from orderweave_sql.map_reader import read_mapping


class SqlConnector:
    """A home-grown database, as Orderweave sees it."""

    manifest: ClassVar[Manifest] = MANIFEST

    def __init__(self, settings: Settings, upstream: UpstreamFactory) -> None:
        database_map, _ = read_mapping(settings["mapping"])
        self._mine = narrowed(database_map)
        self._database = Database(
            settings["url"],
            database_map,
            connections=self.manifest.concurrency,
            row_limit=settings.get("row_limit", ROW_LIMIT),
            statement_seconds=settings.get("statement_seconds", STATEMENT_SECONDS),
        )

    @classmethod
    def narrowed(cls, settings: Settings) -> Manifest:
        """What this mapping gives."""
        return narrowed(read_mapping(settings["mapping"])[0])

    @classmethod
    def problems(cls, settings: Settings) -> list[str]:
        """All that is wrong with the address, the limits and the mapping, without connecting."""
        found = []
        try:
            url, dialect = dialect_of(settings["url"])
            found += dialect.problems(url)
        except ValueError as error:
            found.append(str(error))
        for name, default in (("row_limit", ROW_LIMIT), ("statement_seconds", STATEMENT_SECONDS)):
            if settings.get(name, default) < 1:
                found.append(f"{name}: must be at least 1")
        return found + read_mapping(settings["mapping"])[1]

    async def check(self, call: Call) -> str:
        """One statement a section that gives no row, but fails when a table or a column is not there."""
        return await self._database.run("check", call, check)

    async def close(self) -> None:
        """End what runs and close the connections."""
        await self._database.close()

    async def find_orders(self, keys: Sequence[Key], facets: frozenset[Facet], call: Call) -> Orders:
        """Orders by id, number or a reference: one statement for them and one for each section wanted."""
        self._need(Capability.FIND_ORDERS)
        by, values = one_lookup(keys, self._mine)
        return await self._database.run(
            f"orders by {by}", call, lambda session: orders.find_orders(session, by, values, facets)
        )

    async def search_orders(self, search: Search, call: Call) -> Page:
        """One page, as `find_orders` reads it."""
        self._need(Capability.SEARCH_ORDERS)
        if search.sort not in self._mine.sorts:
            raise GiveUp(f"search: a sort by {search.sort} is not one of this mapping")
        for condition in search.conditions:
            if condition.operator not in self._mine.filters.get(condition.field, ()):
                raise GiveUp(f"search: {condition.field} {condition.operator} is not a filter of this mapping")
        if not 1 <= search.size <= self._mine.page_size:
            raise GiveUp(f"search: a page holds 1 to {self._mine.page_size} orders")
        return await self._database.run("search", call, lambda session: orders.search_orders(session, search))

    async def list_changes(
        self, cursor: str | None, since: datetime | None, facets: frozenset[Facet], call: Call
    ) -> Changes:
        """Changes by `updated_at`, a page at a time."""
        self._need(Capability.LIST_CHANGES)
        return await self._database.run(
            "changes",
            call,
            lambda session: orders.list_changes(
                session, cursor, since, facets, size=self._mine.page_size, now=call.clock.now()
            ),
        )

    async def read_stock(self, skus: Sequence[str], locations: Sequence[str] | None, call: Call) -> Stock:
        """Levels, in one statement."""
        self._need(Capability.READ_STOCK)
        self._fits(skus, "stock")
        return await self._database.run("stock", call, lambda session: goods.read_stock(session, skus, locations))

    async def find_products(self, skus: Sequence[str], call: Call) -> Products:
        """Products, in one statement."""
        self._need(Capability.FIND_PRODUCTS)
        self._fits(skus, "products")
        return await self._database.run("products", call, lambda session: goods.find_products(session, skus))

    async def list_skus(self, after: str | None, call: Call) -> Skus:
        """A page of the SKUs of the stock, in one statement."""
        self._need(Capability.LIST_SKUS)
        return await self._database.run("SKUs", call, lambda session: goods.list_skus(session, after))

    async def list_locations(self, call: Call) -> Locations:
        """Every place, in one statement; more than the row limit is an error."""
        self._need(Capability.LIST_LOCATIONS)
        return await self._database.run("locations", call, goods.list_locations)

    def _need(self, wanted: Capability) -> None:
        if wanted not in self._mine.capabilities:
            raise CapabilityNotDeclared(self.manifest.name, wanted)

    def _fits(self, skus: Sequence[str], what: str) -> None:
        batch = self.manifest.stock_batch
        if batch is not None and len(skus) > batch.size:
            raise GiveUp(f"{what}: more than {batch.size} SKUs")
