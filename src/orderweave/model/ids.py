"""Global ids and cursors: opaque outside, plain inside, and refused with a clear word when they are not ours."""

from __future__ import annotations

import base64
import binascii
import hashlib
from typing import Any, TypeVar

import msgspec

T = TypeVar("T")
_LONGEST = 2000


class MalformedToken(ValueError):
    """A text that is not one of our ids or cursors."""


def encode_id(kind: str, *parts: str) -> str:
    """The opaque id of something, such as encode_id("Order", "shop-us:number", "1001")."""
    return _encode([kind, *parts])


def decode_id(token: str) -> tuple[str, tuple[str, ...]]:
    """Kind and parts of an id; raises MalformedToken for anything that `encode_id` did not make."""
    kind, *parts = _decode(token, list[str], "an id") or [""]
    if not kind:
        raise MalformedToken("not an id of this API")
    return kind, tuple(parts)


class _Cursor(msgspec.Struct, frozen=True):
    c: str
    p: tuple[str, ...]
    s: str


def encode_cursor(kind: str, *place: str) -> str:
    """The opaque cursor of a place in a list; `kind` ties it to the list that it was made for.

    Its checksum shows damage and guesses. It is no secret and no signature (docs/decisions/keyset-cursors.md): a cursor
    opens nothing that its list would not show.
    """
    return _encode(_Cursor(kind, place, _checksum(kind, place)))


def decode_cursor(token: str, kind: str) -> tuple[str, ...]:
    """The place in a cursor of this kind; raises MalformedToken for a forged one or one of another list."""
    found = _decode(token, _Cursor, "a cursor")
    if found.s != _checksum(found.c, found.p):
        raise MalformedToken("not a cursor of this API")
    if found.c != kind:
        raise MalformedToken("a cursor of another list, filter or sort")
    return found.p


def _checksum(kind: str, place: tuple[str, ...]) -> str:
    return hashlib.sha256(msgspec.json.encode((kind, place))).hexdigest()[:12]


def _encode(content: Any) -> str:
    return base64.urlsafe_b64encode(msgspec.json.encode(content)).decode().rstrip("=")


def _decode(token: str, shape: type[T], what: str) -> T:
    """What is in a token, strictly of this shape: a forged one may nest deeper than a reader can follow."""
    if len(token) > _LONGEST:
        raise MalformedToken("longer than any id or cursor of this API")
    try:
        raw = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
        found = msgspec.json.decode(raw, type=shape)
    except (binascii.Error, ValueError, msgspec.DecodeError, RecursionError):
        raise MalformedToken(f"not {what} of this API") from None
    if _encode(found) != token:
        raise MalformedToken(f"not {what} of this API")
    return found
