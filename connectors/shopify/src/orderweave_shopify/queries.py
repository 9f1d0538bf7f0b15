"""The documents sent to Shopify, composed from one fragment for each facet, and what they cost.

Cost, as Shopify explains it: a scalar, an enum and a plain value (money, page info) cost 0, an object with an
identity 1, a connection 2 and its entries' cost times the whole part of 2·ln(page size), with 2 as the least
size. One query may not cost more than 1,000. How Shopify prices `nodes(ids:)` it does not say; it is taken for a
connection of as many entries. Should Shopify price a query higher than this, it refuses it and the connector
halves the batch.
"""

from __future__ import annotations

import math
from functools import lru_cache

import msgspec

from orderweave_sdk.records import Facet
from orderweave_shopify.connections import (
    CONTINUED,
    DISCOUNTS,
    FULFILLMENT_EVENTS,
    FULFILLMENT_LINES,
    FULFILLMENT_ORDERS,
    HELD_FULFILLMENT_ORDERS,
    LINES,
    MONEY,
    PAGE_INFO,
    REFUND_LINES,
    RETURNS,
    SHIPPING_LINES,
    TIMELINE,
    Connection,
)

MOST_COST = 1000
# Shopify's bound on an input list and on a page.
MOST_ENTRIES = 250


class Part(msgspec.Struct, frozen=True):
    """What one facet selects of an order, and what that costs an order; a test computes the cost anew."""

    selection: str
    cost: int


_ALWAYS = "id name processedAt updatedAt poNumber sourceIdentifier"
_ADDRESS = "{ name company address1 address2 city province provinceCode zip countryCodeV2 phone }"
_TOTALS = " ".join(
    f"{name} {{ {MONEY} }}"
    for name in (
        "subtotalPriceSet",
        "cartDiscountAmountSet",
        "totalTaxSet",
        "originalTotalDutiesSet",
        "originalTotalAdditionalFeesSet",
        "totalPriceSet",
        "totalReceivedSet",
        "totalRefundedSet",
        "totalOutstandingSet",
    )
)

PARTS: dict[Facet, Part] = {
    Facet.HEADER: Part(
        "cancelledAt closedAt cancelReason currencyCode presentmentCurrencyCode sourceName "
        f"attribution {{ handle displayName }} {_TOTALS} taxLines {{ title rate priceSet {{ {MONEY} }} }} "
        f"{SHIPPING_LINES.selection()} {DISCOUNTS.selection()}",
        4,
    ),
    Facet.LINES: Part(f"{LINES.selection()} refunds {{ id {REFUND_LINES.selection()} }}", 16),
    Facet.CUSTOMER: Part(
        "email phone customer { id displayName defaultEmailAddress { emailAddress } "
        "defaultPhoneNumber { phoneNumber } } purchasingEntity { __typename ... on PurchasingCompany { "
        "company { id name } location { taxSettings { taxRegistrationId } } } }",
        3,
    ),
    Facet.ADDRESSES: Part(f"billingAddress {_ADDRESS} shippingAddress {_ADDRESS}", 2),
    Facet.PAYMENTS: Part(
        "displayFinancialStatus transactions { id kind status gateway formattedGateway paymentId processedAt "
        f"amountSet {{ {MONEY} }} parentTransaction {{ id }} }} "
        f"refunds {{ id createdAt note totalRefundedSet {{ {MONEY} }} }}",
        3,
    ),
    Facet.FULFILLMENT: Part(
        f"displayFulfillmentStatus {FULFILLMENT_ORDERS.selection()} fulfillments {{ id name status displayStatus "
        "createdAt deliveredAt estimatedDeliveryAt location { id name } trackingInfo { company number url } "
        f"{FULFILLMENT_LINES.selection()} }}",
        64,
    ),
    Facet.TRACKING: Part(f"fulfillments {{ id {FULFILLMENT_EVENTS.selection()} }}", 8),
    Facet.RETURNS: Part(f"returnStatus {RETURNS.selection()}", 40),
    Facet.HOLDS: Part(HELD_FULFILLMENT_ORDERS.selection(), 8),
    Facet.TIMELINE: Part(TIMELINE.selection(), 7),
}


def asked(facets: frozenset[Facet]) -> frozenset[Facet]:
    """The facets that change what is selected: TRACKING speaks of packages and means nothing without them."""
    known = facets & frozenset(PARTS)
    return known if Facet.FULFILLMENT in known else known - {Facet.TRACKING}


def connection_cost(size: int, entry: int) -> int:
    """What a connection of `size` costs whose entries cost `entry` each."""
    return 2 + math.floor(2 * math.log(max(2, size))) * entry


def most_orders(facets: frozenset[Facet]) -> int:
    """How many orders with these facets one query may ask for; at least one."""
    return next((size for size in range(MOST_ENTRIES, 1, -1) if orders_cost(facets, size) <= MOST_COST), 1)


def orders_cost(facets: frozenset[Facet], size: int) -> int:
    """What so many orders with these facets cost, by id or by search."""
    return connection_cost(size, 1 + sum(PARTS[facet].cost for facet in asked(facets)))


def continuation_cost(connection: Connection) -> int:
    """What one further page of a list inside an order costs: its owner, and the list."""
    return 1 + connection_cost(CONTINUED, connection.cost)


def _order(facets: frozenset[Facet]) -> tuple[str, str]:
    """The spreads that stand inside an order, and the fragments that they name."""
    wanted = sorted(asked(facets))
    spreads = " ".join(f"...{facet.capitalize()}" for facet in wanted)
    fragments = " ".join(f"fragment {facet.capitalize()} on Order {{ {PARTS[facet].selection} }}" for facet in wanted)
    return f"{_ALWAYS} {spreads}".rstrip(), fragments


@lru_cache(maxsize=512)
def orders_by_id(facets: frozenset[Facet]) -> str:
    """Variables: `ids`."""
    order, fragments = _order(facets)
    return (
        f"query OrdersById($ids: [ID!]!) {{ nodes(ids: $ids) {{ __typename ... on Order {{ {order} }} }} }} {fragments}"
    ).rstrip()


@lru_cache(maxsize=512)
def orders_by_search(facets: frozenset[Facet]) -> str:
    """Variables: `query`, `sortKey`, `reverse`, `first`, `after`."""
    order, fragments = _order(facets)
    return (
        "query OrdersBySearch($query: String, $sortKey: OrderSortKeys!, $reverse: Boolean!, $first: Int!, "
        "$after: String) { orders(query: $query, sortKey: $sortKey, reverse: $reverse, first: $first, after: $after) "
        f"{{ edges {{ cursor node {{ {order} }} }} {PAGE_INFO} }} }} {fragments}"
    ).rstrip()


STOCK_NAMES = (
    "on_hand",
    "available",
    "committed",
    "reserved",
    "incoming",
    "safety_stock",
    "damaged",
    "quality_control",
)

_LEVEL = (
    "id updatedAt location { id name } quantities(names: ["
    + ", ".join(f'"{name}"' for name in STOCK_NAMES)
    + "]) { name quantity }"
)

# What one entry of each list below costs, and what the documents cost whose size is always the same.
STOCK_COST = 27
PRODUCT_COST = 2
SKU_COST = 1
LOCATION_COST = 1
MORE_LEVELS_COST = 36
CHECK_COST = 2

# Variables: `query`, `first`, `after`.
STOCK_BY_SKU = (
    "query StockBySku($query: String!, $first: Int!, $after: String) { "
    "inventoryItems(query: $query, first: $first, after: $after) { nodes { id sku tracked "
    "variants(first: 1) { nodes { displayName } } "
    f"inventoryLevels(first: 50) {{ nodes {{ {_LEVEL} }} {PAGE_INFO} }} }} {PAGE_INFO} }} }}"
)

# Variables: `first`, `after`.
LISTED_SKUS = (
    "query ListedSkus($first: Int!, $after: String) { "
    f"inventoryItems(first: $first, after: $after) {{ nodes {{ sku }} {PAGE_INFO} }} }}"
)

# Variables: `id`, `after`.
MORE_LEVELS = (
    "query MoreLevels($id: ID!, $after: String) { node(id: $id) { __typename ... on InventoryItem { "
    f"page: inventoryLevels(first: {MOST_ENTRIES}, after: $after) {{ nodes {{ {_LEVEL} }} {PAGE_INFO} }} }} }} }}"
)

# Variables: `query`, `first`, `after`.
PRODUCTS_BY_SKU = (
    "query ProductsBySku($query: String!, $first: Int!, $after: String) { "
    "productVariants(query: $query, first: $first, after: $after) { "
    f"nodes {{ id sku displayName barcode updatedAt product {{ status }} }} {PAGE_INFO} }} }}"
)

# Variables: `after`.
LOCATIONS = (
    f"query Locations($after: String) {{ locations(first: {MOST_ENTRIES}, includeInactive: true, after: $after) {{ "
    "nodes { id name isActive address { address1 address2 city province provinceCode zip countryCode phone } } "
    f"{PAGE_INFO} }} }}"
)

CHECK = "query Check { shop { name } currentAppInstallation { accessScopes { handle } } }"
