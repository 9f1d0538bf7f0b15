"""How far each system's part of the index is read."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, case, func, insert, select, update

from orderweave.index.tables import WAITING, progress, records, set_aside

# The parts: orders, the listing of SKUs, stock levels, products.
ORDERS = "orders"
SKUS = "skus"
STOCK = "stock"
PRODUCTS = "products"


class Progress(msgspec.Struct, frozen=True, kw_only=True):
    """One part (`orders`, `stock`) of one system: all that changed up to `reached_at` is in. `cursor` is where reading
    goes on, `from_at` how far back it went (None: to the start), `complete_at` when the first reading was whole.
    `waiting`: some of what was read is not yet in the rows that questions are answered from; `aside`: so many things
    of it could not be read, kept or put together.
    """

    system: str
    part: str
    cursor: str | None = None
    from_at: datetime | None = None
    reached_at: datetime | None = None
    complete_at: datetime | None = None
    swept_at: datetime | None = None
    error: str | None = None
    error_at: datetime | None = None
    waiting: bool = False
    aside: int = 0


def progress_of(connection: Connection) -> tuple[Progress, ...]:
    """Every part that was begun, by system and part."""
    waiting = set(connection.execute(select(records.c.system).where(WAITING).distinct()).scalars())
    aside = _aside(connection)
    rows = connection.execute(select(progress).order_by(progress.c.system, progress.c.part))
    return tuple(
        Progress(
            **row._mapping,
            waiting=row.part == ORDERS and row.system in waiting,
            aside=aside.get((row.system, row.part), 0),
        )
        for row in rows
    )


def _aside(connection: Connection) -> dict[tuple[str, str], int]:
    """How much is set aside, by system and part: what is not named by another part is of the orders."""
    name = set_aside.c.external_id
    part = case(*((name.startswith(f"{part} "), part) for part in (SKUS, STOCK, PRODUCTS)), else_=ORDERS)
    each = select(set_aside.c.system, part.label("part")).subquery()
    rows = connection.execute(select(each.c.system, each.c.part, func.count()).group_by(each.c.system, each.c.part))
    return {(system, of_part): count for system, of_part, count in rows}


def note(connection: Connection, system: str, part: str, **changes: Any) -> None:
    """Change what is noted of a part; the other columns stay. Belongs into the transaction of what was read."""
    here = (progress.c.system == system) & (progress.c.part == part)
    if not connection.execute(update(progress).where(here).values(**changes)).rowcount:
        connection.execute(insert(progress).values(system=system, part=part, **changes))


def part_of(connection: Connection, system: str, part: str) -> Progress:
    """What is noted of one part; nothing but its name where it was not begun."""
    here = (progress.c.system == system) & (progress.c.part == part)
    row = connection.execute(select(progress).where(here)).first()
    return Progress(**row._mapping) if row is not None else Progress(system=system, part=part)
