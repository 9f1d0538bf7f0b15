"""Pages of orders out of the index, by the place of the last order and never by counting, so that a page costs the
same however deep it lies, and writes between two pages neither repeat nor hide an order.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from enum import Enum
from itertools import starmap
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, Integer, bindparam, func, select, tuple_

from orderweave.index.columns import Least
from orderweave.index.forms import Form, Where, clause_of
from orderweave.index.kept import Question, rows_of
from orderweave.index.tables import RANKS, orders
from orderweave_sdk.manifest import SearchField

# What a list is sorted by; None where an order has none of it.
Value = datetime | Decimal | None


class Spot(msgspec.Struct, frozen=True):
    """A place in a sorted list: what it is sorted by, and the order's key."""

    value: Value
    key: str


class Slice(msgspec.Struct, frozen=True, kw_only=True):
    """So many orders after a place (None: from the start)."""

    where: Where
    sort: SearchField
    descending: bool
    size: int
    after: Spot | None


class _Start(Enum):
    """Where a page begins: at the start, after an order without a value, or after one that has one."""

    FIRST = 0
    AFTER_NONE = 1
    AFTER = 2


def keys_of(connection: Connection, wanted: Slice) -> list[Spot]:
    """The orders of a slice, in its order."""
    values: dict[str, Any] = {"size": wanted.size}
    start = _Start.FIRST
    if wanted.after is not None:
        start = _Start.AFTER if wanted.after.value is not None else _Start.AFTER_NONE
        values |= {"after": wanted.after.value, "after_key": wanted.after.key}
    found = rows_of(connection, _page, wanted.where, wanted.sort, wanted.descending, start, **values)
    return list(starmap(Spot, found))


def count(connection: Connection, where: Where) -> int:
    """How many orders there are."""
    ((found,),) = rows_of(connection, _count, where)
    return int(found)


def _page(form: Form, sort: SearchField, descending: bool, start: _Start) -> Question:
    rank, column = RANKS[sort], orders.c[sort.value.lower()]
    question = select(column, orders.c.key).where(clause_of(form))
    if start is not _Start.FIRST:
        known: ColumnElement[Any] = (
            Least(column.type) if start is _Start.AFTER_NONE else bindparam("after", type_=column.type)
        )
        place, spot = tuple_(rank, orders.c.key), tuple_(known, bindparam("after_key", type_=orders.c.key.type))
        # Said twice: SQLite begins an index's walk at a bound of its first column, and not at one of a pair.
        question = question.where(
            rank <= known if descending else rank >= known, place < spot if descending else place > spot
        )
    ends = [part.desc() if descending else part.asc() for part in (rank, orders.c.key)]
    return question.order_by(*ends).limit(bindparam("size", type_=Integer))


def _count(form: Form) -> Question:
    return select(func.count()).select_from(orders).where(clause_of(form))
