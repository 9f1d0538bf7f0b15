"""The connector: capabilities over the client, the reading and the mapping."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import ClassVar
from urllib.parse import urlsplit

from orderweave_sdk.batches import by_lookup
from orderweave_sdk.capabilities import Locations, Orders, Page, Products, Search, Settings, Skus, Stock
from orderweave_sdk.clock import Call
from orderweave_sdk.errors import GiveUp
from orderweave_sdk.manifest import Batch, Manifest
from orderweave_sdk.records import Facet, Key
from orderweave_sdk.upstream import UpstreamFactory
from orderweave_vendure import stock
from orderweave_vendure.client import Client
from orderweave_vendure.manifest import MANIFEST, narrowed, reference_fields
from orderweave_vendure.operations import CHECK
from orderweave_vendure.payloads import CheckData
from orderweave_vendure.reading import Asked, find_orders, search_page

# Ids are numbers of the database's own unless the server is set up otherwise; one past its range is an error there.
_LARGEST_ID = 2**31 - 1
# Our look-ups, where Vendure's field has another name.
_FIELDS = {"number": "code"}
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


class VendureConnector:
    """One channel of a Vendure server, as Orderweave sees it."""

    manifest: ClassVar[Manifest] = MANIFEST

    def __init__(self, settings: Settings, upstream: UpstreamFactory) -> None:
        self._client = Client(settings, upstream)
        self._mine = narrowed(settings)

    @classmethod
    def narrowed(cls, settings: Settings) -> Manifest:
        """See `manifest.narrowed`."""
        return narrowed(settings)

    @classmethod
    def problems(cls, settings: Settings) -> list[str]:
        """An address without a path, one way to sign in, and names that can stand in a query."""
        found = []
        parts = urlsplit(settings["url"])
        if parts.path.strip("/") or parts.query or parts.fragment:
            found.append("url: give the server's address alone; the path of the Admin API is admin_path")
        key = bool(settings.get("api_key"))
        account = [bool(settings.get(name)) for name in ("username", "password")]
        if key and any(account):
            found.append("api_key: give either api_key, or username and password")
        elif not key and not all(account):
            found.append("username: give username and password, or api_key")
        found += [
            f"reference_fields: {name!r} is no name of a custom field"
            for name in reference_fields(settings)
            if not _NAME.fullmatch(name) or name in MANIFEST.lookups
        ]
        return found

    async def check(self, call: Call) -> str:
        """One call that reads a row of each list; it is refused where the account lacks a right, and says of what."""
        told = await self._client.ask(CHECK, {}, CheckData, operation="Check", what="check", call=call)
        return f"channel {told.active_channel.code}: all rights"

    async def close(self) -> None:
        """Nothing is held."""

    async def find_orders(self, keys: Sequence[Key], facets: frozenset[Facet], call: Call) -> Orders:
        """Placed orders by id, by code and by the custom fields that hold references, all in one call."""
        values = {
            _FIELDS.get(by, by): wanted
            for by, given in by_lookup(keys, self._mine).items()
            if (wanted := [value for value in dict.fromkeys(given) if value.strip() and _may_be(by, value)])
        }
        if not values:
            return Orders(records=())
        asked = Asked(facets, self._mine.references, "orders by key")
        return await find_orders(self._client, values, asked, call)

    async def search_orders(self, search: Search, call: Call) -> Page:
        """One page by when orders were placed, filtered by Vendure as far as its list can be."""
        if search.sort not in self.manifest.sorts:
            raise GiveUp(f"orders by search: this connector does not sort by {search.sort}")
        return await search_page(self._client, search, self._mine.references, call)

    async def read_stock(self, skus: Sequence[str], locations: Sequence[str] | None, call: Call) -> Stock:
        """Levels of these SKUs, at these stock locations or at all."""
        _bounded("stock by SKU", self.manifest.stock_batch, skus)
        return await stock.read_stock(self._client, skus, locations, call)

    async def find_products(self, skus: Sequence[str], call: Call) -> Products:
        """Product variants with these SKUs."""
        _bounded("products by SKU", self.manifest.product_batch, skus)
        return await stock.find_products(self._client, skus, call)

    async def list_skus(self, after: str | None, call: Call) -> Skus:
        """A page of the SKUs of all variants of the channel."""
        return await stock.list_skus(self._client, after, call)

    async def list_locations(self, call: Call) -> Locations:
        """Every stock location of the channel."""
        return await stock.list_locations(self._client, call)


def _may_be(by: str, value: str) -> bool:
    return not (by == "id" and value.isdecimal() and int(value) > _LARGEST_ID)


def _bounded(what: str, batch: Batch | None, values: Sequence[str]) -> None:
    if batch is None or len(values) > batch.size:
        raise GiveUp(f"{what}: more values than one batch takes")
