"""What Fluent can say of goods: fulfilments, each the plan of one place and the parcels that came of it."""

from __future__ import annotations

from collections import Counter
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
    Line,
    LocationKind,
    OrderRecord,
    Package,
    Place,
    Quantities,
    Shipment,
    ShipmentStatus,
    TrackingEvent,
)

KINDS = (LocationKind.WAREHOUSE, LocationKind.STORE)
# The word of a plan of which nothing was packed.
_RAW_OF_PLAN = {
    FulfillmentOrderStatus.RELEASED: "AWAITING_WAVE",
    FulfillmentOrderStatus.PICKING: "ASSIGNED",
    FulfillmentOrderStatus.PACKED: "FULFILLED",
    FulfillmentOrderStatus.CLOSED: "COMPLETE",
    FulfillmentOrderStatus.ON_HOLD: "ESCALATED",
    FulfillmentOrderStatus.REJECTED: "REJECTED",
    FulfillmentOrderStatus.CANCELED: "CANCELLED",
}
_STATUS_OF_RAW = {
    "CREATED": FulfillmentOrderStatus.OPEN,
    "AWAITING_WAVE": FulfillmentOrderStatus.RELEASED,
    "ASSIGNED": FulfillmentOrderStatus.PICKING,
    "FULFILLED": FulfillmentOrderStatus.PACKED,
    "COMPLETE": FulfillmentOrderStatus.CLOSED,
    "ESCALATED": FulfillmentOrderStatus.ON_HOLD,
    "REJECTED": FulfillmentOrderStatus.REJECTED,
    "CANCELLED": FulfillmentOrderStatus.CANCELED,
}
_WAITING = (ShipmentStatus.PENDING, ShipmentStatus.UNKNOWN)
_ORDER_OF = (ShipmentStatus.PENDING, ShipmentStatus.LABEL_CREATED, ShipmentStatus.PICKED_UP)


class Leg(msgspec.Struct, frozen=True, kw_only=True):
    """One fulfilment: what it asks for and what it filled, by the order's lines, and what was packed of it."""

    external_id: str
    raw_status: str
    location: Place | None
    method: DeliveryMethod
    fulfill_by: datetime | None
    requested: Mapping[str, int]
    filled: Mapping[str, int]
    shipment: Shipment | None
    skus: Mapping[str, str]


def legs(record: OrderRecord) -> tuple[Leg, ...]:
    """The fulfilments of an order: its plans, each with a shipment of its place, and one for each further shipment.

    An order without plans has one for what no shipment holds.
    """
    goods = record.fulfillment or Fulfillment()
    skus = {line.external_id: sku_of(line) for line in record.lines or ()}
    left = [shipment for shipment in goods.shipments if not shipment.is_return]
    pairs: list[tuple[FulfillmentOrder | None, Shipment | None]] = []
    for plan in goods.fulfillment_orders:
        shipment = next((each for each in left if _place_id(each.location) == _place_id(plan.location)), None)
        if shipment is not None:
            left.remove(shipment)
        pairs.append((plan, shipment))
    pairs += [(None, shipment) for shipment in left]
    found = [_leg(plan, shipment, record, skus) for plan, shipment in pairs]
    if goods.fulfillment_orders:
        return tuple(_without(leg, left, record) for leg in found)
    rest = Counter({line.external_id: pieces(line.quantity) for line in record.lines or ()})
    for leg in found:
        rest.subtract(leg.requested)
    waiting = {line: count for line, count in rest.items() if count > 0}
    if waiting or not found:
        found.append(_rest(record, waiting, skus))
    return tuple(found)


def sku_of(line: Line) -> str:
    """A product always has a reference."""
    return line.sku or line.external_id


def pieces(quantity: Quantities) -> int:
    """How many are wanted now."""
    return int(quantity.current if quantity.current is not None else quantity.ordered or 0)


def sent(found: Iterable[Leg]) -> int:
    """Pieces in fulfilments that are complete."""
    return sum(sum(leg.filled.values()) for leg in found if leg.raw_status == "COMPLETE")


def place_as_said(place: Place) -> Place:
    """A location; of types only these two mean something to everybody."""
    return Place(
        external_id=place.external_id,
        name=place.name or None,
        kind=place.kind if place.kind in KINDS else LocationKind.UNKNOWN,
    )


def _leg(plan: FulfillmentOrder | None, shipment: Shipment | None, record: OrderRecord, skus: Mapping[str, str]) -> Leg:
    packed = _by_line(shipment.lines, record) if shipment else {}
    wanted = _by_line(plan.lines, record) if plan else packed
    raw = _raw(plan, shipment)
    holder = plan or shipment
    assert holder is not None  # one of the two is there
    return Leg(
        external_id=holder.external_id,
        raw_status=raw,
        location=place_as_said(holder.location) if holder.location else None,
        method=plan.method if plan and plan.method is DeliveryMethod.STORE_PICKUP else DeliveryMethod.SHIPPING,
        fulfill_by=plan.fulfill_by if plan else None,
        requested=wanted,
        filled=packed if shipment else wanted if raw in ("COMPLETE", "FULFILLED") else {},
        shipment=shipment,
        skus=skus,
    )


def _raw(plan: FulfillmentOrder | None, shipment: Shipment | None) -> str:
    if plan is not None and plan.status is FulfillmentOrderStatus.CANCELED:
        return "CANCELLED"
    if shipment is None:
        return _RAW_OF_PLAN.get(plan.status, "CREATED") if plan else "CREATED"
    if shipment.status is ShipmentStatus.CANCELED:
        return "CANCELLED"
    return "COMPLETE" if _least(_parcels(shipment)) is ShipmentStatus.PICKED_UP else "FULFILLED"


def _without(leg: Leg, further: Sequence[Shipment], record: OrderRecord) -> Leg:
    """A plan without what further shipments of its place hold: those are fulfilments of their own."""
    if leg.external_id in {shipment.external_id for shipment in further}:
        return leg
    elsewhere: Counter[str] = Counter()
    for shipment in further:
        if _place_id(shipment.location) == _place_id(leg.location):
            elsewhere.update(_by_line(shipment.lines, record))
    wanted = {line: count - elsewhere[line] for line, count in leg.requested.items() if count > elsewhere[line]}
    filled = {line: min(count, wanted.get(line, 0)) for line, count in leg.filled.items() if wanted.get(line)}
    return msgspec.structs.replace(leg, requested=wanted, filled=leg.filled if leg.shipment else filled)


def _rest(record: OrderRecord, waiting: Mapping[str, int], skus: Mapping[str, str]) -> Leg:
    canceled = any(word.normalized == "CANCELED" for word in record.statuses)
    return Leg(
        external_id=f"9{record.external_id}",
        raw_status="CANCELLED" if canceled else "CREATED",
        location=None,
        method=DeliveryMethod.SHIPPING,
        fulfill_by=None,
        requested=waiting,
        filled={},
        shipment=None,
        skus=skus,
    )


def _place_id(place: Place | None) -> str | None:
    return place.external_id if place else None


def _by_line(goods: Iterable[GoodsLine], record: OrderRecord) -> dict[str, int]:
    """So many of each of the order's lines: the one named, or the first of that SKU."""
    found: dict[str, int] = {}
    for each in goods:
        named = each.line_id or next(
            (line.external_id for line in record.lines or () if each.sku and line.sku == each.sku), None
        )
        if named is not None and int(each.quantity):
            found[named] = found.get(named, 0) + int(each.quantity)
    return found


def goods_lines(counts: Mapping[str, int], skus: Mapping[str, str]) -> tuple[GoodsLine, ...]:
    """Counts by line as goods."""
    return tuple(
        GoodsLine(quantity=Decimal(count), sku=skus.get(line), line_id=line) for line, count in counts.items() if count
    )


def plan_as_said(leg: Leg) -> FulfillmentOrder:
    """The plan of one place."""
    return FulfillmentOrder(
        external_id=leg.external_id,
        status=_STATUS_OF_RAW[leg.raw_status],
        location=leg.location,
        method=leg.method,
        fulfill_by=leg.fulfill_by,
        lines=goods_lines(leg.requested, leg.skus),
    )


def shipment_as_said(leg: Leg) -> Shipment:
    """What one place packed, under the fulfilment's id; nothing tells when it left."""
    shipment = leg.shipment
    assert shipment is not None  # the caller has looked
    packages = parcels_as_said(shipment)
    return Shipment(
        external_id=leg.external_id,
        status=_least(packages),
        location=leg.location,
        lines=goods_lines(leg.filled, leg.skus),
        packages=packages,
    )


def _parcels(shipment: Shipment) -> tuple[Package, ...]:
    """A shipment without parcels is one parcel of which nothing is known but that."""
    return shipment.packages or (Package(status=shipment.status),)


def parcels_as_said(shipment: Shipment) -> tuple[Package, ...]:
    """The parcels of a shipment, each with an id and one event: its booking."""
    voided = shipment.status is ShipmentStatus.CANCELED
    return tuple(_parcel(package, shipment, n, voided=voided) for n, package in enumerate(_parcels(shipment), start=1))


def _parcel(package: Package, shipment: Shipment, n: int, *, voided: bool) -> Package:
    code = package.carrier and (package.carrier.code or package.carrier.name)
    booked = _booked_at(package, shipment) if is_booked(package) else None
    return Package(
        external_id=package.external_id or f"8{shipment.external_id}{n}",
        carrier=Carrier(code=code.lower(), name=(package.carrier and package.carrier.name) or code) if code else None,
        tracking_number=package.tracking_number or None,
        status=ShipmentStatus.CANCELED if voided else milestone(package),
        events=(TrackingEvent(occurred_at=booked, status=ShipmentStatus.LABEL_CREATED),) if booked else (),
    )


def is_booked(package: Package) -> bool:
    """Whether a carrier knows of the parcel."""
    return bool(package.tracking_number or package.carrier)


def milestone(package: Package) -> ShipmentStatus:
    """Fluent knows parcels that wait, that are booked, and that were handed over; nothing of what comes then."""
    status = package.status
    waiting_here = status is ShipmentStatus.AVAILABLE_FOR_PICKUP and not is_booked(package)
    if status in _WAITING or waiting_here:
        return ShipmentStatus.PENDING
    return status if status in (ShipmentStatus.LABEL_CREATED, ShipmentStatus.CANCELED) else ShipmentStatus.PICKED_UP


def _booked_at(package: Package, shipment: Shipment) -> datetime | None:
    made = (event.occurred_at for event in package.events or () if event.status is ShipmentStatus.LABEL_CREATED)
    return next(made, shipment.shipped_at)


def _least(packages: Sequence[Package]) -> ShipmentStatus:
    going = [milestone(package) for package in packages if package.status is not ShipmentStatus.CANCELED]
    return min(going, key=_ORDER_OF.index, default=ShipmentStatus.CANCELED)
