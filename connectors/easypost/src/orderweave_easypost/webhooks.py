"""Whether a webhook's delivery is EasyPost's own: its signature, made with the secret that the webhook was given.

There are two signatures, and both may come. The older one, `x-hmac-signature`, is made of the body alone. The newer,
`x-hmac-signature-v2`, is made of the time, the method, the path and the body, so that an old delivery cannot be sent
again. Where the newer one comes, it alone counts.
"""

from __future__ import annotations

import hmac
import unicodedata
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

SIGNATURE = "x-hmac-signature"
SIGNATURE_V2 = "x-hmac-signature-v2"
TIMESTAMP = "x-timestamp"
PATH = "x-path"
# How far the delivery's time may be from ours: clocks differ, and a delivery takes a while.
TOLERANCE = timedelta(minutes=5)


def objection(
    headers: Mapping[str, str],
    body: bytes,
    secret: str,
    *,
    now: datetime,
    method: str = "POST",
    timed_only: bool = False,
) -> str | None:
    """Why a delivery is not to be believed, in words without any of its values; None for one that is.

    `headers` have their names in lower case; `body` is what came, byte by byte; `now` is aware. With `timed_only` the
    older signature, which holds for ever, is not enough.
    """
    if not secret:
        return "there is no secret to hold it against"
    if SIGNATURE_V2 in headers:
        return _objection_v2(headers, body, secret, now=now, method=method)
    if timed_only:
        return f"it has no {SIGNATURE_V2}"
    if SIGNATURE not in headers:
        return "it is not signed"
    return None if _same(headers[SIGNATURE], secret, body) else f"its {SIGNATURE} is not that of its body"


def _objection_v2(headers: Mapping[str, str], body: bytes, secret: str, *, now: datetime, method: str) -> str | None:
    if TIMESTAMP not in headers or PATH not in headers:
        return f"it has a {SIGNATURE_V2} without {TIMESTAMP} and {PATH}"
    signed = f"{headers[TIMESTAMP]}{method.upper()}{headers[PATH]}".encode() + body
    if not _same(headers[SIGNATURE_V2], secret, signed):
        return f"its {SIGNATURE_V2} is not that of its time, path and body"
    sent_at = _time(headers[TIMESTAMP])
    if sent_at is None:
        return f"its {TIMESTAMP} cannot be read"
    return None if abs(now - sent_at) <= TOLERANCE else f"its {TIMESTAMP} is too far from now"


def _same(signature: str, secret: str, signed: bytes) -> bool:
    """Compared in constant time. The key is the secret in Unicode's form NFKD, as EasyPost makes it."""
    key = unicodedata.normalize("NFKD", secret).encode()
    expected = "hmac-sha256-hex=" + hmac.new(key, signed, "sha256").hexdigest()
    return hmac.compare_digest(expected.encode(), signature.strip().encode())


def _time(text: str) -> datetime | None:
    """A time as in RFC 2822, where "-0000" is UTC too."""
    try:
        found = parsedate_to_datetime(text)
    except ValueError:
        return None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found
