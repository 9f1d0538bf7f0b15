"""EasyPost's wire, only the fields used.

Times are texts here: a carrier's odd estimate must not cost the whole tracker.
"""

from __future__ import annotations

import msgspec


class TrackerPage(msgspec.Struct, frozen=True):
    """An answer with trackers, newest first; each is decoded on its own, so that a bad one spoils no other."""

    trackers: list[msgspec.Raw]
    has_more: bool = False


class TrackingLocation(msgspec.Struct, frozen=True):
    """Where something happened, as far as the carrier says."""

    city: str | None = None
    state: str | None = None
    country: str | None = None


class TrackingDetail(msgspec.Struct, frozen=True):
    """Something that happened to a parcel."""

    status: str
    status_detail: str | None = None
    datetime: str | None = None
    message: str | None = None
    description: str | None = None
    tracking_location: TrackingLocation | None = None


class CarrierDetail(msgspec.Struct, frozen=True):
    """What the carrier says beside the scans."""

    guaranteed_delivery_date: str | None = None


class Tracker(msgspec.Struct, frozen=True, kw_only=True):
    """What EasyPost knows of one parcel. `mode` is "test" or "production"."""

    id: str
    mode: str
    tracking_code: str
    status: str
    status_detail: str | None = None
    created_at: str | None = None
    carrier: str | None = None
    est_delivery_date: str | None = None
    public_url: str | None = None
    tracking_details: list[TrackingDetail] | None = None
    carrier_detail: CarrierDetail | None = None


class Webhook(msgspec.Struct, frozen=True):
    """A webhook of the account. One with a time at which it was disabled sends nothing."""

    url: str
    disabled_at: str | None = None


class WebhookList(msgspec.Struct, frozen=True):
    """All of them."""

    webhooks: list[Webhook]


class Refusal(msgspec.Struct, frozen=True):
    """The one field read of an error; its message may repeat what was sent."""

    code: str | None = None


class RefusalAnswer(msgspec.Struct, frozen=True):
    """The body of an answer with an error status."""

    error: Refusal
