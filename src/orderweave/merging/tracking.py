"""From a merged order to what a guest may see of it. What is not named here is not in the answer."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

import msgspec

from orderweave.merging.pickups import Fetched, Pickups
from orderweave.model.order import LineQuantity, Order, Package, Shipment
from orderweave.model.tracking import (
    MilestoneKind,
    TrackedEvent,
    TrackedFreshness,
    TrackedGoods,
    TrackedLine,
    TrackedMilestone,
    TrackedOrder,
    TrackedPackage,
    TrackedPickup,
    TrackedShipment,
    TrackingAccess,
)
from orderweave_sdk.records import Eta, ShipmentStatus

# Schema coordinates of all that is read of an order here.
TRACKED_COORDINATES = (
    "Order.number",
    "Order.placedAt",
    "Order.canceledAt",
    "Order.status",
    "Order.fulfillmentStatus",
    "Order.lines",
    "LineQuantities.shipped",
    "Order.fulfillmentOrders",
    "Order.shipments",
    "Shipment.deliveredAt",
    "Package.events",
    "Package.onTime",
)
_EVENTS = {
    ShipmentStatus.OUT_FOR_DELIVERY: MilestoneKind.OUT_FOR_DELIVERY,
    ShipmentStatus.AVAILABLE_FOR_PICKUP: MilestoneKind.AVAILABLE_FOR_PICKUP,
}
_WEB = ("https://", "http://")


def tracked(order: Order, access: TrackingAccess) -> TrackedOrder:
    """The guest's view of an order; shipments that travel back are left out, and so is what came back of a line."""
    shipments = [shipment for shipment in order.shipments if not shipment.is_return]
    pickups = Pickups(order, shipments)
    no_parcels = {shipment.id for shipment in pickups.shipments}
    titles = {line.id: line.title or line.sku for line in order.order_lines}
    return TrackedOrder(
        number=order.number,
        placed_at=order.placed_at,
        status=order.status,
        fulfillment_status=order.fulfillment_status,
        lines=tuple(
            TrackedLine(
                title=line.title,
                sku=line.sku,
                quantity=msgspec.structs.replace(line.quantity, returned=None),
                to_come=pickups.to_come(line),
            )
            for line in order.order_lines
        ),
        shipments=tuple(_shipment(shipment, titles, is_pickup=shipment.id in no_parcels) for shipment in shipments),
        pickups=tuple(_pickup(fetched, titles) for fetched in pickups.fetched()),
        milestones=_milestones(order, shipments),
        freshness=TrackedFreshness(
            as_of=order.freshness.as_of,
            stale=order.freshness.stale,
            incomplete=bool(order.freshness.missing),
        ),
        access=access,
    )


def _shipment(shipment: Shipment, titles: Mapping[str, str | None], *, is_pickup: bool) -> TrackedShipment:
    return TrackedShipment(
        id=hashlib.sha256(shipment.id.encode()).hexdigest()[:16],
        status=shipment.status,
        shipped_at=shipment.shipped_at,
        delivered_at=shipment.delivered_at,
        is_pickup=is_pickup,
        lines=_goods(shipment.lines, titles),
        packages=tuple(_package(package, titles) for package in shipment.packages),
    )


def _package(package: Package, titles: Mapping[str, str | None]) -> TrackedPackage:
    url, eta = package.tracking_url, package.eta
    return TrackedPackage(
        carrier=package.carrier,
        tracking_number=package.tracking_number,
        # A guest's browser follows it: no script, and no scheme that opens something else.
        tracking_url=url if url is not None and url.lower().startswith(_WEB) else None,
        status=package.status,
        promised_by=package.promised_by,
        eta=Eta(from_=eta.from_, to=eta.to) if eta is not None else None,
        on_time=package.on_time,
        lines=_goods(package.lines, titles) if package.lines is not None else None,
        events=tuple(
            TrackedEvent(
                occurred_at=event.occurred_at, status=event.status, message=event.message, location=event.location
            )
            for event in package.events
        ),
    )


def _pickup(fetched: Fetched, titles: Mapping[str, str | None]) -> TrackedPickup:
    planned = fetched.planned
    return TrackedPickup(
        status=planned.status,
        state=fetched.state,
        method=planned.method,
        location=planned.location.name if planned.location is not None else None,
        ready_by=planned.fulfill_by,
        lines=_goods(planned.lines, titles),
    )


def _goods(lines: Iterable[LineQuantity], titles: Mapping[str, str | None]) -> tuple[TrackedGoods, ...]:
    return tuple(
        TrackedGoods(title=titles.get(line.line_id or "") or line.sku, quantity=line.quantity) for line in lines
    )


def _milestones(order: Order, shipments: Iterable[Shipment]) -> tuple[TrackedMilestone, ...]:
    """Each step once for each instant, oldest first."""
    made = {(moment, kind) for kind, moment in _steps(order, shipments) if moment is not None}
    return tuple(TrackedMilestone(kind=kind, occurred_at=moment) for moment, kind in sorted(made, key=_place))


def _steps(order: Order, shipments: Iterable[Shipment]) -> Iterator[tuple[MilestoneKind, datetime | None]]:
    yield MilestoneKind.PLACED, order.placed_at
    yield MilestoneKind.CANCELED, order.canceled_at
    for shipment in shipments:
        yield MilestoneKind.SHIPPED, shipment.shipped_at
        yield MilestoneKind.DELIVERED, shipment.delivered_at
        for package in shipment.packages:
            first: dict[MilestoneKind, datetime] = {}
            for event in package.events:
                kind = _EVENTS.get(event.status)
                if kind is not None:
                    first[kind] = min(event.occurred_at, first.get(kind, event.occurred_at))
            yield from first.items()


_ORDER = tuple(MilestoneKind)


def _place(step: tuple[datetime, MilestoneKind]) -> tuple[datetime, int]:
    moment, kind = step
    return moment, _ORDER.index(kind)
