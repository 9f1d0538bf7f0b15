"""Conditions as RQL, and places in a sorted list of orders from which a later call goes on by key. Pure.

A moment of a place is kept as the wire wrote it, so that what is compared is what was told.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec

from orderweave_extensiv.payloads import Place
from orderweave_extensiv.rql import all_of, any_of, compared, one_of, short
from orderweave_extensiv.times import in_utc, on_wire
from orderweave_sdk.capabilities import Condition
from orderweave_sdk.errors import GiveUp
from orderweave_sdk.manifest import Operator, SearchField
from orderweave_sdk.records import OrderStatus

ORDER_ID = "readOnly.orderId"
CHANGED = "readOnly.lastModifiedDate"
SORT_PROPERTIES: Mapping[SearchField, str] = {
    SearchField.PLACED_AT: "readOnly.creationDate",
    SearchField.UPDATED_AT: CHANGED,
}

_SIGNS = {Operator.GT: "=gt=", Operator.GTE: "=ge=", Operator.LT: "=lt=", Operator.LTE: "=le="}
_TEXTS = frozenset({SearchField.PURCHASE_ORDER_NUMBER, SearchField.SKU})
# In RQL the status is reliable for canceled orders only, says the vendor (orders/digests).
_STATUS, _CANCELED_CODE = "readOnly.status", "2"
# Changes are committed some time after the moment that they carry; whatever changed within this time is read again.
_OVERLAP = timedelta(minutes=2)
# After so long nothing is committed late any more, even where our clock and theirs are apart.
_SETTLED = timedelta(minutes=10)


class Position(msgspec.Struct, frozen=True):
    """A place in a list sorted by a moment, then by id: right after this order."""

    moment: str
    order_id: int


class Stream(msgspec.Struct, frozen=True, kw_only=True):
    """Where the reading of changes stands: after `position`, or from `since` on (None: from the start)."""

    since: datetime | None = None
    position: Position | None = None


class Pushed(msgspec.Struct, frozen=True, kw_only=True):
    """What of a search the vendor is asked for: RQL, SKUs of which an order has one, and what the caller must do."""

    rql: str
    skus: tuple[str, ...] | None
    remaining: tuple[Condition, ...]


def push_down(conditions: Sequence[Condition], zone: ZoneInfo) -> Pushed:
    """The conditions as the vendor takes them. Text is compared without regard to case there, so once more here; lists
    that are too long for an address are left to the caller as a whole.
    """
    parts: list[str] = []
    skus: tuple[str, ...] | None = None
    remaining: list[Condition] = []
    for condition in conditions:
        field, operator, values = condition.field, condition.operator, condition.values
        equal = operator in (Operator.EQ, Operator.IN)
        if field in SORT_PROPERTIES and operator in _SIGNS:
            parts.append(compared(SORT_PROPERTIES[field], _SIGNS[operator], on_wire(values[0], zone)))
            continue
        remaining.append(condition)
        if equal and field is SearchField.STATUS:
            parts += _of_statuses(values)
        elif not equal or field not in _TEXTS or not short(values):
            continue
        elif field is SearchField.PURCHASE_ORDER_NUMBER and all(values):
            parts.append(one_of("poNum", values))
        elif field is SearchField.SKU and skus is None and not any("," in value for value in values):
            skus = tuple(values)
    return Pushed(rql=all_of(parts), skus=skus, remaining=tuple(remaining))


def _of_statuses(values: Sequence[str]) -> list[str]:
    """Orders that may have one of these statuses: canceled ones, or all others."""
    if OrderStatus.CANCELED not in values:
        return [compared(_STATUS, "!=", _CANCELED_CODE)]
    return [compared(_STATUS, "==", _CANCELED_CODE)] if set(values) == {OrderStatus.CANCELED} else []


def sort_of(name: str, *, descending: bool) -> str:
    """The order of a list: by a moment, ties by id in the same direction."""
    sign = "-" if descending else ""
    return f"{sign}{name},{sign}{ORDER_ID}"


def after(name: str, position: Position | None, *, descending: bool) -> str:
    """The RQL of what comes after a position."""
    if position is None:
        return ""
    sign = "=lt=" if descending else "=gt="
    same = all_of([compared(name, "==", position.moment), compared(ORDER_ID, sign, str(position.order_id))])
    return any_of([compared(name, sign, position.moment), same])


def position_of(place: Place, sort: SearchField, zone: ZoneInfo) -> tuple[Position, datetime] | None:
    """Where an order stands in a list sorted so, and that moment; None where it has none that can be read."""
    text = place.creation_date if sort is SearchField.PLACED_AT else place.last_modified_date
    try:
        moment = in_utc(text, zone)
    except ValueError:
        return None
    return None if text is None or moment is None else (Position(text, place.order_id), moment)


def write_position(position: Position) -> str:
    """A position as a cursor."""
    return f"{position.moment}/{position.order_id}"


def read_position(cursor: str) -> Position:
    """The position of a cursor; raises GiveUp for one that this connector did not write."""
    moment, _, order_id = cursor.partition("/")
    try:
        datetime.fromisoformat(moment)
        return Position(moment, int(order_id))
    except ValueError:
        raise GiveUp("the cursor is not one of this connector's") from None


def read_stream(cursor: str | None, since: datetime | None) -> Stream:
    """The stream that a cursor names, or one from `since` on; raises GiveUp as above."""
    if cursor is None:
        return Stream(since=since)
    try:
        return msgspec.json.decode(cursor, type=Stream)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise GiveUp("the cursor is not one of this connector's") from None


def write_stream(stream: Stream) -> str:
    """A stream as a cursor."""
    return msgspec.json.encode(stream).decode()


def stream_rql(stream: Stream, zone: ZoneInfo) -> str:
    """The RQL of what a stream has not given yet."""
    if stream.position is not None:
        return after(CHANGED, stream.position, descending=False)
    return "" if stream.since is None else compared(CHANGED, "=ge=", on_wire(stream.since, zone))


def moved(stream: Stream, last: Position | None, *, more: bool, now: datetime, zone: ZoneInfo) -> Stream:
    """The stream after one more page that ended at `last`; at its end it steps back by the overlap.

    It stays where it is once its last change is long ago, or else a great many changes of one moment would be read at
    each call until something newer comes.
    """
    newest = last or stream.position
    if newest is None:
        return stream
    moment = in_utc(newest.moment, zone)
    if more or moment is None or moment < now - _SETTLED:
        return Stream(since=stream.since, position=newest)
    start = moment - _OVERLAP
    return Stream(since=start if stream.since is None else max(start, stream.since))
