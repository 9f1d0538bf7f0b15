"""From deliveries to plans and facts. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, tzinfo
from decimal import Decimal

import msgspec

from orderweave_sap_s4hana.payloads import Delivery, DeliveryItem
from orderweave_sap_s4hana.statuses import ALL_ISSUED, NOT_RELEVANT, PARTLY, SOME_ISSUED, STATUSES, WHOLLY
from orderweave_sap_s4hana.wire import clock_time, day, decimal, plain, zone
from orderweave_sdk.records import (
    Axis,
    Fulfillment,
    FulfillmentOrder,
    FulfillmentOrderStatus,
    GoodsLine,
    Hold,
    HoldReason,
    Package,
    Place,
    Shipment,
    ShipmentStatus,
    utc,
)

_ISSUED = (PARTLY, WHOLLY)


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """How this company's deliveries are read: see the settings of the same names."""

    tracking_field: str
    by_storage_location: bool
    time_zone: tzinfo

    def place(self, plant: str | None, storage_location: str | None) -> Place | None:
        """A plant, or a storage location in it."""
        if not plant:
            return None
        within = f"/{storage_location}" if self.by_storage_location and storage_location else ""
        return Place(external_id=f"{plant}{within}")


class Sent(msgspec.Struct, frozen=True):
    """One delivery with those of its items that deliver one order."""

    header: Delivery
    items: tuple[DeliveryItem, ...]


def fulfillment(sent: Sequence[Sent], reading: Reading) -> Fulfillment:
    """Every delivery is a plan; one that is packed or has left is a fact too, under the same id."""
    ordered = sorted(sent, key=lambda each: plain(each.header.delivery_document))
    facts = (_fact(each, reading) for each in ordered)
    return Fulfillment(
        fulfillment_orders=tuple(_plan(each, reading) for each in ordered),
        shipments=tuple(fact for fact in facts if fact is not None),
    )


def issued(sent: Sequence[Sent]) -> str:
    """How much of what stands on deliveries has left: the ending of the raw word of fulfillment."""
    states = [each.header.overall_goods_movement_status for each in sent]
    if not any(state in _ISSUED for state in states):
        return ""
    return ALL_ISSUED if all(state == WHOLLY for state in states) else SOME_ISSUED


def _plan(sent: Sent, reading: Reading) -> FulfillmentOrder:
    header = sent.header
    raw = _planned(header)
    block = header.delivery_block_reason
    word = f"delivery block {block}"
    return FulfillmentOrder(
        external_id=plain(header.delivery_document),
        status=STATUSES.part(Axis.FULFILLMENT_ORDER, raw, FulfillmentOrderStatus),
        raw_status=raw,
        location=_location(sent, reading),
        lines=_goods(sent),
        holds=(Hold(reason=STATUSES.part(Axis.HOLD_REASON, word, HoldReason), raw=word),) if block else (),
    )


def _fact(sent: Sent, reading: Reading) -> Shipment | None:
    header = sent.header
    raw = _happened(header)
    if raw is None:
        return None
    status = STATUSES.part(Axis.SHIPMENT, raw, ShipmentStatus)
    number = plain(header.delivery_document)
    tracking = _tracking_number(header, reading.tracking_field)
    return Shipment(
        external_id=number,
        number=number,
        status=status,
        raw_status=raw,
        location=_location(sent, reading),
        shipped_at=_shipped_at(header, reading) if header.overall_goods_movement_status in _ISSUED else None,
        lines=_goods(sent),
        packages=(Package(tracking_number=tracking, status=status, raw_status=raw),) if tracking else (),
    )


def _planned(header: Delivery) -> str:
    """The last thing that is said of the work: goods movement, else packing, else picking."""
    if header.overall_goods_movement_status in _ISSUED:
        return f"goods movement {header.overall_goods_movement_status}"
    if header.overall_packing_status in _ISSUED:
        return f"packing {header.overall_packing_status}"
    return f"picking {header.overall_picking_status or NOT_RELEVANT}".rstrip()


def _happened(header: Delivery) -> str | None:
    """What makes a delivery a fact; None for one on which the work goes on."""
    if header.overall_proof_of_delivery_status == WHOLLY:
        return "proof of delivery C"
    if header.overall_goods_movement_status in _ISSUED:
        return f"goods movement {header.overall_goods_movement_status}"
    return "packing C" if header.overall_packing_status == WHOLLY else None


def _shipped_at(header: Delivery, reading: Reading) -> datetime | None:
    """When the goods were issued, by the clock where they left.

    SAP names that place's time zone; where it names none it is the system's. A zone that is not known here leaves the
    moment open, and so does a missing time.
    """
    when, at = day(header.actual_goods_movement_date), clock_time(header.actual_goods_movement_time)
    name = header.shippinglocationtimezone
    where = zone(name) if name else reading.time_zone
    if when is None or at is None or where is None:
        return None
    try:
        return utc(datetime.combine(when, at, where))
    except OverflowError:  # a day at the end of all calendars
        return None


def _tracking_number(header: Delivery, field: str) -> str | None:
    """What stands in the field in which this company keeps tracking numbers."""
    values = {
        "BillOfLading": header.bill_of_lading,
        "MeansOfTransport": header.means_of_transport,
        "DeliveryDocumentBySupplier": header.delivery_document_by_supplier,
    }
    return (values.get(field) or "").strip() or None


def _location(sent: Sent, reading: Reading) -> Place | None:
    found = (reading.place(item.plant, item.storage_location) for item in sent.items)
    return next((place for place in found if place is not None), None)


def _goods(sent: Sent) -> tuple[GoodsLine, ...]:
    """What is on it; items of nothing are heads over batches of their own."""
    return tuple(
        GoodsLine(
            quantity=quantity,
            sku=plain(item.material) if item.material else None,
            line_id=plain(item.reference_document_item) if item.reference_document_item else None,
        )
        for item in sent.items
        if (quantity := decimal(item.actual_delivery_quantity) or Decimal(0))
    )
