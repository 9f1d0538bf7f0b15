"""The session is kept, shared and renewed once; refusals say what one can do about them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from orderweave_sdk.batches import keys_of
from orderweave_sdk.clock import Call
from orderweave_sdk.connecting import Connecting
from orderweave_sdk.errors import BadPayload, FixCredentials, GiveUp, Retry, UpstreamError, Wait
from orderweave_sdk.testing.simulator import SimulatedAnswer, SimulatedRequest
from orderweave_tryton.connector import TrytonConnector
from orderweave_tryton.simulator import TrytonSimulator


class Counting(TrytonSimulator):
    """Counts sign-ins, and answers data with a given error."""

    def __init__(self) -> None:
        super().__init__()
        self.sign_ins = 0
        self.error: Any = None
        self.forgetful = False

    async def answer(self, request: SimulatedRequest) -> SimulatedAnswer:
        """As the server, but for the planted error."""
        if self.signs_in(request):
            self.sign_ins += 1
        elif self.error is not None:
            return SimulatedAnswer(body=json.dumps({"id": 1, "error": self.error}).encode())
        elif self.forgetful:
            self.drop_sessions()
        return await super().answer(request)


@pytest_asyncio.fixture
async def server() -> AsyncIterator[Counting]:
    """An empty Tryton."""
    async with Counting() as made:
        yield made


@pytest_asyncio.fixture
async def subject(server: Counting) -> AsyncIterator[TrytonConnector]:
    """The connector over it."""
    connecting = Connecting(TrytonConnector, server.settings())
    try:
        assert isinstance(connecting.connector, TrytonConnector)
        yield connecting.connector
    finally:
        await connecting.close()


async def ask(subject: TrytonConnector) -> int:
    """One look-up; how many orders it found."""
    return len((await subject.find_orders(keys_of("id", ["1"]), frozenset(), Call.within(10))).records)


async def test_one_sign_in_for_all(subject: TrytonConnector, server: Counting) -> None:
    """Calls that start together share one sign-in, and later ones need none."""
    await asyncio.gather(*(ask(subject) for _ in range(8)))
    await ask(subject)
    assert server.sign_ins == 1
    assert len(server.calls) == 9


async def test_a_dropped_session_is_renewed_once(subject: TrytonConnector, server: Counting) -> None:
    """When the server has forgotten the session, all callers that lost it go on after one new sign-in."""
    await ask(subject)
    server.drop_sessions()
    await asyncio.gather(*(ask(subject) for _ in range(4)))
    assert server.sign_ins == 2


async def test_a_fresh_session_refused(subject: TrytonConnector, server: Counting) -> None:
    """A server that forgets at once is not asked again and again."""
    server.forgetful = True
    with pytest.raises(FixCredentials, match=r"^search of sale.sale: HTTP 401, a fresh session is refused as well$"):
        await ask(subject)
    assert server.sign_ins == 2


async def test_a_wrong_password(server: Counting) -> None:
    """A refused sign-in is a matter of credentials, and the message does not tell them."""
    connecting = Connecting(TrytonConnector, server.settings() | {"password": "no-such-password"})
    try:
        with pytest.raises(FixCredentials, match=r"^sign-in: HTTP 401") as refusal:
            await connecting.connector.check(Call.within(10))
        assert "no-such-password" not in str(refusal.value)
    finally:
        await connecting.close()


async def test_a_database_that_is_not_there(server: Counting) -> None:
    """The server does not know the path of another database."""
    connecting = Connecting(TrytonConnector, server.settings() | {"database": "a/b"})
    try:
        with pytest.raises(GiveUp, match=r"^sign-in: HTTP 404$"):
            await connecting.connector.check(Call.within(10))
    finally:
        await connecting.close()


@pytest.mark.parametrize(
    ("error", "kind", "words"),
    [
        (
            ["UserError", ['You are not allowed to access "Sale".', "Within groups: ", None]],
            FixCredentials,
            'You are not allowed to access "Sale".',
        ),
        (["UserError", ["Robin owes 5", "", None]], GiveUp, "the server refuses the request (UserError)"),
        (["LoginException", ["sms", "Code", "char"]], FixCredentials, "the server asks for another way to sign in"),
        (["ConcurrencyException", "changed"], Retry, "the record was changed meanwhile"),
        (["RateLimitException"], Wait, "too many tries"),
        (["'stock.package'", ""], GiveUp, "the server does not know 'stock.package'; is one of the modules missing?"),
        (["Robin's card was declined", ""], Retry, "the server failed on the request"),
        ([], Retry, "the server failed on the request"),
        ("odd", BadPayload, "Expected `array`, got `str`"),
    ],
)
async def test_errors_with_http_200(
    error: Any, kind: type[UpstreamError], words: str, subject: TrytonConnector, server: Counting
) -> None:
    """Each error that comes with HTTP 200 is classed by what one can do, and tells none of the data."""
    server.error = error
    with pytest.raises(kind) as caught:
        await ask(subject)
    assert type(caught.value) is kind
    assert str(caught.value) == f"search of sale.sale: {words}"


def test_settings() -> None:
    """A login with a colon cannot be written into the session header, and the problem names the key."""
    assert TrytonConnector.problems({"user": "orderweave"}) == []
    assert TrytonConnector.problems({"user": "a:b"}) == ["setting user: must not hold a colon"]
