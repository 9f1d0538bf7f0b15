"""From ShipHero's words to ours: what was shipped, in which packages, and how far the rest is. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from orderweave_sdk.records import (
    Axis,
    Carrier,
    Fulfillment,
    GoodsLine,
    LocationKind,
    Package,
    Place,
    Progress,
    Shipment,
    ShipmentStatus,
    TrackingEvent,
)
from orderweave_shiphero.manifest import STATUSES
from orderweave_shiphero.payloads import (
    LabelPayload,
    LinePayload,
    OrderPayload,
    ShipmentPayload,
    ShippedLinePayload,
    WarehousePayload,
)
from orderweave_shiphero.times import in_utc


def fulfillment(payload: OrderPayload, lines: Sequence[LinePayload], *, events: bool) -> Fulfillment:
    """The shipments, and for each line with a SKU how many are allocated and backordered."""
    skus = {line.id: line.sku for line in lines}
    return Fulfillment(
        shipments=tuple(_shipment(shipment, skus, events=events) for shipment in payload.shipments or ()),
        progress=tuple(
            Progress(
                sku=line.sku,
                line_id=line.id,
                allocated=quantity(line.quantity_allocated),
                backordered=quantity(line.backorder_quantity),
            )
            for line in lines
            if line.sku
        ),
    )


def place(warehouse_id: str, warehouse: WarehousePayload | None) -> Place:
    """A warehouse as orders and stock name it."""
    name = warehouse.identifier if warehouse else None
    return Place(external_id=warehouse_id, name=name, kind=LocationKind.WAREHOUSE)


def quantity(count: int | None) -> Decimal | None:
    """A count as a quantity."""
    return None if count is None else Decimal(count)


def _shipment(payload: ShipmentPayload, skus: Mapping[str, str | None], *, events: bool) -> Shipment:
    rows = [edge.node for edge in payload.line_items.edges] if payload.line_items else []
    created = in_utc(payload.created_date)
    return Shipment(
        external_id=payload.id,
        status=_shipment_status(payload),
        location=place(payload.warehouse_id, payload.warehouse) if payload.warehouse_id else None,
        # A shipment that is not completed has its labels and waits in the house.
        shipped_at=None if payload.completed is False else created,
        lines=_goods(rows, skus),
        packages=tuple(
            _package(label, _goods([row for row in rows if row.shipping_label_id == label.id], skus), events=events)
            for label in payload.shipping_labels or ()
        ),
    )


def _goods(rows: Iterable[ShippedLinePayload], skus: Mapping[str, str | None]) -> tuple[GoodsLine, ...]:
    """Each order line once: what of it is in several packages is several rows."""
    counts: dict[str | None, int] = {}
    for row in rows:
        counts[row.line_item_id] = counts.get(row.line_item_id, 0) + (row.quantity or 0)
    return tuple(
        GoodsLine(quantity=Decimal(number), sku=skus.get(line_id or ""), line_id=line_id)
        for line_id, number in counts.items()
    )


def _shipment_status(payload: ShipmentPayload) -> ShipmentStatus:
    """The milestone of a shipment, for which ShipHero has flags and no word."""
    if payload.delivered:
        return ShipmentStatus.DELIVERED
    if payload.picked_up:
        return ShipmentStatus.PICKED_UP
    labels = payload.shipping_labels or []
    if not labels:
        return ShipmentStatus.UNKNOWN
    return ShipmentStatus.CANCELED if all(label.refunded for label in labels) else ShipmentStatus.LABEL_CREATED


def _package(label: LabelPayload, lines: tuple[GoodsLine, ...], *, events: bool) -> Package:
    carrier = label.carrier.strip() if label.carrier else ""
    return Package(
        external_id=label.id,
        carrier=Carrier(code=carrier.lower(), name=carrier) if carrier else None,
        tracking_number=label.tracking_number or None,
        status=_package_status(label),
        raw_status=label.status,
        events=_events(label) if events else None,
        lines=lines,
    )


def _package_status(label: LabelPayload) -> ShipmentStatus:
    """The flags say more than the label's word; a label whose price was given back carries no package."""
    if label.refunded:
        return ShipmentStatus.CANCELED
    if label.delivered:
        return ShipmentStatus.DELIVERED
    if label.picked_up:
        return ShipmentStatus.PICKED_UP
    return STATUSES.part(Axis.SHIPMENT, label.status, ShipmentStatus)


def _events(label: LabelPayload) -> tuple[TrackingEvent, ...]:
    """The one event that has a time: the making of the label."""
    created = in_utc(label.created_date)
    if created is None:
        return ()
    return (TrackingEvent(occurred_at=created, status=ShipmentStatus.LABEL_CREATED),)


def shows_part_shipment(lines: Sequence[LinePayload]) -> bool:
    """Whether some of the goods are shipped and some still wait."""
    return any(line.quantity_shipped for line in lines) and any(line.quantity_pending_fulfillment for line in lines)
