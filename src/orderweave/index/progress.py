"""How far each system's part of the index is read."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, insert, select, update

from orderweave.index.tables import progress


class Progress(msgspec.Struct, frozen=True, kw_only=True):
    """One part (`orders`, `stock`) of one system: all that changed up to `reached_at` is in. `cursor` is where reading
    goes on, `from_at` how far back it went (None: to the start), `complete_at` when the first reading was whole.
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


def progress_of(connection: Connection) -> tuple[Progress, ...]:
    """Every part that was begun, by system and part."""
    rows = connection.execute(select(progress).order_by(progress.c.system, progress.c.part))
    return tuple(Progress(**row._mapping) for row in rows)


def note(connection: Connection, system: str, part: str, **changes: Any) -> None:
    """Change what is noted of a part; the other columns stay. Belongs into the transaction of what was read."""
    here = (progress.c.system == system) & (progress.c.part == part)
    if not connection.execute(update(progress).where(here).values(**changes)).rowcount:
        connection.execute(insert(progress).values(system=system, part=part, **changes))
