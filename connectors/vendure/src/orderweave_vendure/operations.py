"""The operations sent to Vendure's Admin API: documents made of one part a facet, and the options of its lists."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from orderweave_sdk.records import Facet

Options = Mapping[str, Any]

# Entries of one order's history in one answer; further ones are asked for apart.
ENTRIES_A_PAGE = 100
# Rows of one list that has pages: places, variants that share a SKU, or all variants.
ROWS_A_PAGE = 100
# The type of history entry that tells of fulfillments; they are the shipments' events, and no part of the timeline.
FULFILLMENT_MOVED = "ORDER_FULFILLMENT_TRANSITION"

LOGIN = """
mutation Login($username: String!, $password: String!) {
  login(username: $username, password: $password) {
    __typename
    ... on CurrentUser { id }
    ... on ErrorResult { errorCode }
  }
}
"""

# One row of each list that is read: what the account may not read, Vendure refuses by name.
CHECK = """
query Check {
  activeChannel { code }
  orders(options: { take: 1 }) { totalItems }
  productVariants(options: { take: 1 }) { totalItems }
  stockLocations(options: { take: 1 }) { totalItems }
}
"""

VARIANTS = """
query Variants($options: ProductVariantListOptions) {
  productVariants(options: $options) {
    totalItems
    items { id sku name enabled updatedAt product { id enabled } }
  }
}
"""

STOCK = """
query Stock($options: ProductVariantListOptions) {
  productVariants(options: $options) {
    totalItems
    items {
      id
      sku
      name
      trackInventory
      stockLevels { id stockOnHand stockAllocated updatedAt stockLocation { id name } }
    }
  }
}
"""

# What a whole catalog is listed with.
LISTED_SKUS = """
query ListedSkus($options: ProductVariantListOptions) {
  productVariants(options: $options) { totalItems items { id sku } }
}
"""

LOCATIONS = """
query Locations($options: StockLocationListOptions) {
  stockLocations(options: $options) { totalItems items { id name } }
}
"""

_ADDRESS = "{ fullName company streetLine1 streetLine2 city province postalCode countryCode phoneNumber }"
_PAYMENTS = """
payments {
  id createdAt method amount state transactionId
  refunds { id createdAt total method state transactionId reason }
}
totalWithTax
"""
# In order of the id: what was written in one transaction has one moment.
_HISTORY = """
(options: {{ skip: $entries, take: {take}, sort: {{ id: ASC }}, filter: {{ type: {{ {operator}: "{type}" }} }} }}) {{
  totalItems
  items {{ id createdAt type isPublic data }}
}}
"""
_SHIPPED = _HISTORY.format(take=ENTRIES_A_PAGE, operator="eq", type=FULFILLMENT_MOVED)
_HAPPENED = _HISTORY.format(take=ENTRIES_A_PAGE, operator="notEq", type=FULFILLMENT_MOVED)

_PARTS: Mapping[Facet, str] = {
    Facet.HEADER: f"""
        channels {{ code pricesIncludeTax }}
        couponCodes
        promotions {{ id couponCode }}
        discounts {{ adjustmentSource type description amount amountWithTax }}
        surcharges {{ price priceWithTax }}
        taxSummary {{ description taxRate taxTotal }}
        subTotal subTotalWithTax shipping shippingWithTax total
        {_PAYMENTS}
    """,
    Facet.LINES: """
        channels { code pricesIncludeTax }
        lines {
          id
          productVariant { sku name }
          quantity
          orderPlacedQuantity
          unitPrice unitPriceWithTax
          discountedLinePrice discountedLinePriceWithTax
          proratedLinePrice proratedLinePriceWithTax
          discounts { adjustmentSource type description amount amountWithTax }
          taxLines { description taxRate }
        }
    """,
    Facet.CUSTOMER: "customer { id firstName lastName emailAddress phoneNumber }",
    Facet.ADDRESSES: f"billingAddress {_ADDRESS} shippingAddress {_ADDRESS}",
    Facet.PAYMENTS: _PAYMENTS,
    Facet.FULFILLMENT: f"""
        lines {{ id quantity productVariant {{ sku }} }}
        fulfillments {{ id state method trackingCode lines {{ orderLineId quantity }} }}
        moved: history{_SHIPPED}
    """,
    Facet.TIMELINE: f"happened: history{_HAPPENED}",
}
# The facets that read the history, from the entry on that `$entries` says.
OF_HISTORY = frozenset({Facet.FULFILLMENT, Facet.TIMELINE})
# The facets that speak of money; the server says in how many digits it keeps it.
_OF_MONEY = frozenset({Facet.HEADER, Facet.LINES, Facet.PAYMENTS})


@lru_cache(maxsize=256)
def orders_document(facets: frozenset[Facet], references: tuple[str, ...] = ()) -> str:
    """The list of orders with what these facets need, its references, and its newest history."""
    parts = "\n".join(_PARTS[facet] for facet in sorted(facets) if facet in _PARTS)
    entries = ", $entries: Int" if facets & OF_HISTORY else ""
    custom = f"customFields {{ {' '.join(references)} }}" if references else ""
    digits = "globalSettings { serverConfig { moneyStrategyPrecision } }" if facets & _OF_MONEY else ""
    return f"""
query Orders($options: OrderListOptions{entries}) {{
  orders(options: $options) {{
    totalItems
    items {{
      id code state currencyCode updatedAt orderPlacedAt
      latest: history(options: {{ take: 1, sort: {{ createdAt: DESC }} }}) {{ items {{ createdAt }} }}
      {custom}
      {parts}
    }}
  }}
  {digits}
}}
"""


# Carts, and orders that were never placed, are no orders to anybody else.
PLACED: Options = {"orderPlacedAt": {"isNull": False}}


def orders_by_keys(values: Mapping[str, Sequence[str]], skip: int) -> Options:
    """A page of the placed orders that carry one of these values in these fields."""
    found = [{field: {"in": list(wanted)}} for field, wanted in values.items()]
    return {
        "skip": skip,
        "take": ROWS_A_PAGE,
        "sort": {"id": "ASC"},
        "filter": {"_and": [PLACED, {"_or": found}]},
    }


def orders_page(conditions: Iterable[Options], *, descending: bool, skip: int, take: int) -> Options:
    """Placed orders that meet all of the conditions, by when they were placed.

    Vendure takes the fields of a sort in an order of its own, the id before the moment; so equals cannot be told apart.
    """
    return {
        "skip": skip,
        "take": take,
        "sort": {"orderPlacedAt": "DESC" if descending else "ASC"},
        "filter": {"_and": [PLACED, *conditions]},
    }


def variants_page(skus: Sequence[str], skip: int) -> Options:
    """Variants with one of these SKUs."""
    return {"skip": skip, "take": ROWS_A_PAGE, "sort": {"id": "ASC"}, "filter": {"sku": {"in": list(skus)}}}


def whole_list_page(skip: int) -> Options:
    """All that a list holds."""
    return {"skip": skip, "take": ROWS_A_PAGE, "sort": {"id": "ASC"}}
