"""Both wires: which is spoken, what is sent, who signs in, and what the server's exceptions ask of us."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from connectors.odoo.tests.servers import Odoo16, Odoo19, ask, connected, json2_error, rpc_error
from orderweave_odoo.connector import OdooConnector
from orderweave_odoo.simulator import API_KEY, DATABASE, LOGIN, OdooSimulator
from orderweave_sdk.clock import Call
from orderweave_sdk.errors import BadPayload, FixCredentials, GiveUp, Retry, UpstreamError, Wait
from orderweave_sdk.testing.simulator import SimulatedAnswer, SimulatedRequest


async def test_json2_request() -> None:
    """Model and method in the path, key and database in headers, named arguments and the context in the body."""
    server = Odoo19()
    async with connected(server, companies="1, 3", language="de_DE") as subject:
        await ask(subject)
    assert server.last is not None
    assert (server.last.method, server.last.path) == ("POST", "/json/2/sale.order/search_read")
    assert server.last.headers["authorization"] == f"bearer {API_KEY}"
    assert server.last.headers["x-odoo-database"] == DATABASE
    assert server.sent() == {
        "domain": [["id", "in", [1000003]]],
        "fields": ["name", "client_order_ref", "origin", "date_order", "write_date"],
        "offset": 0,
        "limit": 1000,
        "order": "id",
        "context": {"lang": "de_DE", "tz": "UTC", "allowed_company_ids": [1, 3]},
    }
    assert server.sign_ins == 0


async def test_json_rpc_request() -> None:
    """Everything in the body: database, the user's id, the key, then the same arguments."""
    server = Odoo16()
    async with connected(server) as subject:
        await ask(subject)
    sent = server.sent()
    assert (sent["jsonrpc"], sent["method"], sent["params"]["service"]) == ("2.0", "call", "object")
    assert sent["params"]["method"] == "execute_kw"
    database, user, key, model, method, positional, named = sent["params"]["args"]
    assert (database, user, key, model, method, positional) == (DATABASE, 5, API_KEY, "sale.order", "search_read", [])
    assert named["domain"] == [["id", "in", [1000003]]]
    assert named["context"] == {"lang": "en_US", "tz": "UTC"}


async def test_the_server_is_asked_once() -> None:
    """Callers that start together share one question for the version, one look at the fields and one sign-in."""
    for server, sign_ins in ((Odoo19(), 0), (Odoo16(), 1)):
        async with connected(server) as subject:
            await asyncio.gather(*(ask(subject) for _ in range(6)))
            await ask(subject)
        assert (server.versions_asked, server.sign_ins) == (1, sign_ins)
        asked = [call.operation for call in server.calls]
        assert asked.count("sale.order.fields_get") == 1
        assert asked.count("sale.order.search_read") == 7


async def test_the_setting_says_it_outright() -> None:
    """With `api` the version is not asked; 19 still answers JSON-RPC."""
    for api, path in (("json2", "/json/2/sale.order/search_read"), ("jsonrpc", "/jsonrpc")):
        server = Odoo19()
        async with connected(server, api=api) as subject:
            await ask(subject)
        assert server.versions_asked == 0
        assert server.last is not None
        assert server.last.path == path


@pytest.mark.parametrize(
    ("told", "path"),
    [
        ('{"version_info": [19, 0, 0, "final", 0, ""], "version": "19.0"}', "/json/2/sale.order/search_read"),
        ('{"version_info": ["saas~19", 2, 0, "final", 0, ""]}', "/json/2/sale.order/search_read"),
        ('{"version_info": ["saas~18", 4, 0, "final", 0, ""]}', "/jsonrpc"),
    ],
)
async def test_versions(told: str, path: str) -> None:
    """JSON-2 is spoken from 19 on, in the cloud's own versions too."""

    class Server(Odoo19):
        async def answer(self, request: SimulatedRequest) -> SimulatedAnswer:
            if request.path == "/web/version":
                return SimulatedAnswer(body=told.encode())
            return await super().answer(request)

    server = Server()
    async with connected(server) as subject:
        await ask(subject)
    assert server.last is not None
    assert server.last.path == path


async def test_credentials_that_are_not_known() -> None:
    """A wrong key and a wrong login are a matter of credentials by either wire, and neither is told."""
    cases: list[tuple[OdooSimulator, dict[str, Any], str]] = [
        (Odoo19(), {"api_key": "wrong-key"}, r"HTTP 401, the credentials are refused or lack a right$"),
        (Odoo16(), {"api_key": "wrong-key"}, r"^sign-in: the login or API key is refused$"),
        (Odoo16(), {"login": "wrong-login"}, r"^sign-in: the login or API key is refused$"),
    ]
    for server, settings, words in cases:
        async with connected(server, **settings) as subject:
            with pytest.raises(FixCredentials, match=words) as refusal:
                await subject.check(Call.within(10))
            assert "wrong" not in str(refusal.value)


async def test_json_rpc_needs_a_login() -> None:
    """A server before 19 cannot be asked without one, and the message names the setting."""
    async with connected(Odoo16(), login=None) as subject:
        with pytest.raises(GiveUp, match=r"^sign-in: this Odoo speaks JSON-RPC only, which needs the setting login$"):
            await ask(subject)


@pytest.mark.parametrize(
    ("name", "status", "kind", "words"),
    [
        ("odoo.exceptions.AccessDenied", 403, FixCredentials, "the login or API key is refused"),
        (
            "odoo.exceptions.AccessError",
            403,
            FixCredentials,
            "the user lacks a right on the model, or on the companies of the setting",
        ),
        ("odoo.exceptions.UserError", 422, GiveUp, "the server refuses the request (UserError)"),
        ("odoo.exceptions.ValidationError", 422, GiveUp, "the server refuses the request (ValidationError)"),
        ("odoo.exceptions.MissingError", 404, Retry, "a record was deleted meanwhile"),
        (
            "builtins.ValueError",
            500,
            GiveUp,
            "the server does not take the request (ValueError); was a module removed?",
        ),
        ("psycopg2.errors.SerializationFailure", 500, Retry, "the server failed on the request"),
        ("psycopg2.OperationalError", 500, GiveUp, "the server does not have this database"),
        ("some.module.Odd", 500, Retry, "the server failed on the request"),
    ],
)
async def test_exceptions(name: str, status: int, kind: type[UpstreamError], words: str) -> None:
    """Each exception is classed by what one can do, the same by either wire, and tells none of its message."""
    message = 'Robin may not: database "x" does not exist'
    for server in (Odoo19(), Odoo16()):
        async with connected(server) as subject:
            await ask(subject)
            newer = server.version >= 19
            server.planted = json2_error(name, message, status) if newer else rpc_error(name, message)
            with pytest.raises(kind) as caught:
                await ask(subject)
        assert type(caught.value) is kind
        assert str(caught.value) == f"search of sale.order: {words}"


@pytest.mark.parametrize(
    ("status", "kind"),
    [(403, FixCredentials), (404, GiveUp), (409, Retry), (500, Retry), (502, Retry), (422, GiveUp)],
)
async def test_what_is_not_odoos_own(status: int, kind: type[UpstreamError]) -> None:
    """A proxy's page has no exception's name; then the status alone says what to do."""
    server = Odoo19()
    async with connected(server) as subject:
        await ask(subject)
        server.planted = SimulatedAnswer(status=status, body=b"<html>no</html>")
        with pytest.raises(kind, match=rf"^search of sale.order: HTTP {status}"):
            await ask(subject)


async def test_throttling() -> None:
    """Patience that is asked for is passed on with its seconds."""
    for server in (Odoo19(), Odoo16()):
        async with connected(server) as subject:
            await ask(subject)
            server.planted = SimulatedAnswer(status=429, headers={"retry-after": "7"})
            with pytest.raises(Wait) as caught:
                await ask(subject)
            assert caught.value.seconds == 7


async def test_a_method_that_returned_nothing() -> None:
    """JSON-RPC leaves `result` out then, which no search does."""
    server = Odoo16()
    async with connected(server) as subject:
        await ask(subject)
        server.planted = SimulatedAnswer(body=b'{"jsonrpc": "2.0", "id": 1}')
        with pytest.raises(BadPayload, match="an answer with neither result nor error"):
            await ask(subject)


def test_settings() -> None:
    """Each problem names its key."""
    fine = {"url": "https://erp.example.com", "database": "x", "api_key": "k"}
    assert OdooConnector.problems(fine) == []
    assert OdooConnector.problems(fine | {"api": "jsonrpc", "login": LOGIN, "companies": " 1,2 , 3"}) == []
    assert OdooConnector.problems(fine | {"api": "xmlrpc", "companies": "1;2"}) == [
        "setting api: must be json2 or jsonrpc",
        "setting companies: must be ids with commas between them",
    ]
    assert OdooConnector.problems(fine | {"api": "jsonrpc"}) == ["setting login: JSON-RPC needs it"]
