"""Every root field that asks systems has a price in calls to them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest
from graphql import OperationType
from graphql.execution.values import VariableValues

from orderweave.config.configuration import IndexSettings
from orderweave.live.looking import looking
from orderweave.live.subjects import Subject, Topic
from orderweave.model.ids import encode_id
from orderweave.model.terms import Lane
from orderweave.operations.answers import Request
from orderweave.operations.documents import Document
from orderweave.operations.gate import Gate
from orderweave.operations.running import Operations
from orderweave.schema import Context
from orderweave.web.current import Current
from orderweave_sdk.manifest import Capability
from tests.unit.fake_business import erp, order, shop, wms
from tests.unit.fake_systems import Woven, weave

_NUMBER = 'by: {number: "1001"}'
_TEA = 'skus: ["TEA-1"]'
# Each root field with what it must be given, and as little of its answer as can be asked for.
ASKED = {
    "Query.order": f"order({_NUMBER}) {{ __typename }}",
    "Query.orders": "orders { __typename }",
    "Query.orderAggregates": "orderAggregates { __typename }",
    "Query.inventoryAggregates": "inventoryAggregates { __typename }",
    "Query.inventory": f"inventory({_TEA}) {{ __typename }}",
    "Query.oversells": f"oversells({_TEA}) {{ __typename }}",
    "Query.product": 'product(sku: "TEA-1") { __typename }',
    "Query.customer": 'customer(by: {email: "ada@example.com"}) { __typename }',
    "Query.trackedOrder": 'trackedOrder(token: "t") { __typename }',
    "Query.export": 'export(id: "e") { __typename }',
    "Query.locations": "locations { __typename }",
    "Query.systems": "systems { __typename }",
    "Query.statusMappings": "statusMappings { __typename }",
    "Query.node": 'node(id: "i") { ... on Order { id } }',
    "Query.nodes": 'nodes(ids: ["i"]) { ... on Order { id } }',
    "Mutation.trackOrder": 'trackOrder(number: "1001", email: "ada@example.com") { __typename }',
    "Mutation.trackingLink": f"trackingLink({_NUMBER}) {{ __typename }}",
    "Mutation.revokeTracking": f"revokeTracking({_NUMBER}) {{ __typename }}",
    "Mutation.exportCreate": "exportCreate(input: {table: ORDERS}) { __typename }",
    "Mutation.exportCancel": 'exportCancel(id: "e") { __typename }',
    "Subscription.orderUpdated": f"orderUpdated({_NUMBER}) {{ __typename }}",
    "Subscription.shipmentUpdated": f"shipmentUpdated({_NUMBER}) {{ __typename }}",
    "Subscription.trackedOrderUpdated": 'trackedOrderUpdated(token: "t") { __typename }',
    "Subscription.inventoryChanged": f"inventoryChanged({_TEA}) {{ __typename }}",
    "Subscription.oversellsChanged": f"oversellsChanged({_TEA}) {{ __typename }}",
}
# Answered out of the index, out of what was exported, or out of what the gateway knows of itself.
ASKS_NO_SYSTEM = {
    "Query.orderAggregates",
    "Query.inventoryAggregates",
    "Query.export",
    "Query.systems",
    "Query.statusMappings",
    "Mutation.exportCreate",
    "Mutation.exportCancel",
}
ORDER = encode_id("Order", "shop:number", "1001")
LOOKS = {
    "orderUpdated": Subject(Topic.ORDER, (ORDER,)),
    "shipmentUpdated": Subject(Topic.SHIPMENT, (ORDER,)),
    "trackedOrderUpdated": Subject(Topic.TRACKED, (ORDER,)),
    "inventoryChanged": Subject.of_skus(["TEA-1"]),
    "oversellsChanged": Subject.of_oversells(["TEA-1"]),
}


def business() -> Woven:
    """A shop with an order that ERP and warehouse know as well."""
    return weave(
        shop([order("a1", "1001", email="ada@example.com", customer_id="c1")]),
        erp([order("e1", "SO1", reference=("reference", "1001"))]),
        wms([order("w1", "W1", reference=("order_number", "1001"))]),
    )


def calls(woven: Woven, kind: str, field: str) -> int:
    """The price of an operation with one root field, in calls."""
    document = Document(f"{kind} {{ {field} }}", 1_000)
    operation = document.chosen(None)
    assert operation is not None
    none = VariableValues({}, {})
    return Gate(woven.schema).price(document, operation, none, woven.gateway).upstream_calls


def test_every_root_field_is_here() -> None:
    """A new root field is entered above, as one that asks systems or as one that asks none."""
    schema = business().schema._schema
    roots = [schema.get_root_type(kind) for kind in OperationType]
    named = {f"{root.name}.{name}" for root in roots if root is not None for name in root.fields}
    assert named == ASKED.keys()
    assert ASKED.keys() > ASKS_NO_SYSTEM


@pytest.mark.parametrize("coordinate", ASKED)
def test_whatever_asks_systems_has_a_price(coordinate: str) -> None:
    """The price is nothing where no system is asked, and there alone, however little is selected."""
    kind = coordinate.partition(".")[0].lower()
    assert (calls(business(), kind, ASKED[coordinate]) == 0) == (coordinate in ASKS_NO_SYSTEM)


@pytest.mark.parametrize("field", LOOKS)
async def test_a_subscription_costs_one_look(field: str) -> None:
    """It has the price of what the systems are asked by one look at what it follows, counted there; for an order one
    call more, as for every look-up: by another name the ERP is asked by its own numbers as well.
    """
    woven = business()
    await looking(Current(woven.gateway, woven.close).request)(LOOKS[field], Lane.INTERACTIVE)
    looked = sum(len(fake.calls) for fake in woven.fakes.values())
    assert looked > 0
    more = 1 if LOOKS[field].names == (ORDER,) else 0
    assert calls(woven, "subscription", ASKED[f"Subscription.{field}"]) == looked + more


def test_stock_that_is_followed_costs_by_its_size() -> None:
    """As many SKUs as are named count, all that are listed as a hundred; what is expected counts where it is asked."""
    books = erp()
    able = books.manifest.capabilities | {Capability.READ_RECEIPTS}
    books.manifest = msgspec.structs.replace(books.manifest, capabilities=able)
    woven = weave(shop(), books)
    sixty = ", ".join(f'"S{number}"' for number in range(60))
    assert calls(woven, "subscription", f"inventoryChanged(skus: [{sixty}]) {{ changed }}") == 8
    assert calls(woven, "subscription", f"inventoryChanged({_TEA}) {{ items {{ onHand }} }}") == 2
    assert calls(woven, "subscription", f"inventoryChanged({_TEA}) {{ items {{ availableToPromise }} }}") == 3
    assert calls(woven, "subscription", "oversellsChanged { changed }") == 12


def _customer(*orders: str) -> str:
    listed = " ".join(f"a{number}: orders{each} {{ nodes {{ id }} }}" for number, each in enumerate(orders))
    return f'customer(by: {{email: "ada@example.com"}}) {{ {listed} }}'


def test_pages_of_one_list_cost_their_greatest() -> None:
    """Of a customer's lists those that differ in the size of the page alone are one, at the price of the longest page;
    by another filter, sort, cursor or direction, or from the end, it is another list.
    """
    woven = business()
    one = calls(woven, "query", _customer("(first: 40)"))
    two = calls(woven, "query", _customer("(first: 40)", "(first: 40, filter: {})"))
    assert two > one
    assert calls(woven, "query", _customer(*(f"(first: {size})" for size in range(1, 41)))) == one
    assert calls(woven, "query", _customer("(first: 40)", "")) == one
    for other in (
        '(first: 40, filter: {number: {eq: "1001"}})',
        '(first: 40, after: "x")',
        "(first: 40, sort: {field: UPDATED_AT})",
        "(last: 40)",
        "(first: 40, sort: {field: PLACED_AT, direction: ASC})",
    ):
        assert calls(woven, "query", _customer("(first: 40)", other)) == two, other
    assert calls(woven, "query", _customer("(last: 40)", "(last: 3)")) == one
    assert calls(woven, "query", _customer("(last: 40)", '(last: 40, before: "x")')) == two


@pytest.mark.parametrize(
    ("cheap", "dear"),
    [
        ({"search": "tea"}, {"search": None}),
        ({"search": "tea"}, {}),
        ({"sort": {"field": "TOTAL"}}, {"sort": {"field": "PLACED_AT"}}),
    ],
)
async def test_what_the_index_answers_is_no_price_for_what_it_does_not(
    cheap: dict[str, Any], dear: dict[str, Any], tmp_path: Path
) -> None:
    """The price of a repeated document depends on whether words are looked for and by what is sorted: these decide
    whether the index or the systems are asked. Neither is paid for by the other, in whatever order they come.
    """
    query = """query ($search: String, $sort: OrderSort) {
      orders(first: 20, search: $search, sort: $sort) { nodes { id shipments { status } } } }"""
    prices: list[dict[str, int]] = []
    for turn in ((cheap, dear), (dear, cheap)):
        woven = weave(
            shop([order("a1", "1001")]), index=IndexSettings(url=f"sqlite:///{tmp_path / f'{len(prices)}.db'}")
        )
        operations = Operations(woven.schema)
        told = {}
        for variables in turn:
            request = Request(query=query, variables=variables, cost=True)
            answer = await operations.run(request, Context(woven.gateway))
            told[str(variables)] = (answer.extensions or {})["cost"]["upstreamCalls"]
        prices.append(told)
        await woven.close()
    assert prices[0] == prices[1]
    assert prices[0][str(cheap)] < prices[0][str(dear)]
