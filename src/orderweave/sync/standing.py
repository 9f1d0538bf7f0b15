"""How true the index is, system by system: what is in it, how far behind it is, and how wrong it was found."""

from __future__ import annotations

from datetime import datetime

import msgspec
from sqlalchemy import ColumnElement, Connection, func, select

from orderweave.index.progress import ORDERS, Progress, progress_of
from orderweave.index.tables import records, set_aside
from orderweave.sync.sweeping import SWEEP, Swept


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """One system's orders in the index (a carrier's parcels): `drift` is what the last sweep found wrong."""

    system: str
    parts: tuple[Progress, ...]
    set_aside: int
    records: int | None = None
    drift: Swept | None = None

    @property
    def orders(self) -> Progress | None:
        """How far its orders are read."""
        return next((part for part in self.parts if part.part == ORDERS), None)

    def lag(self, now: datetime) -> float | None:
        """Seconds since the instant up to which all changes are in; None before the first reading was whole."""
        reached = [part.reached_at for part in self.parts if part.reached_at and part.part in _FOLLOWED]
        return (now - min(reached)).total_seconds() if reached else None


# Parts whose lag is told; goods are as old as their interval says.
_FOLLOWED = frozenset({ORDERS, "tracking"})


def standing_of(connection: Connection, *, counted: bool = False) -> tuple[Standing, ...]:
    """Every system that something was read of, by name; with `counted` the number of its records, too."""
    parts: dict[str, list[Progress]] = {}
    for entry in progress_of(connection):
        parts.setdefault(entry.system, []).append(entry)
    aside = _counts(connection, set_aside.c.system)
    held = _counts(connection, records.c.system) if counted else {}
    return tuple(
        Standing(
            system=system,
            parts=tuple(entries),
            set_aside=aside.get(system, 0),
            records=held.get(system, 0) if counted else None,
            drift=_drift(entries),
        )
        for system, entries in sorted(parts.items())
    )


def _drift(entries: list[Progress]) -> Swept | None:
    noted = next((entry.cursor for entry in entries if entry.part == SWEEP and entry.cursor), None)
    return msgspec.json.decode(noted, type=Swept) if noted is not None else None


def _counts(connection: Connection, column: ColumnElement[str]) -> dict[str, int]:
    rows = connection.execute(select(column, func.count()).group_by(column))
    return {system: count for system, count in rows}  # noqa: C416 - rows are no pairs to the type checker
