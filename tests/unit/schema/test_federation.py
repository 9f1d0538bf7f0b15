"""The schema as a subgraph: what composers are told, and entities by their keys, many in one question."""

from __future__ import annotations

from typing import Any

import pytest
from graphql import GraphQLObjectType, GraphQLUnionType, ObjectTypeDefinitionNode, parse, print_ast

from orderweave.model.ids import encode_id
from orderweave.operations.answers import ExecutorKind, Request
from orderweave.operations.running import Operations
from orderweave.schema import Context, build_schema, build_subgraph, print_sdl, subgraph_sdl
from orderweave_sdk.errors import Unreachable
from orderweave_sdk.records import LocationRecord, ProductRecord
from tests.unit.cli.conftest import Run, run
from tests.unit.fake_business import erp, order, shop
from tests.unit.fake_systems import Woven, weave
from tests.unit.schema.asking import ask, data, error

__all__ = ["run"]

ENTITIES = """query ($them: [_Any!]!) { _entities(representations: $them) { __typename
    ... on Order { id number } ... on Customer { id email orders(first: 1) { nodes { number } } }
    ... on Product { id sku } ... on Location { id name }
} }"""
ORDER = encode_id("Order", "shop:number", "1001")
CUSTOMER = encode_id("Customer", "shop", "c1")
PLACE = encode_id("Location", "shop", "L1")


@pytest.fixture
def woven() -> Woven:
    """A shop with one of everything, as a subgraph."""
    web = shop(
        [
            order("a1", "1001", email="ada@example.com", customer_id="c1"),
            order("a2", "1002", hours=5, email="ada@example.com", customer_id="c1"),
        ],
        batch=200,
    )
    web.products = [ProductRecord(external_id="p1", sku="TEA-1", title="Green tea")]
    web.locations = [LocationRecord(external_id="L1", name="East")]
    return weave(web, erp(batch=200), federation=True)


def test_composers_are_told_keys() -> None:
    """The text has one link, at a version that every common composer reads, keys on the four entities, and is ours
    otherwise: without what was added it is the schema.
    """
    document = parse(subgraph_sdl())
    link, *rest = document.definitions
    assert print_ast(link) == (
        'extend schema @link(url: "https://specs.apollo.dev/federation/v2.0", import: ["@key", "@shareable"])'
    )
    added = {}
    for node in rest:
        directives = [print_ast(directive) for directive in getattr(node, "directives", None) or ()]
        if isinstance(node, ObjectTypeDefinitionNode) and directives:
            added[node.name.value] = directives
    assert added == {
        "Order": ['@key(fields: "id")'],
        "Customer": ['@key(fields: "id")'],
        "Product": ['@key(fields: "id")', '@key(fields: "sku")'],
        "Location": ['@key(fields: "id")'],
        "Money": ["@shareable"],
        "PageInfo": ["@shareable"],
    }
    text = "\n".join(print_ast(node) for node in rest).replace(" @shareable", "")
    for key in ("id", "sku"):
        text = text.replace(f' @key(fields: "{key}")', "")
    assert text == "\n".join(print_ast(node) for node in parse(print_sdl()).definitions)


async def test_the_service_tells_what_the_command_prints(woven: Woven, run: Run) -> None:
    """A running subgraph and `schema print --federation` say the same."""
    told = await data(woven, "{ _service { sdl } }")
    assert run("schema", "print", "--federation") == (0, told["_service"]["sdl"], "")


def test_the_fields_of_federation_are_behind_the_switch(woven: Woven) -> None:
    """Without `server.federation` the schema has none of them; with it nothing else is different."""
    plain, federated = build_schema()._schema.type_map, woven.schema._schema.type_map
    assert set(federated) - set(plain) == {"_Any", "_Entity", "_Service"}
    roots = [found["Query"] for found in (plain, federated)]
    assert all(isinstance(root, GraphQLObjectType) for root in roots)
    before, after = (set(getattr(root, "fields")) for root in roots)  # noqa: B009 - narrowed above for both
    assert (after - before, before - after) == ({"_service", "_entities"}, set())
    union = federated["_Entity"]
    assert isinstance(union, GraphQLUnionType)
    nodes = {kind.name for kind in build_schema()._schema.get_possible_types(plain["Node"])}  # type: ignore[arg-type]  # an interface
    assert {kind.name for kind in union.types} == nodes
    assert {type(weave(shop()).schema)} == {type(woven.schema)}


async def test_each_kind_of_entity_by_each_key(woven: Woven) -> None:
    """Every entity comes by each of its keys, in the order asked; what is not there is null without an error."""
    them = [
        {"__typename": "Product", "sku": " tea-1"},
        {"__typename": "Order", "id": ORDER},
        {"__typename": "Order", "id": encode_id("Order", "shop:number", "4711")},
        {"__typename": "Customer", "id": CUSTOMER},
        {"__typename": "Product", "id": encode_id("Product", "tea-1"), "sku": "whatever"},
        {"__typename": "Location", "id": PLACE, "name": "said by another subgraph"},
        {"__typename": "Product", "sku": "nope"},
    ]
    product = {"__typename": "Product", "id": encode_id("Product", "tea-1"), "sku": "TEA-1"}
    assert (await data(woven, ENTITIES, {"them": them}))["_entities"] == [
        product,
        {"__typename": "Order", "id": ORDER, "number": "1001"},
        None,
        {
            "__typename": "Customer",
            "id": CUSTOMER,
            "email": "ada@example.com",
            "orders": {"nodes": [{"number": "1002"}]},
        },
        product,
        {"__typename": "Location", "id": PLACE, "name": "East"},
        None,
    ]


async def test_an_error_costs_its_own_entity_alone(woven: Woven) -> None:
    """What is no representation, or one of another type, is null with an error in its place."""
    wrong: list[tuple[Any, str]] = [
        ("Order", "representations: __typename must be one of Order, Customer, Product, Location"),
        ({"id": ORDER}, "representations: __typename must be one of Order, Customer, Product, Location"),
        ({"__typename": ["Order"]}, "representations: __typename must be one of Order, Customer, Product, Location"),
        ({"__typename": "Money"}, "representations: __typename must be one of Order, Customer, Product, Location"),
        ({"__typename": "Order", "number": "1001"}, "representations: Order needs id"),
        ({"__typename": "Product", "id": 7, "sku": None}, "representations: Product needs id or sku"),
        ({"__typename": "Order", "id": "nonsense"}, "representations: id: not an id of this API"),
        ({"__typename": "Customer", "id": ORDER}, "representations: id: of another type than Customer"),
        ({"__typename": "Product", "sku": ""}, "a SKU must be a text of 1 to 200 characters"),
    ]
    them = [given for given, _ in wrong]
    answer = await ask(woven, ENTITIES, {"them": [*them, {"__typename": "Order", "id": ORDER}]})
    assert answer["data"]["_entities"] == [
        *[None] * len(wrong),
        {"__typename": "Order", "id": ORDER, "number": "1001"},
    ]
    assert [(told["path"], told["message"], told["extensions"]) for told in answer["errors"]] == [
        (["_entities", index], message, {"code": "BAD_INPUT"}) for index, (_, message) in enumerate(wrong)
    ]


async def test_a_silent_system_is_told_for_each_entity(woven: Woven) -> None:
    """While the only system that may know them is silent, entities are null and INCOMPLETE, not merely null."""
    woven.fakes["shop"].error = Unreachable("orders: no connection")
    them = [{"__typename": "Order", "id": ORDER}, {"__typename": "Product", "sku": "TEA-1"}]
    answer = await ask(woven, ENTITIES, {"them": them})
    assert answer["data"]["_entities"] == [None, None]
    assert [told["extensions"] for told in answer["errors"]] == [{"code": "INCOMPLETE", "systems": ["shop"]}] * 2


async def test_a_hundred_orders_are_one_question() -> None:
    """A hundred representations cost each system the calls of one; a hundred and one, or none, are refused."""
    web = shop([order(f"a{n}", str(1000 + n)) for n in range(100)], batch=200)
    query = "query ($them: [_Any!]!) { _entities(representations: $them) { ... on Order { number } } }"
    them = [{"__typename": "Order", "id": encode_id("Order", "shop:number", str(1000 + n))} for n in range(100)]
    calls = []
    for asked in (them[:1], them):
        woven = weave(web, erp(batch=200), federation=True)
        found = await data(woven, query, {"them": asked})
        assert [each["number"] for each in found["_entities"]] == [str(1000 + n) for n in range(len(asked))]
        calls.append({name: len(fake.calls) for name, fake in woven.fakes.items()})
        web.calls.clear()
    assert calls == [{"shop": 1, "erp": 0}] * 2
    for asked in ([], [*them, them[0]]):
        message = f"representations must hold 1 to 100 entities, holds {len(asked)}"
        assert await error(woven, query, {"them": asked}) == ("BAD_INPUT", message)


async def test_entities_are_projected_by_compiled_code(woven: Woven) -> None:
    """The union is compiled, and gives what the reference executor gives."""
    request = Request(query=ENTITIES, variables={"them": [{"__typename": "Order", "id": ORDER}, {"__typename": "X"}]})
    answers = [
        await Operations(build_subgraph(), compiled=compiled).run(request, Context(woven.gateway))
        for compiled in (True, False)
    ]
    assert [answer.executor for answer in answers] == [ExecutorKind.COMPILED, ExecutorKind.REFERENCE]
    assert answers[0].document() == answers[1].document()
