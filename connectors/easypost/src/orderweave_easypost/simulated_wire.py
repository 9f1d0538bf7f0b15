"""A parcel in EasyPost's words, and what of a parcel can be said in them."""

from __future__ import annotations

import hashlib
from base64 import urlsafe_b64encode
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from orderweave_easypost.carriers import carrier
from orderweave_easypost.mapping import bare, expected
from orderweave_sdk.records import Carrier, Eta, Package, ShipmentStatus, TrackingEvent

# What each milestone is called: status and detail. Those that are not here cannot be said.
_WORDS = {
    ShipmentStatus.UNKNOWN: ("unknown", "unknown"),
    ShipmentStatus.LABEL_CREATED: ("pre_transit", "label_created"),
    ShipmentStatus.PICKED_UP: ("in_transit", "received_at_origin_facility"),
    ShipmentStatus.IN_TRANSIT: ("in_transit", "departed_facility"),
    ShipmentStatus.DELAYED: ("in_transit", "delayed"),
    ShipmentStatus.OUT_FOR_DELIVERY: ("out_for_delivery", "out_for_delivery"),
    ShipmentStatus.AVAILABLE_FOR_PICKUP: ("available_for_pickup", "arrived_at_pickup_location"),
    ShipmentStatus.DELIVERED: ("delivered", "arrived_at_destination"),
    ShipmentStatus.EXCEPTION: ("failure", "delivery_exception"),
    ShipmentStatus.RETURNING: ("return_to_sender", "return"),
    ShipmentStatus.LOST: ("failure", "lost"),
    ShipmentStatus.EXPIRED: ("failure", "expired"),
    ShipmentStatus.CANCELED: ("cancelled", "cancelled"),
}
# What is said of a milestone that has no word.
_INSTEAD = {
    ShipmentStatus.PENDING: ShipmentStatus.UNKNOWN,
    ShipmentStatus.ATTEMPTED_DELIVERY: ShipmentStatus.EXCEPTION,
    ShipmentStatus.RETURNED: ShipmentStatus.RETURNING,
}
# EasyPost's name of a carrier by our short code, where lower case is not all that tells them apart.
_NAMES = {
    "amazon": "AmazonShipping",
    "australia-post": "AustraliaPost",
    "canada-post": "CanadaPost",
    "deutsche-post": "DeutschePost",
    "dhl": "DHLPaket",
    "dhl-ecommerce": "DhlEcs",
    "dpd": "DPD",
    "fedex": "FedEx",
    "gls": "GLS",
    "la-poste": "LaPoste",
    "ontrac": "OnTracV3",
    "postnl": "PostNL",
    "royal-mail": "RoyalMail",
    "ups": "UPS",
    "usps": "USPS",
}
_FIRST_TRACKER = datetime(2026, 1, 1, tzinfo=UTC)


def tracker_id(package: Package) -> str:
    """The id of a parcel's tracker: its own where it has one of EasyPost's, else one made of the number."""
    if package.external_id is not None and package.external_id.startswith("trk_"):
        return package.external_id
    return "trk_" + hashlib.blake2b((package.tracking_number or "").encode(), digest_size=16).hexdigest()


def expressible_package(package: Package) -> Package:
    """What a tracker says of a parcel."""
    own_id = tracker_id(package)
    return Package(
        external_id=own_id,
        carrier=carrier(_name_of(package.carrier)),
        tracking_number=package.tracking_number,
        tracking_url=_public_url(own_id),
        status=_said(package.status),
        eta=expected(_estimate(package.eta)),
        promised_by=package.promised_by,
        events=tuple(msgspec.structs.replace(event, status=_said(event.status)) for event in package.events or ()),
    )


def tracker_document(package: Package, *, place: int, mode: str) -> dict[str, Any]:
    """The parcel's tracker; trackers with a greater `place` are newer."""
    own_id = tracker_id(package)
    status, detail = _WORDS[_said(package.status)]
    made_at = _FIRST_TRACKER + timedelta(seconds=place)
    name = _name_of(package.carrier)
    events = package.events or ()
    start, end = (events[0].location, events[-1].location) if events else (None, None)
    return {
        "id": own_id,
        "object": "Tracker",
        "mode": mode,
        "tracking_code": bare(package.tracking_number or ""),
        "status": status,
        "status_detail": detail,
        "created_at": _text(made_at),
        "updated_at": _text(events[-1].occurred_at if events else made_at),
        "signed_by": None,
        "weight": None,
        "est_delivery_date": _text(_estimate(package.eta)),
        "shipment_id": None,
        "carrier": name,
        "tracking_details": [_detail(event, name) for event in events],
        "fees": [],
        "carrier_detail": {
            "object": "CarrierDetail",
            "service": "Ground",
            "container_type": None,
            "est_delivery_date_local": None,
            "est_delivery_time_local": None,
            "origin_location": start or "",
            "origin_tracking_location": {**_location(start), "zip": ""},
            "destination_location": end or "",
            "destination_tracking_location": None,
            "guaranteed_delivery_date": _text(package.promised_by),
            "alternate_identifier": None,
            "initial_delivery_attempt": None,
        },
        "delivery_evidence": [],
        "public_url": _public_url(own_id),
    }


def _detail(event: TrackingEvent, carrier_name: str | None) -> dict[str, Any]:
    status, detail = _WORDS[_said(event.status)]
    return {
        "object": "TrackingDetail",
        "message": event.message,
        "description": "",
        "status": status,
        "status_detail": detail,
        "datetime": _text(event.occurred_at),
        "source": carrier_name,
        "carrier_code": "",
        "tracking_location": _location(event.location),
        "est_delivery_date": None,
    }


def _location(text: str | None) -> dict[str, str | None]:
    """Words such as "Portland, ME, US" or "Leipzig, DE" in their parts."""
    parts: list[str | None] = [*text.split(", ", 2)] if text else []
    if len(parts) == 2:
        parts.insert(1, None)
    city, state, country = [*parts, None, None, None][:3]
    return {"object": "TrackingLocation", "city": city, "state": state, "country": country, "zip": None}


def _estimate(eta: Eta | None) -> datetime | None:
    """The one time that is said of an estimate: its end, or the beginning of the day that it is."""
    if eta is None:
        return None
    day = expected(eta.from_)
    return eta.from_ if day is not None and (day.from_, day.to) == (eta.from_, eta.to) else eta.to


def _said(status: ShipmentStatus) -> ShipmentStatus:
    return _INSTEAD.get(status, status)


def _name_of(who: Carrier | None) -> str | None:
    if who is None:
        return None
    return _NAMES.get(who.code or "") or who.name or who.code


def _public_url(own_id: str) -> str:
    return "https://track.easypost.com/" + urlsafe_b64encode(f"v1:{own_id}".encode()).decode().rstrip("=")


def _text(moment: datetime | None) -> str | None:
    """As EasyPost writes times: to the second, in UTC."""
    return None if moment is None else moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
