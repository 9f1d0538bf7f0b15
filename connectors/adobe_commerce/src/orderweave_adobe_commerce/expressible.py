"""What is left of a record when Adobe Commerce says it. Doing it twice changes nothing more."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal

import msgspec

from orderweave_adobe_commerce.expressible_goods import (
    ZERO,
    expressible_fulfillment,
    expressible_line,
    expressible_returns,
    fulfillment_meaning,
    return_words,
    whole_seconds,
)
from orderweave_adobe_commerce.expressible_money import (
    authorized_of,
    expressible_discounts,
    expressible_invoices,
    expressible_payments,
    expressible_taxes,
    expressible_totals,
    payment_meaning,
)
from orderweave_sdk.records import (
    Address,
    Addresses,
    Axis,
    Channel,
    ChannelKind,
    Company,
    Customer,
    Happening,
    Header,
    Hold,
    HoldReason,
    InvoiceDocumentStatus,
    Invoices,
    Key,
    OrderRecord,
    Person,
    Place,
    ProductRecord,
    StatusWord,
    StockRecord,
    Totals,
)

CURRENCY = "USD"
MAIN_STORE = "1"
_REFERENCES = ("ext_order_id", "original_increment_id")

# What each state and status says of the order, and of a hold on it.
_MEANINGS: Mapping[tuple[str, str], tuple[str, HoldReason | None]] = {
    ("new", "pending"): ("PENDING", None),
    ("new", "rejected"): ("FAILED", None),
    ("pending_payment", "pending_payment"): ("PENDING", HoldReason.AWAITING_PAYMENT),
    ("payment_review", "payment_review"): ("OPEN", HoldReason.MANUAL_REVIEW),
    ("payment_review", "fraud"): ("OPEN", HoldReason.FRAUD_RISK),
    ("processing", "processing"): ("OPEN", None),
    ("holded", "holded"): ("OPEN", HoldReason.OTHER),
    ("complete", "complete"): ("COMPLETED", None),
    ("canceled", "canceled"): ("CANCELED", None),
}


def state_of(order: OrderRecord) -> tuple[str, str]:
    """The state and the status that come nearest."""
    words = {word.axis: word.normalized for word in order.statuses}
    said = words.get(Axis.ORDER, "OPEN")
    over = {"CANCELED": "canceled", "EXPIRED": "canceled", "COMPLETED": "complete"}
    if said in over:
        return over[said], over[said]
    if said == "FAILED":
        return "new", "rejected"
    pending = said in ("PENDING", "DRAFT")
    reasons = [hold.reason for hold in order.holds or () if hold.released_at is None]
    if reasons:
        return _held(reasons[0], pending=pending)
    if words.get(Axis.FULFILLMENT) == "ON_HOLD":
        return "holded", "holded"
    return ("new", "pending") if pending else ("processing", "processing")


def _held(reason: HoldReason, *, pending: bool) -> tuple[str, str]:
    if reason is HoldReason.AWAITING_PAYMENT and pending:
        return "pending_payment", "pending_payment"
    if reason is HoldReason.FRAUD_RISK:
        return "payment_review", "fraud"
    if reason is HoldReason.MANUAL_REVIEW:
        return "payment_review", "payment_review"
    return "holded", "holded"


def expressible_order(order: OrderRecord) -> OrderRecord:
    """The order as the shop's API can say it."""
    state, status = state_of(order)
    _, reason = _MEANINGS[state, status]
    header = _header(order, canceled=state == "canceled")
    currency = header.currency or CURRENCY
    totals = header.totals or Totals()
    lines = tuple(expressible_line(line, currency) for line in order.lines or ())
    fulfillment = expressible_fulfillment(order, lines)
    returns = expressible_returns(order.returns or (), lines)
    invoices = expressible_invoices(order, currency)
    payment = payment_meaning(state, totals, authorized_of(order))
    addresses = order.addresses or Addresses()
    billing, shipping = _address(addresses.billing), _address(addresses.shipping)
    return OrderRecord(
        external_id=order.external_id,
        keys=tuple(Key(name, value) for name, value in (("id", order.external_id), ("number", header.number)) if value),
        references=tuple(_references(order, header)),
        updated_at=header.updated_at,
        statuses=(
            StatusWord(Axis.ORDER, "", _MEANINGS[state, status][0], ""),
            StatusWord(Axis.PAYMENT, "", payment, ""),
            StatusWord(Axis.FULFILLMENT, "", fulfillment_meaning(state, lines, fulfillment), ""),
            *_invoice_words(invoices, totals),
            *return_words(returns),
        ),
        header=header,
        lines=lines,
        customer=_customer(order.customer or Customer(), billing),
        addresses=Addresses(billing=billing, shipping=shipping),
        payments=expressible_payments(order, payment, currency),
        invoices=invoices,
        fulfillment=fulfillment,
        returns=returns,
        holds=() if reason is None else (Hold(reason=reason),),
        timeline=tuple(sorted(_timeline(order, status), key=lambda happening: happening.occurred_at)),
    )


def _header(order: OrderRecord, *, canceled: bool) -> Header:
    said = order.header or Header()
    currency = said.currency or CURRENCY
    totals = expressible_totals(said, currency, canceled=canceled)
    number = order.key("number") or said.number or None
    reference = next((key.value for key in order.references if key.namespace == "po_number"), None)
    channel = said.channel
    return Header(
        number=number,
        channel=Channel(
            code=channel.code if channel and channel.code.isdecimal() else MAIN_STORE,
            name=(channel.name or None) if channel else None,
            kind=ChannelKind.ONLINE_STORE,
        ),
        placed_at=whole_seconds(said.placed_at or order.updated_at),
        updated_at=whole_seconds(order.updated_at or said.updated_at or said.placed_at),
        currency=currency,
        presentment_currency=said.presentment_currency or currency,
        purchase_order_number=said.purchase_order_number or reference or None,
        totals=totals,
        discounts=expressible_discounts(said, totals),
        taxes=expressible_taxes(said, currency),
    )


def _references(order: OrderRecord, header: Header) -> Iterable[Key]:
    for field in _REFERENCES:
        yield from [key for key in order.references if key.namespace == field and key.value][:1]
    if header.purchase_order_number:
        yield Key("po_number", header.purchase_order_number)


def _invoice_words(invoices: Invoices, totals: Totals) -> tuple[StatusWord, ...]:
    live = [item for item in invoices.invoices if item.status is not InvoiceDocumentStatus.CANCELED]
    if not live:
        return ()
    invoiced = sum((item.total.amount for item in live if item.total), ZERO)
    whole = invoiced >= (totals.total.amount if totals.total else ZERO)
    return (StatusWord(Axis.INVOICE, "", "INVOICED" if whole else "PARTIALLY_INVOICED", ""),)


def _customer(customer: Customer, billing: Address | None) -> Customer:
    """A person without a telephone; one without a name is called as the bill is. A company by its id."""
    person, company = customer.person or Person(), customer.company
    known = Person(
        external_id=person.external_id,
        name=_name(person.name) or (billing.name if billing else None),
        email=person.email or None,
    )
    return Customer(
        person=known if known != Person() else None,
        company=Company(external_id=company.external_id, name=company.name or None, tax_id=company.tax_id or None)
        if company and company.external_id and company.external_id.isdecimal()
        else None,
    )


def _name(name: str | None) -> str | None:
    return " ".join((name or "").split()) or None


def _address(address: Address | None) -> Address | None:
    if address is None:
        return None
    return Address(
        name=_name(address.name),
        company=address.company or None,
        lines=tuple(line for line in address.lines if line),
        city=address.city or None,
        region=address.region or None,
        postal_code=address.postal_code or None,
        country_code=address.country_code or None,
        phone=address.phone or None,
    )


def _timeline(order: OrderRecord, status: str) -> Iterable[Happening]:
    for entry in order.timeline or ():
        at = entry.occurred_at.replace(microsecond=0)
        if entry.kind == "NOTE" or (entry.message and entry.kind != "STATUS"):
            yield Happening(occurred_at=at, kind="NOTE", message=entry.message or None)
        else:
            yield Happening(occurred_at=at, kind="STATUS", message=entry.message or status)


def expressible_stock(level: StockRecord) -> StockRecord:
    """What lies at a source, by its code alone."""
    return StockRecord(
        sku=level.sku,
        location=Place(external_id=level.location.external_id),
        on_hand=level.on_hand,
        available=Decimal(0) if level.available is not None and level.available <= 0 else None,
    )


def expressible_product(product: ProductRecord) -> ProductRecord:
    """A product that is enabled or not, without a GTIN: the attribute that holds it is the shop's own."""
    return msgspec.structs.replace(
        product,
        gtin=None,
        title=product.title or None,
        active=product.active is not False,
        updated_at=whole_seconds(product.updated_at),
    )
