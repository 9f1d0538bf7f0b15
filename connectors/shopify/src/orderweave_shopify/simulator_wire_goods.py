"""Fulfillment orders and fulfillments on Shopify's wire. `lines` are the order's lines there, by id."""

from __future__ import annotations

from collections.abc import Mapping

from orderweave_sdk.records import (
    Axis,
    DeliveryMethod,
    FulfillmentOrder,
    GoodsLine,
    Package,
    Shipment,
    ShipmentStatus,
    TrackingEvent,
)
from orderweave_shopify.simulator_paging import Wire, connection
from orderweave_shopify.simulator_words import raw_event_word, raw_word


def fulfillment_order_wire(item: FulfillmentOrder, lines: Mapping[str, Wire]) -> Wire:
    """One planned fulfillment."""
    place = item.location
    method = None if item.method is DeliveryMethod.UNKNOWN else raw_word(Axis.DELIVERY_METHOD, item.method)
    return {
        "__typename": "FulfillmentOrder",
        "id": item.external_id,
        "status": raw_word(Axis.FULFILLMENT_ORDER, item.status),
        "fulfillAt": item.fulfill_at,
        "fulfillBy": item.fulfill_by,
        "assignedLocation": {
            "name": (place.name if place else None) or "",
            "location": {"id": place.external_id} if place else None,
        },
        "deliveryMethod": {"methodType": method} if method else None,
        "fulfillmentHolds": [{"reason": raw_word(Axis.HOLD_REASON, hold.reason)} for hold in item.holds],
        "lineItems": connection(
            [
                {"totalQuantity": int(goods.quantity), "sku": goods.sku, "lineItem": lines[goods.line_id or ""]}
                for goods in item.lines
            ]
        ),
    }


def fulfillment_wire(item: Shipment, lines: Mapping[str, Wire]) -> Wire:
    """One fulfillment with its tracking numbers and events."""
    packages = item.packages
    return {
        "__typename": "Fulfillment",
        "id": item.external_id,
        "name": item.number,
        "status": "CANCELLED" if item.status is ShipmentStatus.CANCELED else "SUCCESS",
        "displayStatus": raw_word(Axis.SHIPMENT, item.status),
        "createdAt": item.shipped_at,
        "deliveredAt": item.delivered_at,
        "estimatedDeliveryAt": packages[0].eta.to if packages and packages[0].eta else None,
        "location": {"id": item.location.external_id, "name": item.location.name or ""} if item.location else None,
        "trackingInfo": [_tracking(package) for package in packages],
        "fulfillmentLineItems": connection([_goods(goods, lines) for goods in item.lines]),
        "events": connection([_event(event) for event in (packages[0].events or ())] if packages else []),
    }


def _tracking(package: Package) -> Wire:
    return {
        "company": package.carrier.name if package.carrier else None,
        "number": package.tracking_number,
        "url": package.tracking_url,
    }


def _goods(goods: GoodsLine, lines: Mapping[str, Wire]) -> Wire:
    return {"quantity": int(goods.quantity), "lineItem": lines[goods.line_id or ""]}


def _event(event: TrackingEvent) -> Wire:
    """Shopify keeps city, province and country apart; a place of any other form stands in the city."""
    parts = (event.location or "").split(", ")
    city, province, country = parts if len(parts) == 3 and all(parts) else (event.location, None, None)
    return {
        "status": raw_event_word(event.status),
        "happenedAt": event.occurred_at,
        "createdAt": event.recorded_at,
        "message": event.message,
        "city": city,
        "province": province,
        "country": country,
    }
