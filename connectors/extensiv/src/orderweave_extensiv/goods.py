"""From Extensiv's words to ours: what left the house, in which packages, and how far the rest is. Pure.

An order ships as a whole: it has no shipments of its own. Confirmed, it is one. Before that, what is loaded onto the
truck has left, and what is in packages is packed to leave.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from zoneinfo import ZoneInfo

import msgspec

from orderweave_extensiv.payloads import Allocation, Identifier, OrderItem, OrderPayload
from orderweave_extensiv.payloads import Package as PackagePayload
from orderweave_extensiv.statuses import CANCELED, CLOSED, LOADED, LOADED_INCOMPLETE, fulfillment_word
from orderweave_extensiv.times import in_utc
from orderweave_sdk.records import (
    Carrier,
    Fulfillment,
    GoodsLine,
    LocationKind,
    Package,
    Place,
    Progress,
    Shipment,
    ShipmentStatus,
)

# By order item's id.
_Quantities = Mapping[int, Decimal]


def fulfillment(payload: OrderPayload, zone: ZoneInfo) -> Fulfillment:
    """The shipments, and for each line that waits in the house how much of it is allocated and picked."""
    word = fulfillment_word(payload.read_only)
    waits = word not in (CLOSED, CANCELED, LOADED)
    return Fulfillment(
        shipments=_shipments(payload, word, zone),
        progress=tuple(found for item in payload.items if (found := _progress(item)) is not None) if waits else (),
    )


def place(facility: Identifier | None) -> Place | None:
    """A facility as orders name it."""
    if facility is None or facility.id is None:
        return None
    return Place(external_id=str(facility.id), name=facility.name or None, kind=LocationKind.WAREHOUSE)


def _shipments(payload: OrderPayload, word: str, zone: ZoneInfo) -> tuple[Shipment, ...]:
    packages = payload.read_only.packages or []
    everything = {item.read_only.order_item_id: item.qty for item in payload.items}
    if word == CLOSED:
        shipped_at = in_utc(payload.read_only.process_date, zone)
        left = _shipment(payload, everything, packages, ShipmentStatus.PICKED_UP)
        return (msgspec.structs.replace(left, shipped_at=shipped_at),)
    if word == LOADED:
        return (_shipment(payload, everything, packages, ShipmentStatus.PICKED_UP),)
    if word == CANCELED:
        void = _shipment(payload, _packed(packages), packages, ShipmentStatus.CANCELED)
        return (void,) if void.packages else ()
    loaded = _loaded(payload.items) if word == LOADED_INCOMPLETE else {}
    gone, here = _parted(packages, loaded)
    found = [_shipment(payload, loaded, gone, ShipmentStatus.PICKED_UP)] if loaded else []
    waiting = _shipment(payload, _packed(here), here, ShipmentStatus.LABEL_CREATED, after=found)
    return (*found, waiting) if waiting.packages else tuple(found)


def _shipment(
    payload: OrderPayload,
    quantities: _Quantities,
    packages: Sequence[PackagePayload],
    status: ShipmentStatus,
    *,
    after: Sequence[Shipment] = (),
) -> Shipment:
    """One shipment of these goods. The first has the order's id, and so stays the same one once the order is closed."""
    skus = {item.read_only.order_item_id: item.item_identifier and item.item_identifier.sku for item in payload.items}
    labeled = tuple(_packages(payload, packages, status, first=not after))
    if status is ShipmentStatus.LABEL_CREATED and not any(package.tracking_number for package in labeled):
        status = ShipmentStatus.PENDING
    order_id = str(payload.read_only.order_id)
    return Shipment(
        external_id=f"{order_id}/packed" if after else order_id,
        status=status,
        location=place(payload.read_only.facility_identifier),
        lines=tuple(
            GoodsLine(quantity=quantity, sku=skus.get(item_id) or None, line_id=str(item_id))
            for item_id, quantity in quantities.items()
            if quantity
        ),
        packages=labeled,
    )


def _packages(
    payload: OrderPayload, packages: Sequence[PackagePayload], status: ShipmentStatus, *, first: bool
) -> Iterable[Package]:
    """The packages; where none of the order's has a number and the order has one (freight), that is a package too."""
    routing = payload.routing_info
    name = (routing.carrier or "").strip() if routing else ""
    carrier = Carrier(code=name.lower(), name=name) if name else None
    for package in packages:
        number = _number(package)
        unlabeled = status is ShipmentStatus.LABEL_CREATED and not number
        yield Package(
            external_id=None if package.package_id is None else str(package.package_id),
            carrier=carrier,
            tracking_number=number or None,
            status=ShipmentStatus.PENDING if unlabeled else status,
        )
    of_order = (routing.tracking_number or "").strip() if routing else ""
    if of_order and first and not any(map(_number, payload.read_only.packages or ())):
        yield Package(carrier=carrier, tracking_number=of_order, status=status)


def _number(package: PackagePayload) -> str:
    return (package.tracking_number or "").strip()


def _packed(packages: Iterable[PackagePayload]) -> _Quantities:
    found: dict[int, Decimal] = {}
    for package in packages:
        for content in package.package_contents or ():
            if content.order_item_id is not None:
                found[content.order_item_id] = found.get(content.order_item_id, Decimal(0)) + content.qty
    return found


def _loaded(items: Iterable[OrderItem]) -> _Quantities:
    quantities = {item.read_only.order_item_id: _sum(_allocations(item, loaded=True)) for item in items}
    return {item_id: quantity for item_id, quantity in quantities.items() if quantity}


def _parted(
    packages: Iterable[PackagePayload], loaded: _Quantities
) -> tuple[list[PackagePayload], list[PackagePayload]]:
    """The packages that the loaded goods fill, one after the other, and the others; of an empty one nobody knows."""
    left = dict(loaded)
    gone: list[PackagePayload] = []
    here: list[PackagePayload] = []
    for package in packages:
        inside = _packed([package])
        if inside and all(quantity <= left.get(item_id, Decimal(0)) for item_id, quantity in inside.items()):
            gone.append(package)
            left |= {item_id: left[item_id] - quantity for item_id, quantity in inside.items()}
        else:
            here.append(package)
    return gone, here


def _allocations(item: OrderItem, *, loaded: bool) -> list[Allocation]:
    return [each for each in item.read_only.allocations or () if bool(each.loaded_out) is loaded]


def _sum(allocations: Iterable[Allocation]) -> Decimal:
    return sum((each.qty for each in allocations), Decimal(0))


def _progress(item: OrderItem) -> Progress | None:
    """What of a line is set aside and picked; not allocated is not yet backordered. None where nothing of it waits."""
    sku = item.item_identifier.sku if item.item_identifier else None
    if not sku or item.qty <= _sum(_allocations(item, loaded=True)):
        return None
    here = _allocations(item, loaded=False)
    told = item.read_only.allocations is not None
    return Progress(
        sku=sku,
        line_id=str(item.read_only.order_item_id),
        allocated=_sum(here) if told else None,
        picked=sum((each.properly_picked_primary or Decimal(0) for each in here), Decimal(0)) if told else None,
    )
