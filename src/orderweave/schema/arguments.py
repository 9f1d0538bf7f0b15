"""Filters, sorts and look-ups as GraphQL inputs, and what they mean for the gateway."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Annotated, Any, cast

import strawberry
from graphql.utilities import coerce_input_value, validate_input_value
from strawberry import ID, UNSET, field
from strawberry.types.arguments import convert_argument
from strawberry.utils.str_converters import to_camel_case

from orderweave.answering.errors import bad_input
from orderweave.answering.order_page import OrderList, page_of
from orderweave.index.conditions import is_searchable
from orderweave.model.filters import Filter
from orderweave.schema.scalars import (
    FulfillmentStatus,
    InvoiceStatus,
    OrderSortField,
    OrderStatus,
    PaymentStatus,
    ReturnStatus,
    SortDirection,
)
from orderweave_sdk.capabilities import Condition
from orderweave_sdk.manifest import Operator, SearchField

# A list in a filter holds so many values at most, filters nest so deep, and one has so many tests in all: each is work
# for every order that is looked at, and all together are one statement of the index.
_MOST_VALUES = 100
_MOST_NESTED = 20
_DEEPEST = 4
_MOST_TESTS = 100
# An e-mail address, the longest of what is asked for, has no more characters; no amount has more digits.
_LONGEST_TEXT = 320
_MOST_DIGITS = 18


@strawberry.input(description="Tests of a text; all that are given must hold.")
class StringFilter:
    """Operators on texts."""

    eq: str | None = field(default=UNSET, description="Is this.")
    ne: str | None = field(default=UNSET, description="Is not this.")
    in_: list[str] | None = field(default=UNSET, name="in", description="Is one of these.")
    not_in: list[str] | None = field(default=UNSET, description="Is none of these.")


@strawberry.input(description="Tests of an instant; all that are given must hold. Instants carry a time zone.")
class DateTimeFilter:
    """Operators on instants."""

    gt: datetime | None = field(default=UNSET, description="Is after.")
    gte: datetime | None = field(default=UNSET, description="Is at or after.")
    lt: datetime | None = field(default=UNSET, description="Is before.")
    lte: datetime | None = field(default=UNSET, description="Is at or before.")


@strawberry.input(description="Tests of an amount, in the order's currency; all that are given must hold.")
class AmountFilter:
    """Operators on amounts."""

    eq: Decimal | None = field(default=UNSET, description="Is this.")
    gt: Decimal | None = field(default=UNSET, description="Is more.")
    gte: Decimal | None = field(default=UNSET, description="Is this or more.")
    lt: Decimal | None = field(default=UNSET, description="Is less.")
    lte: Decimal | None = field(default=UNSET, description="Is this or less.")


@strawberry.input(description="Tests of the order's status; all that are given must hold.")
class OrderStatusFilter:
    """Operators on the order's status."""

    eq: OrderStatus | None = field(default=UNSET, description="Is this.")
    ne: OrderStatus | None = field(default=UNSET, description="Is not this.")
    in_: list[OrderStatus] | None = field(default=UNSET, name="in", description="Is one of these.")
    not_in: list[OrderStatus] | None = field(default=UNSET, description="Is none of these.")


@strawberry.input(description="Tests of the payment status; all that are given must hold.")
class PaymentStatusFilter:
    """Operators on the payment status."""

    eq: PaymentStatus | None = field(default=UNSET, description="Is this.")
    ne: PaymentStatus | None = field(default=UNSET, description="Is not this.")
    in_: list[PaymentStatus] | None = field(default=UNSET, name="in", description="Is one of these.")
    not_in: list[PaymentStatus] | None = field(default=UNSET, description="Is none of these.")


@strawberry.input(description="Tests of the fulfillment status; all that are given must hold.")
class FulfillmentStatusFilter:
    """Operators on the fulfillment status."""

    eq: FulfillmentStatus | None = field(default=UNSET, description="Is this.")
    ne: FulfillmentStatus | None = field(default=UNSET, description="Is not this.")
    in_: list[FulfillmentStatus] | None = field(default=UNSET, name="in", description="Is one of these.")
    not_in: list[FulfillmentStatus] | None = field(default=UNSET, description="Is none of these.")


@strawberry.input(description="Tests of the invoice status; all that are given must hold.")
class InvoiceStatusFilter:
    """Operators on the invoice status."""

    eq: InvoiceStatus | None = field(default=UNSET, description="Is this.")
    ne: InvoiceStatus | None = field(default=UNSET, description="Is not this.")
    in_: list[InvoiceStatus] | None = field(default=UNSET, name="in", description="Is one of these.")
    not_in: list[InvoiceStatus] | None = field(default=UNSET, description="Is none of these.")


@strawberry.input(description="Tests of the return status; all that are given must hold.")
class ReturnStatusFilter:
    """Operators on the return status."""

    eq: ReturnStatus | None = field(default=UNSET, description="Is this.")
    ne: ReturnStatus | None = field(default=UNSET, description="Is not this.")
    in_: list[ReturnStatus] | None = field(default=UNSET, name="in", description="Is one of these.")
    not_in: list[ReturnStatus] | None = field(default=UNSET, description="Is none of these.")


@strawberry.input(description="Which orders; all that is given must hold.")
class OrderFilter:
    """A filter over merged orders."""

    number: StringFilter | None = field(default=UNSET, description="The number in any system.")
    placed_at: DateTimeFilter | None = field(default=UNSET, description="When it was placed.")
    updated_at: DateTimeFilter | None = field(default=UNSET, description="When it last changed.")
    status: OrderStatusFilter | None = field(default=UNSET, description="Where it stands.")
    payment_status: PaymentStatusFilter | None = field(default=UNSET, description="How far it is paid.")
    fulfillment_status: FulfillmentStatusFilter | None = field(default=UNSET, description="How far its goods are.")
    invoice_status: InvoiceStatusFilter | None = field(default=UNSET, description="How far it is invoiced.")
    return_status: ReturnStatusFilter | None = field(default=UNSET, description="Where its returns stand.")
    channel: StringFilter | None = field(default=UNSET, description="The code of the channel.")
    currency: StringFilter | None = field(default=UNSET, description="The currency of its sums.")
    total: AmountFilter | None = field(default=UNSET, description="What the customer owes in all.")
    customer_email: StringFilter | None = field(default=UNSET, description="The customer's e-mail address.")
    purchase_order_number: StringFilter | None = field(default=UNSET, description="The customer's own number.")
    sku: StringFilter | None = field(default=UNSET, description="A SKU among its lines.")
    and_: list[OrderFilter] | None = field(default=UNSET, name="and", description="All of these.")
    or_: list[OrderFilter] | None = field(default=UNSET, name="or", description="At least one of these.")
    not_: list[OrderFilter] | None = field(default=UNSET, name="not", description="None of these.")


@strawberry.input(description="In which order a list comes.")
class OrderSort:
    """A sort of orders; newest first unless told otherwise."""

    field: OrderSortField = strawberry.field(description="By what; sums by their number, in whatever currency.")
    direction: SortDirection = strawberry.field(default=SortDirection.DESC, description="In which direction.")


FilterArgument = Annotated[OrderFilter | None, strawberry.argument(description="Which orders; all without one.")]
SearchArgument = Annotated[
    str | None,
    strawberry.argument(
        description="Words that begin a number, a SKU, a title, a tracking number or a name of the order; all of them. "
        "Words of one letter are not looked for."
    ),
]
SortArgument = Annotated[OrderSort | None, strawberry.argument(description="In which order; newest first without one.")]


@strawberry.input(description="A key of one system.")
class KeyInput:
    """A namespace and a value."""

    namespace: str = field(description="System and field, such as `erp:number`.")
    value: str = field(description="The name as that system writes it.")


@strawberry.input(one_of=True, description="By which name to find an order: exactly one.")
class OrderLookup:
    """One name of an order."""

    id: ID | None = field(default=UNSET, description="The global id.")
    number: str | None = field(default=UNSET, description="The number in any system, however it is written.")
    key: KeyInput | None = field(default=UNSET, description="A key of one system.")


@strawberry.input(one_of=True, description="By what to find a customer: exactly one.")
class CustomerLookup:
    """One name of a customer."""

    id: ID | None = field(default=UNSET, description="The global id.")
    email: str | None = field(default=UNSET, description="The e-mail address.")


_FIELDS: dict[str, SearchField] = {
    "number": SearchField.NUMBER,
    "placed_at": SearchField.PLACED_AT,
    "updated_at": SearchField.UPDATED_AT,
    "status": SearchField.STATUS,
    "payment_status": SearchField.PAYMENT_STATUS,
    "fulfillment_status": SearchField.FULFILLMENT_STATUS,
    "invoice_status": SearchField.INVOICE_STATUS,
    "return_status": SearchField.RETURN_STATUS,
    "channel": SearchField.CHANNEL,
    "currency": SearchField.CURRENCY,
    "total": SearchField.TOTAL,
    "customer_email": SearchField.CUSTOMER_EMAIL,
    "purchase_order_number": SearchField.PURCHASE_ORDER_NUMBER,
    "sku": SearchField.SKU,
}
_OPERATORS: dict[str, Operator] = {
    "eq": Operator.EQ,
    "ne": Operator.NE,
    "in_": Operator.IN,
    "not_in": Operator.NOT_IN,
    "gt": Operator.GT,
    "gte": Operator.GTE,
    "lt": Operator.LT,
    "lte": Operator.LTE,
}


def filter_of(given: OrderFilter | None, depth: int = 1) -> Filter:
    """The gateway's filter; refuses naive instants, empty or huge lists, deep nesting and too many tests."""
    if not given:
        return Filter()
    if depth > _DEEPEST:
        raise bad_input(f"filter: and, or, not nest at most {_DEEPEST} deep")
    conditions = [
        Condition(_FIELDS[name], _OPERATORS[operator], _values(f"filter.{to_camel_case(name)}", value))
        for name in _FIELDS
        if (tests := getattr(given, name))
        for operator in _OPERATORS
        if (value := getattr(tests, operator, UNSET)) is not UNSET and value is not None
    ]
    nested = {}
    for name in ("and_", "or_", "not_"):
        filters = getattr(given, name) or []
        if len(filters) > _MOST_NESTED or getattr(given, name) == []:
            raise bad_input(f"filter.{name.rstrip('_')}: a list holds 1 to {_MOST_NESTED} filters, not {len(filters)}")
        nested[name] = tuple(filter_of(entry, depth + 1) for entry in filters)
    found = Filter(conditions=tuple(conditions), every=nested["and_"], some=nested["or_"], none=nested["not_"])
    if depth == 1 and found.tests > _MOST_TESTS:
        raise bad_input(f"filter: a filter holds at most {_MOST_TESTS} tests in all, not {found.tests}")
    return found


def filter_read(given: Mapping[str, Any]) -> Filter:
    """The gateway's filter of a JSON object of the form of `OrderFilter`; for who asks outside of a document."""
    schema = _schema_of_filters()
    kind = schema._schema.type_map["OrderFilter"]
    wrong: list[str] = []
    validate_input_value(given, cast("Any", kind), lambda error, path: wrong.append(_at(error.message, path)))
    if wrong:
        raise bad_input(f"filter: {wrong[0]}")
    coerced = coerce_input_value(given, cast("Any", kind))
    read = convert_argument(coerced, OrderFilter, schema.schema_converter.scalar_registry, schema.config)
    return filter_of(cast("OrderFilter", read))


def _at(message: str, path: Sequence[str | int]) -> str:
    return f"{'.'.join(map(str, path))}: {message}" if path else message


@lru_cache(maxsize=1)
def _schema_of_filters() -> strawberry.Schema:
    @strawberry.type
    class Query:
        @field
        def passes(self, filter: OrderFilter) -> bool:
            return True

    return strawberry.Schema(query=Query)


def _values(path: str, given: Any) -> tuple[Any, ...]:
    values = given if isinstance(given, list) else [given]
    if not 1 <= len(values) <= _MOST_VALUES:
        raise bad_input(f"{path}: a list holds 1 to {_MOST_VALUES} values, not {len(values)}")
    return tuple(_value(path, value) for value in values)


def _value(path: str, value: Any) -> Any:
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise bad_input(f"{path}: an instant needs its time zone, such as 2026-01-31T08:00:00Z")
        try:
            return value.astimezone(UTC)
        except OverflowError:
            raise bad_input(f"{path}: an instant that no calendar holds in UTC") from None
    if isinstance(value, Decimal) and not (value.is_finite() and abs(value.adjusted()) <= _MOST_DIGITS):
        raise bad_input(f"{path}: an amount must be a number of at most {_MOST_DIGITS} digits")
    if isinstance(value, str) and len(value) > _LONGEST_TEXT:
        raise bad_input(f"{path}: a text has at most {_LONGEST_TEXT} characters")
    return getattr(value, "value", value)


def page(
    first: int | None,
    after: str | None,
    last: int | None,
    before: str | None,
    *,
    wanted: Filter,
    sort: OrderSort | None,
    most: int,
    search: str | None = None,
    counted: bool = False,
) -> OrderList:
    """The page of orders that these arguments mean; a caller gets `most` at once."""
    chosen = sort or OrderSort(field=OrderSortField.PLACED_AT, direction=SortDirection.DESC)
    return page_of(
        first,
        after,
        last,
        before,
        filter=wanted,
        sort=chosen.field.search_field,
        descending=chosen.direction is SortDirection.DESC,
        search=search_of(search),
        counted=counted,
        most=most,
    )


def search_of(given: str | None) -> str | None:
    """The words of a search; refuses what is empty, longer than any name, or has no word that is looked for."""
    if given is not None and not 1 <= len(given.strip()) <= _LONGEST_TEXT:
        raise bad_input(f"search: must be a text of 1 to {_LONGEST_TEXT} characters")
    if given is not None and not is_searchable(given):
        raise bad_input("search: needs a word of at least two letters")
    return given


def pages_key(*arguments: Any) -> str:
    """A name for one set of paging arguments; equal arguments have equal names."""
    return repr(arguments)
