"""Carriers are asked about parcels by number: once for a page, when the goods matter, and believed about arrival."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from orderweave.model.rights import Owned, Rights, Scope
from orderweave.planning.needs import needs_of
from orderweave_sdk.errors import Unreachable
from orderweave_sdk.manifest import Capability
from orderweave_sdk.records import Axis, Package, ShipmentStatus, SystemKind, TrackingEvent, TrackingRecord
from tests.unit.caching.stores import settings
from tests.unit.fake_business import erp, order, shop
from tests.unit.fake_clock import NOON
from tests.unit.fake_systems import FakeSystem, Woven, manifest, weave
from tests.unit.schema.asking import data

GOODS = needs_of(["Order.fulfillmentStatus", "Order.shipments", "Order.sources"])
ARRIVED = TrackingEvent(occurred_at=NOON + timedelta(hours=9), status=ShipmentStatus.DELIVERED, message="At the door")


def carrier(*arrived: str, name: str = "carrier", batch: int = 50) -> FakeSystem:
    """A carrier that has delivered these parcels."""
    able = frozenset({Capability.READ_TRACKING})
    facets = manifest("x").facets & {facet for facet in manifest("x").facets if facet.value == "TRACKING"}
    declared = manifest(name, SystemKind.CARRIER, capabilities=able, facets=facets, batch=batch)
    system = FakeSystem(name, declared)
    system.parcels = [
        TrackingRecord(
            tracking_number=number,
            package=Package(tracking_number=number, status=ShipmentStatus.DELIVERED, events=(ARRIVED,)),
        )
        for number in arrived
    ]
    return system


async def first(woven: Woven, number: str = "1001") -> dict[str, Any]:
    """The goods of an order."""
    query = """query Q($number: String!) { order(by: {number: $number}) {
      fulfillmentStatus sources { system externalId }
      shipments { status deliveredAt packages { trackingNumber status events { message } } }
      freshness { missing { system reason facets } } } }"""
    found: dict[str, Any] = (await data(woven, query, {"number": number}))["order"]
    return found


async def test_the_carrier_is_believed_about_arrival() -> None:
    """A parcel that the shop has on its way is delivered when its carrier says so, with the carrier's events."""
    parcels = carrier("T1")
    sent = ((Axis.FULFILLMENT, "fulfilled", "FULFILLED"),)
    found = await first(weave(shop([order("a1", "#1001", tracking="T1", words=sent)]), parcels))
    assert found["fulfillmentStatus"] == "DELIVERED"
    assert found["shipments"] == [
        {
            "status": "DELIVERED",
            "deliveredAt": "2026-05-04T21:00:00+00:00",
            "packages": [{"trackingNumber": "T1", "status": "DELIVERED", "events": [{"message": "At the door"}]}],
        }
    ]
    assert found["sources"] == [
        {"system": "shop", "externalId": "a1"},
        {"system": "carrier", "externalId": "T1"},
    ]
    assert found["freshness"]["missing"] == []
    assert [call.values for call in parcels.calls] == [("T1",)]


async def test_what_the_carrier_does_not_know_stays_as_told() -> None:
    """A number that is unknown to the carrier is no parcel of its own, and no gap."""
    found = await first(weave(shop([order("a1", "#1001", tracking="T1")]), carrier("T2")))
    assert [shipment["status"] for shipment in found["shipments"]] == ["IN_TRANSIT"]
    assert [source["system"] for source in found["sources"]] == ["shop"]
    assert found["freshness"]["missing"] == []


async def test_a_silent_carrier_is_missing_where_there_are_parcels() -> None:
    """Its part is missing for an order with parcels, and for one without it is nobody's."""
    parcels = carrier("T1")
    parcels.error = Unreachable("off")
    woven = weave(shop([order("a1", "#1001", tracking="T1"), order("a2", "#1002")]), parcels)
    found = await first(woven)
    assert [shipment["status"] for shipment in found["shipments"]] == ["IN_TRANSIT"]
    missing = {"system": "carrier", "reason": "UNREACHABLE", "facets": ["TRACKING"]}
    assert found["freshness"]["missing"] == [missing]
    assert (await first(woven, "1002"))["freshness"]["missing"] == []


async def test_one_batch_for_a_page() -> None:
    """Twenty orders are one call; forty parcels and a batch of fifteen are three, each parcel once."""
    numbers = [str(1001 + position) for position in range(40)]
    store = shop([order(f"a{n}", f"#{n}", hours=int(n) - 1000, tracking=f"T{n}") for n in numbers])
    one, small = carrier(*(f"T{n}" for n in numbers)), carrier(name="small", batch=15)
    woven = weave(store, one, small)
    query = "query Q($first: Int) { orders(first: $first) { nodes { shipments { status } } } }"
    page = await data(woven, query, {"first": 20})
    assert {shipment["status"] for node in page["orders"]["nodes"] for shipment in node["shipments"]} == {"DELIVERED"}
    assert [len(call.values) for call in one.calls] == [20]
    one.calls.clear()
    small.calls.clear()
    await data(woven, query, {"first": 40})
    assert [len(call.values) for call in one.calls] == [40]
    assert [len(call.values) for call in small.calls] == [15, 15, 10]


async def test_two_spellings_of_a_number_are_one_parcel() -> None:
    """A carrier that knows each spelling that two orders have tells each order of one parcel, in one batch."""
    parcels = carrier("T 1", "T1")
    woven = weave(shop([order("a1", "#1001", tracking="T 1"), order("a2", "#1002", tracking="T1")]), parcels)
    page = await data(
        woven, "{ orders(first: 2) { nodes { sources { system } shipments { status packages { status } } } } }", {}
    )
    for node in page["orders"]["nodes"]:
        assert [source["system"] for source in node["sources"]] == ["shop", "carrier"]
        assert node["shipments"] == [{"status": "DELIVERED", "packages": [{"status": "DELIVERED"}]}]
    assert [set(call.values) for call in parcels.calls] == [{"T 1", "T1"}]


@pytest.mark.parametrize(
    "selection", ["number", "totals { total { amount } }", "invoices { number }", "lines { totalCount }"]
)
async def test_no_carrier_is_asked_without_goods(selection: str) -> None:
    """What has nothing to do with the goods costs no carrier's call."""
    parcels = carrier("T1")
    woven = weave(shop([order("a1", "#1001", tracking="T1")]), erp(), parcels)
    await data(woven, f'{{ order(by: {{number: "1001"}}) {{ {selection} }} orders {{ nodes {{ {selection} }} }} }}')
    assert parcels.calls == []


async def test_others_parcels_are_not_asked_about() -> None:
    """For a caller who sees one order of a list, the carrier is asked about that one's parcels."""
    parcels = carrier()
    store = shop(
        [order("a1", "#1001", email="ada@x.yz", tracking="T1"), order("a2", "#1002", email="ben@x.yz", tracking="T2")]
    )
    woven = weave(store, parcels)
    rights = Rights(scopes=frozenset(Scope), owned=Owned(emails=frozenset({"ada@x.yz"})))
    call = woven.gateway.call(rights=rights)
    assert await woven.gateway.order_by_number("1002", GOODS, call) is None
    assert parcels.calls == []
    assert await woven.gateway.order_by_number("1001", GOODS, call) is not None
    assert [call.values for call in parcels.calls] == [("T1",)]


async def test_parcels_are_kept_like_the_rest() -> None:
    """Within its time to live a parcel is answered from the cache; a failing carrier's stale word stands in, dated."""
    parcels = carrier("T1")
    woven = weave(shop([order("a1", "#1001", tracking="T1")]), parcels, cache=settings("shop", "carrier"))
    await first(woven)
    await first(woven)
    assert len(parcels.calls) == 1
    woven.time.advance(3600)
    parcels.error = Unreachable("off")
    found = await woven.gateway.order_by_number("1001", GOODS, woven.gateway.call())
    assert found is not None
    assert [shipment.status for shipment in found.shipments] == [ShipmentStatus.DELIVERED]
    assert found.freshness.stale
    assert found.freshness.missing == ()


async def test_a_silent_carrier_is_told_by_the_list() -> None:
    """A list whose parcels nobody could be asked about is not complete, and says who did not answer."""
    parcels = carrier("T1")
    woven = weave(shop([order("a1", "#1001", tracking="T1")]), parcels)
    query = "{ orders { nodes { shipments { status } } coverage { complete sources { system ok error } } } }"
    assert (await data(woven, query))["orders"]["coverage"] == {
        "complete": True,
        "sources": [{"system": "shop", "ok": True, "error": None}],
    }
    parcels.error = Unreachable("off")
    assert (await data(woven, query))["orders"]["coverage"] == {
        "complete": False,
        "sources": [
            {"system": "shop", "ok": True, "error": None},
            {"system": "carrier", "ok": False, "error": "off"},
        ],
    }
