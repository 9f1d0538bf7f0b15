"""Rows out of the index, batch by batch in the order of their key, so that a batch costs the same however deep it lies
and writes between two batches neither repeat nor hide a row.

Rows of one order (of one SKU) come in one batch, so from one state of it, unless they are more than a batch holds.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import MAXYEAR, UTC, datetime
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, and_, func, literal, select, tuple_

from orderweave.exporting.layout import Field
from orderweave.exporting.selection import Selection
from orderweave.exporting.writing import Row
from orderweave.index.tables import RANKS, orders
from orderweave.model.ids import encode_id
from orderweave_sdk.manifest import SearchField

# What stands in the place of an e-mail address for roles that can count people and not read of them.
_MASKED = "masked"
_DECEMBER = 12


class Batch(msgspec.Struct, frozen=True):
    """Some rows, the key of the last one, and whether they are the last."""

    rows: list[Row]
    after: tuple[Any, ...] | None
    last: bool


def batch(
    connection: Connection,
    selection: Selection,
    where: ColumnElement[bool],
    after: Sequence[Any] | None,
    size: int,
) -> Batch:
    """The rows after a key (None: from the start), so many at most."""
    layout, fields = selection.layout, selection.fields
    question = select(*(field.source for field in fields), *layout.key).select_from(layout.source).where(where)
    if after is not None:
        spot = [literal(value, column.type) for value, column in zip(after, layout.key, strict=True)]
        question = question.where(tuple_(*layout.key) > tuple_(*spot))
    found = connection.execute(question.order_by(*layout.key).limit(size)).all()
    last = len(found) < size
    width = len(fields)
    if not last:
        # What belongs to the last order may go on behind the batch: leave it all to the next one.
        whole = [row for row in found if row[width] != found[-1][width]]
        found = whole or found
    shape = [_made(field, masked=selection.rights.masked) for field in fields]
    rows: list[Row] = [tuple(_shown(how, value) for how, value in zip(shape, row, strict=False)) for row in found]
    return Batch(rows, tuple(found[-1][width:]) if found else None, last)


def count(connection: Connection, selection: Selection, where: ColumnElement[bool]) -> int:
    """How many rows there are."""
    question = select(func.count()).select_from(selection.layout.source).where(where)
    return int(connection.execute(question).scalar_one())


def placed_in(month: str) -> ColumnElement[bool]:
    """The condition on orders that a month is, such as `2026-05`; without a date: `UNDATED`."""
    if month == UNDATED:
        return orders.c.placed_at.is_(None)
    return and_(_placed_at >= _begin(month), _placed_at < _begin(_following(month)))


def month_after(connection: Connection, selection: Selection, where: ColumnElement[bool], month: str | None) -> str:
    """The next month of which there are rows, in UTC, `UNDATED` behind all of them. None: the first."""
    if month != UNDATED:
        later = where if month is None else and_(where, _placed_at >= _begin(_following(month)))
        question = select(func.min(orders.c.placed_at)).select_from(selection.layout.source).where(later)
        found: datetime | None = connection.execute(question).scalar_one()
        if found is not None:
            return f"{found.year:04}-{found.month:02}"
    return UNDATED


UNDATED = "undated"
_placed_at: ColumnElement[Any] = RANKS[SearchField.PLACED_AT]


def _begin(month: str) -> ColumnElement[Any]:
    year, number = (int(part) for part in month.split("-"))
    end_of_time = datetime.max.replace(tzinfo=UTC)
    moment = datetime(year, number, 1, tzinfo=UTC) if year <= MAXYEAR else end_of_time
    return literal(moment, orders.c.placed_at.type)


def _following(month: str) -> str:
    year, number = (int(part) for part in month.split("-"))
    return f"{year + 1:04}-01" if number == _DECEMBER else f"{year:04}-{number + 1:02}"


_AS_IT_IS, _ID, _COUNTED = range(3)


def _made(field: Field, *, masked: bool) -> int:
    if field.global_id:
        return _ID
    return _COUNTED if field.masked and masked else _AS_IT_IS


def _shown(how: int, value: Any) -> Any:
    if how == _AS_IT_IS or value is None:
        return value
    if how == _COUNTED:
        return _MASKED
    namespace, _, name = value.partition("/")
    return encode_id("Order", namespace, name)
