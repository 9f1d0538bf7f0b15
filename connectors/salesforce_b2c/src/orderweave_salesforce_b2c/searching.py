"""Conditions as the vendor's filters, and places in a sorted list that a later call resumes from. Pure.

The vendor sorts by a moment and says nothing of the order within it, so a page is put in order here, by moment and then
by number. Moments have milliseconds; a filter's `From` is the first that is wanted and its `To` the first that is not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

import msgspec

from orderweave_salesforce_b2c.statuses import CANCELLED, COMPLETED, NEW, STATUSES
from orderweave_sdk.capabilities import Condition
from orderweave_sdk.errors import GiveUp
from orderweave_sdk.manifest import Operator, SearchField
from orderweave_sdk.records import Axis

# What to sort by, and the filter of the same moment.
SORTS: Mapping[SearchField, tuple[str, str]] = {
    SearchField.PLACED_AT: ("creation_date", "creationDate"),
    SearchField.UPDATED_AT: ("last_modified_date", "lastModifiedDate"),
}
# The axis of each filter by words, its parameter, and the words that it takes where not all of them.
_WORDS: Mapping[SearchField, tuple[Axis, str, frozenset[str] | None]] = {
    SearchField.STATUS: (Axis.ORDER, "status", frozenset({NEW, COMPLETED, CANCELLED})),
    SearchField.PAYMENT_STATUS: (Axis.PAYMENT, "paymentStatus", None),
    SearchField.FULFILLMENT_STATUS: (Axis.FULFILLMENT, "shippingStatus", None),
}
# So many words one filter takes.
_MOST_WORDS = 2
_TICK = timedelta(milliseconds=1)
# Orders are committed some time after the moment that they carry; whatever changed within this time is read again.
_OVERLAP = timedelta(seconds=60)
# After so long nothing is committed late any more, even where our clock and the vendor's are apart.
_SETTLED = timedelta(minutes=10)


class Position(msgspec.Struct, frozen=True, order=True):
    """A place in a list sorted by a moment, then by number: right after this order."""

    moment: datetime
    order_no: str


class Span(msgspec.Struct, frozen=True):
    """Moments from `first` on and before `end`; None for no bound."""

    first: datetime | None = None
    end: datetime | None = None

    def within(self, other: Span) -> Span:
        """The moments of both."""
        return Span(_later(self.first, other.first), _earlier(self.end, other.end))

    def params(self, field: SearchField) -> list[tuple[str, str]]:
        """As filters on the moment of this field."""
        name = SORTS[field][1]
        bounds = ((f"{name}From", self.first), (f"{name}To", self.end))
        return [(param, on_wire(moment)) for param, moment in bounds if moment is not None]


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked of the vendor, and what it cannot be asked. `nobody`: no order can pass."""

    spans: Mapping[SearchField, Span]
    words: tuple[tuple[str, str], ...]
    remaining: tuple[Condition, ...]
    nobody: bool = False

    def params(
        self, field: SearchField, span: Span, *, descending: bool, limit: int, offset: int
    ) -> list[tuple[str, str]]:
        """One page of the list sorted by this field, of what lies in the span too."""
        found = [("sortBy", SORTS[field][0]), ("sortOrder", "desc" if descending else "asc"), *self.words]
        for each in SORTS:
            asked = self.spans.get(each, Span())
            found += (asked.within(span) if each is field else asked).params(each)
        return [*found, ("limit", str(limit)), ("offset", str(offset))]


NOTHING_ASKED = Asked(spans={}, words=(), remaining=())


def push_down(conditions: Sequence[Condition]) -> Asked:
    """The filters that hold for every order wanted, and the conditions that the caller must apply again."""
    spans: dict[SearchField, Span] = {}
    words: dict[str, str] = {}
    remaining: list[Condition] = []
    nobody = False
    for condition in conditions:
        field = condition.field
        span = _span(condition) if field in SORTS else None
        if span is not None:
            spans[field] = spans.get(field, Span()).within(span)
            continue
        told = _told(condition) if field in _WORDS else None
        if told is None or _WORDS[field][1] in words:
            remaining.append(condition)
            continue
        raws, exact = told
        nobody = nobody or not raws
        words[_WORDS[field][1]] = ",".join(raws)
        if not exact:
            remaining.append(condition)
    return Asked(spans=spans, words=tuple(words.items()), remaining=tuple(remaining), nobody=nobody)


def _span(condition: Condition) -> Span | None:
    """The moments of a condition; every moment of the vendor's is whole in milliseconds, so that none is lost."""
    (moment, *_) = condition.values
    whole = floor(moment)
    following = whole + _TICK
    at_or_after = whole if whole == moment else following
    return {
        Operator.GTE: Span(first=at_or_after),
        Operator.GT: Span(first=following),
        Operator.LT: Span(end=at_or_after),
        Operator.LTE: Span(end=following),
    }.get(condition.operator)


def _told(condition: Condition) -> tuple[list[str], bool] | None:
    """The words to ask for, and whether they say the condition exactly; None where the vendor cannot be asked.

    A word that is put together ("not_paid, authorized") is asked for by the vendor's own, which is wider.
    """
    wanted = set(condition.values)
    if condition.operator not in (Operator.EQ, Operator.IN) or "UNKNOWN" in wanted:
        return None
    axis, _, allowed = _WORDS[condition.field]
    meanings = STATUSES.words[axis]
    raws = list(dict.fromkeys(_own(word) for word, meaning in meanings.items() if meaning in wanted))
    if len(raws) > _MOST_WORDS or (allowed is not None and not allowed.issuperset(raws)):
        return None
    return raws, all(meaning in wanted for word, meaning in meanings.items() if _own(word) in raws)


def _own(word: str) -> str:
    return word.partition(",")[0]


def after(position: Position | None, *, descending: bool) -> Span:
    """Where to resume: from the position's own moment on, because others may share it."""
    if position is None:
        return Span()
    return Span(end=position.moment + _TICK) if descending else Span(first=position.moment)


def is_after(place: Position, position: Position | None, *, descending: bool) -> bool:
    """Whether an order stands behind a position."""
    if position is None:
        return True
    return place < position if descending else place > position


def floor(moment: datetime) -> datetime:
    """The moment without what is finer than a millisecond."""
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def on_wire(moment: datetime) -> str:
    """An instant as a filter takes it. Raises ValueError for a naive time."""
    if moment.tzinfo is None:
        raise ValueError("a time without a zone cannot be sent")
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def write_position(position: Position) -> str:
    """A position as a cursor."""
    return f"{on_wire(position.moment)}/{position.order_no}"


def read_position(cursor: str) -> Position:
    """The position of a cursor; raises GiveUp for one that this connector did not write."""
    moment, slash, order_no = cursor.partition("/")
    try:
        found = datetime.fromisoformat(moment)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None or not slash:
        raise GiveUp("the cursor is not one of this connector's")
    return Position(found.astimezone(UTC), order_no)


class Stream(msgspec.Struct, frozen=True, kw_only=True):
    """Where the reading of changes stands: after `position`, or from `since` on (None: from the start)."""

    since: datetime | None = None
    position: Position | None = None

    def moved(self, last: Position | None, *, more: bool, now: datetime) -> Stream:
        """The stream after one more page that ended at `last`; at its end it steps back by the overlap.

        It stays where it is once its last change is long ago, or else the changes of that minute would be read at each
        call until something newer comes.
        """
        newest = last or self.position
        if newest is None or more or newest.moment < now - _SETTLED:
            return Stream(since=self.since, position=newest)
        return Stream(since=_later(self.since, newest.moment - _OVERLAP))

    def span(self) -> Span:
        """The moments still to be read."""
        return Span(first=None if self.since is None else floor(self.since)).within(
            after(self.position, descending=False)
        )


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


def _later(one: datetime | None, other: datetime | None) -> datetime | None:
    known = [moment for moment in (one, other) if moment is not None]
    return max(known, default=None)


def _earlier(one: datetime | None, other: datetime | None) -> datetime | None:
    known = [moment for moment in (one, other) if moment is not None]
    return min(known, default=None)
