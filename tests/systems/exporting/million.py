"""A process that exports lines of an index to Parquet; the test kills it, and starts it again.

`python -m tests.systems.exporting.million FOLDER` works off what waits and prints its peak of memory in kilobytes.
"""

from __future__ import annotations

import asyncio
import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, insert, select, text

from orderweave.config.configuration import ExportSettings
from orderweave.exporting import Exports, jobs
from orderweave.index import Database, Index
from orderweave.index.tables import order_lines, orders
from orderweave.matching import KeyReader
from orderweave.merging import Merger
from orderweave.model.systems import Business
from orderweave.planning.authority import Authority
from orderweave_sdk.clock import SystemClock

ORDERS, LINES_EACH = 250_000, 4
_AT_ONCE = 5_000
_FIRST = datetime(2024, 1, 1, tzinfo=UTC)


def index_in(folder: Path) -> Index:
    """The index of a business without systems."""
    business = Business(systems={}, places=(), authority={})
    reader, merger = KeyReader(business), Merger(business, Authority(business))
    return Index(
        Database(f"sqlite:///{folder / 'index.db'}"), reader=reader, merger=merger, captures=(), clock=SystemClock()
    )


def exports_in(folder: Path, index: Index) -> Exports:
    """The exports of that business."""
    settings = ExportSettings(folder=folder / "exports")
    return Exports(index, Business(systems={}, places=(), authority={}), settings, SystemClock())


def amount(place: int) -> Decimal:
    """What the line at a place comes to."""
    return Decimal(place % 99_991) / 100


async def fill(index: Index) -> None:
    """A million lines, straight into the tables."""

    def work(connection: Connection) -> None:
        for start in range(0, ORDERS, _AT_ONCE):
            numbers = range(start, start + _AT_ONCE)
            connection.execute(insert(orders), [_order(number) for number in numbers])
            connection.execute(insert(order_lines), [line for number in numbers for line in _lines(number)])

    await index.open()
    await index.write(work)
    await index.write(lambda found: found.execute(text("ANALYZE")).close())


def _order(number: int) -> dict[str, Any]:
    placed = _FIRST + timedelta(minutes=number * 4)
    return {
        "key": f"shop:number/{number:07}",
        "number": f"{number:07}",
        "channel": f"shop-{number % 3}",
        "currency": "EUR",
        "status": "OPEN",
        "payment_status": "PAID",
        "fulfillment_status": "UNFULFILLED",
        "invoice_status": "NOT_INVOICED",
        "placed_at": placed,
        "updated_at": placed,
        "total": Decimal(10),
        "line_count": LINES_EACH,
        "line_quantity": Decimal(LINES_EACH),
        "sources": 1,
        "conflicts": 0,
    }


def _lines(number: int) -> Iterator[dict[str, Any]]:
    for position in range(LINES_EACH):
        place = number * LINES_EACH + position
        yield {
            "order_key": f"shop:number/{number:07}",
            "position": position,
            "line_id": f"line-{place}",
            "sku": f"SKU-{place % 5_000}",
            "sku_folded": f"sku-{place % 5_000}",
            "title": f"A thing of kind {place % 5_000}",
            "status": "OPEN",
            "ordered": Decimal(1),
            "unit_price": amount(place),
            "total": amount(place),
            "currency": "EUR",
        }


async def parts_noted(index: Index, name: str) -> int:
    """How many parts of an export are noted."""
    job = await index.read(lambda found: jobs.find(found, name), seconds=9)
    return len(job.state.parts) if job is not None and job.state is not None else 0


async def work(folder: Path) -> None:
    """Work off all that waits."""
    index = index_in(folder)
    exports = exports_in(folder, index)
    assert await index.read(lambda found: found.execute(select(orders.c.key).limit(1)).one(), seconds=9)
    exports.start()
    while await exports.unfinished():  # noqa: ASYNC110 - another process may have done the last of it
        await asyncio.sleep(0.05)
    await exports.close()
    index.close()


if __name__ == "__main__":
    asyncio.run(work(Path(sys.argv[1])))
    # Of this program alone: what getrusage tells begins with the memory of who started it.
    status = Path("/proc/self/status").read_text()
    print(re.findall(r"VmHWM:\s+(\d+) kB", status)[0])
