"""Column types that mean the same in SQLite and in PostgreSQL: instants, exact amounts, texts in code point order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Decimal, localcontext
from typing import Any

from sqlalchemy import BigInteger, Dialect, Numeric, Text
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.sql.visitors import InternalTraversal
from sqlalchemy.types import TypeDecorator, TypeEngine

from orderweave_sdk.manifest import Operator

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
# Decimal places of an amount. What is finer is rounded here alone: the record beside it keeps what was said.
SCALE = 4
_UNIT = Decimal(1).scaleb(-SCALE)
_PARTS = 10**SCALE
# The greatest amount that SQLite's integers hold in such parts.
_MOST_AMOUNT = Decimal(2**63 - 1).scaleb(-SCALE)
# Enough for any amount that fits in, with its places.
_DIGITS = 40
_EQUALITIES = frozenset({Operator.EQ, Operator.NE, Operator.IN, Operator.NOT_IN})
_POSTGRESQL = "postgresql"


class Instant(TypeDecorator[datetime]):
    """An aware UTC datetime: microseconds since 1970 in SQLite, which has no such type, timestamptz in PostgreSQL."""

    impl = BigInteger
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """The type there."""
        if dialect.name == _POSTGRESQL:
            return dialect.type_descriptor(TIMESTAMP(timezone=True))
        return dialect.type_descriptor(BigInteger())

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        """How an instant is handed over."""
        if value is None or dialect.name == _POSTGRESQL:
            return value
        return (value - _EPOCH) // _MICROSECOND

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """How an instant is read."""
        if value is None:
            return None
        if isinstance(value, datetime):
            return value.astimezone(UTC)
        return _EPOCH + timedelta(microseconds=int(value))


class Amount(TypeDecorator[Decimal]):
    """An exact number of four decimal places: ten-thousandths in SQLite, whose own decimals are floats, numeric in
    PostgreSQL. Sums of it are exact in both.
    """

    impl = BigInteger
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """The type there."""
        if dialect.name == _POSTGRESQL:
            return dialect.type_descriptor(Numeric(24, SCALE))
        return dialect.type_descriptor(BigInteger())

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> Any:
        """How an amount is handed over."""
        if value is None:
            return None
        exact = value.quantize(_UNIT, rounding=ROUND_HALF_EVEN)
        return exact if dialect.name == _POSTGRESQL else int(exact.scaleb(SCALE))

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Decimal | None]:
        """How an amount is read, without zeros behind it that say nothing."""
        return _of_numeric if dialect.name == _POSTGRESQL else _of_parts


def kept_amounts(operator: Operator, values: Sequence[Decimal]) -> tuple[Operator, list[Decimal]]:
    """A test of amounts as one of those that a column holds: it passes the same of them, with values that fit in.

    What is finer than a column's amounts equals none of them and lies between two; what is beyond the greatest is
    greater than all.
    """
    if operator in _EQUALITIES:
        return operator, [
            value for value in values if abs(value) <= _MOST_AMOUNT and value == _rounded(value, ROUND_FLOOR)
        ]
    (bound,) = values
    if abs(bound) > _MOST_AMOUNT:
        bound = _MOST_AMOUNT.copy_sign(bound)
        below_all = bound < 0
        if operator in (Operator.GT, Operator.GTE):
            return (Operator.GTE if below_all else Operator.GT), [bound]
        return (Operator.LT if below_all else Operator.LTE), [bound]
    # Above what lies between two is all from the next one, and below it all up to the one before.
    up = operator in (Operator.GTE, Operator.LT)
    return operator, [_rounded(bound, ROUND_CEILING if up else ROUND_FLOOR)]


def _rounded(value: Decimal, rounding: str) -> Decimal:
    with localcontext(prec=_DIGITS):
        return value.quantize(_UNIT, rounding=rounding)


def _of_numeric(value: Decimal | None) -> Decimal | None:
    if value is None:
        return None
    whole = value.to_integral_value()
    return whole if whole == value else value.normalize()


def _of_parts(value: int | None) -> Decimal | None:
    if value is None:
        return None
    whole, rest = divmod(value, _PARTS)
    return Decimal(value).scaleb(-SCALE).normalize() if rest else Decimal(whole)


class Word(TypeDecorator[str]):
    """A text that is compared and sorted by its code points, as Python does, whatever the database's language.

    PostgreSQL takes no character of value 0 in a text; in both databases U+FFFD stands for it.
    """

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """The type there."""
        return dialect.type_descriptor(Text(collation="C" if dialect.name == _POSTGRESQL else None))

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """How a text is handed over."""
        return value.replace("\0", "\ufffd") if value is not None and "\0" in value else value


class Least(ColumnElement[Any]):
    """Below every value of a type, so that rows without a value have a place in an order, and an index holds it."""

    inherit_cache = False
    # What tells one from another in a kept statement.
    _traverse_internals: list[tuple[str, InternalTraversal]] = [("type", InternalTraversal.dp_type)]  # noqa: RUF012 - declared so there

    def __init__(self, type_: TypeEngine[Any]) -> None:
        self.type = type_


@compiles(Least)
def _least(element: Least, compiler: SQLCompiler, **_: Any) -> str:
    return "-9223372036854775808"


@compiles(Least, _POSTGRESQL)
def _least_in_postgresql(element: Least, compiler: SQLCompiler, **_: Any) -> str:
    return "'-infinity'::timestamptz" if isinstance(element.type, Instant) else "'-Infinity'::numeric"
