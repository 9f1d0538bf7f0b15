"""From Fluent's words to ours: what is to be sent from where, and what was packed and handed over. Pure.

A fulfilment is both: the plan of one place, and, in its articles, the parcels that came of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from orderweave_fluent_commerce.payloads import (
    ArticlePayload,
    ConsignmentPayload,
    FulfilmentPayload,
    LocationPayload,
    OrderPayload,
    nodes,
)
from orderweave_fluent_commerce.statuses import STATUSES
from orderweave_fluent_commerce.times import in_utc
from orderweave_sdk.records import (
    Axis,
    Carrier,
    DeliveryMethod,
    Fulfillment,
    FulfillmentOrder,
    FulfillmentOrderStatus,
    FulfillmentStatus,
    GoodsLine,
    LocationKind,
    Package,
    Place,
    Shipment,
    ShipmentStatus,
    TrackingEvent,
)

_KINDS = {"WAREHOUSE": LocationKind.WAREHOUSE, "STORE": LocationKind.STORE}
# How far along each milestone is; an article and its booking are told apart by the farther one.
_MILESTONES = (
    ShipmentStatus.UNKNOWN,
    ShipmentStatus.PENDING,
    ShipmentStatus.LABEL_CREATED,
    ShipmentStatus.EXCEPTION,
    ShipmentStatus.PICKED_UP,
    ShipmentStatus.CANCELED,
)


def fulfillment(payload: OrderPayload, *, events: bool) -> Fulfillment:
    """The plans of the order's places, and a shipment for each of which something is packed."""
    skus = {item.id: item.product.ref for item in nodes(payload.items) if item.product is not None}
    fulfilments = nodes(payload.fulfilments)
    return Fulfillment(
        fulfillment_orders=tuple(_plan(each, skus) for each in fulfilments),
        shipments=tuple(_shipment(each, skus, events=events) for each in fulfilments if nodes(each.articles)),
    )


def place(ref: str | None, location: LocationPayload | None) -> Place | None:
    """A location by its reference, which is how orders and stock name it."""
    if not ref:
        return None
    name = location.name if location else None
    return Place(external_id=ref, name=name or None, kind=location_kind(location))


def location_kind(location: LocationPayload | None) -> LocationKind:
    """What kind of place it is; Fluent's types are free words, and these two are its own examples."""
    return _KINDS.get(location.type or "", LocationKind.UNKNOWN) if location else LocationKind.UNKNOWN


def progress_word(payload: OrderPayload, normalized: str) -> str:
    """How far the goods of an order that is still open are, where some were handed over."""
    if normalized in (FulfillmentStatus.FULFILLED, FulfillmentStatus.CANCELED):
        return normalized
    done = [each for each in nodes(payload.fulfilments) if _status(each) is FulfillmentOrderStatus.CLOSED]
    sent = sum(line.filled_quantity or 0 for each in done for line in nodes(each.items))
    if not sent:
        return normalized
    ordered = sum(item.quantity or 0 for item in nodes(payload.items))
    whole = sent >= ordered
    return (FulfillmentStatus.FULFILLED if whole else FulfillmentStatus.PARTIALLY_FULFILLED).value


def _status(payload: FulfilmentPayload) -> FulfillmentOrderStatus:
    return STATUSES.part(Axis.FULFILLMENT_ORDER, payload.status, FulfillmentOrderStatus)


def _location(payload: FulfilmentPayload) -> Place | None:
    ref = payload.from_location.ref if payload.from_location else None
    return place(ref, payload.from_address.location if payload.from_address else None)


def _plan(payload: FulfilmentPayload, skus: Mapping[str, str]) -> FulfillmentOrder:
    return FulfillmentOrder(
        external_id=payload.id,
        status=_status(payload),
        raw_status=payload.status,
        location=_location(payload),
        method=STATUSES.part(Axis.DELIVERY_METHOD, payload.type, DeliveryMethod),
        fulfill_by=in_utc(payload.expiry_time),
        lines=_lines(
            (
                (line.order_item.id if line.order_item else None, line.requested_quantity)
                for line in nodes(payload.items)
            ),
            skus,
        ),
    )


def _lines(counted: Iterable[tuple[str | None, int | None]], skus: Mapping[str, str]) -> tuple[GoodsLine, ...]:
    """So many of each item, in the order in which the items first stand."""
    sums: dict[str, int] = {}
    for item, quantity in counted:
        if item is not None and quantity:
            sums[item] = sums.get(item, 0) + quantity
    return tuple(
        GoodsLine(quantity=Decimal(quantity), sku=skus.get(item), line_id=item) for item, quantity in sums.items()
    )


def _shipment(payload: FulfilmentPayload, skus: Mapping[str, str], *, events: bool) -> Shipment:
    """What one place packed; it has no number and no time of its own.

    Parcels say what is in them; where none does, it is what the place filled.
    """
    articles = nodes(payload.articles)
    packed = [
        (item.order_item.id if item.order_item else None, item.quantity)
        for article in articles
        for item in nodes(article.items)
        if STATUSES.part(Axis.SHIPMENT, article.status, ShipmentStatus) is not ShipmentStatus.CANCELED
    ]
    filled = [(line.order_item.id if line.order_item else None, line.filled_quantity) for line in nodes(payload.items)]
    packages = tuple(_package(article, events=events) for article in articles)
    return Shipment(
        external_id=payload.id,
        status=_least(packages),
        raw_status=payload.status,
        location=_location(payload),
        lines=_lines(packed or filled, skus),
        packages=packages,
    )


def _least(packages: Sequence[Package]) -> ShipmentStatus:
    """The least advanced of the parcels: a shipment has left when all of it has. A voided parcel is none."""
    going = [package.status for package in packages if package.status is not ShipmentStatus.CANCELED]
    return min(going, key=_MILESTONES.index, default=ShipmentStatus.CANCELED)


def _package(article: ArticlePayload, *, events: bool) -> Package:
    bookings = [each.consignment for each in nodes(article.consignment_articles) if each.consignment is not None]
    booking = bookings[0] if bookings else ConsignmentPayload()
    ref = booking.carrier.ref if booking.carrier else None
    name = booking.carrier.name if booking.carrier else None
    status, raw_status = _farther(article.status, booking.status)
    return Package(
        external_id=article.id,
        carrier=Carrier(code=(ref or "").strip().lower() or None, name=name or ref) if ref or name else None,
        tracking_number=booking.tracking_label or booking.consignment_reference or None,
        status=status,
        raw_status=raw_status,
        events=_events(booking) if events else None,
    )


def _farther(*raws: str | None) -> tuple[ShipmentStatus, str | None]:
    """How far the farther of these words says it is, and the word: where several say so, all of them, joined by `/`."""
    said = {raw: STATUSES.part(Axis.SHIPMENT, raw, ShipmentStatus) for raw in raws if raw}
    status = max(said.values(), key=_MILESTONES.index, default=ShipmentStatus.UNKNOWN)
    return status, "/".join(raw for raw, meaning in said.items() if meaning is status) or None


def _events(booking: ConsignmentPayload) -> tuple[TrackingEvent, ...]:
    """The one event that has a time: the booking, with which the label is made."""
    booked = in_utc(booking.created_on)
    return () if booked is None else (TrackingEvent(occurred_at=booked, status=ShipmentStatus.LABEL_CREATED),)
