"""What of an order's lines and shipments the vendor can say.

A product item goes with one shipment as a whole, and a shipment has one tracking number. So a shipment of whole lines
stands for itself; all else of an order is one more shipment, which is shipped when the order is.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from orderweave_salesforce_b2c.expressible_money import expressible_discounts, expressible_taxes, in_currency
from orderweave_sdk.records import (
    Fulfillment,
    FulfillmentOrder,
    FulfillmentOrderStatus,
    GoodsLine,
    Line,
    OrderRecord,
    Package,
    Quantities,
    Shipment,
    ShipmentStatus,
)

_NOT_LEFT = frozenset(
    {
        ShipmentStatus.PENDING,
        ShipmentStatus.LABEL_CREATED,
        ShipmentStatus.AVAILABLE_FOR_PICKUP,
        ShipmentStatus.CANCELED,
        ShipmentStatus.UNKNOWN,
    }
)


def expressible_line(line: Line, currency: str) -> Line:
    """A product item: so many as are wanted now."""
    given = line.quantity
    current = given.current
    if current is None:
        current = (given.ordered or Decimal(0)) - (given.canceled or Decimal(0))
    wanted = max(current, Decimal(0))
    return Line(
        external_id=line.external_id,
        sku=line.sku or line.external_id,
        title=line.title or None,
        quantity=Quantities(ordered=wanted, current=wanted),
        unit_price=in_currency(line.unit_price, currency),
        total=in_currency(line.total, currency),
        discounts=expressible_discounts(line.discounts, currency),
        taxes=expressible_taxes(line.taxes, currency),
    )


def expressible_fulfillment(
    order: OrderRecord, lines: Sequence[Line], *, number: str, goods: str, over: bool
) -> Fulfillment:
    """Every shipment of the vendor's as a plan, and those that are shipped as facts too."""
    said = order.fulfillment or Fulfillment()
    left = [each for each in said.shipments if not each.is_return and each.status not in _NOT_LEFT]
    unsent = {line.external_id: line for line in lines if line.quantity.current}
    facts: list[Shipment] = []
    parts: list[Shipment] = []
    for shipment in left:
        own = _whole_lines(shipment, unsent)
        if own:
            unsent = {line_id: line for line_id, line in unsent.items() if line not in own}
            facts.append(_shipped(shipment.external_id, own, [shipment]))
        else:
            parts.append(shipment)
    plans = [_plan(each.external_id, each.lines, FulfillmentOrderStatus.CLOSED) for each in facts]
    if unsent or not facts:
        # Its id is neither a shipment's nor one that another order may have.
        rest_id, rest = f"{number}-rest", list(unsent.values())
        shipped = goods == "FULFILLED"
        status = FulfillmentOrderStatus.CLOSED if shipped else FulfillmentOrderStatus.OPEN
        if over and not shipped:
            status = FulfillmentOrderStatus.CANCELED
        plans.append(_plan(rest_id, tuple(map(_goods, rest)), status))
        if shipped:
            facts.append(_shipped(rest_id, rest, parts))
    return Fulfillment(fulfillment_orders=tuple(plans), shipments=tuple(facts))


def _whole_lines(shipment: Shipment, unsent: dict[str, Line]) -> list[Line]:
    """The lines that a shipment holds as a whole; none where it holds a part of any."""
    found: list[Line] = []
    for goods in shipment.lines:
        line = unsent.get(goods.line_id or "") or next(
            (each for each in unsent.values() if each.sku == goods.sku), None
        )
        if line is None or line in found or line.quantity.current != goods.quantity:
            return []
        found.append(line)
    return found


def _plan(external_id: str, goods: tuple[GoodsLine, ...], status: FulfillmentOrderStatus) -> FulfillmentOrder:
    return FulfillmentOrder(external_id=external_id, status=status, lines=goods)


def _shipped(external_id: str, lines: Sequence[Line], parts: Sequence[Shipment]) -> Shipment:
    numbers = [package.tracking_number for part in parts for package in part.packages if package.tracking_number]
    return Shipment(
        external_id=external_id,
        number=external_id,
        status=ShipmentStatus.IN_TRANSIT,
        lines=tuple(map(_goods, lines)),
        packages=tuple(Package(tracking_number=each, status=ShipmentStatus.IN_TRANSIT) for each in numbers[:1]),
    )


def _goods(line: Line) -> GoodsLine:
    return GoodsLine(quantity=line.quantity.current or Decimal(0), sku=line.sku, line_id=line.external_id)
