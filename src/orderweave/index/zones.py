"""Where an interval of the calendar begins in a time zone: for SQLite, which knows no zones."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_QUARTER_HOUR = 15 * 60 * 1_000_000
# Quarters of an hour whose answers are kept: about seven years of them.
_MOST_KEPT = 262_144
INTERVALS = ("HOUR", "DAY", "WEEK", "MONTH", "QUARTER", "YEAR")


def start_of(microseconds: int | None, interval: str, zone: str) -> str | None:
    """The local start of the interval that an instant lies in, such as `2026-03-01T00:00:00`; weeks begin on Mondays.

    No zone has ever been off by less than a quarter of an hour since 1970, so all its instants begin alike.
    """
    return None if microseconds is None else _start(microseconds // _QUARTER_HOUR, interval, zone)


@lru_cache(maxsize=_MOST_KEPT)
def _start(quarter_hour: int, interval: str, zone: str) -> str:
    moment = _EPOCH + timedelta(microseconds=quarter_hour * _QUARTER_HOUR)
    return local_start(moment, interval, zone).isoformat()


def local_start(moment: datetime, interval: str, zone: str) -> datetime:
    """The same as a datetime without a zone."""
    local = moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None, minute=0, second=0, microsecond=0)
    if interval == "HOUR":
        return local
    day = local.replace(hour=0)
    if interval == "WEEK":
        return day - timedelta(days=day.weekday())
    if interval == "MONTH":
        return day.replace(day=1)
    if interval == "QUARTER":
        return day.replace(day=1, month=day.month - (day.month - 1) % 3)
    return day.replace(day=1, month=1) if interval == "YEAR" else day
