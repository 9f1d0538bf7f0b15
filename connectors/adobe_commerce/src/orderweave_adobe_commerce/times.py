"""Adobe Commerce's times. They travel as "2026-03-01 10:00:00" without a zone, and are UTC whatever the shop's zone is.

Source: magento/magento2#24985, where the vendor says so of its REST API.
"""

from __future__ import annotations

from datetime import UTC, datetime

from orderweave_sdk.errors import BadPayload


def in_utc(text: str | None) -> datetime | None:
    """A time of the wire as an instant; None where there is none. Raises BadPayload for what is no time."""
    if not text or text.startswith("0000-"):
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise BadPayload("a time that cannot be read") from None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def on_wire(moment: datetime) -> str:
    """An instant as a filter takes it, cut to the second. Raises ValueError for a naive time."""
    if moment.tzinfo is None:
        raise ValueError("a time without a zone cannot be sent")
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")
