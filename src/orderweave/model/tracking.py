"""What a guest sees of an order: its goods on their way, and nothing of who bought, where they live or what it cost."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from ipaddress import IPv4Address, IPv6Address

import msgspec

from orderweave.model.order import LineQuantities
from orderweave_sdk.records import (
    Carrier,
    DeliveryMethod,
    Eta,
    FulfillmentOrderStatus,
    FulfillmentStatus,
    OrderStatus,
    ShipmentStatus,
)


class MilestoneKind(StrEnum):
    """A step on the way of an order to its customer."""

    PLACED = "PLACED"
    SHIPPED = "SHIPPED"
    OUT_FOR_DELIVERY = "OUT_FOR_DELIVERY"
    AVAILABLE_FOR_PICKUP = "AVAILABLE_FOR_PICKUP"
    DELIVERED = "DELIVERED"
    CANCELED = "CANCELED"


class PickupState(StrEnum):
    """Where goods stand that the customer fetches."""

    PREPARING = "PREPARING"
    READY = "READY"
    COLLECTED = "COLLECTED"
    CANCELED = "CANCELED"


class TrackingAttempt(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What a guest says of an order, and from where. Never printed."""

    number: str
    email: str | None = None
    postal_code: str | None = None
    address: IPv4Address | IPv6Address | None = None

    def __repr__(self) -> str:
        return "TrackingAttempt(…)"


class TrackingAccess(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A token for one order, and until when it holds. Never printed."""

    token: str
    expires_at: datetime

    def __repr__(self) -> str:
        return "TrackingAccess(…)"


class TrackingLink(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A link to an order's tracking, for a mail. Its token stands behind the `#`, which no browser sends to a server.
    Never printed.
    """

    url: str
    token: str
    expires_at: datetime

    def __repr__(self) -> str:
        return "TrackingLink(…)"


class TrackingRevocation(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Tokens of one order given until `revoked_before` hold no more. Not `shared`: for this process alone."""

    revoked_before: datetime
    shared: bool


class TrackedLine(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One line, without its prices. `to_come` are those in no shipment and no pick-up yet, where it is known; none of a
    canceled order.
    """

    title: str | None
    sku: str | None
    quantity: LineQuantities
    to_come: Decimal | None


class TrackedGoods(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """So many of something. Without a title from the line, its SKU stands for it."""

    title: str | None
    quantity: Decimal


class TrackedEvent(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Something that happened to a package; `location` is the carrier's own words."""

    occurred_at: datetime
    status: ShipmentStatus
    message: str | None
    location: str | None


class TrackedPackage(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One parcel."""

    carrier: Carrier | None
    tracking_number: str | None
    tracking_url: str | None
    status: ShipmentStatus
    promised_by: datetime | None
    eta: Eta | None
    on_time: bool | None
    lines: tuple[TrackedGoods, ...] | None
    events: tuple[TrackedEvent, ...]


class TrackedShipment(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Goods that left, or are packed to leave, together. `id` tells them apart and says nothing; `is_pickup` says that
    it is no parcel, but what a system writes of a pick-up.
    """

    id: str
    status: ShipmentStatus
    shipped_at: datetime | None
    delivered_at: datetime | None
    is_pickup: bool
    lines: tuple[TrackedGoods, ...]
    packages: tuple[TrackedPackage, ...]


class TrackedPickup(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Goods that the customer fetches: how, where, and by when they are to be ready."""

    status: FulfillmentOrderStatus
    state: PickupState
    method: DeliveryMethod
    location: str | None
    ready_by: datetime | None
    lines: tuple[TrackedGoods, ...]


class TrackedMilestone(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A step, and when it was made."""

    kind: MilestoneKind
    occurred_at: datetime


class TrackedFreshness(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """How old the answer is. `incomplete`: a system did not answer, so that something may be wanting."""

    as_of: datetime | None
    stale: bool
    incomplete: bool


class TrackedOrder(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """An order as its guest sees it. `access` is a token that holds on, for a page that stays open."""

    number: str | None
    placed_at: datetime | None
    status: OrderStatus
    fulfillment_status: FulfillmentStatus
    lines: tuple[TrackedLine, ...]
    shipments: tuple[TrackedShipment, ...]
    pickups: tuple[TrackedPickup, ...]
    milestones: tuple[TrackedMilestone, ...]
    freshness: TrackedFreshness
    access: TrackingAccess
