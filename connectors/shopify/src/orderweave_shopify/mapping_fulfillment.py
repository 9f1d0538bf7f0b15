"""From Shopify's fulfillment orders and fulfillments to plans, shipments and packages. Pure.

Shopify speaks of a fulfillment as a whole: its status, its expected day and its events hold for each of its
tracking numbers alike.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from orderweave_sdk.records import (
    Axis,
    Carrier,
    DeliveryMethod,
    Eta,
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
    TrackingEvent,
    utc,
)
from orderweave_shopify.carriers import carrier_code
from orderweave_shopify.payloads import (
    AssignedLocationPayload,
    EventPayload,
    FulfillmentOrderPayload,
    FulfillmentPayload,
    TrackingInfoPayload,
)
from orderweave_shopify.statuses import STATUSES

# FulfillmentStatus.CANCELLED outranks whatever is displayed.
_CANCELED = "CANCELLED"


def fulfillment(
    planned: Iterable[FulfillmentOrderPayload], done: Iterable[FulfillmentPayload], *, tracking: bool
) -> Fulfillment:
    """The FULFILLMENT facet; with `tracking` its packages carry their events."""
    return Fulfillment(
        fulfillment_orders=tuple(_fulfillment_order(item) for item in planned),
        shipments=tuple(_shipment(item, tracking=tracking) for item in done),
    )


def holds(planned: FulfillmentOrderPayload) -> tuple[Hold, ...]:
    """The holds on one fulfillment order; Shopify shows those that stand, without their times."""
    return tuple(
        Hold(reason=STATUSES.part(Axis.HOLD_REASON, hold.reason, HoldReason), raw=hold.reason)
        for hold in planned.fulfillment_holds
    )


def _fulfillment_order(planned: FulfillmentOrderPayload) -> FulfillmentOrder:
    method = planned.delivery_method.method_type if planned.delivery_method else None
    return FulfillmentOrder(
        external_id=planned.id,
        status=STATUSES.part(Axis.FULFILLMENT_ORDER, planned.status, FulfillmentOrderStatus),
        raw_status=planned.status,
        location=_assigned(planned.assigned_location),
        method=STATUSES.part(Axis.DELIVERY_METHOD, method, DeliveryMethod),
        fulfill_at=utc(planned.fulfill_at) if planned.fulfill_at else None,
        fulfill_by=utc(planned.fulfill_by) if planned.fulfill_by else None,
        lines=tuple(
            GoodsLine(quantity=Decimal(line.total_quantity), sku=line.sku or None, line_id=line.line_item.id)
            for line in (planned.line_items.nodes if planned.line_items else ())
        ),
        holds=holds(planned),
    )


def _assigned(assigned: AssignedLocationPayload | None) -> Place | None:
    """The place, unless it was deleted: a name without an id names no place."""
    if assigned is None or assigned.location is None:
        return None
    return Place(external_id=assigned.location.id, name=assigned.name or None)


def _shipment(done: FulfillmentPayload, *, tracking: bool) -> Shipment:
    raw = _CANCELED if done.status == _CANCELED else done.display_status or done.status
    status = STATUSES.part(Axis.SHIPMENT, raw, ShipmentStatus)
    eta = Eta(to=utc(done.estimated_delivery_at)) if done.estimated_delivery_at else None
    events = _events(done) if tracking else None
    infos = done.tracking_info or ([TrackingInfoPayload()] if events or eta else [])
    return Shipment(
        external_id=done.id,
        number=done.name,
        status=status,
        raw_status=raw,
        location=Place(external_id=done.location.id, name=done.location.name or None) if done.location else None,
        shipped_at=utc(done.created_at),
        delivered_at=utc(done.delivered_at) if done.delivered_at else None,
        lines=tuple(
            GoodsLine(quantity=Decimal(line.quantity or 0), sku=line.line_item.sku or None, line_id=line.line_item.id)
            for line in done.fulfillment_line_items.nodes
        ),
        packages=tuple(
            Package(
                carrier=Carrier(code=carrier_code(info.company), name=info.company) if info.company else None,
                tracking_number=info.number or None,
                tracking_url=info.url or None,
                status=status,
                raw_status=raw,
                eta=eta,
                events=events,
            )
            for info in infos
        ),
    )


def _events(done: FulfillmentPayload) -> tuple[TrackingEvent, ...]:
    events = (_event(event) for event in (done.events.nodes if done.events else ()))
    return tuple(sorted(events, key=lambda event: event.occurred_at))


def _event(event: EventPayload) -> TrackingEvent:
    return TrackingEvent(
        occurred_at=utc(event.happened_at),
        recorded_at=utc(event.created_at),
        status=STATUSES.part(Axis.SHIPMENT, event.status, ShipmentStatus),
        raw_code=event.status,
        message=event.message or None,
        location=", ".join(part for part in (event.city, event.province, event.country) if part) or None,
    )
