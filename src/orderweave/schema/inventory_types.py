"""Stock and products as GraphQL types."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, cast

import strawberry
from strawberry import field

from orderweave.answering.errors import bad_input
from orderweave.inventory import promised
from orderweave.model import inventory as model
from orderweave.model import product as product_model
from orderweave.operations.weights import Cost, ListSize
from orderweave.schema.fulfillment_types import Location
from orderweave.schema.node import Node
from orderweave.schema.order_types import Channel
from orderweave.schema.provenance_types import FieldConflict, Freshness, SourceIssue, SourceRecord
from orderweave.schema.scalars import Quantity

By = Annotated[
    datetime | None,
    strawberry.argument(description="By this instant, with its time zone; without it at once."),
]

OfChannel = Annotated[
    str | None,
    strawberry.argument(description="In the channel with this code; without it over all places."),
]


@strawberry.type(description="How much in all may be promised from an instant on.")
class Promise:
    """See `orderweave.model.inventory.Promise`."""

    available_from: datetime | None = field(description="From when on; null is at once.")
    quantity: Quantity = field(description="How many in all, until the next entry.")


@strawberry.type(description="Goods on their way to a place: a line of a purchase that has not arrived.")
class ExpectedReceipt:
    """See `orderweave.model.inventory.ExpectedReceipt`."""

    location: Location = field(description="The place that expects them.")
    quantity: Quantity = field(description="How many are still to come.")
    expected_at: datetime | None = field(
        description="When they may be counted on; the end of a day that is planned without a time. Null: nobody says."
    )
    overdue: bool = field(description="Whether that has passed, and they have not come.")
    promised: bool = field(
        description="Whether what may be promised has them in it from then on: not what is overdue or has no day, nor "
        "what the place's available has in it already."
    )
    number: str | None = field(description="The purchase's number.")
    source: SourceRecord = field(description="The system that expects them.")


@strawberry.type(description="A number and its age.")
class DatedQuantity:
    """See `orderweave.model.inventory.DatedQuantity`."""

    quantity: Quantity = field(description="The number.")
    as_of: datetime = field(description="When the oldest part of it was fetched.")
    age_seconds: int = field(description="How long ago that is, in seconds.")
    source_updated_at: datetime | None = field(
        description="When a system last changed the oldest part of it; null where none says."
    )
    stale: bool = field(description="Whether any part is older than it should be.")


@strawberry.type(description="One SKU in one channel: what it may sell and promise, and what it lists.")
class ChannelStock:
    """See `orderweave.model.inventory.ChannelStock`."""

    channel: Channel = field(description="The channel.")
    available: DatedQuantity | None = field(
        description="What it may still sell: of the places that serve it, its share, up to its limit."
    )
    promises: list[Promise] = field(
        directives=[ListSize(assumed_size=3)], description="What it may promise, and from when on."
    )
    listed: DatedQuantity | None = field(
        description="What it says it can sell, at places that other systems know, too; null where it lists nothing."
    )
    excess: Quantity | None = field(
        description="How much more it lists than it may sell. Null where that cannot be judged: nothing is listed, no "
        "system but storefronts states the SKU, or one that should did not answer."
    )

    @field(description="What it may promise by an instant; null when no system states anything to sell by then.")
    def available_to_promise(self, by: By = None) -> Quantity | None:
        """From the schedule, which is at hand."""
        return _promised(self, by)


@strawberry.type(description="One SKU at one place, once, whoever reports it. Null where no system states the number.")
class InventoryLevel:
    """See `orderweave.model.inventory.InventoryLevel`."""

    location: Location = field(description="The place.")
    on_hand: Quantity | None = field(description="What is physically there.")
    available: Quantity | None = field(description="What the believed system would still sell.")
    committed: Quantity | None = field(description="Promised to orders.")
    reserved: Quantity | None = field(description="Set aside otherwise.")
    incoming: Quantity | None = field(description="On its way in.")
    safety_stock: Quantity | None = field(description="Kept back on purpose.")
    damaged: Quantity | None = field(description="There but not sellable.")
    quality_control: Quantity | None = field(description="There but being checked.")
    available_to_sell: Quantity | None = field(description="What may still be sold from this place.")
    promises: list[Promise] = field(
        directives=[ListSize(assumed_size=3)], description="What may be promised from this place, and from when on."
    )
    expected: list[ExpectedReceipt] = field(
        directives=[ListSize(assumed_size=2)], description="What it expects, the soonest first."
    )
    counted: bool = field(description="Whether it is part of the SKU's sums; a mere listing is not.")
    sources: list[SourceRecord] = field(
        directives=[ListSize(assumed_size=2)], description="The systems that report it, most believed first."
    )
    conflicts: list[FieldConflict] = field(
        directives=[ListSize(assumed_size=1), Cost(weight="5")], description="What they disagree on."
    )

    @field(
        description="What may be promised from this place by an instant: what may be sold, and what arrives by then."
    )
    def available_to_promise(self, by: By = None) -> Quantity | None:
        """From the schedule, which is at hand."""
        return _promised(self, by)


@strawberry.type(description="What one channel says it can sell.")
class Listing:
    """See `orderweave.model.inventory.Listing`."""

    channel: Channel = field(description="The channel.")
    quantity: Quantity = field(description="How many it offers.")
    oversold: bool = field(description="Whether that is more than there is to sell.")


@strawberry.type(description="One SKU over all places. Sums are null when no system states the number.")
class InventoryItem:
    """See `orderweave.model.inventory.InventoryItem`."""

    sku: str = field(description="The SKU.")
    title: str | None = field(description="The title to show.")
    on_hand: Quantity | None = field(description="What is physically there, over all places.")
    committed: Quantity | None = field(description="Promised to orders.")
    incoming: Quantity | None = field(description="On its way in.")
    available_to_sell: Quantity | None = field(description="What may still be sold.")
    levels: list[InventoryLevel] = field(directives=[ListSize(assumed_size=5)], description="Each place.")
    listings: list[Listing] = field(directives=[ListSize(assumed_size=3)], description="What the channels offer.")
    promises: list[Promise] = field(
        directives=[ListSize(assumed_size=3)], description="What may be promised over all places, and from when on."
    )
    expected: list[ExpectedReceipt] = field(
        directives=[ListSize(assumed_size=3)],
        description="What is expected at any place, the soonest first, what has no day last.",
    )
    channels: list[ChannelStock] = field(
        directives=[ListSize(assumed_size=3)], description="What each channel may sell and promise, and what it lists."
    )
    freshness: Freshness = field(description="How old it is and what is missing.")

    @field(
        description="What may be promised by an instant, over all places or in one channel: what may be sold, and what "
        "arrives by then."
    )
    def available_to_promise(self, by: By = None, channel: OfChannel = None) -> Quantity | None:
        """From the schedules, which are at hand."""
        if channel is None:
            return _promised(self, by)
        item = cast("model.InventoryItem", self)
        stock = next((each for each in item.channels if each.channel.code == channel), None)
        if stock is None:
            known = ", ".join(each.channel.code for each in item.channels) or "none"
            raise bad_input(f"channel: goods are sold in {known}")
        return _promised(stock, by)


@strawberry.type(description="A channel that lists more of a SKU than it may sell.")
class Oversell:
    """See `orderweave.model.inventory.Oversell`."""

    sku: str = field(description="The SKU.")
    title: str | None = field(description="The title to show.")
    channel: Channel = field(description="The channel.")
    listed: DatedQuantity = field(description="What it says it can sell.")
    available: DatedQuantity = field(description="What it may sell; below zero where more is promised than is there.")
    excess: Quantity = field(description="How many more it lists.")


@strawberry.type(description="The oversells among some SKUs, and what could not be judged.")
class OversellReport:
    """See `orderweave.model.inventory.OversellReport`."""

    oversells: list[Oversell] = field(description="Each case, by SKU and then by channel.")
    checked: int = field(description="How many SKUs were looked at.")
    unjudged: list[str] = field(
        directives=[ListSize(assumed_size=3)],
        description="SKUs of which nothing can be said, because a system that holds stock did not answer whole.",
    )
    missing: list[SourceIssue] = field(
        directives=[ListSize(assumed_size=1)], description="Systems whose part is missing, and why."
    )
    next_cursor: str | None = field(
        description="Hand it in as `after` to go on with the SKUs after these; null at the end."
    )


@strawberry.type(description="One sellable SKU.")
class Product(Node):
    """See `orderweave.model.product.Product`."""

    sku: str = field(description="The SKU.")
    title: str | None = field(description="The title to show.")
    gtin: str | None = field(description="The GTIN (EAN, UPC).")
    active: bool | None = field(description="Whether it is sold at present.")
    systems: list[str] = field(directives=[ListSize(assumed_size=3)], description="The systems that know it.")

    @classmethod
    def is_type_of(cls, value: Any, info: Any) -> bool:
        """Merged products are products."""
        return isinstance(value, product_model.Product)


def _promised(holder: Any, by: datetime | None) -> Quantity | None:
    """What the schedule of an item, a level or a channel has for an instant."""
    if by is not None and by.tzinfo is None:
        raise bad_input("by: an instant needs its time zone, such as 2026-01-31T08:00:00Z")
    found = promised(holder.promises, by)
    return None if found is None else Quantity(found)
