"""Column types that mean the same in SQLite and in PostgreSQL: instants, exact amounts, texts in code point order."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

from sqlalchemy import BigInteger, Dialect, Numeric, Text
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.sql.visitors import InternalTraversal
from sqlalchemy.types import TypeDecorator, TypeEngine

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
# Decimal places of an amount. What is finer is rounded here alone: the record beside it keeps what was said.
SCALE = 4
_UNIT = Decimal(1).scaleb(-SCALE)
_PARTS = 10**SCALE
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
    """A text that is compared and sorted by its code points, as Python does, whatever the database's language."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """The type there."""
        return dialect.type_descriptor(Text(collation="C" if dialect.name == _POSTGRESQL else None))


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
