"""What is left of plans and shipments when Shopify says them: a fulfillment speaks for all its parcels."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal

import msgspec

from orderweave_sdk.records import (
    Axis,
    Carrier,
    DeliveryMethod,
    Eta,
    Fulfillment,
    FulfillmentOrder,
    GoodsLine,
    Hold,
    Line,
    OrderRecord,
    Package,
    Place,
    Shipment,
    TrackingEvent,
)
from orderweave_shopify.carriers import carrier_code
from orderweave_shopify.simulator_words import heard, heard_event


def whole(quantity: Decimal | None) -> Decimal:
    """A quantity in whole units, as Shopify counts; nothing said is none."""
    return Decimal(int(quantity or 0))


def found_line(lines: Sequence[Line], line_id: str | None, sku: str | None) -> Line | None:
    """The order line that goods belong to, by its id or else by its SKU."""
    by_id = (line for line in lines if line_id is not None and line.external_id == line_id)
    by_sku = (line for line in lines if sku is not None and line.sku == sku)
    return next(by_id, None) or next(by_sku, None)


def expressible_fulfillment(order: OrderRecord, lines: Sequence[Line], placed: datetime) -> Fulfillment:
    """Plans with the order's holds on them, and what went out; what came back is not a fulfillment."""
    said = order.fulfillment or Fulfillment()
    planned = [_planned(item, lines) for item in said.fulfillment_orders]
    if planned:
        held = order_holds(Fulfillment(fulfillment_orders=tuple(planned)))
        loose = tuple(hold for hold in _standing(order.holds or ()) if hold not in held)
        planned[0] = msgspec.structs.replace(planned[0], holds=planned[0].holds + loose)
    name = order.key("number") or order.external_id
    outbound = [item for item in said.shipments if not item.is_return]
    return Fulfillment(
        fulfillment_orders=tuple(planned),
        shipments=tuple(_shipment(item, lines, f"{name}-F{n}", placed) for n, item in enumerate(outbound, start=1)),
    )


def order_holds(fulfillment: Fulfillment) -> tuple[Hold, ...]:
    """The order's holds: those of its fulfillment orders."""
    return tuple(hold for planned in fulfillment.fulfillment_orders for hold in planned.holds)


def _standing(holds: Iterable[Hold]) -> tuple[Hold, ...]:
    return tuple(Hold(reason=heard(Axis.HOLD_REASON, hold.reason)) for hold in holds if hold.released_at is None)


def _planned(item: FulfillmentOrder, lines: Sequence[Line]) -> FulfillmentOrder:
    return FulfillmentOrder(
        external_id=item.external_id,
        status=heard(Axis.FULFILLMENT_ORDER, item.status),
        location=_place(item.location),
        method=item.method if item.method is DeliveryMethod.UNKNOWN else heard(Axis.DELIVERY_METHOD, item.method),
        fulfill_at=item.fulfill_at,
        fulfill_by=item.fulfill_by,
        lines=tuple(_goods(item.lines, lines)),
        holds=_standing(item.holds),
    )


def _place(place: Place | None) -> Place | None:
    return Place(external_id=place.external_id, name=place.name or None) if place else None


def _goods(goods: Iterable[GoodsLine], lines: Sequence[Line]) -> Iterable[GoodsLine]:
    """Goods by their order line; goods of no line of the order cannot be said."""
    for item in goods:
        line = found_line(lines, item.line_id, item.sku)
        if line is not None:
            yield GoodsLine(quantity=whole(item.quantity), sku=line.sku, line_id=line.external_id)


def _shipment(item: Shipment, lines: Sequence[Line], name: str, placed: datetime) -> Shipment:
    status = heard(Axis.SHIPMENT, item.status)
    due = next((_due(package.eta) for package in item.packages if package.eta and _due(package.eta)), None)
    eta = Eta(to=due) if due else None
    events = tuple(
        sorted(
            dict.fromkeys(_event(event) for package in item.packages for event in package.events or ()),
            key=lambda event: event.occurred_at,
        )
    )
    return Shipment(
        external_id=item.external_id,
        number=item.number or name,
        status=status,
        location=_place(item.location),
        shipped_at=item.shipped_at or placed,
        delivered_at=item.delivered_at,
        lines=tuple(_goods(item.lines, lines)),
        packages=tuple(
            Package(
                carrier=_carrier(package.carrier),
                tracking_number=package.tracking_number or None,
                tracking_url=package.tracking_url or None,
                status=status,
                eta=eta,
                events=events,
            )
            for package in item.packages
        ),
    )


def _due(eta: Eta) -> datetime | None:
    return eta.to or eta.from_


def _carrier(carrier: Carrier | None) -> Carrier | None:
    name = (carrier.name or carrier.code) if carrier else None
    return Carrier(code=carrier_code(name), name=name) if name else None


def _event(event: TrackingEvent) -> TrackingEvent:
    return TrackingEvent(
        occurred_at=event.occurred_at,
        recorded_at=event.recorded_at or event.occurred_at,
        status=heard_event(event.status),
        message=event.message or None,
        location=event.location or None,
    )
