"""The connector: capabilities over the reading and the mapping."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import ClassVar, TypeVar

import msgspec

from orderweave_sdk.batches import by_lookup
from orderweave_sdk.capabilities import Changes, Gap, Locations, Orders, Products, Settings, Skus, Stock
from orderweave_sdk.clock import Call
from orderweave_sdk.decoding import decode, decode_each
from orderweave_sdk.errors import BadPayload, GiveUp
from orderweave_sdk.manifest import Batch, Manifest
from orderweave_sdk.records import Facet, Key, OrderRecord
from orderweave_sdk.upstream import UpstreamFactory
from orderweave_sdk.webhooks import Delivery, Registered, secrets_of
from orderweave_shiphero import webhooks
from orderweave_shiphero.client import Client
from orderweave_shiphero.credits import (
    ACCOUNT_COST,
    PRODUCT_COST,
    SKUS_COST,
    STOCK_COST,
    look_up_cost,
    orders_a_page,
    page_cost,
)
from orderweave_shiphero.failures import failure
from orderweave_shiphero.manifest import MANIFEST
from orderweave_shiphero.mapping import order_record
from orderweave_shiphero.operations import (
    ACCOUNT,
    ORDER_FINDER,
    PRODUCT_FIELDS,
    PRODUCT_FINDER,
    STOCK_FIELDS,
    STOCK_FINDER,
    WAREHOUSES,
    LookUp,
    Request,
    changed_orders,
    listed_skus,
    order_fields,
)
from orderweave_shiphero.payloads import (
    AccountPayload,
    AccountResult,
    OrderPayload,
    ProductPayload,
    SkuPayload,
    WarehousePayload,
    WarehouseProductPayload,
)
from orderweave_shiphero.reading import read_further_lines, read_orders_by_id, read_page, read_pages
from orderweave_shiphero.registering import register
from orderweave_shiphero.stock import location_record, product_record, stock_record
from orderweave_shiphero.times import on_wire

# Changes are asked for from so long before the last time, because ShipHero's clock is not ours.
_OVERLAP = timedelta(minutes=5)

Payload = TypeVar("Payload")


class ChangesCursor(msgspec.Struct, frozen=True):
    """A place in the changes: those since `since` (None: all), after the page that ends at `after`.

    `started` is when the first page of this pass was asked for: the next pass begins there.
    """

    since: datetime | None
    started: datetime | None = None
    after: str | None = None


class ShipheroConnector:
    """ShipHero, as Orderweave sees it."""

    manifest: ClassVar[Manifest] = MANIFEST

    def __init__(self, settings: Settings, upstream: UpstreamFactory) -> None:
        self._client = Client(upstream(settings["url"]), settings["refresh_token"])
        self._webhook_secrets = secrets_of(settings)

    @classmethod
    def problems(cls, settings: Settings) -> list[str]:
        """An address that names the endpoint in place of the host."""
        if str(settings["url"]).rstrip("/").endswith(("/graphql", "/auth")):
            return ["url: give the host alone, such as https://public-api.shiphero.com; the paths are added to it"]
        return []

    async def check(self, call: Call) -> str:
        """The account behind the token, and its credits."""
        await self._account(ACCOUNT, call)
        credits = self._client.credits
        left = f", {credits.available:.0f} of {credits.maximum:.0f} credits left" if credits else ""
        return f"token accepted, the account answers{left}"

    async def close(self) -> None:
        """Nothing is held."""

    async def find_orders(self, keys: Sequence[Key], facets: frozenset[Facet], call: Call) -> Orders:
        """Orders by id or by others' numbers: an alias each, as few requests as the credits allow.

        Both reference fields go into one request; ids have a root of their own and a request of their own.
        """
        wanted = by_lookup(keys, self.manifest)
        payloads: list[OrderPayload] = []
        gaps: list[Gap] = []
        if ids := wanted.pop("id", []):
            payloads, gaps = await read_orders_by_id(self._client, ids, facets, call)
        if wanted:
            found, more = await read_pages(
                self._client,
                ORDER_FINDER,
                order_fields(facets),
                [LookUp(value, argument=field) for field, values in wanted.items() for value in values],
                cost=look_up_cost(ORDER_FINDER.argument, facets),
                kind=OrderPayload,
                call=call,
            )
            payloads += found
            gaps += more
        records, more_gaps = await self._orders(payloads, facets, call)
        return Orders(records=records, gaps=(*gaps, *more_gaps))

    async def list_changes(
        self, cursor: str | None, since: datetime | None, facets: frozenset[Facet], call: Call
    ) -> Changes:
        """One page of what changed.

        Within a pass, orders come by their order date, which does not change: ShipHero's cursors are places in
        the list, and an order that changed meanwhile would otherwise move, and push another one over a page's
        edge, unseen. A pass has no upper end for the same reason.
        """
        place = _parsed(cursor) if cursor is not None else ChangesCursor(since)
        started = place.started or call.clock.now()
        size = orders_a_page(facets, self._client.most_credits)
        request = changed_orders(order_fields(facets), on_wire(place.since) if place.since else None, size, place.after)
        price = page_cost(size, facets)
        payloads, gaps, end = await read_page(self._client, request, OrderPayload, call, price=price)
        records, more_gaps = await self._orders(payloads, facets, call)
        following = ChangesCursor(started - _OVERLAP) if end is None else ChangesCursor(place.since, started, end)
        return Changes(
            records=records,
            cursor=msgspec.json.encode(following).decode(),
            more=end is not None,
            gaps=(*gaps, *more_gaps),
        )

    async def read_stock(self, skus: Sequence[str], locations: Sequence[str] | None, call: Call) -> Stock:
        """Levels by SKU in every warehouse, the wanted ones kept: ShipHero takes one warehouse a look-up."""
        _refuse_excess("stock", skus, self.manifest.stock_batch)
        payloads, gaps = await read_pages(
            self._client,
            STOCK_FINDER,
            STOCK_FIELDS,
            map(LookUp, skus),
            cost=STOCK_COST,
            kind=WarehouseProductPayload,
            call=call,
        )
        wanted = None if locations is None else frozenset(locations)
        return Stock(
            records=tuple(
                stock_record(payload)
                for payload in _once(payloads, lambda payload: payload.id)
                if wanted is None or payload.warehouse_id in wanted
            ),
            gaps=tuple(gaps),
        )

    async def find_products(self, skus: Sequence[str], call: Call) -> Products:
        """Products by SKU."""
        _refuse_excess("products", skus, self.manifest.product_batch)
        payloads, gaps = await read_pages(
            self._client,
            PRODUCT_FINDER,
            PRODUCT_FIELDS,
            map(LookUp, skus),
            cost=PRODUCT_COST,
            kind=ProductPayload,
            call=call,
        )
        found = _once(payloads, lambda payload: payload.id)
        return Products(records=tuple(product_record(payload) for payload in found), gaps=tuple(gaps))

    async def list_skus(self, after: str | None, call: Call) -> Skus:
        """A page of the SKUs of all products, which are those that the warehouses keep."""
        payloads, gaps, end = await read_page(self._client, listed_skus(after), SkuPayload, call, price=SKUS_COST)
        return Skus(skus=tuple(product.sku for product in payloads if product.sku), after=end, gaps=tuple(gaps))

    async def list_locations(self, call: Call) -> Locations:
        """The account's warehouses, in one answer."""
        account = await self._account(WAREHOUSES, call)
        warehouses, gaps = decode_each(account.warehouses or (), WarehousePayload, what="warehouse")
        return Locations(records=tuple(location_record(warehouse) for warehouse in warehouses), gaps=tuple(gaps))

    async def register_webhooks(self, url: str, call: Call) -> Registered:
        """A webhook for each type that is read. ShipHero makes up a secret for each and tells it this once."""
        return await register(self._client, url, call)

    def read_delivery(self, headers: Mapping[str, str], body: bytes, now: datetime) -> Delivery:
        """The order or the goods that a webhook is about. ShipHero signs no time of sending."""
        return webhooks.read_delivery(headers, body, self._webhook_secrets)

    async def _account(self, request: Request, call: Call) -> AccountPayload:
        reply = await self._client.ask(request, call, price=ACCOUNT_COST)
        (alias,) = request.aliases
        if alias in reply.problems:
            raise failure(request.operation, reply.problems[alias])
        result = decode(reply.results[alias], AccountResult, what=request.operation) if reply.results else None
        if result is None or result.data is None:
            raise BadPayload(f"{request.operation}: an answer without an account")
        return result.data

    async def _orders(
        self, payloads: Sequence[OrderPayload], facets: frozenset[Facet], call: Call
    ) -> tuple[tuple[OrderRecord, ...], list[Gap]]:
        """The records, once each: one order may be found by two values."""
        orders = _once(payloads, lambda payload: payload.id)
        gaps = await read_further_lines(self._client, orders, facets, call)
        records: list[OrderRecord] = []
        for payload in orders:
            try:
                records.append(order_record(payload, facets))
            except ValueError as error:
                gaps.append(Gap(f"order: {error}", payload.id))
        return tuple(records), gaps


def _refuse_excess(what: str, values: Sequence[str], batch: Batch | None) -> None:
    if batch is None or len(values) > batch.size:
        raise GiveUp(f"{what}: not a look-up of this connector, or more values than its batch")


def _once(items: Sequence[Payload], key: Callable[[Payload], str]) -> list[Payload]:
    return list({key(item): item for item in items}.values())


def _parsed(cursor: str) -> ChangesCursor:
    try:
        return msgspec.json.decode(cursor, type=ChangesCursor)
    except msgspec.DecodeError:
        raise GiveUp("changes: the cursor is not one of this connector's") from None
