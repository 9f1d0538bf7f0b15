"""Operations, the simulator's schema and its answers, held against ShipHero's published schema."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import chain, combinations

import pytest
from graphql import GraphQLObjectType, GraphQLSchema

from orderweave_sdk.batches import keys_of
from orderweave_sdk.clock import Call
from orderweave_sdk.records import Axis, Facet
from orderweave_sdk.testing.contracts import contract_file
from orderweave_sdk.testing.graphql_contract import (
    answers_problems,
    load_contract,
    operation_problems,
    subset_problems,
    variable_problems,
)
from orderweave_shiphero.connector import ShipheroConnector
from orderweave_shiphero.credits import MOST_ALIASES
from orderweave_shiphero.manifest import FACETS, STATUSES
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
    find_by_id,
    find_many,
    further_order_lines,
    further_shipment_lines,
    line_fields,
    order_fields,
)
from orderweave_shiphero.registering import WEBHOOKS, registration
from orderweave_shiphero.simulator import ShipheroSimulator
from orderweave_shiphero.times import on_wire

pytestmark = pytest.mark.contracts

EVERY_CHOICE = [
    frozenset(chosen)
    for chosen in chain.from_iterable(combinations(sorted(FACETS), size) for size in range(len(FACETS) + 1))
]


@pytest.fixture
def contract() -> GraphQLSchema:
    """The schema that ShipHero's server gave of itself in April 2022."""
    return load_contract(contract_file("shiphero/shiphero_public_api_2022-04.schema.graphql"))


def problems(contract: GraphQLSchema, requests: list[Request]) -> list[str]:
    """What is wrong with the requests' documents and variables."""
    return [
        f"{request.operation}: {problem}"
        for request in requests
        for problem in (
            *operation_problems(contract, request.document),
            *variable_problems(contract, request.document, request.variables, request.operation),
        )
    ]


def by_aliases(aliases: int, facets: frozenset[Facet]) -> list[Request]:
    """Every operation on orders with so many aliases."""
    fields = order_fields(facets)
    first = [LookUp("1"), *[LookUp("2", argument="partner_order_id")] * (aliases - 1)]
    further = [LookUp("1"), *[LookUp("2", "YXJyYXk=")] * (aliases - 1)]
    found = [find_by_id(fields, ["1"] * aliases), changed_orders(fields, None, aliases, None)]
    found.append(changed_orders(fields, on_wire(datetime(2026, 3, 1, tzinfo=UTC)), aliases, "YXJyYXk="))
    found += [find_many(ORDER_FINDER, fields, look_ups) for look_ups in (first, further)]
    if line_fields(facets):
        found.append(further_order_lines(line_fields(facets), further))
    return found


@pytest.mark.parametrize("aliases", [1, 2])
@pytest.mark.parametrize("facets", EVERY_CHOICE)
def test_operations_on_orders(facets: frozenset[Facet], aliases: int, contract: GraphQLSchema) -> None:
    """Every operation for every choice of facets, with one alias and with several, is valid as the vendor has it."""
    assert problems(contract, by_aliases(aliases, facets)) == []


def test_full_requests(contract: GraphQLSchema) -> None:
    """A request with as many aliases as any is valid, for every kind of look-up."""
    many = [LookUp("TEA")] * MOST_ALIASES
    requests = [
        *by_aliases(MOST_ALIASES, FACETS),
        find_many(STOCK_FINDER, STOCK_FIELDS, many),
        find_many(PRODUCT_FINDER, PRODUCT_FIELDS, many),
        further_shipment_lines(many),
        ACCOUNT,
        WAREHOUSES,
        WEBHOOKS,
        registration("Order Canceled", "https://gateway.example.com/webhooks/wms"),
    ]
    assert problems(contract, requests) == []


def test_the_simulator_says_nothing_that_the_vendor_does_not(contract: GraphQLSchema) -> None:
    """The simulator's schema is a part of the vendor's: same names, arguments, types and nulls."""
    assert subset_problems(ShipheroSimulator().schema, contract) == []


async def test_the_simulator_s_answers(
    simulator: ShipheroSimulator, connector: ShipheroConnector, contract: GraphQLSchema
) -> None:
    """All that the simulator answers to every capability is what the vendor's schema allows."""
    call = Call.within(20)
    await connector.check(call)
    orders = simulator.world.orders
    numbers = [order.key("number") or "" for order in orders]
    unknown = simulator.external_id("order", 999)
    for facets in (FACETS, frozenset[Facet]()):
        await connector.find_orders(keys_of("id", [*(order.external_id for order in orders), unknown]), facets, call)
        await connector.find_orders(keys_of("order_number", [*numbers, "no such number"]), facets, call)
        await connector.list_changes(None, None, facets, call)
    await connector.read_stock([level.sku for level in simulator.world.stock], None, call)
    await connector.find_products([product.sku for product in simulator.world.products], call)
    await connector.list_locations(call)
    await connector.register_webhooks("https://gateway.example.com/webhooks/wms", call)
    assert len(simulator.calls) == 19
    assert answers_problems(contract, simulator.calls) == []


def test_the_status_map_knows_every_hold(contract: GraphQLSchema) -> None:
    """Each hold that the schema has, and the day until which an order waits, has a meaning; nothing else has one.

    The schema gives the words of an order as plain texts; those that ShipHero names stand in the mapping's own tests.
    """
    holds, order = contract.get_type("OrderHolds"), contract.get_type("Order")
    assert isinstance(holds, GraphQLObjectType)
    assert isinstance(order, GraphQLObjectType)
    assert set(STATUSES.words[Axis.HOLD_REASON]) == {*holds.fields, *({"hold_until_date"} & set(order.fields))}
