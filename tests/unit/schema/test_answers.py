"""Answers as callers read them: scalars, nodes by id, pages of a customer, and arguments that are refused."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from orderweave.model.calls import CallRules
from orderweave.model.ids import encode_id
from orderweave.model.systems import PlaceSpec
from orderweave.schema.scalars import written_quantity
from orderweave_sdk.errors import Retry, Unreachable
from orderweave_sdk.records import LocationKind, LocationRecord, ProductRecord, Quantities, SystemKind
from tests.unit.fake_business import erp, order, shop, stock
from tests.unit.fake_clock import NOON
from tests.unit.fake_systems import FakeSystem, Woven, manifest, weave
from tests.unit.schema.asking import ask, data, error

ORDER_ID = encode_id("Order", "shop:number", "1001")
CUSTOMER_ID = encode_id("Customer", "shop", "c1")
PRODUCT_ID = encode_id("Product", "tea-1")
PLACE_ID = encode_id("Location", "east")


@pytest.fixture
def woven() -> Woven:
    """Orders, a customer, a product, stock and a place."""
    web = shop(
        [
            order("a1", "1001", total="19.90", skus=["TEA-1"], email="ada@example.com", customer_id="c1"),
            order("a2", "1002", hours=5, email="ada@example.com", customer_id="c7", tracking="T2"),
        ]
    )
    web.products = [ProductRecord(external_id="p1", sku="TEA-1", title="Green tea")]
    web.locations = [LocationRecord(external_id="L1", name="East")]
    books = erp()
    books.stock = [msgspec.structs.replace(stock("TEA-1", "12", 4), incoming=Decimal("0.5"))]
    east = PlaceSpec(id="east", name="East", kind=LocationKind.WAREHOUSE, systems={"shop": "L1", "erp": "12"})
    return weave(web, books, places=(east,))


@pytest.mark.parametrize(
    ("value", "written"),
    [("3", 3), ("3.00", 3), ("0", 0), ("-2", -2), ("0.5", 0.5), ("1E+2", 100), ("1.250", 1.25)],
)
def test_quantities_are_numbers(value: str, written: float) -> None:
    """A quantity is a JSON number, whole where the goods are counted."""
    found = written_quantity(Decimal(value))
    assert (found, type(found)) == (written, type(written))


async def test_scalars_on_the_wire(woven: Woven) -> None:
    """Money is a decimal string with its zeros, quantities are numbers, instants carry their zone, enums their word."""
    found = await data(
        woven,
        """{ order(by: {number: "1001"}) {
                status placedAt totals { total { amount currency } } lines { nodes { quantity { ordered current } } }
            }
            inventory(skus: ["TEA-1"]) { onHand incoming levels { onHand } } }""",
    )
    assert found == {
        "order": {
            "status": "OPEN",
            "placedAt": "2026-05-04T12:00:00+00:00",
            "totals": {"total": {"amount": "19.90", "currency": "USD"}},
            "lines": {"nodes": [{"quantity": {"ordered": 1, "current": 1}}]},
        },
        "inventory": [{"onHand": 4, "incoming": 0.5, "levels": [{"onHand": 4}]}],
    }


async def test_fractions_of_goods(woven: Woven) -> None:
    """Half a kilogram is 0.5."""
    (record, other) = woven.fakes["shop"].orders
    assert record.lines is not None
    half = msgspec.structs.replace(record.lines[0], quantity=Quantities(ordered=Decimal("0.50")))
    woven.fakes["shop"].orders = [msgspec.structs.replace(record, lines=(half,)), other]
    found = await data(woven, '{ order(by: {number: "1001"}) { lines { nodes { quantity { ordered } } } } }')
    assert found["order"]["lines"]["nodes"] == [{"quantity": {"ordered": 0.5}}]


NODE = """fragment Any on Node { __typename id
    ... on Order { number } ... on Product { sku } ... on Location { name } ... on Customer { email } }"""
NODES = [
    (ORDER_ID, {"__typename": "Order", "id": ORDER_ID, "number": "1001"}),
    (PRODUCT_ID, {"__typename": "Product", "id": PRODUCT_ID, "sku": "TEA-1"}),
    (PLACE_ID, {"__typename": "Location", "id": PLACE_ID, "name": "East"}),
    (CUSTOMER_ID, {"__typename": "Customer", "id": CUSTOMER_ID, "email": "ada@example.com"}),
]


@pytest.mark.parametrize(("token", "expected"), NODES, ids=["order", "product", "place", "customer"])
async def test_each_kind_of_node(token: str, expected: dict[str, Any], woven: Woven) -> None:
    """An id leads back to what it names, with the same id and its type."""
    found = await data(woven, f"query ($id: ID!) {{ node(id: $id) {{ ...Any }} }} {NODE}", {"id": token})
    assert found["node"] == expected


async def test_nodes_in_the_order_asked(woven: Woven) -> None:
    """Several ids come back in the order asked; one that names nothing is null, one that is none an error there."""
    gone = encode_id("Order", "shop:number", "4711")
    tokens = [PLACE_ID, gone, "nonsense", ORDER_ID, encode_id("Shipment", "shop", "1"), PLACE_ID]
    answer = await ask(woven, f"query ($ids: [ID!]!) {{ nodes(ids: $ids) {{ ...Any }} }} {NODE}", {"ids": tokens})
    expected = dict(NODES)
    place = expected[PLACE_ID]
    assert answer["data"]["nodes"] == [place, None, None, expected[ORDER_ID], None, place]
    assert [(entry["path"], entry["message"], entry["extensions"]["code"]) for entry in answer["errors"]] == [
        (["nodes", 2], "id: not an id of this API", "BAD_INPUT"),
        (["nodes", 4], "id: the id of a kind that cannot be asked for by itself: Shipment", "BAD_INPUT"),
    ]


@pytest.mark.parametrize("count", [0, 51])
async def test_nodes_out_of_bounds(count: int, woven: Woven) -> None:
    """No id, or more than 50, are refused."""
    query = "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }"
    message = f"ids must hold 1 to 50 ids, holds {count}"
    assert await error(woven, query, {"ids": ["x"] * count}) == ("BAD_INPUT", message)


async def test_a_customer_with_pages(woven: Woven) -> None:
    """Pages under several aliases, with variables and defaults, are each the page that their arguments mean."""
    found = await data(
        woven,
        """query ($one: Int = 1, $old: SortDirection!) { customer(by: {email: "ada@example.com"}) {
            name
            newest: orders(first: $one) { nodes { number } pageInfo { hasNextPage } }
            oldest: orders(first: $one, sort: {field: PLACED_AT, direction: $old}) { nodes { number } }
            all: orders { nodes { number } coverage { complete } }
        } }""",
        {"old": "ASC"},
    )
    assert found["customer"] == {
        "name": "Ada",
        "newest": {"nodes": [{"number": "1002"}], "pageInfo": {"hasNextPage": True}},
        "oldest": {"nodes": [{"number": "1001"}]},
        "all": {"nodes": [{"number": "1002"}, {"number": "1001"}], "coverage": {"complete": True}},
    }


async def test_a_customer_by_id_has_that_id_and_pages(woven: Woven) -> None:
    """By an id, or as a node, a customer comes under the id asked, with orders, whatever a later order says."""
    query = """query ($id: ID!) {
        customer(by: {id: $id}) { id orders(first: 5) { nodes { number } } }
        node(id: $id) { ... on Customer { id orders(first: 1) { nodes { number } } } }
    }"""
    found = await data(woven, query, {"id": CUSTOMER_ID})
    assert found == {
        "customer": {"id": CUSTOMER_ID, "orders": {"nodes": [{"number": "1002"}, {"number": "1001"}]}},
        "node": {"id": CUSTOMER_ID, "orders": {"nodes": [{"number": "1002"}]}},
    }


async def test_a_customers_orders_by_a_filter_on_what_is_not_selected(woven: Woven) -> None:
    """A filter on the fulfillment of a customer's orders reads it although nobody selects it."""
    woven.fakes["shop"].orders[1] = msgspec.structs.replace(
        woven.fakes["shop"].orders[1], statuses=(_word("FULFILLMENT", "FULFILLED"),)
    )
    found = await data(
        woven,
        """{ customer(by: {email: "ada@example.com"}) {
            orders(filter: {fulfillmentStatus: {eq: FULFILLED}}) { nodes { number } } } }""",
    )
    assert found["customer"]["orders"]["nodes"] == [{"number": "1002"}]


def _word(axis: str, word: str) -> Any:
    from orderweave_sdk.records import Axis, StatusWord  # noqa: PLC0415 - for this one record

    return StatusWord(Axis(axis), word.lower(), word, "1")


async def test_who_does_not_exist(woven: Woven) -> None:
    """Unknown things are null; by an id of a system that is gone too."""
    found = await data(
        woven,
        """query ($gone: ID!) { order(by: {number: "4711"}) { id } product(sku: "NOPE") { id }
            a: customer(by: {email: "eve@example.com"}) { id } b: customer(by: {id: $gone}) { id }
            node(id: $gone) { id } }""",
        {"gone": encode_id("Customer", "gone", "c1")},
    )
    assert found == {"order": None, "product": None, "a": None, "b": None, "node": None}


async def test_variables_in_directives(woven: Woven) -> None:
    """@include and @skip with variables decide what is answered, and what is asked of whom."""
    query = """query ($in: Boolean!, $out: Boolean!) { order(by: {number: "1001"}) {
        number invoices @include(if: $in) { number } ... @skip(if: $out) { status } } }"""
    assert await data(woven, query, {"in": False, "out": True}) == {"order": {"number": "1001"}}
    assert woven.fakes["erp"].calls == []
    both = await data(woven, query, {"in": True, "out": False})
    assert both == {"order": {"number": "1001", "invoices": [], "status": "OPEN"}}
    assert len(woven.fakes["erp"].calls) == 1


async def test_a_part_of_an_answer_fails_alone(woven: Woven) -> None:
    """With a system down the answer has its rest: nothing but what cannot be told is null."""
    woven.fakes["shop"].error = Unreachable("orders: no connection")
    answer = await ask(
        woven,
        '{ order(by: {number: "1001"}) { number } orders(first: 5) { nodes { number } coverage { complete } } '
        'inventory(skus: ["TEA-1"]) { onHand freshness { missing { system reason facets } } } }',
    )
    assert answer["data"] == {
        "order": None,
        "orders": {"nodes": [], "coverage": {"complete": False}},
        "inventory": [
            {
                "onHand": 4,
                "freshness": {"missing": [{"system": "shop", "reason": "UNREACHABLE", "facets": []}]},
            }
        ],
    }
    (told,) = answer["errors"]
    assert (told["path"], told["extensions"]) == (["order"], {"code": "INCOMPLETE", "systems": ["shop"]})


async def test_breakers_and_quota(woven: Woven) -> None:
    """What is not asked any more says so; a system without a known quota has none."""
    alone = weave(woven.fakes["shop"], calls=CallRules(attempts=1, breaker_calls=1))
    woven.fakes["shop"].error = Retry("orders: HTTP 500")
    fields = "breakers { operation state since retryAt reason } quota { available } notAsked"
    query = f"{{ systems {{ {fields} }} }}"
    assert await data(alone, query) == {"systems": [{"breakers": [], "quota": None, "notAsked": 0}]}
    for _ in range(2):
        await ask(alone, '{ order(by: {number: "1001"}) { number } }')
    (told,) = (await data(alone, query))["systems"]
    assert told == {
        "breakers": [
            {
                "operation": "FIND_ORDERS",
                "state": "OPEN",
                "since": "2026-05-04T12:00:00+00:00",
                "retryAt": "2026-05-04T12:00:05+00:00",
                "reason": "FAILED",
            }
        ],
        "quota": None,
        "notAsked": 1,
    }


async def test_systems_and_words(woven: Woven) -> None:
    """Systems and status mappings are told with the words of the schema."""
    alone = weave(FakeSystem("shop", manifest("shop", SystemKind.STOREFRONT)))
    found = await data(alone, "{ systems { name kind healthy capturesOrders } statusMappings { axis raw normalized } }")
    assert found == {
        "systems": [{"name": "shop", "kind": "STOREFRONT", "healthy": None, "capturesOrders": True}],
        "statusMappings": [
            {"axis": "ORDER", "raw": "open", "normalized": "OPEN"},
            {"axis": "ORDER", "raw": "done", "normalized": "COMPLETED"},
        ],
    }


async def test_every_filter_finds_what_it_says(woven: Woven) -> None:
    """Filters on instants, sums, texts and words, alone and nested, find the orders that they say."""
    later = (NOON + timedelta(hours=1)).isoformat()
    for given, numbers in (
        ({"placedAt": {"gte": later}}, ["1002"]),
        ({"placedAt": {"lt": later}}, ["1001"]),
        ({"placedAt": {"lt": "2026-05-04T14:30:00+02:00"}}, ["1001"]),
        ({"total": {"gt": "10.00"}}, ["1001"]),
        ({"total": {"eq": "19.9"}}, ["1001"]),
        ({"sku": {"eq": "tea-1"}}, ["1001"]),
        ({"number": {"notIn": ["#1001"]}}, ["1002"]),
        ({"currency": {"ne": "EUR"}}, ["1002", "1001"]),
        ({"status": {"in": ["OPEN", "PENDING"]}}, ["1002", "1001"]),
        ({"not": [{"number": {"eq": "1001"}}, {"number": {"eq": "1002"}}]}, []),
        ({"or": [{"and": [{"number": {"eq": "1001"}}]}]}, ["1001"]),
        ({"number": None, "status": {"eq": None}}, ["1002", "1001"]),
    ):
        query = "query ($f: OrderFilter) { orders(filter: $f) { nodes { number } } }"
        found = await data(woven, query, {"f": given})
        assert [node["number"] for node in found["orders"]["nodes"]] == numbers, given
