"""Our records in ShipHero's wire, for the simulator. Connections are functions of `first` and `after`."""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from graphql import GraphQLError

from orderweave_sdk.records import (
    Address,
    Hold,
    Line,
    LocationRecord,
    Money,
    OrderRecord,
    Package,
    Place,
    ProductRecord,
    Progress,
    Shipment,
    ShipmentStatus,
    StockRecord,
)
from orderweave_shiphero.simulated_records import LineCounts, legacy_id, line_counts, order_as_said, raw_status

_PREFIX = "arrayconnection:"
_DEFAULT_PAGE = 100

Fields = dict[str, Any]


def connection(items: Sequence[Any], make: Callable[[Any], Fields]) -> Callable[..., Fields]:
    """A connection over `items`, each made only when its page is asked for; cursors are places in the list."""

    def page(_info: Any, first: int | None = None, after: str | None = None, sort: str | None = None) -> Fields:
        if first is not None and first < 0:
            raise GraphQLError("first and last can't be negative values")
        start = _place(after) + 1 if after else 0
        end = min(len(items), start + (_DEFAULT_PAGE if first is None else first))
        return {
            "pageInfo": {
                "hasNextPage": end < len(items),
                "hasPreviousPage": False,
                "startCursor": _cursor(start) if start < end else None,
                "endCursor": _cursor(end - 1) if start < end else None,
            },
            "edges": [{"node": make(item), "cursor": _cursor(start + n)} for n, item in enumerate(items[start:end])],
        }

    return page


def _cursor(place: int) -> str:
    return base64.b64encode(f"{_PREFIX}{place}".encode()).decode()


def _place(cursor: str) -> int:
    return int(base64.b64decode(cursor).decode().removeprefix(_PREFIX))


def order_wire(record: OrderRecord) -> Fields:
    """One order."""
    said = order_as_said(record)
    counts = line_counts(record)
    header, totals = said.header, said.header.totals if said.header else None
    references = {key.namespace: key.value for key in said.references}
    progress = {entry.line_id: entry for entry in said.fulfillment.progress} if said.fulfillment else {}
    holds = {hold.raw: hold for hold in said.holds or ()}
    ending = holds.pop("hold_until_date", None)
    return {
        "id": said.external_id,
        "legacy_id": legacy_id(said.external_id),
        "order_number": references.get("order_number"),
        "partner_order_id": references.get("partner_order_id"),
        "fulfillment_status": raw_status(record),
        "order_date": _time(header.placed_at) if header else None,
        "shop_name": header.channel.code if header and header.channel else None,
        "source": header.origin if header else None,
        "currency": header.currency if header else None,
        "subtotal": _amount(totals.subtotal) if totals else None,
        "total_tax": _amount(totals.tax) if totals else None,
        "total_discounts": _amount(totals.discount) if totals else None,
        "total_price": _amount(totals.total) if totals else None,
        "shipping_lines": {"price": _amount(totals.shipping)} if totals and totals.shipping else None,
        "shipping_address": _address(said.addresses.shipping) if said.addresses else None,
        "billing_address": _address(said.addresses.billing) if said.addresses else None,
        "holds": _flags(holds),
        "hold_until_date": _time(ending.released_at) if ending else None,
        "line_items": connection(
            said.lines or (),
            lambda line: _line(line, counts[line.external_id], progress.get(line.external_id)),
        ),
        "shipments": [_shipment(shipment) for shipment in (said.fulfillment.shipments if said.fulfillment else ())],
    }


def _time(moment: datetime | None) -> str | None:
    """UTC without a zone, as the vendor writes it."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat() if moment else None


def _amount(money: Money | None) -> str | None:
    return format(money.amount, "f") if money else None


def _count(quantity: Decimal | None) -> int | None:
    return None if quantity is None else int(quantity)


def _flags(holds: dict[str | None, Hold]) -> Fields:
    names = ("fraud_hold", "address_hold", "shipping_method_hold", "operator_hold", "payment_hold", "client_hold")
    return {name: name in holds for name in names}


def _address(address: Address | None) -> Fields | None:
    if address is None:
        return None
    first, _, last = (address.name or "").partition(" ")
    lines = (*address.lines, "", "")
    return {
        "first_name": first,
        "last_name": last,
        "company": address.company,
        "address1": lines[0],
        "address2": lines[1],
        "city": address.city,
        "state": address.region,
        "state_code": address.region,
        "zip": address.postal_code,
        "country": address.country_code,
        "country_code": address.country_code,
        "phone": address.phone,
    }


def _line(line: Line, count: LineCounts, progress: Progress | None) -> Fields:
    return {
        "id": line.external_id,
        "sku": line.sku,
        "product_name": line.title,
        "price": _amount(line.unit_price),
        "fulfillment_status": count.status,
        "quantity": count.quantity,
        "quantity_pending_fulfillment": count.pending,
        "quantity_shipped": count.shipped,
        "quantity_allocated": _count(progress.allocated) if progress else 0,
        "backorder_quantity": _count(progress.backordered) if progress else 0,
    }


def _shipment(shipment: Shipment) -> Fields:
    return {
        "id": shipment.external_id,
        "warehouse_id": shipment.location.external_id if shipment.location else None,
        "warehouse": place_wire(shipment.location) if shipment.location else None,
        "created_date": _time(shipment.shipped_at),
        "completed": shipment.shipped_at is not None,
        "delivered": shipment.status is ShipmentStatus.DELIVERED,
        "picked_up": shipment.status in (ShipmentStatus.DELIVERED, ShipmentStatus.PICKED_UP),
        "shipping_labels": [_label(package) for package in shipment.packages],
        "line_items": connection(
            _packed(shipment),
            lambda row: {"line_item_id": row[0], "shipping_label_id": row[1], "quantity": row[2]},
        ),
    }


def _packed(shipment: Shipment) -> list[tuple[str | None, str | None, int]]:
    """The goods as rows of (line, label, pieces): those of each label, and those of which no label is said."""
    rows: list[tuple[str | None, str | None, int]] = []
    for goods in shipment.lines:
        labeled = [
            (goods.line_id, package.external_id, int(line.quantity))
            for package in shipment.packages
            for line in package.lines
            if line.line_id == goods.line_id
        ]
        left = int(goods.quantity) - sum(pieces for _, _, pieces in labeled)
        rows += [*labeled, *([(goods.line_id, None, left)] if left or not labeled else [])]
    return rows


def shipment_wire(record: OrderRecord, shipment_id: str) -> Fields | None:
    """One shipment of an order."""
    return next((wire for wire in order_wire(record)["shipments"] if wire["id"] == shipment_id), None)


def _label(package: Package) -> Fields:
    known = package.status is not ShipmentStatus.UNKNOWN
    events = package.events or ()
    return {
        "id": package.external_id,
        "status": "valid" if known else package.raw_status or "unheard of",
        "tracking_number": package.tracking_number or "",
        "carrier": package.carrier.name if package.carrier else None,
        "delivered": package.status is ShipmentStatus.DELIVERED,
        "picked_up": package.status in (ShipmentStatus.DELIVERED, ShipmentStatus.PICKED_UP),
        "refunded": package.status is ShipmentStatus.CANCELED,
        "created_date": _time(events[0].occurred_at) if events else None,
    }


def place_wire(place: Place) -> Fields:
    """A warehouse as orders and stock name it."""
    return {"id": place.external_id, "identifier": place.name}


def warehouse_wire(record: LocationRecord) -> Fields:
    """A warehouse in the account's list."""
    address = record.address
    lines = (*address.lines, "", "") if address else ("", "")
    return {
        "id": record.external_id,
        "identifier": record.name,
        "address": {
            "name": address.name,
            "address1": lines[0],
            "address2": lines[1],
            "city": address.city,
            "state": address.region,
            "country": address.country_code,
            "zip": address.postal_code,
            "phone": address.phone,
        }
        if address
        else None,
    }


def stock_wire(said: StockRecord) -> Fields:
    """One SKU in one warehouse, already reduced to what ShipHero says."""
    return {
        "id": said.external_id,
        "sku": said.sku,
        "warehouse_id": said.location.external_id,
        "warehouse": place_wire(said.location),
        "product": {"name": said.title} if said.title else None,
        "on_hand": _count(said.on_hand),
        "available": _count(said.available),
        "allocated": _count(said.committed),
        "reserve_inventory": _count(said.reserved),
        "updated_at": _time(said.updated_at),
    }


def product_wire(record: ProductRecord) -> Fields:
    """One product."""
    return {
        "id": record.external_id,
        "sku": record.sku,
        "name": record.title,
        "active": record.active,
        "updated_at": _time(record.updated_at),
    }
