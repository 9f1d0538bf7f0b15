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
from orderweave_extensiv.times import comes_twice, in_utc, on_wire, second_pass
from orderweave_sdk.capabilities import Condition
from orderweave_sdk.errors import GiveUp
from orderweave_sdk.manifest import Operator, SearchField
from orderweave_sdk.records import OrderRecord, OrderStatus

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
# For so long a clock time that came twice, told as a change, is that of the second pass.
_LATELY = timedelta(days=1)


class Position(msgspec.Struct, frozen=True):
    """A place in a list sorted by a moment, then by id: right after this order."""

    moment: str
    order_id: int


class Stream(msgspec.Struct, frozen=True, kw_only=True):
    """Where the reading of changes stands: after `position`, or from `since` on (None: from the start).

    `again`: what the pages before told of an hour that had still to come a second time; it is read again from there.
    """

    since: datetime | None = None
    position: Position | None = None
    again: datetime | None = None


class Pushed(msgspec.Struct, frozen=True, kw_only=True):
    """What of a search the vendor is asked for: RQL, SKUs of which an order has one, and what the caller must do."""

    rql: str
    skus: tuple[str, ...] | None
    remaining: tuple[Condition, ...]


def push_down(conditions: Sequence[Condition], zone: ZoneInfo) -> Pushed:
    """The conditions as the vendor takes them. Text is compared without regard to case there, so once more here, as are
    clock times that come twice; lists that are too long for an address are left to the caller as a whole.
    """
    parts: list[str] = []
    skus: tuple[str, ...] | None = None
    remaining: list[Condition] = []
    for condition in conditions:
        field, operator, values = condition.field, condition.operator, condition.values
        equal = operator in (Operator.EQ, Operator.IN)
        if field in SORT_PROPERTIES and operator in _SIGNS:
            slack = -1 if operator in (Operator.GT, Operator.GTE) else 1
            parts.append(compared(SORT_PROPERTIES[field], _SIGNS[operator], on_wire(values[0], zone, slack=slack)))
            if comes_twice(values[0], zone):
                remaining.append(condition)
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
    return "" if stream.since is None else compared(CHANGED, "=ge=", on_wire(stream.since, zone, slack=-1))


def moved(stream: Stream, last: Position | None, *, more: bool, now: datetime, zone: ZoneInfo) -> Stream:
    """The stream after one more page that ended at `last`; at its end it steps back by the overlap.

    It stays where it is once its last change is long ago, or else a great many changes of one moment would be read at
    each call until something newer comes. A clock time that comes twice is long ago when the second is: until then
    changes may come that stand before it.
    """
    newest = last or stream.position
    if newest is None:
        return stream
    moment = in_utc(newest.moment, zone)
    fresh = moment is not None and second_pass(moment, zone) >= now - _SETTLED
    if more:
        again = moment if fresh and moment is not None and comes_twice(moment, zone) else None
        return Stream(since=stream.since, position=newest, again=stream.again or again)
    if moment is None or not (fresh or stream.again):
        return Stream(since=stream.since, position=newest)
    start = min(moment - _OVERLAP, stream.again or moment)
    return Stream(since=start if stream.since is None else max(start, stream.since))


def lately(record: OrderRecord, now: datetime, zone: ZoneInfo) -> OrderRecord:
    """A changed order, whose clock time is that of the second pass where that was lately.

    Or else an order that changed in both passes would seem to have changed earlier than is known of it. Where it is
    wrong, nothing comes between: the next change is later than either.
    """
    if record.updated_at is None:
        return record
    second = second_pass(record.updated_at, zone)
    if second == record.updated_at or not second <= now < second + _LATELY:
        return record
    header = record.header and msgspec.structs.replace(record.header, updated_at=second)
    return msgspec.structs.replace(record, updated_at=second, header=header)
