"""What JSON a GraphQL scalar may travel as: the specification's five, and those whose names mean one thing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any


def scalar_problem(name: str, value: Any) -> str | None:
    """Why a value of an answer cannot be the scalar `name`, or None. An unknown scalar may be any JSON scalar."""
    if name in ("JSON", "JSONString", "GenericScalar"):
        return None
    fits = _FITS.get(name, _any_scalar)
    return None if fits(value) else f"not what the scalar {name} travels as"


def _integer(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and -(2**31) <= value < 2**31


def _float(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _text(value: Any) -> bool:
    return isinstance(value, str)


def _boolean(value: Any) -> bool:
    return isinstance(value, bool)


def _instant(value: Any) -> bool:
    try:
        return isinstance(value, str) and "T" in value and datetime.fromisoformat(value) is not None
    except ValueError:
        return False


def _date(value: Any) -> bool:
    try:
        return isinstance(value, str) and date.fromisoformat(value) is not None
    except ValueError:
        return False


def _decimal_text(value: Any) -> bool:
    try:
        return isinstance(value, str) and Decimal(value).is_finite()
    except InvalidOperation:
        return False


def _integer_text(value: Any) -> bool:
    return isinstance(value, str) and value.isascii() and value.isdigit()


def _any_scalar(value: Any) -> bool:
    return isinstance(value, str | int | float)


_FITS: Mapping[str, Callable[[Any], bool]] = {
    "Int": _integer,
    "Float": _float,
    "String": _text,
    "Boolean": _boolean,
    "ID": _text,
    "URL": _text,
    "HTML": _text,
    "FormattedString": _text,
    "DateTime": _instant,
    "ISODateTime": _instant,
    "Date": _date,
    "Decimal": _decimal_text,
    "Money": _decimal_text,
    "UnsignedInt64": _integer_text,
}
