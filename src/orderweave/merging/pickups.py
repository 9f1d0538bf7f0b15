"""What the customer fetches: where each pick-up stands, which shipments only speak of one, and what is to come besides.

Some systems write a shipment for goods that are picked up, as shops do. It has no tracking number, and what it says is
then said of the pick-up.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal

import msgspec

from orderweave.merging.lines import has_left
from orderweave.model.order import FulfillmentOrder, LineQuantity, Order, OrderLine, Shipment
from orderweave.model.tracking import PickupState
from orderweave_sdk.records import (
    DeliveryMethod,
    FulfillmentOrderStatus,
    FulfillmentStatus,
    OrderStatus,
    ShipmentStatus,
)

_FETCHED_BY_THE_CUSTOMER = frozenset(
    {DeliveryMethod.STORE_PICKUP, DeliveryMethod.CURBSIDE, DeliveryMethod.LOCKER, DeliveryMethod.PICKUP_POINT}
)
_GONE = frozenset({FulfillmentOrderStatus.CANCELED, FulfillmentOrderStatus.REJECTED})
_COLLECTED = frozenset({ShipmentStatus.PICKED_UP, ShipmentStatus.DELIVERED})
_READY = _COLLECTED | {ShipmentStatus.AVAILABLE_FOR_PICKUP}

_NONE = Decimal(0)

# Quantities by the order's line, or by the SKU of goods that belong to none.
Goods = Mapping[str, Decimal]


class Fetched(msgspec.Struct, frozen=True):
    """One pick-up and where it stands."""

    planned: FulfillmentOrder
    state: PickupState


class Pickups:
    """An order's pick-ups. `shipments` are its shipments without those that travel back.

    A shipment is a pick-up's when it has no number and no event, what is in it is to be fetched there, and nothing
    speaks against it: it left from another place; or, where the place does not decide, there are as many of these goods
    in the order as both together. Of several pick-ups that it may be of, none is told by it.
    """

    def __init__(self, order: Order, shipments: Iterable[Shipment]) -> None:
        self._order = order
        self._canceled = order.status is OrderStatus.CANCELED or order.fulfillment_status is FulfillmentStatus.CANCELED
        self._lines = {line.id: line for line in order.order_lines}
        self._planned = [each for each in order.fulfillment_orders if each.method in _FETCHED_BY_THE_CUSTOMER]
        self._live = [each for each in self._planned if each.status not in _GONE]
        self._wanted = {planned.id: _goods(planned.lines) for planned in self._live}
        self._told: dict[str, list[Shipment]] = {planned.id: [] for planned in self._planned}
        self.shipments: list[Shipment] = []
        for shipment in shipments:
            found = self._of(shipment)
            if found:
                self.shipments.append(shipment)
            if len(found) == 1:
                self._told[found[0].id].append(shipment)

    def fetched(self) -> tuple[Fetched, ...]:
        """Each pick-up, those that were called off too."""
        return tuple(Fetched(planned, self._state(planned)) for planned in self._planned)

    def to_come(self, line: OrderLine) -> Decimal | None:
        """How many of a line are in no shipment and no pick-up yet; None where nobody says what has left. Of a canceled
        order nothing is to come, though no system says so of its lines.
        """
        if self._canceled:
            return _NONE
        quantity = line.quantity
        if quantity.ordered is None or quantity.shipped is None:
            return None
        left = _sum(filter(has_left, self.shipments)).get(line.id, _NONE)
        waiting = max(_NONE, _total(self._wanted.values()).get(line.id, _NONE) - left)
        return max(_NONE, quantity.ordered - (quantity.canceled or 0) - quantity.shipped - waiting)

    def _state(self, planned: FulfillmentOrder) -> PickupState:
        whole = self._order.fulfillment_status
        if planned.status is FulfillmentOrderStatus.CLOSED or self._covered(planned, _COLLECTED):
            return PickupState.COLLECTED
        if planned.status in _GONE:
            return PickupState.CANCELED
        if whole is FulfillmentStatus.DELIVERED:
            return PickupState.COLLECTED
        if whole is FulfillmentStatus.READY_FOR_PICKUP or self._covered(planned, _READY):
            return PickupState.READY
        return PickupState.PREPARING

    def _covered(self, planned: FulfillmentOrder, statuses: frozenset[ShipmentStatus]) -> bool:
        """Whether shipments that stand so tell of all that is fetched."""
        told = [shipment for shipment in self._told[planned.id] if shipment.status in statuses]
        return bool(told) and _within(_goods(planned.lines), _sum(told))

    def _of(self, shipment: Shipment) -> list[FulfillmentOrder]:
        """The pick-ups that a shipment may be of: none, one, or several that nothing tells apart."""
        parcels = shipment.packages
        if not shipment.lines or any(parcel.tracking_number or parcel.events for parcel in parcels):
            return []
        carried = any(parcel.carrier is not None for parcel in parcels)
        goods = _goods(shipment.lines)
        fitting = [
            planned for planned in self._live if self._fits(goods, planned) and _here(shipment, planned) is not False
        ]
        here = [planned for planned in fitting if _here(shipment, planned)]
        if carried or not (here or shipment.status is ShipmentStatus.AVAILABLE_FOR_PICKUP):
            fitting = [planned for planned in fitting if self._no_more(goods)]
        nearest = [planned for planned in fitting if planned in here] or fitting
        closed = [planned for planned in nearest if planned.status is FulfillmentOrderStatus.CLOSED]
        return closed[:1] or nearest

    def _fits(self, goods: Goods, planned: FulfillmentOrder) -> bool:
        """Whether it is among what is fetched there and is told by no shipment yet."""
        return _within(_total((goods, _sum(self._told[planned.id]))), self._wanted[planned.id])

    def _no_more(self, goods: Goods) -> bool:
        """Whether the order has fewer of these than would be fetched and sent together, if this were sent besides."""
        wanted = _total(self._wanted.values())
        return any(wanted.get(key, _NONE) + count > self._ordered(key) for key, count in goods.items())

    def _ordered(self, key: str) -> Decimal:
        line = self._lines.get(key)
        if line is None or line.quantity.ordered is None:
            return _NONE
        return line.quantity.ordered - (line.quantity.canceled or 0)


def _goods(lines: Iterable[LineQuantity]) -> Goods:
    return _total({line.line_id or line.sku or "": line.quantity} for line in lines)


def _sum(shipments: Iterable[Shipment]) -> Goods:
    return _total(_goods(shipment.lines) for shipment in shipments)


def _total(parts: Iterable[Goods]) -> Goods:
    found: dict[str, Decimal] = {}
    for part in parts:
        for key, count in part.items():
            found[key] = found.get(key, _NONE) + count
    return found


def _within(some: Goods, all_of_it: Goods) -> bool:
    return all(count <= all_of_it.get(key, _NONE) for key, count in some.items())


def _here(shipment: Shipment, planned: FulfillmentOrder) -> bool | None:
    """Whether it left from the place where it is to be fetched; None where either is unknown."""
    if shipment.location is None or planned.location is None:
        return None
    return shipment.location.id == planned.location.id
