"""Against exchanges recorded with the live API: EasyPost publishes no schema, so what was said is what holds."""

from __future__ import annotations

import copy
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from connectors.easypost.tests.recordings import Exchange, Shape, breaches, exchanges, shape_of, trackers
from orderweave_easypost.connector import EasypostConnector
from orderweave_easypost.mapping import tracking_record
from orderweave_easypost.payloads import Tracker, TrackerPage
from orderweave_easypost.simulator import EasypostSimulator
from orderweave_easypost.statuses import STATUSES, word
from orderweave_sdk.clock import Call
from orderweave_sdk.connecting import Connecting
from orderweave_sdk.records import Axis, ShipmentStatus
from orderweave_sdk.testing.contracts import contract_file
from orderweave_sdk.testing.samples import sample_world
from orderweave_sdk.testing.world import World

pytestmark = pytest.mark.contracts

# Carriers need not estimate: the test account's trackers all have an estimate, and others have none ("if available").
NOT_RECORDED = {"tracker.est_delivery_date is null, and was always text"}
RECORDINGS = ("all", "create", "delete", "get_next_page", "retrieve", "retrieve_batch")


@pytest.fixture(scope="module")
def recorded() -> list[Exchange]:
    """Every recorded exchange about trackers."""
    return [
        exchange
        for name in RECORDINGS
        for exchange in exchanges(contract_file(f"easypost/cassettes/test_tracker_{name}.yaml"))
    ]


@pytest.fixture(scope="module")
def shape(recorded: list[Exchange]) -> Shape:
    """What all recorded trackers have in common."""
    return shape_of(tracker for exchange in recorded for tracker in trackers(exchange.got))


async def test_every_request_and_answer_is_as_recorded(recorded: list[Exchange], shape: Shape) -> None:
    """Whatever the connector asks was asked like that of EasyPost, and the simulator answers like EasyPost."""
    sample = sample_world(EasypostSimulator.external_id)
    async with EasypostSimulator() as simulator:
        simulator.seed(World(orders=tuple(simulator.expressible(order) for order in sample.orders)))
        connecting = Connecting(EasypostConnector, simulator.settings())
        connector: Any = connecting.connector
        await connector.check(Call.within(10))
        numbers = [tracker["tracking_code"] for tracker in simulator._trackers]
        await connector.read_tracking(numbers, Call.within(10))
        await connecting.close()
    assert len(simulator.calls) == 2
    for call in simulator.calls:
        same = [each for each in recorded if (each.method, each.path) == (call.request.method, call.request.path)]
        assert same, f"{call.request.method} {call.request.path} was never recorded"
        assert {name for name, _ in call.request.query} <= frozenset().union(*(each.parameters for each in same))
        sent = shape_of(each.sent for each in same)
        assert list(breaches(call.request.json(), sent, "request")) == []
        answered = msgspec.json.decode(call.answer.body)
        assert call.answer.status in {each.status for each in same}
        for each in same:
            assert answered.keys() == each.got.keys()
            assert {name: type(value) for name, value in answered.items()} == {
                name: type(value) for name, value in each.got.items()
            }
        assert len(answered["trackers"]) >= 1
        for tracker in answered["trackers"]:
            assert set(breaches(tracker, shape)) - NOT_RECORDED == set()


async def test_webhooks_are_registered_as_recorded() -> None:
    """The registering of a webhook was asked like that of EasyPost, and the simulator answers like EasyPost."""
    names = ("webhook_all", "webhook_create", "webhook_retrieve", "event_retrieve_payload")
    recorded = [each for name in names for each in exchanges(contract_file(f"easypost/cassettes/test_{name}.yaml"))]
    async with EasypostSimulator() as simulator:
        connecting = Connecting(EasypostConnector, simulator.settings())
        connector: Any = connecting.connector
        for _ in range(2):
            await connector.register_webhooks("https://gateway.example.com/webhooks/carriers", Call.within(10))
        await connecting.close()
    assert [call.request.method for call in simulator.calls] == ["GET", "POST", "GET"]
    for call in simulator.calls:
        same = [each for each in recorded if (each.method, each.path) == (call.request.method, call.request.path)]
        assert same, f"{call.request.method} {call.request.path} was never recorded"
        if call.request.method == "POST":
            assert list(breaches(call.request.json(), shape_of(each.sent for each in same), "request")) == []
        answered = msgspec.json.decode(call.answer.body)
        assert call.answer.status in {each.status for each in same}
        assert list(breaches(answered, shape_of(each.got for each in same), "answer")) == []


def test_recorded_trackers_are_read(recorded: list[Exchange]) -> None:
    """Every tracker that EasyPost gave reads without a gap; the test account's are all labels with two scans."""
    found = []
    for exchange in recorded:
        for tracker in trackers(exchange.got):
            payload = msgspec.json.decode(msgspec.json.encode(tracker), type=Tracker)
            record, gaps = tracking_record(payload, payload.tracking_code)
            assert gaps == []
            found.append(record.package)
    assert len(found) == 21
    for package in found:
        assert package.carrier is not None
        assert (package.carrier.code, package.carrier.name) == ("usps", "USPS")
        assert package.status is ShipmentStatus.LABEL_CREATED
        assert package.raw_status == "pre_transit/status_update"
        assert (package.tracking_url or "").startswith("https://track.easypost.com/")
        assert package.eta is not None
        assert package.eta.to is not None
        events = package.events or ()
        assert [event.message for event in events] == ["Pre-Shipment Info Sent to USPS", "Shipping Label Created"]
        assert [event.location for event in events] == [None, "HOUSTON, TX"]
        assert {event.occurred_at.utcoffset() for event in events} == {timedelta(0)}


def test_recorded_pages_are_read(recorded: list[Exchange]) -> None:
    """Lists and batches decode, and say whether they go on."""
    pages = [
        msgspec.json.decode(msgspec.json.encode(exchange.got), type=TrackerPage)
        for exchange in recorded
        if exchange.path in ("/v2/trackers/batch", "/v2/trackers") and "trackers" in exchange.got
    ]
    assert [(len(page.trackers), page.has_more) for page in pages] == [(5, True), (5, True), (5, True), (1, False)]


def test_the_check_finds_what_is_wrong(recorded: list[Exchange], shape: Shape) -> None:
    """A field too much or too few, a value of another kind, a time written otherwise: each is told by its place."""
    right = next(trackers(recorded[0].got))
    assert list(breaches(right, shape)) == []
    wrong = copy.deepcopy(right)
    wrong["colour"] = "red"
    del wrong["public_url"]
    wrong["tracking_code"] = 1
    wrong["created_at"] = "2025-03-06 19:48"
    wrong["carrier_detail"]["object"] = "Detail"
    wrong["tracking_details"][0]["message"] = ["no"]
    assert sorted(breaches(wrong, shape)) == [
        "tracker has colour, which was never there",
        "tracker lacks public_url",
        "tracker.carrier_detail.object is 'Detail', and was always CarrierDetail",
        "tracker.created_at is no time as EasyPost writes them",
        "tracker.tracking_code is number, and was always text",
        "tracker.tracking_details[].message is list, and was always text",
    ]


def test_every_recorded_word_is_mapped() -> None:
    """In none of EasyPost's recordings has a parcel or a scan of one a pair of words that nobody mapped."""
    told = [
        one
        for path in contract_file("easypost/cassettes").glob("*.yaml")
        for exchange in exchanges(path)
        for tracker in trackers(exchange.got)
        for one in (tracker, *tracker["tracking_details"])
    ]
    assert {word(one["status"], one["status_detail"]) for one in told} == {
        "unknown/unknown",
        "pre_transit/status_update",
        "in_transit/status_update",
        "in_transit/arrived_at_facility",
        "out_for_delivery/out_for_delivery",
        "delivered/arrived_at_destination",
    }
    assert {word(one["status"], one["status_detail"]) for one in told} <= set(STATUSES.words[Axis.SHIPMENT])
