"""How Tryton writes values in JSON: dates, decimals and instants as tagged objects."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import msgspec


class DecimalValue(msgspec.Struct, tag_field="__class__", tag="Decimal", gc=False):
    """An exact number: `{"__class__": "Decimal", "decimal": "121.65"}`."""

    decimal: Decimal


class DateValue(msgspec.Struct, tag_field="__class__", tag="date", gc=False):
    """A calendar date."""

    year: int
    month: int
    day: int

    def date(self) -> date:
        """The date."""
        return date(self.year, self.month, self.day)


class InstantValue(msgspec.Struct, tag_field="__class__", tag="datetime", gc=False):
    """An instant. Tryton keeps UTC and does not say so."""

    year: int
    month: int
    day: int
    hour: int
    minute: int
    second: int
    microsecond: int

    def instant(self) -> datetime:
        """The instant, aware, in UTC."""
        return datetime(
            self.year, self.month, self.day, self.hour, self.minute, self.second, self.microsecond, tzinfo=UTC
        )


def wire_instant(moment: datetime) -> dict[str, Any]:
    """An aware instant as Tryton reads it."""
    told = moment.astimezone(UTC)
    return {
        "__class__": "datetime",
        "year": told.year,
        "month": told.month,
        "day": told.day,
        "hour": told.hour,
        "minute": told.minute,
        "second": told.second,
        "microsecond": told.microsecond,
    }


def wire_date(day: date) -> dict[str, Any]:
    """A calendar date as Tryton reads it."""
    return {"__class__": "date", "year": day.year, "month": day.month, "day": day.day}


def wire_decimal(number: Decimal) -> dict[str, Any]:
    """An exact number as Tryton reads it."""
    return {"__class__": "Decimal", "decimal": format(number, "f")}


def counted(number: Decimal) -> Decimal:
    """A quantity, which travels as a float: 3.0 is 3."""
    whole = number.to_integral_value()
    return whole if whole == number else number
