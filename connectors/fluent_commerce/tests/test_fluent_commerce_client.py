"""The token and the classes of errors: what is sent, how often, and what is raised."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs

import pytest

from orderweave_fluent_commerce.connector import FluentCommerceConnector
from orderweave_fluent_commerce.simulator import ACCOUNT, FluentCommerceSimulator
from orderweave_sdk.batches import keys_of
from orderweave_sdk.clock import Call
from orderweave_sdk.connecting import Connecting
from orderweave_sdk.errors import BadPayload, FixCredentials, GiveUp, Retry, UpstreamError
from orderweave_sdk.testing.simulator import SimulatedAnswer, SimulatedRequest

from .answering import Answers, connected


class Clock:
    """A clock that a test moves."""

    passed = 0.0

    def now(self) -> datetime:
        """One moment."""
        return datetime(2026, 3, 1, tzinfo=UTC)

    def monotonic(self) -> float:
        """What has passed."""
        return self.passed


def call() -> Call:
    """Ten seconds."""
    return Call.within(10)


async def test_many_callers_sign_in_once(account: FluentCommerceSimulator, connector: FluentCommerceConnector) -> None:
    """Calls that begin together share one token, and later calls fetch none; no sign-in counts as a call."""
    await asyncio.gather(*(connector.check(call()) for _ in range(5)))
    assert (
        await connector.check(call()) == "signed in as orderweave, who may read orders, stock, locations and products"
    )
    assert account.tokens_made == 1
    assert [entry.operation for entry in account.calls] == ["Check"] * 6


async def test_the_form_of_the_sign_in(account: FluentCommerceSimulator) -> None:
    """User and client go in the body of a form, never in the address; the account's id goes with every call."""
    seen: list[SimulatedRequest] = []
    usual = account.answer

    async def noting(request: SimulatedRequest) -> SimulatedAnswer:
        seen.append(request)
        return await usual(request)

    account.answer = noting  # type: ignore[method-assign]  # what it is sent is looked at
    made = Connecting(FluentCommerceConnector, {**account.settings(), "account": "ACME"})
    await made.connector.check(call())
    await made.close()
    sign_in, check = seen
    assert (sign_in.path, sign_in.query, check.path) == ("/oauth/token", (), "/graphql")
    assert sign_in.headers["content-type"] == "application/x-www-form-urlencoded"
    assert parse_qs(sign_in.body.decode()) == {
        "grant_type": ["password"],
        "scope": ["api"],
        **{name: [value] for name, value in ACCOUNT.items()},
    }
    assert [request.headers["fluent.account"] for request in seen] == ["ACME", "ACME"]


async def test_a_refused_token_is_renewed_once(
    account: FluentCommerceSimulator, connector: FluentCommerceConnector
) -> None:
    """A token that Fluent no longer takes is replaced, and the same call made again: one refusal, one answer."""
    await connector.check(call())
    account.expire_token()
    before = len(account.calls)
    found = await connector.find_orders(keys_of("ref", ["1001"]), frozenset(), call())
    assert [record.references[0].value for record in found.records] == ["1001"]
    assert len(account.calls) - before == 2


@pytest.mark.parametrize(("lifetime", "after", "tokens"), [(3600, 3539, 1), (3600, 3540, 2), (40, 19, 1), (40, 20, 2)])
async def test_a_token_is_left_before_it_ends(
    lifetime: int, after: float, tokens: int, account: FluentCommerceSimulator, connector: FluentCommerceConnector
) -> None:
    """It is kept until a minute before its end, a short one for half its time; then the next call fetches another."""
    account.lifetime, clock = lifetime, Clock()
    await connector.check(Call.within(10, clock))
    clock.passed = after
    await connector.check(Call.within(10, clock))
    assert account.tokens_made == tokens


async def test_a_changed_password_is_told(account: FluentCommerceSimulator, connector: FluentCommerceConnector) -> None:
    """A refused sign-in is for a person to mend, and names neither the user nor the password."""
    account.password = "another"
    with pytest.raises(FixCredentials) as caught:
        await connector.check(call())
    assert str(caught.value) == "sign-in: Fluent refuses the client, the username or the password"


@pytest.mark.parametrize(
    ("message", "classification", "expected"),
    [
        ("Access is denied to robin@example.com", None, FixCredentials),
        ("User does not have permission ORDER_VIEW", "DataFetchingException", FixCredentials),
        ("Query complexity 20000 exceeds the maximum", None, GiveUp),
        ("Validation error of robin@example.com", "ValidationError", GiveUp),
        ("Internal Server Error(s) while executing query", None, Retry),
        ("Exception while fetching data (/orders) : timed out", "DataFetchingException", Retry),
        ("robin@example.com is odd", None, GiveUp),
    ],
)
async def test_errors_by_what_one_can_do(
    message: str, classification: str | None, expected: type[UpstreamError]
) -> None:
    """Fluent says most errors in a 200; words and classification decide, and the message is never passed on."""
    error = {"message": message, "extensions": {"classification": classification}}
    async with connected(Answers({"errors": [error], "data": None})) as connector:
        with pytest.raises(UpstreamError) as caught:
            await connector.find_orders(keys_of("ref", ["1"]), frozenset(), call())
    assert type(caught.value) is expected
    assert "robin" not in str(caught.value)


async def test_one_order_with_an_error_is_a_gap() -> None:
    """An error under one alias, or in one entry of a list, leaves the others; the order of an alias is named."""
    problem = {"message": "Exception while fetching data", "extensions": {"classification": "DataFetchingException"}}
    by_id = {"data": {"o0": {"id": "7"}, "o1": None}, "errors": [{**problem, "path": ["o1"]}]}
    async with connected(Answers(by_id)) as connector:
        found = await connector.find_orders(keys_of("id", ["7", "8"]), frozenset(), call())
    reason = "Fluent answers with an error (DataFetchingException)"
    assert [record.external_id for record in found.records] == ["7"]
    assert [(gap.external_id, gap.reason) for gap in found.gaps] == [("8", f"orders by id: {reason}")]
    edges = [{"node": {"id": str(n), "ref": "1"}, "cursor": str(n)} for n in (7, 8)]
    by_ref = {
        "data": {"found": {"edges": edges, "pageInfo": {"hasNextPage": False}}},
        "errors": [{**problem, "path": ["found", "edges", 1, "node", "items"]}],
    }
    async with connected(Answers(by_ref)) as connector:
        found = await connector.find_orders(keys_of("ref", ["1"]), frozenset(), call())
    assert [record.external_id for record in found.records] == ["7"]
    assert [gap.reason for gap in found.gaps] == [f"orders by ref: {reason}"]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({}, "neither data nor errors"),
        ({"data": {}}, "without the list"),
        ({"data": {"found": {"edges": [], "pageInfo": {"hasNextPage": True}}}}, "does not say where"),
        ({"data": {"found": {"edges": 7}}}, "Expected `array | null`"),
    ],
)
async def test_answers_of_another_shape(body: Any, said: str) -> None:
    """What is no answer to the question is reported, not read as nothing."""
    async with connected(Answers(body)) as connector:
        with pytest.raises(BadPayload, match=said.replace("|", r"\|")):
            await connector.find_orders(keys_of("ref", ["1"]), frozenset(), call())


async def test_check_tells_what_may_not_be_read() -> None:
    """A list that does not answer is named."""
    body = {"data": {"me": {"username": "u"}, "locations": None}, "errors": [{"message": "odd", "path": ["locations"]}]}
    async with connected(Answers(body)) as connector:
        with pytest.raises(GiveUp, match="does not answer about locations"):
            await connector.check(call())


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({"url": "https://a.example"}, []),
        ({"url": "https://a.example/graphql"}, ["url: give the account's host alone; the paths are added to it"]),
        (
            {"url": "https://a.example", "reference_attributes": "erp, ref"},
            ["reference_attributes: 'ref' is a field of Fluent's own, and a reference without being named"],
        ),
    ],
)
def test_settings(settings: dict[str, Any], expected: list[str]) -> None:
    """A host without a path, and attributes that are no field of Fluent's."""
    assert FluentCommerceConnector.problems(settings) == expected
