"""Search conditions and sorts as SQL. What the database cannot decide exactly it makes smaller, and hands back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.sql.elements import ColumnElement

from orderweave_sdk.capabilities import Condition
from orderweave_sdk.manifest import Operator, SearchField
from orderweave_sql.cells import FLOAT_PLACES
from orderweave_sql.cursors import Place
from orderweave_sql.dialects import ColumnType
from orderweave_sql.statements import SectionQuery, bound
from orderweave_sql.vocabulary import FieldKind

# The field of `orders` that each search field is kept in. SKU is kept in the lines.
FIELD_OF: dict[SearchField, str] = {
    SearchField.NUMBER: "number",
    SearchField.PLACED_AT: "placed_at",
    SearchField.UPDATED_AT: "updated_at",
    SearchField.STATUS: "statuses.order",
    SearchField.PAYMENT_STATUS: "statuses.payment",
    SearchField.FULFILLMENT_STATUS: "statuses.fulfillment",
    SearchField.INVOICE_STATUS: "statuses.invoice",
    SearchField.RETURN_STATUS: "statuses.return",
    SearchField.CHANNEL: "channel.code",
    SearchField.CURRENCY: "currency",
    SearchField.TOTAL: "totals.total",
    SearchField.CUSTOMER_EMAIL: "customer.email",
    SearchField.CUSTOMER_ID: "customer.id",
    SearchField.PURCHASE_ORDER_NUMBER: "purchase_order_number",
}

_COMPARE: dict[Operator, Callable[[Any, Any], ColumnElement[bool]]] = {
    Operator.GT: lambda column, value: column > value,
    Operator.GTE: lambda column, value: column >= value,
    Operator.LT: lambda column, value: column < value,
    Operator.LTE: lambda column, value: column <= value,
}
_LOWER = (Operator.GT, Operator.GTE)

# Rounding to `money_places` and binary noise move an amount by less than one unit of its currency.
_AMOUNT_MARGIN = Decimal(1)


class Pushed(msgspec.Struct, frozen=True):
    """A condition in SQL; not `exact` when the caller must test it again."""

    clause: ColumnElement[bool]
    exact: bool


def push(condition: Condition, orders: SectionQuery, lines: SectionQuery | None) -> Pushed:
    """The condition on rows of `orders`; the field must be mapped."""
    if condition.field is SearchField.SKU:
        return Pushed(_with_sku(condition, orders, lines), exact=True)
    field = FIELD_OF[condition.field]
    match orders.section.field(field).kind:
        case FieldKind.WORD:
            return Pushed(_words(condition, orders, field), exact=True)
        case FieldKind.TIME:
            return _time(condition, orders, field)
        case FieldKind.AMOUNT:
            return _amount(condition, orders, field)
    values = [str(value) for value in condition.values]
    if condition.operator in (Operator.EQ, Operator.IN):
        return Pushed(orders.exactly(field, values), exact=True)
    return Pushed(orders.none_of(field, values), exact=True)


def _with_sku(condition: Condition, orders: SectionQuery, lines: SectionQuery | None) -> ColumnElement[bool]:
    if lines is None:
        return sa.false()
    values = [str(value) for value in condition.values]
    owner, link = orders.column("id"), lines.column("order")
    if orders.type_of("id") is not lines.type_of("order"):
        owner, link = orders.dialect.exact_text(owner), lines.dialect.exact_text(link)
    return owner.in_(lines.select(()).add_columns(link).where(lines.exactly("sku", values)))


def _words(condition: Condition, orders: SectionQuery, field: str) -> ColumnElement[bool]:
    """By the raw words that have the wanted meanings; UNKNOWN is every word that has none."""
    mapped = orders.section.columns[field]
    negative = condition.operator in (Operator.NE, Operator.NOT_IN)
    raws = [raw for raw, meaning in mapped.words.items() if meaning in condition.values]
    if not negative:
        found = orders.exactly(field, raws)
        if "UNKNOWN" in condition.values and mapped.names:
            column = orders.column(field)
            stands = sa.and_(column.is_not(None), orders.dialect.exact_text(column) != "")
            found = sa.or_(found, sa.and_(stands, orders.none_of(field, list(mapped.words))))
        return found
    found = orders.none_of(field, raws)
    if "UNKNOWN" in condition.values and mapped.names:
        column = orders.column(field)
        empty = sa.or_(column.is_(None), orders.dialect.exact_text(column) == "")
        found = sa.and_(found, sa.or_(empty, orders.exactly(field, list(mapped.words))))
    return found


def _time(condition: Condition, orders: SectionQuery, field: str) -> Pushed:
    (value,) = condition.values
    limit, exact = time_limit(orders, field, value, lower=condition.operator in _LOWER)
    operator = condition.operator
    if not exact:
        operator = Operator.GTE if operator in _LOWER else Operator.LTE
    return Pushed(_COMPARE[operator](comparable_time(orders, field), bound(limit)), exact=exact)


def time_limit(orders: SectionQuery, field: str, moment: datetime, *, lower: bool) -> tuple[Any, bool]:
    """The instant as the column would hold it, and whether that is exact.

    A clock time of a zone with summer time does not order the instants of an hour that comes twice, and a text may
    be in any zone: both are bounded a day too wide, which is more than any zone is off.
    """
    kind = orders.type_of(field)
    zone = orders.section.columns[field].zone
    if kind is ColumnType.AWARE_TIME:
        return moment, True
    clock = moment.astimezone(UTC).replace(tzinfo=None)
    if kind is ColumnType.NAIVE_TIME:
        if zone is not None and zone.key == "UTC":
            return clock, True
        return clock + timedelta(days=-1 if lower else 1), False
    return (clock + timedelta(days=-1 if lower else 2)).date().isoformat(), False


def comparable_time(orders: SectionQuery, field: str) -> ColumnElement[Any]:
    """A time's column; where the database is strict of types and the column is no time, its text."""
    column = orders.column(field)
    if orders.type_of(field) in (ColumnType.AWARE_TIME, ColumnType.NAIVE_TIME, ColumnType.UNKNOWN):
        return column
    return orders.dialect.exact_text(column)


def _amount(condition: Condition, orders: SectionQuery, field: str) -> Pushed:
    (value,) = condition.values
    lower = condition.operator in _LOWER
    limit = (value - _AMOUNT_MARGIN if lower else value + _AMOUNT_MARGIN).scaleb(
        orders.section.columns[field].minor_units or 0
    )
    operator = Operator.GTE if lower else Operator.LTE
    return Pushed(_COMPARE[operator](_number(orders, field), bound(limit)), exact=False)


def _number(orders: SectionQuery, field: str) -> ColumnElement[Any]:
    return orders.dialect.amount(orders.column(field), orders.type_of(field), FLOAT_PLACES)


def sort_key(orders: SectionQuery, sort: SearchField) -> ColumnElement[Any]:
    """What a sort compares, before the id."""
    field = FIELD_OF[sort]
    match orders.section.field(field).kind:
        case FieldKind.AMOUNT:
            return _number(orders, field)
        case FieldKind.TIME:
            return comparable_time(orders, field)
    return orders.dialect.exact_text(orders.column(field))


def after(key: ColumnElement[Any], owner: ColumnElement[Any], place: Place, *, descending: bool) -> ColumnElement[bool]:
    """Rows past a place, where NULL is the smallest key and ties go by id."""
    past = owner < place.id if descending else owner > place.id
    if place.value is None:
        tied = sa.and_(key.is_(None), past)
        return tied if descending else sa.or_(key.is_not(None), tied)
    value = bound(place.value)
    tied = sa.and_(key == value, past)
    if descending:
        return sa.or_(key < value, tied, key.is_(None))
    return sa.and_(key >= value, sa.or_(key > value, tied))
