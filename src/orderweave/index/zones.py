"""Where an interval of the calendar begins in a time zone: for SQLite, which knows no zones, and for who checks it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from zoneinfo import ZoneInfo

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_QUARTER_HOUR = 15 * 60 * 1_000_000
# Quarters of an hour whose answers are kept: about seven years of them.
_MOST_KEPT = 262_144


class Interval(StrEnum):
    """A stretch of the calendar; weeks begin on Mondays."""

    HOUR = "HOUR"
    DAY = "DAY"
    WEEK = "WEEK"
    MONTH = "MONTH"
    QUARTER = "QUARTER"
    YEAR = "YEAR"


def start_of(microseconds: int | None, interval: str, zone: str) -> int | None:
    """The start of the interval that an instant lies in, both as microseconds since 1970.

    All zones are off by whole quarters of an hour since 1972, so all instants of one begin alike.
    """
    return None if microseconds is None else _start(microseconds // _QUARTER_HOUR, interval, zone)


@lru_cache(maxsize=_MOST_KEPT)
def _start(quarter_hour: int, interval: str, zone: str) -> int:
    moment = _EPOCH + timedelta(microseconds=quarter_hour * _QUARTER_HOUR)
    return (begin(moment, Interval(interval), zone) - _EPOCH) // _MICROSECOND


def begin(moment: datetime, interval: Interval, zone: str) -> datetime:
    """The start of the interval that an instant lies in, as an instant.

    The hour that a clock goes through twice is two hours.
    """
    local = moment.astimezone(ZoneInfo(zone))
    if interval is Interval.HOUR:
        return moment - timedelta(minutes=local.minute, seconds=local.second, microseconds=local.microsecond)
    day = local.replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
    if interval is Interval.WEEK:
        day -= timedelta(days=day.weekday())
    elif interval is Interval.MONTH:
        day = day.replace(day=1)
    elif interval is Interval.QUARTER:
        day = day.replace(day=1, month=day.month - (day.month - 1) % 3)
    elif interval is Interval.YEAR:
        day = day.replace(day=1, month=1)
    return day.astimezone(UTC)
