"""From EasyPost's words to ours. Pure."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from orderweave_easypost.carriers import carrier
from orderweave_easypost.payloads import Tracker, TrackingDetail, TrackingLocation
from orderweave_easypost.statuses import milestone, word
from orderweave_sdk.capabilities import Gap
from orderweave_sdk.records import Eta, Package, TrackingEvent, TrackingRecord


def tracking_record(tracker: Tracker, number: str) -> tuple[TrackingRecord, list[Gap]]:
    """What EasyPost says of one parcel, under the number as it was asked for; a gap for events without a time."""
    details = tracker.tracking_details or []
    events = [event for detail in details if (event := _event(detail)) is not None]
    promised = tracker.carrier_detail.guaranteed_delivery_date if tracker.carrier_detail else None
    package = Package(
        external_id=tracker.id,
        carrier=carrier(tracker.carrier),
        tracking_number=number,
        tracking_url=tracker.public_url or None,
        status=milestone(tracker.status, tracker.status_detail),
        raw_status=word(tracker.status, tracker.status_detail),
        eta=expected(moment(tracker.est_delivery_date)),
        promised_by=moment(promised),
        events=tuple(sorted(events, key=lambda event: event.occurred_at)),
    )
    untimed = len(details) - len(events)
    gaps = [Gap(f"{untimed} events without a time that can be read", tracker.id)] if untimed else []
    return TrackingRecord(tracking_number=number, package=package), gaps


def moment(text: str | None) -> datetime | None:
    """A time of EasyPost's in UTC; None where there is none, and for one without a zone, which could be any."""
    if text is None:
        return None
    try:
        found = datetime.fromisoformat(text.strip())
        return found.astimezone(UTC) if found.tzinfo is not None else None
    except (ValueError, OverflowError):
        return None


def expected(at: datetime | None) -> Eta | None:
    """When a parcel is expected. Midnight stands for a day of which no hour is known, not for its first instant."""
    if at is None:
        return None
    if at.time() == time.min and at.date() < date.max:
        return Eta(from_=at, to=at + timedelta(days=1), source="carrier")
    return Eta(to=at, source="carrier")


def bare(number: str) -> str:
    """A tracking number as EasyPost writes it: people space them, and carriers print them so."""
    return "".join(number.split())


def _event(detail: TrackingDetail) -> TrackingEvent | None:
    occurred_at = moment(detail.datetime)
    if occurred_at is None:
        return None
    return TrackingEvent(
        occurred_at=occurred_at,
        status=milestone(detail.status, detail.status_detail),
        raw_code=word(detail.status, detail.status_detail),
        message=detail.message or detail.description or None,
        location=_place(detail.tracking_location),
    )


def _place(location: TrackingLocation | None) -> str | None:
    """City, state and country, those that are told; nobody needs the postal code to read where a parcel is."""
    if location is None:
        return None
    parts = (part.strip() for part in (location.city, location.state, location.country) if part)
    return ", ".join(part for part in parts if part) or None
