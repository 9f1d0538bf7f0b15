"""From trackers to records: milestones, events, estimates, carriers; odd payloads cost no more than what is odd."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from orderweave_easypost.carriers import carrier
from orderweave_easypost.manifest import MANIFEST
from orderweave_easypost.mapping import bare, expected, moment, tracking_record
from orderweave_easypost.payloads import CarrierDetail, Tracker, TrackingDetail, TrackingLocation
from orderweave_easypost.simulated_wire import expressible_package, tracker_document
from orderweave_easypost.statuses import DETAIL_WORDS, STATUS_WORDS, STATUSES, milestone, word
from orderweave_sdk.decoding import decode
from orderweave_sdk.records import Axis, Carrier, Eta, Package, ShipmentStatus, TrackingEvent
from orderweave_sdk.testing.comparing import comparable
from orderweave_sdk.testing.simulator import SimulatedAnswer
from orderweave_sdk.unmapped import meeting_unmapped

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)


def tracker(**fields: Any) -> Tracker:
    """A tracker with the least that one has."""
    least = {"id": "trk_1", "mode": "production", "tracking_code": "T1", "status": "in_transit"}
    return Tracker(**(least | fields))


def package(**fields: Any) -> Package:
    """What becomes of such a tracker."""
    record, gaps = tracking_record(tracker(**fields), "T1")
    assert gaps == []
    return record.package


def test_a_whole_tracker() -> None:
    """All that is used of one, with exact values."""
    record, gaps = tracking_record(
        tracker(
            status="delivered",
            status_detail="arrived_at_destination",
            carrier="UPSDAP",
            est_delivery_date="2026-05-05T17:00:00Z",
            public_url="https://track.easypost.com/x",
            carrier_detail=CarrierDetail(guaranteed_delivery_date="2026-05-06T12:00:00-05:00"),
            tracking_details=[
                TrackingDetail(
                    status="delivered",
                    status_detail="arrived_at_destination",
                    datetime="2026-05-04T14:00:00+02:00",
                    message="At the door",
                    tracking_location=TrackingLocation(city=" PORTLAND ", state="ME", country="US"),
                ),
                TrackingDetail(
                    status="pre_transit",
                    datetime="2026-05-03T09:30:00Z",
                    message="",
                    description="Label printed",
                    tracking_location=TrackingLocation(),
                ),
            ],
        ),
        "t 1",
    )
    assert gaps == []
    assert record.tracking_number == "t 1"
    assert record.package == Package(
        external_id="trk_1",
        carrier=Carrier(code="ups", name="UPS"),
        tracking_number="t 1",
        tracking_url="https://track.easypost.com/x",
        status=ShipmentStatus.DELIVERED,
        raw_status="delivered/arrived_at_destination",
        eta=Eta(to=datetime(2026, 5, 5, 17, tzinfo=UTC), source="carrier"),
        promised_by=datetime(2026, 5, 6, 17, tzinfo=UTC),
        events=(
            TrackingEvent(
                occurred_at=datetime(2026, 5, 3, 9, 30, tzinfo=UTC),
                status=ShipmentStatus.LABEL_CREATED,
                raw_code="pre_transit",
                message="Label printed",
            ),
            TrackingEvent(
                occurred_at=NOON,
                status=ShipmentStatus.DELIVERED,
                raw_code="delivered/arrived_at_destination",
                message="At the door",
                location="PORTLAND, ME, US",
            ),
        ),
    )


def test_a_bare_tracker() -> None:
    """A tracker of which nothing is known yet is a parcel without events, not None: tracking was asked for."""
    assert package(status="unknown") == Package(
        external_id="trk_1", tracking_number="T1", status=ShipmentStatus.UNKNOWN, raw_status="unknown", events=()
    )
    assert package(status="unknown", tracking_details=[], public_url="", carrier=" ").carrier is None


@pytest.mark.parametrize(
    "when", [None, "", "yesterday", "2026-05-04", "2026-05-04T12:00:00", "0001-01-01T00:00:00+05:00"]
)
def test_times_that_cannot_be_read(when: str | None) -> None:
    """An estimate or a promise without a sure time is none; an event without one is a gap, and the others stay."""
    assert package(est_delivery_date=when).eta is None
    assert package(carrier_detail=CarrierDetail(guaranteed_delivery_date=when)).promised_by is None
    details = [
        TrackingDetail(status="in_transit", datetime=when),
        TrackingDetail(status="in_transit", datetime="2026-05-04T12:00:00Z"),
    ]
    record, gaps = tracking_record(tracker(tracking_details=details), "T1")
    assert [event.occurred_at for event in record.package.events or ()] == [NOON]
    assert [(gap.reason, gap.external_id) for gap in gaps] == [("1 events without a time that can be read", "trk_1")]


def test_midnight_is_a_day() -> None:
    """Carriers that estimate a day write its midnight; the parcel is not late one second into it."""
    assert package(est_delivery_date="2026-05-05T00:00:00Z").eta == Eta(
        from_=datetime(2026, 5, 5, tzinfo=UTC), to=datetime(2026, 5, 6, tzinfo=UTC), source="carrier"
    )
    assert expected(datetime(9999, 12, 31, tzinfo=UTC)) == Eta(to=datetime(9999, 12, 31, tzinfo=UTC), source="carrier")
    assert expected(None) is None


# The possible values of `status` and `status_detail` as EasyPost's reference of the Tracker object lists them.
DOCUMENTED = (
    "unknown pre_transit in_transit out_for_delivery delivered available_for_pickup return_to_sender failure cancelled"
    " error"
)
DOCUMENTED_DETAILS = (
    "address_correction arrived_at_destination arrived_at_facility arrived_at_pickup_location awaiting_information"
    " cancelled damaged delayed delivery_exception departed_facility departed_origin_facility expired failure held"
    " in_transit label_created lost missorted out_for_delivery received_at_destination_facility"
    " received_at_origin_facility refused return status_update transferred_to_destination_carrier transit_exception"
    " unknown weather_delay"
)


def test_the_status_map_is_total() -> None:
    """Each documented status alone and with each documented detail has a meaning, and the map has no other words."""
    statuses, details = DOCUMENTED.split(), DOCUMENTED_DETAILS.split()
    assert (len(statuses), len(details)) == (10, 28)
    assert set(STATUSES.words[Axis.SHIPMENT]) == {
        word(status, detail) for status in statuses for detail in (None, *details)
    }
    assert MANIFEST.statuses.problems() == []


@pytest.mark.parametrize("status", sorted(STATUS_WORDS))
@pytest.mark.parametrize("detail", [None, *DETAIL_WORDS, "something_new"])
def test_delivered_is_said_by_the_status_alone(status: str, detail: str | None) -> None:
    """No detail makes a parcel delivered, and none makes a delivered one anything else."""
    assert (milestone(status, detail) is ShipmentStatus.DELIVERED) == (status == "delivered")


@pytest.mark.parametrize(
    ("status", "detail", "meaning"),
    [
        ("pre_transit", "status_update", "LABEL_CREATED"),
        ("in_transit", "received_at_origin_facility", "PICKED_UP"),
        ("in_transit", "arrived_at_facility", "IN_TRANSIT"),
        ("in_transit", "unknown", "IN_TRANSIT"),
        ("in_transit", "weather_delay", "DELAYED"),
        ("in_transit", "delivery_exception", "EXCEPTION"),
        ("in_transit", "something_new", "IN_TRANSIT"),
        ("out_for_delivery", "out_for_delivery", "OUT_FOR_DELIVERY"),
        ("out_for_delivery", "delayed", "OUT_FOR_DELIVERY"),
        ("available_for_pickup", "arrived_at_pickup_location", "AVAILABLE_FOR_PICKUP"),
        ("return_to_sender", "arrived_at_destination", "RETURNING"),
        ("failure", "failure", "EXCEPTION"),
        ("failure", "lost", "LOST"),
        ("failure", "expired", "EXPIRED"),
        ("cancelled", "cancelled", "CANCELED"),
        ("error", None, "UNKNOWN"),
        ("error", "lost", "LOST"),
        ("unknown", "unknown", "UNKNOWN"),
        ("teleported", "arrived_at_destination", "UNKNOWN"),
        ("Delivered", None, "UNKNOWN"),
    ],
)
def test_milestones(status: str, detail: str | None, meaning: str) -> None:
    """What both words say together; a new detail says nothing, a new status is UNKNOWN, and both are kept."""
    found = package(status=status, status_detail=detail)
    assert found.status == meaning
    assert found.raw_status == (f"{status}/{detail}" if detail else status)


@pytest.mark.parametrize(
    ("name", "code", "shown"),
    [
        ("USPS", "usps", "USPS"),
        ("FedExDefault", "fedex", "FedEx"),
        ("DHLExpress", "dhl", "DHL Express"),
        ("DhlEcs", "dhl-ecommerce", "DHL eCommerce"),
        ("Royal Mail", "royal-mail", "Royal Mail"),
        ("DPDUK", "dpd", "DPD"),
        (" Joe's Vans ", None, "Joe's Vans"),
        ("郵便", None, "郵便"),
    ],
)
def test_carriers(name: str, code: str | None, shown: str) -> None:
    """Contracts and product lines of one carrier are that carrier; one that is not known keeps its name."""
    assert carrier(name) == Carrier(code=code, name=shown)


# Whole hours among them, so that midnights come often enough.
MOMENTS = some.one_of(
    some.integers(0, 3 * 10**9).map(lambda seconds: datetime.fromtimestamp(seconds, UTC)),
    some.integers(0, 300).map(lambda hours: NOON + timedelta(hours=hours)),
)
WORDS = some.text(some.characters(codec="utf-8", exclude_characters=","), min_size=1).map(str.strip).filter(bool)
PLACES = some.lists(WORDS, min_size=1, max_size=3).map(", ".join)
EVENTS = some.lists(
    some.builds(
        TrackingEvent,
        occurred_at=MOMENTS,
        status=some.sampled_from(ShipmentStatus),
        message=some.none() | WORDS,
        location=some.none() | PLACES,
    ),
    max_size=4,
).map(lambda events: tuple(sorted(events, key=lambda event: event.occurred_at)))


@given(
    some.builds(
        Package,
        carrier=some.none() | some.sampled_from([Carrier(code="ups", name="UPS"), Carrier(name="Joe's Vans")]),
        tracking_number=WORDS.filter(lambda text: bare(text) == text),
        status=some.sampled_from(ShipmentStatus),
        eta=some.none() | some.builds(Eta, from_=some.none() | MOMENTS, to=some.none() | MOMENTS),
        promised_by=some.none() | MOMENTS,
        events=EVENTS,
    )
)
def test_what_can_be_said_is_heard(parcel: Package) -> None:
    """Any parcel, said in EasyPost's words and read again, is what of it can be said; and that can be said again."""
    sayable = expressible_package(parcel)
    answer = SimulatedAnswer.of(tracker_document(parcel, place=0, mode="production"))
    record, gaps = tracking_record(decode(answer.body, Tracker, what="tracker"), parcel.tracking_number or "")
    assert gaps == []
    assert comparable(record.package) == comparable(sayable)
    assert expressible_package(sayable) == sayable


@given(some.text(), some.timedeltas())
def test_any_text_is_a_time_or_none(text: str, apart: timedelta) -> None:
    """No text breaks the reading of times, and what is read is in UTC."""
    found = moment(text)
    assert found is None or found.utcoffset() == timedelta(0)
    at = NOON + min(max(apart, timedelta(days=-300_000)), timedelta(days=300_000))
    assert moment(at.isoformat()) == at


def test_words_that_nobody_documented_are_told() -> None:
    """A status and a detail, of the parcel and of a scan, both words as one; those that are documented are not."""
    scans = [TrackingDetail(status="delivered", status_detail="by_owl", datetime="2026-05-04T14:00:00Z")]
    with meeting_unmapped(10) as words:
        found = package(status="teleported", status_detail="unknown", tracking_details=scans)
        package(status="error", status_detail="unknown")
        package(status="unknown")
    assert words == {(Axis.SHIPMENT, "teleported/unknown"), (Axis.SHIPMENT, "delivered/by_owl")}
    assert found.events
    assert (found.status, found.events[0].status) == (ShipmentStatus.UNKNOWN, ShipmentStatus.DELIVERED)
