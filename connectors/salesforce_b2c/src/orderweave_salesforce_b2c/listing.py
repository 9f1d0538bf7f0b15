"""Lists of orders, page after page, in an order that the vendor does not promise."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec

from orderweave_salesforce_b2c.client import MOST_LISTED, Client
from orderweave_salesforce_b2c.payloads import Numbered, Placed
from orderweave_salesforce_b2c.searching import Asked, Position, Span, after, is_after
from orderweave_sdk.capabilities import Gap
from orderweave_sdk.clock import Call
from orderweave_sdk.decoding import decode_in_place
from orderweave_sdk.errors import BadPayload
from orderweave_sdk.manifest import SearchField
from orderweave_sdk.records import utc

# Pages of one list that one call reads at most.
_MOST_PAGES = 10
# Beside those wanted: the order where a list resumes, and the one that shows that a moment is over.
_BESIDE = 2


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """A part of a list: so many orders after a position, of what is asked for and lies in the span."""

    asked: Asked
    field: SearchField
    size: int
    descending: bool
    position: Position | None = None
    span: Span = Span()


class Listed(msgspec.Struct, frozen=True, kw_only=True):
    """Orders with their places, in order, still undecoded; `more` tells whether others follow."""

    orders: tuple[tuple[Position, msgspec.Raw], ...]
    more: bool
    gaps: tuple[Gap, ...]


async def listed(client: Client, wanted: Wanted, call: Call) -> Listed:
    """Read until so many orders are surely the next ones.

    The orders of the last moment of a full page may not be all of that moment: they are read again, from that moment
    on. Raises BadPayload where a full page holds no order that has a place, and where a moment has no end.
    """
    limit = min(MOST_LISTED, wanted.size + _BESIDE)
    span, offset = wanted.span.within(after(wanted.position, descending=wanted.descending)), 0
    found: dict[str, tuple[Position, msgspec.Raw]] = {}
    gaps: dict[Gap, None] = {}
    for _ in range(_MOST_PAGES):
        query = wanted.asked.params(wanted.field, span, descending=wanted.descending, limit=limit, offset=offset)
        page = await client.orders(query, call)
        placed, unplaced = _placed(page, wanted.field)
        found |= {place.order_no: (place, raw) for place, raw in placed}
        gaps |= dict.fromkeys(unplaced)
        ended = len(page) < limit
        if not ended and not placed:
            raise BadPayload("orders: a page that holds no order that can be read")
        last = None if ended else _last(placed, descending=wanted.descending)
        surely = sorted(
            (
                (place, raw)
                for place, raw in found.values()
                if is_after(place, wanted.position, descending=wanted.descending) and place.moment != last
            ),
            key=lambda entry: entry[0],
            reverse=wanted.descending,
        )
        if ended or len(surely) >= wanted.size:
            more = not ended or len(surely) > wanted.size
            return Listed(orders=tuple(surely[: wanted.size]), more=more, gaps=tuple(gaps))
        resumed = after(Position(last, ""), descending=wanted.descending) if last is not None else Span()
        following = span.within(resumed)
        span, offset = (span, offset + limit) if following == span else (following, 0)
    raise BadPayload("orders: more orders of one moment than can be read at once")


def _placed(page: Sequence[msgspec.Raw], field: SearchField) -> tuple[list[tuple[Position, msgspec.Raw]], list[Gap]]:
    """Orders with their places, and a gap for each that has none."""
    found: list[tuple[Position, msgspec.Raw]] = []
    placed, unread = decode_in_place(page, Placed, what="order")
    reasons = iter(unread)
    gaps: list[Gap] = []
    for raw, order in zip(page, placed, strict=True):
        if order is None:
            gaps.append(Gap(next(reasons).reason, number_of(raw)))
            continue
        moment = order.creation_date if field is SearchField.PLACED_AT else order.last_modified
        if moment is None or moment.tzinfo is None:
            gaps.append(Gap("order: without the moment that the list is sorted by", order.order_no))
        else:
            found.append((Position(utc(moment), order.order_no), raw))
    return found, gaps


def number_of(body: bytes | msgspec.Raw) -> str | None:
    """The number of an order of which nothing else may be readable."""
    try:
        return msgspec.json.decode(body, type=Numbered).order_no
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


def _last(placed: Sequence[tuple[Position, msgspec.Raw]], *, descending: bool) -> datetime:
    moments = [place.moment for place, _ in placed]
    return min(moments) if descending else max(moments)
