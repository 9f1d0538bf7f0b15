"""With a carrier in the business: it alone knows of the latest arrivals, and is believed about them."""

from __future__ import annotations

from typing import Any

from orderweave.demo import DemoBusiness
from orderweave_sdk.records import OrderRecord, Package, ShipmentStatus
from orderweave_sdk.testing.faults import Fault
from tests.e2e.business import Front, front

CONNECTORS = ("shopify", "tryton", "shiphero", "easypost")
ORDER = """query ($number: String!) { order(by: {number: $number}) { number fulfillmentStatus
  sources { system externalId }
  shipments { status deliveredAt packages {
    trackingNumber status trackingUrl carrier { code } eta { to } events { occurredAt status message location } } }
  freshness { missing { system reason facets } } } }"""
LIST = """query ($first: Int!) { orders(first: $first) {
  nodes { number fulfillmentStatus shipments { status packages { trackingNumber status } } }
  coverage { complete sources { system ok } } } }"""


def packages(order: OrderRecord) -> list[Package]:
    """The parcels of one record."""
    shipments = order.fulfillment.shipments if order.fulfillment else ()
    return [package for shipment in shipments for package in shipment.packages]


def arrived_unheard(business: DemoBusiness) -> tuple[str, list[Package]]:
    """The number of an order of which the shop has every parcel on its way and the carrier has delivered every one,
    and the parcels as the carrier knows them.
    """
    known = {
        package.tracking_number: package for record in business.worlds["carrier"].orders for package in packages(record)
    }
    for record in business.worlds["shop-us"].orders:
        sent = packages(record)
        seen = [known[package.tracking_number] for package in sent if package.tracking_number]
        whole = all(word.normalized == "FULFILLED" for word in record.statuses if word.axis == "FULFILLMENT")
        if (
            whole
            and seen
            and {package.status for package in sent} == {ShipmentStatus.OUT_FOR_DELIVERY}
            and {package.status for package in seen} == {ShipmentStatus.DELIVERED}
        ):
            return (record.key("number") or "").removeprefix("#"), seen
    raise AssertionError("no parcel of this business arrived lately")


async def order(running: Front, number: str) -> dict[str, Any]:
    """One order's goods."""
    answer = await running.ask(ORDER, {"number": number})
    assert "errors" not in answer
    found: dict[str, Any] = answer["data"]["order"]
    return found


async def test_the_carrier_makes_delivered_true() -> None:
    """What the shop has on its way and the carrier has delivered is delivered, with all the carrier's events; without
    the carrier it is on its way again, and the carrier's part is said to be missing.
    """
    async with front(seed=7, orders=500, connectors=CONNECTORS) as running:
        number, parcels = arrived_unheard(running.business)
        running.forget_calls()
        found = await order(running, number)
        asked = running.calls()["carrier"]
        await running.business.fail("carrier", Fault.STOPPED)
        alone = await order(running, number)
        await running.business.fail("carrier", None)

    assert asked == [
        {"operation": "trackers by code", "detail": sorted(parcel.tracking_number or "" for parcel in parcels)}
    ]
    assert found["fulfillmentStatus"] == "DELIVERED"
    assert {shipment["status"] for shipment in found["shipments"]} == {"DELIVERED"}
    assert all(shipment["deliveredAt"] for shipment in found["shipments"])
    by_number = {each["trackingNumber"]: each for shipment in found["shipments"] for each in shipment["packages"]}
    assert by_number.keys() == {parcel.tracking_number for parcel in parcels}
    for parcel in parcels:
        shown = by_number[parcel.tracking_number]
        told = {(event["occurredAt"], event["status"], event["message"]) for event in shown["events"]}
        assert {(e.occurred_at.isoformat(), e.status.value, e.message) for e in parcel.events or ()} <= told
        assert shown["events"][-1]["status"] == "DELIVERED"
        assert shown["events"][-1]["location"]
        assert shown["trackingUrl"] == parcel.tracking_url
        assert parcel.eta is not None
        assert parcel.eta.to is not None
        assert shown["eta"]["to"] == parcel.eta.to.isoformat()
    assert {source["externalId"] for source in found["sources"] if source["system"] == "carrier"} == by_number.keys()
    assert found["freshness"]["missing"] == []

    assert alone["fulfillmentStatus"] == "FULFILLED"
    assert {shipment["status"] for shipment in alone["shipments"]} == {"OUT_FOR_DELIVERY"}
    assert alone["freshness"]["missing"] == [{"system": "carrier", "reason": "UNREACHABLE", "facets": ["TRACKING"]}]


async def test_a_page_is_one_call_to_the_carrier() -> None:
    """A hundred orders' parcels are asked about at once, and each is as its carrier says."""
    async with front(seed=7, orders=500, connectors=CONNECTORS) as running:
        answer = await running.ask(LIST, {"first": 100})
        calls = running.calls()["carrier"]
        known = {
            package.tracking_number: package.status
            for record in running.business.worlds["carrier"].orders
            for package in packages(record)
        }
    assert "errors" not in answer
    shown = {
        package["trackingNumber"]: package["status"]
        for node in answer["data"]["orders"]["nodes"]
        for shipment in node["shipments"]
        for package in shipment["packages"]
    }
    assert len(shown) > 10
    assert [len(call["detail"]) for call in calls] == [len(shown)]
    delivered = {number for number, status in shown.items() if status == "DELIVERED"}
    assert delivered
    assert delivered == {number for number in shown if known[number] is ShipmentStatus.DELIVERED}
    assert answer["data"]["orders"]["coverage"]["complete"] is True
