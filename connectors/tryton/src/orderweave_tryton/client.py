"""The calls to Tryton's JSON-RPC, and nothing about what the answers mean."""

from __future__ import annotations

import asyncio
import re
from base64 import b64encode
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

import msgspec

from orderweave_sdk.clock import Call
from orderweave_sdk.decoding import decode
from orderweave_sdk.errors import BadPayload, FixCredentials, GiveUp, Retry, UpstreamError, Wait
from orderweave_sdk.transport import Answer
from orderweave_sdk.upstream import Upstream

# A failure inside the server is told by its text alone; a lone name in quotes is one that the server does not know.
_UNKNOWN_NAME = re.compile(r"'[a-z_][a-z0-9_.]*'")
_BAD_SESSION = frozenset({401})
_KINDS: dict[str, tuple[type[UpstreamError], str]] = {
    "LoginException": (FixCredentials, "the server asks for another way to sign in"),
    "ConcurrencyException": (Retry, "the record was changed meanwhile"),
    "RateLimitException": (Wait, "too many tries"),
}


class _Answer(msgspec.Struct):
    result: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    error: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET


class Client:
    """One Tryton database under one login. The session is kept, and renewed once when the server has dropped it."""

    def __init__(self, upstream: Upstream, *, database: str, user: str, password: str) -> None:
        self._upstream = upstream
        self._path = f"/{quote(database, safe='')}/rpc/"
        self._user = user
        self._password = password
        self._session: str | None = None
        self._signing_in = asyncio.Lock()

    async def search_read(
        self,
        model: str,
        domain: Sequence[Any],
        fields: Sequence[str],
        call: Call,
        *,
        limit: int,
        offset: int = 0,
        order: Sequence[tuple[str, str]] = (("id", "ASC"),),
        context: dict[str, Any] | None = None,
    ) -> list[msgspec.Raw]:
        """The records of `model` in `domain`, each still undecoded, nested along the dots of `fields`."""
        params = [list(domain), offset, limit, [list(part) for part in order], list(fields), context or {}]
        result = await self._call(f"model.{model}.search_read", params, f"search of {model}", call)
        return decode(result, list[msgspec.Raw], what=f"search of {model}")

    async def _call(self, method: str, params: list[Any], operation: str, call: Call) -> msgspec.Raw:
        session = self._session or await self._sign_in(None, call)
        answer = await self._post(method, params, operation, call, session)
        if answer.status in _BAD_SESSION:
            session = await self._sign_in(session, call)
            answer = await self._post(method, params, operation, call, session)
            if answer.status in _BAD_SESSION:
                raise FixCredentials(f"{operation}: HTTP 401, a fresh session is refused as well")
        return _result(answer, operation)

    async def _sign_in(self, dropped: str | None, call: Call) -> str:
        """A session other than the one that was dropped; callers that lost the same one sign in once for all."""
        async with self._signing_in:
            if self._session is None or self._session == dropped:
                # English, because the refusal of a right can be told by its words only.
                params = [self._user, {"password": self._password}, "en"]
                answer = await self._post("common.db.login", params, "sign-in", call, None, accept=frozenset())
                user_id, token = decode(_result(answer, "sign-in"), tuple[int, str, Any], what="sign-in")[:2]
                self._session = b64encode(f"{self._user}:{user_id}:{token}".encode()).decode()
            return self._session

    async def _post(
        self,
        method: str,
        params: list[Any],
        operation: str,
        call: Call,
        session: str | None,
        *,
        accept: frozenset[int] = _BAD_SESSION,
    ) -> Answer:
        return await self._upstream.send(
            "POST",
            self._path,
            json={"id": 1, "method": method, "params": params},
            headers={"authorization": f"Session {session}"} if session else None,
            operation=operation,
            call=call,
            accept_statuses=accept,
        )


def _result(answer: Answer, operation: str) -> msgspec.Raw:
    """What the server gave, or the error that it reports with HTTP 200."""
    found = decode(answer.body, _Answer, what=operation)
    if isinstance(found.error, msgspec.Raw):
        raise _error(decode(found.error, list[Any], what=operation), operation)
    if not isinstance(found.result, msgspec.Raw):
        raise BadPayload(f"{operation}: an answer with neither result nor error")
    return found.result


def _error(parts: list[Any], operation: str) -> UpstreamError:
    """Tryton's error by what one can do about it: its kind first, then its words."""
    kind = parts[0] if parts and isinstance(parts[0], str) else ""
    details = parts[1] if len(parts) > 1 and isinstance(parts[1], list) else []
    if kind == "UserError":
        words = details[0] if details and isinstance(details[0], str) else ""
        if words.startswith("You are not allowed"):
            return FixCredentials(f"{operation}: {words}")
        return GiveUp(f"{operation}: the server refuses the request (UserError)")
    if kind in _KINDS:
        error, words = _KINDS[kind]
        return error(f"{operation}: {words}")
    if _UNKNOWN_NAME.fullmatch(kind):
        return GiveUp(f"{operation}: the server does not know {kind}; is one of the modules missing?")
    return Retry(f"{operation}: the server failed on the request")
