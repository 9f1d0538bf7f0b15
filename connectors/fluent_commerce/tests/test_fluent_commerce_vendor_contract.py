"""Every operation, the simulator's schema and its answers hold against Fluent's published schema, and cost little."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import combinations

import pytest
from graphql import GraphQLSchema, build_schema, parse

from orderweave_fluent_commerce.connector import FluentCommerceConnector
from orderweave_fluent_commerce.manifest import MANIFEST
from orderweave_fluent_commerce.operations import (
    CHECK,
    FIRST_SIZES,
    LOCATIONS,
    MOST_COMPLEXITY,
    ORDERS_A_QUERY,
    POSITIONS,
    POSITIONS_A_PAGE,
    QUANTITIES_A_POSITION,
    ROWS_A_PAGE,
    STANDARD_PRODUCTS,
    STOCKED,
    VARIANTS,
    VIRTUAL_POSITIONS,
    changed_fulfilments,
    changed_orders,
    orders_by_fulfilment_ref,
    orders_by_id,
    orders_by_ref,
    returns_of,
    sizes_of,
)
from orderweave_fluent_commerce.simulated_complexity import Complexity
from orderweave_fluent_commerce.simulated_schema import SDL
from orderweave_fluent_commerce.simulator import FluentCommerceSimulator
from orderweave_sdk.batches import keys_of
from orderweave_sdk.clock import Call
from orderweave_sdk.errors import GiveUp
from orderweave_sdk.records import Facet
from orderweave_sdk.testing.contracts import contract_file
from orderweave_sdk.testing.graphql_contract import (
    answers_problems,
    load_contract,
    operation_problems,
    subset_problems,
)

# An attribute's value: "plain JSON object", which may be any JSON.
SCALARS = {"Json": "JSON"}
_LISTS = (orders_by_ref, orders_by_fulfilment_ref, changed_orders, changed_fulfilments)


def every_two() -> list[frozenset[Facet]]:
    """No facet, each, each two and all: parts are valid or not by themselves, and conflict as a pair or not at all."""
    facets = sorted(MANIFEST.facets)
    return [frozenset(some) for size in (0, 1, 2, len(facets)) for some in combinations(facets, size)]


@pytest.fixture(scope="module")
def contract() -> GraphQLSchema:
    """The schema as it was published in October 2023."""
    return load_contract(contract_file("fluent-commerce/schema.json"))


@pytest.mark.contracts
@pytest.mark.parametrize("attributes", [False, True])
def test_every_facet_combination_is_a_valid_operation(contract: GraphQLSchema, attributes: bool) -> None:
    """No look-up and no list of changes is a document that Fluent refuses."""
    chosen = every_two()
    assert len(chosen) == 1 + 8 + 28 + 1
    documents = {make(some, attributes=attributes) for some in chosen for make in _LISTS}
    documents |= {orders_by_id(some, count, attributes=attributes) for some in chosen for count in (1, ORDERS_A_QUERY)}
    assert [(text, found) for text in sorted(documents) if (found := operation_problems(contract, text))] == []


@pytest.mark.contracts
@pytest.mark.parametrize(
    "document",
    [
        CHECK,
        POSITIONS,
        STOCKED,
        VIRTUAL_POSITIONS,
        VARIANTS,
        STANDARD_PRODUCTS,
        LOCATIONS,
        returns_of(1),
        returns_of(ORDERS_A_QUERY),
    ],
)
def test_every_other_operation_is_valid(contract: GraphQLSchema, document: str) -> None:
    """Check, stock, products, places and returns are documents that Fluent takes."""
    assert operation_problems(contract, document) == []


@pytest.mark.contracts
def test_the_simulators_schema_is_a_part_of_fluents(contract: GraphQLSchema) -> None:
    """The simulator promises no field, argument, word or nullability that Fluent does not."""
    assert subset_problems(build_schema(SDL), contract) == []


@pytest.mark.contracts
async def test_every_answer_of_the_simulator_is_sound(
    contract: GraphQLSchema, account: FluentCommerceSimulator, connector: FluentCommerceConnector
) -> None:
    """Documents, variables and answers of every capability hold."""
    call = Call.within(60)
    await connector.check(call)
    for facets in (MANIFEST.facets, *(frozenset({facet}) for facet in sorted(MANIFEST.facets)), frozenset[Facet]()):
        for by in MANIFEST.lookups:
            said = [FluentCommerceSimulator.expressible(order) for order in account.world.orders]
            values = [k.value for order in said for k in (*order.keys, *order.references) if k.namespace == by]
            await connector.find_orders(keys_of(by, [*values, "404"]), facets, call)
        for since in (None, datetime(2026, 3, 2, tzinfo=UTC)):
            changes = await connector.list_changes(None, since, facets, call)
            await connector.list_changes(changes.cursor, None, facets, call)
    skus = [level.sku for level in account.world.stock]
    await connector.read_stock(skus, None, call)
    await connector.read_stock(skus, [account.world.locations[0].external_id], call)
    await connector.find_products([*(product.sku for product in account.world.products), "404"], call)
    await connector.list_locations(call)
    assert (await connector.list_skus(None, call)).skus
    assert {entry.operation for entry in account.calls} == {
        "Check",
        "OrdersById",
        "OrdersByRef",
        "OrdersByFulfilmentRef",
        "ChangedOrders",
        "ChangedFulfilments",
        "Returns",
        "Positions",
        "VirtualPositions",
        "Products",
        "Locations",
        "Stocked",
    }
    assert answers_problems(contract, account.calls, scalars=SCALARS) == []


def cost(document: str, **variables: int) -> int:
    """What Fluent finds it to cost."""
    return Complexity(build_schema(SDL), parse(document), variables).total()


def test_fifty_orders_are_within_what_a_query_may_cost() -> None:
    """With any facets, by each look-up and in each list; the dearest are named in the README."""
    every = MANIFEST.facets
    dearest = {
        make.__name__: cost(make(every, attributes=True), first=ORDERS_A_QUERY, **sizes_of(every)) for make in _LISTS
    }
    dearest["orders_by_id"] = cost(orders_by_id(every, ORDERS_A_QUERY, attributes=True), **sizes_of(every))
    assert dearest == {
        "orders_by_ref": 8401,
        "orders_by_fulfilment_ref": 8451,
        "changed_orders": 8401,
        "changed_fulfilments": 8451,
        "orders_by_id": 8450,
    }
    assert max(dearest.values()) <= MOST_COMPLEXITY


@pytest.mark.parametrize("facets", every_two(), ids=lambda facets: "+".join(sorted(facets)).lower() or "keys")
def test_no_facets_make_a_query_too_dear(facets: frozenset[Facet]) -> None:
    """Without the goods the other lists are longer, and all of it stays below the dearest."""
    several = cost(orders_by_fulfilment_ref(facets, attributes=True), first=ORDERS_A_QUERY, **sizes_of(facets))
    one = cost(orders_by_id(facets, 1, attributes=True), **sizes_of(facets, alone=True))
    assert (several <= 8451, one <= 6353) == (True, True)


def test_one_long_order_is_within_what_a_query_may_cost() -> None:
    """It is read alone, with longer pages."""
    every = MANIFEST.facets
    found = cost(orders_by_id(every, 1, attributes=True), **sizes_of(every, alone=True))
    assert (found, found <= MOST_COMPLEXITY) == (6353, True)


@pytest.mark.parametrize(
    ("document", "variables"),
    [
        (POSITIONS, {"first": POSITIONS_A_PAGE, "counted": QUANTITIES_A_POSITION}),
        (STOCKED, {"first": POSITIONS_A_PAGE}),
        (VIRTUAL_POSITIONS, {"first": POSITIONS_A_PAGE}),
        (VARIANTS, {"first": ROWS_A_PAGE}),
        (LOCATIONS, {"first": ROWS_A_PAGE}),
        (returns_of(ORDERS_A_QUERY), {}),
        (CHECK, {}),
    ],
)
def test_all_else_costs_little(document: str, variables: dict[str, int]) -> None:
    """Stock, products, places, returns and the check."""
    assert cost(document, **variables) <= MOST_COMPLEXITY // 10


async def test_the_simulator_refuses_what_costs_too_much(
    account: FluentCommerceSimulator, connector: FluentCommerceConnector, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Were the pages longer, it would be told; so no test here passes with a query that Fluent would not run."""
    monkeypatch.setattr("orderweave_fluent_commerce.operations.FIRST_SIZES", {**FIRST_SIZES, "articles": 99})
    with pytest.raises(GiveUp, match="too complex"):
        await connector.find_orders(keys_of("ref", ["1001"]), MANIFEST.facets, Call.within(10))
    assert max(account.costs) > MOST_COMPLEXITY
