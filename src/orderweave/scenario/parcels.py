"""Where a carrier takes part: every parcel as it knows it, and the others hearing of arrivals later than it.

Shops and warehouses are told of an arrival by the carrier, some time after. Without a carrier in the business nobody
knows better than they do, and the story is told without that delay.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

import msgspec

from orderweave_sdk.records import Fulfillment, OrderRecord, Package, Shipment, ShipmentStatus
from orderweave_sdk.testing.world import World

# How long others do not hear of an arrival. A parcel that arrived less long ago is still on its way to them.
LAG = timedelta(days=2)


def parcels(worlds: Iterable[World]) -> tuple[OrderRecord, ...]:
    """Every parcel once, as whoever tells most of it tells it."""
    return tuple(
        OrderRecord(
            external_id=number,
            keys=(),
            fulfillment=Fulfillment(
                shipments=(Shipment(external_id=number, status=package.status, packages=(package,)),)
            ),
        )
        for number, package in sorted(_best(worlds).items())
    )


def hearing_late(worlds: Mapping[str, World], *, carrier: str) -> dict[str, World]:
    """The worlds, in which nobody but the carrier has heard of what arrived lately."""
    best = _best((worlds[carrier],))
    now = max((event.occurred_at for package in best.values() for event in package.events or ()), default=None)
    if now is None:
        return dict(worlds)
    since = now - LAG
    late = {
        number: earlier
        for number, package in best.items()
        if (earlier := _before_arrival(package)) is not package
        and any(event.occurred_at > since for event in (package.events or ())[-1:])
    }
    return {
        name: world
        if name == carrier
        else msgspec.structs.replace(world, orders=tuple(_heard(order, late, since) for order in world.orders))
        for name, world in worlds.items()
    }


def _best(worlds: Iterable[World]) -> dict[str, Package]:
    best: dict[str, Package] = {}
    for world in worlds:
        for order in world.orders:
            for shipment in order.fulfillment.shipments if order.fulfillment else ():
                for package in shipment.packages:
                    number = package.tracking_number
                    if number and len(package.events or ()) >= len(
                        (best[number].events if number in best else ()) or ()
                    ):
                        best[number] = package
    return best


def _before_arrival(package: Package) -> Package:
    """The parcel as it was before it arrived; the same one where it has not."""
    events = tuple(event for event in package.events or () if event.status is not ShipmentStatus.DELIVERED)
    if package.status is not ShipmentStatus.DELIVERED or not events:
        return package
    return msgspec.structs.replace(package, status=events[-1].status, events=events)


def _heard(order: OrderRecord, late: Mapping[str, Package], since: datetime) -> OrderRecord:
    fulfillment = order.fulfillment
    if fulfillment is None or not any(
        package.tracking_number in late for shipment in fulfillment.shipments for package in shipment.packages
    ):
        return order
    shipments = tuple(_on_its_way(shipment, late) for shipment in fulfillment.shipments)
    timeline = order.timeline and tuple(
        each for each in order.timeline if each.kind != "DELIVERED" or each.occurred_at <= since
    )
    return msgspec.structs.replace(
        order, fulfillment=msgspec.structs.replace(fulfillment, shipments=shipments), timeline=timeline
    )


def _on_its_way(shipment: Shipment, late: Mapping[str, Package]) -> Shipment:
    """The shipment before the late ones among its parcels arrived. What a system never tells, it does not tell now."""
    known = [found for each in shipment.packages if (found := late.get(each.tracking_number or "")) is not None]
    if not known:
        return shipment
    arrived = shipment.status is ShipmentStatus.DELIVERED
    return msgspec.structs.replace(
        shipment,
        status=known[0].status if arrived else shipment.status,
        packages=tuple(_unheard(each, late.get(each.tracking_number or "")) for each in shipment.packages),
        delivered_at=None,
    )


def _unheard(package: Package, earlier: Package | None) -> Package:
    if earlier is None or package.status is not ShipmentStatus.DELIVERED:
        return package
    return msgspec.structs.replace(_before_arrival(package), status=earlier.status)
