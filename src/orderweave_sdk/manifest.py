"""The manifest: all that a connector declares, as data, with no silent defaults.

The gateway plans, prices and validates from it alone and never branches on a connector's name.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

import msgspec

from orderweave_sdk.records import Axis, Facet, SystemKind
from orderweave_sdk.statuses import StatusMap
from orderweave_sdk.webhooks import PUBLIC_KEYS, SECRETS


class Capability(StrEnum):
    """Something that a connector can do; each has a Protocol in `orderweave_sdk.capabilities`."""

    FIND_ORDERS = "FIND_ORDERS"
    SEARCH_ORDERS = "SEARCH_ORDERS"
    LIST_CHANGES = "LIST_CHANGES"
    READ_STOCK = "READ_STOCK"
    READ_RECEIPTS = "READ_RECEIPTS"
    READ_TRACKING = "READ_TRACKING"
    FIND_PRODUCTS = "FIND_PRODUCTS"
    LIST_LOCATIONS = "LIST_LOCATIONS"
    LIST_SKUS = "LIST_SKUS"
    RECEIVE_WEBHOOKS = "RECEIVE_WEBHOOKS"
    REGISTER_WEBHOOKS = "REGISTER_WEBHOOKS"


class BatchStrategy(StrEnum):
    """How the vendor's API takes many keys at once."""

    LIST = "LIST"  # an argument that is a list
    IN_FILTER = "IN_FILTER"  # an "in" operator of a filter language
    OR_CHAIN = "OR_CHAIN"  # a chain of equalities
    ALIAS = "ALIAS"  # one request, one alias a key
    NONE = "NONE"  # one request a key


class Batch(msgspec.Struct, frozen=True, kw_only=True):
    """How many keys one capability call may hold (`size`), and how they travel."""

    strategy: BatchStrategy
    size: int


class Operator(StrEnum):
    """What a filter may ask of a field."""

    EQ = "EQ"
    NE = "NE"
    IN = "IN"
    NOT_IN = "NOT_IN"
    GT = "GT"
    GTE = "GTE"
    LT = "LT"
    LTE = "LTE"


class SearchField(StrEnum):
    """The fields of an order that a search may filter or sort by."""

    NUMBER = "NUMBER"
    PLACED_AT = "PLACED_AT"
    UPDATED_AT = "UPDATED_AT"
    STATUS = "STATUS"
    PAYMENT_STATUS = "PAYMENT_STATUS"
    FULFILLMENT_STATUS = "FULFILLMENT_STATUS"
    INVOICE_STATUS = "INVOICE_STATUS"
    RETURN_STATUS = "RETURN_STATUS"
    CHANNEL = "CHANNEL"
    CURRENCY = "CURRENCY"
    TOTAL = "TOTAL"
    CUSTOMER_EMAIL = "CUSTOMER_EMAIL"
    CUSTOMER_ID = "CUSTOMER_ID"
    PURCHASE_ORDER_NUMBER = "PURCHASE_ORDER_NUMBER"
    SKU = "SKU"


class OrderPrice(msgspec.Struct, frozen=True, kw_only=True):
    """What one call that finds one order costs at most: `call`, and what each facet that is asked for adds.

    `most` is the most that one call of a batch or a page may cost.
    """

    call: float
    facets: Mapping[Facet, float]
    most: float

    def of(self, facets: frozenset[Facet]) -> float:
        """The price of one order with these facets."""
        return min(self.most, self.call + sum(price for facet, price in self.facets.items() if facet in facets))


class RateLimit(msgspec.Struct, frozen=True, kw_only=True):
    """What the vendor allows: `units` (requests, points, credits) up to `burst`, refilled `per_second`.

    `orders` prices look-ups of orders where the units are no requests; without it each call counts one.
    """

    units: str
    burst: float
    per_second: float
    orders: OrderPrice | None = None

    @classmethod
    def window(cls, units: str, count: float, seconds: float) -> RateLimit:
        """A limit of so many in any so many seconds: half at once and half over time never exceed it."""
        return cls(units=units, burst=count / 2, per_second=count / 2 / seconds)


class SettingKind(StrEnum):
    """The type of a setting in the configuration file."""

    TEXT = "TEXT"
    URL = "URL"
    INTEGER = "INTEGER"
    BOOLEAN = "BOOLEAN"
    TABLE = "TABLE"  # a nested table, checked by the connector's own `problems`


class Setting(msgspec.Struct, frozen=True, kw_only=True):
    """One key under `[systems.<name>.settings]`. A secret must come from the environment, never from the file."""

    name: str
    kind: SettingKind
    required: bool
    secret: bool
    description: str
    default: str | int | bool | None = None


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What a connector declares.

    `facets`: what it can deliver of an order. `lookups`: by which own-key or reference-field names
    `find_orders` may be called, each with its batch; the gateway never hands over more values than the size.
    `mixed_lookups`: whether one call may hold keys of several look-ups, each filling its share of the batch.
    `references`: the fields in which the system keeps other systems' numbers. `numbers_unique`: whether an
    order number names one order only in this system; the gateway then builds stable ids on the number, so
    that an order keeps its id while its anchor is down. `filters` and `sorts`: what `search_orders` can push
    down. `concurrency`: upstream calls at once. `page_size`: orders in one search page at most.
    `stock_batch`: SKUs in one call of READ_STOCK, and of READ_RECEIPTS where that is declared.
    `max_answer_bytes`: the size of one answer that is still believed.
    """

    name: str
    title: str
    version: str
    kind: SystemKind
    capabilities: frozenset[Capability]
    facets: frozenset[Facet]
    lookups: Mapping[str, Batch]
    mixed_lookups: bool
    references: tuple[str, ...]
    numbers_unique: bool
    stock_batch: Batch | None
    tracking_batch: Batch | None
    product_batch: Batch | None
    filters: Mapping[SearchField, frozenset[Operator]]
    sorts: frozenset[SearchField]
    page_size: int
    concurrency: int
    rate_limit: RateLimit | None
    max_answer_bytes: int
    settings: tuple[Setting, ...]
    statuses: StatusMap

    def problems(self) -> list[str]:
        """Everything that contradicts itself, in words; an empty list for a sound manifest."""
        found = list(self.statuses.problems())
        needs = (
            (Capability.FIND_ORDERS, bool(self.lookups), "lookups"),
            (Capability.SEARCH_ORDERS, bool(self.sorts), "sorts"),
            (Capability.READ_STOCK, self.stock_batch is not None, "stock_batch"),
            (Capability.READ_TRACKING, self.tracking_batch is not None, "tracking_batch"),
            (Capability.FIND_PRODUCTS, self.product_batch is not None, "product_batch"),
        )
        for capability, given, field in needs:
            if (capability in self.capabilities) != given:
                state = "declared" if not given else "not declared"
                found.append(f"{capability} is {state}, yet {field} is {'given' if given else 'empty'}")
        signed_with = any(setting.name in (SECRETS, PUBLIC_KEYS) for setting in self.settings)
        if Capability.RECEIVE_WEBHOOKS in self.capabilities and not signed_with:
            found.append(f"RECEIVE_WEBHOOKS needs the setting {SECRETS} or {PUBLIC_KEYS}")
        if Capability.REGISTER_WEBHOOKS in self.capabilities and Capability.RECEIVE_WEBHOOKS not in self.capabilities:
            found.append("REGISTER_WEBHOOKS needs RECEIVE_WEBHOOKS")
        if Capability.READ_RECEIPTS in self.capabilities and Capability.READ_STOCK not in self.capabilities:
            found.append("READ_RECEIPTS needs READ_STOCK: goods are expected where stock is kept")
        if Capability.LIST_SKUS in self.capabilities and Capability.READ_STOCK not in self.capabilities:
            found.append("LIST_SKUS needs READ_STOCK: it lists what stock can be asked of")
        batches = [*self.lookups.items(), ("stock", self.stock_batch), ("tracking", self.tracking_batch)]
        found += [
            f"batch size of {name} is {batch.size}; it must be at least 1"
            for name, batch in batches
            if batch is not None and batch.size < 1
        ]
        if Capability.FIND_ORDERS in self.capabilities and "id" not in self.lookups:
            found.append("FIND_ORDERS needs a lookup by 'id'")
        if self.page_size < 1 or self.concurrency < 1 or self.max_answer_bytes < 1:
            found.append("page_size, concurrency and max_answer_bytes must be at least 1")
        found += [
            f"setting {setting.name} is required and has a default"
            for setting in self.settings
            if setting.required and setting.default is not None
        ]
        return found

    def words(self, axis: Axis) -> Mapping[str, str]:
        """The status map's words of one axis."""
        return self.statuses.words.get(axis, {})
