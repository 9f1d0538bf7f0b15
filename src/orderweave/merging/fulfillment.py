"""Shipments of several systems as one list, each shipment once, each package with all that is known of it.

The most believed system's shipments stand. Another's are added only when they are surely others: by a tracking
number that the believed one does not have, or by a place that it does not ship from. A shipment that may be the
same is never counted twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal

from orderweave.merging.contest import Members
from orderweave.merging.lines import LineIndex, has_left
from orderweave.merging.places import Places
from orderweave.model.ids import encode_id
from orderweave.model.order import FulfillmentOrder, LineQuantity, Package, Shipment
from orderweave.model.parcels import tidy_tracking
from orderweave.model.provenance import Fetched
from orderweave.planning.authority import Aspect
from orderweave_sdk.records import (
    Fulfillment,
    FulfillmentOrderStatus,
    FulfillmentStatus,
    ShipmentStatus,
    SystemKind,
    TrackingEvent,
)
from orderweave_sdk.records import Package as PackageRecord
from orderweave_sdk.records import Shipment as ShipmentRecord

# How far along each milestone is; a lower one never overwrites a higher one.
_PROGRESS: dict[ShipmentStatus, int] = {
    ShipmentStatus.UNKNOWN: 0,
    ShipmentStatus.PENDING: 1,
    ShipmentStatus.LABEL_CREATED: 2,
    ShipmentStatus.PICKED_UP: 3,
    ShipmentStatus.IN_TRANSIT: 4,
    ShipmentStatus.DELAYED: 5,
    ShipmentStatus.EXCEPTION: 5,
    ShipmentStatus.OUT_FOR_DELIVERY: 6,
    ShipmentStatus.ATTEMPTED_DELIVERY: 7,
    ShipmentStatus.AVAILABLE_FOR_PICKUP: 7,
    ShipmentStatus.CANCELED: 8,
    ShipmentStatus.EXPIRED: 8,
    ShipmentStatus.LOST: 8,
    ShipmentStatus.DELIVERED: 9,
    ShipmentStatus.RETURNING: 10,
    ShipmentStatus.RETURNED: 11,
}
# What an order's word about deliveries is worth while no shipment of it is delivered.
_UNWITNESSED = {
    FulfillmentStatus.DELIVERED: FulfillmentStatus.FULFILLED,
    FulfillmentStatus.PARTIALLY_DELIVERED: FulfillmentStatus.PARTIALLY_FULFILLED,
}


class Goods:
    """The merged shipments and fulfillment orders, and who spoke of the whole order."""

    def __init__(
        self,
        members: Members,
        index: LineIndex,
        places: Places,
        kinds: Mapping[str, SystemKind],
        order_key: tuple[str, str],
    ) -> None:
        self._members = members
        self._index = index
        self._places = places
        self._kinds = kinds
        self._order_key = order_key
        self.known = any(fetched.record.fulfillment is not None for fetched in members.ranked(Aspect.FULFILLMENT))
        self._taken = self._choose()
        self._packages = self._pool()
        self.shipments = tuple(self._shipment(fetched, shipment) for fetched, shipment in self._taken)
        self.fulfillment_orders = self._fulfillment_orders()

    def speaking(self) -> frozenset[str]:
        """The systems whose fulfillment word covers the whole order.

        A warehouse's does not where goods are planned from several places or left by another's account too.
        """
        taken_by = {fetched.system for fetched, _ in self._taken}
        planned_from = {order.location.id for order in self.fulfillment_orders if order.location}
        if len(taken_by) <= 1 and len(planned_from) <= 1:
            return frozenset(fetched.system for fetched in self._members.ranked(Aspect.FULFILLMENT))
        return frozenset(
            fetched.system
            for fetched in self._members.ranked(Aspect.FULFILLMENT)
            if self._kinds[fetched.system] not in (SystemKind.WMS, SystemKind.CARRIER)
        )

    def status(self, word: FulfillmentStatus) -> FulfillmentStatus:
        """The order's fulfillment: by quantities where a plan states them, else the believed word.

        A connector says DELIVERED of a shipment for what a carrier, a proof of delivery or a collection witnessed
        (`ShipmentStatus`), whatever its system's kind. An order's word has no such witness: it is delivered when every
        shipment is.
        """
        outgoing = [
            shipment
            for shipment in self.shipments
            if not shipment.is_return and shipment.status is not ShipmentStatus.CANCELED
        ]
        planned = sum(
            (
                line.quantity
                for order in self.fulfillment_orders
                if order.status not in (FulfillmentOrderStatus.CANCELED, FulfillmentOrderStatus.REJECTED)
                for line in order.lines
            ),
            Decimal(0),
        )
        sent = sum((line.quantity for shipment in filter(has_left, outgoing) for line in shipment.lines), Decimal(0))
        if planned > 0 and sent > 0:
            word = FulfillmentStatus.FULFILLED if sent >= planned else FulfillmentStatus.PARTIALLY_FULFILLED
        delivered = [shipment for shipment in outgoing if shipment.status is ShipmentStatus.DELIVERED]
        if word in (FulfillmentStatus.FULFILLED, FulfillmentStatus.DELIVERED) and outgoing:
            if len(delivered) == len(outgoing):
                return FulfillmentStatus.DELIVERED
            return FulfillmentStatus.PARTIALLY_DELIVERED if delivered else FulfillmentStatus.FULFILLED
        return word if delivered else _UNWITNESSED.get(word, word)

    def _choose(self) -> list[tuple[Fetched, ShipmentRecord]]:
        taken: list[tuple[Fetched, ShipmentRecord]] = []
        for fetched in self._members.ranked(Aspect.FULFILLMENT):
            if fetched.record.fulfillment is None or not fetched.record.keys:
                continue  # what has no key is a parcel, of a shipment that others tell
            # A system never tells one shipment twice, not even in two records of one order.
            before = [entry for entry in taken if entry[0].system != fetched.system]
            taken += [
                (fetched, shipment)
                for shipment in fetched.record.fulfillment.shipments
                if not before or self._is_another(fetched, shipment, before)
            ]
        return taken

    def _is_another(
        self, fetched: Fetched, shipment: ShipmentRecord, taken: list[tuple[Fetched, ShipmentRecord]]
    ) -> bool:
        known = {number for _, other in taken for number in _numbers(other)}
        numbers = _numbers(shipment)
        if numbers & known:
            return False
        same_way = [entry for entry in taken if entry[1].is_return == shipment.is_return]
        if not same_way:
            return True
        if self._elsewhere(fetched, shipment, same_way):
            return True
        return bool(numbers) and all(_numbers(other) for _, other in same_way)

    def _elsewhere(
        self, fetched: Fetched, shipment: ShipmentRecord, taken: list[tuple[Fetched, ShipmentRecord]]
    ) -> bool:
        """Whether the shipment left from a configured place from which none of those taken did."""
        here = self._configured_place(fetched, shipment)
        there = [self._configured_place(other, record) for other, record in taken]
        return here is not None and None not in there and here not in there

    def _configured_place(self, fetched: Fetched, shipment: ShipmentRecord) -> str | None:
        if shipment.location is None or not self._places.configured(fetched.system, shipment.location):
            return None
        location = self._places.location(fetched.system, shipment.location)
        return location.id if location else None

    def _pool(self) -> dict[str, list[tuple[Fetched, PackageRecord]]]:
        """Every package of every system by tracking number, most believed on tracking first."""
        pool: dict[str, list[tuple[Fetched, PackageRecord]]] = {}
        for fetched in self._members.ranked(Aspect.TRACKING):
            for shipment in fetched.record.fulfillment.shipments if fetched.record.fulfillment else ():
                for package in shipment.packages:
                    if package.tracking_number:
                        pool.setdefault(tidy_tracking(package.tracking_number), []).append((fetched, package))
        return pool

    def _shipment(self, fetched: Fetched, shipment: ShipmentRecord) -> Shipment:
        lines = tuple(self._index.goods(fetched.system, line) for line in shipment.lines)
        going = [package for package in shipment.packages if package.status is not ShipmentStatus.CANCELED]
        packages = tuple(
            # What left in one parcel is all in it.
            self._package(fetched, package, lines if going == [package] else None)
            for package in shipment.packages
        )
        status = _shipment_status(shipment, packages)
        delivered_at = shipment.delivered_at
        if delivered_at is None and status is ShipmentStatus.DELIVERED:
            delivered_at = max(
                (e.occurred_at for p in packages for e in p.events if e.status is ShipmentStatus.DELIVERED),
                default=None,
            )
        return Shipment(
            id=encode_id("Shipment", *self._order_key, fetched.system, shipment.external_id),
            number=shipment.number,
            status=status,
            raw_status=_own_word(status, (shipment, *packages)),
            location=self._places.location(fetched.system, shipment.location),
            shipped_at=shipment.shipped_at,
            delivered_at=delivered_at if status is ShipmentStatus.DELIVERED else None,
            is_return=shipment.is_return,
            lines=lines,
            packages=packages,
            source=fetched.system,
        )

    def _package(self, fetched: Fetched, package: PackageRecord, all_of_it: tuple[LineQuantity, ...] | None) -> Package:
        said = [(fetched, package)]
        if package.tracking_number:
            said = self._packages[tidy_tracking(package.tracking_number)]
        packages = [entry for _, entry in said]
        status = max((entry.status for _, entry in said), key=lambda word: _PROGRESS[word])
        events = _events(packages)
        promised = next((entry.promised_by for entry in packages if entry.promised_by), None)
        arrived = next((event.occurred_at for event in events if event.status is ShipmentStatus.DELIVERED), None)
        return Package(
            carrier=next((entry.carrier for entry in packages if entry.carrier), None),
            tracking_number=package.tracking_number,
            tracking_url=next((entry.tracking_url for entry in packages if entry.tracking_url), None),
            status=status,
            raw_status=_own_word(status, packages),
            eta=next((entry.eta for entry in packages if entry.eta), None),
            promised_by=promised,
            on_time=arrived <= promised if arrived and promised else None,
            last_checked_at=max(who.fetched_at for who, _ in said),
            lines=all_of_it or self._contents(said),
            events=events,
        )

    def _contents(self, said: Iterable[tuple[Fetched, PackageRecord]]) -> tuple[LineQuantity, ...] | None:
        """What is in a parcel, by the first who says so."""
        for fetched, package in said:
            if package.lines:
                return tuple(self._index.goods(fetched.system, line) for line in package.lines)
        return None

    def _fulfillment_orders(self) -> tuple[FulfillmentOrder, ...]:
        """The plan of the system that plans for the whole order: storefront or OMS before warehouse."""

        def planning(fetched: Fetched) -> Fulfillment | None:
            fulfillment = fetched.record.fulfillment
            return fulfillment if fulfillment is not None and fulfillment.fulfillment_orders else None

        return tuple(
            FulfillmentOrder(
                id=encode_id("FulfillmentOrder", fetched.system, order.external_id),
                status=order.status,
                raw_status=order.raw_status,
                location=self._places.location(fetched.system, order.location),
                method=order.method,
                fulfill_at=order.fulfill_at,
                fulfill_by=order.fulfill_by,
                lines=tuple(self._index.goods(fetched.system, line) for line in order.lines),
                holds=order.holds,
            )
            for fetched, fulfillment in self._members.leading(Aspect.HEADER, planning)
            for order in fulfillment.fulfillment_orders
        )


def _shipment_status(shipment: ShipmentRecord, packages: tuple[Package, ...]) -> ShipmentStatus:
    """The least advanced of its packages, for a shipment is there when all of it is; else its own word.

    A voided package is none. One that was lost or went back keeps the shipment from being delivered.
    """
    going = [package.status for package in packages if package.status is not ShipmentStatus.CANCELED]
    if not going and packages:
        return ShipmentStatus.CANCELED
    if going and ShipmentStatus.UNKNOWN not in going:
        undelivered = [status for status in going if status is not ShipmentStatus.DELIVERED]
        return min(undelivered, key=_PROGRESS.__getitem__, default=ShipmentStatus.DELIVERED)
    return shipment.status


def _own_word(status: ShipmentStatus, said: Iterable[ShipmentRecord | PackageRecord | Package]) -> str | None:
    """The raw word of the first of these that says the status itself and has one for it."""
    return next((entry.raw_status for entry in said if entry.status is status and entry.raw_status), None)


def _numbers(shipment: ShipmentRecord) -> set[str]:
    return {tidy_tracking(package.tracking_number) for package in shipment.packages if package.tracking_number}


def _events(packages: list[PackageRecord]) -> tuple[TrackingEvent, ...]:
    """All events in order of time; the same milestone at the same instant from two systems is one event."""
    found: dict[tuple[float, ShipmentStatus], TrackingEvent] = {}
    for package in packages:
        for event in package.events or ():
            found.setdefault((event.occurred_at.timestamp(), event.status), event)
    return tuple(sorted(found.values(), key=lambda event: (event.occurred_at, event.status)))
