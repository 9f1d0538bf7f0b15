"""`shipmentUpdated` over the wire: shipments as they were and became, parcels under way, replay, and nothing beside."""

from __future__ import annotations

from typing import Any

import msgspec

from orderweave_sdk.records import Fulfillment, ShipmentStatus, TrackingEvent
from tests.unit.fake_business import order
from tests.unit.fake_clock import NOON
from tests.unit.fake_systems import Woven
from tests.unit.live.feeds import close_order
from tests.unit.web.live.talks import Talk, talking

FOLLOW = (
    'subscription($after: String) { shipmentUpdated(by: {number: "1001"}, after: $after) { cursor changed gap '
    "changes { changed } shipments { status deliveredAt packages { trackingNumber events { message } } } "
    "order { number } } }"
)
AT_THE_DEPOT = {"message": "at the depot"}


async def update(talk: Talk) -> dict[str, Any]:
    """The next update of the shipments."""
    found: dict[str, Any] = (await talk.hear())["payload"]["data"]["shipmentUpdated"]
    return found


def ship(woven: Woven, number: str) -> None:
    """The order's parcel gets another number."""
    orders = woven.fakes["shop"].orders
    orders[0] = msgspec.structs.replace(orders[0], fulfillment=order("a1", "1001", tracking=number).fulfillment)


def scan(woven: Woven) -> None:
    """The parcel was seen at the depot."""
    orders = woven.fakes["shop"].orders
    fulfillment = orders[0].fulfillment
    assert fulfillment is not None
    shipment = fulfillment.shipments[0]
    event = TrackingEvent(occurred_at=NOON, status=ShipmentStatus.IN_TRANSIT, message="at the depot")
    package = msgspec.structs.replace(shipment.packages[0], events=(event,))
    moved = Fulfillment(shipments=(msgspec.structs.replace(shipment, packages=(package,)),))
    orders[0] = msgspec.structs.replace(orders[0], fulfillment=moved)


async def test_shipments_as_they_become() -> None:
    """First the shipments as they are; then another label on the parcel, which is FULFILLMENT; then what happened to
    it, which is TRACKING. A change of the order's status between is not told.
    """
    async with talking() as talks:
        talk = await talks.begun()
        talk.subscribe("1", FOLLOW)
        first = await update(talk)
        assert (first["changed"], first["gap"], first["order"]) == ([], False, {"number": "1001"})
        (shipment,) = first["shipments"]
        assert shipment == {
            "status": "IN_TRANSIT",
            "deliveredAt": None,
            "packages": [{"trackingNumber": "T1", "events": []}],
        }
        close_order(talks.woven)
        await talks.changed()
        ship(talks.woven, "T2")
        await talks.changed()
        second = await update(talk)
        assert (second["changed"], second["changes"]) == (["FULFILLMENT"], [{"changed": ["FULFILLMENT"]}])
        numbers = [parcel["trackingNumber"] for shipment in second["shipments"] for parcel in shipment["packages"]]
        assert numbers == ["T2"]
        scan(talks.woven)
        await talks.changed()
        third = await update(talk)
        assert third["changed"] == ["TRACKING"]
        events = [parcel["events"] for shipment in third["shipments"] for parcel in shipment["packages"]]
        assert events == [[AT_THE_DEPOT]]
        assert len({first["cursor"], second["cursor"], third["cursor"]}) == 3


async def test_what_was_missed_is_replayed() -> None:
    """Who comes back with a cursor is told of both changes since, in order, with the shipments of now; who has the
    newest is told nothing but the state.
    """
    async with talking() as talks:
        talk, stays = await talks.begun(), await talks.begun()
        for each in (talk, stays):
            each.subscribe("1", FOLLOW)
        cursor = (await update(talk))["cursor"]
        await update(stays)
        talk.hang_up()
        await talk.task
        ship(talks.woven, "T2")
        await talks.changed()
        await update(stays)
        scan(talks.woven)
        await talks.changed()
        newest = (await update(stays))["cursor"]
        again = await talks.begun()
        again.subscribe("1", FOLLOW, after=cursor)
        missed = await update(again)
        assert missed["changes"] == [{"changed": ["FULFILLMENT"]}, {"changed": ["TRACKING"]}]
        assert (missed["changed"], missed["gap"]) == (["FULFILLMENT", "TRACKING"], False)
        assert [shipment["packages"] for shipment in missed["shipments"]] == [
            [{"trackingNumber": "T2", "events": [AT_THE_DEPOT]}]
        ]
        again.subscribe("2", FOLLOW, after=newest)
        told = await update(again)
        assert (told["changed"], told["gap"], told["cursor"]) == ([], False, newest)


async def test_order_that_goes_is_the_end() -> None:
    """An order that no system knows any more: no shipments, no order, and the subscription is complete."""
    async with talking() as talks:
        talk = await talks.begun()
        talk.subscribe("1", FOLLOW)
        await update(talk)
        for fake in talks.woven.fakes.values():
            fake.orders.clear()
        await talks.changed()
        told = await update(talk)
        assert (told["changed"], told["shipments"], told["order"]) == (["FULFILLMENT", "TRACKING"], [], None)
        assert await talk.hear() == {"type": "complete", "id": "1"}
