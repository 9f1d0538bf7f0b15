"""What guests see, as GraphQL types: read from `orderweave.model.tracking`. Nothing personal, nothing financial."""

from __future__ import annotations

from datetime import datetime

import strawberry
from strawberry import ID, field

from orderweave.operations.weights import ListSize
from orderweave.schema.fulfillment_types import Carrier
from orderweave.schema.line_paging import LineQuantities
from orderweave.schema.scalars import (
    DeliveryMethod,
    FulfillmentOrderStatus,
    FulfillmentStatus,
    MilestoneKind,
    OrderStatus,
    PickupState,
    Quantity,
    ShipmentStatus,
)


@strawberry.type(description="The right to track one order for a while.")
class TrackingAccess:
    """See `orderweave.model.tracking.TrackingAccess`."""

    token: str = field(description="For `trackedOrder`. Keep it out of addresses that a server sees.")
    expires_at: datetime = field(description="Until when it holds.")


@strawberry.type(description="What came of an attempt to track an order.")
class TrackOrderResult:
    """Always alike, but for `access`."""

    access: TrackingAccess | None = field(
        description="Null for anything that does not fit: no such order, another's, a wrong second fact."
    )


@strawberry.type(description="A link to an order's tracking, for a mail to the customer.")
class TrackingLink:
    """See `orderweave.model.tracking.TrackingLink`."""

    url: str = field(description="The page with the token behind `#`, which no browser sends to a server.")
    token: str = field(description="The token by itself.")
    expires_at: datetime = field(description="Until when it holds.")


@strawberry.type(description="Tokens of one order that hold no more.")
class TrackingRevocation:
    """See `orderweave.model.tracking.TrackingRevocation`."""

    revoked_before: datetime = field(description="Tokens given until then hold no more.")
    shared: bool = field(
        description="Whether all processes of the gateway know; false: this one alone, until it ends or reloads."
    )


@strawberry.type(description="One line, without its prices.")
class TrackedLine:
    """See `orderweave.model.tracking.TrackedLine`."""

    title: str | None = field(description="The title to show.")
    sku: str | None = field(description="The SKU.")
    quantity: LineQuantities = field(description="How many, by what became of them; `returned` is not told here.")
    to_come: Quantity | None = field(
        description="How many are in no shipment and no pick-up yet, 0 of a canceled order; null where nobody says "
        "what has left."
    )


@strawberry.type(description="So many of something.")
class TrackedGoods:
    """See `orderweave.model.tracking.TrackedGoods`."""

    title: str | None = field(description="The title to show, or the SKU where no line has one.")
    quantity: Quantity = field(description="How many.")


@strawberry.type(description="When a parcel is expected. A promise, not an event.")
class TrackedEta:
    """See `orderweave_sdk.records.Eta`."""

    from_: datetime | None = field(name="from", description="The start of the window.")
    to: datetime | None = field(description="The end of the window.")


@strawberry.type(description="Something that happened to a parcel.")
class TrackedEvent:
    """See `orderweave.model.tracking.TrackedEvent`."""

    occurred_at: datetime = field(description="When it happened.")
    status: ShipmentStatus = field(description="The milestone.")
    message: str | None = field(description="The carrier's words.")
    location: str | None = field(description="Where, in the carrier's words.")


@strawberry.type(description="One parcel.")
class TrackedPackage:
    """See `orderweave.model.tracking.TrackedPackage`."""

    carrier: Carrier | None = field(description="Who carries it.")
    tracking_number: str | None = field(description="The carrier's number.")
    tracking_url: str | None = field(description="The carrier's page for it; http or https alone.")
    status: ShipmentStatus = field(description="The furthest milestone that anyone witnessed.")
    promised_by: datetime | None = field(description="By when it was promised.")
    eta: TrackedEta | None = field(description="When it is expected.")
    on_time: bool | None = field(description="Whether it came by then; null until both are known.")
    lines: list[TrackedGoods] | None = field(
        directives=[ListSize(assumed_size=5)], description="What is in it; null where no system says so."
    )
    events: list[TrackedEvent] = field(
        directives=[ListSize(assumed_size=10)], description="What happened to it, oldest first."
    )


@strawberry.type(description="Goods that left, or are packed to leave, together. What travels back is left out.")
class TrackedShipment:
    """See `orderweave.model.tracking.TrackedShipment`."""

    id: ID = field(description="Tells this order's shipments apart; cannot be asked for.")
    status: ShipmentStatus = field(description="The milestone that all its parcels have reached.")
    shipped_at: datetime | None = field(description="When it left.")
    delivered_at: datetime | None = field(description="When all of it was delivered.")
    is_pickup: bool = field(
        description="Whether this is no parcel: some systems write a shipment for goods that are picked up. What it "
        "says is in the state of the pick-up."
    )
    lines: list[TrackedGoods] = field(directives=[ListSize(assumed_size=5)], description="What is in it.")
    packages: list[TrackedPackage] = field(directives=[ListSize(assumed_size=2)], description="Its parcels.")


@strawberry.type(description="Goods that the customer fetches.")
class TrackedPickup:
    """See `orderweave.model.tracking.TrackedPickup`."""

    status: FulfillmentOrderStatus = field(description="How far it is planned and prepared.")
    state: PickupState = field(description="Where it stands for the customer, by the plan and by its shipments.")
    method: DeliveryMethod = field(description="How it is fetched.")
    location: str | None = field(description="The name of the place.")
    ready_by: datetime | None = field(description="By when it is to be ready.")
    lines: list[TrackedGoods] = field(directives=[ListSize(assumed_size=5)], description="What is fetched.")


@strawberry.type(description="A step on the order's way, and when it was made.")
class TrackedMilestone:
    """See `orderweave.model.tracking.TrackedMilestone`."""

    kind: MilestoneKind = field(description="Which step.")
    occurred_at: datetime = field(description="When it was made.")


@strawberry.type(description="How old the answer is.")
class TrackedFreshness:
    """See `orderweave.model.tracking.TrackedFreshness`."""

    as_of: datetime | None = field(description="When the oldest part of the answer was fetched.")
    stale: bool = field(description="Whether any part is older than it should be.")
    incomplete: bool = field(description="Whether something may be wanting because a system did not answer.")


@strawberry.type(
    description="An order as a guest sees it: its goods on their way, and nothing of who bought, where they live or "
    "what it cost."
)
class TrackedOrder:
    """See `orderweave.model.tracking.TrackedOrder`."""

    number: str | None = field(description="The number in the system where it was placed.")
    placed_at: datetime | None = field(description="When it was placed.")
    status: OrderStatus = field(description="Where the order stands.")
    fulfillment_status: FulfillmentStatus = field(description="How far its goods are.")
    lines: list[TrackedLine] = field(directives=[ListSize(assumed_size=5)], description="Its lines.")
    shipments: list[TrackedShipment] = field(
        directives=[ListSize(assumed_size=2)], description="What left, each shipment once."
    )
    pickups: list[TrackedPickup] = field(
        directives=[ListSize(assumed_size=1)], description="What the customer fetches."
    )
    milestones: list[TrackedMilestone] = field(
        directives=[ListSize(assumed_size=5)], description="The steps made so far, oldest first."
    )
    freshness: TrackedFreshness = field(description="How old this is.")
    access: TrackingAccess = field(
        description="A token that holds from now on, for a page that stays open. It never outlives the day or link "
        "that the first one was given for."
    )
