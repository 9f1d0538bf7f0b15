"""Who we are: an API client of Account Manager for orders and products, and one of SLAS for what is available.

Both give a token for client credentials (RFC 6749, 4.4) that lasts for half an hour. It is fetched once for all
callers, and once more when it has ended or was refused.
"""

from __future__ import annotations

import asyncio
import base64
import re
from collections.abc import Mapping
from urllib.parse import urlencode

import msgspec

from orderweave_sdk.capabilities import Settings
from orderweave_sdk.clock import Call
from orderweave_sdk.decoding import decode
from orderweave_sdk.errors import FixCredentials
from orderweave_sdk.upstream import Upstream, UpstreamFactory

ACCOUNT_MANAGER = "https://account.demandware.com"
ACCOUNT_MANAGER_PATH = "/dwsso/oauth2/access_token"
# The contract's pattern of an organization's id; what follows f_ecom_ is the tenant.
ORGANIZATION = re.compile(r"f_ecom_([a-z]{4}_(?:prd|stg|dev|s[0-9]{2}|[0-9]{3}))")
ORDERS_SCOPE, PRODUCTS_SCOPE = "sfcc.orders", "sfcc.products"
# A client, a secret or a scope that is not known (RFC 6749, 5.2).
_INVALID = 400
# A token is renewed this much before it ends, so that none ends on its way.
_SPARE_SECONDS = 60.0


class _Token(msgspec.Struct):
    access_token: str
    expires_in: float


class ClientToken:
    """A token for client credentials, kept until shortly before it ends."""

    def __init__(
        self, upstream: Upstream, path: str, form: Mapping[str, str], *, client_id: str, secret: str, operation: str
    ) -> None:
        self._upstream = upstream
        self._path = path
        self._body = urlencode({"grant_type": "client_credentials", **form}).encode()
        self._basic = "Basic " + base64.b64encode(f"{client_id}:{secret}".encode()).decode()
        self._operation = operation
        self._token: str | None = None
        self._ends = 0.0
        self._fetching = asyncio.Lock()

    async def token(self, refused: str | None, call: Call) -> str:
        """The token that is kept, unless it is the `refused` one or has ended."""
        async with self._fetching:
            if self._token is None or self._token == refused or call.clock.monotonic() >= self._ends:
                found = await self._fetched(call)
                self._token = found.access_token
                self._ends = call.clock.monotonic() + found.expires_in - _SPARE_SECONDS
            return self._token

    async def _fetched(self, call: Call) -> _Token:
        answer = await self._upstream.send(
            "POST",
            self._path,
            body=self._body,
            headers={"authorization": self._basic, "content-type": "application/x-www-form-urlencoded"},
            operation=self._operation,
            call=call,
            price=0,
            accept_statuses=frozenset({_INVALID}),
        )
        if answer.status == _INVALID:
            raise FixCredentials(f"{self._operation}: HTTP 400, the client or one of its scopes is refused")
        return decode(answer.body, _Token, what=self._operation)


def tenant_scope(organization_id: str) -> str:
    """The scope that names the instance; raises ValueError for what is no organization's id."""
    found = ORGANIZATION.fullmatch(organization_id)
    if found is None:
        raise ValueError("not an organization's id")
    return f"SALESFORCE_COMMERCE_API:{found[1]}"


def admin_token(settings: Settings, upstream: UpstreamFactory) -> ClientToken:
    """The token for orders, and for products where the settings have them."""
    scopes = [tenant_scope(str(settings["organization_id"])), ORDERS_SCOPE]
    if settings.get("products") is not False:
        scopes.append(PRODUCTS_SCOPE)
    return ClientToken(
        upstream(str(settings.get("account_manager_url") or ACCOUNT_MANAGER)),
        ACCOUNT_MANAGER_PATH,
        {"scope": " ".join(scopes)},
        client_id=str(settings["client_id"]),
        secret=str(settings["client_secret"]),
        operation="sign-in at Account Manager",
    )


def slas_path(organization_id: str) -> str:
    """Where an organization's shoppers, and those who ask in their place, sign in."""
    return f"/shopper/auth/v1/organizations/{organization_id}/oauth2/token"


def shopper_token(settings: Settings, api: Upstream) -> ClientToken | None:
    """A guest's token, for a private client of SLAS; None where the settings name none."""
    if not settings.get("slas_client_id"):
        return None
    return ClientToken(
        api,
        slas_path(str(settings["organization_id"])),
        {"channel_id": str(settings["site_id"])},
        client_id=str(settings["slas_client_id"]),
        secret=str(settings.get("slas_client_secret") or ""),
        operation="sign-in at SLAS",
    )
