"""The order as a GraphQL type. Fields are read from `orderweave.model.order`; none of them does I/O."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, cast

import strawberry
from strawberry import ID, field

from orderweave.answering.order_page import DEFAULT_PER_PAGE
from orderweave.model import order as model
from orderweave.operations.weights import Cost, ListSize
from orderweave.schema.arguments import FilterArgument, SortArgument, pages_key
from orderweave.schema.fulfillment_types import FulfillmentOrder, Hold, Shipment
from orderweave.schema.line_paging import OrderLineConnection, page_lines
from orderweave.schema.node import Node
from orderweave.schema.paging import After, Before, First, Last, connection
from orderweave.schema.provenance_types import (
    Coverage,
    FieldConflict,
    Freshness,
    Identifier,
    SourceRecord,
    SourceStatus,
)
from orderweave.schema.scalars import (
    ChannelKind,
    FulfillmentStatus,
    InvoiceDocumentStatus,
    InvoiceStatus,
    OrderStatus,
    PaymentStatus,
    Quantity,
    ReturnStatus,
    TransactionKind,
    TransactionStatus,
)
from orderweave.schema.value_types import Discount, Money, PageInfo, TaxLine


@strawberry.interface(description="Anything that is put together from several systems.")
class Sourced:
    """Provenance of a merged object."""

    sources: list[SourceRecord] = field(
        directives=[ListSize(assumed_size=3)], description="The records it is put together from."
    )
    conflicts: list[FieldConflict] = field(
        directives=[ListSize(assumed_size=2), Cost(weight="5")], description="What systems disagree on."
    )
    freshness: Freshness = field(description="How old it is and what is missing.")


@strawberry.type(description="Where an order was placed, or what stock is listed in.")
class Channel:
    """See `orderweave_sdk.records.Channel`."""

    code: str = field(description="The name of the system where it was placed.")
    name: str | None = field(description="The name to show.")
    kind: ChannelKind = field(description="What kind of channel it is.")


@strawberry.type(description="The company that it was bought for.")
class Company:
    """See `orderweave.model.order.Company`."""

    id: ID = field(description="The global id.")
    name: str | None = field(description="The company's name.")
    tax_id: str | None = field(description="The company's tax number.")


@strawberry.type(
    description="Who bought. The same customer under `Order.customer`, `customer` and `node`; their orders are looked "
    "up for the latter two alone."
)
class Customer(Node):
    """See `orderweave.model.order.Customer`."""

    name: str | None = field(description="The customer's name.")
    email: str | None = field(description="The customer's e-mail address.")
    phone: str | None = field(description="The customer's phone number.")
    company: Company | None = field(description="The company that they bought for: in this order, or in their latest.")

    @field(
        description="Their orders over all channels, newest first unless sorted otherwise. Not below an order: ask "
        "`customer` or `node` with the customer's id.",
        directives=[connection(DEFAULT_PER_PAGE)],
    )
    def orders(
        self,
        *,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
        filter: FilterArgument = None,
        sort: SortArgument = None,
    ) -> OrderConnection:
        """The page that the root field has read for these arguments."""
        key = pages_key(first, after, last, before, filter, sort)
        pages = dict(cast("model.Customer", self).pages)
        return cast("OrderConnection", pages[key])

    @classmethod
    def is_type_of(cls, value: Any, info: Any) -> bool:
        """Merged customers are customers."""
        return isinstance(value, model.Customer)


@strawberry.type(description="A postal address.")
class Address:
    """See `orderweave_sdk.records.Address`."""

    name: str | None = field(description="The person.")
    company: str | None = field(description="The company.")
    lines: list[str] = field(directives=[ListSize(assumed_size=2)], description="Street lines, in order.")
    city: str | None = field(description="The town.")
    region: str | None = field(description="State, province or county.")
    postal_code: str | None = field(description="The postal code.")
    country_code: str | None = field(description="The country, ISO 3166-1 alpha-2.")
    phone: str | None = field(description="A phone number for the delivery.")


@strawberry.type(description="The order's sums, all from the one system believed most about them.")
class OrderTotals:
    """See `orderweave.model.order.OrderTotals`."""

    subtotal: Money | None = field(description="Lines after line discounts.")
    discount: Money | None = field(description="What is taken off, positive.")
    shipping: Money | None = field(description="What shipping costs.")
    tax: Money | None = field(description="All taxes.")
    duties: Money | None = field(description="All duties.")
    fees: Money | None = field(description="All other fees.")
    total: Money | None = field(description="What the customer owes in all.")
    paid: Money | None = field(description="Money captured, refunds not taken off.")
    refunded: Money | None = field(description="Money given back.")
    due: Money | None = field(description="What is still to be paid.")
    computed_total: Money | None = field(description="Subtotal less discount plus shipping, tax, duties and fees.")
    rounding_difference: Money | None = field(description="Total less computed total.")


@strawberry.type(description="One movement of money with a payment provider.")
class Transaction:
    """See `orderweave_sdk.records.Transaction`."""

    external_id: str = field(description="Its id in the system that it comes from.")
    kind: TransactionKind = field(description="What it did.")
    raw_kind: str | None = field(description="The system's own word for what it did.")
    status: TransactionStatus = field(description="How it ended.")
    raw_status: str | None = field(description="The system's own word for how it ended.")
    amount: Money | None = field(description="How much, positive.")
    processed_at: datetime | None = field(description="When it was processed.")
    gateway: str | None = field(description="The payment provider.")


@strawberry.type(description="One means of payment and what became of it.")
class Payment:
    """See `orderweave_sdk.records.Payment`."""

    status: PaymentStatus = field(description="How far it is paid.")
    raw_status: str | None = field(
        description="The system's own word; null where it has none and the status follows from sums or transactions."
    )
    method: str | None = field(description="The means, as the system names it.")
    authorized: Money | None = field(description="How much was authorized.")
    captured: Money | None = field(description="How much was captured.")
    refunded: Money | None = field(description="How much was given back.")
    transactions: list[Transaction] = field(
        directives=[ListSize(assumed_size=2)], description="Its movements, oldest first."
    )

    @field(description="Its id in the system that it comes from.")
    def id(self) -> ID:
        """The external id under the schema's name."""
        return _external_id(self)


@strawberry.type(description="Money given back, with or without goods.")
class Refund:
    """See `orderweave_sdk.records.Refund`."""

    amount: Money | None = field(description="How much.")
    created_at: datetime | None = field(description="When.")
    note: str | None = field(description="Why, in words.")

    @field(description="Its id in the system that it comes from.")
    def id(self) -> ID:
        """The external id under the schema's name."""
        return _external_id(self)


@strawberry.type(description="One invoice.")
class Invoice:
    """See `orderweave_sdk.records.Invoice`."""

    number: str | None = field(description="The invoice's number.")
    status: InvoiceDocumentStatus = field(description="Where it stands.")
    raw_status: str | None = field(description="The system's own word.")
    issued_at: date | None = field(description="The date on it.")
    due_at: date | None = field(description="The date by which it is to be paid.")
    total: Money | None = field(description="Its sum.")
    paid: Money | None = field(description="What is paid of it.")
    due: Money | None = field(description="What is still to be paid.")

    @field(description="Its id in the system that it comes from.")
    def id(self) -> ID:
        """The external id under the schema's name."""
        return _external_id(self)


@strawberry.type(description="What comes back, how many, and why.")
class ReturnLine:
    """See `orderweave_sdk.records.ReturnLine`."""

    sku: str | None = field(description="The SKU.")
    quantity: Quantity = field(description="How many.")
    reason: str | None = field(description="The reason, in the system's word.")


@strawberry.type(description="One return.")
class Return:
    """See `orderweave_sdk.records.Return`."""

    status: ReturnStatus = field(description="Where it stands.")
    raw_status: str | None = field(description="The system's own word.")
    number: str | None = field(description="The return's number.")
    created_at: datetime | None = field(description="When it was opened.")
    lines: list[ReturnLine] = field(directives=[ListSize(assumed_size=3)], description="What comes back.")

    @field(description="Its id in the system that it comes from.")
    def id(self) -> ID:
        """The external id under the schema's name."""
        return _external_id(self)


@strawberry.type(description="Something that happened to the order.")
class TimelineEntry:
    """See `orderweave.model.order.TimelineEntry`."""

    occurred_at: datetime = field(description="When it happened.")
    kind: str = field(description="What kind of thing, such as PLACED, PAID, SHIPPED, DELIVERED, REFUNDED, NOTE.")
    message: str | None = field(description="Words to read.")
    system: str = field(description="The system that says so.")


@strawberry.type(
    description="One order, whole: put together from every system that knows something of it. A field is null or "
    "empty when nobody asked knows it; `freshness.missing` says whom we could not ask."
)
class Order(Node, Sourced):
    """See `orderweave.model.order.Order`."""

    number: str | None = field(description="The number in the system where it was placed, as that system writes it.")
    identifiers: list[Identifier] = field(
        directives=[ListSize(assumed_size=6)], description="Every name of the order in every system."
    )
    channel: Channel | None = field(description="Where it was placed.")
    origin: str | None = field(description="What placed it there, in the system's own word.")
    status: OrderStatus = field(description="Where the order stands.")
    payment_status: PaymentStatus = field(description="How far it is paid.")
    fulfillment_status: FulfillmentStatus = field(description="How far its goods are.")
    return_status: ReturnStatus | None = field(description="Where its returns stand; null without returns.")
    invoice_status: InvoiceStatus = field(description="How far it is invoiced.")
    source_statuses: list[SourceStatus] = field(
        directives=[ListSize(assumed_size=10)], description="Every system's own words."
    )
    placed_at: datetime | None = field(description="When it was placed.")
    updated_at: datetime | None = field(description="When it last changed where it was placed.")
    canceled_at: datetime | None = field(description="When it was canceled.")
    closed_at: datetime | None = field(description="When it was closed.")
    cancel_reason: str | None = field(description="Why it was canceled, in the system's word.")
    archived: bool | None = field(description="Whether it is put away.")
    customer: Customer | None = field(description="Who bought.")
    company: Company | None = field(description="For which company.")
    purchase_order_number: str | None = field(description="The customer's own number for it.")
    payment_terms: str | None = field(description="Under which terms it is paid.")
    billing_address: Address | None = field(description="Where it is billed.")
    shipping_address: Address | None = field(description="Where it is shipped.")
    currency: str | None = field(description="The currency of its sums, ISO 4217.")
    presentment_currency: str | None = field(description="The currency that the customer saw.")
    totals: OrderTotals | None = field(description="Its sums.")
    discounts: list[Discount] = field(directives=[ListSize(assumed_size=2)], description="What was taken off.")
    taxes: list[TaxLine] = field(directives=[ListSize(assumed_size=2)], description="The taxes in it.")
    fulfillment_orders: list[FulfillmentOrder] = field(
        directives=[ListSize(assumed_size=2)], description="What is planned for the goods."
    )
    shipments: list[Shipment] = field(
        directives=[ListSize(assumed_size=2)], description="What left, each shipment once."
    )
    payments: list[Payment] = field(directives=[ListSize(assumed_size=2)], description="How it is paid.")
    adjustments: list[Refund] = field(directives=[ListSize(assumed_size=2)], description="Money given back.")
    invoices: list[Invoice] = field(directives=[ListSize(assumed_size=2)], description="Its invoices.")
    returns: list[Return] = field(directives=[ListSize(assumed_size=2)], description="Its returns.")
    holds: list[Hold] = field(
        directives=[ListSize(assumed_size=1)], description="What keeps it from going on, in any system."
    )
    timeline: list[TimelineEntry] = field(
        directives=[ListSize(assumed_size=10)], description="What happened to it, oldest first."
    )

    @field(
        description="Its lines, in the order of the system where it was placed.",
        directives=[connection(10)],
    )
    def lines(
        self,
        *,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> OrderLineConnection:
        """A page of the lines; all of them are at hand."""
        return page_lines(_order(self), first=first, after=after, last=last, before=before)

    @classmethod
    def is_type_of(cls, value: Any, info: Any) -> bool:
        """Merged orders are orders."""
        return isinstance(value, model.Order)


@strawberry.type(description="An order in a list, and the cursor to go on from it.")
class OrderEdge:
    """See `orderweave.model.order.OrderEdge`."""

    cursor: str = field(description="The opaque place in the list.")
    node: Order = field(description="The order.")


@strawberry.type(description="A page of orders, and how complete the list is.")
class OrderConnection:
    """See `orderweave.model.order.OrderConnection`."""

    edges: list[OrderEdge] = field(description="The orders with their cursors.")
    nodes: list[Order] = field(description="The orders.")
    page_info: PageInfo = field(description="Where the page stands.")
    coverage: Coverage = field(description="How complete the list is.")
    total_count: int | None = field(
        description="How many orders pass the filter in all, counted in the index; null without one, until it is "
        "whole, and in a page of one customer's orders."
    )


def _external_id(source: Any) -> ID:
    return ID(source.external_id)


def _order(source: Any) -> model.Order:
    assert isinstance(source, model.Order)
    return source
