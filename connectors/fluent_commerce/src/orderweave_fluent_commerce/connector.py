"""The connector: capabilities over the client, the reading and the mapping."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, ClassVar
from urllib.parse import urlsplit

import msgspec

from orderweave_fluent_commerce import stock, webhooks
from orderweave_fluent_commerce.client import Client
from orderweave_fluent_commerce.manifest import MANIFEST, narrowed, reference_attributes
from orderweave_fluent_commerce.mapping import order_record
from orderweave_fluent_commerce.operations import (
    CHECK,
    ORDERS_A_QUERY,
    changed_fulfilments,
    changed_orders,
    orders_by_fulfilment_ref,
    orders_by_ref,
    sizes_of,
)
from orderweave_fluent_commerce.payloads import OrderPayload, UserPayload
from orderweave_fluent_commerce.reading import (
    Wanted,
    orders_of,
    orders_of_fulfilments,
    read_by_ids,
    read_long_orders,
    read_page,
    read_pages,
    read_returns,
)
from orderweave_sdk.batches import one_lookup
from orderweave_sdk.capabilities import Changes, Gap, Locations, Orders, Products, Settings, Skus, Stock
from orderweave_sdk.clock import Call
from orderweave_sdk.decoding import decode
from orderweave_sdk.errors import GiveUp
from orderweave_sdk.manifest import Batch, Manifest
from orderweave_sdk.records import Facet, Key, OrderRecord
from orderweave_sdk.signatures import public_key
from orderweave_sdk.upstream import UpstreamFactory
from orderweave_sdk.webhooks import Delivery, public_keys_of

# Changes are asked for from so long before the last time, because Fluent's clock is not ours.
_OVERLAP = timedelta(minutes=5)


class ChangesCursor(msgspec.Struct, frozen=True):
    """A place in the changes: those since `since` (None: all), after the entry at `after`.

    `started` is when the first page of this pass was asked for: the next pass begins there. A pass lists the orders
    that changed, and then, with `fulfilments`, those of which a fulfilment did: that may leave the order as it was.
    """

    since: datetime | None
    started: datetime | None = None
    after: str | None = None
    fulfilments: bool = False


class FluentCommerceConnector:
    """One Fluent Commerce account, or one retailer of it, as Orderweave sees it."""

    manifest: ClassVar[Manifest] = MANIFEST

    def __init__(self, settings: Settings, upstream: UpstreamFactory) -> None:
        self._client = Client(settings, upstream)
        self._attributes = reference_attributes(settings)
        self._retailer: int | None = settings.get("retailer_id")
        self._account = str(settings.get("account") or _first_label(settings["url"]))
        self._webhook_keys = public_keys_of(settings)
        self._catalogues = stock.Catalogues(
            inventory=settings.get("inventory_catalogue") or None,
            virtual=settings.get("virtual_catalogue") or None,
            product=settings.get("product_catalogue") or None,
        )

    @classmethod
    def narrowed(cls, settings: Settings) -> Manifest:
        """See `manifest.narrowed`."""
        return narrowed(settings)

    @classmethod
    def problems(cls, settings: Settings) -> list[str]:
        """An address without a path, attributes that are no look-ups of Fluent's own, and keys that are keys."""
        found = []
        parts = urlsplit(settings["url"])
        if parts.path.strip("/") or parts.query or parts.fragment:
            found.append("url: give the account's host alone; the paths are added to it")
        found += [
            f"reference_attributes: {name!r} is a field of Fluent's own, and a reference without being named"
            for name in reference_attributes(settings)
            if name in MANIFEST.lookups
        ]
        if any(public_key(text) is None for text in public_keys_of(settings)):
            found.append("webhook_public_keys: give RSA public keys, each as PEM or as the base64 that Fluent prints")
        return found

    async def check(self, call: Call) -> str:
        """One call that reads a row of each list; it is refused where the user lacks a right."""
        what = "check"
        reply = await self._client.ask(CHECK, {}, operation="Check", what=what, call=call)
        if reply.spoiled:
            raise GiveUp(f"{what}: Fluent does not answer about {', '.join(sorted(str(p[0]) for p in reply.spoiled))}")
        user = decode(reply.data.get("me", b"null"), UserPayload, what=what)
        return f"signed in as {user.username}, who may read orders, stock, locations and products"

    async def close(self) -> None:
        """Nothing is held."""

    async def find_orders(self, keys: Sequence[Key], facets: frozenset[Facet], call: Call) -> Orders:
        """Orders by id in one query of aliases, by their own or a fulfilment's reference in one list.

        Returns take one more query. Orders that are longer than their first answer are read again alone.
        """
        by, values = one_lookup(keys, self.manifest)
        values = list(dict.fromkeys(values))
        wanted = Wanted(facets, bool(self._attributes), f"orders by {by}")
        if by == "id":
            ids = [value for value in values if value.isascii() and value.isdigit()]
            payloads, gaps = await read_by_ids(self._client, ids, wanted, call) if ids else ([], [])
        else:
            payloads, gaps = await self._by_reference(by, values, wanted, call)
        records, more = await self._records(payloads, wanted, call)
        return Orders(records=records, gaps=(*gaps, *more))

    def read_delivery(self, headers: Mapping[str, str], body: bytes, now: datetime) -> Delivery:
        """The order or the product that an event is about. Fluent signs no time of sending."""
        return webhooks.read_delivery(headers, body, self._webhook_keys, account=self._account, retailer=self._retailer)

    async def _by_reference(
        self, by: str, values: Sequence[str], wanted: Wanted, call: Call
    ) -> tuple[list[OrderPayload], list[Gap]]:
        """Orders by a reference. Fluent reads % and _ in it as wildcards: the first is not asked for, and what the
        second finds beside the wanted is dropped.
        """
        asked = [value for value in values if value.strip() and "%" not in value]
        if not asked:
            return [], []
        document, operation, read = (
            (orders_by_ref, "OrdersByRef", orders_of)
            if by == "ref"
            else (orders_by_fulfilment_ref, "OrdersByFulfilmentRef", orders_of_fulfilments)
        )
        page = await read_pages(
            self._client,
            document(wanted.facets, attributes=wanted.attributes),
            {**self._listed(wanted), "values": asked},
            operation=operation,
            what=wanted.what,
            call=call,
        )
        return read(page, wanted.what, frozenset(asked))

    def _listed(self, wanted: Wanted) -> dict[str, Any]:
        """The variables that all lists of orders share."""
        return {
            **sizes_of(wanted.facets),
            "retailers": None if self._retailer is None else [self._retailer],
            "first": ORDERS_A_QUERY,
        }

    async def list_changes(
        self, cursor: str | None, since: datetime | None, facets: frozenset[Facet], call: Call
    ) -> Changes:
        """One page of what changed: of the orders, then of the fulfilments.

        A pass has no upper end: an order that changes while it is listed would otherwise fall out of the list, and
        move the ones after it over the page's edge, unseen.
        """
        place = _parsed(cursor) if cursor is not None else ChangesCursor(since)
        started = place.started or call.clock.now()
        wanted = Wanted(
            facets, bool(self._attributes), "changed fulfilments" if place.fulfilments else "changed orders"
        )
        document, operation, read = (
            (changed_fulfilments, "ChangedFulfilments", orders_of_fulfilments)
            if place.fulfilments
            else (changed_orders, "ChangedOrders", orders_of)
        )
        page = await read_page(
            self._client,
            document(facets, attributes=wanted.attributes),
            {
                **self._listed(wanted),
                "changed": None if place.since is None else {"from": place.since.isoformat()},
                "after": place.after,
            },
            operation=operation,
            what=wanted.what,
            call=call,
        )
        payloads, gaps = read(page, wanted.what)
        records, more = await self._records(payloads, wanted, call)
        following = _next(place, started, page.after)
        return Changes(
            records=records,
            cursor=msgspec.json.encode(following).decode(),
            more=following.started is not None,
            gaps=(*gaps, *more),
        )

    async def _records(
        self, payloads: Sequence[OrderPayload], wanted: Wanted, call: Call
    ) -> tuple[tuple[OrderRecord, ...], list[Gap]]:
        """The records, with all of their own lists and their returns."""
        mine = [each for each in payloads if self._is_mine(each)]
        whole, gaps = await read_long_orders(self._client, mine, wanted, call)
        returned = await read_returns(self._client, whole, call) if Facet.RETURNS in wanted.facets and whole else None
        if returned is not None:
            gaps += returned.gaps
        by_order = returned.by_order if returned is not None else {}
        return tuple(order_record(each, wanted.facets, self._attributes, by_order) for each in whole), gaps

    def _is_mine(self, payload: OrderPayload) -> bool:
        """Whether it is an order of the retailer that this system is; by id, any is found."""
        return self._retailer is None or (payload.retailer is not None and payload.retailer.id == str(self._retailer))

    async def read_stock(self, skus: Sequence[str], locations: Sequence[str] | None, call: Call) -> Stock:
        """Inventory positions of these SKUs, at these locations or at all, and what of them may be sold."""
        _bounded("stock by SKU", self.manifest.stock_batch, skus)
        return await stock.read_stock(self._client, self._catalogues, skus, locations, call)

    async def find_products(self, skus: Sequence[str], call: Call) -> Products:
        """Products with these references: variants, and standard products that are sold without any."""
        _bounded("products by SKU", self.manifest.product_batch, skus)
        return await stock.find_products(self._client, self._catalogues, skus, call)

    async def list_skus(self, after: str | None, call: Call) -> Skus:
        """The references of the products that have positions, 200 positions a call; a cursor is Fluent's own."""
        return await stock.list_skus(self._client, self._catalogues, after, call)

    async def list_locations(self, call: Call) -> Locations:
        """Every location of the account."""
        return await stock.list_locations(self._client, call)


def _first_label(url: str) -> str:
    """The account that an address such as https://ACCOUNT.api.fluentretail.com begins with."""
    return (urlsplit(url).hostname or "").partition(".")[0]


def _bounded(what: str, batch: Batch | None, values: Sequence[str]) -> None:
    if batch is None or len(values) > batch.size:
        raise GiveUp(f"{what}: more values than one batch takes")


def _next(place: ChangesCursor, started: datetime, after: str | None) -> ChangesCursor:
    """Where to go on: on this list, with the fulfilments, or, with `started` unset, in the next pass.

    All orders are there after the first list of a pass from the start.
    """
    if after is not None:
        return ChangesCursor(place.since, started, after, place.fulfilments)
    if place.since is not None and not place.fulfilments:
        return ChangesCursor(place.since, started, fulfilments=True)
    return ChangesCursor(started - _OVERLAP)


def _parsed(cursor: str) -> ChangesCursor:
    """The place in a cursor; raises GiveUp for one that this connector did not write."""
    try:
        return msgspec.json.decode(cursor, type=ChangesCursor)
    except (msgspec.DecodeError, UnicodeEncodeError):
        raise GiveUp("changes: the cursor is not one of this connector's") from None
