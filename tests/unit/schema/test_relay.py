"""Relay to the letter: the shapes of connections and nodes, one type behind one id, and cursors that are ours alone."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from graphql import GraphQLInterfaceType, GraphQLObjectType, GraphQLSchema, get_named_type, is_list_type
from graphql import build_schema as parse_schema

from orderweave.model.ids import encode_cursor, encode_id
from orderweave.model.systems import PlaceSpec
from orderweave.schema import print_sdl
from orderweave_sdk.records import LocationKind, LocationRecord, ProductRecord
from tests.unit.fake_business import erp, order, shop, stock
from tests.unit.fake_systems import Woven, weave
from tests.unit.schema.asking import ask, data, error

SCHEMA = parse_schema(print_sdl())
CONNECTIONS = sorted(name for name in SCHEMA.type_map if name.endswith("Connection"))


def shape(schema: GraphQLSchema, name: str) -> dict[str, str]:
    """A type's fields and their types, as written."""
    kind = schema.type_map[name]
    assert isinstance(kind, GraphQLObjectType | GraphQLInterfaceType)
    return {field: str(found.type) for field, found in kind.fields.items()}


@pytest.mark.parametrize("name", CONNECTIONS)
def test_a_connection_has_the_specified_shape(name: str) -> None:
    """Edges are a list of the edge type, which has a node that is no list and a cursor; there is a PageInfo."""
    fields = shape(SCHEMA, name)
    edge = f"{name.removesuffix('Connection')}Edge"
    assert fields["edges"] == f"[{edge}!]!"
    assert fields["pageInfo"] == "PageInfo!"
    # Orders are counted in the index, and not where a list is answered live.
    assert fields.get("totalCount", "Int!") == ("Int" if name == "OrderConnection" else "Int!")
    edge_type = SCHEMA.type_map[edge]
    assert isinstance(edge_type, GraphQLObjectType)
    assert shape(SCHEMA, edge)["cursor"] == "String!"
    node = edge_type.fields["node"].type
    assert not is_list_type(getattr(node, "of_type", node))
    assert fields["nodes"] == f"[{get_named_type(node)}!]!"


def test_page_info_has_the_specified_shape() -> None:
    """Two flags that are never null, two cursors that are null on an empty page."""
    assert shape(SCHEMA, "PageInfo") == {
        "hasNextPage": "Boolean!",
        "hasPreviousPage": "Boolean!",
        "startCursor": "String",
        "endCursor": "String",
    }


def test_whatever_gives_a_connection_takes_the_specified_arguments() -> None:
    """Each field whose type is a connection can be paged both ways, and no other type's name ends so."""
    found = {}
    for kind in SCHEMA.type_map.values():
        for name, field in getattr(kind, "fields", {}).items():
            inner = get_named_type(field.type)
            if inner.name.endswith("Connection"):
                assert isinstance(inner, GraphQLObjectType)
                found[f"{kind.name}.{name}"] = {
                    word: str(field.args[word].type) for word in ("first", "after", "last", "before")
                }
    words = {"first": "Int", "after": "String", "last": "Int", "before": "String"}
    assert found == dict.fromkeys(["Customer.orders", "Order.lines", "Query.orders"], words)


def test_node_has_the_specified_shape() -> None:
    """An interface with one field, and two root fields to find what implements it."""
    assert shape(SCHEMA, "Node") == {"id": "ID!"}
    assert SCHEMA.query_type is not None
    node, nodes = SCHEMA.query_type.fields["node"], SCHEMA.query_type.fields["nodes"]
    assert (str(node.type), {name: str(given.type) for name, given in node.args.items()}) == ("Node", {"id": "ID!"})
    assert (str(nodes.type), {name: str(given.type) for name, given in nodes.args.items()}) == (
        "[Node]!",
        {"ids": "[ID!]!"},
    )


@pytest.fixture
def woven() -> Woven:
    """A business in which every type of node is met below something else."""
    web = shop(
        [
            order("a1", "1001", skus=["TEA-1", "TEA-2"], email="ada@example.com", customer_id="c1"),
            order("a2", "1002", hours=5, email="ada@example.com", customer_id="c1"),
            order("a3", "1003", hours=6, email="guest@example.com"),
        ]
    )
    web.products = [ProductRecord(external_id="p1", sku="TEA-1", title="Green tea")]
    web.locations = [LocationRecord(external_id="L1", name="East"), LocationRecord(external_id="L2", name="West")]
    books = erp()
    books.stock = [stock("TEA-1", "12", 4)]
    web.stock = [stock("TEA-1", "L2", 1)]
    east = PlaceSpec(id="east", name="East", kind=LocationKind.WAREHOUSE, systems={"shop": "L1", "erp": "12"})
    return weave(web, books, places=(east,))


MET = """{
    orders { nodes { __typename id customer { __typename id } } }
    customer(by: {email: "ada@example.com"}) { __typename id orders { nodes { __typename id } } }
    product(sku: "tea-1") { __typename id }
    locations { __typename id }
    inventory(skus: ["TEA-1"]) { levels { location { __typename id } } }
}"""


def objects(value: Any) -> dict[str, str]:
    """Every id in an answer with the type that it was met under; fails where one id has two."""
    if isinstance(value, list):
        return objects(dict(enumerate(value)))
    if not isinstance(value, dict):
        return {}
    found = {value["id"]: value["__typename"]} if "id" in value else {}
    for inner in value.values():
        for token, kind in objects(inner).items():
            assert found.setdefault(token, kind) == kind, token
    return found


async def test_one_id_has_one_type_wherever_it_is_met(woven: Woven) -> None:
    """Each object that was met below anything comes back by its id, with the type that it had there.

    All types that implement Node are met, so that a new one without a way back fails here.
    """
    met = objects(await data(woven, MET))
    assert set(met.values()) == {kind.name for kind in SCHEMA.get_possible_types(SCHEMA.type_map["Node"])}  # type: ignore[arg-type]  # an interface
    query = "query ($id: ID!, $ids: [ID!]!) { node(id: $id) { __typename id } nodes(ids: $ids) { __typename id } }"
    for token, kind in met.items():
        again = await data(woven, query, {"id": token, "ids": [token]})
        assert again == {"node": {"__typename": kind, "id": token}, "nodes": [{"__typename": kind, "id": token}]}


async def test_every_argument_that_takes_an_id_takes_it_back(woven: Woven) -> None:
    """An order by its id and by each of its identifiers, a customer by theirs: the same id comes back."""
    met = await data(woven, "{ orders { nodes { id customer { id } identifiers { namespace value } } } }")
    for node in met["orders"]["nodes"]:
        found = await data(
            woven,
            """query ($order: ID!, $customer: ID!) {
                order(by: {id: $order}) { id } customer(by: {id: $customer}) { id } }""",
            {"order": node["id"], "customer": node["customer"]["id"]},
        )
        assert found == {"order": {"id": node["id"]}, "customer": {"id": node["customer"]["id"]}}
        assert node["identifiers"]
        for key in node["identifiers"]:
            by_key = "query ($key: KeyInput!) { order(by: {key: $key}) { id } }"
            assert await data(woven, by_key, {"key": key}) == {"order": {"id": node["id"]}}


@pytest.mark.parametrize(
    ("tokens", "calls"),
    [
        ([encode_id("Order", "shop:number", str(1000 + n)) for n in range(50)], {"shop": 1, "erp": 0}),
        ([encode_id("Product", f"tea-{n}") for n in range(50)], {"shop": 1, "erp": 1}),
    ],
    ids=["orders", "products"],
)
async def test_many_nodes_are_one_question_a_system(tokens: list[str], calls: dict[str, int]) -> None:
    """Fifty ids cost the calls of one: each system is asked for all of them at once."""
    web = shop([order(f"a{n}", str(1000 + n)) for n in range(50)], batch=100)
    web.products = [ProductRecord(external_id=f"p{n}", sku=f"TEA-{n}") for n in range(50)]
    for asked in (tokens[:1], tokens):
        woven = weave(web, erp(batch=100))
        found = await data(woven, "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }", {"ids": asked})
        assert [node["id"] for node in found["nodes"]] == asked
        assert {name: len(fake.calls) for name, fake in woven.fakes.items()} == calls
        web.calls.clear()


async def test_orders_of_a_customer_are_not_below_an_order(woven: Woven) -> None:
    """The page would be a search for each customer in a list: the document is refused, in whatever way it says so."""
    message = "Customer.orders cannot be selected below Order.customer; ask customer or node with its id"
    for document in (
        "{ orders { nodes { customer { orders { nodes { id } } } } } }",
        '{ order(by: {number: "1001"}) { customer { ... { o: orders { nodes { id } } } } } }',
        '{ node(id: "x") { ... on Order { customer { ...C } } } } fragment C on Customer { id ...D } '
        "fragment D on Customer { orders { nodes { id } } }",
        '{ customer(by: {email: "a@b.c"}) { orders { nodes { customer { orders { nodes { id } } } } } } }',
    ):
        assert await error(woven, document) == ("GRAPHQL_VALIDATION_FAILED", message), document
    circle = (
        "{ orders { nodes { customer { ...A } } } } fragment A on Customer { ...B } fragment B on Customer { ...A }"
    )
    assert (await error(woven, circle))[0] == "GRAPHQL_VALIDATION_FAILED"
    assert [len(fake.calls) for fake in woven.fakes.values()] == [0, 0]


ORDERS = """query ($first: Int, $after: String, $last: Int, $before: String, $filter: OrderFilter, $sort: OrderSort) {
    orders(first: $first, after: $after, last: $last, before: $before, filter: $filter, sort: $sort) {
        edges { cursor } pageInfo { startCursor endCursor }
    }
}"""
OTHER = "a cursor of another list, filter or sort"
NONE = "not a cursor of this API"


async def test_cursors_of_other_lists_are_refused(woven: Woven) -> None:
    """Another field's cursor, another filter's, another sort's, another direction's, an id: each in plain words."""
    cursor = (await data(woven, ORDERS, {"first": 1}))["orders"]["pageInfo"]["endCursor"]
    lines = await data(woven, '{ order(by: {number: "1001"}) { lines(first: 1) { pageInfo { endCursor } } } }')
    of_lines = lines["order"]["lines"]["pageInfo"]["endCursor"]
    customers = await data(
        woven, '{ customer(by: {email: "ada@example.com"}) { orders(first: 1) { pageInfo { endCursor } } } }'
    )
    of_customer = customers["customer"]["orders"]["pageInfo"]["endCursor"]
    for given, words in (
        ({"after": of_lines}, OTHER),
        ({"after": of_customer}, OTHER),
        ({"after": cursor, "filter": {"status": {"eq": "OPEN"}}}, OTHER),
        ({"after": cursor, "sort": {"field": "UPDATED_AT"}}, OTHER),
        ({"after": cursor, "sort": {"field": "PLACED_AT", "direction": "ASC"}}, OTHER),
        ({"after": encode_id("Order", "shop:number", "1001")}, NONE),
        ({"after": ""}, NONE),
        ({"after": "é\N{TEACUP WITHOUT HANDLE}"}, NONE),
        ({"after": "\x00"}, NONE),
        ({"after": f"{cursor}="}, NONE),
        ({"after": "A" * 2001}, "longer than any id or cursor of this API"),
        ({"after": "A" * 100_000}, "longer than any id or cursor of this API"),
    ):
        assert await error(woven, ORDERS, {"first": 1, **given}) == ("BAD_INPUT", f"after: {words}"), given
    assert await error(woven, ORDERS, {"last": 1, "before": ""}) == ("BAD_INPUT", f"before: {NONE}")
    line_query = '{ order(by: {number: "1001"}) { lines(after: "%s") { totalCount } } }'
    assert await error(woven, line_query % cursor) == ("BAD_INPUT", f"after: {OTHER}")
    assert "errors" not in await ask(woven, ORDERS, {"first": 1, "after": cursor})


async def test_a_cursor_that_holds_no_place_is_refused(woven: Woven) -> None:
    """Of the right list and well made, but with no instant in it, with one too few, or in another zone."""
    cursor = (await data(woven, ORDERS, {"first": 1}))["orders"]["pageInfo"]["endCursor"]
    kind = _kind_of(cursor)
    for place in (
        ("yesterday", "shop", "a1"),
        ("2026-05-04T12:00:00", "shop", "a1"),
        ("2026-05-04T12:00:00+02:00", "shop", "a1"),
        ("shop",),
        (),
    ):
        given = {"first": 1, "after": encode_cursor(kind, *place)}
        assert await error(woven, ORDERS, given) == ("BAD_INPUT", f"after: {NONE}"), place


def _kind_of(cursor: str) -> str:
    return str(json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))["c"])


@pytest.mark.parametrize(
    ("paging", "message"),
    [
        ({"first": 0}, "first must be between 1 and 100, is 0"),
        ({"first": -1}, "first must be between 1 and 100, is -1"),
        ({"first": 101}, "first must be between 1 and 100, is 101"),
        ({"last": 0}, "last must be between 1 and 100, is 0"),
        ({"last": -5}, "last must be between 1 and 100, is -5"),
        ({"first": 1, "last": 1}, "first and last cannot stand together"),
        ({"first": 1, "before": "x"}, "before needs last"),
        ({"last": 1, "after": "x"}, "after needs first, not last"),
    ],
)
async def test_paging_that_makes_no_sense(paging: dict[str, Any], message: str, woven: Woven) -> None:
    """Sizes out of bounds and arguments that do not go together are refused in plain words, and nobody is asked."""
    assert await error(woven, ORDERS, paging) == ("BAD_INPUT", message)
    assert [len(fake.calls) for fake in woven.fakes.values()] == [0, 0]


def test_a_place_is_a_place_everywhere() -> None:
    """Places in orders and places of the business are one type."""
    assert shape(SCHEMA, "Shipment")["location"] == "Location"
    assert shape(SCHEMA, "InventoryLevel")["location"] == "Location!"
    assert shape(SCHEMA, "Query")["locations"] == "[Location!]!"
