"""One order as a shop, an ERP, a warehouse, an OMS, a carrier and a home-grown database tell it, and its merging."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import msgspec

from orderweave.matching import Ambiguity, Group
from orderweave.merging import Merger
from orderweave.model.order import LineQuantities, Order
from orderweave.model.provenance import Fetched, FieldConflict, SourceIssue
from orderweave.model.systems import Business, PlaceSpec, ReferenceRule
from orderweave.planning.authority import Authority
from orderweave_sdk.records import (
    Axis,
    Fulfillment,
    FulfillmentOrder,
    FulfillmentOrderStatus,
    GoodsLine,
    Key,
    Line,
    LocationKind,
    Money,
    Package,
    Place,
    Quantities,
    Shipment,
    ShipmentStatus,
    StatusWord,
    SystemKind,
    TrackingEvent,
)
from tests.unit.businesses import NOON, business, fetched, record, system

IDENTITY = Key("shop:number", "1001")
EAST, STORE = "east", "store"
PLACES = (
    PlaceSpec(id=EAST, name="East", kind=LocationKind.WAREHOUSE, systems={"shop": "L1", "erp": "12", "wms": "W1"}),
    PlaceSpec(id=STORE, name="Store", kind=LocationKind.STORE, systems={"shop": "L2", "erp": "13"}),
)


def retailer(authority: Mapping[str, tuple[str, ...]] | None = None) -> Business:
    """The six systems and two places."""
    rule = ReferenceRule(field="reference", names=("shop:number",), many=True)
    return business(
        system("shop", SystemKind.STOREFRONT, captures_orders=True),
        system("erp", SystemKind.ERP, references=(rule,)),
        system("wms", SystemKind.WMS, references=(rule,)),
        system("oms", SystemKind.OMS, references=(rule,)),
        system("carrier", SystemKind.CARRIER, references=(rule,)),
        system("legacy", SystemKind.DATABASE, references=(rule,)),
        places=PLACES,
        authority=authority,
    )


def merge(
    *members: Fetched,
    anchor: Fetched | None = None,
    authority: Mapping[str, tuple[str, ...]] | None = None,
    ambiguities: tuple[Ambiguity, ...] = (),
    missing: Sequence[SourceIssue] = (),
    now: datetime = NOON,
    fields: frozenset[str] | None = None,
) -> Order:
    """The order that these records are."""
    of = retailer(authority)
    group = Group(
        identity=IDENTITY, anchor=anchor, members=members, keys=frozenset({IDENTITY}), ambiguities=ambiguities
    )
    return Merger(of, Authority(of)).merge(group, now=now, missing=missing, fields=fields)


def says(system_name: str, external_id: str = "1", *, at: datetime = NOON, **facets: Any) -> Fetched:
    """What a system says, facet by facet; `updated_at` is among OrderRecord's own fields."""
    return fetched(system_name, record(external_id, **facets), at=at)


def word(axis: Axis, normalized: str, raw: str = "raw") -> StatusWord:
    """A status word."""
    return StatusWord(axis, raw, normalized, "1")


def usd(amount: str) -> Money:
    """An amount of dollars."""
    return Money(Decimal(amount), "USD")


def line(
    sku: str | None,
    ordered: str | None = None,
    *,
    canceled: str | None = None,
    current: str | None = None,
    external_id: str | None = None,
    **fields: Any,
) -> Line:
    """A line; its id is the SKU's unless given."""
    numbers = {"ordered": ordered, "canceled": canceled, "current": current}
    quantity = Quantities(**{name: Decimal(number) for name, number in numbers.items() if number is not None})
    said = Line(external_id=external_id or f"line-{sku}", sku=sku, quantity=quantity)
    return msgspec.structs.replace(said, **fields)


def amounts(quantity: LineQuantities) -> dict[str, str]:
    """The quantities that somebody states, as plain numbers."""
    stated = {name: getattr(quantity, name) for name in LineQuantities.__struct_fields__}
    return {name: format(value.normalize(), "f") for name, value in stated.items() if value is not None}


def shipment(
    external_id: str,
    goods: Mapping[str, int] | None = None,
    *,
    tracking: str | None = None,
    place: str | None = None,
    status: ShipmentStatus = ShipmentStatus.IN_TRANSIT,
    events: tuple[TrackingEvent, ...] | None = None,
    packages: tuple[Package, ...] | None = None,
    is_return: bool = False,
    shipped_at: datetime | None = NOON,
    delivered_at: datetime | None = None,
) -> Shipment:
    """A shipment of so many by SKU, in one package when there is a tracking number."""
    one = (Package(tracking_number=tracking, status=status, events=events),) if tracking else ()
    return Shipment(
        external_id=external_id,
        status=status,
        location=Place(external_id=place) if place else None,
        shipped_at=shipped_at,
        delivered_at=delivered_at,
        is_return=is_return,
        lines=tuple(GoodsLine(quantity=Decimal(count), sku=sku) for sku, count in (goods or {}).items()),
        packages=packages if packages is not None else one,
    )


def sent(*shipments: Shipment, planned: Iterable[FulfillmentOrder] = ()) -> Fulfillment:
    """The fulfillment facet."""
    return Fulfillment(shipments=shipments, fulfillment_orders=tuple(planned))


def plan(
    external_id: str,
    goods: Mapping[str, int],
    *,
    place: str | None = None,
    status: FulfillmentOrderStatus = FulfillmentOrderStatus.OPEN,
) -> FulfillmentOrder:
    """A planned fulfillment of so many by SKU."""
    return FulfillmentOrder(
        external_id=external_id,
        status=status,
        location=Place(external_id=place) if place else None,
        lines=tuple(GoodsLine(quantity=Decimal(count), sku=sku) for sku, count in goods.items()),
    )


def event(hours: float, status: ShipmentStatus, message: str | None = None) -> TrackingEvent:
    """A tracking event so many hours after noon."""
    return TrackingEvent(occurred_at=NOON + timedelta(hours=hours), status=status, message=message)


def conflict(order: Order, path: str) -> FieldConflict:
    """The one conflict on a path."""
    (found,) = [entry for entry in order.conflicts if entry.path == path]
    return found


def values(found: FieldConflict) -> dict[str, str | None]:
    """What each system says, most believed first."""
    return {entry.system: entry.value for entry in found.values}
