"""What goes out and what comes back: shipments and returns in our words. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from orderweave_sdk.records import (
    Axis,
    Carrier,
    DeliveryMethod,
    Fulfillment,
    FulfillmentOrder,
    FulfillmentOrderStatus,
    GoodsLine,
    LocationKind,
    LocationRecord,
    Package,
    Place,
    Return,
    ReturnLine,
    ReturnStatus,
    Shipment,
    ShipmentStatus,
    StatusWord,
)
from orderweave_tryton.manifest import STATUSES
from orderweave_tryton.parties import address
from orderweave_tryton.payloads import CarrierRow, Move, Sale, SaleLine, ShipmentRow, Warehouse
from orderweave_tryton.wire import counted

# From here on a shipment is a fact: packed to leave, or gone.
_FACTS = frozenset({"packed", "shipped", "done"})
_SALE_LINE = "sale.line,"
# How far a return is, least first; the order's word is that of the return that is least far.
_RETURN_PROGRESS = (
    *(ReturnStatus.UNKNOWN, ReturnStatus.REQUESTED, ReturnStatus.OPEN, ReturnStatus.PARTIALLY_RECEIVED),
    *(ReturnStatus.RECEIVED, ReturnStatus.CLOSED, ReturnStatus.CANCELED),
)


def fulfillment(sale: Sale) -> Fulfillment:
    """Every stock.shipment.out is a plan (fulfillment order); packed or gone it is a shipment as well.

    Both carry the same id. Tryton keeps the day a shipment left, not the instant, so `shipped_at` stays open.
    """
    lines = {line.id for line in sale.lines}
    rows = sorted(sale.shipments, key=lambda row: row.id)
    return Fulfillment(
        fulfillment_orders=tuple(_plan(row, lines) for row in rows),
        shipments=tuple(_fact(row, lines) for row in rows if row.state in _FACTS),
    )


def place(warehouse: Warehouse | None) -> Place | None:
    """A warehouse as a place. Tryton does not tell a store from a warehouse."""
    return None if warehouse is None else location(warehouse).place()


def location(warehouse: Warehouse) -> LocationRecord:
    """A warehouse with its address."""
    return LocationRecord(
        external_id=str(warehouse.id),
        name=warehouse.name or None,
        kind=LocationKind.WAREHOUSE,
        active=None if warehouse.active is None else bool(warehouse.active),
        address=address(warehouse.full_address),
    )


def returns(rows: Sequence[Sale]) -> tuple[Return, ...]:
    """The sales that return goods of another, as that one's returns."""
    return tuple(
        Return(
            external_id=str(row.id),
            status=STATUSES.part(Axis.RETURN, _return_word(row), ReturnStatus),
            raw_status=_return_word(row),
            number=row.number or None,
            lines=tuple(_return_line(line) for line in row.lines if line.quantity is not None and line.quantity < 0),
            created_at=row.create_date.instant(),
        )
        for row in sorted(rows, key=lambda row: row.id)
    )


def return_word(rows: Sequence[Sale]) -> StatusWord | None:
    """The word for all the returns of an order together; None when there are none."""
    words = [STATUSES.read(Axis.RETURN, _return_word(row)) for row in rows]
    return min(words, key=lambda word: _RETURN_PROGRESS.index(ReturnStatus(word.normalized)), default=None)


def _return_word(row: Sale) -> str:
    return f"{row.state}/{row.shipment_state}" if row.state == "processing" else row.state or ""


def _return_line(line: SaleLine) -> ReturnLine:
    sku = (line.product.code or None) if line.product else None
    return ReturnLine(sku=sku, quantity=abs(counted(line.quantity or Decimal(0))))


def _plan(row: ShipmentRow, lines: set[int]) -> FulfillmentOrder:
    return FulfillmentOrder(
        external_id=str(row.id),
        status=STATUSES.part(Axis.FULFILLMENT_ORDER, row.state, FulfillmentOrderStatus),
        raw_status=row.state,
        location=place(row.warehouse),
        method=_method(row),
        lines=_goods(row, lines),
    )


def _method(row: ShipmentRow) -> DeliveryMethod:
    """Goods addressed to the warehouse they leave from are picked up there; goods with a carrier are shipped."""
    if row.warehouse and row.warehouse.address is not None and row.warehouse.address == row.delivery_address:
        return DeliveryMethod.STORE_PICKUP
    return DeliveryMethod.SHIPPING if row.carrier else DeliveryMethod.UNKNOWN


def _fact(row: ShipmentRow, lines: set[int]) -> Shipment:
    status = STATUSES.part(Axis.SHIPMENT, row.state, ShipmentStatus)
    carrier = _carrier(row.carrier)
    packages = [
        Package(
            external_id=str(package.id),
            carrier=carrier,
            tracking_number=package.shipping_reference or None,
            tracking_url=package.shipping_tracking_url or None,
            status=status,
            raw_status=row.state,
        )
        for package in sorted(row.packages, key=lambda package: package.id)
    ]
    if row.shipping_reference and not any(package.tracking_number for package in packages):
        packages.append(
            Package(carrier=carrier, tracking_number=row.shipping_reference, status=status, raw_status=row.state)
        )
    return Shipment(
        external_id=str(row.id),
        number=row.number or None,
        status=status,
        raw_status=row.state,
        location=place(row.warehouse),
        lines=_goods(row, lines),
        packages=tuple(packages),
    )


def _carrier(row: CarrierRow | None) -> Carrier | None:
    if row is None:
        return None
    return Carrier(code=row.shipping_service or None, name=(row.party.name or None) if row.party else None)


def _goods(row: ShipmentRow, lines: set[int]) -> tuple[GoodsLine, ...]:
    """The moves that are of this sale, in order of its lines; a shipment may hold those of other sales too."""
    found: list[tuple[int, GoodsLine]] = []
    for move in row.outgoing_moves:
        line = _line_of(move)
        if (move.state == "cancelled" and row.state != "cancelled") or (line is not None and line not in lines):
            continue
        goods = GoodsLine(
            quantity=counted(move.quantity),
            sku=(move.product.code or None) if move.product else None,
            line_id=None if line is None else str(line),
        )
        found.append((line or 0, goods))
    return tuple(goods for _, goods in sorted(found, key=lambda pair: pair[0]))


def _line_of(move: Move) -> int | None:
    """The sale line that a move serves, where it names one."""
    if move.origin is None or not move.origin.startswith(_SALE_LINE):
        return None
    number = move.origin.removeprefix(_SALE_LINE)
    return int(number) if number.isdigit() else None
