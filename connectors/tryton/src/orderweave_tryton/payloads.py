"""Tryton's records on the wire, only the fields used.

A nested record stands under its field's name with a dot at the end. What was not asked for is absent, so every
field but the id has a default; a field that was asked for and is empty is null.
"""

from __future__ import annotations

from decimal import Decimal

import msgspec

from orderweave_tryton.wire import DateValue, DecimalValue, InstantValue

# A truth value: SQLite's server says 0 and 1, PostgreSQL's false and true.
Truth = bool | int


class Named(msgspec.Struct, gc=False):
    """Anything of which only the name counts."""

    id: int
    name: str | None = None


class Coded(msgspec.Struct, gc=False):
    """Anything of which only the code counts: a currency, a country, a tax identifier."""

    id: int
    code: str | None = None


class Mechanism(msgspec.Struct, gc=False):
    """One way to reach a party: `type` is email, phone, mobile or another."""

    id: int
    type: str | None = None
    value: str | None = None
    name: str | None = None


class Identifier(msgspec.Struct, gc=False):
    """A product's code in some scheme; `type` is ean, isbn or another."""

    id: int
    type: str | None = None
    code: str | None = None


class Party(msgspec.Struct, gc=False):
    """A person, a company, or nobody in particular."""

    id: int
    name: str | None = None
    categories: list[Named] = msgspec.field(name="categories.", default_factory=list)
    tax_identifier: Coded | None = msgspec.field(name="tax_identifier.", default=None)
    contact_mechanisms: list[Mechanism] = msgspec.field(name="contact_mechanisms.", default_factory=list)


class Contact(Mechanism, gc=False):
    """The mechanism that a sale names as its contact, with whose it is."""

    party: Party | None = msgspec.field(name="party.", default=None)


class PostalAddress(msgspec.Struct, gc=False):
    """A party.address; `street` holds its lines."""

    id: int
    party_name: str | None = None
    attn: str | None = None
    street: str | None = None
    city: str | None = None
    postal_code: str | None = None
    country: Coded | None = msgspec.field(name="country.", default=None)
    subdivision: Coded | None = msgspec.field(name="subdivision.", default=None)
    party: Named | None = msgspec.field(name="party.", default=None)


class Product(msgspec.Struct, gc=False):
    """A product as a line or a move names it."""

    id: int
    code: str | None = None
    name: str | None = None


class Unit(msgspec.Struct, gc=False):
    """A unit of measure."""

    id: int
    symbol: str | None = None


class Ignored(msgspec.Struct, gc=False):
    """A canceled move that a person decided not to send again."""

    id: int
    quantity: Decimal = Decimal(0)
    unit: int | None = None


class SaleLine(msgspec.Struct, gc=False):
    """A sale.line of type "line". `shipment_cost` is set on the lines that bill the freight."""

    id: int
    quantity: Decimal | None = None
    description: str | None = None
    unit_price: DecimalValue | None = None
    amount: DecimalValue | None = None
    shipment_cost: DecimalValue | None = None
    product: Product | None = msgspec.field(name="product.", default=None)
    unit: Unit | None = msgspec.field(name="unit.", default=None)
    moves_ignored: list[Ignored] = msgspec.field(name="moves_ignored.", default_factory=list)


class MoveLine(msgspec.Struct, gc=False):
    """An entry to pay, of which only the date counts."""

    id: int
    maturity_date: DateValue | None = None


class InvoiceRow(msgspec.Struct, gc=False):
    """An account.invoice."""

    id: int
    state: str
    number: str | None = None
    invoice_date: DateValue | None = None
    total_amount: DecimalValue | None = None
    amount_to_pay: DecimalValue | None = None
    currency: Coded | None = msgspec.field(name="currency.", default=None)
    lines_to_pay: list[MoveLine] = msgspec.field(name="lines_to_pay.", default_factory=list)


class Move(msgspec.Struct, gc=False):
    """A stock.move; `origin` is such as "sale.line,9"."""

    id: int
    quantity: Decimal
    state: str
    origin: str | None = None
    product: Product | None = msgspec.field(name="product.", default=None)


class PackageRow(msgspec.Struct, gc=False):
    """A stock.package."""

    id: int
    shipping_reference: str | None = None
    shipping_tracking_url: str | None = None


class CarrierRow(msgspec.Struct, gc=False):
    """A carrier: its service ("ups"), where one is connected, and its party."""

    id: int
    shipping_service: str | None = None
    party: Named | None = msgspec.field(name="party.", default=None)


class Warehouse(msgspec.Struct, gc=False):
    """A stock.location of type "warehouse"; `address` is an id."""

    id: int
    name: str | None = None
    active: Truth | None = None
    address: int | None = None
    full_address: PostalAddress | None = msgspec.field(name="address.", default=None)


class ShipmentRow(msgspec.Struct, gc=False):
    """A stock.shipment.out; `delivery_address` is an id."""

    id: int
    state: str
    number: str | None = None
    shipping_reference: str | None = None
    delivery_address: int | None = None
    warehouse: Warehouse | None = msgspec.field(name="warehouse.", default=None)
    carrier: CarrierRow | None = msgspec.field(name="carrier.", default=None)
    outgoing_moves: list[Move] = msgspec.field(name="outgoing_moves.", default_factory=list)
    packages: list[PackageRow] = msgspec.field(name="packages.", default_factory=list)


class Sale(msgspec.Struct, gc=False):
    """A sale.sale."""

    id: int
    create_date: InstantValue
    write_date: InstantValue | None
    number: str | None
    reference: str | None
    origin: str | None
    state: str | None = None
    invoice_state: str | None = None
    shipment_state: str | None = None
    to_invoice: Truth | None = None
    untaxed_amount: DecimalValue | None = None
    tax_amount: DecimalValue | None = None
    total_amount: DecimalValue | None = None
    currency: Coded | None = msgspec.field(name="currency.", default=None)
    payment_term: Named | None = msgspec.field(name="payment_term.", default=None)
    lines: list[SaleLine] = msgspec.field(name="line_lines.", default_factory=list)
    party: Party | None = msgspec.field(name="party.", default=None)
    contact: Contact | None = msgspec.field(name="contact.", default=None)
    invoice_address: PostalAddress | None = msgspec.field(name="invoice_address.", default=None)
    shipment_address: PostalAddress | None = msgspec.field(name="shipment_address.", default=None)
    invoices: list[InvoiceRow] = msgspec.field(name="invoices.", default_factory=list)
    shipments: list[ShipmentRow] = msgspec.field(name="shipments.", default_factory=list)


class ProductRow(msgspec.Struct, gc=False):
    """A product.product with its stock at the places that the call's context names."""

    id: int
    code: str
    name: str | None = None
    active: Truth | None = None
    quantity: Decimal | None = None
    forecast_quantity: Decimal | None = None
    identifiers: list[Identifier] = msgspec.field(name="identifiers.", default_factory=list)


class CodeRow(msgspec.Struct, gc=False):
    """What a product.product is called; it need not have a code."""

    id: int
    code: str | None = None


class ExpectedMove(msgspec.Struct, gc=False):
    """A stock.move from a supplier that has not been made; the day is empty where none is planned."""

    id: int
    internal_quantity: Decimal
    product: ProductRow = msgspec.field(name="product.")
    planned_date: DateValue | None = None


class Stamped(msgspec.Struct, gc=False):
    """A record of which only counts when it was made and changed, and to what it belongs."""

    id: int
    create_date: InstantValue
    write_date: InstantValue | None
    origin: str | None = None
    shipment: str | None = None
