"""What a carrier says of who signed for a parcel is personal, whatever way leads to it."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from orderweave.config.configuration import IndexSettings
from orderweave_sdk.records import OrderRecord, ShipmentStatus, TrackingEvent
from tests.access import matrix
from tests.access.callers import CALLERS, business, order_id
from tests.unit.fake_clock import NOON
from tests.unit.fake_systems import Woven

WORDS = "Signed for by: SMITH"
SIGNED = TrackingEvent(occurred_at=NOON, status=ShipmentStatus.DELIVERED, message=WORDS, location="Depot Bern")
_ADAS = order_id("Ada's")
_BY = 'by: {number: "1001"}'
_EVENTS = "{ shipments { packages { events { message location } } } }"
_SHIPMENTS = _EVENTS[1:-1]
WAYS = {
    "order": f"found: order({_BY}) {_EVENTS}",
    "list": f"found: orders(first: 5) {{ nodes {_EVENTS} }}",
    "node": f'found: node(id: "{_ADAS}") {{ ... on Order {_EVENTS} }}',
    "nodes": f'found: nodes(ids: ["{_ADAS}"]) {{ ... on Order {_EVENTS} }}',
    "orderUpdated": f"subscription {{ found: orderUpdated({_BY}) {{ order {_EVENTS} }} }}",
    "shipmentUpdated": f"subscription {{ found: shipmentUpdated({_BY}) {{ {_SHIPMENTS} }} }}",
    "shipmentUpdated's order": f"subscription {{ found: shipmentUpdated({_BY}) {{ order {_EVENTS} }} }}",
}


def signed_for(record: OrderRecord) -> OrderRecord:
    """The record with a carrier's words at each of its parcels."""
    assert record.fulfillment is not None
    shipments = tuple(
        msgspec.structs.replace(
            shipment,
            packages=tuple(msgspec.structs.replace(package, events=(SIGNED,)) for package in shipment.packages),
        )
        for shipment in record.fulfillment.shipments
    )
    return msgspec.structs.replace(record, fulfillment=msgspec.structs.replace(record.fulfillment, shipments=shipments))


def delivered(index: IndexSettings | None = None) -> Woven:
    """The matrix's business, with parcels that somebody signed for."""
    woven = business(index)
    warehouse = woven.fakes["wms"]
    warehouse.orders = [signed_for(record) for record in warehouse.orders]
    return woven


@pytest.mark.parametrize("compiled", [True, False], ids=["compiled", "reference"])
@pytest.mark.parametrize("way", WAYS)
async def test_who_reads_a_carriers_words(way: str, compiled: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Staff and the customer read them, an analyst sees that there are some and where the parcel was, and a picker is
    refused: by every way to an order, on both executors.
    """
    monkeypatch.setattr(matrix, "business", delivered)
    seen: dict[str, Any] = {
        name: await matrix.asked(WAYS[way], CALLERS[name], compiled=compiled)
        for name in ("staff", "Ada, by e-mail", "analyst", "picker")
    }
    for name in ("staff", "Ada, by e-mail"):
        assert WORDS in str(seen[name]["data"]), name
    assert "{'message': 'masked', 'location': 'Depot Bern'}" in str(seen["analyst"]["data"])
    assert WORDS not in str(seen["analyst"])
    assert matrix.outcome(seen["picker"]) == matrix.REFUSED
    assert seen["picker"]["errors"][0]["extensions"]["fields"] == ["TrackingEvent.message"]
