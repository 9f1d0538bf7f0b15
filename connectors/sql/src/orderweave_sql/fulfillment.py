"""From rows to what is planned for the goods and what happened to them. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from orderweave_sdk.records import (
    Carrier,
    DeliveryMethod,
    Eta,
    Facet,
    Fulfillment,
    FulfillmentOrder,
    FulfillmentOrderStatus,
    GoodsLine,
    Hold,
    HoldReason,
    LocationKind,
    Package,
    Place,
    Progress,
    Shipment,
    ShipmentStatus,
    TrackingEvent,
)
from orderweave_sql.database_map import DatabaseMap
from orderweave_sql.payloads import Parts, Row


def fulfillment(parts: Parts, facets: frozenset[Facet], database: DatabaseMap) -> Fulfillment | None:
    """The facet, with the packages' events where tracking is wanted too; None when nothing of it is mapped."""
    if not {"fulfillment_orders", "shipments", "progress"} & set(parts):
        return None
    return Fulfillment(
        fulfillment_orders=tuple(_fulfillment_orders(parts, database)),
        shipments=tuple(_shipments(parts, facets, database)),
        progress=tuple(
            Progress(
                sku=row["sku"],
                line_id=row.get("line"),
                allocated=row.get("allocated"),
                backordered=row.get("backordered"),
                picked=row.get("picked"),
            )
            for row in parts.get("progress", ())
        ),
    )


def place(section: str, row: Row, database: DatabaseMap) -> Place | None:
    """Where, by the row's `location` and its name and kind."""
    if "location" not in row:
        return None
    return Place(
        external_id=row["location"],
        name=row.get("location_name"),
        kind=database.meaning(section, "location_kind", row, LocationKind),
    )


def hold(row: Row, database: DatabaseMap) -> Hold:
    """One hold, of an order or of a fulfillment order."""
    return Hold(
        reason=database.meaning("holds", "reason", row, HoldReason),
        raw=row.get("reason"),
        placed_at=row.get("placed_at"),
        released_at=row.get("released_at"),
    )


def _goods(parts: Parts, section: str, parent: str, owner: str) -> tuple[GoodsLine, ...]:
    return tuple(
        GoodsLine(quantity=row["quantity"], sku=row.get("sku"), line_id=row.get("line"))
        for row in parts.get(section, ())
        if row[parent] == owner
    )


def _fulfillment_orders(parts: Parts, database: DatabaseMap) -> Iterator[FulfillmentOrder]:
    for row in parts.get("fulfillment_orders", ()):
        yield FulfillmentOrder(
            external_id=row["id"],
            status=database.meaning("fulfillment_orders", "status", row, FulfillmentOrderStatus),
            raw_status=row.get("status"),
            location=place("fulfillment_orders", row, database),
            method=database.meaning("fulfillment_orders", "method", row, DeliveryMethod),
            fulfill_at=row.get("fulfill_at"),
            fulfill_by=row.get("fulfill_by"),
            lines=_goods(parts, "fulfillment_order_lines", "fulfillment_order", row["id"]),
            holds=tuple(
                hold(held, database) for held in parts.get("holds", ()) if held.get("fulfillment_order") == row["id"]
            ),
        )


def _shipments(parts: Parts, facets: frozenset[Facet], database: DatabaseMap) -> Iterator[Shipment]:
    for row in parts.get("shipments", ()):
        yield Shipment(
            external_id=row["id"],
            number=row.get("number"),
            status=database.meaning("shipments", "status", row, ShipmentStatus),
            raw_status=row.get("status"),
            location=place("shipments", row, database),
            shipped_at=row.get("shipped_at"),
            delivered_at=row.get("delivered_at"),
            is_return=row.get("is_return", False),
            lines=_goods(parts, "shipment_lines", "shipment", row["id"]),
            packages=tuple(
                _package(package, parts, facets, database)
                for package in parts.get("packages", ())
                if package["shipment"] == row["id"]
            ),
        )


def _package(row: Row, parts: Parts, facets: frozenset[Facet], database: DatabaseMap) -> Package:
    carrier = Carrier(code=row.get("carrier.code"), name=row.get("carrier.name"))
    eta = Eta(from_=row.get("eta.from"), to=row.get("eta.to"), source=row.get("eta.source"))
    return Package(
        external_id=row["id"],
        carrier=carrier if carrier != Carrier() else None,
        tracking_number=row.get("tracking_number"),
        tracking_url=row.get("tracking_url"),
        status=database.meaning("packages", "status", row, ShipmentStatus),
        raw_status=row.get("status"),
        eta=eta if eta != Eta() else None,
        promised_by=row.get("promised_by"),
        events=_events(row["id"], parts, database) if Facet.TRACKING in facets and "events" in parts else None,
    )


def _events(package: str, parts: Parts, database: DatabaseMap) -> tuple[TrackingEvent, ...]:
    found = [
        TrackingEvent(
            occurred_at=row["occurred_at"],
            status=database.meaning("events", "status", row, ShipmentStatus),
            raw_code=row.get("status"),
            message=row.get("message"),
            location=row.get("location"),
            recorded_at=row.get("recorded_at"),
        )
        for row in parts["events"]
        if row["package"] == package
    ]
    # The order of rows may be that of the database's own positions; the record's is that of time.
    return tuple(sorted(found, key=lambda event: event.occurred_at))
