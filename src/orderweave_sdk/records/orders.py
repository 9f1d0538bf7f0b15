"""What one system says of one order, facet by facet.

A facet that is None was not asked for or is not known to the system; an empty tuple says "there are none".
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import msgspec

from orderweave_sdk.records.fulfillment import Fulfillment, Hold
from orderweave_sdk.records.values import (
    Address,
    Channel,
    Company,
    Key,
    Money,
    Person,
    StatusWord,
)
from orderweave_sdk.records.words import (
    Facet,
    InvoiceDocumentStatus,
    PaymentStatus,
    ReturnStatus,
    TransactionKind,
    TransactionStatus,
)


class Totals(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The sums that a system states. None means the system does not say; zero means zero.

    `subtotal` is lines after line discounts, before order discount, shipping and tax not included in prices;
    `total` is what the customer owes in all; `paid` is money captured, refunds not taken off;
    `refunded` is money given back; `due` is what is still to be paid.
    """

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


class Discount(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A price reduction: its code or title and, where stated, its amount (positive)."""

    title: str
    code: str | None = None
    amount: Money | None = None


class TaxLine(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One tax: its title, its rate as a fraction (0.19) and its amount."""

    title: str
    rate: Decimal | None = None
    amount: Money | None = None


class Header(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The order's own facts. All instants are aware UTC."""

    number: str | None = None
    channel: Channel | None = None
    origin: str | None = None
    placed_at: datetime | None = None
    updated_at: datetime | None = None
    canceled_at: datetime | None = None
    closed_at: datetime | None = None
    cancel_reason: str | None = None
    archived: bool | None = None
    currency: str | None = None
    presentment_currency: str | None = None
    purchase_order_number: str | None = None
    totals: Totals | None = None
    discounts: tuple[Discount, ...] = ()
    taxes: tuple[TaxLine, ...] = ()


class Quantities(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A line's quantities in the line's unit, as far as the system says.

    `ordered` is as placed; `canceled` was taken away since; `current` is ordered less canceled (returns do not
    lower it).
    """

    ordered: Decimal | None = None
    canceled: Decimal | None = None
    current: Decimal | None = None


class Line(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One order line. `external_id` is the system's own id; prices are per unit after nothing but list price.

    `total` is the line after its discounts, in the order's currency.
    """

    external_id: str
    sku: str | None = None
    gtin: str | None = None
    title: str | None = None
    parent_line_id: str | None = None
    unit: str | None = None
    quantity: Quantities = Quantities()
    unit_price: Money | None = None
    total: Money | None = None
    discounts: tuple[Discount, ...] = ()
    taxes: tuple[TaxLine, ...] = ()


class Customer(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Who bought: a person, a company, or a person for a company."""

    person: Person | None = None
    company: Company | None = None


class Addresses(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Where it is billed and shipped."""

    billing: Address | None = None
    shipping: Address | None = None


class Transaction(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One movement of money with a payment provider; `amount` is positive, `kind` gives the direction.

    `raw_kind` and `raw_status` are the system's own words for the two, None where it has none.
    """

    external_id: str
    kind: TransactionKind
    raw_kind: str | None = None
    status: TransactionStatus
    raw_status: str | None = None
    amount: Money | None = None
    processed_at: datetime | None = None
    gateway: str | None = None


class Payment(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One means of payment and what became of it.

    `raw_status` is the word that `status` is the meaning of: the system's own, or the one that the connector made of
    several fields and maps, as for the order's axes. None where the system has none and the status follows from sums or
    from the transactions.
    """

    external_id: str
    status: PaymentStatus
    raw_status: str | None = None
    method: str | None = None
    authorized: Money | None = None
    captured: Money | None = None
    refunded: Money | None = None
    transactions: tuple[Transaction, ...] = ()


class Refund(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Money given back, with or without goods."""

    external_id: str
    amount: Money | None = None
    created_at: datetime | None = None
    note: str | None = None


class Payments(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The PAYMENTS facet."""

    payments: tuple[Payment, ...] = ()
    refunds: tuple[Refund, ...] = ()


class Invoice(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One invoice. `issued_at` and `due_at` are calendar dates, as ERPs keep them.

    `raw_status` is the word that `status` was read from, as for payments; sums may have moved `status` on since.
    """

    external_id: str
    number: str | None = None
    status: InvoiceDocumentStatus = InvoiceDocumentStatus.UNKNOWN
    raw_status: str | None = None
    issued_at: date | None = None
    due_at: date | None = None
    total: Money | None = None
    paid: Money | None = None
    due: Money | None = None


class Invoices(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The INVOICES facet: invoices and the terms under which they are paid."""

    invoices: tuple[Invoice, ...] = ()
    payment_terms: str | None = None


class ReturnLine(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What came or comes back, how many, and why."""

    sku: str | None = None
    line_id: str | None = None
    quantity: Decimal = Decimal(0)
    reason: str | None = None


class Return(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One return. `raw_status` is the word that `status` is the meaning of, as for payments."""

    external_id: str
    status: ReturnStatus
    raw_status: str | None = None
    number: str | None = None
    lines: tuple[ReturnLine, ...] = ()
    created_at: datetime | None = None


class Happening(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One entry of the timeline: when, a short kind in capitals (PLACED, NOTE, EDITED), and words to read."""

    occurred_at: datetime
    kind: str
    message: str | None = None


class OrderRecord(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What one system says of one order.

    `external_id` is the system's stable id. `keys` are the record's own names and always hold
    `Key("id", external_id)`; a record with a number also holds `Key("number", …)`. `references` are the
    names that the system keeps of other systems' orders, by the vendor's field; empty fields are left out,
    odd ones are passed on as they stand. `updated_at` is the system's own last change, None where it keeps
    none. `statuses` holds one word for each axis whose facet was asked.
    """

    external_id: str
    keys: tuple[Key, ...]
    references: tuple[Key, ...] = ()
    url: str | None = None
    updated_at: datetime | None = None
    statuses: tuple[StatusWord, ...] = ()
    header: Header | None = None
    lines: tuple[Line, ...] | None = None
    customer: Customer | None = None
    addresses: Addresses | None = None
    payments: Payments | None = None
    invoices: Invoices | None = None
    fulfillment: Fulfillment | None = None
    returns: tuple[Return, ...] | None = None
    holds: tuple[Hold, ...] | None = None
    timeline: tuple[Happening, ...] | None = None

    def key(self, namespace: str) -> str | None:
        """The value of the record's own key of that namespace, if it has one."""
        for key in self.keys:
            if key.namespace == namespace:
                return key.value
        return None

    def delivered(self) -> frozenset[Facet]:
        """The facets that stand in this record. TRACKING stands when any package carries its events."""
        found = {facet for facet, name in _FIELD_OF_FACET.items() if getattr(self, name) is not None}
        if self.fulfillment is not None and any(
            package.events is not None for shipment in self.fulfillment.shipments for package in shipment.packages
        ):
            found.add(Facet.TRACKING)
        return frozenset(found)


_FIELD_OF_FACET: dict[Facet, str] = {
    Facet.HEADER: "header",
    Facet.LINES: "lines",
    Facet.CUSTOMER: "customer",
    Facet.ADDRESSES: "addresses",
    Facet.PAYMENTS: "payments",
    Facet.INVOICES: "invoices",
    Facet.FULFILLMENT: "fulfillment",
    Facet.RETURNS: "returns",
    Facet.HOLDS: "holds",
    Facet.TIMELINE: "timeline",
}
