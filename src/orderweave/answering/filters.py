"""Filters over merged orders, and what of them a system's own search may apply.

A condition is pushed down only where the searched system is believed most about the field: filtering a shop by
its own fulfillment word would lose orders that the warehouse knows better. Whatever is pushed, the whole filter
is applied once more to the merged order, so a system may answer too widely but never too narrowly.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from orderweave.matching import KeyReader
from orderweave.model.filters import Filter
from orderweave.model.order import Order
from orderweave.model.systems import Business, SystemSpec
from orderweave.planning.authority import Aspect, Authority
from orderweave_sdk.capabilities import Condition
from orderweave_sdk.conditions import passes
from orderweave_sdk.manifest import Operator, SearchField
from orderweave_sdk.records import Facet

_FACET_OF_FIELD: dict[SearchField, Facet] = {
    SearchField.NUMBER: Facet.HEADER,
    SearchField.PLACED_AT: Facet.HEADER,
    SearchField.UPDATED_AT: Facet.HEADER,
    SearchField.STATUS: Facet.HEADER,
    SearchField.PAYMENT_STATUS: Facet.PAYMENTS,
    SearchField.FULFILLMENT_STATUS: Facet.FULFILLMENT,
    SearchField.INVOICE_STATUS: Facet.INVOICES,
    SearchField.RETURN_STATUS: Facet.RETURNS,
    SearchField.CHANNEL: Facet.HEADER,
    SearchField.CURRENCY: Facet.HEADER,
    SearchField.TOTAL: Facet.HEADER,
    SearchField.CUSTOMER_EMAIL: Facet.CUSTOMER,
    SearchField.CUSTOMER_ID: Facet.CUSTOMER,
    SearchField.PURCHASE_ORDER_NUMBER: Facet.HEADER,
    SearchField.SKU: Facet.LINES,
}

# What of the merged order each field reads, in the schema's words.
COORDINATE_OF_FIELD: dict[SearchField, str] = {
    SearchField.NUMBER: "Order.identifiers",
    SearchField.PLACED_AT: "Order.placedAt",
    SearchField.UPDATED_AT: "Order.updatedAt",
    SearchField.STATUS: "Order.status",
    SearchField.PAYMENT_STATUS: "Order.paymentStatus",
    SearchField.FULFILLMENT_STATUS: "Order.fulfillmentStatus",
    SearchField.INVOICE_STATUS: "Order.invoiceStatus",
    SearchField.RETURN_STATUS: "Order.returnStatus",
    SearchField.CHANNEL: "Order.channel",
    SearchField.CURRENCY: "Order.currency",
    SearchField.TOTAL: "Order.totals",
    SearchField.CUSTOMER_EMAIL: "Order.customer",
    SearchField.CUSTOMER_ID: "Order.customer",
    SearchField.PURCHASE_ORDER_NUMBER: "Order.purchaseOrderNumber",
    SearchField.SKU: "Order.lines",
}

_ASPECT_OF_FIELD: dict[SearchField, Aspect] = {
    SearchField.PAYMENT_STATUS: Aspect.PAYMENTS,
    SearchField.FULFILLMENT_STATUS: Aspect.FULFILLMENT,
    SearchField.INVOICE_STATUS: Aspect.INVOICES,
    SearchField.RETURN_STATUS: Aspect.RETURNS,
    SearchField.CUSTOMER_EMAIL: Aspect.CUSTOMER,
    SearchField.CUSTOMER_ID: Aspect.CUSTOMER,
    SearchField.SKU: Aspect.LINE_TITLES,
}

_READ: dict[SearchField, Callable[[Order], Iterable[Any]]] = {
    SearchField.PLACED_AT: lambda order: (order.placed_at,),
    SearchField.UPDATED_AT: lambda order: (order.updated_at,),
    SearchField.STATUS: lambda order: (order.status.value,),
    SearchField.PAYMENT_STATUS: lambda order: (order.payment_status.value,),
    SearchField.FULFILLMENT_STATUS: lambda order: (order.fulfillment_status.value,),
    SearchField.INVOICE_STATUS: lambda order: (order.invoice_status.value,),
    SearchField.RETURN_STATUS: lambda order: (order.return_status and order.return_status.value,),
    SearchField.CHANNEL: lambda order: (order.channel and order.channel.code,),
    SearchField.CURRENCY: lambda order: (order.currency,),
    SearchField.TOTAL: lambda order: (order.totals and order.totals.total and order.totals.total.amount,),
    SearchField.CUSTOMER_EMAIL: lambda order: (
        order.customer and order.customer.email and order.customer.email.strip().casefold(),
    ),
    SearchField.CUSTOMER_ID: lambda order: (order.customer and order.customer.id,),
    SearchField.PURCHASE_ORDER_NUMBER: lambda order: (order.purchase_order_number,),
    SearchField.SKU: lambda order: (line.sku.strip().casefold() for line in order.order_lines if line.sku),
}


def read_by(wanted: Filter) -> frozenset[str]:
    """The coordinates of `Order` that a filter reads."""
    found = {COORDINATE_OF_FIELD[condition.field] for condition in wanted.conditions}
    for nested in (*wanted.every, *wanted.some, *wanted.none):
        found |= read_by(nested)
    return frozenset(found)


def order_passes(order: Order, wanted: Filter, reader: KeyReader) -> bool:
    """Whether a merged order passes. A field that nobody knows passes only the negative operators."""
    return (
        all(_holds(order, condition, reader) for condition in wanted.conditions)
        and all(order_passes(order, nested, reader) for nested in wanted.every)
        and (not wanted.some or any(order_passes(order, nested, reader) for nested in wanted.some))
        and not any(order_passes(order, nested, reader) for nested in wanted.none)
    )


def _holds(order: Order, condition: Condition, reader: KeyReader) -> bool:
    wanted = condition.values
    if condition.field is SearchField.NUMBER:
        names = [entry.value for entry in order.identifiers if entry.namespace.endswith(":number")]
        tidied = tuple(reader.own_number(name) for name in names)
        return passes(tidied, condition.operator, tuple(reader.own_number(value) for value in wanted))
    if condition.field in (SearchField.CUSTOMER_EMAIL, SearchField.SKU):
        wanted = tuple(value.strip().casefold() for value in wanted)
    values = tuple(value for value in _READ[condition.field](order) if value is not None)
    return passes(values, condition.operator, wanted)


def pushable(
    wanted: Filter, spec: SystemSpec, business: Business, authority: Authority, reader: KeyReader
) -> tuple[Condition, ...]:
    """The conditions that this system's search may apply to the orders captured in it."""
    found = []
    for condition in wanted.conditions:
        if not _is_believed(condition.field, spec, business, authority):
            continue
        operators = spec.manifest.filters.get(condition.field, frozenset())
        spelled = _spelled(condition, spec, reader)
        pushed = spelled if spelled.operator in operators else condition
        if pushed.operator in operators and (pushed is spelled or condition.field is not SearchField.NUMBER):
            found.append(pushed)
    return tuple(found)


def places_allow(wanted: Filter, name: str) -> bool:
    """Whether orders placed in this system can pass: the channel is the place of capture, known before any search."""
    channels = [condition for condition in wanted.conditions if condition.field is SearchField.CHANNEL]
    return all(passes((name,), condition.operator, condition.values) for condition in channels)


def _spelled(condition: Condition, spec: SystemSpec, reader: KeyReader) -> Condition:
    """A number, an e-mail address or a SKU in every way in which the system may hold it."""
    if condition.operator not in (Operator.EQ, Operator.IN):
        return condition
    values: list[str] = []
    if condition.field is SearchField.NUMBER:
        numbers = [own for value in condition.values if (own := reader.own_number(value)) is not None]
        values = [spelling for number in numbers for spelling in reader.own_spellings(spec.name, number)]
    elif condition.field is SearchField.CUSTOMER_EMAIL:
        values = [form for value in condition.values for form in (value, value.lower())]
    elif condition.field is SearchField.SKU:
        values = [form for value in condition.values for form in (value, value.upper(), value.lower())]
    spellings = tuple(dict.fromkeys(values))
    if not spellings or spellings == condition.values:
        return condition
    return Condition(condition.field, Operator.IN, spellings)


def _is_believed(field: SearchField, spec: SystemSpec, business: Business, authority: Authority) -> bool:
    if field is SearchField.CHANNEL:
        return False  # the channel is the place of capture itself, not what that system calls a channel
    aspect = _ASPECT_OF_FIELD.get(field, Aspect.HEADER)
    facet = _FACET_OF_FIELD[field]
    for name, other in business.systems.items():
        knows = any(key.partition(":")[0] == spec.name for rule in other.references for key in rule.names)
        if (
            knows
            and facet in other.manifest.facets
            and authority.rank(aspect, name) < authority.rank(aspect, spec.name)
        ):
            return False
    return True
