"""A filter as SQL. It lets pass exactly what `answering.filters.order_passes` does of the merged orders.

A field that nobody knows passes only the negative operators, so every test here is true or false, never null: only
so does `not` mean the same in both.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Column, ColumnElement, Table, and_, exists, false, not_, or_, true

from orderweave.index.rows import folded, terms_in
from orderweave.index.tables import order_lines, order_numbers, orders, owners, search_terms
from orderweave.matching import KeyReader
from orderweave.merging.owners import names_of
from orderweave.model.filters import Filter
from orderweave.model.rights import Rights, Scope
from orderweave_sdk.capabilities import Condition
from orderweave_sdk.manifest import Operator, SearchField

_NEGATIVE = frozenset({Operator.NE, Operator.NOT_IN})
_COLUMNS: dict[SearchField, Column[Any]] = {
    SearchField.PLACED_AT: orders.c.placed_at,
    SearchField.UPDATED_AT: orders.c.updated_at,
    SearchField.STATUS: orders.c.status,
    SearchField.PAYMENT_STATUS: orders.c.payment_status,
    SearchField.FULFILLMENT_STATUS: orders.c.fulfillment_status,
    SearchField.INVOICE_STATUS: orders.c.invoice_status,
    SearchField.RETURN_STATUS: orders.c.return_status,
    SearchField.CHANNEL: orders.c.channel,
    SearchField.CURRENCY: orders.c.currency,
    SearchField.TOTAL: orders.c.total,
    SearchField.CUSTOMER_EMAIL: orders.c.customer_email,
    SearchField.CUSTOMER_ID: orders.c.customer_id,
    SearchField.PURCHASE_ORDER_NUMBER: orders.c.purchase_order_number,
}
# After every text that begins as a term does.
_AFTER = "\U0010ffff"


def passing(wanted: Filter, reader: KeyReader) -> ColumnElement[bool]:
    """The condition on `orders` that a filter is."""
    tests = [_test(condition, reader) for condition in wanted.conditions]
    tests += [passing(nested, reader) for nested in wanted.every]
    if wanted.some:
        tests.append(or_(*(passing(nested, reader) for nested in wanted.some)))
    tests += [not_(passing(nested, reader)) for nested in wanted.none]
    return and_(true(), *tests)


def visible(rights: Rights) -> ColumnElement[bool]:
    """The condition on `orders` that a caller's rights are."""
    if rights.owned is None:
        return true()
    return _among(owners, owners.c.name, sorted(names_of(rights.owned)))


def found_by(text: str, rights: Rights) -> ColumnElement[bool]:
    """The condition on `orders` that a search is: each word begins one of the order's.

    Names of people find nothing for who may not read them.
    """
    words = terms_in(text)
    whole, parts = words[:1], words[1:] or words[:1]
    if not words:
        return false()
    reads_people = Scope.PERSONAL in rights.scopes and not rights.masked
    return or_(
        and_(*(_begins(word, personal=reads_people) for word in parts)),
        *(_begins(word, personal=reads_people) for word in whole),
    )


def _begins(word: str, *, personal: bool) -> ColumnElement[bool]:
    term = search_terms.c.term
    found = and_(term >= word, term < word + _AFTER, search_terms.c.order_key == orders.c.key)
    return exists().where(found if personal else and_(found, not_(search_terms.c.personal)))


def _test(condition: Condition, reader: KeyReader) -> ColumnElement[bool]:
    values = condition.values
    if condition.field is SearchField.NUMBER:
        numbers = [own for value in values if (own := reader.own_number(value)) is not None]
        return _of_many(condition.operator, order_numbers, order_numbers.c.number, numbers)
    if condition.field is SearchField.SKU:
        return _of_many(condition.operator, order_lines, order_lines.c.sku_folded, list(map(folded, values)))
    if condition.field is SearchField.CUSTOMER_EMAIL:
        values = tuple(map(folded, values))
    column = _COLUMNS[condition.field]
    if condition.operator in (Operator.EQ, Operator.IN):
        return _known(column, column.in_(values))
    if condition.operator in _NEGATIVE:
        return not_(_known(column, column.in_(values)))
    (bound,) = values
    return _known(column, _COMPARISONS[condition.operator](column, bound))


def _known(column: Column[Any], test: ColumnElement[bool]) -> ColumnElement[bool]:
    return and_(column.is_not(None), test) if column.nullable else test


def _of_many(
    operator: Operator, table: Table, column: ColumnElement[Any], values: Iterable[Any]
) -> ColumnElement[bool]:
    """A test of a field that an order has several of."""
    if operator in (Operator.EQ, Operator.IN):
        return _among(table, column, values)
    if operator in _NEGATIVE:
        return not_(_among(table, column, values))
    (bound,) = values
    return exists().where(table.c.order_key == orders.c.key, _COMPARISONS[operator](column, bound))


def _among(table: Table, column: ColumnElement[Any], values: Iterable[Any]) -> ColumnElement[bool]:
    return exists().where(table.c.order_key == orders.c.key, column.in_(list(values)))


_COMPARISONS = {
    Operator.GT: ColumnElement.__gt__,
    Operator.GTE: ColumnElement.__ge__,
    Operator.LT: ColumnElement.__lt__,
    Operator.LTE: ColumnElement.__le__,
}
