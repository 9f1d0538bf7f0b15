"""Where the next page of an answer is, in each style of paging. Pure."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

import msgspec

from orderweave_rest.api_map import Paging, PagingStyle, Request
from orderweave_rest.expressions import Expression
from orderweave_rest.reading_errors import BadValue
from orderweave_rest.values import text
from orderweave_sdk.errors import BadPayload, GiveUp

# A cursor or an address that is longer is none.
_LONGEST_PLACE = 4096

_NEXT_LINK = re.compile(r"<([^>]*)>([^<]*)")
_NEXT = re.compile(r";\s*rel\s*=\s*\"?[^\";]*\bnext\b", re.IGNORECASE)
_NUMBER = re.compile(r"\d{1,9}")

ADDRESSED = (PagingStyle.LINK, PagingStyle.NEXT)
NUMBERED = (PagingStyle.PAGE, PagingStyle.OFFSET)


class Turned(msgspec.Struct, frozen=True, kw_only=True):
    """One page that was answered: where it was, how many items were asked for and came, and what the answer says."""

    place: str | None
    size: int
    document: Any
    link: str
    count: int


def place_values(paging: Paging | None, place: str | None, size: int | None) -> dict[str, str | int | None]:
    """The placeholders that say which page is wanted; None is the first."""
    if paging is None:
        return {}
    values: dict[str, str | int | None] = {"size": size}
    if paging.style is PagingStyle.PAGE:
        values["page"] = int(place) if place is not None else paging.first
    elif paging.style is PagingStyle.OFFSET:
        values["offset"] = int(place) if place is not None else 0
    elif paging.style is PagingStyle.CURSOR:
        values["cursor"] = place
    return values


def following(request: Request, turned: Turned, url: str, secret: str | None) -> str | None:
    """The place after a page of the API at `url`; None at the end. Raises BadPayload for one that leads nowhere.

    `secret` is the parameter that holds one, which is left out of the place: places go into cursors.
    """
    paging = request.paging
    if paging is None:
        return None
    what = f"{request.name}: paging"
    if paging.style in NUMBERED:
        return _numbered(paging, turned, what)
    if paging.style is PagingStyle.LINK:
        told = next((address for address, more in _NEXT_LINK.findall(turned.link) if _NEXT.search(more)), None)
    else:
        found = searched(paging.next, turned.document, what) if paging.next else None
        told = text(found) if isinstance(found, str | int) and found is not False else None
    if not told or _more(paging, turned.document, what) is False:
        return None
    place = _address(request, turned.place, told, url, secret) if paging.style in ADDRESSED else told
    if place is None or place == turned.place or len(place) > _LONGEST_PLACE:
        raise BadPayload(f"{what}: the next page is the same again, or not one of this API")
    return place


def _address(request: Request, place: str | None, told: str, url: str, secret: str | None) -> str | None:
    """The path and query of the next page, which must be of this API. Relative ones are understood, and so are those
    of an API that does not know that TLS ends before it: the page is asked for at `url`, whatever the scheme.
    """
    parts, own = urlsplit(urljoin(f"{url}{place or request.path}", told)), urlsplit(url)
    if parts.netloc != own.netloc or not parts.path.startswith(f"{own.path}/"):
        return None
    query = parts.query
    if secret is not None:
        query = urlencode([each for each in parse_qsl(query, keep_blank_values=True) if each[0] != secret])
    return parts.path[len(own.path) :] + (f"?{query}" if query else "")


def _numbered(paging: Paging, turned: Turned, what: str) -> str | None:
    """The number of the next page, or the offset of its first item."""
    offset = paging.style is PagingStyle.OFFSET
    here = int(turned.place) if turned.place is not None else (0 if offset else paging.first)
    after = here + turned.count if offset else here + 1
    pages = -(-after // turned.size) if offset else after - paging.first
    more = _more(paging, turned.document, what)
    if more is None and paging.total is not None:
        more = (after if offset else pages * turned.size) < _count(paging.total, turned.document, what)
    elif more is None and paging.pages is not None:
        more = pages < _count(paging.pages, turned.document, what)
    elif more is None:
        more = turned.count >= turned.size
    return str(after) if more and turned.count else None


def _more(paging: Paging, document: Any, what: str) -> bool | None:
    return None if paging.more is None else bool(searched(paging.more, document, what))


def _count(expression: Expression, document: Any, what: str) -> int:
    try:
        return int(text(searched(expression, document, what)))
    except (BadValue, ValueError):
        raise BadPayload(f"{what}: {expression.text!r} finds no whole number") from None


def searched(expression: Expression, document: Any, what: str) -> Any:
    """What the expression finds in an answer. Raises BadPayload where it cannot be worked out."""
    try:
        return expression.search(document)
    except BadValue as error:
        raise BadPayload(f"{what}: {error}") from None


def place_of(request: Request, place: str | None) -> str | None:
    """A place that a cursor of ours kept, once it is sure to be one. Raises GiveUp."""
    style = request.paging.style if request.paging is not None else None
    numbered = style in NUMBERED and place is not None and not _NUMBER.fullmatch(place)
    addressed = style in ADDRESSED and place is not None and (not place.startswith("/") or place.startswith("//"))
    if numbered or addressed or (style is None and place is not None):
        raise GiveUp(f"{request.name}: the cursor is not one of this listing")
    return place
