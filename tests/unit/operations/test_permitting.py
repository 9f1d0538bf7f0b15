"""Operations that a caller may not ask: refused before anything runs, with every field named, on either executor."""

from __future__ import annotations

from typing import Any

import pytest

from orderweave.model.ids import encode_id
from orderweave.model.rights import Caller, Rights, Scope
from orderweave.operations.answers import Answer, Request
from orderweave.operations.running import Operations
from orderweave.schema import Context
from tests.unit.fake_business import order, shop
from tests.unit.fake_systems import weave

PLAIN = Caller(name="plain", role="plain", rights=Rights(scopes=frozenset({Scope.ORDERS})))


async def asked(query: str, caller: Caller = PLAIN, *, compiled: bool = True, **variables: Any) -> tuple[Answer, int]:
    """The answer, and how many calls reached the shop for it."""
    there = shop([order("a1", "#1001", email="ada@example.com")])
    woven = weave(there)
    request = Request(query=query, variables=variables)
    answer = await Operations(woven.schema, compiled=compiled).run(request, Context(woven.gateway, caller=caller))
    return answer, len(there.calls)


@pytest.mark.parametrize("compiled", [True, False], ids=["compiled", "reference"])
async def test_refused_before_it_runs(compiled: bool) -> None:
    """One refusal names all fields and scopes, nothing is run, and no system is asked."""
    query = '{ order(by: {number: "1001"}) { number totals { total { amount } } customer { email } } }'
    answer, calls = await asked(query, compiled=compiled)
    fields = ["Customer.email", "Order.customer", "Order.totals"]
    assert answer.document() == {
        "errors": [
            {
                "message": f"you may not ask for {', '.join(fields)}",
                "extensions": {
                    "code": "FORBIDDEN",
                    "fields": fields,
                    "scopes": ["orders:financials", "orders:personal"],
                },
            }
        ]
    }
    assert calls == 0


@pytest.mark.parametrize(
    "selection",
    [
        "... on Order { totals { total { amount } } }",
        "... on Sourced { conflicts { path } }",
        "...Deep",
        "alias: invoices { number }",
        "lines { nodes { price: unitPrice { amount } } }",
        "timeline { message }",
        "fulfillmentOrders { holds { reason } }",
    ],
)
async def test_no_spelling_gets_around_it(selection: str) -> None:
    """Fragments, interfaces, aliases and depth are seen through."""
    query = f'{{ order(by: {{number: "1001"}}) {{ number {selection} }} }}'
    if "...Deep" in selection:
        query += " fragment Deep on Order { ...Deeper } fragment Deeper on Order { payments { method } }"
    (error,) = (await asked(query))[0].errors
    assert error["extensions"]["code"] == "FORBIDDEN"


async def test_what_is_left_out_takes_nothing() -> None:
    """A field behind @include(if: $staff) costs a caller without the scope nothing, until it is asked for."""
    query = """query Q($staff: Boolean!) {
      order(by: {number: "1001"}) { number totals @include(if: $staff) { total { amount } } }
    }"""
    answer, calls = await asked(query, staff=False)
    assert answer.data == {"order": {"number": "#1001"}}
    assert calls == 1
    (error,) = (await asked(query, staff=True))[0].errors
    assert error["extensions"]["fields"] == ["Order.totals"]


async def test_what_node_leads_to_takes_its_own() -> None:
    """An id of a product is null for who may see orders alone, and an order's id is the order."""
    query = "query Q($ids: [ID!]!) { nodes(ids: $ids) { id } }"
    ids = [encode_id("Order", "shop:number", "1001"), encode_id("Product", "TEA-1")]
    answer, _ = await asked(query, ids=ids)
    assert answer.data == {"nodes": [{"id": ids[0]}, None]}


async def test_a_filter_does_not_tell() -> None:
    """Who may not read a total or an address may not filter by it either."""
    for filter, field, scope in (
        ("{total: {gt: 5}}", "TOTAL", "orders:financials"),
        ('{or: [{not: [{customerEmail: {eq: "a@b.c"}}]}]}', "CUSTOMER_EMAIL", "orders:personal"),
    ):
        answer, calls = await asked(f"{{ orders(filter: {filter}) {{ nodes {{ number }} }} }}")
        (error,) = answer.errors
        assert (error["message"], error["extensions"]["code"]) == (f"you may not filter by {field}", "FORBIDDEN")
        assert error["extensions"]["scopes"] == [scope]
        assert calls == 0


@pytest.mark.parametrize(
    ("question", "message", "scope"),
    [
        ("orders(sort: {field: TOTAL}) { edges { cursor } }", "sort by TOTAL", Scope.FINANCIALS),
        (
            'customer(by: {email: "a@b.c"}) { orders(sort: {field: TOTAL}) { pageInfo { endCursor } } }',
            "sort by TOTAL",
            Scope.FINANCIALS,
        ),
        (
            "orderAggregates(groupBy: [{field: STATUS}], orderBy: {measure: TOTAL_MAX}) { groups { count } }",
            "group by that",
            Scope.FINANCIALS,
        ),
        ("orderAggregates(groupBy: [{field: COUNTRY}]) { groups { count } }", "group by that", Scope.PERSONAL),
        ("orderAggregates(groupBy: [{field: COMPANY}]) { groups { count } }", "group by that", Scope.PERSONAL),
    ],
)
async def test_neither_order_nor_groups_tell(question: str, message: str, scope: Scope) -> None:
    """Who may not read a total is not told who has more, nor by a cursor how much; an address's country is no group."""
    woven = weave(shop([order("a1", "#1001")]))
    caller = Caller(name="plain", role="plain", rights=Rights(scopes=frozenset(Scope) - {scope}))
    answer = await Operations(woven.schema).run(
        Request(query=f"{{ {question} }}"), Context(woven.gateway, caller=caller)
    )
    (error,) = answer.errors
    assert error["message"] == f"you may not {message}"
    assert error["extensions"] == {"code": "FORBIDDEN", "scopes": [scope.value]}
    assert woven.fakes["shop"].calls == []


async def test_scopes_of_an_operation_are_read_once() -> None:
    """A repeated operation is walked once for each way in which its variables shape it."""
    woven = weave(shop([order("a1", "#1001")]))
    operations = Operations(woven.schema)
    query = (
        'query Q($x: Boolean!) { order(by: {number: "1001"}) { number totals @include(if: $x) { total { amount } } } }'
    )
    for shape in (True, False, True, False):
        request = Request(query=query, variables={"x": shape})
        await operations.run(request, Context(woven.gateway, caller=PLAIN))
    assert len(operations._scopes) == 2
