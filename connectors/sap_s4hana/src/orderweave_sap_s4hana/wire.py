"""How SAP writes values in OData V2: days, moments, times of a day, decimals, document numbers and literals. Pure."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from decimal import Decimal, InvalidOperation
from zoneinfo import ZoneInfo

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DATE = re.compile(r"/Date\((-\d{1,13}|\d{1,15})(?:[+-]\d{1,4})?\)/")
_TIME = re.compile(r"PT(?:([01]?\d|2[0-4])H)?(?:([0-5]?\d)M)?(?:([0-5]?\d)(?:\.\d+)?S)?")
_MILLISECOND = timedelta(milliseconds=1)
# The time zones that SAP delivers (table TTZZ), as far as their names are sure; EST and its like know summer time.
_ZONES = {
    "UTC": "UTC",
    "GMTUK": "Europe/London",
    "WET": "Europe/Lisbon",
    "CET": "Europe/Berlin",
    "EET": "Europe/Helsinki",
    "EST": "America/New_York",
    "CST": "America/Chicago",
    "MST": "America/Denver",
    "PST": "America/Los_Angeles",
    "JAPAN": "Asia/Tokyo",
    "INDIA": "Asia/Kolkata",
    "AUSNSW": "Australia/Sydney",
}


def instant(text: str | None) -> datetime | None:
    """A moment, from `/Date(1492098664000+0000)/`; the number alone counts, from 1970 in UTC. ValueError for others.

    None for one past the year 9999, which stands for no end.
    """
    milliseconds = _milliseconds(text)
    try:
        return None if milliseconds is None else _EPOCH + timedelta(milliseconds=milliseconds)
    except OverflowError:
        return None


def day(text: str | None) -> date | None:
    """A calendar day, from `/Date(1492041600000)/`: SAP writes an Edm.DateTime as if its zone were UTC."""
    moment = instant(text)
    return None if moment is None else moment.date()


def clock_time(text: str | None) -> time | None:
    """A time of a day, from `PT15H51M04S`. ValueError for others."""
    if not text:
        return None
    found = _TIME.fullmatch(text)
    if found is None:
        raise ValueError("a time of a day in another form")
    hours, minutes, seconds = (int(part or 0) for part in found.groups())
    return time(hours % 24, minutes, seconds)


def decimal(text: str | None) -> Decimal | None:
    """A number, which SAP writes as a string. ValueError for what is none."""
    if text is None or text == "":
        return None
    try:
        found = Decimal(text.strip())
    except InvalidOperation:
        raise ValueError("a number in another form") from None
    if not found.is_finite():
        raise ValueError("a number in another form")
    return found


def plain(number: str) -> str:
    """A document's number without the zeros that SAP stores before it (its ALPHA conversion); others as they are."""
    text = number.strip()
    return (text.lstrip("0") or "0") if text.isascii() and text.isdigit() else text


def zone(name: str | None) -> tzinfo | None:
    """The time zone of a SAP name such as CET; None for one that is not known here."""
    known = _ZONES.get(name or "")
    return ZoneInfo(known) if known else None


def start_of(when: date, where: tzinfo) -> datetime:
    """The moment at which a day begins in a zone."""
    return datetime.combine(when, time(0), where).astimezone(UTC)


def whole_milliseconds(moment: datetime, *, up: bool) -> datetime:
    """The moment cut, or raised, to milliseconds: SAP stores finer ones than it tells."""
    rest = timedelta(microseconds=moment.microsecond % 1000)
    return moment + (_MILLISECOND - rest if up and rest else -rest)


def next_millisecond(moment: datetime) -> datetime:
    """A millisecond later."""
    return moment + _MILLISECOND


def text_literal(value: str) -> str:
    """A string in a filter."""
    return "'" + value.replace("'", "''") + "'"


def day_literal(value: date) -> str:
    """A day in a filter, as Edm.DateTime."""
    return f"datetime'{value.isoformat()}T00:00:00'"


def instant_literal(value: datetime) -> str:
    """A moment in a filter, as Edm.DateTimeOffset."""
    return f"datetimeoffset'{value.astimezone(UTC).isoformat(timespec='milliseconds').replace('+00:00', 'Z')}'"


def wire_day(value: date) -> str:
    """A day as SAP writes it."""
    return f"/Date({_since_epoch(datetime.combine(value, time(0), UTC))})/"


def wire_instant(value: datetime) -> str:
    """A moment as SAP writes it."""
    return f"/Date({_since_epoch(value)}+0000)/"


def wire_time(value: time) -> str:
    """A time of a day as SAP writes it."""
    return f"PT{value.hour:02d}H{value.minute:02d}M{value.second:02d}S"


def _milliseconds(text: str | None) -> int | None:
    if not text:
        return None
    found = _DATE.fullmatch(text)
    if found is None:
        raise ValueError("a date in another form")
    return int(found[1])


def _since_epoch(moment: datetime) -> int:
    return (moment - _EPOCH) // _MILLISECOND
