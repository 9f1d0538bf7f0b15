"""Stock and products as GraphQL types."""

from __future__ import annotations

from typing import Any

import strawberry
from strawberry import field

from orderweave.model import product as product_model
from orderweave.operations.weights import Cost, ListSize
from orderweave.schema.fulfillment_types import Location
from orderweave.schema.node import Node
from orderweave.schema.order_types import Channel
from orderweave.schema.provenance_types import FieldConflict, Freshness, SourceRecord
from orderweave.schema.scalars import Quantity


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
    counted: bool = field(description="Whether it is part of the SKU's sums; a mere listing is not.")
    sources: list[SourceRecord] = field(
        directives=[ListSize(assumed_size=2)], description="The systems that report it, most believed first."
    )
    conflicts: list[FieldConflict] = field(
        directives=[ListSize(assumed_size=1), Cost(weight="5")], description="What they disagree on."
    )


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
    freshness: Freshness = field(description="How old it is and what is missing.")


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
