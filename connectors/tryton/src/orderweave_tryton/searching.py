"""A search in Tryton's words: conditions as domains, sorts as orders, and cursors that resume by key. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any

from orderweave_sdk.capabilities import Condition
from orderweave_sdk.errors import GiveUp
from orderweave_sdk.manifest import Operator, SearchField
from orderweave_sdk.records import Axis
from orderweave_tryton.manifest import STATUSES
from orderweave_tryton.wire import wire_instant

Domain = list[Any]
# Where a listing by moment stands: the last moment given, and the last id of that moment.
Position = tuple[datetime, int]

# A return is a sale whose origin is another sale; it is told as that one's return, never as an order.
NOT_A_RETURN: Domain = ["OR", [["origin", "=", None]], [["origin", "not like", "sale.sale,%"]]]
CHANGED: Domain = [["write_date", "!=", None]]
NEVER_CHANGED: Domain = [["write_date", "=", None]]
# Moves from a supplier into a warehouse that were not made: what goes on to a customer directly never lies there.
EXPECTED_MOVES: Domain = [
    ["from_location.type", "=", "supplier"],
    ["to_location.type", "=", "storage"],
    ["state", "in", ["draft", "assigned"]],
]

_SIGNS: Mapping[Operator, str] = {
    Operator.EQ: "=",
    Operator.GT: ">",
    Operator.GTE: ">=",
    Operator.LT: "<",
    Operator.LTE: "<=",
}
_NEGATIVE = frozenset({Operator.NE, Operator.NOT_IN})
_ONE_OF = frozenset({Operator.EQ, Operator.IN})
# Paths that find at least the orders wanted: who the record calls its customer is decided by more than one field.
_WIDER: Mapping[SearchField, tuple[str, ...]] = {
    SearchField.CUSTOMER_EMAIL: (
        "party.contact_mechanisms.value",
        "contact.value",
        "contact.party.contact_mechanisms.value",
    ),
    SearchField.CUSTOMER_ID: ("party.id", "contact.party.id"),
}


def domain_of(conditions: Sequence[Condition]) -> tuple[Domain, tuple[Condition, ...]]:
    """The domain that all conditions make together, and those that the caller must apply again."""
    domain: Domain = []
    remaining: list[Condition] = []
    for condition in conditions:
        part = _clause(condition)
        if part is None:
            remaining.append(condition)
            continue
        domain.append(part)
        if condition.field in _WIDER:
            remaining.append(condition)
    return domain, tuple(remaining)


def after(stamp: str, position: Position | None, *, descending: bool) -> Domain:
    """What comes after a position in a listing by `stamp`, then id."""
    if position is None:
        return []
    moment, identity = position
    sign = "<" if descending else ">"
    told = wire_instant(moment)
    return ["OR", [[stamp, sign, told]], [[stamp, "=", told], ["id", sign, identity]]]


def order_by(stamp: str, *, descending: bool) -> list[tuple[str, str]]:
    """By moment, ties by id in the same direction."""
    way = "DESC" if descending else "ASC"
    return [(stamp, way), ("id", way)]


def write_position(position: Position) -> str:
    """A position as a cursor."""
    moment, identity = position
    return f"{moment.astimezone(UTC).isoformat(timespec='microseconds')}/{identity}"


def read_position(cursor: str) -> Position:
    """A cursor as a position; raises GiveUp for a cursor that this connector did not write."""
    moment, _, identity = cursor.partition("/")
    try:
        position = datetime.fromisoformat(moment), int(identity)
    except ValueError:
        raise GiveUp("the cursor is not one of this connector's") from None
    if position[0].tzinfo is None:
        raise GiveUp("the cursor is not one of this connector's")
    return position


def _clause(condition: Condition) -> Domain | None:
    """The domain of one condition; None where Tryton's fields cannot say it."""
    build = _BUILDERS.get(condition.field)
    return build(condition.operator, condition.values) if build else None


def _placed(operator: Operator, values: Sequence[Any]) -> Domain | None:
    return [["create_date", _SIGNS[operator], wire_instant(values[0])]] if operator in _SIGNS else None


def _updated(operator: Operator, values: Sequence[Any]) -> Domain | None:
    if operator not in _SIGNS:
        return None
    sign, told = _SIGNS[operator], wire_instant(values[0])
    return ["OR", [["write_date", sign, told]], [*NEVER_CHANGED, ["create_date", sign, told]]]


def _holds_sku(operator: Operator, values: Sequence[Any]) -> Domain | None:
    if operator not in _ONE_OF:
        return None
    return [["lines", "where", [["product.code", "in", list(values)], ["shipment_cost", "=", None]]]]


def _customer(field: SearchField, operator: Operator, values: Sequence[Any]) -> Domain | None:
    if operator not in _ONE_OF:
        return None
    return ["OR", *([[path, "in", _told(field, values)]] for path in _WIDER[field])]


def _told(field: SearchField, values: Sequence[Any]) -> list[Any]:
    """Values as the field's type; an id that is no number is nobody's."""
    if field is not SearchField.CUSTOMER_ID:
        return list(values)
    return [int(value) for value in values if value.isdecimal()]


def _one_of(name: str, operator: Operator, values: Sequence[Any]) -> Domain | None:
    if operator not in _ONE_OF | _NEGATIVE:
        return None
    return [[name, "not in" if operator in _NEGATIVE else "in", list(values)]]


def _states(axis: Axis, name: str, operator: Operator, values: Sequence[Any]) -> Domain | None:
    """The raw words that mean what is wanted. UNKNOWN is every word that has no meaning here."""
    words = STATUSES.words[axis]
    wanted = [raw for raw, meaning in words.items() if meaning in values]
    unwanted = [raw for raw, meaning in words.items() if meaning not in values]
    positive = [[name, "not in", unwanted]] if "UNKNOWN" in values else [[name, "in", wanted]]
    negative = [[name, "in", unwanted]] if "UNKNOWN" in values else [[name, "not in", wanted]]
    return negative if operator in _NEGATIVE else positive


def _invoicing(operator: Operator, values: Sequence[Any]) -> Domain | None:
    """As `_states`, where the word is made of two fields: invoice_state, and whether something is left to invoice."""
    words = STATUSES.words[Axis.INVOICE]
    clauses: Domain = ["OR"]
    for raw, meaning in words.items():
        if (meaning in values) != (operator in _NEGATIVE):
            state, _, left = raw.partition("/")
            clause: Domain = [["invoice_state", "=", state]]
            if f"{state}/to invoice" in words:
                clause.append(["to_invoice", "=", bool(left)])
            clauses.append(clause)
    if ("UNKNOWN" in values) != (operator in _NEGATIVE):
        clauses.append([["invoice_state", "not in", sorted({raw.partition("/")[0] for raw in words})]])
    return clauses if len(clauses) > 1 else [["id", "in", []]]


_BUILDERS: Mapping[SearchField, Callable[[Operator, Sequence[Any]], Domain | None]] = {
    SearchField.NUMBER: partial(_one_of, "number"),
    SearchField.CURRENCY: partial(_one_of, "currency.code"),
    SearchField.PLACED_AT: _placed,
    SearchField.UPDATED_AT: _updated,
    SearchField.STATUS: partial(_states, Axis.ORDER, "state"),
    SearchField.FULFILLMENT_STATUS: partial(_states, Axis.FULFILLMENT, "shipment_state"),
    SearchField.INVOICE_STATUS: _invoicing,
    SearchField.SKU: _holds_sku,
    SearchField.CUSTOMER_EMAIL: partial(_customer, SearchField.CUSTOMER_EMAIL),
    SearchField.CUSTOMER_ID: partial(_customer, SearchField.CUSTOMER_ID),
}
