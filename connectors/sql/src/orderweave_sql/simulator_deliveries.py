"""From what is planned for the goods, and what happened to them, to the simulated shop's rows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from orderweave_sdk.records import Eta, Fulfillment, FulfillmentOrder, Hold, Shipment
from orderweave_sql.simulator_cells import Placed, goods_cells, shop_word, written_number, written_time


def fulfillment_rows(fulfillment: Fulfillment) -> Iterator[Placed]:
    """Picks, deliveries, parcels and progress, with all that belongs to them."""
    for order in fulfillment.fulfillment_orders:
        yield "picks", _pick(order)
        for line in order.lines:
            yield "pick_lines", {"pick_no": order.external_id, **goods_cells(line)}
        for hold in order.holds:
            yield "blocks", block_cells(hold, order.external_id)
    for shipment in fulfillment.shipments:
        yield from _delivery(shipment)
    for progress in fulfillment.progress:
        yield (
            "line_progress",
            {
                "line_no": progress.line_id,
                "article": progress.sku,
                "qty_allocated": written_number(progress.allocated),
                "qty_backordered": written_number(progress.backordered),
                "qty_picked": written_number(progress.picked),
            },
        )


def _pick(order: FulfillmentOrder) -> dict[str, Any]:
    return {
        "pick_no": order.external_id,
        "state": shop_word(order.raw_status, order.status),
        "place_no": order.location.external_id if order.location else None,
        "ship_via": shop_word(None, order.method),
        "start_tms": written_time(order.fulfill_at),
        "latest_tms": written_time(order.fulfill_by),
    }


def block_cells(hold: Hold, pick: str | None) -> dict[str, Any]:
    """A hold, of a pick or of the whole order."""
    return {
        "pick_no": pick,
        "reason": shop_word(hold.raw, hold.reason),
        "block_tms": written_time(hold.placed_at),
        "free_tms": written_time(hold.released_at),
    }


def _delivery(shipment: Shipment) -> Iterator[Placed]:
    owner = {"del_id": shipment.external_id}
    yield (
        "deliveries",
        {
            **owner,
            "del_no": shipment.number,
            "state": shop_word(shipment.raw_status, shipment.status),
            "place_no": shipment.location.external_id if shipment.location else None,
            "left_tms": written_time(shipment.shipped_at),
            "arrived_tms": written_time(shipment.delivered_at),
            "inbound": shipment.is_return,
        },
    )
    for line in shipment.lines:
        yield "delivery_lines", {**owner, **goods_cells(line)}
    for package in shipment.packages:
        eta = package.eta or Eta()
        yield (
            "parcels",
            {
                **owner,
                "parcel_no": package.external_id,
                "carrier": package.carrier.code if package.carrier else None,
                "carrier_name": package.carrier.name if package.carrier else None,
                "track_no": package.tracking_number,
                "track_url": package.tracking_url,
                "state": shop_word(package.raw_status, package.status),
                "eta_from": written_time(eta.from_),
                "eta_to": written_time(eta.to),
                "eta_by": eta.source,
                "promised_tms": written_time(package.promised_by),
            },
        )
        for event in package.events or ():
            yield (
                "parcel_scans",
                {
                    "parcel_no": package.external_id,
                    "scan_tms": written_time(event.occurred_at),
                    "state": shop_word(event.raw_code, event.status),
                    "remark": event.message,
                    "town": event.location,
                    "known_tms": written_time(event.recorded_at),
                },
            )
