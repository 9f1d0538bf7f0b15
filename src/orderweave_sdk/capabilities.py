"""Capabilities: what a connector can do, as small typed Protocols, always in batches.

Call order: the gateway makes a connector once (`Connector(settings, upstream)`, no side effects), may call
`check` at any time, calls capabilities concurrently up to the manifest's `concurrency`, and calls `close` once.
Every method raises the errors of `orderweave_sdk.errors` for the system as a whole; a single bad record among
good ones is a `Gap` beside the good ones, never an exception.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar, Protocol, runtime_checkable

import msgspec

from orderweave_sdk.clock import Call
from orderweave_sdk.manifest import Manifest, Operator, SearchField
from orderweave_sdk.records import (
    Facet,
    Key,
    LocationRecord,
    OrderRecord,
    ProductRecord,
    ReceiptRecord,
    StockRecord,
    TrackingRecord,
)
from orderweave_sdk.upstream import UpstreamFactory
from orderweave_sdk.webhooks import Delivery, Registered

# A connector's part of the configuration, after types and secrets have been resolved.
Settings = Mapping[str, Any]


class Gap(msgspec.Struct, frozen=True):
    """Something of an answer that could not be read: which record, where known, and why. Never its values."""

    reason: str
    external_id: str | None = None


class Orders(msgspec.Struct, frozen=True, kw_only=True):
    """Orders found. Keys that the system does not know are simply absent."""

    records: tuple[OrderRecord, ...]
    gaps: tuple[Gap, ...] = ()


class Condition(msgspec.Struct, frozen=True):
    """One test of one field. `values` holds one value, or several for IN and NOT_IN.

    Values are str, Decimal or aware datetime, as the field demands. Conditions given together must all hold.
    """

    field: SearchField
    operator: Operator
    values: tuple[Any, ...]


class Search(msgspec.Struct, frozen=True, kw_only=True):
    """One page of a search. Results come in order of `sort` (`descending` or not), ties by id in the same
    direction; `after` is a hit's cursor, or None for the first page; `size` is at most the manifest's page.
    """

    conditions: tuple[Condition, ...]
    sort: SearchField
    descending: bool
    size: int
    after: str | None
    facets: frozenset[Facet]


class Hit(msgspec.Struct, frozen=True):
    """An order found by a search, and the cursor that continues right after it.

    `value` is what the search is sorted by, as a condition on that field would hold it (an aware UTC datetime for a
    moment); None where the order has none. It is told whatever the facets.
    """

    record: OrderRecord
    cursor: str
    value: Any


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """A page of hits. `remaining` are the conditions that the system could not apply: the caller must."""

    hits: tuple[Hit, ...]
    more: bool
    remaining: tuple[Condition, ...]
    gaps: tuple[Gap, ...] = ()


class Changes(msgspec.Struct, frozen=True, kw_only=True):
    """Orders changed since a cursor, oldest change first, and the cursor for next time.

    A record may come twice over two calls, never not at all. With `more` the next call may follow at once.
    """

    records: tuple[OrderRecord, ...]
    cursor: str
    more: bool
    gaps: tuple[Gap, ...] = ()


class Stock(msgspec.Struct, frozen=True, kw_only=True):
    """Stock levels; a SKU that the system does not know is absent."""

    records: tuple[StockRecord, ...]
    gaps: tuple[Gap, ...] = ()


class Receipts(msgspec.Struct, frozen=True, kw_only=True):
    """Goods that are expected; a SKU of which nothing is, or that the system does not know, is absent."""

    records: tuple[ReceiptRecord, ...]
    gaps: tuple[Gap, ...] = ()


class Tracking(msgspec.Struct, frozen=True, kw_only=True):
    """Tracking by number; a number that the system does not know is absent."""

    records: tuple[TrackingRecord, ...]
    gaps: tuple[Gap, ...] = ()


class Products(msgspec.Struct, frozen=True, kw_only=True):
    """Products by SKU; a SKU that the system does not know is absent."""

    records: tuple[ProductRecord, ...]
    gaps: tuple[Gap, ...] = ()


class Skus(msgspec.Struct, frozen=True, kw_only=True):
    """A page of a system's SKUs in its spelling, and the cursor that goes on after it; None: it was the last."""

    skus: tuple[str, ...]
    after: str | None
    gaps: tuple[Gap, ...] = ()


class Locations(msgspec.Struct, frozen=True, kw_only=True):
    """All the places that the system knows."""

    records: tuple[LocationRecord, ...]
    gaps: tuple[Gap, ...] = ()


class Connector(Protocol):
    """What the entry point `orderweave.connectors` names: a class of this shape."""

    manifest: ClassVar[Manifest]

    def __init__(self, settings: Settings, upstream: UpstreamFactory) -> None:
        """Keep the settings; no I/O, no task, no file. `upstream` makes the HTTP client for a host."""

    @classmethod
    def problems(cls, settings: Settings) -> list[str]:
        """What is wrong with the settings beyond their types, each as a sentence that names the key."""
        ...

    async def check(self, call: Call) -> str:
        """Reach the system with the credentials, as cheaply as can be; the text says what answered."""
        ...

    async def close(self) -> None:
        """Let go of what the connector holds; the HTTP clients are closed by the gateway."""
        ...


@runtime_checkable
class Narrowing(Protocol):
    """A connector whose abilities depend on its settings, as when a mapping in the configuration names the fields.

    The class's `manifest` then says what any settings could give; ask `orderweave_sdk.connecting.manifest_of`.
    """

    @classmethod
    def narrowed(cls, settings: Settings) -> Manifest:
        """The manifest of one instance. Pure; `settings` have no problems. Never declares what the class does not
        implement; lookups, references and the status map may carry names of the settings' own.
        """
        ...


@runtime_checkable
class FindOrders(Protocol):
    """FIND_ORDERS: orders by keys."""

    async def find_orders(self, keys: Sequence[Key], facets: frozenset[Facet], call: Call) -> Orders:
        """Orders that carry any of these keys: (look-up of the manifest, value), a batch that `batches` allows.

        A look-up is an own key ("id", "number") or a reference field. Values are matched as exactly as the system
        can; a wider answer is allowed, the caller matches again. An order found by two keys comes once. Only the
        wanted facets are delivered; keys and references always.
        """
        ...


@runtime_checkable
class SearchOrders(Protocol):
    """SEARCH_ORDERS: orders by conditions, sorted, by page."""

    async def search_orders(self, search: Search, call: Call) -> Page:
        """One page. A sort that is not declared raises GiveUp."""
        ...


@runtime_checkable
class ListChanges(Protocol):
    """LIST_CHANGES: what changed since a cursor."""

    async def list_changes(
        self, cursor: str | None, since: datetime | None, facets: frozenset[Facet], call: Call
    ) -> Changes:
        """Changes after `cursor`, or from `since` on when there is no cursor yet (None: from the start)."""
        ...


@runtime_checkable
class ReadStock(Protocol):
    """READ_STOCK: stock by SKUs and places."""

    async def read_stock(self, skus: Sequence[str], locations: Sequence[str] | None, call: Call) -> Stock:
        """Levels of these SKUs at these places (external ids), or at all places when None."""
        ...


@runtime_checkable
class ReadReceipts(Protocol):
    """READ_RECEIPTS: what is expected from outside, by SKUs; goes with READ_STOCK, in batches of the same size."""

    async def read_receipts(self, skus: Sequence[str], call: Call) -> Receipts:
        """What is still to come of these SKUs at any place, each line once: no transfers between places of the
        system, nothing canceled, nothing that has arrived.
        """
        ...


@runtime_checkable
class ReadTracking(Protocol):
    """READ_TRACKING: packages by tracking number."""

    async def read_tracking(self, numbers: Sequence[str], call: Call) -> Tracking:
        """What the system knows of these tracking numbers."""
        ...


@runtime_checkable
class FindProducts(Protocol):
    """FIND_PRODUCTS: products by SKU."""

    async def find_products(self, skus: Sequence[str], call: Call) -> Products:
        """Products with these SKUs, in the system's spelling."""
        ...


@runtime_checkable
class ListLocations(Protocol):
    """LIST_LOCATIONS: every place the system knows."""

    async def list_locations(self, call: Call) -> Locations:
        """All places; bounded by the vendor's own page loop."""
        ...


@runtime_checkable
class ListSkus(Protocol):
    """LIST_SKUS: every SKU that the system keeps stock of; goes with READ_STOCK."""

    async def list_skus(self, after: str | None, call: Call) -> Skus:
        """The page after a cursor; None begins. All pages together hold each SKU of which READ_STOCK has a level. One
        may come twice, or have no level; goods without a SKU are left out. A listing under way may miss what is new.
        """
        ...


@runtime_checkable
class ReceiveWebhooks(Protocol):
    """RECEIVE_WEBHOOKS: deliveries that the vendor sends by itself."""

    def read_delivery(self, headers: Mapping[str, str], body: bytes, now: datetime) -> Delivery:
        """What a delivery says, once its signature is that of the bytes that came; raises `webhooks.Refused` otherwise.

        Pure, and in constant time (`orderweave_sdk.signatures`). `headers` have their names in lower case; `body` is
        what came, byte by byte; `now` is aware. Topics that concern nobody give a delivery about nothing.
        """
        ...


@runtime_checkable
class RegisterWebhooks(Protocol):
    """REGISTER_WEBHOOKS: having the vendor send webhooks to an address."""

    async def register_webhooks(self, url: str, call: Call) -> Registered:
        """Register every topic that `read_delivery` makes something of, unless it is registered for this address.

        The one capability that changes something at the vendor; called by an operator alone.
        """
        ...
