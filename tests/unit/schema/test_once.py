"""A field that a document asks several times under other names is asked of the systems once, by both executors."""

from __future__ import annotations

from typing import Any

import pytest

from orderweave.model.ids import encode_id
from orderweave.operations.answers import Request
from orderweave.operations.delivering import Delivery
from orderweave.operations.running import Operations
from orderweave.schema import Context
from orderweave_sdk.errors import Unreachable
from orderweave_sdk.records import LocationRecord, ProductRecord
from tests.unit.fake_business import order, shop, stock
from tests.unit.fake_systems import Woven, weave

ORDER = 'order(by: {number: "1001"})'
BOTH = pytest.mark.parametrize("compiled", [True, False], ids=["compiled", "reference"])


def business() -> Woven:
    """One shop, without a cache."""
    system = shop([order("a1", "1001", email="ada@example.com"), order("a2", "1002", hours=1)])
    system.stock = [stock("TEA-1", "east", 5)]
    system.products = [ProductRecord(external_id="p1", sku="TEA-1", title="Tea")]
    system.locations = [LocationRecord(external_id="east", name="East")]
    return weave(system)


async def ask(woven: Woven, query: str, *, compiled: bool, **variables: Any) -> dict[str, Any]:
    """The answer as it goes over the wire."""
    operations = Operations(woven.schema, compiled=compiled)
    return (await operations.run(Request(query=query, variables=variables), Context(woven.gateway))).document()


@BOTH
@pytest.mark.parametrize(
    ("field", "calls"),
    [
        (f"{ORDER} {{ number }}", 1),
        ("orders(first: 2) { nodes { number } }", 1),
        ('inventory(skus: ["TEA-1"]) { sku }', 1),
        ('product(sku: "TEA-1") { sku }', 1),
        ("locations { name }", 1),
        ('oversells(skus: ["TEA-1"]) { checked }', 1),
        ('customer(by: {email: "ada@example.com"}) { orders(first: 1) { nodes { number } } }', 1),
    ],
)
async def test_the_same_under_other_names(field: str, calls: int, *, compiled: bool) -> None:
    """Twenty aliases make the calls of one, and each has the whole answer."""
    woven = business()
    alone = (await ask(woven, f"{{ a0: {field} }}", compiled=compiled))["data"]["a0"]
    assert alone
    assert len(woven.fakes["shop"].calls) == calls
    woven.fakes["shop"].calls.clear()
    answer = await ask(woven, f"{{ {' '.join(f'a{one}: {field}' for one in range(20))} }}", compiled=compiled)
    assert answer["data"] == {f"a{one}": alone for one in range(20)}
    assert len(woven.fakes["shop"].calls) == calls


@BOTH
async def test_in_fragments_and_by_variables(*, compiled: bool) -> None:
    """However it is spread, and however it is laid out, it is the same; with another variable it is another."""
    woven = business()
    query = """query ($a: String!, $b: String!) {
      x: order(by: {number: $a}) { ...N }
      ...Q
      other: order(by: {number: $b}) { ...N }
    }
    fragment Q on Query { y: order(by: { number: $a }) {
      ...N } }
    fragment N on Order { number }"""
    answer = await ask(woven, query, compiled=compiled, a="1001", b="1002")
    assert answer["data"] == {"x": {"number": "1001"}, "y": {"number": "1001"}, "other": {"number": "1002"}}
    assert len(woven.fakes["shop"].calls) == 2


@BOTH
@pytest.mark.parametrize(
    ("other", "found"),
    [
        ('order(by: {number: "1002"}) { number }', {"number": "1002"}),
        (f"{ORDER} {{ number origin }}", {"number": "1001", "origin": None}),
        (f"{ORDER} @freshness(maxAge: 0) {{ number }}", {"number": "1001"}),
        (f"{ORDER} {{ n: number }}", {"n": "1001"}),
    ],
)
async def test_what_differs_is_asked_apart(other: str, found: dict[str, Any], *, compiled: bool) -> None:
    """Another argument, selection, directive or alias within: a call of its own, and its own answer."""
    woven = business()
    answer = await ask(woven, f"{{ a: {ORDER} {{ number }} b: {other} }}", compiled=compiled)
    assert "errors" not in answer
    assert answer["data"] == {"a": {"number": "1001"}, "b": found}
    assert len(woven.fakes["shop"].calls) == 2


@BOTH
async def test_an_error_stands_at_each(*, compiled: bool) -> None:
    """Where the one question fails, each field has the error at its own place."""
    woven = business()
    woven.fakes["shop"].error = Unreachable("orders: no connection")
    answer = await ask(woven, f"{{ a: {ORDER} {{ number }} b: {ORDER} {{ number }} }}", compiled=compiled)
    assert answer["data"] == {"a": None, "b": None}
    assert [(error["path"], error["extensions"]["code"]) for error in answer["errors"]] == [
        (["a"], "INCOMPLETE"),
        (["b"], "INCOMPLETE"),
    ]
    assert [error["locations"] for error in answer["errors"]] == [
        [{"line": 1, "column": 3}],
        [{"line": 1, "column": 45}],
    ]


@BOTH
async def test_another_request_asks_anew(*, compiled: bool) -> None:
    """Nothing is kept from one request to the next."""
    woven = business()
    query = f"{{ a: {ORDER} {{ number }} b: {ORDER} {{ number }} }}"
    await ask(woven, query, compiled=compiled)
    await ask(woven, query, compiled=compiled)
    assert len(woven.fakes["shop"].calls) == 2


@BOTH
async def test_filters_of_a_document_hold_so_many_tests(*, compiled: bool) -> None:
    """A filter has a hundred tests at most and all of a document two hundred: each is work for every order."""
    woven = business()
    fields = " ".join(f"a{one}: orders(filter: $f, first: {one}) {{ nodes {{ id }} }}" for one in (1, 2, 3))

    def tests(count: int) -> dict[str, Any]:
        each = [{"number": {"ne": f"{one}"}} for one in range(count)]
        return {"and": [{"and": each[start : start + 20]} for start in range(0, count, 20)]}

    answer = await ask(woven, f"query ($f: OrderFilter) {{ {fields} }}", compiled=compiled, f=tests(101))
    assert answer["errors"][0]["message"] == "filter: a filter holds at most 100 tests in all, not 101"
    answer = await ask(woven, f"query ($f: OrderFilter) {{ {fields} }}", compiled=compiled, f=tests(100))
    (error,) = answer["errors"]
    assert (error["path"], error["extensions"]["code"]) == (["a3"], "BAD_INPUT")
    assert error["message"] == "filter: the filters of a document hold at most 200 tests together"
    answer = await ask(woven, f"query ($f: OrderFilter) {{ {fields} }}", compiled=compiled, f=tests(66))
    assert "errors" not in answer


async def test_filters_count_once_for_each_place() -> None:
    """A filter counts once where it stands: for however many customers are looked up there, and in whatever parts the
    list is answered.
    """
    people = [order(f"a{one}", f"{one}", email=f"p{one}@example.com", customer_id=f"c{one}") for one in range(6)]
    woven = weave(shop(people))
    tests = {"and": [{"and": [{"number": {"ne": f"x{one}{two}"}} for two in range(20)]} for one in range(4)]}
    ids = [encode_id("Customer", "shop", f"c{one}") for one in range(6)]
    query = """query ($f: OrderFilter, $ids: [ID!]!) {
      nodes(ids: $ids) { ... on Customer { orders(filter: $f) { nodes { number } } } } }"""
    answer = await ask(woven, query, compiled=True, f=tests, ids=ids)
    assert "errors" not in answer
    assert [node["orders"]["nodes"][0]["number"] for node in answer["data"]["nodes"]] == [str(one) for one in range(6)]
    query = """query ($f: OrderFilter) { orders(filter: $f) { nodes { id }
      ... @defer(label: "a") { coverage { complete } } ... @defer(label: "b") { pageInfo { hasNextPage } }
      ... @defer(label: "c") { edges { cursor } } } }"""
    operations, request = Operations(woven.schema), Request(query=query, variables={"f": tests})
    context = Context(woven.gateway)
    parts = operations.parts(request, context, most=10)
    assert parts is not None
    async with Delivery(operations, request, context, parts) as delivery:
        first, pending = await delivery.first()
        rest = [part async for part in delivery.rest()]
    assert (first.errors, len(pending), [part.errors for part in rest]) == ((), 3, [(), (), ()])
