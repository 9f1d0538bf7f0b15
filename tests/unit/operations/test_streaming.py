"""Running a subscription: one answer for each event, by both executors alike, and each in a turn of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from typing import Any

import msgspec
import pytest

from orderweave.answering import Gateway
from orderweave.model.rights import ANYBODY, Caller
from orderweave.operations.answers import Answer, ExecutorKind, Request
from orderweave.operations.running import Operations
from orderweave.schema import LiveContext
from orderweave_sdk.records import Fulfillment
from tests.unit.live.feeds import Fed, business, close_order
from tests.unit.web.exchanges import turns

DOCUMENTS = {
    "order": """subscription {
      orderUpdated(by: {number: "1001"}) {
        __typename changed gap changes { changed }
        order { ...on Order { number status lines(first: 5) { nodes { sku } } totals { total { amount } } } }
      }
    }""",
    "shipments": """subscription($with: Boolean = true) {
      followed: shipmentUpdated(by: {number: "1001"}) {
        changed shipments @include(if: $with) { packages { trackingNumber status events { message } } }
      }
    }""",
    "stock": 'subscription { inventoryChanged(skus: ["A", "b"]) { changed gap items { sku onHand } } }',
}


class Asked:
    """A gateway with a feed, an executor, and how many turns and places were taken."""

    def __init__(self, *, compiled: bool) -> None:
        self.fed = Fed(business())
        self.operations = Operations(self.fed.woven.schema, compiled=compiled)
        self.turns = 0
        self.places = 0

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[tuple[Gateway, Caller]]:
        """One more."""
        self.turns += 1
        yield self.fed.woven.gateway, ANYBODY

    @asynccontextmanager
    async def place(self) -> AsyncIterator[None]:
        """One more."""
        self.places += 1
        yield

    async def ask(self, query: str, *, read_only: bool = False) -> Any:
        """An answer, or answers."""
        context = LiveContext(self.fed.woven.gateway, ANYBODY, feed=self.fed.feed, turn=self.turn)
        return await self.operations.stream(Request(query=query), context, place=self.place, read_only=read_only)


async def told(query: str, *, compiled: bool) -> list[Answer]:
    """The first two answers."""
    asked = Asked(compiled=compiled)
    answers = []
    async with aclosing(await asked.ask(query)) as stream:
        answers.append(await anext(stream))
        close_order(asked.fed.woven)
        orders = asked.fed.woven.fakes["shop"].orders
        orders[0] = msgspec.structs.replace(orders[0], fulfillment=Fulfillment())
        await asked.fed.waits.pass_by(5)
        if "inventoryChanged" not in query:
            answers.append(await anext(stream))
    await turns()
    assert asked.fed.feed.watching == 0
    await asked.fed.feed.close()
    return answers


@pytest.mark.parametrize("name", DOCUMENTS)
async def test_both_executors_tell_the_same(name: str) -> None:
    """The compiled projection gives what the reference executor gives, at every event."""
    mine, others = await told(DOCUMENTS[name], compiled=True), await told(DOCUMENTS[name], compiled=False)
    assert {answer.executor for answer in mine} == {ExecutorKind.COMPILED}
    assert {answer.executor for answer in others} == {ExecutorKind.REFERENCE}
    assert [answer.document() for answer in mine] == [answer.document() for answer in others]
    assert len(mine) == (1 if name == "stock" else 2)
    assert all(answer.errors == () for answer in mine)


async def test_each_answer_has_a_turn_and_a_subscription_no_place() -> None:
    """Finding the order and each answer take one turn each; a query over the same way takes a place."""
    asked = Asked(compiled=True)
    async with aclosing(await asked.ask(DOCUMENTS["order"])) as stream:
        await anext(stream)
        assert (asked.turns, asked.places) == (2, 0)
    assert (await asked.ask("{ systems { name } }")).executed
    assert asked.places == 1
    await asked.fed.feed.close()


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("subscription { orderUpdated(by: {}) { cursor } }", "must specify exactly one key"),
        (
            'subscription { a: orderUpdated(by: {number: "1"}) { cursor } b: inventoryChanged(skus: []) { cursor } }',
            "must select only one top level field",
        ),
        (
            'subscription { inventoryChanged(skus: ["A"]) @freshness(maxAge: 1) { cursor } }',
            "@freshness stands on an operation or on a field of Query",
        ),
    ],
)
async def test_document_that_does_not_hold(query: str, message: str) -> None:
    """What is wrong with a subscription's document is one answer, and nothing is followed."""
    answer = await Asked(compiled=True).ask(query)
    assert not answer.executed
    assert message in answer.errors[0]["message"]


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("subscription { inventoryChanged(skus: []) { cursor } }", "skus must hold 1 to 200 SKUs"),
        ('subscription { inventoryChanged(skus: ["A", " "]) { cursor } }', "skus must hold 1 to 200 SKUs"),
        ('subscription { inventoryChanged(skus: ["A"], after: "") { cursor } }', "after: not a cursor of"),
        ('subscription { orderUpdated(by: {number: ""}) { cursor } }', "number must be a text of 1 to 200"),
    ],
)
async def test_argument_that_makes_no_sense_ends_the_stream(query: str, message: str) -> None:
    """The first and last answer says what would be right, with BAD_INPUT."""
    stream = await Asked(compiled=True).ask(query)
    answers = [answer async for answer in stream]
    assert [(answer.executed, answer.errors[0]["extensions"]["code"]) for answer in answers] == [(False, "BAD_INPUT")]
    assert message in answers[0].errors[0]["message"]
