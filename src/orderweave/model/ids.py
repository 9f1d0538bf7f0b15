"""Global ids and cursors: opaque outside, plain inside, and refused with a clear word when they are not ours."""

from __future__ import annotations

import base64
import binascii
from typing import Any

import msgspec


class MalformedToken(ValueError):
    """A text that is not one of our ids or cursors."""


def encode_id(kind: str, *parts: str) -> str:
    """The opaque id of something, such as encode_id("Order", "shop-us:number", "1001")."""
    return _encode([kind, *parts])


def decode_id(token: str) -> tuple[str, tuple[str, ...]]:
    """Kind and parts of an id; raises MalformedToken for anything that `encode_id` did not make."""
    parts = _decode(token)
    if not isinstance(parts, list) or not parts or not all(isinstance(part, str) for part in parts):
        raise MalformedToken("not an id of this API")
    return parts[0], tuple(parts[1:])


def encode_cursor(kind: str, *place: str) -> str:
    """The opaque cursor of a place in a list; `kind` ties it to the list that it was made for."""
    return _encode({"c": kind, "p": list(place)})


def decode_cursor(token: str, kind: str) -> tuple[str, ...]:
    """The place in a cursor of this kind; raises MalformedToken for a forged one or one of another list."""
    found = _decode(token)
    if not isinstance(found, dict) or set(found) != {"c", "p"}:
        raise MalformedToken("not a cursor of this API")
    if found["c"] != kind:
        raise MalformedToken("a cursor of another list, filter or sort")
    place = found["p"]
    if not isinstance(place, list) or not all(isinstance(part, str) for part in place):
        raise MalformedToken("not a cursor of this API")
    return tuple(place)


def _encode(content: Any) -> str:
    return base64.urlsafe_b64encode(msgspec.json.encode(content)).decode().rstrip("=")


def _decode(token: str) -> Any:
    if len(token) > 2000:
        raise MalformedToken("longer than any id or cursor of this API")
    try:
        raw = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
        found = msgspec.json.decode(raw)
    except (binascii.Error, ValueError, msgspec.DecodeError):
        raise MalformedToken("not an id or cursor of this API") from None
    if _encode(found) != token:
        raise MalformedToken("not an id or cursor of this API")
    return found
