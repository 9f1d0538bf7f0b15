"""Extensiv's times. They travel as "2026-03-01T08:30:00" without a zone; the settings say which one is meant."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

# What .NET writes for a time that was never set.
_NEVER = "0001-01-01"


def in_utc(text: str | None, zone: ZoneInfo) -> datetime | None:
    """A time of the wire as an instant; one that carries an offset is read by it. Raises ValueError for no time."""
    if not text or text.startswith(_NEVER):
        return None
    moment = datetime.fromisoformat(text)
    try:
        return (moment.replace(tzinfo=zone) if moment.tzinfo is None else moment).astimezone(UTC)
    except OverflowError:
        raise ValueError("a time at the end of the calendar") from None


def on_wire(moment: datetime, zone: ZoneInfo) -> str:
    """An instant as the wire writes it. Raises ValueError for a naive time."""
    if moment.tzinfo is None:
        raise ValueError("a time without a zone cannot be sent")
    return moment.astimezone(zone).replace(tzinfo=None).isoformat()
