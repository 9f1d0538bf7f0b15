"""The connector: capabilities over the client, the readers and the mapping."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import ClassVar
from urllib.parse import urlsplit

from orderweave_sdk.batches import one_lookup
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
from orderweave_sdk.errors import BadPayload, GiveUp
from orderweave_sdk.manifest import Batch, Manifest, SearchField
from orderweave_sdk.records import Facet, Key, OrderRecord
from orderweave_sdk.upstream import UpstreamFactory
from orderweave_sdk.webhooks import Delivery, Registered, secrets_of
from orderweave_shopify import stock, webhooks
from orderweave_shopify.changes import cursor_of, place_of
from orderweave_shopify.client import Client
from orderweave_shopify.manifest import MANIFEST
from orderweave_shopify.payloads_stock import CheckPayload
from orderweave_shopify.queries import CHECK, CHECK_COST
from orderweave_shopify.reading import OrderReader, OrderSearch, Results
from orderweave_shopify.registering import register
from orderweave_shopify.search_terms import instant_term, numbers_term, push_down, texts_term

DEFAULT_VERSION = "2026-10"

_VERSION = re.compile(r"\d{4}-(01|04|07|10)")
_SORT_KEYS = {SearchField.PLACED_AT: "PROCESSED_AT", SearchField.UPDATED_AT: "UPDATED_AT"}
# Pages of one look-up, and of a search whose pages hold nothing readable.
_MOST_PAGES = 10
# Orders asked for beyond one a number, since Shopify may match a number more widely than we do.
_SPARE = 5

# What the app must be granted to deliver everything that the manifest declares.
SCOPES = (
    "read_orders",
    "read_all_orders",
    "read_customers",
    "read_companies",
    "read_returns",
    "read_merchant_managed_fulfillment_orders",
    "read_assigned_fulfillment_orders",
    "read_third_party_fulfillment_orders",
    "read_locations",
    "read_inventory",
    "read_products",
)


class ShopifyConnector:
    """One Shopify shop, as Orderweave sees it."""

    manifest: ClassVar[Manifest] = MANIFEST

    def __init__(self, settings: Settings, upstream: UpstreamFactory) -> None:
        url = settings["url"].rstrip("/")
        headers = {"x-shopify-access-token": settings["access_token"]}
        self._client = Client(upstream(url, headers=headers), settings.get("api_version") or DEFAULT_VERSION)
        self._orders = OrderReader(self._client, url)
        self._webhook_secrets = secrets_of(settings)

    @classmethod
    def problems(cls, settings: Settings) -> list[str]:
        """A shop's address without a path, and a version as Shopify names them."""
        found = []
        parts = urlsplit(settings["url"])
        if parts.path.strip("/") or parts.query or parts.fragment:
            found.append("url: give the shop's address alone, such as https://my-shop.myshopify.com")
        version = settings.get("api_version")
        if version and not _VERSION.fullmatch(version):
            found.append("api_version: versions are named by year and quarter's month, such as 2026-10")
        return found

    async def check(self, call: Call) -> str:
        """One call that needs the token; says which of the rights it would need it lacks."""
        answered = await self._client.ask(CHECK, {}, CheckPayload, operation="check", call=call, price=CHECK_COST)
        granted = {scope.handle for scope in answered.data.current_app_installation.access_scopes}
        missing = [scope for scope in SCOPES if scope not in granted]
        return f"shop {answered.data.shop.name}: " + (f"without {', '.join(missing)}" if missing else "all rights")

    async def close(self) -> None:
        """Nothing is held."""

    async def find_orders(self, keys: Sequence[Key], facets: frozenset[Facet], call: Call) -> Orders:
        """Orders by id, by number in either spelling, or by one of the reference fields."""
        by, values = one_lookup(keys, self.manifest)
        if by == "id":
            records, gaps = await self._orders.by_ids(values, facets, call)
            return Orders(records=tuple(records), gaps=tuple(gaps))
        texts = list(dict.fromkeys(value for value in values if value.strip()))
        if not texts:
            return Orders(records=())
        query = numbers_term(texts) if by == "number" else texts_term(by, texts)
        return await self._all_found(OrderSearch(query=query), len(texts), facets, call)

    def _bounded(self, what: str, batch: Batch | None, values: Sequence[str]) -> None:
        if batch is None or len(values) > batch.size:
            raise GiveUp(f"{what}: not a lookup of this connector, or more values than its batch")

    async def _all_found(self, wanted: OrderSearch, expected: int, facets: frozenset[Facet], call: Call) -> Orders:
        """Every order that the search finds, page by page within the bound."""
        records: list[OrderRecord] = []
        gaps: list[Gap] = []
        after: str | None = None
        for _ in range(_MOST_PAGES):
            results = await self._orders.search(wanted, facets, call, size=expected + _SPARE, after=after)
            records += [found.record for found in results.found if found.record is not None]
            gaps += results.gaps
            if not results.page.has_next_page:
                return Orders(records=tuple(records), gaps=tuple(gaps))
            after = results.page.end_cursor
        gaps.append(Gap("more orders bear these numbers than are read"))
        return Orders(records=tuple(records), gaps=tuple(gaps))

    async def search_orders(self, search: Search, call: Call) -> Page:
        """One page, filtered by Shopify as far as its search language goes."""
        if search.sort not in _SORT_KEYS:
            raise GiveUp(f"orders by search: Shopify cannot sort by {search.sort}")
        query, remaining = push_down(search.conditions)
        wanted = OrderSearch(query=query, sort_key=_SORT_KEYS[search.sort], descending=search.descending)
        gaps: list[Gap] = []
        after = search.after
        for _ in range(_MOST_PAGES):
            results = await self._orders.search(
                wanted, search.facets, call, size=min(search.size, self.manifest.page_size), after=after
            )
            gaps += results.gaps
            hits = _hits(results, search.sort)
            if hits or not results.page.has_next_page:
                return Page(hits=hits, more=results.page.has_next_page, remaining=remaining, gaps=tuple(gaps))
            after = results.page.end_cursor
        raise BadPayload("orders by search: page after page holds no order that can be read")

    async def list_changes(
        self, cursor: str | None, since: datetime | None, facets: frozenset[Facet], call: Call
    ) -> Changes:
        """Orders by their last change; an order may come again, for Shopify's search lags behind."""
        place = place_of(cursor, since)
        query = instant_term("updated_at", ">=", place.since) if place.since else None
        wanted = OrderSearch(query=query, sort_key="UPDATED_AT")
        results = await self._orders.search(wanted, facets, call, size=self.manifest.page_size, after=place.after)
        records = tuple(found.record for found in results.found if found.record is not None)
        latest = max((record.updated_at for record in records if record.updated_at), default=None)
        more = results.page.has_next_page
        return Changes(
            records=records,
            cursor=cursor_of(place.moved(latest, results.page.end_cursor, more=more)),
            more=more,
            gaps=results.gaps,
        )

    async def read_stock(self, skus: Sequence[str], locations: Sequence[str] | None, call: Call) -> Stock:
        """Inventory levels of these SKUs, at these locations or at all."""
        self._bounded("stock by SKU", self.manifest.stock_batch, skus)
        return await stock.read_stock(self._client, skus, locations, call)

    async def find_products(self, skus: Sequence[str], call: Call) -> Products:
        """Product variants with these SKUs."""
        self._bounded("products by SKU", self.manifest.product_batch, skus)
        return await stock.find_products(self._client, skus, call)

    async def list_skus(self, after: str | None, call: Call) -> Skus:
        """A page of the SKUs of all inventory items."""
        return await stock.list_skus(self._client, after, call)

    async def list_locations(self, call: Call) -> Locations:
        """Every location of the shop."""
        return await stock.list_locations(self._client, call)

    async def register_webhooks(self, url: str, call: Call) -> Registered:
        """A subscription of the app for each topic that is read."""
        return await register(self._client, url, call)

    def read_delivery(self, headers: Mapping[str, str], body: bytes, now: datetime) -> Delivery:
        """The order or the goods that a webhook is about. Shopify signs no time of sending."""
        return webhooks.read_delivery(headers, body, self._webhook_secrets)


def _hits(results: Results, sort: SearchField) -> tuple[Hit, ...]:
    return tuple(
        Hit(found.record, found.cursor, found.record.updated_at if sort is SearchField.UPDATED_AT else found.placed_at)
        for found in results.found
        if found.record is not None
    )
