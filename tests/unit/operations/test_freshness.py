"""@freshness: the age asked reaches the systems, from both executors; where it stands wrongly it is refused."""

from __future__ import annotations

from typing import Any

import pytest

from orderweave.operations.answers import Answer, ExecutorKind, Request
from orderweave.operations.explaining import ExplainError, explain
from orderweave.operations.running import Operations
from orderweave.planning.authority import Authority
from orderweave.schema import Context
from orderweave_sdk.errors import Unreachable
from tests.unit.caching.stores import settings
from tests.unit.fake_business import order, shop, stock
from tests.unit.fake_systems import FakeSystem, Woven, weave

ORDER = 'order(by: {number: "1001"})'
BOTH = pytest.mark.parametrize("compiled", [True, False], ids=["compiled", "reference"])


class Gateway:
    """A gateway over one cached shop, which was asked ten seconds ago."""

    def __init__(self, *, compiled: bool) -> None:
        self.shop: FakeSystem = shop([order("a1", "1001", email="ada@example.com")])
        self.shop.stock = [stock("TEA-1", "east", 5)]
        self.woven: Woven = weave(self.shop, cache=settings("shop"))
        self.operations = Operations(self.woven.schema, compiled=compiled)

    async def ask(self, query: str, **variables: Any) -> Answer:
        """The answer, by the executor that was chosen."""
        return await self.operations.run(Request(query=query, variables=variables), Context(self.woven.gateway))

    async def aged(self) -> Gateway:
        """Itself, when what it knows is ten seconds old."""
        await self.ask(f"{{ {ORDER} {{ number }} }}")
        self.woven.time.advance(10)
        self.shop.calls.clear()
        return self


@BOTH
@pytest.mark.parametrize(
    ("query", "asked"),
    [
        (f"{{ {ORDER} {{ number }} }}", 0),
        (f"query @freshness(maxAge: 10) {{ {ORDER} {{ number }} }}", 0),
        (f"query @freshness(maxAge: 9) {{ {ORDER} {{ number }} }}", 1),
        (f"{{ {ORDER} @freshness(maxAge: 0) {{ number }} }}", 1),
        (f"query @freshness(maxAge: 0) {{ {ORDER} @freshness(maxAge: 60) {{ number }} }}", 0),
        (f"query @freshness(maxAge: 60) {{ {ORDER} @freshness(maxAge: 5) {{ number }} }}", 1),
        (f"query ($n: Int!) {{ {ORDER} @freshness(maxAge: $n) {{ number }} }}", 1),
        (f"query ($n: Int!) @freshness(maxAge: $n) {{ {ORDER} {{ number }} }}", 1),
        (f"query {{ ...Q }} fragment Q on Query {{ {ORDER} @freshness(maxAge: 0) {{ number }} }}", 1),
        (f"{{ {ORDER} @freshness(maxAge: 60) {{ number }} {ORDER} @freshness(maxAge: 2) {{ id }} }}", 1),
        (f"{{ a: {ORDER} @freshness(maxAge: 0) {{ number }} b: {ORDER} {{ number }} }}", 1),
    ],
)
async def test_the_age_is_kept(query: str, asked: int, compiled: bool) -> None:
    """An answer of ten seconds serves for ten and more; the field's word goes before the operation's, the youngest of
    several before the others, and one root field's before none of the other's.
    """
    gateway = await Gateway(compiled=compiled).aged()
    answer = await gateway.ask(query, n=3)
    assert answer.errors == ()
    assert answer.executor is (ExecutorKind.COMPILED if compiled else ExecutorKind.REFERENCE)
    assert len(gateway.shop.asked("find")) == asked


@BOTH
@pytest.mark.parametrize(
    "root",
    [
        "orders(first: 1) { nodes { id } }",
        'inventory(skus: ["TEA-1"]) { sku }',
        'product(sku: "TEA-1") { id }',
        'customer(by: {email: "ada@example.com"}) { id }',
        "locations { id }",
    ],
)
async def test_every_question_keeps_it(root: str, compiled: bool) -> None:
    """Each root field that asks systems asks them anew for an age of 0, and not without it."""
    gateway = Gateway(compiled=compiled)
    await gateway.ask(f"{{ {root} }}")
    first = len(gateway.shop.calls)
    await gateway.ask(f"{{ {root} }}")
    assert len(gateway.shop.calls) == first > 0
    await gateway.ask(f"query @freshness(maxAge: 0) {{ {root} }}")
    assert len(gateway.shop.calls) == 2 * first


@BOTH
async def test_what_could_not_be_kept_is_said(compiled: bool) -> None:
    """The shop is down: the order comes from the cache, and `unmet` says that it is older than was asked, and why."""
    gateway = await Gateway(compiled=compiled).aged()
    gateway.shop.error = Unreachable("orders: no connection")
    said = "freshness { maxAgeSeconds stale missing { system } unmet { system reason message } }"
    answer = await gateway.ask(f"{{ {ORDER} @freshness(maxAge: 0) {{ number {said} }} }}")
    assert answer.document() == {
        "data": {
            "order": {
                "number": "1001",
                "freshness": {
                    "maxAgeSeconds": 10,
                    "stale": True,
                    "missing": [],
                    "unmet": [{"system": "shop", "reason": "UNREACHABLE", "message": "orders: no connection"}],
                },
            }
        }
    }


MISPLACED = "@freshness stands on an operation or on a field of Query, not on Order.number"


@BOTH
@pytest.mark.parametrize(
    ("query", "message", "code"),
    [
        (f"{{ {ORDER} {{ number @freshness(maxAge: 0) }} }}", MISPLACED, "GRAPHQL_VALIDATION_FAILED"),
        (
            f"{{ {ORDER} {{ ...O }} }} fragment O on Order {{ number @freshness(maxAge: 0) }}",
            MISPLACED,
            "GRAPHQL_VALIDATION_FAILED",
        ),
        (
            f"{{ {ORDER} @freshness {{ number }} }}",
            "Argument '@freshness(maxAge:)' of type 'Int!' is required, but it was not provided.",
            "GRAPHQL_VALIDATION_FAILED",
        ),
        (
            f"{{ {ORDER} @freshness(maxAge: -1) {{ number }} }}",
            "@freshness: maxAge must be 0 or more, is -1",
            "BAD_INPUT",
        ),
    ],
)
async def test_where_it_makes_no_sense(query: str, message: str, code: str, compiled: bool) -> None:
    """Below a root field, without an age or with one below 0 it is refused in words, and nobody is asked."""
    gateway = Gateway(compiled=compiled)
    (error,) = (await gateway.ask(query)).errors
    assert (error["message"], error["extensions"]["code"]) == (message, code)
    assert gateway.shop.calls == []


def test_explaining_refuses_it_likewise() -> None:
    """`explain` takes a document with it, and refuses what would not run."""
    woven = Gateway(compiled=True).woven
    business = woven.configuration.business

    def told(query: str) -> str:
        return explain(query, {}, schema=woven.schema._schema, business=business, authority=Authority(business))

    assert told(f"{{ {ORDER} @freshness(maxAge: 0) {{ number }} }}") == told(f"{{ {ORDER} {{ number }} }}")
    with pytest.raises(ExplainError, match=r"not on Order\.number"):
        told(f"{{ {ORDER} {{ number @freshness(maxAge: 0) }} }}")
