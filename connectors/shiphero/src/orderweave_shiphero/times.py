"""ShipHero's times. They travel as ISO 8601 without a zone, and are UTC."""

from __future__ import annotations

from datetime import UTC, datetime


def in_utc(moment: datetime | None) -> datetime | None:
    """A time of the wire as an instant; one that does carry an offset is read by it."""
    if moment is None:
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def on_wire(moment: datetime) -> str:
    """An instant as ShipHero takes it, down to the second. Raises ValueError for a naive time."""
    if moment.tzinfo is None:
        raise ValueError("a time without a zone cannot be sent")
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")
