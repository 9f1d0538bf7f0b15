"""What Odoo can say of a record: the reduction under which a simulated world is told and compared. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from zlib import crc32

import msgspec

from orderweave_odoo.expressible_goods import told_fulfillment, told_returns
from orderweave_odoo.wire import second_of
from orderweave_sdk.records import (
    Address,
    Addresses,
    Axis,
    Customer,
    Discount,
    Header,
    Invoice,
    InvoiceDocumentStatus,
    Invoices,
    Key,
    Line,
    LocationKind,
    Money,
    OrderRecord,
    Place,
    ProductRecord,
    Quantities,
    ReceiptRecord,
    Return,
    StatusWord,
    StockRecord,
    Totals,
)

EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
_REFERENCES = ("client_order_ref", "origin")
_ORDER_WORDS = {"DRAFT": "DRAFT", "PENDING": "PENDING", "COMPLETED": "COMPLETED"} | dict.fromkeys(
    ("CANCELED", "FAILED", "EXPIRED"), "CANCELED"
)
_FULFILLMENT_WORDS = {"PARTIALLY_FULFILLED": "PARTIALLY_FULFILLED", "IN_PROGRESS": "IN_PROGRESS"} | dict.fromkeys(
    ("FULFILLED", "PARTIALLY_DELIVERED", "DELIVERED"), "FULFILLED"
)
_LEAST_FAR_FIRST = ("REQUESTED", "OPEN", "RECEIVED", "CANCELED")
BILLED = frozenset({InvoiceDocumentStatus.POSTED, InvoiceDocumentStatus.PARTIALLY_PAID, InvoiceDocumentStatus.PAID})


def told_order(record: OrderRecord) -> OrderRecord:
    """The order as Odoo can tell it. Told twice it stays the same."""
    header = record.header or Header()
    placed, updated = _moments(record)
    number = record.key("number") or None
    currency = _currency(record)
    lines = tuple(_line(line, currency) for line in record.lines or ())
    ids = {line.external_id for line in lines}
    stated = record.invoices or Invoices()
    invoices = tuple(
        _invoice(invoice, currency) for invoice in sorted(stated.invoices, key=lambda each: int(each.external_id))
    )
    returns = told_returns(record.returns, ids, updated)
    customer = _customer(record.customer)
    return OrderRecord(
        external_id=record.external_id,
        keys=(Key("id", record.external_id), *((Key("number", number),) if number else ())),
        references=tuple(
            next(key for key in record.references if key.namespace == name and key.value)
            for name in _REFERENCES
            if any(key.namespace == name and key.value for key in record.references)
        ),
        updated_at=updated,
        statuses=_statuses(record, invoices, returns),
        header=_header(header, number, placed, updated, currency),
        lines=lines,
        customer=customer,
        addresses=_addresses(record.addresses, customer),
        invoices=Invoices(invoices=invoices, payment_terms=stated.payment_terms or None),
        fulfillment=told_fulfillment(record.fulfillment, ids, updated),
        returns=returns,
    )


def told_stock(record: StockRecord) -> StockRecord:
    """A stock level: what is there, what of it is reserved, and the rest."""
    on_hand = record.on_hand or Decimal(0)
    committed = record.committed
    if committed is None:
        committed = Decimal(0) if record.available is None else on_hand - record.available
    return StockRecord(
        sku=record.sku,
        location=told_place(record.location),
        title=record.title,
        on_hand=on_hand,
        committed=committed,
        available=on_hand - committed,
    )


def told_receipt(record: ReceiptRecord) -> ReceiptRecord:
    """Expected goods: always planned, at a whole second, and in no number that Odoo would still promise."""
    return msgspec.structs.replace(
        record,
        location=told_place(record.location),
        expected_at=second_of(record.expected_at or EPOCH),
        counted=False,
    )


def told_product(record: ProductRecord) -> ProductRecord:
    """A product; Odoo's own moment of change says nothing of the sellable thing."""
    return msgspec.structs.replace(record, active=record.active is not False, updated_at=None)


def told_place(place: Place) -> Place:
    """A place; Odoo knows warehouses only."""
    return Place(external_id=place.external_id, name=place.name, kind=LocationKind.WAREHOUSE)


def amount_of(money: Money | None) -> Decimal:
    """The amount, zero where there is none."""
    return money.amount if money else Decimal(0)


def _moments(record: OrderRecord) -> tuple[datetime, datetime]:
    """When the order was placed and when it last changed, in whole seconds."""
    placed = record.header.placed_at if record.header else None
    placed = (placed or record.updated_at or EPOCH).replace(microsecond=0)
    return placed, (record.updated_at or placed).replace(microsecond=0)


def _customer(customer: Customer | None) -> Customer:
    """The partner. One without an id gets one from what is known of it."""
    person = customer.person if customer else None
    company = customer.company if customer else None
    if person is not None and not (person.name or person.email or person.phone):
        person = None
    if person is not None and person.external_id is None:
        person = msgspec.structs.replace(person, external_id=_made_id(person.name, person.email, person.phone))
    if company is not None and company.external_id is None:
        company = msgspec.structs.replace(company, external_id=_made_id("company", company.name, company.tax_id))
    return Customer(person=person, company=company)


def _made_id(*parts: str | None) -> str:
    return str(100_000_000 + crc32("|".join(part or "" for part in parts).encode()) % 100_000_000)


def _currency(record: OrderRecord) -> str:
    header = record.header or Header()
    totals = header.totals or Totals()
    prices = [line.unit_price or line.total for line in record.lines or ()]
    found = [money.currency for money in (totals.total, *prices) if money]
    return header.currency or next(iter(found), "USD")


def _word(record: OrderRecord, axis: Axis) -> str | None:
    return next((word.normalized for word in record.statuses if word.axis is axis), None)


def _statuses(record: OrderRecord, invoices: Sequence[Invoice], returns: Sequence[Return]) -> tuple[StatusWord, ...]:
    billed = any(invoice.status in BILLED for invoice in invoices)
    invoicing = _word(record, Axis.INVOICE)
    if invoicing != "INVOICED":
        invoicing = "PARTIALLY_INVOICED" if billed else "NOT_INVOICED"
    order = _ORDER_WORDS.get(_word(record, Axis.ORDER) or "", "OPEN")
    fulfillment = _FULFILLMENT_WORDS.get(_word(record, Axis.FULFILLMENT) or "", "UNFULFILLED")
    if order == "CANCELED" and fulfillment == "UNFULFILLED":
        fulfillment = "CANCELED"
    if order == "COMPLETED" and (fulfillment, invoicing) != ("FULFILLED", "INVOICED"):
        order = "OPEN"
    meanings = [(Axis.ORDER, order), (Axis.FULFILLMENT, fulfillment), (Axis.INVOICE, invoicing)]
    if returns:
        meanings.append((Axis.RETURN, min((each.status for each in returns), key=_LEAST_FAR_FIRST.index)))
    return tuple(StatusWord(axis, "", meaning, "") for axis, meaning in meanings)


def _header(header: Header, number: str | None, placed: datetime, updated: datetime, currency: str) -> Header:
    totals = header.totals or Totals()
    total, tax, shipping, discount = map(amount_of, (totals.total, totals.tax, totals.shipping, totals.discount))
    reductions = [each for each in header.discounts if each.amount]
    if sum((amount_of(each.amount) for each in reductions), Decimal(0)) != discount:
        title = next((each.title for each in header.discounts), "Discount")
        reductions = [Discount(title=title, amount=Money(discount, currency))]
    return Header(
        number=number,
        placed_at=placed,
        updated_at=updated,
        currency=currency,
        totals=Totals(
            subtotal=Money(total - tax - shipping + discount, currency),
            discount=Money(discount, currency),
            shipping=Money(shipping, currency),
            tax=Money(tax, currency),
            total=Money(total, currency),
        ),
        discounts=tuple(
            Discount(title=each.title, amount=Money(amount_of(each.amount), currency))
            for each in reductions
            if amount_of(each.amount)
        ),
    )


def _line(line: Line, currency: str) -> Line:
    """A line as it is now: Odoo writes a changed quantity over the old one."""
    stated = line.quantity
    current = stated.current
    if current is None:
        current = (stated.ordered or Decimal(0)) - (stated.canceled or Decimal(0))
    return Line(
        external_id=line.external_id,
        sku=line.sku,
        title=line.title,
        unit=line.unit or "Units",
        quantity=Quantities(ordered=current, current=current),
        unit_price=Money(amount_of(line.unit_price), currency),
        total=Money(amount_of(line.total), currency),
    )


def _addresses(addresses: Addresses | None, customer: Customer) -> Addresses:
    found = addresses or Addresses()
    own = _own_address(customer)
    return Addresses(billing=_address(found.billing, own), shipping=_address(found.shipping, own))


def _own_address(customer: Customer) -> Address | None:
    """Where no address is given Odoo takes the partner's own, of which nothing is known here but the name."""
    person, company = customer.person, customer.company
    if person is not None:
        return Address(name=person.name, company=company.name if company else None, phone=person.phone)
    return None if company is None else Address(name=company.name)


def _address(address: Address | None, own: Address | None) -> Address | None:
    """An address of two street lines; one without a name carries the partner's."""
    if address is None:
        return own
    name = address.name or address.company or (own.name if own else None)
    lines = tuple(line for line in address.lines if line.strip())
    return msgspec.structs.replace(
        address,
        name=name,
        company=None if address.company == name else address.company,
        lines=(*lines[:1], ", ".join(lines[1:])) if len(lines) > 1 else lines,
        phone=address.phone or None,
    )


def _invoice(invoice: Invoice, currency: str) -> Invoice:
    total = invoice.total or Money(amount_of(invoice.paid) + amount_of(invoice.due), currency)
    status, paid, due = invoice.status, None, None
    if status is InvoiceDocumentStatus.UNKNOWN:
        status = InvoiceDocumentStatus.POSTED
    if status in BILLED:
        amount = invoice.paid.amount if invoice.paid else total.amount - amount_of(invoice.due)
        paid, due = Money(amount, total.currency), Money(total.amount - amount, total.currency)
        if status is not InvoiceDocumentStatus.PAID:
            status = InvoiceDocumentStatus.PARTIALLY_PAID if amount else InvoiceDocumentStatus.POSTED
    return msgspec.structs.replace(invoice, status=status, total=total, paid=paid, due=due)
