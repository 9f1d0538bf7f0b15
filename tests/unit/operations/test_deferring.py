"""`@defer`: parts put together are the whole, each asks whom it needs, and nothing is deferred that may not be."""

from __future__ import annotations

from typing import Any

import pytest
from graphql import InlineFragmentNode, SelectionSetNode, Visitor, parse, print_ast, validate, visit
from hypothesis import given, settings
from hypothesis import strategies as st

from orderweave.model.rights import Caller, Rights, Scope
from orderweave.operations.answers import Answer, Request
from orderweave.operations.delivering import Delivery
from orderweave.operations.rules import RULES
from orderweave.operations.running import Operations
from orderweave.schema import Context
from orderweave_sdk.errors import Unreachable
from tests.unit.fake_business import erp, order, shop, stock, wms
from tests.unit.fake_systems import FakeSystem, Woven, weave

SPREAD = "fragment A on Order { ...B @defer } fragment B on Order { number }"
BY = 'order(by: {number: "1001"})'


def business() -> tuple[Woven, FakeSystem]:
    """One order in three systems; the warehouse alone knows the shipment."""
    house = wms([order("w1", "W-77", reference=("order_number", "1001"), tracking="T1")])
    house.stock = [stock("TEA-1", "Bern", 5)]
    books = erp([order("e1", "SO501", reference=("reference", "1001"), invoice="I1")])
    return weave(shop([order("a1", "#1001", email="ada@example.com", skus=["TEA-1"])]), books, house), house


async def in_parts(woven: Woven, query: str, *, most: int = 10, **variables: Any) -> list[Any] | None:
    """The first answer and each part as (path, label, data, errors), or None where nothing is deferred."""
    operations, request = Operations(woven.schema), Request(query=query, variables=variables)
    context = Context(woven.gateway)
    parts = operations.parts(request, context, most=most)
    if parts is None:
        return None
    async with Delivery(operations, request, context, parts) as delivery:
        answer, pending = await delivery.first()
        found: list[Any] = [answer.data]
        rest = [(part.pending, part) async for part in delivery.rest()]
        assert sorted(entry.id for entry, _ in rest) == sorted(entry.id for entry in pending)
        assert [part.last for _, part in rest] == [False] * (len(rest) - 1) + [True] * bool(rest)
        found += [(entry.path, entry.label, part.data, part.errors) for entry, part in rest]
    return found


async def whole(woven: Woven, query: str, **variables: Any) -> Answer:
    """The answer with nothing deferred."""
    return await Operations(woven.schema).run(Request(query=query, variables=variables), Context(woven.gateway))


def together(first: Any, parts: list[Any]) -> Any:
    """What a client makes of it: each part's data merged in at its place."""
    for path, _, data, _ in parts:
        place = first
        for key in path:
            place = place[key]
        merge(place, data)
    return first


def merge(into: Any, data: Any) -> None:
    """Object by object, item by item."""
    for key, value in data.items():
        if isinstance(value, dict) and isinstance(into.get(key), dict):
            merge(into[key], value)
        elif isinstance(value, list) and isinstance(into.get(key), list):
            for one, other in zip(into[key], value, strict=True):
                if isinstance(one, dict):
                    merge(one, other)
        else:
            into[key] = value


async def test_the_slow_part_comes_later() -> None:
    """The first answer asks the shop alone; the warehouse is asked for the part that needs it."""
    woven, house = business()
    by = 'order(by: {key: {namespace: "shop:id", value: "a1"}})'
    query = f'{{ {by} {{ number ... @defer(label: "parcels") {{ shipments {{ packages {{ trackingNumber }} }} }} }} }}'
    operations, request, context = Operations(woven.schema), Request(query=query), Context(woven.gateway)
    parts = operations.parts(request, context, most=1)
    assert parts is not None
    async with Delivery(operations, request, context, parts) as delivery:
        answer, (pending,) = await delivery.first()
        assert answer.data == {"order": {"number": "#1001"}}
        assert house.calls == []
        assert (pending.path, pending.label) == (("order",), "parcels")
        (part,) = [part async for part in delivery.rest()]
    assert part.data == {"shipments": [{"packages": [{"trackingNumber": "T1"}]}]}
    assert len(house.asked("find")) == 1


@pytest.mark.parametrize(
    ("query", "paths"),
    [
        (f"{{ {BY} {{ ... @defer {{ number }} }} }}", [("order",)]),
        (f"{{ mine: {BY} {{ id ... on Order @defer {{ number }} }} }}", [("mine",)]),
        (f"{{ {BY} {{ id totals {{ ... @defer {{ total {{ amount }} }} }} }} }}", [("order", "totals")]),
        (
            f"{{ {BY} {{ id ...A }} }} fragment A on Order {{ ...B @defer }} fragment B on Order {{ number }}",
            [("order",)],
        ),
        (f'{{ {BY} {{ id }} ... @defer {{ inventory(skus: ["TEA-1"]) {{ onHand }} }} }}', [()]),
        (f"{{ {BY} {{ id ... @defer {{ number }} ... @defer {{ status }} }} }}", [("order",), ("order",)]),
        (f"{{ {BY} {{ id ... @defer {{ number ... @defer {{ status }} }} }} }}", [("order",)]),
        (f"query Q($yes: Boolean!) {{ {BY} {{ id ... @defer(if: $yes) {{ number }} }} }}", [("order",)]),
        (f"{{ {BY} {{ id ... @include(if: true) @defer {{ number }} }} }}", [("order",)]),
        (f"{{ {BY} {{ id lines {{ nodes {{ sku }} ... @defer {{ totalCount }} }} }} }}", [("order", "lines")]),
        ('{ node(id: "%s") { id ... on Order @defer { number } } }', [("node",)]),
        # Answered with the rest: in a list, switched off, or deferred in nothing.
        ("{ orders { nodes { id ... @defer { number } } } }", None),
        (f"{{ {BY} {{ id lines {{ nodes {{ ... @defer {{ sku }} }} }} }} }}", None),
        (f"{{ {BY} {{ id ... @defer(if: false) {{ number }} }} }}", None),
        (f"query Q($no: Boolean!) {{ {BY} {{ id ... @defer(if: $no) {{ number }} }} }}", None),
        (f"{{ {BY} {{ id }} }}", None),
    ],
)
async def test_parts_are_the_whole(query: str, paths: list[tuple[str, ...]] | None) -> None:
    """Put together the parts are what the operation gives with nothing deferred."""
    woven, _ = business()
    if "%s" in query:
        query %= (await whole(woven, f"{{ {BY} {{ id }} }}")).data["order"]["id"]
    variables = {name: name == "yes" for name in ("yes", "no") if f"${name}" in query}
    found = await in_parts(woven, query, **variables)
    assert ([path for path, *_ in found[1:]] if found else None) == paths
    if found:
        answer = await whole(woven, query, **variables)
        assert together(found[0], found[1:]) == answer.data


SCREEN = f"""{{ {BY} {{
  ... {{ number status ... {{ totals {{ ... {{ total {{ amount ... {{ currency }} }} }} }} }} }}
  ... {{ lines {{ ... {{ nodes {{ ... {{ quantity {{ ... {{ ordered }} shipped }} }} sku }} }} totalCount }} }}
  ... on Order {{ shipments {{ ... {{ status packages {{ ... {{ trackingNumber }} }} }} }} }}
  ... on Sourced {{ a: __typename }}
  ...Money
  freshness {{ ... {{ stale }} }}
}} }}
fragment Money on Order {{ invoices {{ number }} ... {{ customer {{ ... {{ email }} name }} }} }}"""


class Deferring(Visitor):
    """Defers some of the inline fragments of a document, by their turn."""

    def __init__(self, chosen: set[int]) -> None:
        super().__init__()
        self.chosen = chosen
        self.turn = 0

    def enter_inline_fragment(self, node: InlineFragmentNode, *_: Any) -> Any:
        """Each fragment."""
        self.turn += 1
        if self.turn - 1 not in self.chosen:
            return None
        (directive,) = operation_directives()
        return InlineFragmentNode(
            type_condition=node.type_condition,
            directives=(directive,),
            selection_set=SelectionSetNode(selections=node.selection_set.selections),
        )


def operation_directives() -> Any:
    """An @defer."""
    definition: Any = parse("{ ... @defer { a } }").definitions[0]
    return definition.selection_set.selections[0].directives


@settings(max_examples=40, deadline=None)
@given(st.sets(st.integers(0, 16), max_size=6))
async def test_wherever_it_stands(chosen: set[int]) -> None:
    """Deferred at any places of a screen, the parts are valid documents, and together the whole."""
    woven, _ = business()
    query = print_ast(visit(parse(SCREEN), Deferring(chosen)))
    answer = await whole(woven, query)
    assert answer.errors == ()
    operations, request = Operations(woven.schema), Request(query=query)
    parts = operations.parts(request, Context(woven.gateway), most=20)
    if parts is None:
        return
    for text in (parts.now, *(later.text for later in parts.later)):
        assert validate(woven.schema._schema, parse(text), RULES) == []
    found = await in_parts(woven, query, most=20)
    assert found is not None
    assert together(found[0], found[1:]) == answer.data


async def test_a_failing_part_fails_alone() -> None:
    """A part whose root field fails is completed with the error; the first answer stands."""
    woven, house = business()
    query = f"{{ {BY} {{ number }} ... @defer {{ inventory(skus: []) {{ sku }} }} }}"
    found = await in_parts(woven, query)
    assert found is not None
    assert found[0] == {"order": {"number": "#1001"}}
    ((path, _, data, (error,)),) = found[1:]
    assert (path, data, error["extensions"]["code"], error["path"]) == ((), None, "BAD_INPUT", ["inventory"])
    house.error = Unreachable("off")
    query = f"{{ {BY} {{ number ... @defer {{ shipments {{ status }} freshness {{ missing {{ system }} }} }} }} }}"
    found = await in_parts(woven, query)
    assert found is not None
    assert found[1][2] == {"shipments": [], "freshness": {"missing": [{"system": "wms"}]}}


async def test_what_is_not_there_has_no_parts() -> None:
    """Of an order that nobody knows nothing is pending."""
    woven, _ = business()
    found = await in_parts(woven, '{ order(by: {number: "9999"}) { id ... @defer { number } } }')
    assert found == [{"order": None}]


async def test_no_more_than_allowed() -> None:
    """More parts than the caller may have, an invalid document and a refused one are answered in one."""
    woven, _ = business()
    query = f"{{ {BY} {{ id ... @defer {{ number }} ... @defer {{ status }} }} }}"
    assert await in_parts(woven, query, most=1) is None
    assert await in_parts(woven, query.replace("status", "nonsense")) is None
    assert (await whole(woven, query)).data["order"]["number"] == "#1001"
    plain = Caller(name="plain", role="plain", rights=Rights(scopes=frozenset({Scope.ORDERS})))
    request = Request(query=f"{{ {BY} {{ id ... @defer {{ totals {{ total {{ amount }} }} }} }} }}")
    context = Context(woven.gateway, caller=plain)
    assert Operations(woven.schema).parts(request, context, most=5) is None
