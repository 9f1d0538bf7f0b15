"""Groups and totals. The database filters, groups and adds up in one pass; sums are exact in both."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec
from sqlalchemy import BigInteger, Column, ColumnElement, Connection, FromClause, cast, func, select, text, type_coerce

from orderweave.index.columns import Instant
from orderweave.index.zones import Interval, begin

_DAY = 86_400 * 1_000_000
_HOUR = 3_600 * 1_000_000
# Days from a Monday to the first of January 1970.
_MONDAY = 3
_UTC = "UTC"

# One thing to group by: a text, or the start of an interval of an instant in a zone.
Key = str | datetime | None


class By(msgspec.Struct, frozen=True, kw_only=True):
    """What is grouped by. With an interval the column is an instant's."""

    column: Column[Any]
    interval: Interval | None = None
    zone: str = _UTC


class Measures(msgspec.Struct, frozen=True, kw_only=True):
    """What is added up of each group, by name; averages are made of sums and `known` counts of the same name.

    `split` divides the sums by the values of a column: so amounts of several currencies stay apart.
    """

    sums: Mapping[str, Column[Any]] = {}
    known: Mapping[str, Column[Any]] = {}
    least: Mapping[str, Column[Any]] = {}
    most: Mapping[str, Column[Any]] = {}
    distinct: Mapping[str, Column[Any]] = {}
    split: Column[Any] | None = None


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """One group, or the part of one that has one value of the split: its keys, its rows, and each kind of measure."""

    keys: tuple[Key, ...]
    split: str | None
    count: int
    sums: Mapping[str, Decimal | None]
    known: Mapping[str, int]
    least: Mapping[str, Decimal | None]
    most: Mapping[str, Decimal | None]
    distinct: Mapping[str, int]


class TooManyGroups(Exception):
    """There are more groups than are looked at."""


def grouped(
    connection: Connection,
    source: FromClause,
    where: ColumnElement[bool],
    by: Sequence[By],
    measures: Measures,
    *,
    most: int,
) -> list[Part]:
    """The groups of all rows that pass, in no order; raises TooManyGroups beyond `most`."""
    keys: list[ColumnElement[Any]] = [_key(entry, connection.dialect.name) for entry in by]
    split = [] if measures.split is None else [measures.split]
    named = [column.label(f"key_{place}") for place, column in enumerate([*keys, *split])]
    wanted: list[ColumnElement[Any]] = [
        *named,
        func.count(),
        *(type_coerce(func.sum(column), column.type) for column in measures.sums.values()),
        *(func.count(column) for column in measures.known.values()),
        *(func.min(column) for column in measures.least.values()),
        *(func.max(column) for column in measures.most.values()),
        *(func.count(column.distinct()) for column in measures.distinct.values()),
    ]
    question = select(*wanted).select_from(source).where(where)
    if named:
        question = question.group_by(*(text(column.name) for column in named))
    # Apart, or PostgreSQL sorts all rows by their groups in the hope of ending at the limit.
    found = question.cte("found").prefix_with("MATERIALIZED", dialect="postgresql")
    rows = connection.execute(select(found).limit(most + 1)).all()
    if len(rows) > most:
        raise TooManyGroups
    return [_part(tuple(row), by, measures) for row in rows]


def _part(row: tuple[Any, ...], by: Sequence[By], measures: Measures) -> Part:
    values = iter(row)
    keys = tuple(_begun(next(values), entry) for entry in by)
    return Part(
        keys=keys,
        split=None if measures.split is None else next(values),
        count=next(values),
        sums={name: next(values) for name in measures.sums},
        known={name: next(values) for name in measures.known},
        least={name: next(values) for name in measures.least},
        most={name: next(values) for name in measures.most},
        distinct={name: next(values) for name in measures.distinct},
    )


def _begun(key: Key, by: By) -> Key:
    """Where a clock goes through midnight twice, PostgreSQL has the day begin at the second time."""
    if by.interval is None or not isinstance(key, datetime) or by.zone == _UTC:
        return key
    return begin(key, by.interval, by.zone)


def _key(by: By, dialect: str) -> ColumnElement[Any]:
    if by.interval is None:
        return by.column
    if dialect == "postgresql":
        return func.date_trunc(by.interval.value.lower(), by.column, by.zone, type_=Instant())
    return type_coerce(_start_in_sqlite(type_coerce(by.column, BigInteger), by.interval, by.zone), Instant())


def _start_in_sqlite(instant: ColumnElement[int], interval: Interval, zone: str) -> ColumnElement[int]:
    """In UTC by arithmetic, which costs nothing; a zone takes a function of ours."""
    if zone != _UTC or interval is Interval.QUARTER:
        return func.start_of(instant, interval.value, zone, type_=BigInteger())
    if interval is Interval.HOUR:
        return instant // _HOUR * _HOUR
    if interval is Interval.DAY:
        return instant // _DAY * _DAY
    if interval is Interval.WEEK:
        return ((instant // _DAY + _MONDAY) // 7 * 7 - _MONDAY) * _DAY
    start = "start of month" if interval is Interval.MONTH else "start of year"
    return cast(func.strftime("%s", instant // 1_000_000, "unixepoch", start), BigInteger) * 1_000_000
