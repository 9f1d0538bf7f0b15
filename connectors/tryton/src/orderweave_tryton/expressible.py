"""What Tryton can say of a record: the reduction under which a simulated world is told and compared. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from zlib import crc32

import msgspec

from orderweave_sdk.records import (
    Address,
    Addresses,
    Axis,
    Company,
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
    Person,
    Place,
    ProductRecord,
    Quantities,
    ReceiptRecord,
    Return,
    ReturnLine,
    ReturnStatus,
    StatusWord,
    StockRecord,
    Totals,
)
from orderweave_tryton.expressible_goods import told_fulfillment

_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
_ORDER_WORDS = {"DRAFT": "DRAFT", "PENDING": "PENDING", "COMPLETED": "COMPLETED"} | dict.fromkeys(
    ("CANCELED", "FAILED", "EXPIRED"), "CANCELED"
)
_FULFILLMENT_WORDS = {"PARTIALLY_FULFILLED": "PARTIALLY_FULFILLED", "ON_HOLD": "ON_HOLD"} | dict.fromkeys(
    ("FULFILLED", "PARTIALLY_DELIVERED", "DELIVERED"), "FULFILLED"
)
_RETURN_WORDS = {
    ReturnStatus.DECLINED: ReturnStatus.CANCELED,
    ReturnStatus.UNKNOWN: ReturnStatus.OPEN,
}
_LEAST_FAR_FIRST = ("REQUESTED", "OPEN", "PARTIALLY_RECEIVED", "RECEIVED", "CLOSED", "CANCELED")
_BILLED = frozenset({InvoiceDocumentStatus.POSTED, InvoiceDocumentStatus.PARTIALLY_PAID, InvoiceDocumentStatus.PAID})


def told_order(record: OrderRecord) -> OrderRecord:
    """The order as Tryton can tell it. Told twice it stays the same."""
    header = record.header or Header()
    placed, updated = told_moments(record)
    number, reference = told_number(record), told_reference(record)
    currency = _currency(record)
    canceled = _word(record, Axis.ORDER, _ORDER_WORDS, "OPEN") == "CANCELED"
    lines = tuple(_line(line, currency) for line in record.lines or ())
    invoices = tuple(
        _invoice(invoice, currency)
        for invoice in sorted(
            record.invoices.invoices if record.invoices else (), key=lambda each: int(each.external_id)
        )
    )
    returns = tuple(
        _return(each, updated) for each in sorted(record.returns or (), key=lambda each: int(each.external_id))
    )
    customer = told_customer(record.customer)
    return OrderRecord(
        external_id=record.external_id,
        keys=(Key("id", record.external_id), *((Key("number", number),) if number else ())),
        references=(Key("reference", reference),) if reference else (),
        updated_at=updated,
        statuses=_statuses(record, invoices, returns),
        header=_header(header, number, placed, updated, currency),
        lines=lines,
        customer=customer,
        addresses=_addresses(record.addresses, customer),
        invoices=Invoices(
            invoices=invoices, payment_terms=(record.invoices.payment_terms or None) if record.invoices else None
        ),
        fulfillment=told_fulfillment(record.fulfillment, {line.external_id for line in lines}, canceled=canceled),
        returns=returns,
    )


def told_number(record: OrderRecord) -> str | None:
    """The sale's number; drafts have none."""
    return _text(record.key("number"))


def told_reference(record: OrderRecord) -> str | None:
    """The sale's one reference."""
    return next((_text(key.value) for key in record.references if key.namespace == "reference"), None)


def told_moments(record: OrderRecord) -> tuple[datetime, datetime]:
    """When the sale was made and when it last changed."""
    placed = record.header.placed_at if record.header else None
    placed = placed or record.updated_at or _EPOCH
    return placed, record.updated_at or placed


def told_stock(record: StockRecord) -> StockRecord:
    """A stock level: what is there, and the forecast."""
    on_hand = record.on_hand or Decimal(0)
    return StockRecord(
        sku=record.sku,
        location=told_place(record.location),
        title=record.title,
        on_hand=on_hand,
        available=on_hand if record.available is None else record.available,
    )


def told_receipt(record: ReceiptRecord) -> ReceiptRecord:
    """Expected goods: a day at whose end they may be counted on. Moves have no number of their own."""
    return msgspec.structs.replace(
        record,
        location=told_place(record.location),
        expected_at=record.expected_at and record.expected_at.replace(hour=23, minute=59, second=59, microsecond=0),
        counted=False,
        number=None,
    )


def told_product(record: ProductRecord) -> ProductRecord:
    """A product; Tryton's own moment of change says nothing of the sellable thing."""
    return msgspec.structs.replace(record, active=record.active is not False, updated_at=None)


def told_place(place: Place) -> Place:
    """A place; Tryton knows warehouses only."""
    return Place(external_id=place.external_id, name=place.name, kind=LocationKind.WAREHOUSE)


def told_customer(customer: Customer | None) -> Customer:
    """The buying party. A person or company without an id gets one from what is known of it."""
    person = customer.person if customer else None
    company = customer.company if customer else None
    if person is not None and not (person.name or person.email or person.phone):
        person = None
    if person is not None and person.external_id is None:
        person = msgspec.structs.replace(person, external_id=_made_id(person.name, person.email, person.phone))
    if company is not None and company.external_id is None:
        company = msgspec.structs.replace(company, external_id=_made_id("company", company.name, company.tax_id))
    return Customer(
        person=person,
        company=company,
    )


def party_name(customer: Customer) -> str | None:
    """The name of the party that a sale is billed to."""
    party: Company | Person | None = customer.company or customer.person
    return party.name if party else None


def _made_id(*parts: str | None) -> str:
    return str(9_000_000_000 + crc32("|".join(part or "" for part in parts).encode()))


def _text(value: str | None) -> str | None:
    """A text as Tryton stores it: without blanks around it, and nothing for an empty one."""
    return (value or "").strip() or None


def _currency(record: OrderRecord) -> str:
    header = record.header or Header()
    totals = header.totals or Totals()
    prices = [line.unit_price or line.total for line in record.lines or ()]
    found = [money.currency for money in (totals.total, *prices) if money]
    return header.currency or next(iter(found), "USD")


def _word(record: OrderRecord, axis: Axis, words: dict[str, str], otherwise: str) -> str:
    raw = next((word.normalized for word in record.statuses if word.axis is axis), "")
    return words.get(raw, otherwise)


def _statuses(record: OrderRecord, invoices: Sequence[Invoice], returns: Sequence[Return]) -> tuple[StatusWord, ...]:
    billed = any(invoice.status in _BILLED for invoice in invoices)
    invoicing = next((word.normalized for word in record.statuses if word.axis is Axis.INVOICE), None)
    meanings = [
        (Axis.ORDER, _word(record, Axis.ORDER, _ORDER_WORDS, "OPEN")),
        (Axis.FULFILLMENT, _word(record, Axis.FULFILLMENT, _FULFILLMENT_WORDS, "UNFULFILLED")),
        (Axis.INVOICE, invoicing or ("INVOICED" if billed else "NOT_INVOICED")),
    ]
    if returns:
        meanings.append((Axis.RETURN, min((each.status for each in returns), key=_LEAST_FAR_FIRST.index)))
    return tuple(StatusWord(axis, "", meaning, "") for axis, meaning in meanings)


def _header(header: Header, number: str | None, placed: datetime, updated: datetime, currency: str) -> Header:
    totals = header.totals or Totals()
    total, tax, shipping, discount = map(_sum, (totals.total, totals.tax, totals.shipping, totals.discount))
    reductions = [each for each in header.discounts if each.amount]
    if sum((_sum(each.amount) for each in reductions), Decimal(0)) != discount:
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
            Discount(title=each.title, amount=Money(_sum(each.amount), currency))
            for each in reductions
            if _sum(each.amount)
        ),
    )


def _sum(money: Money | None) -> Decimal:
    return money.amount if money else Decimal(0)


def _line(line: Line, currency: str) -> Line:
    stated = line.quantity
    ordered = stated.ordered
    if ordered is None:
        ordered = (stated.current or Decimal(0)) + (stated.canceled or Decimal(0))
    canceled = stated.canceled
    if canceled is None:
        canceled = ordered - stated.current if stated.current is not None else Decimal(0)
    price = _sum(line.unit_price)
    return Line(
        external_id=line.external_id,
        sku=line.sku,
        title=line.title,
        unit=line.unit or "u",
        quantity=Quantities(ordered=ordered, canceled=canceled, current=ordered - canceled),
        unit_price=Money(price, currency),
        total=Money(line.total.amount if line.total else price * ordered, currency),
    )


def _addresses(addresses: Addresses | None, customer: Customer) -> Addresses:
    party = party_name(customer)
    found = addresses or Addresses()
    return Addresses(billing=_address(found.billing, party), shipping=_address(found.shipping, party))


def _address(address: Address | None, party: str | None) -> Address | None:
    if address is None:
        return None
    return Address(
        name=address.name or address.company or party,
        company=address.company if address.name else None,
        lines=tuple(line for line in address.lines if line.strip()),
        city=address.city,
        region=address.region,
        postal_code=address.postal_code,
        country_code=address.country_code,
    )


def _invoice(invoice: Invoice, currency: str) -> Invoice:
    total = invoice.total or Money(_sum(invoice.paid) + _sum(invoice.due), currency)
    status, paid, due = invoice.status, None, None
    if status is InvoiceDocumentStatus.UNKNOWN:
        status = InvoiceDocumentStatus.POSTED
    if status in _BILLED:
        amount = invoice.paid.amount if invoice.paid else total.amount - (_sum(invoice.due) if invoice.due else 0)
        paid, due = Money(amount, total.currency), Money(total.amount - amount, total.currency)
        if status is not InvoiceDocumentStatus.PAID:
            status = InvoiceDocumentStatus.PARTIALLY_PAID if amount else InvoiceDocumentStatus.POSTED
    return msgspec.structs.replace(invoice, status=status, total=total, paid=paid, due=due)


def _return(record: Return, updated: datetime) -> Return:
    lines: Iterable[ReturnLine] = (
        ReturnLine(sku=line.sku, quantity=line.quantity) for line in record.lines if line.quantity > 0
    )
    return Return(
        external_id=record.external_id,
        status=_RETURN_WORDS.get(record.status, record.status),
        number=_text(record.number),
        lines=tuple(lines),
        created_at=record.created_at or updated,
    )
