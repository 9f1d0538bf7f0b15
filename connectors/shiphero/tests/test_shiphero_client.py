"""Tokens, and what ShipHero's errors become."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import msgspec
import pytest

from orderweave_sdk.batches import keys_of
from orderweave_sdk.capabilities import Orders
from orderweave_sdk.clock import Call
from orderweave_sdk.connecting import Connecting
from orderweave_sdk.errors import BadPayload, FixCredentials, GiveUp, Retry, TimedOut, UpstreamError, Wait
from orderweave_sdk.records import Facet
from orderweave_sdk.transport import Answer, Request
from orderweave_shiphero.connector import ShipheroConnector
from orderweave_shiphero.simulator import ShipheroSimulator

HEADER = frozenset({Facet.HEADER})
SETTINGS = {"url": "https://shiphero.example", "refresh_token": "refresh-me"}


class Scripted:
    """A transport that gives these answers to /graphql in turn, and a token to whoever asks for one."""

    def __init__(self, *answers: Any, status: int = 200, token_status: int = 200) -> None:
        self.answers = list(answers)
        self.status = status
        self.token_status = token_status
        self.sent: list[Request] = []

    async def send(self, request: Request, *, seconds: float, max_bytes: int) -> Answer:
        """The next answer."""
        self.sent.append(request)
        if request.url.endswith("/auth/refresh"):
            body = msgspec.json.encode({"access_token": f"token-{len(self.sent)}", "expires_in": 2419200})
            return Answer(status=self.token_status, headers={}, body=body)
        return Answer(status=self.status, headers={}, body=msgspec.json.encode(self.answers.pop(0)))

    async def close(self) -> None:
        """Nothing is open."""


async def find(
    transport: Scripted, by: str = "id", values: Sequence[str] = ("O1", "O2"), facets: frozenset[Facet] = HEADER
) -> Orders:
    """Orders through a scripted transport."""
    connecting = Connecting(ShipheroConnector, SETTINGS, transport=transport)
    assert isinstance(connecting.connector, ShipheroConnector)
    return await connecting.connector.find_orders(keys_of(by, values), facets, Call.within(5))


def found(external_id: str) -> dict[str, Any]:
    """The result of one look-up by id."""
    return {"complexity": 2, "data": {"id": external_id}}


async def test_one_token_serves_many_calls(simulator: ShipheroSimulator, connector: ShipheroConnector) -> None:
    """Ten calls at once make one access token between them, and the next ones none."""
    order = simulator.world.orders[0].external_id
    for _ in range(2):
        calls = [connector.find_orders(keys_of("id", [order]), HEADER, Call.within(10)) for _ in range(10)]
        assert {len(orders.records) for orders in await asyncio.gather(*calls)} == {1}
    assert simulator.tokens_made == 1


async def test_a_refused_token_is_renewed_once(simulator: ShipheroSimulator, connector: ShipheroConnector) -> None:
    """When the token has run out, five calls at once all succeed, over one new token."""
    order = simulator.world.orders[0].external_id
    await connector.check(Call.within(10))
    simulator.expire_token()
    calls = [connector.find_orders(keys_of("id", [order]), HEADER, Call.within(10)) for _ in range(5)]
    assert {len(orders.records) for orders in await asyncio.gather(*calls)} == {1}
    assert simulator.tokens_made == 3


async def test_a_token_that_stays_refused() -> None:
    """A second 401 ends the matter: two attempts, two tokens, and a person must act."""
    transport = Scripted({"message": "Unauthorized"}, {"message": "Unauthorized"}, status=401)
    with pytest.raises(FixCredentials):
        await find(transport)
    assert [request.url.rpartition("/")[2] for request in transport.sent] == [
        "refresh",
        "graphql",
        "refresh",
        "graphql",
    ]


@pytest.mark.parametrize("status", [400, 401, 403])
async def test_a_refused_refresh_token(status: int) -> None:
    """Whatever status the token endpoint refuses with, the credentials are to blame, and no secret is told."""
    with pytest.raises(FixCredentials) as caught:
        await find(Scripted(token_status=status))
    assert "refresh-me" not in str(caught.value)


async def test_waiting_for_another_s_token_is_bounded() -> None:
    """A call whose deadline passes while another fetches the token times out by its own deadline."""

    class Stuck(Scripted):
        async def send(self, request: Request, *, seconds: float, max_bytes: int) -> Answer:
            await asyncio.Event().wait()
            raise AssertionError("the token never comes")

    connecting = Connecting(ShipheroConnector, SETTINGS, transport=Stuck())
    assert isinstance(connecting.connector, ShipheroConnector)
    patient = asyncio.create_task(connecting.connector.check(Call.within(60)))
    await asyncio.sleep(0)
    with pytest.raises(TimedOut):
        await connecting.connector.check(Call.within(0.05))
    patient.cancel()
    await asyncio.gather(patient, return_exceptions=True)


@pytest.mark.parametrize(
    ("problem", "kind", "seconds"),
    [
        ({"code": 30, "message": "no credits", "time_remaining": "4 seconds"}, Wait, 4),
        ({"code": 30, "message": "no credits", "time_remaining": "2 minutes"}, Wait, 120),
        ({"code": "30", "message": "no credits"}, Wait, None),
        ({"message": "There are not enough credits to do it. In 18 seconds you will have enough"}, Wait, 18),
        ({"code": 2, "message": "Expired token"}, FixCredentials, None),
        ({"code": 7, "message": "You do not have permission to query this"}, FixCredentials, None),
        ({"message": "Internal server error"}, Retry, None),
        ({"message": "Cannot query field 'colour' on type 'Order'."}, GiveUp, None),
        ({"message": "Syntax Error: Unexpected token"}, GiveUp, None),
    ],
)
async def test_errors_of_the_whole_request(
    problem: dict[str, Any], kind: type[UpstreamError], seconds: float | None
) -> None:
    """Errors without data become what one can do about them; their messages, which may hold values, are not told."""
    with pytest.raises(kind) as caught:
        await find(Scripted({"data": None, "errors": [problem]}))
    if isinstance(caught.value, Wait):
        assert caught.value.seconds == seconds
    assert problem["message"] not in str(caught.value)


async def test_errors_under_http_400_are_read() -> None:
    """A refusal that comes with status 400 says the same as one that comes with 200."""
    refusal = {"errors": [{"code": 30, "message": "no credits", "time_remaining": "9 seconds"}]}
    with pytest.raises(Wait) as caught:
        await find(Scripted(refusal, status=400))
    assert caught.value.seconds == 9


@pytest.mark.parametrize(
    "problem",
    [
        {"message": "first and last can't be negative values", "operation": "order", "field": "data", "code": 3},
        {"message": "broken", "path": ["a1", "data", "shipments"]},
        {"message": "broken", "operation": "a1"},
    ],
)
async def test_an_error_of_one_alias_is_a_gap(problem: dict[str, Any]) -> None:
    """By its path, by its alias, or by being the empty one: its key is a gap, and the other order comes."""
    answer = {"data": {"a0": found("O1"), "a1": {"complexity": 2, "data": None}}, "errors": [problem]}
    orders = await find(Scripted(answer))
    assert [record.external_id for record in orders.records] == ["O1"]
    assert [gap.external_id for gap in orders.gaps] == ["O2"]


async def test_an_error_inside_an_alias_spoils_it() -> None:
    """An order of which a part failed is a gap, never an order with that part silently empty."""
    answer = {
        "data": {"a0": found("O1"), "a1": {"complexity": 2, "data": {"id": "O2", "shipments": None}}},
        "errors": [{"message": "broken", "path": ["a1", "data", "shipments"]}],
    }
    orders = await find(Scripted(answer), facets=frozenset({Facet.FULFILLMENT}))
    assert [record.external_id for record in orders.records] == ["O1"]
    assert [gap.external_id for gap in orders.gaps] == ["O2"]


async def test_an_order_that_is_not_found_is_absent() -> None:
    """Null, or an error that says so, is no gap: keys that the system does not know are absent."""
    answer = {
        "data": {"a0": {"complexity": 2, "data": None}, "a1": None},
        "errors": [{"message": "Order not found", "path": ["a1"], "code": 5}],
    }
    assert await find(Scripted(answer)) == Orders(records=())


async def test_a_fault_in_every_alias_is_a_fault() -> None:
    """When nothing came for a reason that passes, the call is to be tried again; it is not a heap of gaps."""
    answer = {
        "data": {"a0": None, "a1": None},
        "errors": [{"message": "Internal error", "path": ["a0"]}, {"message": "Internal error", "path": ["a1"]}],
    }
    with pytest.raises(Retry):
        await find(Scripted(answer))


async def test_an_error_that_fits_no_alias() -> None:
    """An error beside whole data cannot be laid at any record's door, so nothing is believed."""
    answer = {"data": {"a0": found("O1"), "a1": found("O2")}, "errors": [{"message": "odd", "code": 9}]}
    with pytest.raises(GiveUp, match=r"code 9"):
        await find(Scripted(answer))


@pytest.mark.parametrize("answer", [{"data": {"a0": found("O1")}}, {"data": None}, {}, [], {"data": {"a0": 7, "b": 7}}])
async def test_an_answer_to_something_else(answer: Any) -> None:
    """An answer that lacks an alias is not believed in part."""
    with pytest.raises(BadPayload):
        await find(Scripted(answer))


async def test_results_of_a_wrong_form_are_gaps() -> None:
    """A look-up whose result is no result is a gap; the others come."""
    by_id = await find(Scripted({"data": {"a0": 7, "a1": found("O2")}}))
    assert [record.external_id for record in by_id.records] == ["O2"]
    assert [gap.external_id for gap in by_id.gaps] == ["O1"]
    page = {"pageInfo": {"hasNextPage": False, "endCursor": None}, "edges": [{"node": {"id": "O2"}}]}
    answer = {"data": {"a0": {"data": None}, "a1": {"data": page}}}
    by_number = await find(Scripted(answer), "order_number")
    assert [record.external_id for record in by_number.records] == ["O2"]
    assert [gap.reason for gap in by_number.gaps] == ["OrdersByNumber: an answer without data"]


async def test_an_amount_that_is_no_number_is_a_gap() -> None:
    """The order that holds it is named; the other one comes."""
    spoiled = {"data": {"id": "O1", "currency": "USD", "total_price": "a lot"}}
    orders = await find(Scripted({"data": {"a0": spoiled, "a1": found("O2")}}))
    assert [record.external_id for record in orders.records] == ["O2"]
    assert [(gap.external_id, gap.reason) for gap in orders.gaps] == [
        ("O1", "order: an amount is not a decimal number")
    ]


@pytest.mark.parametrize(
    "result",
    [
        {"complexity": 1, "data": None},
        {"data": {"pageInfo": {"hasNextPage": True, "endCursor": None}, "edges": []}},
        None,
    ],
)
async def test_changes_never_go_on_from_no_page(result: Any) -> None:
    """Without a page, or without the way to the next one, the pass does not move on: nothing is missed in silence."""
    connecting = Connecting(ShipheroConnector, SETTINGS, transport=Scripted({"data": {"a0": result}}))
    assert isinstance(connecting.connector, ShipheroConnector)
    with pytest.raises(BadPayload):
        await connecting.connector.list_changes(None, None, HEADER, Call.within(5))


async def test_nothing_but_queries_is_sent(simulator: ShipheroSimulator, connector: ShipheroConnector) -> None:
    """No capability sends a mutation, so a right to read is enough."""
    call = Call.within(10)
    await connector.check(call)
    await connector.find_orders(keys_of("id", [simulator.world.orders[0].external_id]), HEADER, call)
    await connector.find_orders(keys_of("order_number", ["1001"]), HEADER, call)
    await connector.list_changes(None, None, HEADER, call)
    await connector.read_stock(["TEA-GREEN-100"], None, call)
    await connector.find_products(["TEA-GREEN-100"], call)
    await connector.list_locations(call)
    documents = [logged.request.json()["query"] for logged in simulator.calls]
    assert [document.split()[0] for document in documents] == ["query"] * 7


def test_the_address_is_the_host_s() -> None:
    """An address that already names the endpoint is said to be wrong, with the key's name."""
    assert ShipheroConnector.problems(SETTINGS) == []
    (problem,) = ShipheroConnector.problems({**SETTINGS, "url": "https://public-api.shiphero.com/graphql/"})
    assert problem.startswith("url: ")
