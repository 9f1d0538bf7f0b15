"""How a request says who asks: fixed headers and parameters, or an OAuth 2 token that is fetched, kept and renewed."""

from __future__ import annotations

import asyncio
import base64
from urllib.parse import urlencode, urlsplit

import msgspec

from orderweave_rest.api_map import Auth, AuthStyle
from orderweave_sdk.clock import Call
from orderweave_sdk.decoding import decode
from orderweave_sdk.errors import BadPayload, FixCredentials
from orderweave_sdk.upstream import Upstream, UpstreamFactory

# Seconds before its end at which a token is no longer used, and the life of one that tells none.
_MARGIN = 60.0
_LIFE = 300.0
_LONGEST_TOKEN = 16 * 1024

_REFUSED = frozenset({400, 401, 403})


def fixed_headers(auth: Auth, secret: str) -> dict[str, str]:
    """The headers that go with every request; none where a token or a parameter speaks."""
    match auth.style:
        case AuthStyle.HEADER:
            return {auth.name.lower(): f"{auth.prefix}{secret}"}
        case AuthStyle.BASIC:
            return {"authorization": _basic(auth.user, secret)}
        case AuthStyle.BEARER:
            return {"authorization": f"Bearer {secret}"}
    return {}


def _basic(user: str, secret: str) -> str:
    return f"Basic {base64.b64encode(f'{user}:{secret}'.encode()).decode()}"


class _Token(msgspec.Struct):
    access_token: str
    expires_in: float | str | None = None


class TokenSource:
    """The token of the client credentials grant (RFC 6749, 4.4): fetched once for all who wait, kept until it ends."""

    def __init__(self, auth: Auth, secret: str, own: Upstream, upstream: UpstreamFactory) -> None:
        self._auth = auth
        self._secret = secret
        self._own = own
        self._factory = upstream
        self._elsewhere: Upstream | None = None
        self._fetching = asyncio.Lock()
        self._token: str | None = None
        self._until = 0.0

    def __repr__(self) -> str:
        return "TokenSource(…)"

    async def token(self, refused: str | None, call: Call) -> str:
        """A token other than the refused one."""
        async with self._fetching:
            usable = self._token is not None and call.clock.monotonic() < self._until
            if not usable or self._token == refused or self._token is None:
                fetched = await self._fetch(call)
                self._token = fetched.access_token
                self._until = call.clock.monotonic() + _life(fetched) - _MARGIN
            return self._token

    async def _fetch(self, call: Call) -> _Token:
        auth = self._auth
        form = {"grant_type": "client_credentials"}
        form |= {name: told for name, told in (("scope", auth.scope), ("audience", auth.audience)) if told}
        headers = {"content-type": "application/x-www-form-urlencoded"}
        if auth.in_body:
            form |= {"client_id": auth.client_id, "client_secret": self._secret}
        else:
            headers["authorization"] = _basic(auth.client_id, self._secret)
        upstream, path = self._where()
        answer = await upstream.send(
            "POST",
            path,
            body=urlencode(form).encode(),
            headers=headers,
            operation="token",
            call=call,
            accept_statuses=_REFUSED,
            price=0,
        )
        if answer.status in _REFUSED:
            raise FixCredentials(f"token: HTTP {answer.status}, the client id or secret is refused, or lacks the scope")
        token = decode(answer.body, _Token, what="token")
        if not 0 < len(token.access_token) <= _LONGEST_TOKEN or not token.access_token.isprintable():
            raise BadPayload("token: the access_token is no token")
        return token

    def _where(self) -> tuple[Upstream, str]:
        """The client and the path of the token's URL, which may be on another host."""
        if self._auth.token_url.startswith("/"):
            return self._own, self._auth.token_url
        parts = urlsplit(self._auth.token_url)
        if self._elsewhere is None:
            self._elsewhere = self._factory(f"{parts.scheme}://{parts.netloc}")
        return self._elsewhere, parts.path + (f"?{parts.query}" if parts.query else "")


def _life(token: _Token) -> float:
    try:
        return float(token.expires_in) if token.expires_in is not None else _LIFE
    except ValueError:
        return _LIFE
