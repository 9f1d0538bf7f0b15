"""An index over fake systems, what stands in it row by row, and the one that would be made of the systems anew."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import msgspec
from sqlalchemy import Connection, Select, Table, select

from orderweave.bootstrap import Orderweave
from orderweave.config.configuration import SyncSettings
from orderweave.index import Database, Index
from orderweave.index.progress import Progress, part_of
from orderweave.index.rows import PARTS
from orderweave.index.tables import orders, record_keys, records, set_aside, stock_levels
from orderweave.matching import KeyReader
from orderweave.merging import Merger
from orderweave.planning.authority import Authority
from orderweave.sync import Sync
from orderweave_sdk.manifest import Capability
from orderweave_sdk.records import OrderRecord
from tests.unit.fake_systems import FakeSystem, Woven, weave

Rows = dict[str, list[tuple[Any, ...]]]
TABLES = (orders, *PARTS, record_keys, records)


class Kept:
    """A sync over fake systems into an index of its own."""

    def __init__(self, woven: Woven, index: Index, settings: SyncSettings) -> None:
        self.woven = woven
        self.index = index
        self.sync = Sync(woven.systems, index, settings)
        self.time = woven.time

    async def rows(self) -> Rows:
        """Everything about orders that stands in the index."""
        return await self.index.read(rows_in, seconds=10)

    async def standing(self, system: str, part: str = "orders") -> Progress:
        """How far a part is read."""
        return await self.index.read(lambda found: part_of(found, system, part), seconds=10)

    async def set_aside(self) -> list[tuple[str, str, str]]:
        """What could not be read."""
        names = (set_aside.c.system, set_aside.c.external_id, set_aside.c.reason)
        asked = select(*names).order_by(*names[:2])
        return await self.index.read(lambda found: [tuple(row) for row in found.execute(asked)], seconds=10)

    async def levels(self) -> list[tuple[str, str, str]]:
        """Which SKU somebody has where."""
        asked = select(stock_levels.c.system, stock_levels.c.sku, stock_levels.c.location).order_by(*stock_levels.c[:3])
        return await self.index.read(lambda found: [tuple(row) for row in found.execute(asked)], seconds=10)


def index_of(woven: Orderweave, url: str) -> Index:
    """An index for the business of a gateway."""
    business = woven.configuration.business
    captures = [name for name, spec in business.systems.items() if spec.captures_orders]
    merger = Merger(business, Authority(business))
    return Index(Database(url), reader=KeyReader(business), merger=merger, captures=captures, clock=woven.clock)


@asynccontextmanager
async def kept(folder: Path, *systems: FakeSystem, settings: SyncSettings | None = None) -> AsyncIterator[Kept]:
    """A sync over these systems, with a file in this folder."""
    woven = weave(*systems)
    index = index_of(woven, f"sqlite:///{mkdtemp(dir=folder)}/index.db")
    try:
        yield Kept(woven, index, settings or SyncSettings())
    finally:
        index.close()
        await woven.close()


async def anew(folder: Path, *systems: FakeSystem, passed: float = 0) -> Rows:
    """The rows of an index that is made of the systems as they are now, so many seconds after noon."""
    async with kept(folder, *systems) as fresh:
        fresh.time.advance(passed)
        await fresh.sync.turn()
        return await fresh.rows()


def rows_in(connection: Connection) -> Rows:
    """All rows that are made of orders, sorted; of the records what they are and where they belong."""
    return {table.name: rows_of(connection, table) for table in TABLES}


def rows_of(connection: Connection, table: Table) -> list[tuple[Any, ...]]:
    """The rows of one of the tables."""
    wanted: Select[*tuple[Any, ...]] = select(table)
    if table is records:
        wanted = select(records.c.system, records.c.external_id, records.c.digest, records.c.order_key, records.c.dirty)
    return sorted((tuple(row) for row in connection.execute(wanted)), key=repr)


def changing(system: FakeSystem) -> FakeSystem:
    """The system, able to list its changes."""
    able = system.manifest.capabilities | {Capability.LIST_CHANGES}
    system.manifest = msgspec.structs.replace(system.manifest, capabilities=able)
    return system


def later(order: OrderRecord, at: datetime, **changes: Any) -> OrderRecord:
    """The order as it is after a change at an instant."""
    header = msgspec.structs.replace(order.header, updated_at=at) if order.header else None
    return msgspec.structs.replace(order, updated_at=at, **{"header": header, **changes})
