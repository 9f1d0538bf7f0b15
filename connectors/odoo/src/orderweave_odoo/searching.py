"""A search in Odoo's words: conditions as domains, and cursors that resume where a listing stood. Pure.

Odoo keeps moments with parts of a second, compares with them, and leaves them out when it tells. So a place in a
listing is a whole second and how many of that second were given: the next page begins at that second and skips these.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any

import msgspec

from orderweave_odoo.manifest import STATUSES
from orderweave_odoo.wire import first_second, instant, second_after, second_of, wire_instant
from orderweave_sdk.capabilities import Condition
from orderweave_sdk.errors import GiveUp
from orderweave_sdk.manifest import Operator, SearchField
from orderweave_sdk.records import Axis

Domain = list[Any]
# The second that a listing has come to, and how many records of it were given.
Position = tuple[datetime, int]

STAMP_OF: Mapping[SearchField, str] = {SearchField.PLACED_AT: "date_order", SearchField.UPDATED_AT: "write_date"}
# Moves from a supplier into stock that were not done; later steps within a warehouse start at a place of its own.
EXPECTED_MOVES: Domain = [
    ["location_id.usage", "=", "supplier"],
    ["location_dest_id.usage", "=", "internal"],
    ["state", "in", ["waiting", "confirmed", "partially_available", "assigned"]],
]
_NEGATIVE = frozenset({Operator.NE, Operator.NOT_IN})
# Conditions that find at least the orders wanted; the caller applies them again.
_WIDER = frozenset({SearchField.STATUS, SearchField.CUSTOMER_EMAIL, SearchField.CUSTOMER_ID, SearchField.SKU})
_LONGEST_ID = 9
# Where listings begin that nothing bounds: before and after every moment that a database holds.
_FIRST, _LAST = datetime(1000, 1, 1, tzinfo=UTC), datetime(9999, 12, 30, tzinfo=UTC)


def any_of(clauses: Sequence[Any]) -> Domain:
    """Clauses of which one must hold, in Odoo's prefix notation."""
    return [*(["|"] * (len(clauses) - 1)), *clauses]


def ids_of(values: Sequence[str]) -> list[int]:
    """The values that can be ids: whole numbers as Odoo writes them, within its integers."""
    return [
        int(value) for value in values if value.isdecimal() and len(value) <= _LONGEST_ID and str(int(value)) == value
    ]


def domain_of(conditions: Sequence[Condition]) -> tuple[Domain, tuple[Condition, ...]]:
    """The domain that all conditions make together, and those that the caller must apply again."""
    domain: Domain = []
    remaining: list[Condition] = []
    for condition in conditions:
        build = _BUILDERS.get(condition.field)
        part = build(condition.operator, condition.values) if build else None
        domain += part or []
        if part is None or condition.field in _WIDER:
            remaining.append(condition)
    return domain, tuple(remaining)


def from_position(stamp: str, position: Position | None, *, descending: bool) -> tuple[Domain, int]:
    """The domain in which a listing goes on, and how many records of it to skip."""
    if position is None:
        return [], 0
    moment, given = position
    clause = [stamp, "<", wire_instant(second_after(moment))] if descending else [stamp, ">=", wire_instant(moment)]
    return [clause], given


def moved(position: Position | None, moments: Sequence[datetime | None], *, descending: bool = False) -> list[Position]:
    """Where a listing stands after each of these records, in the order of the listing.

    None stands for a moment that cannot be read. Such a record may belong to the second before it or to the one behind
    it; so the count goes on from where it began until two moments that can be read, side by side, begin a second.
    """
    before: datetime | None
    second, given = position or (_LAST if descending else _FIRST, 0)
    before = second
    found: list[Position] = []
    for moment in moments:
        if moment is not None and before is not None and before != moment:
            second, given = moment, 0
        given += 1
        before = moment
        found.append((second, given))
    return found


def moment_in(raw: msgspec.Raw, stamp: str) -> datetime | None:
    """The stamp of a record, which may be unreadable for the rest; None where it is, too."""
    try:
        said = msgspec.json.decode(raw, type=dict[str, Any]).get(stamp)
        return instant(said) if isinstance(said, str) else None
    except (msgspec.DecodeError, UnicodeDecodeError, ValueError):
        return None


def write_position(position: Position) -> str:
    """A position as a cursor."""
    moment, given = position
    return f"{moment.astimezone(UTC).isoformat(timespec='seconds')}/{given}"


def read_position(cursor: str) -> Position:
    """A cursor as a position; raises GiveUp for a cursor that this connector did not write."""
    moment, _, given = cursor.partition("/")
    try:
        position = datetime.fromisoformat(moment), int(given)
    except ValueError:
        raise GiveUp("the cursor is not one of this connector's") from None
    if position[0].tzinfo is None or position[1] < 0:
        raise GiveUp("the cursor is not one of this connector's")
    return position


def _one_of(name: str, operator: Operator, values: Sequence[Any]) -> Domain:
    return [[name, "not in" if operator in _NEGATIVE else "in", list(values)]]


def _moment(name: str, operator: Operator, values: Sequence[Any]) -> Domain:
    """A range over whole seconds, as they are told, on a column that has parts of them."""
    (value,) = values
    reached, passed = wire_instant(first_second(value)), wire_instant(second_after(value))
    at_least, below = [name, ">=", reached], [name, "<", passed]
    if operator is Operator.EQ:
        return [at_least, below] if value == second_of(value) else [["id", "in", []]]
    return {
        Operator.GT: [[name, ">=", passed]],
        Operator.GTE: [at_least],
        Operator.LT: [[name, "<", reached]],
        Operator.LTE: [below],
    }[operator]


def _states(operator: Operator, values: Sequence[Any]) -> Domain:
    """The states in which an order may have such a status; UNKNOWN is every state that has no meaning here."""
    words = STATUSES.words[Axis.ORDER]
    if "UNKNOWN" in values:
        return []
    return [["state", "in", sorted({raw.partition("/")[0] for raw, meaning in words.items() if meaning in values})]]


def _customer(operator: Operator, values: Sequence[Any]) -> Domain:
    return [["partner_id", "in", ids_of(values)]]


_BUILDERS: Mapping[SearchField, Callable[[Operator, Sequence[Any]], Domain]] = {
    SearchField.NUMBER: partial(_one_of, "name"),
    SearchField.CURRENCY: partial(_one_of, "currency_id.name"),
    SearchField.PLACED_AT: partial(_moment, "date_order"),
    SearchField.UPDATED_AT: partial(_moment, "write_date"),
    SearchField.STATUS: _states,
    SearchField.SKU: partial(_one_of, "order_line.product_id.default_code"),
    SearchField.CUSTOMER_EMAIL: partial(_one_of, "partner_id.email"),
    SearchField.CUSTOMER_ID: _customer,
}
