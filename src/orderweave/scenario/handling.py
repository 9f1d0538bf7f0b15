"""How the goods of an order are handed out: by which place, when, and how far they are by now.

A shipment is told of from the moment it leaves; one that only waits to be collected is told of from then on.
Nothing is told that lies after `until`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from random import Random

import msgspec

from orderweave.scenario.carriers import Carriers
from orderweave.scenario.people import Buyer, Town
from orderweave.scenario.places import EAST, STORES, BusinessPlace
from orderweave.scenario.sales import Dispatch, Held, Parcel, Plan, Plot, SaleLine, Slot
from orderweave_sdk.records import DeliveryMethod, HoldReason, ShipmentStatus

Goods = tuple[tuple[int, int], ...]

_NOT_PACKED = frozenset({Plot.CANCELLATION, Plot.EDIT_UNSEEN, Plot.BACKORDER, Plot.HOLD, Plot.DRAFT})
_FROM_STORE_ONLY = frozenset({Plot.SHIP_FROM_STORE, Plot.STORE_PICKUP})
# How far a parcel is, for telling how far a shipment of several is: as far as its last one.
_MILESTONES = (
    ShipmentStatus.LABEL_CREATED,
    ShipmentStatus.PICKED_UP,
    ShipmentStatus.EXCEPTION,
    ShipmentStatus.DELAYED,
    ShipmentStatus.IN_TRANSIT,
    ShipmentStatus.ATTEMPTED_DELIVERY,
    ShipmentStatus.OUT_FOR_DELIVERY,
    ShipmentStatus.DELIVERED,
)


class Handling(msgspec.Struct, frozen=True, kw_only=True):
    """The part of a sale that is about goods; see `Sale` for the fields."""

    plans: tuple[Plan, ...]
    in_erp_at: datetime | None
    in_warehouse_at: datetime | None
    edited_at: datetime | None = None
    canceled_at: datetime | None = None
    held: Held | None = None


class Handler:
    """Hands out orders, told up to `until`."""

    def __init__(self, rng: Random, carriers: Carriers, until: datetime) -> None:
        self._rng = rng
        self._carriers = carriers
        self._until = until

    def of_shop(self, slot: Slot, plot: Plot, buyer: Buyer, lines: Sequence[SaleLine]) -> Handling:
        """An order of a web shop: the ERP has it soon after, the warehouse from then, the stores at once."""
        edited_at = None
        in_erp_at = self._later(slot.placed_at, 5, 60 if plot is Plot.EDIT_UNSEEN else 180)
        if plot is Plot.EDIT:
            edited_at = self._later(slot.placed_at, 3, 30)
            in_erp_at = self._later(edited_at, 5, 120)
        if plot is Plot.EDIT_UNSEEN:
            edited_at = self._later(in_erp_at, 15, 60)
        released_at = self._later(edited_at if plot is Plot.EDIT_UNSEEN and edited_at else in_erp_at, 10, 45)
        canceled_at = self._later(in_erp_at, 5, 240) if plot is Plot.CANCELLATION else None
        held = self._hold(slot.placed_at) if plot is Plot.HOLD else None
        never_released = plot in _FROM_STORE_ONLY or (canceled_at is not None and canceled_at < released_at)
        return Handling(
            plans=self._shop_plans(slot, plot, buyer, _whole(lines), released_at),
            in_erp_at=self._by_now(in_erp_at),
            in_warehouse_at=None if never_released else self._by_now(released_at),
            edited_at=edited_at,
            canceled_at=canceled_at,
            held=held,
        )

    def of_desk(self, slot: Slot, plot: Plot, buyer: Buyer, lines: Sequence[SaleLine]) -> Handling:
        """An order of the desk: typed into the ERP, shipped by the warehouse."""
        released_at = self._later(slot.placed_at, 30, 400)
        canceled_at = self._later(slot.placed_at, 20, 300) if plot is Plot.CANCELLATION else None
        never_released = plot is Plot.DRAFT or (canceled_at is not None and canceled_at < released_at)
        goods = _whole(lines)
        dispatches = () if plot in _NOT_PACKED else self._ships(goods, EAST, buyer.town, released_at)
        return Handling(
            plans=(Plan(place=EAST, method=DeliveryMethod.SHIPPING, goods=goods, dispatches=dispatches),),
            in_erp_at=slot.placed_at,
            in_warehouse_at=None if never_released else self._by_now(released_at),
            canceled_at=canceled_at,
        )

    def of_till(self, slot: Slot, store: BusinessPlace, lines: Sequence[SaleLine]) -> Handling:
        """An order at a till: the goods go over the counter."""
        goods = _whole(lines)
        handed_over = Dispatch(goods=goods, status=ShipmentStatus.PICKED_UP, left_at=slot.placed_at, delivered_at=None)
        return Handling(
            plans=(Plan(place=store, method=DeliveryMethod.IN_STORE, goods=goods, dispatches=(handed_over,)),),
            in_erp_at=slot.placed_at,
            in_warehouse_at=None,
        )

    def _shop_plans(
        self, slot: Slot, plot: Plot, buyer: Buyer, goods: Goods, released_at: datetime
    ) -> tuple[Plan, ...]:
        store = self._rng.choice(STORES)
        shipping = DeliveryMethod.SHIPPING
        if plot in _NOT_PACKED:
            return (Plan(place=EAST, method=shipping, goods=goods),)
        if plot is Plot.STORE_PICKUP:
            waiting = self._waits(goods, slot.placed_at)
            return (Plan(place=store, method=DeliveryMethod.STORE_PICKUP, goods=goods, dispatches=waiting),)
        if plot is Plot.SHIP_FROM_STORE:
            sent = self._ships(goods, store, buyer.town, self._later(slot.placed_at, 30, 240))
            return (Plan(place=store, method=shipping, goods=goods, dispatches=sent),)
        if plot is Plot.SPLIT_SHIPMENT:
            cut = self._rng.randrange(1, len(goods))
            return tuple(
                Plan(
                    place=place,
                    method=shipping,
                    goods=part,
                    dispatches=self._ships(part, place, buyer.town, released_at),
                )
                for place, part in ((EAST, goods[:cut]), (store, goods[cut:]))
            )
        now = goods[:-1] if plot is Plot.PARTIAL_SHIPMENT else goods
        sent = self._ships(now, EAST, buyer.town, released_at)
        return (Plan(place=EAST, method=shipping, goods=goods, dispatches=sent),)

    def _ships(self, goods: Goods, place: BusinessPlace, town: Town, since: datetime) -> tuple[Dispatch, ...]:
        """One shipment, in two parcels when it is full; none when it has not left yet."""
        packed_at = self._later(since, 240, 1800)
        left_at = self._later(packed_at, 60, 480)
        if left_at > self._until:
            return ()
        pieces = sum(count for _, count in goods)
        count = 2 if pieces >= 6 and self._rng.random() < 0.5 else 1
        parcels = self._carriers.parcels(count, place, town, packed_at=packed_at, left_at=left_at)
        return (
            Dispatch(
                goods=goods,
                status=min((parcel.status for parcel in parcels), key=_MILESTONES.index),
                left_at=left_at,
                delivered_at=_all_delivered(parcels),
                parcels=parcels,
            ),
        )

    def _waits(self, goods: Goods, placed_at: datetime) -> tuple[Dispatch, ...]:
        """Goods set aside in a store. That they were collected is a hand-over, not a carrier's delivery."""
        ready_at = self._later(placed_at, 40, 480)
        collected_at = self._later(ready_at, 60, 4 * 1440)
        if ready_at > self._until:
            return ()
        collected = collected_at <= self._until
        return (
            Dispatch(
                goods=goods,
                status=ShipmentStatus.PICKED_UP if collected else ShipmentStatus.AVAILABLE_FOR_PICKUP,
                left_at=collected_at if collected else None,
                delivered_at=None,
            ),
        )

    def _hold(self, placed_at: datetime) -> Held:
        reasons = (HoldReason.FRAUD_RISK, HoldReason.AWAITING_PAYMENT, HoldReason.INCORRECT_ADDRESS)
        return Held(reason=self._rng.choice(reasons), at=placed_at + timedelta(minutes=4))

    def _later(self, at: datetime, least: int, most: int) -> datetime:
        """An instant so many minutes later."""
        return at + timedelta(seconds=self._rng.randrange(least * 60, most * 60))

    def _by_now(self, at: datetime) -> datetime | None:
        return at if at <= self._until else None


def _whole(lines: Iterable[SaleLine]) -> Goods:
    return tuple((index, line.current) for index, line in enumerate(lines) if line.current)


def _all_delivered(parcels: Sequence[Parcel]) -> datetime | None:
    moments = [parcel.delivered_at for parcel in parcels]
    return max((moment for moment in moments if moment), default=None) if all(moments) else None
