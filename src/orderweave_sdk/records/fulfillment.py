"""What is planned for the goods (fulfillment orders) and what happened to them (shipments, packages, events)."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import msgspec

from orderweave_sdk.records.values import Place
from orderweave_sdk.records.words import (
    DeliveryMethod,
    FulfillmentOrderStatus,
    HoldReason,
    ShipmentStatus,
)


class Hold(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Something that may not go on: the reason, the vendor's word for it, and since when."""

    reason: HoldReason
    raw: str | None = None
    placed_at: datetime | None = None
    released_at: datetime | None = None


class GoodsLine(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """So many of one order line. `line_id` is the line's external id in the same system, where it says so."""

    quantity: Decimal
    sku: str | None = None
    line_id: str | None = None


class FulfillmentOrder(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A plan: these goods from this place by this method. Never a fact that something left."""

    external_id: str
    status: FulfillmentOrderStatus
    raw_status: str | None = None
    location: Place | None = None
    method: DeliveryMethod = DeliveryMethod.UNKNOWN
    fulfill_at: datetime | None = None
    fulfill_by: datetime | None = None
    lines: tuple[GoodsLine, ...] = ()
    holds: tuple[Hold, ...] = ()


class TrackingEvent(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Something that happened to a package, at `occurred_at` (UTC). `location` is words to read."""

    occurred_at: datetime
    status: ShipmentStatus
    raw_code: str | None = None
    message: str | None = None
    location: str | None = None
    recorded_at: datetime | None = None


class Carrier(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Who carries a package: a short lower-case code ("ups", "dhl") and the name to show."""

    code: str | None = None
    name: str | None = None


class Eta(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """When a package is expected. A promise, not an event."""

    from_: datetime | None = None
    to: datetime | None = None
    source: str | None = None


class Package(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One parcel. `events` is None when tracking was not asked for, and in order of `occurred_at` otherwise.

    `lines` are what is in it, where the system says so; it stands in the shipment's lines as well.
    """

    external_id: str | None = None
    carrier: Carrier | None = None
    tracking_number: str | None = None
    tracking_url: str | None = None
    status: ShipmentStatus = ShipmentStatus.UNKNOWN
    raw_status: str | None = None
    eta: Eta | None = None
    promised_by: datetime | None = None
    events: tuple[TrackingEvent, ...] | None = None
    lines: tuple[GoodsLine, ...] = ()


class Shipment(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A fact: goods that left, or are packed to leave, together."""

    external_id: str
    number: str | None = None
    status: ShipmentStatus
    raw_status: str | None = None
    location: Place | None = None
    shipped_at: datetime | None = None
    delivered_at: datetime | None = None
    is_return: bool = False
    lines: tuple[GoodsLine, ...] = ()
    packages: tuple[Package, ...] = ()


class Progress(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """How far one SKU of the order is, where the system says more than its shipments do."""

    sku: str
    line_id: str | None = None
    allocated: Decimal | None = None
    backordered: Decimal | None = None
    picked: Decimal | None = None


class Fulfillment(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The FULFILLMENT facet; with TRACKING asked as well, its packages carry their events."""

    fulfillment_orders: tuple[FulfillmentOrder, ...] = ()
    shipments: tuple[Shipment, ...] = ()
    progress: tuple[Progress, ...] = ()
