"""Every operation, the simulator's schema and its answers hold against Vendure's published Admin API schema."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from itertools import combinations

import pytest
import pytest_asyncio
from graphql import GraphQLEnumType, GraphQLSchema, build_schema

from orderweave_sdk.batches import keys_of
from orderweave_sdk.capabilities import Condition, Search
from orderweave_sdk.clock import Call
from orderweave_sdk.connecting import Connecting
from orderweave_sdk.manifest import Operator, SearchField
from orderweave_sdk.testing.contracts import contract_file
from orderweave_sdk.testing.graphql_contract import (
    answers_problems,
    load_contract,
    operation_problems,
    subset_problems,
)
from orderweave_vendure.connector import VendureConnector
from orderweave_vendure.expressible import ENTRY_KINDS
from orderweave_vendure.manifest import MANIFEST
from orderweave_vendure.operations import (
    CHECK,
    FULFILLMENT_MOVED,
    LISTED_SKUS,
    LOCATIONS,
    LOGIN,
    STOCK,
    VARIANTS,
    orders_document,
)
from orderweave_vendure.simulated_schema import SDL
from orderweave_vendure.simulator import VendureSimulator

pytestmark = pytest.mark.contracts

# Vendure's own scalar: whole numbers of the server's smallest units.
SCALARS = {"Money": "Int"}


@pytest.fixture(scope="module")
def contract() -> GraphQLSchema:
    """The schema as Vendure's repository holds it, of February 2026."""
    return load_contract(contract_file("vendure/schema-admin.json"))


def test_every_facet_combination_is_a_valid_operation(contract: GraphQLSchema) -> None:
    """No facet, no two facets and not all together give a document that Vendure refuses.

    That covers every combination: a part is valid or not by itself, and parts that select one field differently
    conflict as a pair.
    """
    facets = sorted(MANIFEST.facets)
    chosen = [frozenset(some) for size in (0, 1, 2, len(facets)) for some in combinations(facets, size)]
    assert len(chosen) == 1 + 8 + 28 + 1
    assert [(some, found) for some in chosen if (found := operation_problems(contract, orders_document(some)))] == []


@pytest.mark.parametrize("document", [LOGIN, CHECK, VARIANTS, STOCK, LISTED_SKUS, LOCATIONS])
def test_every_other_operation_is_valid(contract: GraphQLSchema, document: str) -> None:
    """Sign-in, check, stock, products, SKUs and places are documents that Vendure takes."""
    assert operation_problems(contract, document) == []


def test_the_simulators_schema_is_a_part_of_vendures(contract: GraphQLSchema) -> None:
    """The simulator promises no field, argument, word or nullability that Vendure does not."""
    assert subset_problems(build_schema(SDL), contract) == []


def test_the_history_of_orders_is_known(contract: GraphQLSchema) -> None:
    """The timeline and the shipments' events share all kinds of entries that orders have."""
    kinds = contract.get_type("HistoryEntryType")
    assert isinstance(kinds, GraphQLEnumType)
    assert {kind for kind in kinds.values if kind.startswith("ORDER_")} == ENTRY_KINDS | {FULFILLMENT_MOVED}


@pytest_asyncio.fixture
async def plain(shop: VendureSimulator) -> AsyncIterator[VendureConnector]:
    """The connector without custom fields, of which a contract can know nothing; a real server is asked for those."""
    settings = {name: value for name, value in shop.settings().items() if name != "reference_fields"}
    made = Connecting(VendureConnector, settings)
    assert isinstance(made.connector, VendureConnector)
    try:
        yield made.connector
    finally:
        await made.close()


async def test_every_answer_of_the_simulator_is_sound(
    contract: GraphQLSchema, shop: VendureSimulator, plain: VendureConnector
) -> None:
    """Documents, variables and answers of every capability hold."""
    call = Call.within(60)
    connector = plain
    ids = [order.external_id for order in shop.world.orders]
    numbers = [order.key("number") or "" for order in shop.world.orders]
    await connector.check(call)
    for facets in (MANIFEST.facets, *(frozenset({facet}) for facet in sorted(MANIFEST.facets)), frozenset()):
        await connector.find_orders(keys_of("id", ids) + keys_of("number", numbers), facets, call)
    conditions = (
        Condition(SearchField.PLACED_AT, Operator.GTE, (datetime(2026, 1, 1, tzinfo=UTC),)),
        Condition(SearchField.STATUS, Operator.IN, ("OPEN", "UNKNOWN")),
        Condition(SearchField.FULFILLMENT_STATUS, Operator.EQ, ("FULFILLED",)),
        Condition(SearchField.CURRENCY, Operator.EQ, ("USD",)),
    )
    for after in (None, "2026-03-02T00:00:00.000Z 1"):
        search = Search(
            conditions=conditions,
            sort=SearchField.PLACED_AT,
            descending=after is None,
            size=5,
            after=after,
            facets=frozenset(),
        )
        await connector.search_orders(search, call)
    await connector.read_stock([level.sku for level in shop.world.stock][:50], None, call)
    await connector.find_products([product.sku for product in shop.world.products], call)
    await connector.list_locations(call)
    await connector.list_skus(None, call)
    await connector.list_skus("4/9000004", call)
    assert len(shop.calls) == 1 + 10 + 2 + 5
    assert answers_problems(contract, shop.calls, scalars=SCALARS) == []
