"""What of our records Vendure's API can say; what these drop are its known gaps."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import msgspec

from orderweave_sdk.records import (
    Address,
    Addresses,
    Axis,
    Channel,
    Customer,
    Fulfillment,
    GoodsLine,
    Header,
    Line,
    OrderRecord,
    Package,
    Place,
    ProductRecord,
    Quantities,
    Shipment,
    ShipmentStatus,
    StatusWord,
    StockRecord,
    TrackingEvent,
)
from orderweave_vendure.expressible_money import (
    as_settled,
    discounts_said,
    line_discounts_said,
    line_taxes_said,
    paid_and_refunded,
    payment_meaning,
    payments_said,
    taxes_said,
    totals_said,
    zero,
)
from orderweave_vendure.statuses import CANCELED

DEFAULT_CHANNEL = "__default_channel__"
# The custom field in which the simulated shop keeps other systems' numbers.
REFERENCE_FIELD = "purchaseOrder"
# Where a record does not say when a variant or a level last changed; Vendure always does.
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
# History entries that a timeline may hold; the moves of fulfillments are the shipments' events.
ENTRY_KINDS = frozenset(
    {
        "ORDER_STATE_TRANSITION",
        "ORDER_PAYMENT_TRANSITION",
        "ORDER_FULFILLMENT",
        "ORDER_CANCELLATION",
        "ORDER_REFUND_TRANSITION",
        "ORDER_NOTE",
        "ORDER_COUPON_APPLIED",
        "ORDER_COUPON_REMOVED",
        "ORDER_MODIFIED",
        "ORDER_CUSTOMER_UPDATED",
    }
)
_STATE_OF_GOODS = {
    "DELIVERED": "Delivered",
    "FULFILLED": "Shipped",
    "PARTIALLY_DELIVERED": "PartiallyShipped",
    "PARTIALLY_FULFILLED": "PartiallyShipped",
}
_GOODS_OF_STATE = {"Delivered": "FULFILLED", "Shipped": "FULFILLED", "PartiallyShipped": "PARTIALLY_FULFILLED"}
_SHIPPED, _DELIVERED = "Shipped", "Delivered"
_SHIPMENT_STATES = {
    ShipmentStatus.DELIVERED: _DELIVERED,
    ShipmentStatus.CANCELED: "Cancelled",
    ShipmentStatus.PENDING: "Pending",
    ShipmentStatus.LABEL_CREATED: "Pending",
    ShipmentStatus.UNKNOWN: "Pending",
}
_SHIPMENT_MEANINGS = {
    "Pending": ShipmentStatus.PENDING,
    _SHIPPED: ShipmentStatus.IN_TRANSIT,
    # Staff moved it there: the word stays, and is no delivery.
    _DELIVERED: ShipmentStatus.IN_TRANSIT,
    "Cancelled": ShipmentStatus.CANCELED,
}


def order_as_said(record: OrderRecord) -> OrderRecord:
    """The order as Vendure can say it: two street lines, one parcel a fulfillment, no company, no return."""
    state = state_of(record)
    canceled = state == CANCELED
    header = record.header or Header()
    currency = header.currency or "USD"
    lines = tuple(_line(line, currency, canceled=canceled) for line in record.lines or ())
    shipments = tuple(
        _shipment(shipment, lines)
        for shipment in (record.fulfillment.shipments if record.fulfillment else ())
        if not shipment.is_return
    )
    settled = as_settled(record.payments, currency, header.placed_at)
    paid, refunded = paid_and_refunded(settled, currency)
    timeline = tuple(entry for entry in record.timeline or () if entry.kind in ENTRY_KINDS)
    moments = [header.placed_at, record.updated_at, *(entry.occurred_at for entry in timeline)]
    moments += [moment for sent in shipments for moment in (sent.shipped_at, delivered_move(sent))]
    updated = max((moment for moment in moments if moment is not None), default=None)
    totals = totals_said(header.totals, currency, paid, refunded, canceled=canceled)
    return OrderRecord(
        external_id=record.external_id,
        keys=record.keys,
        references=tuple(key for key in record.references if key.namespace == REFERENCE_FIELD)[:1],
        updated_at=updated,
        statuses=_statuses(state, payment_meaning(settled, totals, canceled=canceled), lines, shipments),
        header=Header(
            number=record.key("number"),
            channel=Channel(code=header.channel.code if header.channel else DEFAULT_CHANNEL),
            placed_at=header.placed_at,
            updated_at=updated,
            currency=currency,
            totals=totals,
            discounts=() if canceled else discounts_said(header, currency),
            taxes=() if canceled else taxes_said(header.taxes, currency),
        ),
        lines=lines,
        customer=_customer(record.customer),
        addresses=_addresses(record.addresses),
        payments=payments_said(settled),
        fulfillment=Fulfillment(shipments=shipments),
        timeline=timeline,
    )


def state_of(record: OrderRecord) -> str:
    """The state of the default process that says most of what the record's words say."""
    words = {word.axis: word.normalized for word in record.statuses}
    order = words.get(Axis.ORDER)
    if order in ("CANCELED", "EXPIRED", "FAILED"):
        return CANCELED
    if order == "DRAFT":
        return "Draft"
    if order == "PENDING":
        return "ArrangingPayment"
    goods = _STATE_OF_GOODS.get(words.get(Axis.FULFILLMENT, ""))
    if goods is not None:
        # What is shipped whole and completed has no other word.
        return "Delivered" if order == "COMPLETED" and goods == "Shipped" else goods
    unpaid = words.get(Axis.PAYMENT) in (None, "PENDING", "AUTHORIZED", "PARTIALLY_AUTHORIZED")
    return "PaymentAuthorized" if unpaid else "PaymentSettled"


def shipment_state(shipment: Shipment) -> str:
    """The state of a fulfillment."""
    if shipment.raw_status == _DELIVERED:
        return _DELIVERED
    return _SHIPMENT_STATES.get(shipment.status, _SHIPPED)


def delivered_move(shipment: Shipment) -> datetime | None:
    """When it was moved to Delivered: when it arrived, or the event that tells of the move."""
    events = (event for package in shipment.packages for event in package.events or ())
    return shipment.delivered_at or next((each.occurred_at for each in events if each.raw_code == _DELIVERED), None)


def _statuses(
    state: str, payment: str, lines: tuple[Line, ...], shipments: tuple[Shipment, ...]
) -> tuple[StatusWord, ...]:
    order = {
        CANCELED: "CANCELED",
        "Delivered": "COMPLETED",
        "Draft": "DRAFT",
        "ArrangingPayment": "PENDING",
    }
    goods = _GOODS_OF_STATE.get(state, "UNFULFILLED")
    if state == CANCELED:
        gone = any(sent.status is ShipmentStatus.IN_TRANSIT for sent in shipments)
        # Nothing of a canceled order is left to be sent.
        goods = "FULFILLED" if gone else "CANCELED"
    meanings = ((Axis.ORDER, order.get(state, "OPEN")), (Axis.PAYMENT, payment), (Axis.FULFILLMENT, goods))
    return tuple(StatusWord(axis, "", meaning, "") for axis, meaning in meanings)


def _line(line: Line, currency: str, *, canceled: bool) -> Line:
    given = line.quantity
    ordered = given.ordered if given.ordered is not None else given.current or Decimal(0)
    current = given.current if given.current is not None else ordered - (given.canceled or 0)
    current = Decimal(int(current))
    ordered = max(Decimal(int(ordered)), current)
    price = line.unit_price or zero(currency)
    if canceled:
        return Line(
            external_id=line.external_id,
            sku=line.sku,
            title=line.title,
            quantity=Quantities(ordered=ordered),
            unit_price=price,
        )
    return Line(
        external_id=line.external_id,
        sku=line.sku,
        title=line.title,
        quantity=Quantities(ordered=ordered, canceled=ordered - current, current=current),
        unit_price=price,
        total=line.total or zero(currency),
        discounts=line_discounts_said(line.discounts, currency),
        taxes=line_taxes_said(line.taxes, currency),
    )


def _shipment(shipment: Shipment, lines: tuple[Line, ...]) -> Shipment:
    state = shipment_state(shipment)
    status = _SHIPMENT_MEANINGS[state]
    shipped = shipment.shipped_at if state in (_SHIPPED, _DELIVERED) else None
    delivered = delivered_move(shipment) if state == _DELIVERED else None
    tracked = [package for package in shipment.packages if package.tracking_number]
    return Shipment(
        external_id=shipment.external_id,
        status=status,
        raw_status=state if state == _DELIVERED else None,
        shipped_at=shipped,
        lines=tuple(said for goods in shipment.lines if (said := _goods(goods, lines)) is not None),
        packages=tuple(_package(package, status, shipped, delivered) for package in tracked[:1]),
    )


def _goods(goods: GoodsLine, lines: tuple[Line, ...]) -> GoodsLine | None:
    for line in lines:
        if line.external_id == goods.line_id or (goods.line_id is None and line.sku == goods.sku):
            return GoodsLine(quantity=Decimal(int(goods.quantity)), sku=line.sku, line_id=line.external_id)
    return None


def _package(package: Package, status: ShipmentStatus, shipped: datetime | None, delivered: datetime | None) -> Package:
    carrier = package.carrier
    name = (carrier.name or carrier.code) if carrier else None
    return Package(
        carrier=msgspec.structs.replace(carrier, code=None, name=name) if carrier and name else None,
        tracking_number=package.tracking_number,
        status=status,
        events=tuple(
            TrackingEvent(occurred_at=moment, status=ShipmentStatus.IN_TRANSIT, raw_code=move)
            for move, moment in ((_SHIPPED, shipped), (_DELIVERED, delivered))
            if moment is not None
        ),
    )


def _customer(customer: Customer | None) -> Customer:
    person = customer.person if customer else None
    if person is None or person.external_id is None:
        return Customer()
    return Customer(person=msgspec.structs.replace(person, name=" ".join((person.name or "").split()) or None))


def _addresses(addresses: Addresses | None) -> Addresses:
    if addresses is None:
        return Addresses()
    return Addresses(billing=_address(addresses.billing), shipping=_address(addresses.shipping))


def _address(address: Address | None) -> Address | None:
    if address is None:
        return None
    said = msgspec.structs.replace(address, lines=address.lines[:2])
    return None if said == Address() else said


def stock_as_said(record: StockRecord) -> StockRecord:
    """What is there and what orders hold; what is left follows from the two."""
    committed = Decimal(int(record.committed or 0))
    on_hand = record.on_hand if record.on_hand is not None else (record.available or Decimal(0)) + committed
    on_hand = Decimal(int(on_hand))
    return StockRecord(
        sku=record.sku,
        location=Place(external_id=record.location.external_id, name=record.location.name),
        external_id=record.external_id,
        title=record.title,
        on_hand=on_hand,
        available=on_hand - committed,
        committed=committed,
        updated_at=record.updated_at or LONG_AGO,
    )


def product_as_said(record: ProductRecord) -> ProductRecord:
    """No barcode: Vendure has no field of its own for one."""
    return msgspec.structs.replace(
        record, gtin=None, active=record.active is not False, updated_at=record.updated_at or LONG_AGO
    )
