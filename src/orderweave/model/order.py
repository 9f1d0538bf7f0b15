"""The merged order: what an answer is projected from. Attribute names are the schema's, in snake case."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import msgspec

from orderweave.model.provenance import (
    Coverage,
    FieldConflict,
    Freshness,
    Identifier,
    SourceRecord,
    SourceStatus,
)
from orderweave_sdk.records import (
    Address,
    Carrier,
    Channel,
    DeliveryMethod,
    Discount,
    Eta,
    FulfillmentOrderStatus,
    FulfillmentStatus,
    Hold,
    Invoice,
    InvoiceStatus,
    LineStatus,
    LocationKind,
    Money,
    OrderStatus,
    Payment,
    PaymentStatus,
    Refund,
    Return,
    ReturnStatus,
    ShipmentStatus,
    TaxLine,
    TrackingEvent,
)


class OrderTotals(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The order's sums. `computed_total` adds the parts up; `rounding_difference` is total less computed."""

    subtotal: Money | None = None
    discount: Money | None = None
    shipping: Money | None = None
    tax: Money | None = None
    duties: Money | None = None
    fees: Money | None = None
    total: Money | None = None
    paid: Money | None = None
    refunded: Money | None = None
    due: Money | None = None
    computed_total: Money | None = None
    rounding_difference: Money | None = None


class LineQuantities(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A line's quantities in its unit; None where nobody says."""

    ordered: Decimal | None = None
    canceled: Decimal | None = None
    current: Decimal | None = None
    allocated: Decimal | None = None
    backordered: Decimal | None = None
    picked: Decimal | None = None
    shipped: Decimal | None = None
    delivered: Decimal | None = None
    returned: Decimal | None = None


class OrderLine(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One line of the merged order. `id` is stable over systems: it is made of the order, the SKU and its turn."""

    id: str
    sku: str | None
    gtin: str | None
    title: str | None
    parent_line_id: str | None
    unit: str | None
    quantity: LineQuantities
    status: LineStatus
    unit_price: Money | None
    total: Money | None
    discounts: tuple[Discount, ...]
    taxes: tuple[TaxLine, ...]


class Location(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A place: `id` is ours when the configuration names the place, and made from the system's id otherwise.

    `systems` are those that know it under that id.
    """

    id: str
    name: str | None
    kind: LocationKind
    systems: tuple[str, ...]


class LineQuantity(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """So many of one line."""

    line_id: str | None
    sku: str | None
    quantity: Decimal


class FulfillmentOrder(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A planned fulfillment. `raw_status` is the system's own word."""

    id: str
    status: FulfillmentOrderStatus
    raw_status: str | None = None
    location: Location | None
    method: DeliveryMethod
    fulfill_at: datetime | None
    fulfill_by: datetime | None
    lines: tuple[LineQuantity, ...]
    holds: tuple[Hold, ...]


class Package(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One parcel with what every system knows of it. `lines` is None where nobody says which goods are in it.

    `raw_status` is the own word of the most believed system that says `status` and has a word for it.
    """

    carrier: Carrier | None
    tracking_number: str | None
    tracking_url: str | None
    status: ShipmentStatus
    raw_status: str | None = None
    eta: Eta | None
    promised_by: datetime | None
    on_time: bool | None
    last_checked_at: datetime | None
    lines: tuple[LineQuantity, ...] | None
    events: tuple[TrackingEvent, ...]


class Shipment(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Goods that left together. `source` is the system that it comes from.

    `raw_status` is that system's own word where it says `status` itself and has one for it, and otherwise that of the
    first package that does.
    """

    id: str
    number: str | None
    status: ShipmentStatus
    raw_status: str | None = None
    location: Location | None
    shipped_at: datetime | None
    delivered_at: datetime | None
    is_return: bool
    lines: tuple[LineQuantity, ...]
    packages: tuple[Package, ...]
    source: str


class TimelineEntry(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Something that happened to the order, and which system says so."""

    occurred_at: datetime
    kind: str
    message: str | None
    system: str


class Customer(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Who bought. `company` is that of the order by which the customer is known here.

    `pages` are the pages of their orders that were asked for, by a name of the caller's; an order's own customer, who
    comes with the order and not by a look-up, has none.
    """

    id: str
    name: str | None
    email: str | None
    phone: str | None
    company: Company | None = None
    pages: tuple[tuple[str, OrderConnection], ...] = ()


class Company(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """For which company it was bought."""

    id: str
    name: str | None
    tax_id: str | None


class Order(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One order, put together. Everything but identity may be None: a missing system never nulls the rest.

    Fields that were not wanted when it was merged stand as if nobody knew them.
    """

    id: str
    key: str
    number: str | None = None
    identifiers: tuple[Identifier, ...] = ()
    channel: Channel | None = None
    origin: str | None = None
    status: OrderStatus = OrderStatus.UNKNOWN
    payment_status: PaymentStatus = PaymentStatus.UNKNOWN
    fulfillment_status: FulfillmentStatus = FulfillmentStatus.UNKNOWN
    return_status: ReturnStatus | None = None
    invoice_status: InvoiceStatus = InvoiceStatus.UNKNOWN
    source_statuses: tuple[SourceStatus, ...] = ()
    placed_at: datetime | None = None
    updated_at: datetime | None = None
    canceled_at: datetime | None = None
    closed_at: datetime | None = None
    cancel_reason: str | None = None
    archived: bool | None = None
    customer: Customer | None = None
    company: Company | None = None
    purchase_order_number: str | None = None
    payment_terms: str | None = None
    billing_address: Address | None = None
    shipping_address: Address | None = None
    currency: str | None = None
    presentment_currency: str | None = None
    totals: OrderTotals | None = None
    discounts: tuple[Discount, ...] = ()
    taxes: tuple[TaxLine, ...] = ()
    order_lines: tuple[OrderLine, ...] = ()
    fulfillment_orders: tuple[FulfillmentOrder, ...] = ()
    shipments: tuple[Shipment, ...] = ()
    payments: tuple[Payment, ...] = ()
    adjustments: tuple[Refund, ...] = ()
    invoices: tuple[Invoice, ...] = ()
    returns: tuple[Return, ...] = ()
    holds: tuple[Hold, ...] = ()
    timeline: tuple[TimelineEntry, ...] = ()
    sources: tuple[SourceRecord, ...] = ()
    conflicts: tuple[FieldConflict, ...] = ()
    freshness: Freshness


class PageInfo(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Where a page stands in its list (Relay)."""

    has_next_page: bool
    has_previous_page: bool
    start_cursor: str | None
    end_cursor: str | None


class OrderEdge(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """An order in a list, and the cursor to go on from it."""

    cursor: str
    node: Order


class OrderConnection(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A page of orders, how complete the list is, and how many orders there are in all, where they were counted."""

    edges: tuple[OrderEdge, ...]
    nodes: tuple[Order, ...]
    page_info: PageInfo
    coverage: Coverage
    total_count: int | None = None
