"""What a search condition means on a record: for connectors that push only part of a filter down, and for proofs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from orderweave_sdk.capabilities import Condition
from orderweave_sdk.manifest import Operator, SearchField
from orderweave_sdk.records import Axis, OrderRecord

_AXIS_OF: dict[SearchField, Axis] = {
    SearchField.STATUS: Axis.ORDER,
    SearchField.PAYMENT_STATUS: Axis.PAYMENT,
    SearchField.FULFILLMENT_STATUS: Axis.FULFILLMENT,
    SearchField.INVOICE_STATUS: Axis.INVOICE,
    SearchField.RETURN_STATUS: Axis.RETURN,
}


def values_of(order: OrderRecord, field: SearchField) -> tuple[Any, ...]:
    """The values that a condition on `field` is tested against; several for SKU, none where nothing is known."""
    if field in _AXIS_OF:
        return tuple(word.normalized for word in order.statuses if word.axis is _AXIS_OF[field])
    if field is SearchField.SKU:
        return tuple(line.sku for line in order.lines or () if line.sku is not None)
    value = _SCALARS[field](order)
    return () if value is None else (value,)


def _person(order: OrderRecord, name: str) -> Any:
    person = order.customer.person if order.customer else None
    return getattr(person, name) if person else None


def _total(order: OrderRecord) -> Any:
    totals = order.header.totals if order.header else None
    return totals.total.amount if totals and totals.total else None


_SCALARS: dict[SearchField, Callable[[OrderRecord], Any]] = {
    SearchField.NUMBER: lambda order: order.key("number"),
    SearchField.PLACED_AT: lambda order: order.header and order.header.placed_at,
    SearchField.UPDATED_AT: lambda order: order.updated_at,
    SearchField.CHANNEL: lambda order: order.header and order.header.channel and order.header.channel.code,
    SearchField.CURRENCY: lambda order: order.header and order.header.currency,
    SearchField.TOTAL: _total,
    SearchField.CUSTOMER_EMAIL: lambda order: _person(order, "email"),
    SearchField.CUSTOMER_ID: lambda order: _person(order, "external_id"),
    SearchField.PURCHASE_ORDER_NUMBER: lambda order: order.header and order.header.purchase_order_number,
}


def passes(values: tuple[Any, ...], operator: Operator, wanted: tuple[Any, ...]) -> bool:
    """Whether any of `values` passes; the negative operators demand that none is among the wanted."""
    if operator in (Operator.EQ, Operator.IN):
        return any(value in wanted for value in values)
    if operator in (Operator.NE, Operator.NOT_IN):
        return not any(value in wanted for value in values)
    (bound,) = wanted
    compare = _COMPARISONS[operator]
    return any(compare(value, bound) for value in values)


_COMPARISONS: dict[Operator, Callable[[Any, Any], bool]] = {
    Operator.GT: lambda value, bound: value > bound,
    Operator.GTE: lambda value, bound: value >= bound,
    Operator.LT: lambda value, bound: value < bound,
    Operator.LTE: lambda value, bound: value <= bound,
}


def order_matches(order: OrderRecord, condition: Condition) -> bool:
    """Whether a record passes a condition. The record must carry the facet that the field lives in."""
    return passes(values_of(order, condition.field), condition.operator, condition.values)


def sort_value(order: OrderRecord, field: SearchField) -> tuple[Any, str]:
    """What a sort on `field` compares: the value, then the id."""
    values = values_of(order, field)
    return (values[0] if values else "", order.external_id)
