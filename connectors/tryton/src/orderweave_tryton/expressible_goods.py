"""What Tryton can say of goods on their way: every shipment is plan and fact in one, the rest is planned. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
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
    Shipment,
    ShipmentStatus,
)

_PACKED = frozenset({ShipmentStatus.PENDING, ShipmentStatus.LABEL_CREATED})
_PLANS = {
    FulfillmentOrderStatus.ALLOCATED: FulfillmentOrderStatus.ALLOCATED,
    FulfillmentOrderStatus.RELEASED: FulfillmentOrderStatus.ALLOCATED,
    FulfillmentOrderStatus.PICKING: FulfillmentOrderStatus.PICKING,
    FulfillmentOrderStatus.PACKED: FulfillmentOrderStatus.PACKED,
    FulfillmentOrderStatus.REJECTED: FulfillmentOrderStatus.CANCELED,
    FulfillmentOrderStatus.CANCELED: FulfillmentOrderStatus.CANCELED,
}
# What a plan's carrier is called where the record says only that goods are shipped.
SOME_CARRIER = Carrier(name="Carrier")


class Outgoing(msgspec.Struct, frozen=True, kw_only=True):
    """One stock.shipment.out in our words: the plan, and the fact where the goods are packed or gone."""

    plan: FulfillmentOrder
    fact: Shipment | None

    @property
    def carrier(self) -> Carrier | None:
        """Who carries it: Tryton keeps one carrier a shipment."""
        packages = self.fact.packages if self.fact else ()
        known = next((package.carrier for package in packages if package.carrier), None)
        return known or (SOME_CARRIER if self.plan.method is DeliveryMethod.SHIPPING else None)


def told_fulfillment(fulfillment: Fulfillment | None, lines: set[str], *, canceled: bool) -> Fulfillment:
    """The fulfillment as Tryton can tell it; a canceled sale without shipments has no plan either."""
    found = outgoing(fulfillment or Fulfillment(), lines)
    if canceled and not any(each.fact for each in found):
        found = []
    return Fulfillment(
        fulfillment_orders=tuple(each.plan for each in found),
        shipments=tuple(each.fact for each in found if each.fact),
    )


def outgoing(fulfillment: Fulfillment, lines: set[str]) -> list[Outgoing]:
    """Every stock.shipment.out that the fulfillment takes, by id: one a shipment, one a plan's unshipped rest."""
    plans = {plan.external_id: plan for plan in fulfillment.fulfillment_orders}
    facts = [shipment for shipment in fulfillment.shipments if not shipment.is_return]
    found = [_sent(shipment, plans, lines) for shipment in facts]
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


def _sent(shipment: Shipment, plans: Mapping[str, FulfillmentOrder], lines: set[str]) -> Outgoing:
    canceled, packed = shipment.status is ShipmentStatus.CANCELED, shipment.status in _PACKED
    status = FulfillmentOrderStatus.PACKED if packed else FulfillmentOrderStatus.CLOSED
    own = plans.get(shipment.external_id)
    pickup = any(plan.method is DeliveryMethod.STORE_PICKUP for plan in ([own] if own else plans.values()))
    carrier = next((package.carrier for package in shipment.packages if package.carrier), None)
    shipped_to = DeliveryMethod.SHIPPING if carrier or (own and own.method is DeliveryMethod.SHIPPING) else None
    plan = FulfillmentOrder(
        external_id=shipment.external_id,
        status=FulfillmentOrderStatus.CANCELED if canceled else status,
        location=_place(shipment.location),
        method=DeliveryMethod.STORE_PICKUP if pickup else shipped_to or DeliveryMethod.UNKNOWN,
        lines=_goods(shipment.lines, lines),
    )
    return Outgoing(plan=plan, fact=None if canceled else _fact(shipment, plan, carrier, packed=packed))


def _planned(plan: FulfillmentOrder, rest: Sequence[GoodsLine], lines: set[str]) -> Outgoing:
    pickup, shipped = DeliveryMethod.STORE_PICKUP, DeliveryMethod.SHIPPING
    told = FulfillmentOrder(
        external_id=plan.external_id,
        status=_PLANS.get(plan.status, FulfillmentOrderStatus.OPEN),
        location=_place(plan.location),
        method=plan.method if plan.method in (pickup, shipped) else DeliveryMethod.UNKNOWN,
        lines=_goods(rest, lines),
    )
    if told.status is not FulfillmentOrderStatus.PACKED:
        return Outgoing(plan=told, fact=None)
    packed = Shipment(
        external_id=plan.external_id, status=ShipmentStatus.PENDING, location=plan.location, lines=tuple(rest)
    )
    return Outgoing(plan=told, fact=_fact(packed, told, None, packed=True))


def _fact(shipment: Shipment, plan: FulfillmentOrder, carrier: Carrier | None, *, packed: bool) -> Shipment:
    status = ShipmentStatus.PENDING if packed else ShipmentStatus.PICKED_UP
    said = carrier or (SOME_CARRIER if plan.method is DeliveryMethod.SHIPPING else None)
    packages = [
        Package(
            external_id=package.external_id or f"{shipment.external_id}{position:02d}",
            carrier=said,
            tracking_number=package.tracking_number,
            status=status,
        )
        for position, package in enumerate(shipment.packages)
    ]
    return Shipment(
        external_id=shipment.external_id,
        number=shipment.number,
        status=status,
        location=plan.location,
        lines=plan.lines,
        packages=tuple(sorted(packages, key=lambda package: int(package.external_id or 0))),
    )


def _place(place: Place | None) -> Place | None:
    """A place; Tryton knows warehouses only."""
    return place and Place(external_id=place.external_id, name=place.name, kind=LocationKind.WAREHOUSE)


def _goods(goods: Iterable[GoodsLine], lines: set[str]) -> tuple[GoodsLine, ...]:
    """Goods in order of the sale's lines; a line that the sale does not have is not named."""
    known = [line if line.line_id in lines else msgspec.structs.replace(line, line_id=None) for line in goods]
    return tuple(sorted(known, key=lambda line: int(line.line_id or 0)))
