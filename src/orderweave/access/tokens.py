"""Signed tokens (JWT, RFC 7519): what is looked at before the signature, the signature, and the times after it.

PyJWT checks the signature. The rest is here: it goes by the gateway's own clock, and is stricter about types and
numbers than the library is (RFC 8725 says why one should be).
"""

from __future__ import annotations

import base64
import binascii
import re
from datetime import datetime
from typing import Any

import msgspec
from jwt import PyJWK, PyJWS, PyJWTError

from orderweave.access.json_objects import strict_object
from orderweave.access.refusing import Reason, Refused
from orderweave.config.configuration import Issuer
from orderweave.config.issuers import ALGORITHMS

_MOST_TOKEN_BYTES = 16_384
_LONGEST_KID = 512
_LONGEST_SUBJECT = 1_024
# The end of the year 9999, where calendars of common libraries end.
_MOST_SECONDS = 253_402_300_799

# Three parts; an encrypted token has five, an unsigned one an empty third.
_COMPACT = re.compile(rb"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")
# Headers by which a token would bring its own key, or change how it is to be read.
_NOT_TAKEN = frozenset({"jku", "jwk", "x5u", "x5c", "crit", "b64", "zip", "enc"})

_signatures = PyJWS(algorithms=ALGORITHMS, options={"verify_signature": True, "enforce_minimum_key_length": True})


class Token(msgspec.Struct, frozen=True):
    """A token that can be read. Nothing in it is true before `check_signature`. Never printed."""

    text: bytes
    algorithm: str
    kid: str | None
    type: str
    claims: dict[str, Any]

    def __repr__(self) -> str:
        return "Token(…)"


def read_token(text: bytes) -> Token:
    """The token in a credential; raises Refused."""
    if len(text) > _MOST_TOKEN_BYTES:
        raise Refused(Reason.TOKEN_SIZE)
    if not _COMPACT.fullmatch(text):
        raise Refused(Reason.TOKEN_MALFORMED)
    first, second, _ = text.split(b".")
    try:
        header, claims = strict_object(_decoded(first)), strict_object(_decoded(second))
    except (ValueError, binascii.Error):
        raise Refused(Reason.TOKEN_MALFORMED) from None
    algorithm, kid, kind = header.get("alg"), header.get("kid"), header.get("typ", "")
    named = isinstance(kid, str) and len(kid) <= _LONGEST_KID
    if _NOT_TAKEN & header.keys() or ("kid" in header and not named):
        raise Refused(Reason.TOKEN_HEADER)
    if not isinstance(algorithm, str):
        raise Refused(Reason.TOKEN_ALGORITHM)
    if not isinstance(kind, str):
        raise Refused(Reason.TOKEN_TYPE)
    # The prefix may be left out (RFC 7515, 4.1.9).
    return Token(text, algorithm, kid, kind.lower().removeprefix("application/"), claims)


def check_form(token: Token, issuer: Issuer) -> None:
    """Whether this issuer's tokens may be like this; raises Refused. Comes before any key is looked for."""
    if token.algorithm not in issuer.algorithms:
        raise Refused(Reason.TOKEN_ALGORITHM)
    if token.type not in issuer.types:
        raise Refused(Reason.TOKEN_TYPE)


def check_signature(token: Token, key: PyJWK) -> None:
    """Whether the key made the token's signature; raises Refused. The key knows the one algorithm it is for."""
    try:
        _signatures.decode_complete(token.text, key, algorithms=[key.algorithm_name])
    except (PyJWTError, ValueError, TypeError):
        raise Refused(Reason.TOKEN_SIGNATURE) from None


def check_claims(token: Token, issuer: Issuer, now: datetime) -> str:
    """Whether a token whose signature holds is for us and for now; gives its subject, raises Refused."""
    claims = token.claims
    audience = claims.get("aud")
    audiences = audience if isinstance(audience, list) else [audience]
    if not all(isinstance(each, str) for each in audiences) or issuer.audiences.isdisjoint(audiences):
        raise Refused(Reason.TOKEN_AUDIENCE)
    _check_times(claims, issuer, now.timestamp())
    if "cnf" in claims:
        raise Refused(Reason.TOKEN_BOUND)
    subject = claims.get("sub")
    if not isinstance(subject, str) or not 0 < len(subject) <= _LONGEST_SUBJECT:
        raise Refused(Reason.TOKEN_CLAIMS)
    return subject


def _check_times(claims: dict[str, Any], issuer: Issuer, now: float) -> None:
    expires, begins, made = (_seconds(claims, name) for name in ("exp", "nbf", "iat"))
    if expires is None:
        raise Refused(Reason.TOKEN_TIMES)
    leeway = issuer.leeway_seconds
    if now >= expires + leeway:
        raise Refused(Reason.TOKEN_EXPIRED)
    if max(begins or 0, made or 0) > now + leeway:
        raise Refused(Reason.TOKEN_EARLY)
    # One that does not say when it was made was made now at the latest.
    if expires <= (made or 0) or expires - (made if made is not None else now) > issuer.longest_life_seconds:
        raise Refused(Reason.TOKEN_TIMES)


def _seconds(claims: dict[str, Any], name: str) -> float | None:
    """A time in seconds since 1970, fractions allowed (RFC 7519, 2); None where the claim is not there."""
    if name not in claims:
        return None
    value = claims[name]
    # type() and not isinstance: true is 1 to Python.
    if type(value) not in (int, float) or not 0 <= value <= _MOST_SECONDS:
        raise Refused(Reason.TOKEN_TIMES)
    return float(value)


def _decoded(part: bytes) -> bytes:
    return base64.urlsafe_b64decode(part + b"=" * (-len(part) % 4))
