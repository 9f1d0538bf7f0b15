"""A home-grown database: an SQLite file with a shop's own tables, filled with records, that can go wrong."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import sqlite3
import tempfile
from collections.abc import Sequence
from itertools import product
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import unquote

import sqlalchemy as sa

from orderweave_sdk.records import OrderRecord, ProductRecord, ReceiptRecord, StockRecord
from orderweave_sdk.testing.faults import BadRecord, Fault, FaultSwitch
from orderweave_sdk.testing.simulator import LoggedCall, SimulatedAnswer, SimulatedRequest
from orderweave_sdk.testing.world import World
from orderweave_sql import simulator_rows
from orderweave_sql.simulator_mapping import MAPPING
from orderweave_sql.simulator_tables import TABLES, create_statements

_READ_FROM = re.compile(r"\bFROM\s+\"?(\w+)")
# An id may be that of an order and of a stock level.
_SPOILING = (
    "UPDATE purchase_orders SET order_tms = x'00', amt_total = x'00' WHERE ord_no = ?",
    "UPDATE stock_levels SET qty_here = x'00' WHERE level_id = ?",
)
_PAGE = b"<!DOCTYPE html><html><body><h1>We will be back soon</h1></body></html>"


class SqlSimulator:
    """The shop's database. Its log holds the SELECTs that any engine of this process sends to its file."""

    supported_faults: ClassVar[frozenset[Fault]] = frozenset(
        {
            Fault.STOPPED,  # the file is gone
            Fault.SLOW,  # a writer holds the lock
            Fault.TRUNCATED,  # half a file, as while a copy is under way
            Fault.FOREIGN_JSON,  # another database in its place
            Fault.HTML,  # an error page where the nightly copy should be
            Fault.BAD_RECORD,  # a row with blobs for its time and amounts
        }
    )

    def __init__(self) -> None:
        self.world = World()
        self.calls: list[LoggedCall] = []
        self.faults = FaultSwitch()
        self._folder: Path | None = None
        self._listening = False
        self._writer: sqlite3.Connection | None = None

    @classmethod
    def external_id(cls, kind: str, n: int) -> str:
        """Whole numbers, as an auto-increment gives them."""
        return str(n)

    @classmethod
    def expressible(cls, record: OrderRecord) -> OrderRecord:
        """See `simulator_rows.expressible`."""
        return simulator_rows.expressible(record)

    @classmethod
    def expressible_stock(cls, record: StockRecord) -> StockRecord:
        """The shop's table holds all of it."""
        return record

    @classmethod
    def expressible_receipt(cls, record: ReceiptRecord) -> ReceiptRecord:
        """Nothing is read of what the shop expects."""
        return record

    @classmethod
    def expressible_product(cls, record: ProductRecord) -> ProductRecord:
        """The shop's table holds all of it."""
        return record

    @property
    def path(self) -> Path:
        """The file. Only after the start."""
        assert self._folder is not None, "the simulator has not been started"
        return self._folder / "shop.sqlite"

    def settings(self) -> dict[str, Any]:
        """The file's address and the mapping of its tables."""
        return {"url": f"sqlite:///{self.path}", "mapping": MAPPING}

    def seed(self, world: World) -> None:
        """Replace all rows; what reads at this moment goes on with the old file."""
        self.world = world
        if self._listening:
            self._heal()
            self._write()

    async def start(self, port: int = 0) -> None:
        """Write the file, at the same place as before when there was one; there is no port."""
        self._folder = self._folder or Path(tempfile.mkdtemp(prefix="orderweave-shop-"))
        self._folder.mkdir(exist_ok=True)
        self._write()
        sa.event.listen(sa.Engine, "do_connect", self._connecting)
        sa.event.listen(sa.Engine, "before_cursor_execute", self._reading)
        self._listening = True

    async def stop(self) -> None:
        """Remove the file."""
        if not self._listening:
            return
        self._listening = False
        sa.event.remove(sa.Engine, "do_connect", self._connecting)
        sa.event.remove(sa.Engine, "before_cursor_execute", self._reading)
        self._heal()
        shutil.rmtree(self.path.parent)

    async def fail(self, fault: Fault | None, *, times: int | None = None, bad_record: BadRecord = None) -> None:
        """Turn a fault on for the next `times` connections (None: until changed), or off."""
        assert fault is None or fault in self.supported_faults, f"{fault} cannot happen to a file"
        self._heal()
        self.faults.set(fault, times=times, bad_record=bad_record)
        if fault is not None:
            self._break(fault)

    def _write(self) -> None:
        fresh = self.path.with_suffix(".fresh")
        rows: dict[str, list[dict[str, Any]]] = {}
        for table, row in simulator_rows.rows_of(self.world):
            rows.setdefault(table, []).append(row)
        with contextlib.closing(sqlite3.connect(fresh)) as connection, connection:
            connection.execute("PRAGMA synchronous = OFF")  # nobody reads it before it is whole
            connection.execute("BEGIN")
            for statement in create_statements():
                connection.execute(statement)
            for table, found in rows.items():
                columns = list(TABLES[table])
                named = ", ".join(f'"{column}"' for column in columns)
                marks = ", ".join("?" for _ in columns)
                connection.executemany(
                    f"INSERT INTO {table} ({named}) VALUES ({marks})",  # noqa: S608 - the schema's own names
                    [[row.get(column) for column in columns] for row in found],
                )
        os.replace(fresh, self.path)

    def _break(self, fault: Fault) -> None:
        if fault is Fault.SLOW:
            self._writer = sqlite3.connect(self.path, isolation_level=None, check_same_thread=False)
            self._writer.execute("BEGIN EXCLUSIVE")
            return
        whole = self._whole
        os.replace(self.path, whole)
        if fault is Fault.TRUNCATED:
            content = whole.read_bytes()
            self.path.write_bytes(content[: len(content) // 2])
        elif fault is Fault.HTML:
            self.path.write_bytes(_PAGE * 100)
        elif fault is Fault.FOREIGN_JSON:
            with contextlib.closing(sqlite3.connect(self.path)) as connection:
                connection.execute("CREATE TABLE weather (day TEXT, sky TEXT)")
        elif fault is Fault.BAD_RECORD:
            shutil.copyfile(whole, self.path)
            with contextlib.closing(sqlite3.connect(self.path)) as connection, connection:
                for spoil, bad in product(_SPOILING, self.faults.bad_records):
                    connection.execute(spoil, [bad])

    def _heal(self) -> None:
        self.faults.set(None)
        if self._writer is not None:
            self._writer.close()
            self._writer = None
        if self._whole.exists():
            os.replace(self._whole, self.path)

    @property
    def _whole(self) -> Path:
        """Where the sound file waits while a fault is on."""
        return self.path.with_suffix(".whole")

    def _connecting(self, dialect: Any, record: Any, arguments: Sequence[Any], options: Any) -> None:
        """Counts the connections that a fault is meant for; the one after them finds the file sound."""
        if not self._listening or not arguments or not self._is_ours(str(arguments[0])):
            return
        if self.faults.fault is None and (self._writer is not None or self._whole.exists()):
            self._heal()
        self.faults.take()

    def _reading(self, connection: sa.Connection, cursor: Any, statement: str, *rest: Any) -> None:
        if not statement.startswith("SELECT") or not self._is_ours(connection.engine.url.database or ""):
            return
        found = _READ_FROM.search(statement)
        table = found.group(1) if found else ""
        self.calls.append(
            LoggedCall(
                operation=f"select {table}",
                detail={"values": len(rest[0])},
                request=SimulatedRequest(
                    method="SELECT", path=f"/{table}", query=(), headers={}, body=statement.encode()
                ),
                answer=SimulatedAnswer(),
            )
        )

    def _is_ours(self, address: str) -> bool:
        return unquote(address).removeprefix("file:").partition("?")[0] == str(self.path)
