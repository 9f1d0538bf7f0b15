"""From Vendure's fulfillments to our shipments. Pure.

A fulfillment has a state and no times; when it reached a state stands in the order's history.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from orderweave_sdk.records import (
    Axis,
    Carrier,
    Fulfillment,
    GoodsLine,
    Package,
    Shipment,
    ShipmentStatus,
    StatusWord,
    TrackingEvent,
    utc,
)
from orderweave_vendure.payloads import FulfillmentPayload, OrderPayload
from orderweave_vendure.statuses import CANCELED, SILENT_OF_GOODS, STATUSES

_SHIPPED, _DELIVERED = "Shipped", "Delivered"
_GONE = frozenset({_SHIPPED, _DELIVERED})
# When a fulfillment reached a state, by its id and the state.
Moves = Mapping[tuple[str, str], datetime]


def fulfillment(order: OrderPayload, *, events: bool) -> Fulfillment:
    """The shipments; Vendure plans none, so there are no fulfillment orders."""
    skus = {line.id: line.product_variant.sku for line in order.lines}
    moves: Moves = {
        (str(entry.data.fulfillment_id), entry.data.to or ""): utc(entry.created_at)
        for entry in (order.moved.items if order.moved else ())
    }
    return Fulfillment(
        shipments=tuple(_shipment(packed, skus, moves, events=events) for packed in order.fulfillments or ())
    )


def _shipment(packed: FulfillmentPayload, skus: Mapping[str, str], moves: Moves, *, events: bool) -> Shipment:
    status = STATUSES.part(Axis.SHIPMENT, packed.state, ShipmentStatus)
    package = Package(
        # What staff or a plugin wrote as the method: most often the carrier.
        carrier=Carrier(name=packed.method) if packed.method else None,
        tracking_number=packed.tracking_code,
        status=status,
        raw_status=packed.state,
        events=_events(packed, moves) if events else None,
    )
    return Shipment(
        external_id=packed.id,
        status=status,
        raw_status=packed.state,
        shipped_at=moves.get((packed.id, _SHIPPED)),
        lines=tuple(
            GoodsLine(quantity=Decimal(line.quantity), sku=skus.get(line.order_line_id), line_id=line.order_line_id)
            for line in packed.lines
        ),
        packages=(package,) if packed.tracking_code else (),
    )


def _events(packed: FulfillmentPayload, moves: Moves) -> tuple[TrackingEvent, ...]:
    """The moves that staff made of a package; what a carrier knows, Vendure does not."""
    return tuple(
        TrackingEvent(occurred_at=moment, status=STATUSES.part(Axis.SHIPMENT, state, ShipmentStatus), raw_code=state)
        for state in (_SHIPPED, _DELIVERED)
        if (moment := moves.get((packed.id, state))) is not None
    )


def fulfillment_word(order: OrderPayload) -> StatusWord:
    """How far the goods are: by the order's state, or by what was shipped where the state is silent of it."""
    silent = order.state in SILENT_OF_GOODS or order.state == CANCELED
    return STATUSES.read(Axis.FULFILLMENT, _by_goods(order) if silent else order.state)


def _by_goods(order: OrderPayload) -> str:
    gone: dict[str, int] = {}
    for packed in order.fulfillments or ():
        if packed.state in _GONE:
            for line in packed.lines:
                gone[line.order_line_id] = gone.get(line.order_line_id, 0) + line.quantity
    if not any(gone.values()):
        return CANCELED if order.state == CANCELED else "PaymentSettled"
    left = any(line.quantity > gone.get(line.id, 0) for line in order.lines)
    return "PartiallyShipped" if left else "Shipped"
