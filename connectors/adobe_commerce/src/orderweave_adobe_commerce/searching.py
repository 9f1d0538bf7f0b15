"""Conditions as filters, and places in a sorted list of orders that a later call resumes from by key. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta

import msgspec

from orderweave_adobe_commerce.criteria import Filter, Group, one_of
from orderweave_adobe_commerce.statuses import DEFAULT_STATUSES, STATUSES
from orderweave_adobe_commerce.times import on_wire
from orderweave_sdk.capabilities import Condition
from orderweave_sdk.errors import GiveUp
from orderweave_sdk.manifest import Operator, SearchField
from orderweave_sdk.records import Axis

SORT_FIELDS: Mapping[SearchField, str] = {SearchField.PLACED_AT: "created_at", SearchField.UPDATED_AT: "updated_at"}

_EQUAL = frozenset({Operator.EQ, Operator.IN})
_SIGNS = {Operator.GT: "gt", Operator.GTE: "gteq", Operator.LT: "lt", Operator.LTE: "lteq"}
# Fields of text, which the database compares without regard to case: what is found is compared once more.
_TEXTS = {SearchField.NUMBER: "increment_id", SearchField.CUSTOMER_EMAIL: "customer_email"}
# Orders are committed some time after the moment that they carry; whatever changed within this time is read again.
_OVERLAP = timedelta(seconds=60)
# After so long nothing is committed late any more, even where our clock and the shop's are apart.
_SETTLED = timedelta(minutes=10)


class Position(msgspec.Struct, frozen=True):
    """A place in a list sorted by a moment, then by id: right after this order."""

    moment: datetime
    entity_id: int


class Stream(msgspec.Struct, frozen=True, kw_only=True):
    """Where the reading of changes stands: after `position`, or from `since` on (None: from the start)."""

    since: datetime | None = None
    position: Position | None = None


def push_down(conditions: Sequence[Condition], currency_field: str) -> tuple[tuple[Group, ...], tuple[Condition, ...]]:
    """The groups that hold for every order wanted, and the conditions that the caller must apply again."""
    groups: list[Group] = []
    remaining: list[Condition] = []
    for condition in conditions:
        group, exact = _group(condition, currency_field)
        if group is not None:
            groups.append(group)
        if group is None or not exact:
            remaining.append(condition)
    return tuple(groups), tuple(remaining)


def _group(condition: Condition, currency_field: str) -> tuple[Group | None, bool]:
    """The group for one condition (None: it cannot be said), and whether it says it exactly."""
    field, operator, values = condition.field, condition.operator, condition.values
    if field in SORT_FIELDS and operator in _SIGNS:
        return _instant(SORT_FIELDS[field], operator, values[0])
    if operator not in _EQUAL:
        return None, False
    if field in _TEXTS:
        return one_of(_TEXTS[field], values), False
    if field is SearchField.CUSTOMER_ID:
        return (one_of("customer_id", values), True) if all(map(str.isdecimal, values)) else (None, False)
    if field is SearchField.CURRENCY:
        return one_of(currency_field, values), True
    return (_of_statuses(values), False) if field is SearchField.STATUS else (None, False)


def _instant(field: str, operator: Operator, moment: datetime) -> tuple[Group, bool]:
    """Moments are kept to the second; a bound within a second is widened to it."""
    if moment.microsecond:
        operator = Operator.GTE if operator in (Operator.GT, Operator.GTE) else Operator.LTE
    return (Filter(field, on_wire(moment), _SIGNS[operator]),), not moment.microsecond


def _of_statuses(values: Iterable[str]) -> Group:
    """Orders whose state means one of these, those whose status may say more, and those without a state."""
    wanted = set(values)
    words = STATUSES.words[Axis.ORDER]
    states = [state for state in DEFAULT_STATUSES if words[state] in wanted]
    statuses = [word for word, meaning in words.items() if word not in DEFAULT_STATUSES and meaning in wanted]
    found = [*one_of("state", states), *one_of("status", statuses)]
    return (*found, Filter("state", "1", "null"))


def after(field: str, position: Position | None, *, descending: bool) -> tuple[tuple[Group, ...], ...]:
    """The lists that together hold what comes after a position: the rest of its own second, then all beyond.

    Alternatives cannot reach over groups, so that one list cannot say it.
    """
    if position is None:
        return ((),)
    told, sign = on_wire(position.moment), "lt" if descending else "gt"
    same = ((Filter(field, told),), (Filter("entity_id", str(position.entity_id), sign),))
    return (same, ((Filter(field, told, sign),),))


def write_position(position: Position) -> str:
    """A position as a cursor."""
    return f"{on_wire(position.moment)}/{position.entity_id}"


def read_position(cursor: str) -> Position:
    """The position of a cursor; raises GiveUp for one that this connector did not write."""
    moment, _, entity_id = cursor.partition("/")
    try:
        return Position(datetime.fromisoformat(moment).replace(tzinfo=UTC), int(entity_id))
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


def moved(stream: Stream, last: Position | None, *, more: bool, now: datetime) -> Stream:
    """The stream after one more page that ended at `last`; at its end it steps back by the overlap.

    It stays where it is once its last change is long ago, or else a great many changes of one moment would be read at
    each call until something newer comes.
    """
    if more and last is not None:
        return Stream(since=stream.since, position=last)
    newest = last or stream.position
    if newest is None:
        return Stream(since=stream.since)
    if newest.moment < now - _SETTLED:
        return Stream(since=stream.since, position=newest)
    start = newest.moment - _OVERLAP
    return Stream(since=start if stream.since is None else max(start, stream.since))


def since_group(field: str, stream: Stream) -> tuple[Group, ...]:
    """The filter that a stream without a position begins with."""
    return () if stream.since is None else ((Filter(field, on_wire(stream.since), "gteq"),),)
