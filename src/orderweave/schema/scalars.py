"""Scalars and enums of the schema."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from typing import NewType

import strawberry
from strawberry.types.scalar import ScalarDefinition

from orderweave.index.zones import Interval
from orderweave.model.calls import BreakerState
from orderweave.model.exports import Format, Stage, What
from orderweave.model.provenance import IssueReason, Via
from orderweave.model.tracking import MilestoneKind, PickupState
from orderweave_sdk.manifest import SearchField
from orderweave_sdk.records import (
    Axis,
    ChannelKind,
    DeliveryMethod,
    Facet,
    FulfillmentOrderStatus,
    FulfillmentStatus,
    HoldReason,
    InvoiceDocumentStatus,
    InvoiceStatus,
    LineStatus,
    LocationKind,
    OrderStatus,
    PaymentStatus,
    ReturnStatus,
    ShipmentStatus,
    SystemKind,
    TransactionKind,
    TransactionStatus,
)

__all__ = [
    "QUANTITY",
    "Axis",
    "BreakerState",
    "ChannelKind",
    "DeliveryMethod",
    "Facet",
    "Format",
    "FulfillmentOrderStatus",
    "FulfillmentStatus",
    "HoldReason",
    "InvoiceDocumentStatus",
    "InvoiceStatus",
    "IssueReason",
    "LineStatus",
    "LocationKind",
    "MilestoneKind",
    "OrderSortField",
    "OrderStatus",
    "PaymentStatus",
    "PickupState",
    "Quantity",
    "ReturnStatus",
    "ShipmentStatus",
    "SortDirection",
    "Stage",
    "SystemKind",
    "TransactionKind",
    "TransactionStatus",
    "Via",
    "What",
    "written_quantity",
]

Quantity = NewType("Quantity", Decimal)


def written_quantity(value: Decimal) -> int | float:
    """A JSON number, whole where the goods are counted."""
    return int(value) if value == value.to_integral_value() else float(value)


QUANTITY: ScalarDefinition = strawberry.scalar(
    name="Quantity",
    description="A number of goods in the line's or SKU's unit, as a JSON number: whole for counted goods.",
    serialize=written_quantity,
    parse_value=lambda value: Quantity(Decimal(str(value))),
)

# The words of the kit and the model, as enums of the schema: (enum, description, name in the schema or None).
_ENUMS: tuple[tuple[type[StrEnum], str, str | None], ...] = (
    (OrderStatus, "Where the order as a whole stands.", None),
    (PaymentStatus, "How far the order, or one payment, is paid.", None),
    (
        FulfillmentStatus,
        "How far the goods are. DELIVERED comes from a carrier or a proof of delivery.",
        None,
    ),
    (FulfillmentOrderStatus, "Where one planned fulfillment stands.", None),
    (ShipmentStatus, "A milestone of a shipment, a package or a tracking event.", None),
    (LineStatus, "Where one line stands, derived from its quantities.", None),
    (InvoiceStatus, "How far the order is invoiced. Invoiced is not paid.", None),
    (InvoiceDocumentStatus, "Where one invoice stands.", None),
    (ReturnStatus, "Where one return, or the order's returns together, stand.", None),
    (HoldReason, "Why something may not go on.", None),
    (DeliveryMethod, "How the goods reach the customer. Ship-from-store is SHIPPING from a STORE.", None),
    (MilestoneKind, "A step on an order's way to its customer.", None),
    (PickupState, "Where goods stand that the customer fetches.", None),
    (LocationKind, "What kind of place it is.", None),
    (ChannelKind, "What kind of channel an order was placed in.", None),
    (TransactionKind, "What a payment transaction did.", None),
    (TransactionStatus, "How a payment transaction ended.", None),
    (SystemKind, "What kind of system it is.", None),
    (Facet, "A part of an order that systems deliver as a whole.", None),
    (Axis, "A status axis. One word never speaks for two.", "StatusAxis"),
    (Via, "By which way a record reached this answer.", None),
    (Interval, "A stretch of the calendar; weeks begin on Mondays.", "CalendarInterval"),
    (BreakerState, "Whether a system is asked: as always, not at all, or by one question that tries it.", None),
    (What, "What is exported: a row an order, a line, a package of a shipment, or a SKU at a place.", "ExportTable"),
    (Format, "In which form the files of an export are.", "ExportFormat"),
    (Stage, "Where an export stands.", "ExportState"),
    (IssueReason, "Why a system's part is missing, by what one can do about it.", None),
)
for _enum, _description, _name in _ENUMS:
    strawberry.enum(_enum, name=_name, description=_description)


@strawberry.enum(description="What a list of orders may be sorted by.")
class OrderSortField(StrEnum):
    """The sorts: by instants, which every place of capture can do live, and by sums, which takes the index."""

    PLACED_AT = "PLACED_AT"
    UPDATED_AT = "UPDATED_AT"
    TOTAL = "TOTAL"

    @property
    def search_field(self) -> SearchField:
        """The kit's name of the sort."""
        return SearchField(self.value)


@strawberry.enum(description="The direction of a sort.")
class SortDirection(StrEnum):
    """Ascending or descending."""

    ASC = "ASC"
    DESC = "DESC"
