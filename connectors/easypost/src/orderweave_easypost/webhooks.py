"""What a webhook's delivery says, once it is EasyPost's own: its signature, made with the webhook's secret, holds.

There are two signatures, and both may come. The older one, `x-hmac-signature`, is made of the body alone. The newer,
`x-hmac-signature-v2`, is made of the time, the method, the path and the body, so that an old delivery cannot be sent
again. Where the newer one comes, it alone counts.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import msgspec

from orderweave_sdk.signatures import recent, signed_by_hmac_hex
from orderweave_sdk.webhooks import Delivery, Refusal, Refused, read_body, read_moment

SIGNATURE = "x-hmac-signature"
SIGNATURE_V2 = "x-hmac-signature-v2"
TIMESTAMP = "x-timestamp"
PATH = "x-path"
PREFIX = "hmac-sha256-hex="
_METHOD = "POST"
_TEST = "test"


class Result(msgspec.Struct, frozen=True):
    """What an event is about; only trackers have a code."""

    tracking_code: str | None = None


class Event(msgspec.Struct, frozen=True):
    """The body of a delivery. `description` is the topic, such as `tracker.updated`."""

    id: str
    description: str
    mode: str | None = None
    created_at: str | None = None
    result: Result | None = None


def check(
    headers: Mapping[str, str], body: bytes, secrets: Sequence[str], *, now: datetime, timed_only: bool = False
) -> None:
    """Raise Refused unless EasyPost signed it. `headers` have their names in lower case; `now` is aware.

    With `timed_only` the older signature, which holds for ever, is not enough.
    """
    # The key is the secret in Unicode's form NFKD, as EasyPost makes it.
    keys = [unicodedata.normalize("NFKD", secret).encode() for secret in secrets]
    if SIGNATURE_V2 not in headers:
        header = SIGNATURE_V2 if timed_only else SIGNATURE
        signed_by_hmac_hex(headers, body, keys, header=header, prefix=PREFIX)
        return
    if TIMESTAMP not in headers or PATH not in headers:
        raise Refused(Refusal.UNSIGNED)
    signed = f"{headers[TIMESTAMP]}{_METHOD}{headers[PATH]}".encode("utf-8", "surrogatepass") + body
    signed_by_hmac_hex(headers, signed, keys, header=SIGNATURE_V2, prefix=PREFIX)
    sent_at = _time(headers[TIMESTAMP])
    if sent_at is None:
        raise Refused(Refusal.UNREADABLE)
    recent(sent_at, now)


def delivery(body: bytes, *, test_mode: bool) -> Delivery:
    """What a believed delivery says. Events of test trackers, which are invented, concern somebody in `test_mode`."""
    event = read_body(body, Event)
    code = event.result.tracking_code if event.result is not None else None
    believed = code is not None and (test_mode or event.mode != _TEST)
    return Delivery(
        id=event.id,
        topic=event.description,
        occurred_at=read_moment(event.created_at),
        tracking_numbers=(code,) if code is not None and believed else (),
    )


def _time(text: str) -> datetime | None:
    """A time as in RFC 2822, where "-0000" is UTC too."""
    try:
        found = parsedate_to_datetime(text)
    except ValueError:
        return None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found
