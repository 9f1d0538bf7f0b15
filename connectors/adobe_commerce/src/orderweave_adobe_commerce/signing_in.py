"""Who we are: the three ways in which an instance of Adobe Commerce takes a caller, chosen by the settings.

An integration's access token stands still. An admin's token, and one of Adobe's identity service (IMS), are fetched,
kept, and fetched once more when they are refused.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Protocol
from urllib.parse import urlencode

import msgspec

from orderweave_sdk.capabilities import Settings
from orderweave_sdk.clock import Call
from orderweave_sdk.decoding import decode
from orderweave_sdk.errors import FixCredentials
from orderweave_sdk.upstream import Upstream, UpstreamFactory

IMS_URL = "https://ims-na1.adobelogin.com"
IMS_PATH = "/ims/token/v3"
ADMIN_PATH = "/V1/integration/admin/token"
# Adobe's list for server-to-server access to Commerce as a Cloud Service.
IMS_SCOPES = "openid,AdobeID,email,profile,additional_info.roles,additional_info.projectedProductContext,commerce.accs"
# IMS says so of a client that it does not know (RFC 6749, 5.2).
_INVALID = 400
# A token is renewed this much before it ends, so that none ends on its way.
_SPARE_SECONDS = 60.0


class SignIn(Protocol):
    """How a token comes about. `renewable` tells whether another may be had when one is refused."""

    renewable: bool

    async def token(self, refused: str | None, call: Call) -> str:
        """The token to use, another one than `refused`."""
        ...


class StandingToken:
    """An integration's access token."""

    renewable = False

    def __init__(self, token: str) -> None:
        self._token = token

    async def token(self, refused: str | None, call: Call) -> str:
        """The one there is."""
        return self._token


class FetchedToken:
    """A token that is fetched once for all callers, and anew when it has ended or was refused."""

    renewable = True

    def __init__(self) -> None:
        self._token: str | None = None
        self._ends: float | None = None
        self._fetching = asyncio.Lock()

    async def token(self, refused: str | None, call: Call) -> str:
        """The token that is kept, unless it is the refused one or has ended."""
        async with self._fetching:
            over = self._ends is not None and call.clock.monotonic() >= self._ends
            if self._token is None or self._token == refused or over:
                self._token, seconds = await self.fetch(call)
                self._ends = None if seconds is None else call.clock.monotonic() + seconds - _SPARE_SECONDS
            return self._token

    async def fetch(self, call: Call) -> tuple[str, float | None]:
        """A new token, and the seconds that it lasts where that is told."""
        raise TypeError("the way of signing in decides how a token is fetched")


class AdminToken(FetchedToken):
    """An admin user's token (PaaS and Open Source), for users without a second factor."""

    def __init__(self, upstream: Upstream, prefix: str, *, username: str, password: str) -> None:
        super().__init__()
        self._upstream = upstream
        self._path = prefix + ADMIN_PATH
        self._who = {"username": username, "password": password}

    async def fetch(self, call: Call) -> tuple[str, float | None]:
        """How long it lasts is the shop's setting, four hours by default, and not told."""
        answer = await self._upstream.send(
            "POST", self._path, json=self._who, operation="sign-in as admin", call=call, price=0
        )
        return decode(answer.body, str, what="sign-in as admin"), None


class _ImsToken(msgspec.Struct):
    access_token: str
    expires_in: float


class ImsToken(FetchedToken):
    """A token of Adobe's identity service by client credentials (SaaS)."""

    def __init__(self, upstream: Upstream, *, client_id: str, client_secret: str) -> None:
        super().__init__()
        self._upstream = upstream
        self._form = {
            "client_id": client_id,
            "client_secret": client_secret,
            "grant_type": "client_credentials",
            "scope": IMS_SCOPES,
        }

    async def fetch(self, call: Call) -> tuple[str, float | None]:
        """A token for some hours, as the service says."""
        answer = await self._upstream.send(
            "POST",
            IMS_PATH,
            body=urlencode(self._form).encode(),
            headers={"content-type": "application/x-www-form-urlencoded"},
            operation="sign-in at IMS",
            call=call,
            price=0,
            accept_statuses=frozenset({_INVALID}),
        )
        if answer.status == _INVALID:
            raise FixCredentials("sign-in at IMS: HTTP 400, the credential or its scopes are refused")
        found = decode(answer.body, _ImsToken, what="sign-in at IMS")
        return found.access_token, found.expires_in


class Way(msgspec.Struct, frozen=True, kw_only=True):
    """How an instance is reached: its client, what stands before `/V1`, and who we are."""

    upstream: Upstream
    prefix: str
    sign_in: SignIn


def way_of(settings: Settings, upstream: UpstreamFactory) -> Way:
    """The way that the settings name: SaaS with a client id, else PaaS with a token or an admin's name."""
    url = str(settings["url"]).rstrip("/")
    client_id = settings.get("client_id")
    if client_id:
        headers = {"x-api-key": str(client_id), "x-gw-ims-org-id": str(settings.get("organization_id") or "")}
        ims = upstream(str(settings.get("ims_url") or IMS_URL))
        sign_in = ImsToken(ims, client_id=str(client_id), client_secret=str(settings.get("client_secret") or ""))
        return Way(upstream=upstream(url, headers=headers), prefix="", sign_in=sign_in)
    shop = upstream(url)
    prefix = f"/rest/{settings.get('store_code') or 'all'}"
    if settings.get("access_token"):
        return Way(upstream=shop, prefix=prefix, sign_in=StandingToken(str(settings["access_token"])))
    admin = AdminToken(
        shop, prefix, username=str(settings.get("username") or ""), password=str(settings.get("password") or "")
    )
    return Way(upstream=shop, prefix=prefix, sign_in=admin)


def problems_of(settings: Mapping[str, object]) -> list[str]:
    """Settings of no way, of two ways at once, or of half a way."""
    ways = {
        "access_token": ("access_token",),
        "username": ("username", "password"),
        "client_id": ("client_id", "client_secret", "organization_id"),
    }
    begun = {name: parts for name, parts in ways.items() if any(settings.get(part) for part in parts)}
    if not begun:
        return ["give access_token (integration), username and password (admin), or client_id and its kin (SaaS)"]
    found = [] if len(begun) == 1 else [f"{' and '.join(begun)}: only one way to sign in may be given"]
    for parts in begun.values():
        found += [
            f"{part}: is needed beside {', '.join(p for p in parts if p != part)}"
            for part in parts
            if not settings.get(part)
        ]
    return found
