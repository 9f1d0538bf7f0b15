"""What Odoo can say of goods on their way: every transfer is plan and fact in one, the rest is planned. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal

import msgspec

from orderweave_sdk.records import (
    Carrier,
    DeliveryMethod,
    Fulfillment,
    FulfillmentOrder,
    FulfillmentOrderStatus,
    GoodsLine,
    LocationKind,
    Package,
    Place,
    Return,
    ReturnLine,
    ReturnStatus,
    Shipment,
    ShipmentStatus,
)

_NOT_GONE = frozenset({ShipmentStatus.PENDING, ShipmentStatus.LABEL_CREATED, ShipmentStatus.AVAILABLE_FOR_PICKUP})
_PLANS = {
    FulfillmentOrderStatus.ALLOCATED: FulfillmentOrderStatus.ALLOCATED,
    FulfillmentOrderStatus.RELEASED: FulfillmentOrderStatus.ALLOCATED,
    FulfillmentOrderStatus.PICKING: FulfillmentOrderStatus.ALLOCATED,
    FulfillmentOrderStatus.PACKED: FulfillmentOrderStatus.ALLOCATED,
    FulfillmentOrderStatus.REJECTED: FulfillmentOrderStatus.CANCELED,
    FulfillmentOrderStatus.CANCELED: FulfillmentOrderStatus.CANCELED,
}
_RETURNS = {
    ReturnStatus.REQUESTED: ReturnStatus.REQUESTED,
    ReturnStatus.RECEIVED: ReturnStatus.RECEIVED,
    ReturnStatus.CLOSED: ReturnStatus.RECEIVED,
    ReturnStatus.DECLINED: ReturnStatus.CANCELED,
    ReturnStatus.CANCELED: ReturnStatus.CANCELED,
}
# What a plan's carrier is called where the record says only that goods are shipped.
_SOME_CARRIER = "Carrier"


class Outgoing(msgspec.Struct, frozen=True, kw_only=True):
    """One transfer that sends goods, in our words: the plan, the fact where they are gone, and the carrier's name."""

    plan: FulfillmentOrder
    fact: Shipment | None
    carrier: str | None


def promise(fulfillment: Fulfillment | None) -> datetime | None:
    """The order's one promise to the customer: the first that any of its packages has."""
    packages = (package for fact in (fulfillment or Fulfillment()).shipments for package in fact.packages)
    return next((_second(package.promised_by) for package in packages if package.promised_by), None)


def told_fulfillment(fulfillment: Fulfillment | None, lines: set[str], updated: datetime) -> Fulfillment:
    """The fulfillment as Odoo can tell it."""
    found = outgoing(fulfillment or Fulfillment(), lines, updated)
    return Fulfillment(
        fulfillment_orders=tuple(each.plan for each in found),
        shipments=tuple(each.fact for each in found if each.fact),
    )


def told_returns(returns: Sequence[Return] | None, lines: set[str], updated: datetime) -> tuple[Return, ...]:
    """The returns as Odoo can tell them; one of no goods is no transfer."""
    found = [
        Return(
            external_id=record.external_id,
            status=_RETURNS.get(record.status, ReturnStatus.OPEN),
            number=record.number or None,
            lines=tuple(
                ReturnLine(
                    sku=line.sku, line_id=line.line_id if line.line_id in lines else None, quantity=line.quantity
                )
                for line in record.lines
                if line.quantity > 0
            ),
            created_at=(record.created_at or updated).replace(microsecond=0),
        )
        for record in sorted(returns or (), key=lambda each: int(each.external_id))
    ]
    return tuple(record for record in found if record.lines)


def outgoing(fulfillment: Fulfillment, lines: set[str], updated: datetime) -> list[Outgoing]:
    """Every transfer that the fulfillment takes, by id: one a shipment, one a plan's rest that is not shipped."""
    plans = {plan.external_id: plan for plan in fulfillment.fulfillment_orders}
    facts = [shipment for shipment in fulfillment.shipments if not shipment.is_return]
    promised = promise(fulfillment)
    found = [_sent(shipment, plans, lines, updated, promised=promised) for shipment in facts]
    taken = {shipment.external_id for shipment in facts}
    shipped: dict[str, Decimal] = {}
    for shipment in facts:
        if shipment.external_id not in plans and shipment.status is not ShipmentStatus.CANCELED:
            for goods in shipment.lines:
                shipped[_what(goods)] = shipped.get(_what(goods), Decimal(0)) + goods.quantity
    for plan in plans.values():
        rest = () if plan.external_id in taken else tuple(_left(plan.lines, shipped))
        if rest and plan.status is not FulfillmentOrderStatus.CLOSED:
            found.append(_planned(plan, rest, lines))
    return sorted(found, key=lambda each: int(each.plan.external_id))


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


def _sent(
    shipment: Shipment,
    plans: Mapping[str, FulfillmentOrder],
    lines: set[str],
    updated: datetime,
    *,
    promised: datetime | None,
) -> Outgoing:
    canceled, waits = shipment.status is ShipmentStatus.CANCELED, shipment.status in _NOT_GONE
    own = plans.get(shipment.external_id)
    named = next((package.carrier.name for package in shipment.packages if package.carrier), None)
    shipped = own is not None and own.method is DeliveryMethod.SHIPPING
    carrier = named or (_SOME_CARRIER if shipped else None)
    status = FulfillmentOrderStatus.ALLOCATED if waits else FulfillmentOrderStatus.CLOSED
    plan = FulfillmentOrder(
        external_id=shipment.external_id,
        status=FulfillmentOrderStatus.CANCELED if canceled else status,
        location=_place(shipment.location),
        method=DeliveryMethod.SHIPPING if carrier else DeliveryMethod.UNKNOWN,
        fulfill_at=_second(own.fulfill_at) if own else None,
        fulfill_by=_second(own.fulfill_by) if own else None,
        lines=_goods(shipment.lines, lines),
    )
    fact = None if canceled or waits else _fact(shipment, plan, carrier, updated, promised=promised)
    return Outgoing(plan=plan, fact=fact, carrier=carrier)


def _planned(plan: FulfillmentOrder, rest: Sequence[GoodsLine], lines: set[str]) -> Outgoing:
    shipped = plan.method is DeliveryMethod.SHIPPING
    told = FulfillmentOrder(
        external_id=plan.external_id,
        status=_PLANS.get(plan.status, FulfillmentOrderStatus.OPEN),
        location=_place(plan.location),
        method=DeliveryMethod.SHIPPING if shipped else DeliveryMethod.UNKNOWN,
        fulfill_at=_second(plan.fulfill_at),
        fulfill_by=_second(plan.fulfill_by),
        lines=_goods(rest, lines),
    )
    return Outgoing(plan=told, fact=None, carrier=_SOME_CARRIER if shipped else None)


def _fact(
    shipment: Shipment, plan: FulfillmentOrder, carrier: str | None, updated: datetime, *, promised: datetime | None
) -> Shipment:
    numbers = dict.fromkeys(package.tracking_number for package in shipment.packages if package.tracking_number)
    return Shipment(
        external_id=shipment.external_id,
        number=shipment.number or None,
        status=ShipmentStatus.PICKED_UP,
        location=plan.location,
        shipped_at=(shipment.shipped_at or shipment.delivered_at or updated).replace(microsecond=0),
        lines=plan.lines,
        packages=tuple(
            Package(
                carrier=Carrier(name=carrier) if carrier else None,
                tracking_number=number,
                promised_by=promised,
                status=ShipmentStatus.PICKED_UP,
            )
            for number in numbers
        ),
    )


def _second(moment: datetime | None) -> datetime | None:
    """A moment in whole seconds."""
    return moment and moment.replace(microsecond=0)


def _place(place: Place | None) -> Place | None:
    """A place; Odoo knows warehouses only."""
    return place and Place(external_id=place.external_id, name=place.name, kind=LocationKind.WAREHOUSE)


def _goods(goods: Iterable[GoodsLine], lines: set[str]) -> tuple[GoodsLine, ...]:
    """Goods in order of the order's lines; a line that the order does not have is not named."""
    known = [line if line.line_id in lines else msgspec.structs.replace(line, line_id=None) for line in goods]
    return tuple(sorted((line for line in known if line.quantity), key=lambda line: int(line.line_id or 0)))
