"""Who we are: OAuth2 client credentials, for one user of one warehouse company. Source: 3w.extensiv.com/Rels/auth.

The token is fetched when it is first needed, kept, and fetched anew before it ends or when it is refused.
"""

from __future__ import annotations

import asyncio
import base64
from typing import Any

from orderweave_extensiv.payloads import Token
from orderweave_sdk.capabilities import Settings
from orderweave_sdk.clock import Call
from orderweave_sdk.decoding import decode
from orderweave_sdk.errors import FixCredentials, TimedOut
from orderweave_sdk.upstream import Upstream

SIGN_IN_PATH = "/AuthServer/api/Token"
# Renewed so long before its end, so that none ends on its way.
_SPARE_SECONDS = 60.0
_WRONG = 400


def body_of(settings: Settings) -> dict[str, Any]:
    """The body of a token request. The user stands in it by login or by number, the company where its GUID is given."""
    named = {name: settings[name] for name in ("user_login", "user_login_id", "tpl") if settings.get(name)}
    return {"grant_type": "client_credentials", **named}


class Tokens:
    """The access token of one system."""

    def __init__(self, upstream: Upstream, settings: Settings) -> None:
        self._upstream = upstream
        self._body = body_of(settings)
        pair = f"{settings['client_id']}:{settings['client_secret']}"
        self._authorization = f"Basic {base64.b64encode(pair.encode()).decode()}"
        self._token: str | None = None
        self._ends = 0.0
        self._fetching = asyncio.Lock()

    async def token(self, refused: str | None, call: Call) -> str:
        """The token to use, another one than `refused`; callers that need one at once fetch one between them."""
        try:
            async with asyncio.timeout(call.remaining()), self._fetching:
                over = call.clock.monotonic() >= self._ends
                if self._token is None or self._token == refused or over:
                    self._token = await self._fetched(call)
                return self._token
        except TimeoutError:
            raise TimedOut("token: none within the deadline") from None

    async def _fetched(self, call: Call) -> str:
        answer = await self._upstream.send(
            "POST",
            SIGN_IN_PATH,
            operation="token",
            call=call,
            json=self._body,
            headers={"authorization": self._authorization},
            accept_statuses=frozenset({_WRONG}),
            price=0.0,
        )
        if answer.status == _WRONG:
            raise FixCredentials("token: HTTP 400, the client, its user or its company is refused")
        found = decode(answer.body, Token, what="token")
        self._ends = call.clock.monotonic() + found.expires_in - _SPARE_SECONDS
        return found.access_token
