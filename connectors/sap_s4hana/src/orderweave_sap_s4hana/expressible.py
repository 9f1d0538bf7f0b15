"""What SAP can say of a record: the reduction under which a simulated world is told and compared. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal

import msgspec

from orderweave_sap_s4hana.expressible_deliveries import told_fulfillment
from orderweave_sap_s4hana.expressible_parties import told_addresses, told_customer
from orderweave_sap_s4hana.manifest import CUSTOMER_REFERENCE, REFERENCES
from orderweave_sap_s4hana.statuses import NOT_RELEVANT, NOT_YET, PARTLY, REJECTED, STATUSES, WHOLLY
from orderweave_sap_s4hana.wire import start_of, whole_milliseconds
from orderweave_sdk.records import (
    Axis,
    Channel,
    Discount,
    Fulfillment,
    Header,
    Hold,
    HoldReason,
    Invoice,
    InvoiceDocumentStatus,
    Invoices,
    Key,
    Line,
    Money,
    OrderRecord,
    Quantities,
    ShipmentStatus,
    StatusWord,
    Totals,
)

CENT, ZERO = Decimal("0.01"), Decimal(0)
REDUCTION_TYPE = "HB00"
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
_OVER = frozenset({"CANCELED", "FAILED", "EXPIRED"})
_ALL_LEFT = frozenset({"FULFILLED", "PARTIALLY_DELIVERED", "DELIVERED", "IN_PROGRESS"})
_BILLED = {"INVOICED": WHOLLY, "PARTIALLY_INVOICED": PARTLY}
_LEFT = frozenset({ShipmentStatus.PICKED_UP, ShipmentStatus.DELIVERED})
# What keeps an order, in the order in which SAP's fields are read, one of each field.
HOLDS = {
    HoldReason.OUT_OF_STOCK: "delivery block 03",
    HoldReason.MANUAL_REVIEW: "delivery block 05",
    HoldReason.OTHER: "billing block 01",
    HoldReason.CREDIT: "credit B",
    HoldReason.APPROVAL: "approval A",
}


def told_order(record: OrderRecord) -> OrderRecord:
    """The order as SAP can tell it. Told twice it stays the same."""
    number = record.external_id
    header = record.header or Header()
    placed, updated = told_moments(record)
    references = told_references(record)
    currency = _currency(record)
    canceled = is_canceled(record)
    totals = header.totals or Totals()
    worth = [_worth(line) for line in record.lines or ()]
    shipping, discount, tax = (_sum(each) if worth else ZERO for each in (totals.shipping, totals.discount, totals.tax))
    # Of an order that was told before the lines hold their shares already.
    spread = sum(worth, ZERO) == _sum(totals.subtotal) + shipping - discount
    parts = shares(ZERO if spread else shipping - discount, worth)
    net = [base + share for base, share in zip(worth, parts, strict=True)]
    customer = told_customer(record.customer)
    told = OrderRecord(
        external_id=number,
        keys=(Key("id", number), Key("number", number)),
        references=references,
        updated_at=updated,
        header=Header(
            number=number,
            channel=_channel(header.channel),
            placed_at=placed,
            updated_at=updated,
            currency=currency,
            purchase_order_number=next((key.value for key in references if key.namespace == CUSTOMER_REFERENCE), None),
            totals=Totals(
                subtotal=Money(sum(net, ZERO) - shipping + discount, currency),
                discount=Money(discount, currency),
                shipping=Money(shipping, currency),
                tax=Money(tax, currency),
                total=Money(sum(net, ZERO) + tax, currency),
            ),
            discounts=(Discount(title=REDUCTION_TYPE, amount=Money(discount, currency)),) if discount > 0 else (),
        ),
        lines=tuple(_line(line, Money(amount, currency)) for line, amount in zip(record.lines or (), net, strict=True)),
        customer=customer,
        addresses=told_addresses(record.addresses),
        invoices=_invoices(record.invoices, currency),
        fulfillment=told_fulfillment(record.fulfillment, {line.external_id for line in record.lines or ()}),
        holds=told_holds(record.holds or ()),
    )
    meanings = (
        STATUSES.read(Axis.ORDER, process_letter(record, told) + (REJECTED if canceled else "")),
        STATUSES.read(
            Axis.FULFILLMENT, delivery_letter(record, told) + (_issued(told) or (REJECTED if canceled else ""))
        ),
        STATUSES.read(Axis.INVOICE, billing_letter(record, told)),
    )
    words = tuple(StatusWord(word.axis, "", word.normalized, "") for word in meanings)
    return msgspec.structs.replace(told, statuses=words)


def is_canceled(record: OrderRecord) -> bool:
    """Whether every item is rejected."""
    return _word(record, Axis.ORDER) in _OVER


def process_letter(record: OrderRecord, told: OrderRecord) -> str:
    """OverallSDProcessStatus."""
    word = _word(record, Axis.ORDER)
    if word == "UNKNOWN":
        return NOT_RELEVANT
    if word == "COMPLETED" or word in _OVER:
        return WHOLLY
    return PARTLY if _plans(told) else NOT_YET


def delivery_letter(record: OrderRecord, told: OrderRecord) -> str:
    """OverallTotalDeliveryStatus: what stands on deliveries, whether it has left or not."""
    word = _word(record, Axis.FULFILLMENT)
    if is_canceled(record):
        return WHOLLY
    if not _plans(told):
        return NOT_RELEVANT if word == "NOT_REQUIRED" else NOT_YET
    return WHOLLY if word in _ALL_LEFT else PARTLY


def billing_letter(record: OrderRecord, told: OrderRecord) -> str:
    """OrderRelatedBillingStatus of the items that are not rejected; blank where there is none."""
    if is_canceled(record) or all(line.quantity.canceled for line in told.lines or ()):
        return NOT_RELEVANT
    return _BILLED.get(_word(record, Axis.INVOICE), NOT_YET)


def told_moments(record: OrderRecord) -> tuple[datetime, datetime]:
    """The beginning of the day on which the order was made, and its last change to the millisecond."""
    placed = record.header.placed_at if record.header else None
    placed = placed or record.updated_at or _EPOCH
    return start_of(placed.date(), UTC), whole_milliseconds(record.updated_at or placed, up=False)


def told_references(record: OrderRecord) -> tuple[Key, ...]:
    """One value in each of the fields; the customer's own number stands where the customer's reference does."""
    values = {key.namespace: key.value for key in reversed(record.references)}
    if record.header and record.header.purchase_order_number:
        values.setdefault(CUSTOMER_REFERENCE, record.header.purchase_order_number)
    found = ((field, values.get(field, "")[:longest].rstrip()) for field, longest in REFERENCES.items())
    return tuple(Key(field, value) for field, value in found if value)


def told_holds(holds: Sequence[Hold]) -> tuple[Hold, ...]:
    """What SAP has a field for."""
    wanted = {hold.reason for hold in holds}
    fields: dict[str, Hold] = {}
    for reason, raw in HOLDS.items():
        if reason in wanted:
            fields.setdefault(raw.split()[0], Hold(reason=reason, raw=raw))
    return tuple(fields.values())


def shares(amount: Decimal, worth: Sequence[Decimal]) -> list[Decimal]:
    """An amount over the items by what they are worth, as SAP spreads conditions of the header; to the cent."""
    whole = sum(worth, ZERO)
    if not worth:
        return []
    found = [
        (amount * each / whole if whole else amount / len(worth)).quantize(CENT, ROUND_HALF_UP) for each in worth[:-1]
    ]
    return [*found, amount - sum(found, ZERO)]


def _plans(told: OrderRecord) -> int:
    return len((told.fulfillment or Fulfillment()).fulfillment_orders)


def _issued(told: OrderRecord) -> str:
    """As `deliveries.issued`, from the record."""
    fulfillment = told.fulfillment or Fulfillment()
    left = sum(shipment.status in _LEFT for shipment in fulfillment.shipments)
    if not left:
        return ""
    return "/all issued" if left == len(fulfillment.fulfillment_orders) else "/some issued"


def _word(record: OrderRecord, axis: Axis) -> str:
    return next((word.normalized for word in record.statuses if word.axis is axis), "")


def _currency(record: OrderRecord) -> str:
    header = record.header or Header()
    total = header.totals.total if header.totals else None
    amounts = [total, *(line.unit_price or line.total for line in record.lines or ())]
    return header.currency or next((money.currency for money in amounts if money), "USD")


def _channel(channel: Channel | None) -> Channel | None:
    """A distribution channel is two characters, without a name in this service."""
    return Channel(code=channel.code) if channel and 0 < len(channel.code) <= 2 else None


def _sum(money: Money | None) -> Decimal:
    return money.amount if money else ZERO


def _worth(line: Line) -> Decimal:
    """What the line adds to the order: nothing where it was taken away."""
    if _quantities(line.quantity).canceled:
        return ZERO
    if line.total is not None:
        return line.total.amount
    quantity = line.quantity.ordered if line.quantity.ordered is not None else line.quantity.current
    return _sum(line.unit_price) * (quantity or ZERO)


def _line(line: Line, total: Money) -> Line:
    unit = {"": "PC", "piece": "PC"}.get(line.unit or "", (line.unit or "")[:3].upper())
    return Line(
        external_id=line.external_id,
        sku=line.sku,
        title=(line.title or "")[:40].rstrip() or None,
        parent_line_id=line.parent_line_id,
        unit=unit,
        quantity=_quantities(line.quantity),
        total=total,
    )


def _quantities(told: Quantities) -> Quantities:
    """SAP overwrites a quantity; only an item that is gone as a whole is canceled."""
    current = told.current
    if current is None and told.ordered is not None:
        current = told.ordered - (told.canceled or ZERO)
    if current is None:
        return Quantities()
    ordered = told.ordered if told.ordered is not None else current
    if ordered and not current:
        return Quantities(ordered=ordered, canceled=ordered, current=ZERO)
    return Quantities(ordered=current, canceled=ZERO, current=current)


def _invoices(invoices: Invoices | None, currency: str) -> Invoices:
    found = invoices or Invoices()
    terms = found.payment_terms
    told = sorted((_invoice(each, currency) for each in found.invoices), key=lambda each: each.external_id)
    return Invoices(invoices=tuple(told), payment_terms=terms if terms and len(terms) <= 4 else None)


def _invoice(invoice: Invoice, currency: str) -> Invoice:
    """Paid wholly or not at all; of what is paid in part, how much does not stand here."""
    status = invoice.status
    if status is InvoiceDocumentStatus.UNKNOWN:
        status = InvoiceDocumentStatus.POSTED
    total = invoice.total or Money(_sum(invoice.paid) + _sum(invoice.due), currency)
    nothing = Money(ZERO, total.currency)
    return Invoice(
        external_id=invoice.external_id,
        number=invoice.external_id,
        status=status,
        issued_at=invoice.issued_at,
        total=total,
        paid={InvoiceDocumentStatus.PAID: total, InvoiceDocumentStatus.POSTED: nothing}.get(status),
        due={InvoiceDocumentStatus.PAID: nothing, InvoiceDocumentStatus.POSTED: total}.get(status),
    )
