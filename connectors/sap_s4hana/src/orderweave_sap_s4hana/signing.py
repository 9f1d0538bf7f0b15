"""Who we are to SAP: a communication user's password, or tokens of the OAuth 2.0 client credentials grant."""

from __future__ import annotations

import asyncio
from base64 import b64encode
from typing import Protocol
from urllib.parse import urlencode

import msgspec

from orderweave_sdk.clock import Call
from orderweave_sdk.decoding import decode
from orderweave_sdk.upstream import Upstream

# A token is renewed so many seconds before its end, so that none ends on its way.
_EARLY = 60.0
# How long a token is kept whose answer states no end.
_UNSTATED = 600.0


class Credentials(Protocol):
    """Gives the value of the Authorization header."""

    async def current(self, call: Call) -> str:
        """The value at hand."""
        ...

    async def renewed(self, refused: str, call: Call) -> str | None:
        """Another value than the refused one; None where there is no other."""
        ...


class Password:
    """Basic authentication (RFC 7617)."""

    def __init__(self, user: str, password: str) -> None:
        self._value = _basic(user, password)

    async def current(self, call: Call) -> str:
        """The same for every call."""
        return self._value

    async def renewed(self, refused: str, call: Call) -> str | None:
        """A refused password stays refused."""
        return None


class _Token(msgspec.Struct):
    access_token: str
    expires_in: float | None = None


class ClientCredentials:
    """Tokens from `upstream`, the token endpoint itself: kept until shortly before their end, or until refused."""

    def __init__(self, upstream: Upstream, client_id: str, client_secret: str) -> None:
        self._upstream = upstream
        self._who = _basic(client_id, client_secret)
        self._value: str | None = None
        self._until = 0.0
        self._renewing = asyncio.Lock()

    async def current(self, call: Call) -> str:
        """The token at hand, or a new one."""
        if self._value is not None and call.clock.monotonic() < self._until:
            return self._value
        return await self._other_than(self._value, call)

    async def renewed(self, refused: str, call: Call) -> str | None:
        """Callers that were refused together make one between them."""
        return await self._other_than(refused, call)

    async def _other_than(self, known: str | None, call: Call) -> str:
        async with self._renewing:
            if self._value is None or self._value == known:
                answer = await self._upstream.send(
                    "POST",
                    "",
                    operation="sign-in",
                    call=call,
                    body=urlencode({"grant_type": "client_credentials"}).encode(),
                    headers={"authorization": self._who, "content-type": "application/x-www-form-urlencoded"},
                    price=0,
                )
                token = decode(answer.body, _Token, what="sign-in")
                self._value = f"Bearer {token.access_token}"
                lasts = _UNSTATED if token.expires_in is None else token.expires_in
                self._until = call.clock.monotonic() + max(0.0, lasts - _EARLY)
            return self._value


def _basic(name: str, secret: str) -> str:
    return "Basic " + b64encode(f"{name}:{secret}".encode()).decode()
