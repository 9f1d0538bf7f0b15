"""How Odoo writes values in JSON: false for whatever is empty, naive UTC, money as floats, links as pairs. Pure."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

# A many2one: the record's id and its name, or false.
Link = tuple[int, str | bool | None] | bool | None
Text = str | bool | None
Number = Decimal | bool | None

_FORM = "%Y-%m-%d %H:%M:%S"
_SECOND = timedelta(seconds=1)
# More digits than any quantity or unit price is kept with; what stands behind them is noise of the float.
_EXACT = Decimal("0.000001")


def text(value: Text) -> str | None:
    """A text, as it stands; nothing for false and for the empty one."""
    return value if isinstance(value, str) and value else None


def link_id(value: Link) -> int | None:
    """The id of a linked record."""
    return value[0] if isinstance(value, tuple) else None


def link_name(value: Link) -> str | None:
    """The name of a linked record."""
    return text(value[1]) if isinstance(value, tuple) else None


def instant(value: Text) -> datetime | None:
    """A moment; Odoo keeps UTC and does not say so. Raises ValueError for what is none."""
    told = text(value)
    return None if told is None else datetime.strptime(told, _FORM).replace(tzinfo=UTC)


def day(value: Text) -> date | None:
    """A calendar date. Raises ValueError for what is none."""
    told = text(value)
    return None if told is None else date.fromisoformat(told)


def wire_instant(moment: datetime) -> str:
    """An aware moment as Odoo reads it, in whole seconds."""
    return moment.astimezone(UTC).strftime(_FORM)


def second_of(moment: datetime) -> datetime:
    """The moment as Odoo tells it: it stores parts of a second and leaves them out when it is read."""
    return moment.replace(microsecond=0)


def second_after(moment: datetime) -> datetime:
    """The first whole second past the one of a moment."""
    return second_of(moment) + _SECOND


def first_second(moment: datetime) -> datetime:
    """The first whole second that is not before a moment."""
    return moment if moment.microsecond == 0 else second_after(moment)


def number(value: Number) -> Decimal | None:
    """A number that travels as a float, without its noise: 2.9999999999999996 is 3. False is none."""
    if value is None or isinstance(value, bool):
        return None
    whole = value.to_integral_value()
    rounded = value.quantize(_EXACT)
    return whole if rounded == whole else rounded.normalize()


def amount(value: Number, digits: int) -> Decimal | None:
    """An amount of money, rounded to its currency's digits, which takes the float's noise away."""
    if value is None or isinstance(value, bool):
        return None
    return value.quantize(Decimal(1).scaleb(-digits))


def price(value: Number, digits: int) -> Decimal | None:
    """A unit price: it may have more digits than its currency, and never has fewer."""
    found = number(value)
    if found is None:
        return None
    smallest = Decimal(1).scaleb(-digits)
    rounded = found.quantize(smallest)
    return rounded if rounded == found else found
