"""Where a listing goes on, in an opaque text: a place of the API's own, and how far into its page."""

from __future__ import annotations

import base64
import binascii
from datetime import UTC, datetime
from typing import TypeVar

import msgspec

from orderweave_rest.api_map import PagingStyle, Request
from orderweave_sdk.capabilities import Search
from orderweave_sdk.errors import GiveUp

T = TypeVar("T")

_LONGEST_CURSOR = 16 * 1024


class HitPlace(msgspec.Struct, frozen=True, array_like=True):
    """The hit at `index` of the page at `place`, which was asked with `size`."""

    place: str | None
    size: int
    index: int
    listing: str = ""


class ChangePlace(msgspec.Struct, frozen=True, array_like=True):
    """The page at `place` of what changed since `floor`; `newest` is the last change seen so far, and `last` that of
    the page before, where pages go by their places.
    """

    floor: datetime | None
    place: str | None
    newest: datetime | None
    last: datetime | None = None


def after_hit(hit: HitPlace, following: str | None, count: int, request: Request, search: Search) -> str:
    """The cursor that goes on right after a hit of a page of `count` items.

    An offset can be asked for as it stands. Elsewhere a page is read again, unless the hit was its last.
    """
    listing = _listing(search)
    if request.paging is not None and request.paging.style is PagingStyle.OFFSET:
        return _write(HitPlace(str(int(hit.place or 0) + hit.index + 1), 0, 0, listing))
    if hit.index == count - 1 and following is not None:
        return _write(HitPlace(following, hit.size, 0, listing))
    return _write(HitPlace(hit.place, hit.size, hit.index + 1, listing))


def read_hit(cursor: str, search: Search) -> HitPlace:
    """The place that a cursor of this listing names. Raises GiveUp for any other."""
    found = _read(cursor, HitPlace)
    if found.listing != _listing(search):
        raise GiveUp("the cursor belongs to another sort or direction")
    if not 0 <= found.size <= 10_000 or not 0 <= found.index <= 100_000:
        raise GiveUp("the cursor is not one that this connector wrote")
    return found if found.size else HitPlace(found.place, search.size, 0, found.listing)


def write_changes(place: ChangePlace) -> str:
    """The cursor of a listing of changes."""
    return _write(place)


def read_changes(cursor: str) -> ChangePlace:
    """The place of a listing of changes. Raises GiveUp for what is none."""
    found = _read(cursor, ChangePlace)
    if any(moment is not None and moment.tzinfo is None for moment in (found.floor, found.newest, found.last)):
        raise GiveUp("the cursor is not one that this connector wrote")
    return ChangePlace(_utc(found.floor), found.place, _utc(found.newest), _utc(found.last))


def _utc(moment: datetime | None) -> datetime | None:
    return None if moment is None else moment.astimezone(UTC)


def _listing(search: Search) -> str:
    return f"{search.sort}{'-' if search.descending else '+'}"


def _write(place: msgspec.Struct) -> str:
    return base64.urlsafe_b64encode(msgspec.json.encode(place)).decode()


def _read(cursor: str, kind: type[T]) -> T:
    try:
        if len(cursor) > _LONGEST_CURSOR:
            raise ValueError("too long")
        return msgspec.json.decode(base64.urlsafe_b64decode(cursor.encode()), type=kind)
    except (binascii.Error, UnicodeError, msgspec.DecodeError, ValueError):
        raise GiveUp("the cursor is not one that this connector wrote") from None
