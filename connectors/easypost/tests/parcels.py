"""Parcels, and worlds made of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from orderweave_sdk.records import (
    Carrier,
    Eta,
    Fulfillment,
    OrderRecord,
    Package,
    Shipment,
    ShipmentStatus,
    TrackingEvent,
)
from orderweave_sdk.testing.world import World

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)


def parcel(number: str, status: ShipmentStatus = ShipmentStatus.DELIVERED) -> Package:
    """A parcel of UPS's with one event."""
    return Package(
        carrier=Carrier(code="ups", name="UPS"),
        tracking_number=number,
        status=status,
        eta=Eta(to=NOON + timedelta(hours=8), source="carrier"),
        promised_by=NOON + timedelta(days=1),
        events=(TrackingEvent(occurred_at=NOON, status=status, message="Seen", location="Portland, ME, US"),),
    )


def world(packages: Sequence[Package]) -> World:
    """The packages, each a record; later ones have newer trackers."""
    return World(
        orders=tuple(
            OrderRecord(
                external_id=str(place),
                keys=(),
                fulfillment=Fulfillment(
                    shipments=(Shipment(external_id=str(place), status=package.status, packages=(package,)),)
                ),
            )
            for place, package in enumerate(packages)
        )
    )
