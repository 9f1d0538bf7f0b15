"""Every operation, every answer of the simulator and every word of the status map hold against Shopify's contract."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from itertools import combinations
from typing import Any

import pytest
import pytest_asyncio
from graphql import GraphQLEnumType, GraphQLSchema, build_schema

from orderweave_sdk.batches import keys_of
from orderweave_sdk.capabilities import Condition, Search
from orderweave_sdk.clock import Call
from orderweave_sdk.connecting import Connecting
from orderweave_sdk.manifest import Operator, SearchField
from orderweave_sdk.records import Axis
from orderweave_sdk.testing.contracts import contract_file
from orderweave_sdk.testing.graphql_contract import (
    answers_problems,
    load_contract,
    operation_problems,
    subset_problems,
)
from orderweave_sdk.testing.samples import sample_world
from orderweave_shopify.connections import ALL_CONNECTIONS
from orderweave_shopify.connector import ShopifyConnector
from orderweave_shopify.manifest import MANIFEST
from orderweave_shopify.mapping_quantities import CAME_BACK
from orderweave_shopify.queries import (
    CHECK,
    LOCATIONS,
    MORE_LEVELS,
    PRODUCTS_BY_SKU,
    STOCK_BY_SKU,
    orders_by_id,
    orders_by_search,
)
from orderweave_shopify.registering import SUBSCRIBE, SUBSCRIPTIONS, TOPICS
from orderweave_shopify.simulator import ShopifySimulator
from orderweave_shopify.simulator_expressing import CANCEL_REASONS
from orderweave_shopify.simulator_schema import SDL
from orderweave_shopify.statuses import NO_RETURN, STATUSES

from .rich_orders import rich_world

pytestmark = pytest.mark.contracts

ENUMS_OF_AXIS = {
    Axis.PAYMENT: {"OrderDisplayFinancialStatus"},
    Axis.FULFILLMENT: {"OrderDisplayFulfillmentStatus"},
    Axis.RETURN: {"OrderReturnStatus"},
    Axis.RETURN_PART: {"ReturnStatus"},
    Axis.FULFILLMENT_ORDER: {"FulfillmentOrderStatus"},
    Axis.SHIPMENT: {"FulfillmentDisplayStatus", "FulfillmentEventStatus", "FulfillmentStatus"},
    Axis.TRANSACTION_KIND: {"OrderTransactionKind"},
    Axis.TRANSACTION_STATUS: {"OrderTransactionStatus"},
    Axis.HOLD_REASON: {"FulfillmentHoldReason"},
    Axis.DELIVERY_METHOD: {"DeliveryMethodType"},
}


@pytest.fixture(scope="module")
def contract() -> GraphQLSchema:
    """Shopify's Admin API schema, 2026-10."""
    return load_contract(contract_file("shopify/admin_2026-10.introspection.json"))


def words(contract: GraphQLSchema, enum: str) -> set[str]:
    """The members of one of the contract's enums."""
    found = contract.get_type(enum)
    assert isinstance(found, GraphQLEnumType)
    return set(found.values)


def test_every_facet_combination_is_a_valid_operation(contract: GraphQLSchema) -> None:
    """No facet, no two facets and not all together give a document that Shopify refuses, by id or by search.

    That covers every combination: a fragment is valid or not by itself, and two fragments that select one field
    differently conflict as a pair.
    """
    facets = sorted(MANIFEST.facets)
    chosen = [frozenset(some) for size in (0, 1, 2, len(facets)) for some in combinations(facets, size)]
    assert len(chosen) == 1 + 10 + 45 + 1
    problems = [
        (some, found)
        for some in chosen
        for document in (orders_by_id, orders_by_search)
        if (found := operation_problems(contract, document(some)))
    ]
    assert problems == []


@pytest.mark.parametrize(
    "document",
    [
        SUBSCRIBE,
        SUBSCRIPTIONS,
        CHECK,
        LOCATIONS,
        MORE_LEVELS,
        PRODUCTS_BY_SKU,
        STOCK_BY_SKU,
        *(item.continuation() for item in ALL_CONNECTIONS),
    ],
)
def test_every_other_operation_is_valid(contract: GraphQLSchema, document: str) -> None:
    """Stock, products, places, the check and every continuation are documents that Shopify takes."""
    assert operation_problems(contract, document) == []


def test_the_simulators_schema_is_a_part_of_shopifys(contract: GraphQLSchema) -> None:
    """The simulator promises no field, argument, word or nullability that Shopify does not."""
    assert subset_problems(build_schema(SDL), contract) == []


def test_the_status_map_knows_every_word(contract: GraphQLSchema) -> None:
    """Each axis maps exactly the members of its enums; "no return" is the one word that is no status."""
    for axis, enums in ENUMS_OF_AXIS.items():
        known = set(STATUSES.words[axis]) | ({NO_RETURN} if axis is Axis.RETURN else set())
        assert known == set().union(*(words(contract, enum) for enum in enums)), axis
    assert set(STATUSES.words) == {*ENUMS_OF_AXIS, Axis.ORDER}
    assert set(CANCEL_REASONS) == words(contract, "OrderCancelReason")


def test_the_topics_are_shopifys(contract: GraphQLSchema) -> None:
    """Every topic that is registered is one of Shopify's."""
    assert set(TOPICS) - words(contract, "WebhookSubscriptionTopic") == set()


def test_the_restock_types_are_those_weighed(contract: GraphQLSchema) -> None:
    """One of Shopify's four restock types is of goods that came back; a fifth would have to be thought about."""
    assert words(contract, "RefundLineItemRestockType") == {"CANCEL", "LEGACY_RESTOCK", "NO_RESTOCK", "RETURN"}
    assert CAME_BACK == "RETURN"


@pytest_asyncio.fixture
async def simulator() -> AsyncIterator[ShopifySimulator]:
    """A shop with the sample orders and with orders that overflow every page."""
    made = ShopifySimulator()
    async with made:
        yield made


async def use_everything(simulator: ShopifySimulator) -> None:
    """Call every capability, so that every kind of answer stands in the log."""
    connecting = Connecting(ShopifyConnector, simulator.settings())
    connector: Any = connecting.connector
    call = Call.within(60)
    facets = ShopifyConnector.manifest.facets
    orders = simulator.world.orders
    await connector.check(call)
    await connector.find_orders(keys_of("id", [order.external_id for order in orders]), facets, call)
    for facet in sorted(facets):
        await connector.find_orders(keys_of("id", [orders[0].external_id]), frozenset({facet}), call)
    await connector.find_orders(keys_of("number", ["1001", "#1002"]), facets, call)
    conditions = (
        Condition(SearchField.PLACED_AT, Operator.GTE, (datetime(2026, 1, 1, tzinfo=UTC),)),
        Condition(SearchField.STATUS, Operator.IN, ("OPEN", "COMPLETED")),
    )
    await connector.search_orders(
        Search(conditions=conditions, sort=SearchField.UPDATED_AT, descending=True, size=50, after=None, facets=facets),
        call,
    )
    await connector.list_changes(None, None, facets, call)
    await connector.read_stock([level.sku for level in simulator.world.stock][:50], None, call)
    await connector.find_products([product.sku for product in simulator.world.products], call)
    await connector.list_locations(call)
    await connector.register_webhooks("https://gateway.example.com/webhooks/shop", call)
    await connecting.close()


@pytest.mark.parametrize("world", [sample_world(ShopifySimulator.external_id), rich_world()])
async def test_every_answer_of_the_simulator_is_sound(
    contract: GraphQLSchema, simulator: ShopifySimulator, world: Any
) -> None:
    """Documents, variables and answers of all calls hold against Shopify's schema, for plain and rich orders."""
    simulator.seed(world)
    await use_everything(simulator)
    assert len(simulator.calls) > 15
    assert answers_problems(contract, simulator.calls) == []
