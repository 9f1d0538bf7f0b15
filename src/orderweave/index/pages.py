"""Pages of orders out of the index, by the place of the last order and never by counting, so that a page costs the
same however deep it lies, and writes between two pages neither repeat nor hide an order.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, func, literal, select, tuple_

from orderweave.index.columns import Least
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

    where: ColumnElement[bool]
    sort: SearchField
    descending: bool
    size: int
    after: Spot | None


def keys_of(connection: Connection, wanted: Slice) -> list[Spot]:
    """The orders of a slice, in its order."""
    rank, column = RANKS[wanted.sort], orders.c[wanted.sort.value.lower()]
    place = tuple_(rank, orders.c.key)
    question = select(column, orders.c.key).where(wanted.where)
    if wanted.after is not None:
        value = wanted.after.value
        known: ColumnElement[Any] = Least(column.type) if value is None else literal(value, column.type)
        spot = tuple_(known, literal(wanted.after.key, orders.c.key.type))
        # Said twice: SQLite begins an index's walk at a bound of its first column, and not at one of a pair.
        question = question.where(
            rank <= known if wanted.descending else rank >= known, place < spot if wanted.descending else place > spot
        )
    ends = [part.desc() if wanted.descending else part.asc() for part in (rank, orders.c.key)]
    return [Spot(*row) for row in connection.execute(question.order_by(*ends).limit(wanted.size)).all()]


def count(connection: Connection, where: ColumnElement[bool]) -> int:
    """How many orders there are."""
    found = connection.execute(select(func.count()).select_from(orders).where(where)).scalar_one()
    return int(found)
