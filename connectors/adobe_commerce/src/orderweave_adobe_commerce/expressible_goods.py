"""What is left of lines, shipments and returns when Adobe Commerce says them: shipments without a course."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from orderweave_sdk.records import (
    Axis,
    Carrier,
    Discount,
    Fulfillment,
    GoodsLine,
    Line,
    Money,
    OrderRecord,
    Package,
    Place,
    Progress,
    Quantities,
    Return,
    ReturnLine,
    ReturnStatus,
    Shipment,
    ShipmentStatus,
    StatusWord,
)

ZERO = Decimal(0)

# The nearest status of a return; all canceled ones read as closed.
RMA_STATUSES: Mapping[ReturnStatus, tuple[str, ReturnStatus]] = {
    ReturnStatus.REQUESTED: ("pending", ReturnStatus.REQUESTED),
    ReturnStatus.OPEN: ("authorized", ReturnStatus.OPEN),
    ReturnStatus.PARTIALLY_RECEIVED: ("received_on_item", ReturnStatus.PARTIALLY_RECEIVED),
    ReturnStatus.RECEIVED: ("received", ReturnStatus.RECEIVED),
    ReturnStatus.CLOSED: ("processed_closed", ReturnStatus.CLOSED),
    ReturnStatus.DECLINED: ("denied", ReturnStatus.DECLINED),
    ReturnStatus.CANCELED: ("closed", ReturnStatus.CLOSED),
    ReturnStatus.UNKNOWN: ("pending", ReturnStatus.REQUESTED),
}
_OVER = (ReturnStatus.CLOSED, ReturnStatus.DECLINED)


def whole_seconds(moment: datetime | None) -> datetime | None:
    """A moment as it is kept."""
    return None if moment is None else moment.replace(microsecond=0)


def expressible_line(line: Line, currency: str) -> Line:
    """Lines with a quantity, one discount and no taxes of their own."""
    quantity = line.quantity
    canceled = quantity.canceled or ZERO
    ordered = quantity.ordered
    if ordered is None:
        ordered = (quantity.current or ZERO) + canceled
    if quantity.canceled is None and quantity.current is not None:
        canceled = ordered - quantity.current
    discount = sum((item.amount.amount for item in line.discounts if item.amount), ZERO)
    said = bool(discount) and line.total is not None
    return Line(
        external_id=line.external_id,
        sku=line.sku or None,
        title=line.title or None,
        quantity=Quantities(ordered=ordered, canceled=canceled, current=ordered - canceled),
        unit_price=line.unit_price,
        total=line.total,
        discounts=(Discount(title="Discount", amount=Money(discount, currency)),) if said else (),
    )


def expressible_fulfillment(order: OrderRecord, lines: Sequence[Line]) -> Fulfillment:
    """Goods that have left, parcel by parcel; what only waits is no shipment yet, and what comes back is a return."""
    said = order.fulfillment or Fulfillment()
    gone = [item for item in said.shipments if item.shipped_at is not None and not item.is_return]
    by_id = {line.external_id: line for line in lines}
    return Fulfillment(
        shipments=tuple(_shipment(item, by_id) for item in gone),
        progress=tuple(
            Progress(sku=line.sku, line_id=line.external_id, backordered=entry.backordered)
            for entry in said.progress
            if entry.backordered and (line := by_id.get(entry.line_id or "")) is not None and line.sku
        ),
    )


def _shipment(item: Shipment, by_id: Mapping[str, Line]) -> Shipment:
    return Shipment(
        external_id=item.external_id,
        number=item.number or None,
        status=ShipmentStatus.UNKNOWN,
        location=Place(external_id=item.location.external_id) if item.location else None,
        shipped_at=whole_seconds(item.shipped_at),
        lines=tuple(
            GoodsLine(quantity=goods.quantity, sku=line.sku, line_id=line.external_id)
            for goods in item.lines
            if (line := by_id.get(goods.line_id or "")) is not None
        ),
        packages=tuple(
            Package(
                external_id=package.external_id,
                carrier=_carrier(package.carrier),
                tracking_number=package.tracking_number or None,
            )
            for package in item.packages
        ),
    )


def _carrier(carrier: Carrier | None) -> Carrier | None:
    if carrier is None or not (carrier.code or carrier.name):
        return None
    return Carrier(code=carrier.code or None, name=carrier.name or None)


def shipped_of(fulfillment: Fulfillment) -> dict[str, Decimal]:
    """The shipped quantity of each line."""
    found: dict[str, Decimal] = {}
    for shipment in fulfillment.shipments:
        for goods in shipment.lines:
            if goods.line_id is not None:
                found[goods.line_id] = found.get(goods.line_id, ZERO) + goods.quantity
    return found


def fulfillment_meaning(state: str, lines: Sequence[Line], fulfillment: Fulfillment) -> str:
    """What the state or the quantities come to."""
    if state in ("holded", "canceled"):
        return "ON_HOLD" if state == "holded" else "CANCELED"
    if not lines:
        return "NOT_REQUIRED"
    shipped = shipped_of(fulfillment)
    open_lines = [line for line in lines if (line.quantity.current or ZERO) > shipped.get(line.external_id, ZERO)]
    if not open_lines:
        return "FULFILLED" if any(shipped.values()) else "CANCELED"
    return "PARTIALLY_FULFILLED" if any(shipped.values()) else "UNFULFILLED"


def expressible_returns(returns: Iterable[Return], lines: Sequence[Line]) -> tuple[Return, ...]:
    """Returns of whole pieces of the order's own lines."""
    by_id = {line.external_id: line for line in lines}
    return tuple(
        Return(
            external_id=item.external_id,
            status=RMA_STATUSES[item.status][1],
            number=item.number or None,
            created_at=whole_seconds(item.created_at),
            lines=tuple(
                ReturnLine(
                    sku=line.sku,
                    line_id=line.external_id,
                    quantity=Decimal(int(entry.quantity)),
                    reason=entry.reason or None,
                )
                for entry in item.lines
                if (line := by_id.get(entry.line_id or "")) is not None
            ),
        )
        for item in returns
    )


def return_words(returns: Sequence[Return]) -> tuple[StatusWord, ...]:
    """One word for all returns: the last that goes on, else the last."""
    going_on = [item for item in returns if item.status not in _OVER]
    chosen = next(reversed(going_on or list(returns)), None)
    return () if chosen is None else (StatusWord(Axis.RETURN, "", chosen.status, ""),)
