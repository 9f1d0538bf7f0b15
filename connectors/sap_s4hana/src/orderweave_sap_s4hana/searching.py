"""A search in OData's words: conditions as filters, sorts as orders, and cursors that resume by value. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any
from urllib.parse import quote

import msgspec

from orderweave_sap_s4hana.statuses import LETTERS, REJECTED, STATUSES
from orderweave_sap_s4hana.wire import (
    day_literal,
    instant_literal,
    next_millisecond,
    plain,
    start_of,
    text_literal,
    whole_milliseconds,
)
from orderweave_sdk.capabilities import Condition
from orderweave_sdk.errors import GiveUp
from orderweave_sdk.manifest import Operator, SearchField
from orderweave_sdk.records import Axis

NOTHING = "SalesOrder eq ''"
# A filter longer than this in an address is left to the caller.
LONGEST_FILTER = 3000

_SIGNS: Mapping[Operator, str] = {
    Operator.EQ: "eq",
    Operator.GT: "gt",
    Operator.GTE: "ge",
    Operator.LT: "lt",
    Operator.LTE: "le",
}
_NEGATIVE = frozenset({Operator.NE, Operator.NOT_IN})
_ONE_OF = frozenset({Operator.EQ, Operator.IN})
# The field and the most characters that it takes; a longer value is nobody's.
_TEXTS: Mapping[SearchField, tuple[str, int]] = {
    SearchField.NUMBER: ("SalesOrder", 10),
    SearchField.CHANNEL: ("DistributionChannel", 2),
    SearchField.CURRENCY: ("TransactionCurrency", 5),
    SearchField.PURCHASE_ORDER_NUMBER: ("PurchaseOrderByCustomer", 35),
}


class ByDay(msgspec.Struct, frozen=True):
    """After this order of this day. Days are told exactly, so that one filter resumes between two orders."""

    day: date
    number: str

    def filters(self, *, descending: bool) -> tuple[str, ...]:
        """What comes after it."""
        sign, day = "lt" if descending else "gt", day_literal(self.day)
        number = text_literal(self.number)
        return (f"(CreationDate {sign} {day} or (CreationDate eq {day} and SalesOrder {sign} {number}))",)

    def written(self) -> str:
        """As a cursor."""
        return f"{self.day.isoformat()}/{self.number}"


class ByMoment(msgspec.Struct, frozen=True):
    """After these orders of this millisecond.

    SAP stores finer moments than it tells. So a listing resumes at the beginning of the last millisecond, and leaves
    out the orders of it that were given already.
    """

    moment: datetime
    given: tuple[str, ...]

    def filters(self, *, descending: bool) -> tuple[str, ...]:
        """What comes after it, and the orders of the same millisecond once more."""
        if descending:
            return (f"LastChangeDateTime lt {instant_literal(next_millisecond(self.moment))}",)
        return (f"LastChangeDateTime ge {instant_literal(self.moment)}",)

    def gave(self, moment: datetime | None, number: str) -> bool:
        """Whether an order as it stands was given: one that changed since has another moment."""
        return moment == self.moment and number in self.given

    def then(self, moment: datetime, number: str) -> ByMoment:
        """After one order more."""
        return ByMoment(moment, (*self.given, number) if moment == self.moment else (number,))

    def written(self) -> str:
        """As a cursor."""
        return f"{self.moment.astimezone(UTC).isoformat(timespec='milliseconds')}/{','.join(self.given)}"


def read_day(cursor: str) -> ByDay:
    """A cursor by day; raises GiveUp for one that this connector did not write."""
    day, _, number = cursor.partition("/")
    try:
        return ByDay(date.fromisoformat(day), number)
    except ValueError:
        raise GiveUp("the cursor is not one of this connector's") from None


def read_moment(cursor: str) -> ByMoment:
    """A cursor by moment; raises GiveUp for one that this connector did not write."""
    text, _, given = cursor.partition("/")
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise GiveUp("the cursor is not one of this connector's") from None
    if moment.tzinfo is None:
        raise GiveUp("the cursor is not one of this connector's")
    return ByMoment(moment, tuple(given.split(",")) if given else ())


def filters_of(conditions: Sequence[Condition], where: tzinfo) -> tuple[tuple[str, ...], tuple[Condition, ...]]:
    """The filters that must all hold, and the conditions that the caller must apply. `where` is the system's zone."""
    filters: list[str] = []
    remaining: list[Condition] = []
    for condition in conditions:
        try:
            clause = _clause(condition, where)
        except OverflowError:  # a moment at the end of all calendars
            clause = None
        if clause is None or len(quote(clause)) > LONGEST_FILTER:
            remaining.append(condition)
        elif clause:
            filters.append(clause)
    return tuple(filters), tuple(remaining)


def _clause(condition: Condition, where: tzinfo) -> str | None:
    """The filter of one condition: empty where everything passes, None where SAP's fields cannot say it."""
    field, operator, values = condition.field, condition.operator, condition.values
    if field in _TEXTS:
        return _text(*_TEXTS[field], operator, values)
    if field is SearchField.STATUS:
        return _status(operator, values)
    told = _RANGES.get(field)
    return told(operator, values[0], where) if told and operator in _SIGNS else None


def _text(field: str, longest: int, operator: Operator, values: Sequence[str]) -> str | None:
    """Values that SAP cannot hold as they are, too long or with blanks behind them, are nobody's."""
    held = [value for value in values if value and len(value) <= longest and value == value.rstrip()]
    if field == "SalesOrder":
        held = [value for value in held if plain(value) == value]
    if operator in _ONE_OF:
        return _any([f"{field} eq {text_literal(value)}" for value in held])
    if operator in _NEGATIVE:
        return " and ".join(f"{field} ne {text_literal(value)}" for value in held)
    return None


def _status(operator: Operator, values: Sequence[str]) -> str | None:
    """The raw words that mean what is wanted. UNKNOWN is also every letter that has no meaning here."""
    if operator not in _ONE_OF | _NEGATIVE:
        return None
    clauses = []
    for raw, meaning in STATUSES.words[Axis.ORDER].items():
        if (meaning in values) != (operator in _NEGATIVE):
            letter, rejected, _ = raw.partition(REJECTED)
            sign = "eq" if rejected else "ne"
            letter = text_literal(letter)
            clauses.append(f"(OverallSDProcessStatus eq {letter} and OverallSDDocumentRejectionSts {sign} 'C')")
    if ("UNKNOWN" in values) != (operator in _NEGATIVE):
        others = " and ".join(f"OverallSDProcessStatus ne {text_literal(letter)}" for letter in LETTERS)
        clauses.append(f"({others})")
    return _any(clauses)


def _placed(operator: Operator, value: datetime, where: tzinfo) -> str:
    """A day stands for its beginning in the system's zone."""
    day = value.astimezone(where).date()
    begins = start_of(day, where) == value
    if operator is Operator.EQ:
        return f"CreationDate eq {day_literal(day)}" if begins else NOTHING
    if operator is Operator.LTE or (operator is Operator.LT and not begins):
        return f"CreationDate le {day_literal(day)}"
    if operator is Operator.LT:
        return f"CreationDate lt {day_literal(day)}"
    first = day if operator is Operator.GTE and begins else day + timedelta(days=1)
    return f"CreationDate ge {day_literal(first)}"


def _updated(operator: Operator, value: datetime, where: tzinfo) -> str:
    """A stored moment is told as the millisecond that it lies in."""
    begins = whole_milliseconds(value, up=False)
    up = whole_milliseconds(value, up=True)
    after = next_millisecond(begins)
    if operator is Operator.EQ:
        if begins != value:
            return NOTHING
        return f"LastChangeDateTime ge {instant_literal(begins)} and LastChangeDateTime lt {instant_literal(after)}"
    sign, moment = {
        Operator.GT: ("ge", after),
        Operator.GTE: ("ge", up),
        Operator.LT: ("lt", up),
        Operator.LTE: ("lt", after),
    }[operator]
    return f"LastChangeDateTime {sign} {instant_literal(moment)}"


def _any(clauses: Sequence[str]) -> str:
    if not clauses:
        return NOTHING
    return clauses[0] if len(clauses) == 1 else f"({' or '.join(clauses)})"


_RANGES: Mapping[SearchField, Callable[[Operator, Any, tzinfo], str]] = {
    SearchField.PLACED_AT: _placed,
    SearchField.UPDATED_AT: _updated,
}
