"""Signing in and the classes of errors: what is sent, how often, and what is raised."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from orderweave_sdk.batches import keys_of
from orderweave_sdk.clock import Call
from orderweave_sdk.connecting import Connecting
from orderweave_sdk.errors import BadPayload, FixCredentials, GiveUp, Retry, UpstreamError
from orderweave_sdk.testing.simulator import SimulatedAnswer, SimulatedRequest
from orderweave_sdk.transport import Answer, Request
from orderweave_vendure.client import Client
from orderweave_vendure.connector import VendureConnector
from orderweave_vendure.operations import CHECK
from orderweave_vendure.payloads import CheckData
from orderweave_vendure.simulator import API_KEY, PASSWORD, VendureSimulator


def call() -> Call:
    """Ten seconds."""
    return Call.within(10)


async def test_many_callers_sign_in_once(shop: VendureSimulator, connector: VendureConnector) -> None:
    """Calls that begin together share one sign-in, and later calls none; no sign-in counts as a call."""
    await asyncio.gather(*(connector.check(call()) for _ in range(5)))
    await connector.check(call())
    assert shop.sign_ins == 1
    assert [entry.operation for entry in shop.calls] == ["Check"] * 6


async def test_an_ended_session_is_renewed_once(shop: VendureSimulator, connector: VendureConnector) -> None:
    """A token that Vendure no longer knows is replaced, and the same call made again: one refusal, one answer."""
    await connector.check(call())
    shop.end_sessions()
    before = len(shop.calls)
    found = await connector.find_orders(keys_of("number", ["1001"]), frozenset(), call())
    assert [record.key("number") for record in found.records] == ["1001"]
    assert len(shop.calls) - before == 2


async def test_a_401_of_a_proxy_renews_too(shop: VendureSimulator, connector: VendureConnector) -> None:
    """A 401 on the way is taken for an ended session, once."""
    await connector.check(call())
    turned_away: list[SimulatedRequest] = []
    usual = shop.answer

    async def once(request: SimulatedRequest) -> SimulatedAnswer:
        if not turned_away:
            turned_away.append(request)
            return SimulatedAnswer.of({"message": "who are you"}, status=401)
        return await usual(request)

    shop.answer = once  # type: ignore[method-assign]  # one answer of it is replaced
    assert await connector.check(call()) == "channel __default_channel__: all rights"
    assert shop.sign_ins == 2


async def test_a_changed_password_is_told(shop: VendureSimulator, connector: VendureConnector) -> None:
    """A refused sign-in is for a person to mend, and names neither the account nor the password."""
    shop.password = "another"
    with pytest.raises(FixCredentials) as caught:
        await connector.check(call())
    assert str(caught.value) == "sign-in: Vendure refuses the username or the password"


async def test_an_api_key_signs_in_nowhere(shop: VendureSimulator) -> None:
    """The key goes with each call; a key that is not known is refused without a second try."""
    for key, good in ((API_KEY, True), ("no:key", False)):
        made = Connecting(VendureConnector, {"url": shop.url, "api_key": key, "channel": "eu"})
        before = len(shop.calls)
        try:
            if good:
                await made.connector.check(call())
                assert shop.calls[-1].request.headers["vendure-token"] == "eu"
            else:
                with pytest.raises(FixCredentials, match="FORBIDDEN"):
                    await made.connector.check(call())
        finally:
            await made.close()
        assert len(shop.calls) - before == 1
    assert shop.sign_ins == 0


class OneAnswer:
    """A transport that gives the same answer to everything, and a token to a sign-in if it has one."""

    def __init__(self, body: bytes, headers: dict[str, str] | None = None) -> None:
        self.body = body
        self.headers = headers or {}

    async def send(self, request: Request, *, seconds: float, max_bytes: int) -> Answer:
        """See `Transport`."""
        return Answer(status=200, headers=self.headers, body=self.body)

    async def close(self) -> None:
        """Nothing is open."""


async def raised(body: bytes, **settings: str) -> UpstreamError:
    """What a client raises for one answer."""
    account = settings or {"api_key": API_KEY}
    made = Connecting(VendureConnector, {"url": "http://shop.example", **account}, transport=OneAnswer(body))
    try:
        client = Client({"url": "http://shop.example", **account}, made._upstream)
        with pytest.raises(UpstreamError) as caught:
            await client.ask(CHECK, {}, CheckData, operation="Check", what="check", call=call())
        return caught.value
    finally:
        await made.close()


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("FORBIDDEN", FixCredentials),
        ("UNAUTHORIZED", FixCredentials),
        ("USER_INPUT_ERROR", GiveUp),
        ("GRAPHQL_VALIDATION_FAILED", GiveUp),
        ("CHANNEL_NOT_FOUND", GiveUp),
        ("INTERNAL_SERVER_ERROR", Retry),
        (None, Retry),
    ],
)
async def test_errors_by_what_one_can_do(code: str | None, expected: type[UpstreamError]) -> None:
    """Vendure says most errors in a 200; the code decides, and the message is never passed on."""
    extensions = b'{"code":"' + code.encode() + b'"}' if code else b"null"
    body = (
        b'{"errors":[{"message":"robin@example.com","path":["orders",0],"extensions":' + extensions + b'}],"data":null}'
    )
    error = await raised(body)
    assert type(error) is expected
    assert f"({code or 'no code'} at orders)" in str(error)
    assert "robin" not in str(error)


async def test_neither_data_nor_errors() -> None:
    """An answer that says nothing is no answer."""
    assert type(await raised(b"{}")) is BadPayload


async def test_a_server_that_gives_no_token() -> None:
    """A server that takes cookies alone cannot be spoken to, and is said to be set up so."""
    error = await raised(b'{"data":{"login":{"id":"1"}}}', username="u", password=PASSWORD)
    assert type(error) is FixCredentials
    assert "tokenMethod must hold 'bearer'" in str(error)


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({"url": "https://a.example", "username": "u", "password": "p"}, []),
        ({"url": "https://a.example", "api_key": "k"}, []),
        ({"url": "https://a.example/admin-api", "api_key": "k"}, ["url: give the server's address alone"]),
        ({"url": "https://a.example", "username": "u"}, ["username: give username and password, or api_key"]),
        ({"url": "https://a.example"}, ["username: give username and password, or api_key"]),
        ({"url": "https://a.example", "api_key": "k", "password": "p"}, ["api_key: give either api_key"]),
    ],
)
def test_settings(settings: dict[str, Any], expected: list[str]) -> None:
    """One way to sign in, whole, and an address without a path."""
    found = VendureConnector.problems(settings)
    assert len(found) == len(expected)
    assert all(told.startswith(start) for told, start in zip(found, expected, strict=True))
