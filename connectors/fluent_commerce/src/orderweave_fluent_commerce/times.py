"""Fluent's times: ISO 8601, in UTC where no zone stands in them, by the description of its `DateRange`."""

from __future__ import annotations

from datetime import UTC, datetime


def in_utc(moment: datetime | None) -> datetime | None:
    """A time of the wire as an instant."""
    if moment is None:
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
