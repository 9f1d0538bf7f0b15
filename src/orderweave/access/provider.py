"""One issuer over the network: its discovery document (OpenID Connect Discovery 1.0) and its key set (RFC 7517)."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import msgspec
from jwt import PyJWK, PyJWTError

from orderweave.config.issuers import address_problem
from orderweave_sdk.errors import UpstreamError
from orderweave_sdk.transport import Request, Transport

# For the discovery document and the key set together.
_LONGEST_FETCH_SECONDS = 5.0
_MOST_ANSWER_BYTES = 262_144
_MOST_KEYS = 100
# A signature under a longer one takes milliseconds to check.
_MOST_KEY_BITS = 8_192

# Which keys an algorithm takes: the type, and the curve where there is one (RFC 7518, RFC 8037).
_TAKES = {
    "RS": ("RSA", None),
    "PS": ("RSA", None),
    "ES256": ("EC", "P-256"),
    "ES384": ("EC", "P-384"),
    "ES512": ("EC", "P-521"),
    "EdDSA": ("OKP", "Ed25519"),
}

# By key id (None for a key without one) and algorithm. Each key is bound to its algorithm.
Keys = Mapping[tuple[str | None, str], PyJWK]


class NoKeys(Exception):
    """The issuer gave no key set that can be used; the message says why and holds nothing of its answer."""


class KeySource(msgspec.Struct, frozen=True):
    """Where an issuer's keys are, and for which algorithms. Without `keys_url` discovery says where.

    `name` is the issuer's in the configuration, for metrics and the log.
    """

    name: str
    issuer: str
    keys_url: str | None
    algorithms: tuple[str, ...]


async def fetch_keys(source: KeySource, transport: Transport) -> Keys:
    """The issuer's keys as they are now; raises NoKeys."""
    try:
        async with asyncio.timeout(_LONGEST_FETCH_SECONDS):
            address = source.keys_url or await _discovered(source.issuer, transport)
            return keys_in(await _document(address, transport), source.algorithms)
    except TimeoutError:
        raise NoKeys("no whole answer in time") from None
    except UpstreamError as error:
        raise NoKeys(str(error)) from None


async def _discovered(issuer: str, transport: Transport) -> str:
    found = await _document(f"{issuer.rstrip('/')}/.well-known/openid-configuration", transport)
    if found.get("issuer") != issuer:
        raise NoKeys("the discovery document is of another issuer than configured")
    address = found.get("jwks_uri")
    if not isinstance(address, str) or address_problem(address) is not None:
        raise NoKeys("the discovery document names no address of keys that may be used (jwks_uri)")
    return address


async def _document(address: str, transport: Transport) -> dict[str, Any]:
    request = Request(method="GET", url=address, headers={"accept": "application/json"}, body=None)
    answer = await transport.send(request, seconds=_LONGEST_FETCH_SECONDS, max_bytes=_MOST_ANSWER_BYTES)
    if answer.status != 200:
        raise NoKeys(f"HTTP {answer.status}")
    try:
        return msgspec.json.decode(answer.body, type=dict[str, Any])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise NoKeys("the answer is no JSON object") from None


def keys_in(document: Mapping[str, Any], algorithms: tuple[str, ...]) -> Keys:
    """The keys of a set that check signatures of these algorithms; raises NoKeys where none does.

    What cannot be used is left out: secrets, private keys (one that was published is nobody's any more), keys for
    encryption, short ones. Of two keys of one name the first counts.
    """
    listed = document.get("keys")
    if not isinstance(listed, list):
        raise NoKeys("the answer is no key set")
    found: dict[tuple[str | None, str], PyJWK] = {}
    for entry in listed[:_MOST_KEYS]:
        if not isinstance(entry, dict) or not _signs(entry):
            continue
        for algorithm in algorithms:
            key = _key(entry, algorithm)
            if key is not None:
                found.setdefault((entry.get("kid"), algorithm), key)
    if not found:
        raise NoKeys(f"the key set has no key for {', '.join(algorithms)}")
    return found


def _signs(entry: Mapping[str, Any]) -> bool:
    operations = entry.get("key_ops", ["verify"])
    return (
        "d" not in entry
        and isinstance(entry.get("kid"), str | None)
        and entry.get("use", "sig") == "sig"
        and isinstance(operations, list)
        and "verify" in operations
    )


def _key(entry: dict[str, Any], algorithm: str) -> PyJWK | None:
    kind, curve = _TAKES.get(algorithm) or _TAKES[algorithm[:2]]
    if entry.get("kty") != kind or (curve is not None and entry.get("crv") != curve):
        return None
    if entry.get("alg", algorithm) != algorithm:
        return None
    try:
        key = PyJWK(entry, algorithm)
        too_short = key.Algorithm.check_key_length(key.key) is not None
    except (PyJWTError, ValueError, TypeError, KeyError, AttributeError, OverflowError):
        return None
    return None if too_short or getattr(key.key, "key_size", 0) > _MOST_KEY_BITS else key
