"""What Fluent can say of a record: the simulator writes it, and the connector must hear the same again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

import msgspec

from orderweave_fluent_commerce.expressible_goods import (
    Leg,
    legs,
    pieces,
    place_as_said,
    plan_as_said,
    sent,
    shipment_as_said,
    sku_of,
)
from orderweave_fluent_commerce.statuses import STATUSES
from orderweave_sdk.records import (
    Address,
    Addresses,
    Axis,
    Channel,
    Customer,
    Fulfillment,
    FulfillmentStatus,
    Header,
    Key,
    Line,
    Money,
    OrderRecord,
    OrderStatus,
    Payment,
    Payments,
    PaymentStatus,
    Person,
    ProductRecord,
    Quantities,
    Refund,
    Return,
    ReturnLine,
    ReturnStatus,
    StatusWord,
    StockRecord,
    Transaction,
    TransactionKind,
    TransactionStatus,
)

# The attribute of orders in which the simulated account keeps another system's number.
REFERENCE_ATTRIBUTE = "externalOrderRef"
# The retailer of orders that name no channel.
RETAILER = "MAIN"

_FIELDS = ("ref", "fulfilment_ref", REFERENCE_ATTRIBUTE)
_RAW_OF_TRANSACTION = {
    TransactionStatus.SUCCESS: "COMPLETE",
    TransactionStatus.FAILURE: "FAILED",
    TransactionStatus.ERROR: "FAILED",
}
_RAW_OF_RETURN = {
    ReturnStatus.CLOSED: "COMPLETE",
    ReturnStatus.DECLINED: "CANCELLED",
    ReturnStatus.CANCELED: "CANCELLED",
}
_RAW_OF_OPEN = {
    FulfillmentStatus.ON_HOLD: "ESCALATED",
    FulfillmentStatus.IN_PROGRESS: "PICK_PACK",
    FulfillmentStatus.READY_FOR_PICKUP: "AWAITING_CUSTOMER_COLLECTION",
}
_PAID = {
    TransactionStatus.SUCCESS: PaymentStatus.PAID,
    TransactionStatus.PENDING: PaymentStatus.PENDING,
    TransactionStatus.FAILURE: PaymentStatus.FAILED,
}


def order_as_said(record: OrderRecord) -> OrderRecord:
    """The order as Fluent can say it."""
    found = legs(record)
    updated = record.updated_at or (record.header.placed_at if record.header else None)
    return OrderRecord(
        external_id=record.external_id,
        keys=(Key("id", record.external_id),),
        references=references_of(record),
        updated_at=updated,
        statuses=_statuses(record, found),
        header=_header(record, updated),
        lines=tuple(map(_line, record.lines or ())),
        customer=_customer(record.customer),
        addresses=_addresses(record.addresses),
        payments=_payments(record),
        fulfillment=Fulfillment(
            fulfillment_orders=tuple(plan_as_said(leg) for leg in found),
            shipments=tuple(shipment_as_said(leg) for leg in found if leg.shipment is not None),
        ),
        returns=tuple(map(_return, record.returns or ())),
    )


def references_of(record: OrderRecord) -> tuple[Key, ...]:
    """The references that Fluent has fields for; an order that another system numbered has that number as its own."""
    found = {key.namespace: key for key in reversed(record.references) if key.namespace in _FIELDS}
    number = record.key("number")
    if not found and number is not None:
        found = {"ref": Key("ref", number), "fulfilment_ref": Key("fulfilment_ref", f"{number}-1")}
    return tuple(found[field] for field in _FIELDS if field in found)


def raw_status(record: OrderRecord) -> str:
    """The order's one word for both axes."""
    words = {word.axis: word for word in record.statuses}
    order, goods = words.get(Axis.ORDER), words.get(Axis.FULFILLMENT)
    if order and order.normalized == "UNKNOWN" and order.raw:
        return order.raw
    if "CANCELED" in (order and order.normalized, goods and goods.normalized):
        return "CANCELLED"
    if order and order.normalized == OrderStatus.COMPLETED:
        return "COMPLETE"
    if order and order.normalized in (OrderStatus.DRAFT, OrderStatus.PENDING):
        return "CREATED"
    return _RAW_OF_OPEN.get(FulfillmentStatus(goods.normalized), "BOOKED") if goods else "BOOKED"


def _statuses(record: OrderRecord, found: Sequence[Leg]) -> tuple[StatusWord, ...]:
    raw = raw_status(record)
    order, goods = STATUSES.read(Axis.ORDER, raw), STATUSES.read(Axis.FULFILLMENT, raw)
    gone = sent(found)
    if gone and raw not in ("COMPLETE", "CANCELLED"):
        whole = gone >= sum(pieces(line.quantity) for line in record.lines or ())
        word = FulfillmentStatus.FULFILLED if whole else FulfillmentStatus.PARTIALLY_FULFILLED
        goods = msgspec.structs.replace(goods, normalized=word.value)
    return (order, goods)


def channel_of(record: OrderRecord) -> Channel:
    """The retailer whose order it is."""
    channel = record.header.channel if record.header else None
    return Channel(code=channel.code, name=channel.name) if channel else Channel(code=RETAILER)


def _header(record: OrderRecord, updated: datetime | None) -> Header:
    header = record.header or Header()
    priced = [line.unit_price.currency for line in record.lines or () if line.unit_price]
    return Header(
        channel=channel_of(record),
        placed_at=header.placed_at,
        updated_at=updated,
        currency=header.currency or next(iter(priced), None),
    )


def _line(line: Line) -> Line:
    quantity = Decimal(pieces(line.quantity))
    return Line(
        external_id=line.external_id,
        sku=sku_of(line),
        title=line.title or sku_of(line),
        quantity=Quantities(ordered=quantity, canceled=Decimal(0), current=quantity),
        unit_price=line.unit_price,
    )


def _customer(customer: Customer | None) -> Customer:
    person = customer.person if customer else None
    if person is None or person.external_id is None:
        return Customer()
    return Customer(
        person=Person(
            external_id=person.external_id,
            name=person.name or None,
            email=person.email or None,
            phone=person.phone or None,
        )
    )


def _addresses(addresses: Addresses | None) -> Addresses:
    given = addresses or Addresses()
    shipping = address_as_said(given.shipping)
    if shipping is not None and given.shipping is not None:
        shipping = msgspec.structs.replace(shipping, phone=given.shipping.phone or None)
    return Addresses(billing=address_as_said(given.billing), shipping=shipping)


def address_as_said(address: Address | None) -> Address | None:
    """An address in Fluent's fields, which have no telephone number."""
    if address is None:
        return None
    first, *rest = address.lines or ("",)
    code = address.country_code
    said = Address(
        name=address.name or None,
        company=address.company or None,
        lines=tuple(line for line in (first, ", ".join(rest)) if line),
        city=address.city or None,
        region=address.region or None,
        postal_code=address.postal_code or None,
        country_code=code.upper() if code and len(code) == 2 and code.isalpha() else None,
    )
    return None if said == Address() else said


class Movement(msgspec.Struct, frozen=True):
    """A financial transaction as Fluent keeps it: its type and status in Fluent's words."""

    kind: str
    status: str
    transaction: Transaction
    amount: Money
    method: str | None = None


def movements(record: OrderRecord) -> tuple[Movement, ...]:
    """Payments and refunds; authorizations and what has no amount are not kept."""
    payments = record.payments or Payments()
    found = []
    for payment in payments.payments:
        for transaction in payment.transactions:
            if transaction.amount and transaction.kind in (TransactionKind.SALE, TransactionKind.CAPTURE):
                status = _RAW_OF_TRANSACTION.get(transaction.status, "CREATED")
                found.append(Movement("PAYMENT", status, transaction, transaction.amount, payment.method))
    for refund in payments.refunds:
        if refund.amount:
            transaction = Transaction(
                external_id=refund.external_id,
                kind=TransactionKind.REFUND,
                status=TransactionStatus.SUCCESS,
                processed_at=refund.created_at,
            )
            found.append(Movement("REFUND", "COMPLETE", transaction, refund.amount))
    return tuple(found)


def _payments(record: OrderRecord) -> Payments:
    made = movements(record)
    return Payments(
        payments=tuple(map(_payment, (each for each in made if each.kind == "PAYMENT"))),
        refunds=tuple(
            Refund(
                external_id=each.transaction.external_id,
                amount=each.amount,
                created_at=each.transaction.processed_at,
            )
            for each in made
            if each.kind == "REFUND"
        ),
    )


def _payment(made: Movement) -> Payment:
    status = STATUSES.part(Axis.TRANSACTION_STATUS, made.status, TransactionStatus)
    return Payment(
        external_id=made.transaction.external_id,
        status=_PAID[status],
        method=made.method or None,
        captured=made.amount if status is TransactionStatus.SUCCESS else None,
        transactions=(
            Transaction(
                external_id=made.transaction.external_id,
                kind=TransactionKind.SALE,
                status=status,
                amount=made.amount,
                processed_at=made.transaction.processed_at,
                gateway=made.transaction.gateway or None,
            ),
        ),
    )


def raw_return_status(record: Return) -> str:
    """The return order's word."""
    return _RAW_OF_RETURN.get(record.status, "CREATED")


def _return(record: Return) -> Return:
    return Return(
        external_id=record.external_id,
        status=STATUSES.part(Axis.RETURN_PART, raw_return_status(record), ReturnStatus),
        number=record.number or record.external_id,
        lines=tuple(
            ReturnLine(sku=line.sku, quantity=Decimal(int(line.quantity)), reason=line.reason or None)
            for line in record.lines
        ),
        created_at=record.created_at,
    )


def stock_as_said(record: StockRecord) -> StockRecord:
    """The stock level as Fluent can say it: whole counts, and no title."""
    committed = int(record.committed or 0)
    on_hand = record.on_hand if record.on_hand is not None else (record.available or Decimal(0)) + committed
    incoming = int(record.incoming or 0)
    return StockRecord(
        sku=record.sku,
        location=place_as_said(record.location),
        external_id=record.external_id or f"{record.sku}:{record.location.external_id}",
        on_hand=Decimal(int(on_hand)),
        available=None if record.available is None else Decimal(int(record.available)),
        committed=Decimal(committed),
        incoming=Decimal(incoming) if incoming else None,
        updated_at=record.updated_at,
    )


def product_as_said(record: ProductRecord) -> ProductRecord:
    """The product as Fluent can say it."""
    return ProductRecord(
        external_id=record.external_id,
        sku=record.sku,
        title=record.title or record.sku,
        gtin=record.gtin or None,
        active=bool(record.active),
        updated_at=record.updated_at,
    )
