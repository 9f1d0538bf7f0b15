"""The calls to Odoo, over either of its wires, and nothing about what the answers mean.

JSON-2 (19 and later) puts model and method into the path and the API key into a header. JSON-RPC (deprecated since
19) puts all of it into the body, and wants the user's id beside the key. Above them everything is the same: the
arguments of one public method, by name.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any, Protocol
from urllib.parse import quote

import msgspec

from orderweave_odoo.failures import failure
from orderweave_sdk.clock import Call
from orderweave_sdk.decoding import decode
from orderweave_sdk.errors import BadPayload, FixCredentials, GiveUp, Retry
from orderweave_sdk.transport import Answer
from orderweave_sdk.upstream import Upstream

JSON2, JSONRPC = "json2", "jsonrpc"
# Records in one answer, and answers that one listing is read in at most.
PAGE = 1000
_MOST_PAGES = 20
# Statuses under which JSON-2 tells of an exception; 401 and 429 say all in the status.
_TELLING = frozenset({400, 403, 404, 409, 422, 500})
# A server before 19 does not know the path; one with several databases may lead to their list instead.
_NOT_THERE = frozenset({301, 302, 303, 307, 308, 404, 405})


class _Failure(msgspec.Struct):
    """An exception as JSON-2 tells it, and as JSON-RPC tells it within `error.data`."""

    name: str
    message: str = ""


class _RpcError(msgspec.Struct):
    data: _Failure


class _RpcAnswer(msgspec.Struct):
    """A method that returns nothing has no `result` at all."""

    jsonrpc: str
    result: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    error: _RpcError | None = None


class _SignIn(msgspec.Struct):
    """The user's id, or false for a login or key that is not known."""

    result: int | bool


class _Version(msgspec.Struct):
    version_info: list[Any]


class _Wire(Protocol):
    async def execute(
        self, model: str, method: str, arguments: Mapping[str, Any], *, operation: str, call: Call
    ) -> msgspec.Raw | bytes:
        """What the method returned."""
        ...


class Client:
    """One Odoo database under one user. `context` goes with every call: language, time zone, companies.

    `wire` is JSON2 or JSONRPC; with None the server is asked once which of them it has.
    """

    def __init__(
        self,
        upstream: Upstream,
        *,
        database: str,
        login: str | None,
        api_key: str,
        wire: str | None,
        context: Mapping[str, Any],
    ) -> None:
        self._upstream = upstream
        self._wires: Mapping[str, _Wire] = {
            JSON2: _Json2(upstream, database, api_key),
            JSONRPC: _JsonRpc(upstream, database, login, api_key),
        }
        self._chosen = wire
        self._choosing = asyncio.Lock()
        self._context = dict(context)

    async def search_read(
        self,
        model: str,
        domain: Sequence[Any],
        fields: Sequence[str],
        call: Call,
        *,
        limit: int = PAGE,
        offset: int = 0,
        order: str = "id",
    ) -> list[msgspec.Raw]:
        """The records of `model` in `domain`, each still undecoded. `order` must end in the id, to be stable."""
        arguments = {
            "domain": list(domain),
            "fields": list(fields),
            "offset": offset,
            "limit": limit,
            "order": order,
        }
        operation = f"search of {model}"
        result = await self._execute(model, "search_read", arguments, operation, call)
        return decode(result, list[msgspec.Raw], what=operation)

    async def read_all(
        self, model: str, domain: Sequence[Any], fields: Sequence[str], call: Call
    ) -> tuple[list[msgspec.Raw], bool]:
        """All records in `domain` by id, page after page, and whether more were left out past the bound."""
        found: list[msgspec.Raw] = []
        for _ in range(_MOST_PAGES):
            page = await self.search_read(model, domain, fields, call, offset=len(found))
            found += page
            if len(page) < PAGE:
                return found, False
        return found, True

    async def fields_of(self, model: str, names: Sequence[str], call: Call) -> frozenset[str]:
        """Those of the names that are fields of the model, as this user sees it. Raises NoSuchModel."""
        operation = f"fields of {model}"
        arguments = {"allfields": list(names), "attributes": ["type"]}
        result = await self._execute(model, "fields_get", arguments, operation, call)
        return frozenset(decode(result, dict[str, Any], what=operation)) & frozenset(names)

    async def wire_name(self, call: Call) -> str:
        """Which wire is spoken; asks the server the first time, unless the setting says it."""
        async with self._choosing:
            if self._chosen is None:
                answer = await self._upstream.send(
                    "GET", "/web/version", operation="version", call=call, accept_statuses=_NOT_THERE
                )
                self._chosen = JSONRPC if answer.status in _NOT_THERE else _newer(answer)
            return self._chosen

    async def _execute(
        self, model: str, method: str, arguments: Mapping[str, Any], operation: str, call: Call
    ) -> msgspec.Raw | bytes:
        wire = self._wires[await self.wire_name(call)]
        with_context = {**arguments, "context": self._context}
        return await wire.execute(model, method, with_context, operation=operation, call=call)


class _Json2:
    """`POST /json/2/<model>/<method>`: arguments in, the returned value out."""

    def __init__(self, upstream: Upstream, database: str, api_key: str) -> None:
        self._upstream = upstream
        self._headers = {"authorization": f"bearer {api_key}", "x-odoo-database": database}

    async def execute(
        self, model: str, method: str, arguments: Mapping[str, Any], *, operation: str, call: Call
    ) -> msgspec.Raw | bytes:
        answer = await self._upstream.send(
            "POST",
            f"/json/2/{quote(model)}/{method}",
            json=arguments,
            headers=self._headers,
            operation=operation,
            call=call,
            accept_statuses=_TELLING,
        )
        if answer.status not in _TELLING:
            return answer.body
        try:
            told = msgspec.json.decode(answer.body, type=_Failure)
        except (msgspec.DecodeError, UnicodeDecodeError):
            raise _by_status(answer.status, operation) from None
        raise failure(told.name, told.message, method=method, operation=operation)


class _JsonRpc:
    """`POST /jsonrpc`: `execute_kw` with database, user id and key. The user's id is asked for once."""

    def __init__(self, upstream: Upstream, database: str, login: str | None, api_key: str) -> None:
        self._upstream = upstream
        self._database = database
        self._login = login
        self._api_key = api_key
        self._user: int | None = None
        self._signing_in = asyncio.Lock()

    async def execute(
        self, model: str, method: str, arguments: Mapping[str, Any], *, operation: str, call: Call
    ) -> msgspec.Raw | bytes:
        user = await self._signed_in(call)
        args = [self._database, user, self._api_key, model, method, [], arguments]
        answer = await self._send("object", "execute_kw", args, operation=operation, call=call)
        return _result(answer, method=method, operation=operation)

    async def _signed_in(self, call: Call) -> int:
        if self._login is None:
            raise GiveUp("sign-in: this Odoo speaks JSON-RPC only, which needs the setting login")
        async with self._signing_in:
            if self._user is None:
                args = [self._database, self._login, self._api_key]
                answer = await self._send("common", "login", args, operation="sign-in", call=call)
                _result(answer, method="login", operation="sign-in")
                user = decode(answer.body, _SignIn, what="sign-in").result
                if isinstance(user, bool):
                    raise FixCredentials("sign-in: the login or API key is refused")
                self._user = user
            return self._user

    async def _send(self, service: str, name: str, args: list[Any], *, operation: str, call: Call) -> Answer:
        params = {"service": service, "method": name, "args": args}
        return await self._upstream.send(
            "POST",
            "/jsonrpc",
            json={"jsonrpc": "2.0", "method": "call", "id": 1, "params": params},
            operation=operation,
            call=call,
        )


def _result(answer: Answer, *, method: str, operation: str) -> msgspec.Raw:
    """What a method gave over JSON-RPC, or the error that is told with HTTP 200."""
    found = decode(answer.body, _RpcAnswer, what=operation)
    if found.error is not None:
        raise failure(found.error.data.name, found.error.data.message, method=method, operation=operation)
    if not isinstance(found.result, msgspec.Raw):
        raise BadPayload(f"{operation}: an answer with neither result nor error")
    return found.result


def _newer(answer: Answer) -> str:
    """JSON-2 where the version is 19 or later; before it is a number, "saas~18" among them."""
    told = decode(answer.body, _Version, what="version").version_info
    major = str(told[0]).removeprefix("saas~") if told else ""
    if not major.isdecimal():
        raise BadPayload("version: its first part is no number")
    return JSON2 if int(major) >= 19 else JSONRPC


def _by_status(status: int, operation: str) -> Exception:
    """The error of an answer that is not Odoo's own, such as a proxy's page."""
    if status == 403:
        return FixCredentials(f"{operation}: HTTP 403, the credentials are refused or lack a right")
    if status in (409, 500):
        return Retry(f"{operation}: HTTP {status}")
    return GiveUp(f"{operation}: HTTP {status}")
