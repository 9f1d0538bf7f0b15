"""Parcels on their way: who carries them, under which number, and what the carrier says where and when."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

import msgspec

from orderweave.scenario.people import Town
from orderweave.scenario.places import BusinessPlace
from orderweave.scenario.sales import Parcel
from orderweave_sdk.records import Carrier, ShipmentStatus, TrackingEvent


class _Firm(msgspec.Struct, frozen=True):
    """A carrier, how its tracking numbers look round eight running digits, and its hub in Europe or America."""

    carrier: Carrier
    number: str
    hub: str


_UPS = _Firm(Carrier(code="ups", name="UPS"), "1Z8R3W2003{}", "Louisville, KY, US")
_USPS = _Firm(Carrier(code="usps", name="USPS"), "94001118{}036021", "Springfield, MA, US")
_FEDEX = _Firm(Carrier(code="fedex", name="FedEx"), "7741{}", "Memphis, TN, US")
_DHL = _Firm(Carrier(code="dhl", name="DHL"), "43{}", "Leipzig, DE")
_DPD = _Firm(Carrier(code="dpd", name="DPD"), "015502{}", "Aschaffenburg, DE")
_UPS_EU = _Firm(_UPS.carrier, _UPS.number, "Cologne, DE")
_FIRMS_US = (_UPS, _UPS, _USPS, _USPS, _FEDEX)
_FIRMS_EU = (_DHL, _DHL, _DPD, _UPS_EU)

# A multiplier without a factor in common with 10**8 makes the running digits look random and keeps them unique.
_SPREAD = 68_274_937
_SPACE = 10**8


class Carriers:
    """Gives parcels their numbers and their journeys, told up to `until`."""

    def __init__(self, rng: Random, until: datetime) -> None:
        self._rng = rng
        self._until = until
        self._given = rng.randrange(_SPACE)

    def parcels(
        self, count: int, start: BusinessPlace, town: Town, *, packed_at: datetime, left_at: datetime
    ) -> tuple[Parcel, ...]:
        """So many parcels that one carrier took from `start` to `town`, each as far as it could get by now."""
        abroad = town.country_code != start.address.country_code
        firm = self._rng.choice(_FIRMS_EU if abroad else _FIRMS_US)
        expected = (left_at + timedelta(days=6 if abroad else 3)).replace(hour=12, minute=0, second=0)
        found = []
        for _ in range(count):
            journey = _Journey(self._rng, packed_at, left_at)
            journey.travel(start.town, firm, town.label, abroad=abroad)
            events = tuple(event for event in journey.events if event.occurred_at <= self._until)
            found.append(
                Parcel(
                    carrier=firm.carrier,
                    tracking_number=self._number(firm),
                    status=events[-1].status,
                    events=events,
                    expected_from=expected,
                    expected_to=expected + timedelta(hours=8),
                )
            )
        return tuple(found)

    def _number(self, firm: _Firm) -> str:
        self._given += 1
        return firm.number.format(f"{self._given * _SPREAD % _SPACE:08d}")


class _Journey:
    """One parcel's events as they happen, one after the other."""

    def __init__(self, rng: Random, packed_at: datetime, left_at: datetime) -> None:
        self._rng = rng
        self._packed_at = packed_at
        self._now = left_at
        self.events: list[TrackingEvent] = []

    def travel(self, start: str, firm: _Firm, end: str, *, abroad: bool) -> None:
        """From the packing table to the door. Four in a hundred wait for an address, eight for the weather."""
        self._say(self._packed_at, ShipmentStatus.LABEL_CREATED, "Label created", start)
        self._say(self._now, ShipmentStatus.PICKED_UP, "Picked up", start)
        self._after(3, 9, ShipmentStatus.IN_TRANSIT, "Left the depot", start)
        if abroad:
            self._after(20, 60, ShipmentStatus.IN_TRANSIT, "Cleared by customs", firm.hub)
        else:
            self._after(8, 20, ShipmentStatus.IN_TRANSIT, "Sorted at the hub", firm.hub)
        trouble = self._rng.random()
        if trouble < 0.08:
            self._after(4, 12, ShipmentStatus.DELAYED, "Delayed by weather", firm.hub)
            self._after(12, 30, ShipmentStatus.IN_TRANSIT, "On its way again", firm.hub)
        self._after(10, 30, ShipmentStatus.IN_TRANSIT, "Arrived at the local depot", end)
        if 0.08 <= trouble < 0.12:
            self._after(1, 3, ShipmentStatus.EXCEPTION, "Address is being checked", end)
            self._after(12, 36, ShipmentStatus.IN_TRANSIT, "Address confirmed", end)
        self._after(4, 12, ShipmentStatus.OUT_FOR_DELIVERY, "Out for delivery", end)
        if 0.12 <= trouble < 0.20:
            self._after(2, 6, ShipmentStatus.ATTEMPTED_DELIVERY, "Nobody was there", end)
            self._after(14, 20, ShipmentStatus.OUT_FOR_DELIVERY, "Out for delivery", end)
        self._after(1, 6, ShipmentStatus.DELIVERED, "Delivered", end)

    def _after(self, least: int, most: int, status: ShipmentStatus, message: str, location: str) -> None:
        self._now += timedelta(seconds=self._rng.randrange(least * 3600, most * 3600))
        self._say(self._now, status, message, location)

    def _say(self, at: datetime, status: ShipmentStatus, message: str, location: str) -> None:
        self.events.append(TrackingEvent(occurred_at=at, status=status, message=message, location=location))
