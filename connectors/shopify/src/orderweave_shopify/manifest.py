"""What this connector declares."""

from __future__ import annotations

from orderweave_sdk.manifest import (
    Batch,
    BatchStrategy,
    Capability,
    Manifest,
    Operator,
    OrderPrice,
    RateLimit,
    SearchField,
    Setting,
    SettingKind,
)
from orderweave_sdk.records import Facet, SystemKind
from orderweave_shopify.queries import MOST_COST, PARTS, orders_cost
from orderweave_shopify.statuses import STATUSES

_EQUAL = frozenset({Operator.EQ, Operator.IN})
_RANGE = frozenset({Operator.GT, Operator.GTE, Operator.LT, Operator.LTE})
# Terms in one search; Shopify states no bound, and every value of a number takes two.
_CHAIN = Batch(strategy=BatchStrategy.OR_CHAIN, size=50)

MANIFEST = Manifest(
    name="shopify",
    title="Shopify",
    version="0.1.0",
    kind=SystemKind.STOREFRONT,
    capabilities=frozenset(
        {
            Capability.FIND_ORDERS,
            Capability.SEARCH_ORDERS,
            Capability.LIST_CHANGES,
            Capability.READ_STOCK,
            Capability.FIND_PRODUCTS,
            Capability.LIST_LOCATIONS,
            Capability.LIST_SKUS,
            Capability.RECEIVE_WEBHOOKS,
            Capability.REGISTER_WEBHOOKS,
        }
    ),
    facets=frozenset(Facet) - {Facet.INVOICES},
    lookups={
        "id": Batch(strategy=BatchStrategy.LIST, size=250),
        "number": _CHAIN,
        "po_number": _CHAIN,
        "source_identifier": _CHAIN,
    },
    mixed_lookups=False,
    references=("po_number", "source_identifier"),
    numbers_unique=True,
    stock_batch=_CHAIN,
    tracking_batch=None,
    product_batch=_CHAIN,
    filters={
        SearchField.NUMBER: _EQUAL,
        SearchField.PLACED_AT: _RANGE,
        SearchField.UPDATED_AT: _RANGE,
        SearchField.STATUS: _EQUAL,
        SearchField.PAYMENT_STATUS: _EQUAL,
        SearchField.FULFILLMENT_STATUS: _EQUAL,
        SearchField.RETURN_STATUS: _EQUAL,
        SearchField.CHANNEL: _EQUAL,
        SearchField.CUSTOMER_EMAIL: _EQUAL,
        SearchField.CUSTOMER_ID: _EQUAL,
        SearchField.PURCHASE_ORDER_NUMBER: _EQUAL,
        SearchField.SKU: _EQUAL,
    },
    sorts=frozenset({SearchField.PLACED_AT, SearchField.UPDATED_AT}),
    page_size=50,
    concurrency=4,
    # The smallest plan's figures; the true ones come with every answer.
    rate_limit=RateLimit(
        units="points",
        burst=1000,
        per_second=100,
        orders=OrderPrice(
            call=orders_cost(frozenset(), 1),
            facets={facet: part.cost for facet, part in PARTS.items()},
            most=MOST_COST,
        ),
    ),
    max_answer_bytes=32 * 1024 * 1024,
    settings=(
        Setting(
            name="url",
            kind=SettingKind.URL,
            required=True,
            secret=False,
            description="The shop's address, such as https://my-shop.myshopify.com.",
        ),
        Setting(
            name="access_token",
            kind=SettingKind.TEXT,
            required=True,
            secret=True,
            description="The Admin API access token of an app installed in the shop.",
        ),
        Setting(
            name="api_version",
            kind=SettingKind.TEXT,
            required=False,
            secret=False,
            default="2026-10",
            description="The Admin API version to speak.",
        ),
        Setting(
            name="webhook_secrets",
            kind=SettingKind.TEXT,
            required=False,
            secret=True,
            description="The app's client secret, which signs webhooks; two, while it is rotated, with a space.",
        ),
    ),
    statuses=STATUSES,
)
