"""An issuer on a loopback socket that signs what it is told to, and the gateway's way of finding out who asks."""

from __future__ import annotations

import base64
import json
import tomllib
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from functools import cache
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from orderweave.access import Identifier, KeySets, digest_of
from orderweave.access.refusing import Reason, Refused
from orderweave.config.access import read_access
from orderweave.config.configuration import AccessSettings
from orderweave.model.rights import Caller
from orderweave.observing import UNOBSERVED, Observing
from orderweave_sdk.aiohttp_transport import AiohttpTransport
from orderweave_sdk.transport import Transport
from tests.sdk.raw_servers import Line, RawRequest, RawServer, answer
from tests.unit.fake_clock import FakeClock

AUDIENCE = "orderweave"
# A key as `orderweave access key` makes it, and its SHA-256.
API_KEY = "owk_aaaqeayeaudaocajbifqydiob4ibceqtcqkrmfyydenbwha5dypzcjt6ri"
STRANGER = "owk_777777777777777777777777777777777777777777777777777763flbm"

SETTINGS = """
[access.roles.night]
scopes = ["inventory:read"]
orders = "all"

[access.issuers.staff]
issuer = "{url}"
audience = ["orderweave", "orderweave-reports"]
algorithms = ["RS256", "ES256", "EdDSA"]
role_claim = "realm_access.roles"
roles = {{ ow-staff = "staff", ow-analyst = "analyst", "ow night" = "night" }}

[access.issuers.shop]
issuer = "{url}/shop"
audience = "portal"
algorithms = ["RS256"]
types = ["at+jwt", "jwt", ""]
default_role = "customer"
customer_ids = {{ shop-us = "shopify_customer_id" }}
company_ids = {{ erp = "https://shop.example.com/companies" }}

[access.keys.reports]
sha256 = "{digest}"
role = "service"
expires = 2026-06-01T00:00:00Z
"""


@cache
def rsa_key(name: str, bits: int = 2048) -> Any:
    """An RSA key, the same for the same name."""
    return rsa.generate_private_key(public_exponent=65537, key_size=bits)


@cache
def ec_key(name: str, curve: type[ec.EllipticCurve] = ec.SECP256R1) -> Any:
    """A key on a curve, the same for the same name."""
    return ec.generate_private_key(curve())


@cache
def ed_key(name: str) -> Any:
    """An Ed25519 key, the same for the same name."""
    return ed25519.Ed25519PrivateKey.generate()


def jwk(key: Any, algorithm: str, **members: Any) -> dict[str, Any]:
    """The public half of a key as a member of a key set."""
    made: dict[str, Any] = jwt.get_algorithm_by_name(algorithm).to_jwk(key.public_key(), as_dict=True)
    made.pop("key_ops", None)
    return {**made, **members}


def part(content: Any) -> bytes:
    """One part of a token: bytes as they are, anything else as JSON."""
    data = content if isinstance(content, bytes) else json.dumps(content, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(data).rstrip(b"=")


def signed(header: Any, claims: Any, key: Any, algorithm: str) -> bytes:
    """A token with this header and these claims, whatever they are, signed by this key in this way."""
    text = part(header) + b"." + part(claims)
    if algorithm == "none":
        return text + b"."
    return text + b"." + part(jwt.get_algorithm_by_name(algorithm).sign(text, key))


class Issuing:
    """Two issuers at one address: one for staff, one for customers. Use `running`.

    `documents` are what is answered at each path; a path in `broken` is answered with those bytes as they are.
    """

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.server = RawServer(self._answer)
        self.documents: dict[str, Any] = {}
        self.broken: dict[str, bytes] = {}
        self.transports: list[AiohttpTransport] = []
        self.settings: AccessSettings
        self.identifier: Identifier

    async def start(self, observing: Observing = UNOBSERVED) -> None:
        """Publish the keys, and wire the gateway's side."""
        url = self.server.url
        self.documents |= {
            "/.well-known/openid-configuration": {"issuer": url, "jwks_uri": f"{url}/keys"},
            "/shop/.well-known/openid-configuration": {"issuer": f"{url}/shop", "jwks_uri": f"{url}/shop/keys"},
            "/shop/keys": {"keys": [jwk(rsa_key("shop"), "RS256", kid="s1", use="sig", alg="RS256")]},
        }
        self.publish(
            jwk(rsa_key("staff"), "RS256", kid="r1", use="sig", alg="RS256"),
            jwk(ec_key("staff"), "ES256", kid="e1"),
            jwk(ed_key("staff"), "EdDSA", kid="d1", key_ops=["verify"]),
            jwk(rsa_key("encrypting"), "RS256", kid="enc", use="enc"),
            jwk(rsa_key("short", 1024), "RS256", kid="short"),
            jwk(ec_key("wide", ec.SECP384R1), "ES384", kid="wide"),
            {"kty": "oct", "k": "c2VjcmV0LXRoYXQtaXMtcHVibGljLWJ5LW1pc3Rha2U", "kid": "oct", "alg": "HS256"},
        )
        text = SETTINGS.format(url=url, digest=digest_of(API_KEY).hex())
        settings, problems = read_access(tomllib.loads(text), host="127.0.0.1", systems=("shop-us", "erp"))
        assert problems == []
        assert settings is not None
        self.settings = settings
        self.key_sets = KeySets(self.clock, observing, self._transport)
        self.identifier = Identifier(settings, self.key_sets, self.clock, observing)

    def publish(self, *keys: Mapping[str, Any]) -> None:
        """Replace the key set of the staff's issuer."""
        self.documents["/keys"] = {"keys": list(keys)}

    @property
    def fetched(self) -> list[str]:
        """The paths that were fetched, in order."""
        return [request.line.split()[1] for request in self.server.requests]

    @property
    def now(self) -> float:
        """The gateway's time in seconds since 1970."""
        return self.clock.now().timestamp()

    def claims(self, **changes: Any) -> dict[str, Any]:
        """The claims of one of the staff, changed; a claim that is given as ... is left out."""
        whole = {
            "iss": self.server.url,
            "aud": AUDIENCE,
            "sub": "u-17",
            "iat": int(self.now) - 60,
            "exp": int(self.now) + 600,
            "realm_access": {"roles": ["ow-staff", "offline_access"]},
            **changes,
        }
        return {name: value for name, value in whole.items() if value is not ...}

    def token(self, header: Mapping[str, Any] | None = None, **changes: Any) -> bytes:
        """A token of one of the staff by the issuer's RSA key, with its header and claims changed."""
        whole = {"alg": "RS256", "kid": "r1", "typ": "JWT", **(header or {})}
        kept = {name: value for name, value in whole.items() if value is not ...}
        return signed(kept, self.claims(**changes), rsa_key("staff"), "RS256")

    def customer(self, header: Mapping[str, Any] | None = None, **changes: Any) -> bytes:
        """A token of a customer, with its header and claims changed."""
        claims = self.claims(
            iss=f"{self.server.url}/shop",
            aud=["portal", "elsewhere"],
            sub="ada@example.com",
            realm_access=...,
            email="Ada@Example.com",
            email_verified=True,
            shopify_customer_id=731904825,
        )
        kept = {name: value for name, value in {**claims, **changes}.items() if value is not ...}
        return signed({"alg": "RS256", "kid": "s1", "typ": "at+jwt", **(header or {})}, kept, rsa_key("shop"), "RS256")

    async def caller(self, token: bytes) -> Caller:
        """Who sends this as a bearer token; raises Refused."""
        return await self.identifier({b"authorization": b"Bearer " + token})

    async def refusal(self, headers: Mapping[bytes, bytes]) -> Reason:
        """Why these headers are refused; an AssertionError for headers that let somebody in."""
        try:
            caller = await self.identifier(headers)
        except Refused as refused:
            return refused.reason
        raise AssertionError(f"let in as {caller.role}")

    def _transport(self) -> Transport:
        self.transports.append(AiohttpTransport(connections=1))
        return self.transports[-1]

    async def _answer(self, request: RawRequest, line: Line) -> None:
        path = request.line.split()[1]
        if path in self.broken:
            await line.say(self.broken[path])
        elif path in self.documents:
            await line.say(answer(json.dumps(self.documents[path]).encode(), "Content-Type: application/json"))
        else:
            await line.say(answer(b"", status="404 Not Found"))


@asynccontextmanager
async def running(observing: Observing = UNOBSERVED) -> AsyncIterator[Issuing]:
    """The issuers, and the gateway's way of finding out who asks."""
    issuing = Issuing()
    async with issuing.server:
        await issuing.start(observing)
        try:
            yield issuing
        finally:
            await issuing.identifier.close()
