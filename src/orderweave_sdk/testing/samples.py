"""A small world for the contract suite: 25 orders of many shapes, with stock, products and places.

Everything is fixed, so that a failure reads the same each time. Ids take the vendor's form from the simulator.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from orderweave_sdk.records import (
    Address,
    Addresses,
    Axis,
    Carrier,
    Channel,
    ChannelKind,
    Company,
    Customer,
    DeliveryMethod,
    Fulfillment,
    FulfillmentOrder,
    FulfillmentOrderStatus,
    GoodsLine,
    Header,
    Invoice,
    InvoiceDocumentStatus,
    Invoices,
    Key,
    Line,
    LocationKind,
    LocationRecord,
    Money,
    OrderRecord,
    Package,
    Payment,
    Payments,
    PaymentStatus,
    Person,
    ProductRecord,
    Quantities,
    ReceiptRecord,
    Return,
    ReturnLine,
    ReturnStatus,
    Shipment,
    ShipmentStatus,
    StatusWord,
    StockRecord,
    Totals,
    TrackingEvent,
    Transaction,
    TransactionKind,
    TransactionStatus,
)
from orderweave_sdk.testing.world import World

Ids = Callable[[str, int], str]

ORDERS = 25
_START = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
_SKUS = ("TEA-GREEN-100", "TEA-BLACK-250", "POT-CAST-1", "CUP-GLASS-2", "SCALE-01")
_PRICES = (Decimal("9.90"), Decimal("14.50"), Decimal("89.00"), Decimal("7.25"), Decimal("24.99"))


def sample_world(ids: Ids) -> World:
    """The world, with ids from `ids(kind, n)`."""
    locations = _locations(ids)
    return World(
        orders=tuple(_order(n, ids, locations) for n in range(1, ORDERS + 1)),
        stock=tuple(
            _stock(row, sku, place, ids)
            for row, (sku, place) in enumerate(((s, p) for s in range(len(_SKUS)) for p in locations), start=1)
        ),
        receipts=tuple(
            _receipt(n, sku, place, ids)
            for n, (sku, place) in enumerate(((s, p) for s in range(len(_SKUS)) for p in locations), start=1)
        ),
        products=tuple(
            ProductRecord(external_id=ids("product", n), sku=sku, title=_title(sku), active=True)
            for n, sku in enumerate(_SKUS, start=1)
        ),
        locations=locations,
    )


def _locations(ids: Ids) -> tuple[LocationRecord, ...]:
    return (
        LocationRecord(external_id=ids("location", 1), name="East warehouse", kind=LocationKind.WAREHOUSE, active=True),
        LocationRecord(external_id=ids("location", 2), name="Harbor store", kind=LocationKind.STORE, active=True),
    )


def _title(sku: str) -> str:
    return sku.replace("-", " ").title()


def _stock(row: int, sku: int, place: LocationRecord, ids: Ids) -> StockRecord:
    on_hand = Decimal(40 + 7 * sku)
    committed = Decimal(3 + sku)
    return StockRecord(
        sku=_SKUS[sku],
        location=place.place(),
        external_id=ids("stock", row),
        title=_title(_SKUS[sku]),
        on_hand=on_hand,
        committed=committed,
        available=on_hand - committed,
        incoming=Decimal(5 * sku),
    )


def _receipt(n: int, sku: int, place: LocationRecord, ids: Ids) -> ReceiptRecord:
    """Every third is long overdue, every fourth without a day, the rest far ahead."""
    end = datetime(2020 if n % 3 == 0 else 2090, 5, 1 + n, 23, 59, 59, tzinfo=UTC)
    return ReceiptRecord(
        sku=_SKUS[sku],
        location=place.place(),
        external_id=ids("receipt", n),
        quantity=Decimal(10 * n),
        expected_at=None if n % 4 == 0 else end,
        number=f"P{n:05d}",
    )


def _order(n: int, ids: Ids, locations: tuple[LocationRecord, ...]) -> OrderRecord:
    """Order n: every third is shipped, every fifth partly, every seventh canceled, every eighth returned."""
    placed = _START + timedelta(hours=7 * n, minutes=n)
    canceled = n % 7 == 0
    shipped = not canceled and (n % 3 == 0 or n % 8 == 0)
    partly = not canceled and not shipped and n % 5 == 0
    lines = _lines(n, ids)
    total = sum((line.total.amount for line in lines if line.total), Decimal(0))
    shipments = _shipments(n, ids, lines, placed, locations, shipped=shipped, partly=partly)
    updated = placed + timedelta(hours=30 if shipped or partly else 1)
    paid = n % 4 != 0 and not canceled
    returned = shipped and n % 8 == 0
    return OrderRecord(
        external_id=ids("order", n),
        keys=(Key("id", ids("order", n)), Key("number", str(1000 + n))),
        references=(),
        updated_at=updated,
        statuses=_statuses(canceled=canceled, shipped=shipped, partly=partly, paid=paid, returned=returned),
        header=_header(n, placed, updated, total, canceled=canceled, paid=paid),
        lines=lines,
        customer=Customer(
            person=Person(
                external_id=ids("customer", 1 + n % 6),
                name=f"Robin Sample{1 + n % 6}",
                email=f"robin{1 + n % 6}@example.com",
                phone=f"+1202555010{1 + n % 6}",
            ),
            company=Company(external_id=ids("company", 1), name="Corner Cafe Inc") if n % 6 == 0 else None,
        ),
        addresses=Addresses(billing=_address(n), shipping=_address(n)),
        payments=_payments(n, ids, total, placed, paid=paid),
        invoices=_invoices(n, ids, total, placed, paid=paid) if shipped else Invoices(payment_terms="30 days"),
        fulfillment=Fulfillment(
            fulfillment_orders=_fulfillment_orders(n, ids, lines, locations, shipped=shipped, canceled=canceled),
            shipments=shipments,
        ),
        returns=_returns(n, ids, lines, updated) if returned else (),
        holds=(),
        timeline=(),
    )


def _header(n: int, placed: datetime, updated: datetime, total: Decimal, *, canceled: bool, paid: bool) -> Header:
    zero = _usd("0.00")
    return Header(
        number=str(1000 + n),
        channel=Channel(code="web", name="Web shop", kind=ChannelKind.ONLINE_STORE),
        placed_at=placed,
        updated_at=updated,
        canceled_at=placed + timedelta(hours=1) if canceled else None,
        cancel_reason="CUSTOMER" if canceled else None,
        currency="USD",
        purchase_order_number=f"PO-{n:05d}" if n % 6 == 0 else None,
        totals=Totals(
            subtotal=_usd(total),
            discount=zero,
            shipping=zero,
            tax=zero,
            total=_usd(total),
            paid=_usd(total) if paid else zero,
            refunded=zero,
            due=zero if paid else _usd(total),
        ),
    )


def _usd(amount: Decimal | str) -> Money:
    return Money(Decimal(amount), "USD")


def _address(n: int) -> Address:
    return Address(
        name=f"Robin Sample{1 + n % 6}",
        lines=(f"{n} Market Street", "Floor 2") if n % 2 else (f"{n} Market Street",),
        city="Portland",
        region="ME",
        postal_code="04101",
        country_code="US",
    )


def _lines(n: int, ids: Ids) -> tuple[Line, ...]:
    found = []
    for position in range(1 + n % 3):
        item = (n + position) % len(_SKUS)
        quantity = Decimal(1 + (n + position) % 4)
        found.append(
            Line(
                external_id=ids("line", n * 10 + position),
                sku=_SKUS[item],
                title=_title(_SKUS[item]),
                quantity=Quantities(ordered=quantity, canceled=Decimal(0), current=quantity),
                unit_price=_usd(_PRICES[item]),
                total=_usd(_PRICES[item] * quantity),
            )
        )
    return tuple(found)


def _statuses(*, canceled: bool, shipped: bool, partly: bool, paid: bool, returned: bool) -> tuple[StatusWord, ...]:
    fulfillment = "FULFILLED" if shipped else "PARTIALLY_FULFILLED" if partly else "UNFULFILLED"
    meanings = (
        (Axis.ORDER, "CANCELED" if canceled else "OPEN"),
        (Axis.PAYMENT, "PAID" if paid else "PENDING"),
        (Axis.FULFILLMENT, fulfillment),
        (Axis.INVOICE, "INVOICED" if shipped else "NOT_INVOICED"),
        *(((Axis.RETURN, "OPEN"),) if returned else ()),
    )
    return tuple(StatusWord(axis, "", meaning, "") for axis, meaning in meanings)


def _payments(n: int, ids: Ids, total: Decimal, placed: datetime, *, paid: bool) -> Payments:
    if not paid:
        return Payments()
    transaction = Transaction(
        external_id=ids("transaction", n),
        kind=TransactionKind.SALE,
        status=TransactionStatus.SUCCESS,
        amount=_usd(total),
        processed_at=placed + timedelta(minutes=1),
        gateway="card",
    )
    payment = Payment(
        external_id=ids("payment", n),
        status=PaymentStatus.PAID,
        method="card",
        captured=_usd(total),
        transactions=(transaction,),
    )
    return Payments(payments=(payment,))


def _invoices(n: int, ids: Ids, total: Decimal, placed: datetime, *, paid: bool) -> Invoices:
    issued = placed.date() + timedelta(days=1)
    invoice = Invoice(
        external_id=ids("invoice", n),
        number=f"INV-{n:05d}",
        status=InvoiceDocumentStatus.PAID if paid else InvoiceDocumentStatus.POSTED,
        issued_at=issued,
        due_at=date(2026, 12, 31),
        total=_usd(total),
        paid=_usd(total if paid else Decimal("0.00")),
        due=_usd(Decimal("0.00") if paid else total),
    )
    return Invoices(invoices=(invoice,), payment_terms="30 days")


def _fulfillment_orders(
    n: int, ids: Ids, lines: tuple[Line, ...], locations: tuple[LocationRecord, ...], *, shipped: bool, canceled: bool
) -> tuple[FulfillmentOrder, ...]:
    status = FulfillmentOrderStatus.OPEN
    if shipped:
        status = FulfillmentOrderStatus.CLOSED
    if canceled:
        status = FulfillmentOrderStatus.CANCELED
    return (
        FulfillmentOrder(
            external_id=ids("fulfillment_order", n),
            status=status,
            location=locations[n % 2].place(),
            method=DeliveryMethod.SHIPPING,
            lines=tuple(_goods(line) for line in lines),
        ),
    )


def _goods(line: Line) -> GoodsLine:
    return GoodsLine(quantity=line.quantity.ordered or Decimal(0), sku=line.sku, line_id=line.external_id)


def _shipments(
    n: int,
    ids: Ids,
    lines: tuple[Line, ...],
    placed: datetime,
    locations: tuple[LocationRecord, ...],
    *,
    shipped: bool,
    partly: bool,
) -> tuple[Shipment, ...]:
    if not shipped and not partly:
        return ()
    left = placed + timedelta(hours=20)
    number = f"1Z999AA1{n:010d}"
    events = (
        TrackingEvent(
            occurred_at=left,
            status=ShipmentStatus.PICKED_UP,
            message="Picked up",
            location="Portland, ME, US",
        ),
        TrackingEvent(
            occurred_at=left + timedelta(hours=9),
            status=ShipmentStatus.IN_TRANSIT,
            message="Left the depot",
            location="Boston, MA, US",
        ),
    )
    package = Package(
        external_id=ids("package", n),
        carrier=Carrier(code="ups", name="UPS"),
        tracking_number=number,
        tracking_url=f"https://tracking.example/{number}",
        status=ShipmentStatus.IN_TRANSIT,
        events=events,
    )
    return (
        Shipment(
            external_id=ids("shipment", n),
            number=f"S{n:05d}",
            status=ShipmentStatus.IN_TRANSIT,
            location=locations[n % 2].place(),
            shipped_at=left,
            lines=tuple(_goods(line) for line in (lines[:1] if partly else lines)),
            packages=(package,),
        ),
    )


def _returns(n: int, ids: Ids, lines: tuple[Line, ...], updated: datetime) -> tuple[Return, ...]:
    return (
        Return(
            external_id=ids("return", n),
            status=ReturnStatus.OPEN,
            number=f"R{n:05d}",
            created_at=updated,
            lines=(ReturnLine(sku=lines[0].sku, line_id=lines[0].external_id, quantity=Decimal(1), reason="UNWANTED"),),
        ),
    )
