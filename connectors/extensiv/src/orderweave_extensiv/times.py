"""Extensiv's times. They travel as "2026-03-01T08:30:00" without a zone; the settings say which one is meant."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
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


def on_wire(moment: datetime, zone: ZoneInfo, *, slack: int = 0) -> str:
    """An instant as the wire writes it. Raises ValueError for a naive time.

    As a bound it must let the instant itself through: of a clock time that comes twice nobody can say which of the two
    is meant, so it is moved past both towards earlier (`slack` -1) or later (+1).
    """
    if moment.tzinfo is None:
        raise ValueError("a time without a zone cannot be sent")
    local = moment.astimezone(zone)
    if slack and (local.fold == 1) == (slack > 0):
        local = (moment.astimezone(UTC) + slack * _repeated(local)).astimezone(zone)
    return local.replace(tzinfo=None).isoformat()


def comes_twice(moment: datetime, zone: ZoneInfo) -> bool:
    """Whether the zone's clocks show this time a second time, before or after."""
    return bool(_repeated(moment.astimezone(zone)))


def second_pass(moment: datetime, zone: ZoneInfo) -> datetime:
    """The last instant at which the zone's clocks show what they show at this one, as summer time ends."""
    return moment.astimezone(zone).replace(fold=1).astimezone(UTC)


def _repeated(local: datetime) -> timedelta:
    """By how much clocks are put back, where this local time comes twice; else nothing."""
    first, second = local.replace(fold=0).utcoffset(), local.replace(fold=1).utcoffset()
    return first - second if first is not None and second is not None else timedelta(0)
