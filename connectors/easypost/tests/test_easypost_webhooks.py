"""Webhook signatures: what EasyPost signed is believed, and nothing else."""

from __future__ import annotations

import hashlib
import hmac
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from orderweave_easypost.webhooks import TOLERANCE, objection

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


def timed(stamp: str = STAMP, path: str = PATH, body: bytes = BODY, method: str = "POST") -> dict[str, str]:
    """The headers of a delivery that is signed with its time."""
    return {
        "x-timestamp": stamp,
        "x-path": path,
        "x-hmac-signature-v2": signature(f"{stamp}{method}{path}".encode() + body),
    }


def test_a_known_signature() -> None:
    """A signature that was made elsewhere (openssl dgst -sha256 -hmac), over the composed and the decomposed secret."""
    headers = {"x-hmac-signature": "hmac-sha256-hex=9179bd2b42891a82d83aaceeee9761309c9c5ee02f19579dca91d3ed24d68f62"}
    for secret in ("s\u00e9cret", "se\u0301cret"):
        assert objection(headers, BODY, secret, now=SENT_AT) is None


def test_the_older_signature() -> None:
    """It is of the body alone, holds at any time, and is not enough where a time is demanded."""
    headers = {"x-hmac-signature": signature(BODY)}
    assert objection(headers, BODY, SECRET, now=SENT_AT) is None
    assert objection(headers, BODY, SECRET, now=SENT_AT + timedelta(days=900)) is None
    assert objection(headers, BODY + b" ", SECRET, now=SENT_AT) == "its x-hmac-signature is not that of its body"
    assert objection(headers, BODY, "other", now=SENT_AT) == "its x-hmac-signature is not that of its body"
    assert objection(headers, BODY, SECRET, now=SENT_AT, timed_only=True) == "it has no x-hmac-signature-v2"


def test_the_newer_signature() -> None:
    """It is of time, method, path and body: each of them changed is another delivery."""
    assert objection(timed(), BODY, SECRET, now=SENT_AT, timed_only=True) is None
    assert objection(timed(method="PUT"), BODY, SECRET, now=SENT_AT, method="put") is None
    wrong = "its x-hmac-signature-v2 is not that of its time, path and body"
    assert objection(timed(), BODY + b" ", SECRET, now=SENT_AT) == wrong
    assert objection(timed() | {"x-path": "/other"}, BODY, SECRET, now=SENT_AT) == wrong
    assert objection(timed() | {"x-timestamp": "Tue, 19 Aug 2025 20:37:10 -0000"}, BODY, SECRET, now=SENT_AT) == wrong
    assert objection(timed(), BODY, SECRET, now=SENT_AT, method="PUT") == wrong


@pytest.mark.parametrize(
    "stamp", [STAMP, "Tue, 19 Aug 2025 20:37:09 +0000", "Tue, 19 Aug 2025 22:37:09 +0200", "19 Aug 2025 20:37:09 GMT"]
)
def test_a_delivery_is_good_for_some_minutes(stamp: str) -> None:
    """Five minutes before and after its time, in whatever zone that is written; then it is a replay."""
    for seconds in (-300, 0, 300):
        assert objection(timed(stamp), BODY, SECRET, now=SENT_AT + timedelta(seconds=seconds)) is None
    for seconds in (-301, 301):
        late = objection(timed(stamp), BODY, SECRET, now=SENT_AT + timedelta(seconds=seconds))
        assert late == "its x-timestamp is too far from now"
    assert timedelta(minutes=5) == TOLERANCE


def test_what_is_missing() -> None:
    """No secret, no signature, half a signature: each is told, and the older one does not stand in for the newer."""
    assert objection(timed(), BODY, "", now=SENT_AT) == "there is no secret to hold it against"
    assert objection({}, BODY, SECRET, now=SENT_AT) == "it is not signed"
    half = "it has a x-hmac-signature-v2 without x-timestamp and x-path"
    older = {"x-hmac-signature": signature(BODY)}
    for name in ("x-timestamp", "x-path"):
        headers = {key: value for key, value in timed().items() if key != name}
        assert objection(headers | older, BODY, SECRET, now=SENT_AT) == half
    bad = timed() | {"x-hmac-signature-v2": "hmac-sha256-hex=00"} | older
    assert objection(bad, BODY, SECRET, now=SENT_AT) is not None
    assert objection(timed("soon"), BODY, SECRET, now=SENT_AT) == "its x-timestamp cannot be read"


@given(some.text(), some.text(), some.binary())
def test_no_other_signature_holds(header: str, stamp: str, body: bytes) -> None:
    """Whatever stands in the headers, it breaks nothing and is not believed."""
    printable = header.encode("latin-1", "replace").decode("latin-1")
    assert objection({"x-hmac-signature": printable}, body, SECRET, now=SENT_AT) is not None
    headers = timed() | {"x-timestamp": stamp.encode("latin-1", "replace").decode("latin-1")}
    assert headers["x-timestamp"] == STAMP or objection(headers, body, SECRET, now=SENT_AT) is not None
