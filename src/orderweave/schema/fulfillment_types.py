"""Plans, shipments, packages and events as GraphQL types."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import strawberry
from strawberry import ID, field

from orderweave.model import order as model
from orderweave.operations.weights import ListSize
from orderweave.schema.node import Node
from orderweave.schema.scalars import (
    DeliveryMethod,
    FulfillmentOrderStatus,
    HoldReason,
    LocationKind,
    Quantity,
    ShipmentStatus,
)


@strawberry.type(description="A place that holds stock or hands out goods.")
class Location(Node):
    """See `orderweave.model.order.Location`."""

    name: str | None = field(description="The name to show.")
    kind: LocationKind = field(description="What kind of place it is.")
    systems: list[str] = field(
        directives=[ListSize(assumed_size=3)], description="The systems that know it by this id."
    )

    @classmethod
    def is_type_of(cls, value: Any, info: Any) -> bool:
        """Places of the model."""
        return isinstance(value, model.Location)


@strawberry.type(description="Something that may not go on.")
class Hold:
    """See `orderweave_sdk.records.Hold`."""

    reason: HoldReason = field(description="Why.")
    raw: str | None = field(description="The system's own word.")
    placed_at: datetime | None = field(description="Since when.")
    released_at: datetime | None = field(description="When it was released.")


@strawberry.type(description="So many of one line.")
class LineQuantity:
    """See `orderweave.model.order.LineQuantity`."""

    line_id: ID | None = field(description="The id of the order line.")
    sku: str | None = field(description="The SKU, as the system spells it.")
    quantity: Quantity = field(description="How many.")


@strawberry.type(description="What is planned for some goods: from where, how, by when. Never a fact that they left.")
class FulfillmentOrder:
    """See `orderweave.model.order.FulfillmentOrder`."""

    id: ID = field(description="The global id.")
    status: FulfillmentOrderStatus = field(description="Where the plan stands.")
    raw_status: str | None = field(description="The system's own word.")
    location: Location | None = field(description="From where.")
    method: DeliveryMethod = field(description="How the goods reach the customer.")
    fulfill_at: datetime | None = field(description="Not before.")
    fulfill_by: datetime | None = field(description="By when.")
    lines: list[LineQuantity] = field(directives=[ListSize(assumed_size=5)], description="What.")
    holds: list[Hold] = field(directives=[ListSize(assumed_size=1)], description="What keeps it from going on.")


@strawberry.type(description="Who carries a package.")
class Carrier:
    """See `orderweave_sdk.records.Carrier`."""

    code: str | None = field(description="A short lower-case code, such as ups.")
    name: str | None = field(description="The name to show.")


@strawberry.type(description="When a package is expected. A promise, not an event.")
class Eta:
    """See `orderweave_sdk.records.Eta`."""

    from_: datetime | None = field(name="from", description="The start of the window.")
    to: datetime | None = field(description="The end of the window.")
    source: str | None = field(description="Who says so.")


@strawberry.type(description="Something that happened to a package.")
class TrackingEvent:
    """See `orderweave_sdk.records.TrackingEvent`."""

    occurred_at: datetime = field(description="When it happened.")
    recorded_at: datetime | None = field(description="When it was recorded.")
    status: ShipmentStatus = field(description="The milestone.")
    raw_code: str | None = field(description="The carrier's or system's own code.")
    message: str | None = field(description="Words to read.")
    location: str | None = field(description="Where, in words.")


@strawberry.type(description="One parcel, with what every system knows of it.")
class Package:
    """See `orderweave.model.order.Package`."""

    carrier: Carrier | None = field(description="Who carries it.")
    tracking_number: str | None = field(description="The carrier's number.")
    tracking_url: str | None = field(description="The carrier's page for it.")
    status: ShipmentStatus = field(description="The furthest milestone that anyone witnessed.")
    raw_status: str | None = field(description="The own word of the system that says so.")
    eta: Eta | None = field(description="When it is expected.")
    promised_by: datetime | None = field(description="By when it was promised.")
    on_time: bool | None = field(description="Whether it came by then; null until both are known.")
    last_checked_at: datetime | None = field(description="When a system was last asked about it.")
    lines: list[LineQuantity] | None = field(
        directives=[ListSize(assumed_size=5)],
        description="What is in it: of a shipment of one parcel all its goods, of several what a system says; null "
        "where none does.",
    )
    events: list[TrackingEvent] = field(
        directives=[ListSize(assumed_size=10)], description="What happened to it, oldest first."
    )


@strawberry.type(description="Goods that left, or are packed to leave, together. A fact.")
class Shipment:
    """See `orderweave.model.order.Shipment`."""

    id: ID = field(description="The global id.")
    number: str | None = field(description="The shipment's number.")
    status: ShipmentStatus = field(description="The milestone that all its packages have reached.")
    raw_status: str | None = field(
        description="The own word of the system that says so: the shipment's, or else that of one of its parcels."
    )
    location: Location | None = field(description="From where.")
    shipped_at: datetime | None = field(description="When it left.")
    delivered_at: datetime | None = field(description="When all of it was delivered.")
    is_return: bool = field(description="Whether it travels back.")
    lines: list[LineQuantity] = field(directives=[ListSize(assumed_size=5)], description="What is in it.")
    packages: list[Package] = field(directives=[ListSize(assumed_size=2)], description="Its parcels.")
    source: str = field(description="The system that it comes from.")
