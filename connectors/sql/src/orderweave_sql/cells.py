"""One cell of a row as a typed value: text, exact numbers, aware times. What cannot be read says why, without it."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime
from datetime import time as time_of_day
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from orderweave_sql.database_map import ColumnMap
from orderweave_sql.vocabulary import Field, FieldKind

# Binary floating point carries noise past the digits that were meant; without `money_places` this much is kept.
FLOAT_PLACES = 6

_FLAGS = {"1": True, "t": True, "true": True, "y": True, "yes": True} | {
    "0": False,
    "f": False,
    "false": False,
    "n": False,
    "no": False,
}


class BadCell(Exception):
    """A cell that is not what its field holds. The message says what it should be, never what it is."""


def read_cell(raw: Any, field: Field, column: ColumnMap, *, money_places: int | None) -> Any:
    """The value of one cell; None for NULL, and for an empty text in any field. Raises BadCell."""
    if raw is None or raw == "":
        return None
    match field.kind:
        case FieldKind.AMOUNT:
            found: Any = _amount(raw, column.minor_units, money_places)
        case FieldKind.QUANTITY | FieldKind.RATE:
            found = _number(raw, FLOAT_PLACES)
        case FieldKind.TIME:
            found = _instant(raw, column.zone)
        case FieldKind.DATE:
            found = _date(raw, column.zone)
        case FieldKind.FLAG:
            found = _flag(raw)
        case FieldKind.STREET:
            found = tuple(line.strip() for line in text(raw).splitlines() if line.strip())
        case _:
            found = text(raw)
    return found


def text(raw: Any) -> str:
    """A text as it stands; whole numbers and UUIDs in their plain form, because keys are often numbers."""
    if isinstance(raw, str):
        return raw
    if isinstance(raw, int) and not isinstance(raw, bool):
        return str(raw)
    if isinstance(raw, Decimal) and raw.is_finite():
        return format(raw, "f")
    if isinstance(raw, float) and math.isfinite(raw):
        return str(int(raw)) if raw.is_integer() else repr(raw)
    if isinstance(raw, UUID):
        return str(raw)
    raise BadCell("not a text")


def _number(raw: Any, places: int) -> Decimal:
    if isinstance(raw, bool):
        raise BadCell("not a number")
    if isinstance(raw, float):
        if not math.isfinite(raw):
            raise BadCell("not a finite number")
        return Decimal(repr(round(raw, places)))
    if not isinstance(raw, int | Decimal | str):
        raise BadCell("not a number")
    try:
        found = Decimal(raw)
    except InvalidOperation:
        raise BadCell("not a number") from None
    if not found.is_finite():
        raise BadCell("not a finite number")
    return found


def _amount(raw: Any, minor_units: int | None, places: int | None) -> Decimal:
    found = _number(raw, FLOAT_PLACES if places is None or minor_units else places)
    if minor_units:
        if found != found.to_integral_value():
            raise BadCell("not a whole number of minor units")
        found = found.scaleb(-minor_units)
    if places is None:
        return found
    written = found.quantize(Decimal(1).scaleb(-places))
    if written != found:
        raise BadCell(f"an amount with more than {places} decimals")
    return written


def _instant(raw: Any, zone: ZoneInfo | None) -> datetime:
    if isinstance(raw, str):
        try:
            raw = datetime.fromisoformat(raw.strip())
        except ValueError:
            raise BadCell("not a time in ISO 8601") from None
    if isinstance(raw, date) and not isinstance(raw, datetime):
        raw = datetime.combine(raw, time_of_day())
    if not isinstance(raw, datetime):
        raise BadCell("not a time")
    return aware(raw, zone)


def aware(moment: datetime, zone: ZoneInfo | None) -> datetime:
    """The instant in UTC; a time without a zone is one of `zone`.

    Of an hour that comes twice, as when summer time ends, the first pass is meant. A time that the zone's clocks
    skipped never was: BadCell, as for a time without any zone.
    """
    if moment.tzinfo is not None:
        return moment.astimezone(UTC)
    if zone is None:
        raise BadCell("a time without a zone; say `time_zone` in the mapping")
    found = moment.replace(tzinfo=zone).astimezone(UTC)
    if found.astimezone(zone).replace(tzinfo=None) != moment:
        raise BadCell(f"a time that never was in {zone.key}")
    return found


def _date(raw: Any, zone: ZoneInfo | None) -> date:
    if isinstance(raw, str):
        try:
            raw = datetime.fromisoformat(raw.strip())
        except ValueError:
            raise BadCell("not a date in ISO 8601") from None
    if isinstance(raw, datetime):
        moment = raw.astimezone(zone) if raw.tzinfo is not None and zone is not None else raw
        return moment.date()
    if isinstance(raw, date):
        return date(raw.year, raw.month, raw.day)
    raise BadCell("not a date")


def _flag(raw: Any) -> bool:
    if raw in (b"\x00", b"\x01"):  # MySQL's BIT(1)
        return bool(raw == b"\x01")
    if isinstance(raw, bool | int | str):
        found = _FLAGS.get(str(int(raw)) if isinstance(raw, bool) else str(raw).strip().lower())
        if found is not None:
            return found
    raise BadCell("neither yes nor no")
