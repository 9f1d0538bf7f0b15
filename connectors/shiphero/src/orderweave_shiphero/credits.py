"""What a request costs in ShipHero's credits, and so how many look-ups one request may hold.

The vendor prices a request before it runs: one credit for each root field, and for each connection its `first`
times one more than what the connections inside it cost. Objects and plain lists are free. The rule is read off
the figures that come with answers (`orders(first: 1)` with `line_items(first: 40)` costs 42). A request that
costs more than the account may hold is refused outright.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeVar

from orderweave_sdk.records import Facet

T = TypeVar("T")

# The bucket of an account, and the most that one request may cost, where the answers have not said otherwise yet.
MOST_CREDITS = 4004
CREDITS_PER_SECOND = 60

# Look-ups in one request at most, however cheap: it keeps the document short.
MOST_ALIASES = 100

# Orders that may carry one number before the next page is asked for. Two, because a number that is used twice
# must be seen as such.
ORDERS_A_NUMBER = 2
LINES_AN_ORDER = 15
LINES_A_SHIPMENT = 10
# Shipments are a plain list, for which the vendor's rule counts nothing; counted as three, to be safe.
SHIPMENTS_AN_ORDER = 3
WAREHOUSES_A_SKU = 10
PRODUCTS_A_SKU = 2
# Lines in each further page of an order or a shipment that has more than its first page.
LINES_A_FURTHER_PAGE = 50
# Products in one page of all of them, for the vendor's default of connections is as many.
SKUS_A_PAGE = 100
# Orders in one page of changes.
ORDERS_A_PAGE = 50

ACCOUNT_COST = 1
FURTHER_LINES_COST = 1 + LINES_A_FURTHER_PAGE
STOCK_COST = 1 + WAREHOUSES_A_SKU
PRODUCT_COST = 1 + PRODUCTS_A_SKU
SKUS_COST = 1 + SKUS_A_PAGE

_HAVE_LINES = frozenset({Facet.LINES, Facet.FULFILLMENT})


def order_cost(facets: frozenset[Facet]) -> int:
    """Credits for one order of a connection, with what these facets select inside it."""
    cost = 1
    if facets & _HAVE_LINES:
        cost += LINES_AN_ORDER
    if Facet.FULFILLMENT in facets:
        cost += SHIPMENTS_AN_ORDER * LINES_A_SHIPMENT
    return cost


def look_up_cost(by: str, facets: frozenset[Facet]) -> int:
    """Credits for one look-up: `order(id:)` finds one order, the others a page of them."""
    return 1 + order_cost(facets) * (1 if by == "id" else ORDERS_A_NUMBER)


def aliases_a_request(cost: int, most: float) -> int:
    """How many look-ups of this cost one request may hold when the account holds `most` credits; at least one."""
    return max(1, min(MOST_ALIASES, int(most // cost)))


def orders_a_page(facets: frozenset[Facet], most: float) -> int:
    """How many orders one page of changes may hold."""
    return max(1, min(ORDERS_A_PAGE, int((most - 1) // order_cost(facets))))


def page_cost(size: int, facets: frozenset[Facet]) -> int:
    """Credits for one page of changes of so many orders."""
    return 1 + size * order_cost(facets)


def chunks(items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    """The items in order, so many at a time."""
    for start in range(0, len(items), size):
        yield items[start : start + size]
