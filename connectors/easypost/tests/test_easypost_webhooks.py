"""Webhook signatures: what EasyPost signed is believed, and nothing else; and what a believed event says."""

from __future__ import annotations

import hashlib
import hmac
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as some

from orderweave_easypost.webhooks import check, delivery
from orderweave_sdk.webhooks import Delivery, Refusal, Refused

BODY = b'{"id":"evt_1","description":"tracker.updated"}'
SECRET = "s\u00e9cret"
# "é" decomposed, byte by byte: the secret as EasyPost takes it.
KEY = b"se\xcc\x81cret"
SENT_AT = datetime(2025, 8, 19, 20, 37, 9, tzinfo=UTC)
STAMP = "Tue, 19 Aug 2025 20:37:09 -0000"
PATH = "/hooks/easypost"


def signature(signed: bytes, key: bytes = KEY) -> str:
    """As EasyPost writes one."""
    return "hmac-sha256-hex=" + hmac.new(key, signed, hashlib.sha256).hexdigest()


def timed(stamp: str = STAMP, path: str = PATH, body: bytes = BODY) -> dict[str, str]:
    """The headers of a delivery that is signed with its time."""
    return {
        "x-timestamp": stamp,
        "x-path": path,
        "x-hmac-signature-v2": signature(f"{stamp}POST{path}".encode() + body),
    }


def judged(
    headers: dict[str, str],
    body: bytes = BODY,
    *secrets: str,
    now: datetime = SENT_AT,
    timed_only: bool = False,
) -> Refusal | None:
    """Why a delivery is refused; None for one that is believed."""
    try:
        check(headers, body, secrets or (SECRET,), now=now, timed_only=timed_only)
    except Refused as refused:
        return refused.reason
    return None


def test_a_known_signature() -> None:
    """A signature that was made elsewhere (openssl dgst -sha256 -hmac), over the composed and the decomposed secret."""
    headers = {"x-hmac-signature": "hmac-sha256-hex=9179bd2b42891a82d83aaceeee9761309c9c5ee02f19579dca91d3ed24d68f62"}
    for secret in ("s\u00e9cret", "se\u0301cret"):
        assert judged(headers, BODY, secret) is None


def test_the_older_signature() -> None:
    """It is of the body alone, holds at any time, and is not enough where a time is demanded."""
    headers = {"x-hmac-signature": signature(BODY)}
    assert judged(headers) is judged(headers, now=SENT_AT + timedelta(days=900)) is None
    assert judged(headers, BODY + b" ") is judged(headers, BODY, "other") is Refusal.FORGED
    assert judged(headers, timed_only=True) is Refusal.UNSIGNED


def test_the_newer_signature() -> None:
    """It is of time, path and body: each of them changed is another delivery."""
    assert judged(timed(), timed_only=True) is judged(timed(), BODY, "other", SECRET) is None
    assert judged(timed(), BODY + b" ") is Refusal.FORGED
    assert judged(timed() | {"x-path": "/other"}) is Refusal.FORGED
    assert judged(timed() | {"x-timestamp": "Tue, 19 Aug 2025 20:37:10 -0000"}) is Refusal.FORGED


@pytest.mark.parametrize(
    "stamp", [STAMP, "Tue, 19 Aug 2025 20:37:09 +0000", "Tue, 19 Aug 2025 22:37:09 +0200", "19 Aug 2025 20:37:09 GMT"]
)
def test_a_delivery_is_good_for_some_minutes(stamp: str) -> None:
    """Five minutes before and after its time, in whatever zone that is written; then it is a replay."""
    for seconds in (-300, 0, 300):
        assert judged(timed(stamp), now=SENT_AT + timedelta(seconds=seconds)) is None
    for seconds in (-301, 301):
        assert judged(timed(stamp), now=SENT_AT + timedelta(seconds=seconds)) is Refusal.STALE


def test_what_is_missing() -> None:
    """No signature, half a signature: each is told, and the older one does not stand in for the newer."""
    assert judged({}) is Refusal.UNSIGNED
    older = {"x-hmac-signature": signature(BODY)}
    for name in ("x-timestamp", "x-path"):
        headers = {key: value for key, value in timed().items() if key != name}
        assert judged(headers | older) is Refusal.UNSIGNED
    assert judged(timed() | {"x-hmac-signature-v2": "hmac-sha256-hex=00"} | older) is Refusal.FORGED
    assert judged(timed("soon")) is Refusal.UNREADABLE


@given(some.text(), some.text(), some.binary())
def test_no_other_signature_holds(header: str, stamp: str, body: bytes) -> None:
    """Whatever stands in the headers, it breaks nothing and is not believed."""
    assert judged({"x-hmac-signature": header}, body) is not None
    headers = timed() | {"x-timestamp": stamp}
    assert stamp == STAMP or judged(headers, body) is not None


def event(**more: object) -> bytes:
    """The body of an event about a parcel."""
    fields = {
        "id": "evt_1",
        "description": "tracker.updated",
        "mode": "production",
        "created_at": "2025-08-19T20:37:08.5Z",
        "result": {"object": "Tracker", "tracking_code": "EZ1"},
    }
    return msgspec.json.encode({**fields, **more})


def test_what_an_event_says() -> None:
    """A tracker's event names its parcel and its instant."""
    assert delivery(event(), test_mode=False) == Delivery(
        id="evt_1",
        topic="tracker.updated",
        occurred_at=datetime(2025, 8, 19, 20, 37, 8, 500_000, tzinfo=UTC),
        tracking_numbers=("EZ1",),
    )


def test_events_that_concern_nobody() -> None:
    """Events about something else, and of test trackers unless these are believed, concern nobody."""
    assert delivery(event(result={"object": "Batch"}), test_mode=False).idle
    assert delivery(event(result=None), test_mode=False).idle
    assert delivery(event(mode="test"), test_mode=False).idle
    assert delivery(event(mode="test"), test_mode=True).tracking_numbers == ("EZ1",)
    assert delivery(event(created_at="yesterday"), test_mode=False).occurred_at is None


@pytest.mark.parametrize("body", [b"", b"[]", b"null", b'{"id":1}', b"\xff", b"[" * 100_000, event()[:-1]])
def test_bodies_that_are_no_events(body: bytes) -> None:
    """Whatever else EasyPost should sign is refused as unreadable, and breaks nothing."""
    with pytest.raises(Refused) as refusal:
        delivery(body, test_mode=False)
    assert refusal.value.reason is Refusal.UNREADABLE
