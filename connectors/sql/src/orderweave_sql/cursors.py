"""Where a listing goes on: a value as the database gave it, and an id, in an opaque text."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

import msgspec

from orderweave_sdk.errors import BadPayload, GiveUp

# Values of these types travel as texts, under a tag.
_TAGS: dict[str, Callable[[str], Any]] = {
    "time": datetime.fromisoformat,
    "date": date.fromisoformat,
    "number": Decimal,
}


class Place(msgspec.Struct, frozen=True):
    """Right after the row that sorts by `value` and `id`."""

    value: Any
    id: str


class _Written(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """`listing` says which listing the cursor belongs to; it fits no other."""

    listing: str
    after: tuple[Any, str] | None = None
    floor: Any = None


def write_cursor(listing: str, after: Place | None, floor: Any = None) -> str:
    """The cursor of a listing. `floor` is the least value that the listing still gives."""
    place = (_tagged(after.value), after.id) if after else None
    raw = msgspec.json.encode(_Written(listing=listing, after=place, floor=_tagged(floor)))
    return base64.urlsafe_b64encode(raw).decode()


def read_cursor(listing: str, cursor: str) -> tuple[Place | None, Any]:
    """Place and floor. Raises GiveUp for a cursor that is not one of this listing's."""
    try:
        written = msgspec.json.decode(base64.urlsafe_b64decode(cursor.encode()), type=_Written)
        after = Place(_untagged(written.after[0]), written.after[1]) if written.after else None
        floor = _untagged(written.floor)
    except (binascii.Error, UnicodeError, msgspec.DecodeError, ValueError, InvalidOperation):
        raise GiveUp("the cursor is not one that this connector wrote") from None
    if written.listing != listing:
        raise GiveUp("the cursor belongs to another sort or direction")
    return after, floor


def _tagged(value: Any) -> Any:
    if value is None or isinstance(value, str | int | float):
        return value
    if isinstance(value, datetime):
        return {"time": value.isoformat()}
    if isinstance(value, date):
        return {"date": value.isoformat()}
    if isinstance(value, Decimal):
        return {"number": str(value)}
    raise BadPayload(f"a listing cannot go on from a {type(value).__name__}; write the column otherwise in the query")


def _untagged(value: Any) -> Any:
    if not isinstance(value, dict):
        if value is None or isinstance(value, str | int | float):
            return value
        raise ValueError("a list")
    ((tag, text),) = value.items()
    if tag not in _TAGS or not isinstance(text, str):
        raise ValueError("a tag that is not ours")
    return _TAGS[tag](text)
