"""Parcels by number over the wire: what is asked and how often, which tracker counts, and what is refused."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest
import pytest_asyncio

from connectors.easypost.tests.parcels import parcel, world
from orderweave_easypost.connector import EasypostConnector
from orderweave_easypost.simulator import EasypostSimulator
from orderweave_sdk.clock import Call
from orderweave_sdk.connecting import Connecting
from orderweave_sdk.errors import BadPayload, FixCredentials, GiveUp, Retry, UpstreamError, Wait
from orderweave_sdk.records import ShipmentStatus, TrackingRecord
from orderweave_sdk.testing.simulator import SimulatedAnswer, SimulatedRequest


@pytest.mark.parametrize(("count", "calls"), [(1, 1), (20, 1), (100, 1), (1000, 10)])
async def test_call_counts(simulator: EasypostSimulator, connector: EasypostConnector, count: int, calls: int) -> None:
    """A hundred parcels are one call."""
    numbers = [f"T{n}" for n in range(1, count + 1)]
    found: list[TrackingRecord] = []
    for start in range(0, count, 100):
        found += (await connector.read_tracking(numbers[start : start + 100], Call.within(30))).records
    assert sorted(record.tracking_number for record in found) == sorted(numbers)
    assert len(simulator.calls) == calls
    assert {(call.request.method, call.request.path) for call in simulator.calls} == {("POST", "/v2/trackers/batch")}


async def test_what_is_asked(simulator: EasypostSimulator, connector: EasypostConnector) -> None:
    """Numbers go without spaces, each once, and come back in each way that they were written, once; blank ones and no
    ones cost nothing.
    """
    simulator.seed(world([parcel("1Z999AA1"), parcel("T2")]))
    numbers = [" 1Z 999 AA1", "1z999aa1", "", "T2 ", "T3", "1z999aa1"]
    tracking = await connector.read_tracking(numbers, Call.within(10))
    assert sorted(record.tracking_number for record in tracking.records) == [" 1Z 999 AA1", "1z999aa1", "T2 "]
    assert all(record.tracking_number == record.package.tracking_number for record in tracking.records)
    assert tracking.gaps == ()
    (call,) = simulator.calls
    assert call.request.json() == {"tracking_codes": ["1Z999AA1", "T2", "T3"]}
    assert (await connector.read_tracking([" ", ""], Call.within(10))).records == ()
    assert (await connector.read_tracking([], Call.within(10))).records == ()
    assert len(simulator.calls) == 1


async def test_the_key_is_the_name_of_basic_authentication(
    simulator: EasypostSimulator, connector: EasypostConnector
) -> None:
    """It is sent as the user's name with an empty password."""
    assert await connector.check(Call.within(10)) == "reachable, API key accepted, trackers found"
    (call,) = simulator.calls
    assert call.request.headers["authorization"] == "Basic RVpBS3NpbXVsYXRlZDo="
    assert (call.request.method, call.request.path, call.request.query) == (
        "GET",
        "/v2/trackers",
        (("page_size", "1"),),
    )
    simulator.seed(world([]))
    assert await connector.check(Call.within(10)) == "reachable, API key accepted, no tracker yet"


@pytest.mark.parametrize(("page", "calls"), [(100, 1), (50, 2), (20, 5), (10, 10)])
async def test_an_answer_that_is_cut_short(
    simulator: EasypostSimulator, connector: EasypostConnector, page: int, calls: int
) -> None:
    """What is missing is asked for again, and nothing twice."""
    simulator.page = page
    numbers = [f"T{n}" for n in range(1, 101)]
    tracking = await connector.read_tracking(numbers, Call.within(30))
    assert sorted(record.tracking_number for record in tracking.records) == sorted(numbers)
    assert tracking.gaps == ()
    assert len(simulator.calls) == calls
    asked = [set(call.request.json()["tracking_codes"]) for call in simulator.calls]
    assert [len(codes) for codes in asked] == [100 - page * place for place in range(calls)]


async def test_answers_without_end_are_a_gap(simulator: EasypostSimulator, connector: EasypostConnector) -> None:
    """Ten answers to one batch are enough: what they hold is given, and that there is more is told."""
    simulator.page = 9
    tracking = await connector.read_tracking([f"T{n}" for n in range(1, 101)], Call.within(30))
    assert len(tracking.records) == 90
    assert [gap.reason for gap in tracking.gaps] == [
        "the answer is cut short, and 10 parcels may stand in what is missing"
    ]
    assert len(simulator.calls) == 10


async def test_an_answer_that_brings_nothing_on(simulator: EasypostSimulator, connector: EasypostConnector) -> None:
    """Where the rest does not come the second time, it is not asked for a third time."""
    simulator.seed(world([*(parcel("T1") for _ in range(30))]))
    simulator.page = 20
    tracking = await connector.read_tracking(["T1", "T2"], Call.within(10))
    assert [record.tracking_number for record in tracking.records] == ["T1"]
    assert tracking.gaps == ()
    assert len(simulator.calls) == 2


async def test_the_newest_tracker_counts(simulator: EasypostSimulator, connector: EasypostConnector) -> None:
    """A number that was used before has two trackers: the parcel is the one of the newer."""
    simulator.seed(world([parcel("T1"), parcel("T2"), parcel("T1", ShipmentStatus.IN_TRANSIT)]))
    tracking = await connector.read_tracking(["T1", "T2"], Call.within(10))
    assert {record.tracking_number: record.package.status for record in tracking.records} == {
        "T1": ShipmentStatus.IN_TRANSIT,
        "T2": ShipmentStatus.DELIVERED,
    }


@pytest.mark.parametrize(("test_mode", "found", "gaps"), [(False, 0, 2), (True, 2, 0)])
async def test_test_trackers(test_mode: bool, found: int, gaps: int) -> None:
    """Invented parcels are believed only where that is meant; else each is a gap under its id."""
    async with EasypostSimulator(mode="test") as simulator:
        simulator.seed(world([parcel("T1"), parcel("T2")]))
        connecting = Connecting(EasypostConnector, {**simulator.settings(), "test_mode": test_mode})
        connector: Any = connecting.connector
        tracking = await connector.read_tracking(["T1", "T2"], Call.within(10))
        await connecting.close()
    assert (len(tracking.records), len(tracking.gaps)) == (found, gaps)
    for gap in tracking.gaps:
        assert gap.reason == "a test tracker, whose events are invented"
        assert (gap.external_id or "").startswith("trk_")


def test_a_test_key_must_be_meant() -> None:
    """A test key without test mode is a mistake in the configuration, named by its key."""
    assert EasypostConnector.problems({"api_key": "EZTKabc", "test_mode": True}) == []
    assert EasypostConnector.problems({"api_key": "EZAKabc", "test_mode": False}) == []
    (problem,) = EasypostConnector.problems({"api_key": "EZTKabc", "test_mode": False})
    assert problem.startswith("api_key is a test key")
    assert "EZTK" not in problem


class Refusing(EasypostSimulator):
    """Answers everything in one way."""

    def __init__(self) -> None:
        super().__init__()
        self.given = SimulatedAnswer()

    async def answer(self, request: SimulatedRequest) -> SimulatedAnswer:
        """The planted answer."""
        return self.given


@pytest_asyncio.fixture
async def refusing() -> AsyncIterator[tuple[Refusing, Any]]:
    """A server that refuses, and the connector on it."""
    async with Refusing() as simulator:
        connecting = Connecting(EasypostConnector, simulator.settings())
        yield simulator, connecting.connector
        await connecting.close()


def error(code: Any) -> bytes:
    """An error's body; the message holds what nobody is to read."""
    return msgspec.json.encode({"error": {"code": code, "message": "T1 of jane@example.org", "errors": []}})


@pytest.mark.parametrize(
    ("status", "body", "kind", "words"),
    [
        (401, error("APIKEY.INACTIVE"), FixCredentials, "HTTP 401"),
        (403, error("FORBIDDEN"), FixCredentials, "HTTP 403"),
        (402, error("PAYMENT_REQUIRED"), FixCredentials, "HTTP 402, PAYMENT_REQUIRED: the account has to be paid"),
        (400, error("BAD_REQUEST"), GiveUp, "trackers by code: HTTP 400, BAD_REQUEST"),
        (404, error("NOT_FOUND"), GiveUp, "trackers by code: HTTP 404, NOT_FOUND"),
        (405, b"<html>", GiveUp, "trackers by code: HTTP 405, without a code"),
        (422, error("T1 of jane@example.org"), GiveUp, "trackers by code: HTTP 422, without a code"),
        (422, error(7), GiveUp, "trackers by code: HTTP 422, without a code"),
        (422, b"{}", GiveUp, "trackers by code: HTTP 422, without a code"),
        (429, error("RATE_LIMITED"), Wait, "HTTP 429"),
        (408, error("TIMEOUT"), Retry, "HTTP 408"),
        (500, error("INTERNAL_SERVER_ERROR"), Retry, "HTTP 500"),
        (503, error("SERVICE_UNAVAILABLE"), Retry, "HTTP 503"),
        (504, b"", Retry, "HTTP 504"),
        (200, b'{"has_more": false}', BadPayload, "missing required field `trackers`"),
        (200, error("NOT_FOUND"), BadPayload, "missing required field `trackers`"),
    ],
)
async def test_refusals(
    refusing: tuple[Refusing, Any], status: int, body: bytes, kind: type[UpstreamError], words: str
) -> None:
    """Each says what one can do and the vendor's code, and never what was sent."""
    simulator, connector = refusing
    simulator.given = SimulatedAnswer(status=status, body=body)
    with pytest.raises(kind, match=words) as caught:
        await connector.read_tracking(["T1"], Call.within(10))
    assert "jane" not in str(caught.value)
    assert "T1" not in str(caught.value)


async def test_five_requests_a_second(simulator: EasypostSimulator, connector: EasypostConnector) -> None:
    """Past what it takes a second the server asks for patience, and the connector passes that on without waiting."""
    simulator.per_second = 5
    simulator._clock = lambda: 0.0
    for _ in range(5):
        await connector.read_tracking(["T1"], Call.within(10))
    with pytest.raises(Wait) as caught:
        await connector.read_tracking(["T1"], Call.within(10))
    assert caught.value.seconds is None
    simulator._clock = lambda: 1.0
    assert len((await connector.read_tracking(["T1"], Call.within(10))).records) == 1
