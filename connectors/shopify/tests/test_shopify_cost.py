"""What queries cost by Shopify's rules stays within what one query may cost."""

from itertools import combinations
from typing import Any

import pytest
from graphql import build_schema, parse

from orderweave_sdk.records import Facet
from orderweave_shopify.connections import ALL_CONNECTIONS
from orderweave_shopify.manifest import MANIFEST
from orderweave_shopify.queries import (
    LOCATIONS,
    MORE_LEVELS,
    MOST_COST,
    MOST_ENTRIES,
    PARTS,
    PRODUCTS_BY_SKU,
    STOCK_BY_SKU,
    most_orders,
    orders_by_id,
    orders_by_search,
)
from orderweave_shopify.simulator_cost import requested_cost
from orderweave_shopify.simulator_schema import SDL

SCHEMA = build_schema(SDL)


def cost(document: str, **variables: Any) -> int:
    """The cost of a document, computed from it."""
    return requested_cost(SCHEMA, parse(document), variables)


def test_the_formula_gives_what_shopify_answered() -> None:
    """A published measurement: 250 variants with their inventory item under one product cost 25 points."""
    schema = build_schema(
        "interface Node { id: ID! } type Query { product: Product } "
        "type Product implements Node { id: ID! variants(first: Int): VariantConnection } "
        "type VariantConnection { nodes: [Variant] } "
        "type Variant implements Node { id: ID! inventoryItem: Item } type Item implements Node { id: ID! }"
    )
    document = parse("{ product { variants(first: 250) { nodes { inventoryItem { id } } } } }")
    assert requested_cost(schema, document, {}) == 25


@pytest.mark.parametrize("facet", sorted(set(PARTS) - {Facet.TRACKING}))
def test_each_facet_costs_what_it_says(facet: Facet) -> None:
    """The cost beside each facet is what its selection costs an order: 2 more for the connection, 1 for the order."""
    assert cost(orders_by_search(frozenset({facet})), first=1) == 2 + 1 + PARTS[facet].cost


def test_tracking_costs_its_events_alone() -> None:
    """Events stand inside fulfillments that are paid already, so tracking is priced a point above its cost."""
    plain, tracked = frozenset({Facet.FULFILLMENT}), frozenset({Facet.FULFILLMENT, Facet.TRACKING})
    difference = cost(orders_by_search(tracked), first=1) - cost(orders_by_search(plain), first=1)
    assert difference == PARTS[Facet.TRACKING].cost - 1


def test_every_combination_stays_below_the_bound() -> None:
    """As many orders as are asked for at once cost no more than 1,000, for no, few, nearly all and all facets."""
    facets = sorted(MANIFEST.facets)
    for chosen in (frozenset(some) for size in (0, 1, 2, 9, 10) for some in combinations(facets, size)):
        most = most_orders(chosen)
        assert cost(orders_by_search(chosen), first=most) <= MOST_COST, chosen
        assert cost(orders_by_id(chosen), ids=["x"] * most) <= MOST_COST, chosen


def test_twenty_orders_with_everything_are_one_query() -> None:
    """Every facet of 20 orders costs less than one query may; so do 250 headers, and 50 orders for a list."""
    assert cost(orders_by_id(MANIFEST.facets), ids=["x"] * 20) == 732
    assert most_orders(MANIFEST.facets) == 33
    assert most_orders(frozenset({Facet.HEADER, Facet.LINES, Facet.CUSTOMER, Facet.PAYMENTS})) == MOST_ENTRIES
    assert (
        most_orders(frozenset({Facet.FULFILLMENT, Facet.TRACKING, Facet.LINES, Facet.PAYMENTS})) >= MANIFEST.page_size
    )


def test_the_other_queries_stay_below_the_bound() -> None:
    """Stock and products of a whole batch, all places, and every continuation."""
    assert cost(STOCK_BY_SKU, first=70) == 218
    assert cost(PRODUCTS_BY_SKU, first=70) <= MOST_COST
    assert cost(LOCATIONS) <= MOST_COST
    assert cost(MORE_LEVELS) <= MOST_COST
    for connection in ALL_CONNECTIONS:
        assert cost(connection.continuation()) <= MOST_COST, connection.field
