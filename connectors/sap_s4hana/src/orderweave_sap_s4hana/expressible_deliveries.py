"""What SAP can say of goods on their way: a delivery is plan and fact in one. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

import msgspec

from orderweave_sdk.records import (
    Fulfillment,
    FulfillmentOrder,
    FulfillmentOrderStatus,
    GoodsLine,
    Package,
    Place,
    Shipment,
    ShipmentStatus,
)

_PACKED = frozenset({ShipmentStatus.PENDING, ShipmentStatus.LABEL_CREATED})
# Plans for which SAP has a delivery; what is open or scheduled has none yet.
_WORKED_ON = {
    FulfillmentOrderStatus.ALLOCATED: FulfillmentOrderStatus.RELEASED,
    FulfillmentOrderStatus.RELEASED: FulfillmentOrderStatus.RELEASED,
    FulfillmentOrderStatus.PICKING: FulfillmentOrderStatus.PICKING,
    FulfillmentOrderStatus.PACKED: FulfillmentOrderStatus.PACKED,
}


def told_fulfillment(fulfillment: Fulfillment | None, lines: set[str]) -> Fulfillment:
    """The deliveries, by number: one a shipment, one for what of a plan that is worked on has not been shipped."""
    found = fulfillment or Fulfillment()
    facts = [each for each in found.shipments if not each.is_return and each.status is not ShipmentStatus.CANCELED]
    told: list[tuple[FulfillmentOrder, Shipment | None]] = [_sent(each, lines) for each in facts]
    taken = {each.external_id for each in facts}
    shipped: dict[str, Decimal] = {}
    planned = {each.external_id for each in found.fulfillment_orders}
    for goods in (line for each in facts if each.external_id not in planned for line in each.lines):
        shipped[_what(goods)] = shipped.get(_what(goods), Decimal(0)) + goods.quantity
    for plan in found.fulfillment_orders:
        status = _WORKED_ON.get(plan.status)
        rest = tuple(_left(plan.lines, shipped)) if plan.external_id not in taken else ()
        if status is not None and rest:
            told.append(_planned(plan, status, rest, lines))
    told.sort(key=lambda pair: pair[0].external_id)
    return Fulfillment(
        fulfillment_orders=tuple(plan for plan, _ in told),
        shipments=tuple(fact for _, fact in told if fact is not None),
    )


def _sent(shipment: Shipment, lines: set[str]) -> tuple[FulfillmentOrder, Shipment | None]:
    packed = shipment.status in _PACKED
    delivered = shipment.status is ShipmentStatus.DELIVERED
    status = ShipmentStatus.PENDING if packed else ShipmentStatus.PICKED_UP
    plan = FulfillmentOrder(
        external_id=shipment.external_id,
        status=FulfillmentOrderStatus.PACKED if packed else FulfillmentOrderStatus.CLOSED,
        location=_place(shipment.location),
        lines=_goods(shipment.lines, lines),
    )
    return plan, _fact(shipment, plan, ShipmentStatus.DELIVERED if delivered else status)


def _planned(
    plan: FulfillmentOrder, status: FulfillmentOrderStatus, rest: tuple[GoodsLine, ...], lines: set[str]
) -> tuple[FulfillmentOrder, Shipment | None]:
    told = FulfillmentOrder(
        external_id=plan.external_id, status=status, location=_place(plan.location), lines=_goods(rest, lines)
    )
    if status is not FulfillmentOrderStatus.PACKED:
        return told, None
    packed = Shipment(external_id=plan.external_id, status=ShipmentStatus.PENDING)
    return told, _fact(packed, told, ShipmentStatus.PENDING)


def _fact(shipment: Shipment, plan: FulfillmentOrder, status: ShipmentStatus) -> Shipment:
    """A delivery knows one tracking number, and nobody who carries it."""
    numbers = [package.tracking_number for package in shipment.packages if package.tracking_number]
    shipped_at = None if status is ShipmentStatus.PENDING else shipment.shipped_at
    return Shipment(
        external_id=shipment.external_id,
        number=shipment.external_id,
        status=status,
        location=plan.location,
        shipped_at=shipped_at and shipped_at.replace(microsecond=0),
        lines=plan.lines,
        packages=(Package(tracking_number=numbers[0][:35], status=status),) if numbers else (),
    )


def _place(place: Place | None) -> Place | None:
    return place and Place(external_id=place.external_id)


def _what(goods: GoodsLine) -> str:
    return goods.line_id or goods.sku or ""


def _left(goods: Iterable[GoodsLine], shipped: dict[str, Decimal]) -> Iterable[GoodsLine]:
    """What of a plan has not been shipped; what is counted here is taken off `shipped`."""
    for line in goods:
        gone = min(line.quantity, shipped.get(_what(line), Decimal(0)))
        if gone:
            shipped[_what(line)] -= gone
        if line.quantity > gone:
            yield msgspec.structs.replace(line, quantity=line.quantity - gone)


def _goods(goods: Iterable[GoodsLine], lines: set[str]) -> tuple[GoodsLine, ...]:
    """Goods of something; a line that the order does not have is not named."""
    return tuple(
        line if line.line_id in lines else msgspec.structs.replace(line, line_id=None)
        for line in goods
        if line.quantity > 0
    )
