"""What a question costs out of a large index, beside the same SQL written by hand, in one run.

`python -m bench.index --rows 1000000` loads so many orders into SQLite, asks each question both ways in turns, and
prints the medians, their ratio, and what a page costs at several depths.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, insert

from orderweave.index import Database
from orderweave.index.aggregating import By, Measures, grouped
from orderweave.index.conditions import passing
from orderweave.index.migrating import migrate
from orderweave.index.pages import Slice, Spot, keys_of
from orderweave.index.tables import orders
from orderweave.index.zones import Interval
from orderweave.matching import KeyReader
from orderweave.model.filters import Filter
from orderweave.model.systems import Business
from orderweave_sdk.capabilities import Condition
from orderweave_sdk.manifest import Operator, SearchField

_START = datetime(2024, 1, 1, tzinfo=UTC)
_MINUTES = 60 * 24 * 1000
_BATCH = 20_000
_TURNS = 15
_PAGE = 50
_DEPTHS = (0, 1_000, 10_000, 100_000)
_PLACED = (datetime(2026, 1, 1, tzinfo=UTC) - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)

_PAGE_BY_HAND = """
SELECT total, key FROM orders
WHERE placed_at >= ? AND fulfillment_status IN ('FULFILLED', 'PARTIALLY_FULFILLED', 'DELIVERED')
  AND payment_status NOT IN ('PAID', 'REFUNDED')
ORDER BY coalesce(total, -9223372036854775808) DESC, key DESC LIMIT ?
"""
_GROUPS_BY_HAND = """
SELECT channel, strftime('%Y-%m-01', placed_at / 1000000, 'unixepoch'), currency, count(*), sum(total), sum(due)
FROM orders WHERE status <> 'CANCELED' GROUP BY 1, 2, 3
"""


def main() -> int:
    """Load, ask, print; the last line is JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "index.db"
        database = Database(f"sqlite:///{file}")
        started = time.perf_counter()
        asyncio.run(_load(database, given.rows))
        print(f"{given.rows} orders loaded in {time.perf_counter() - started:.0f} s, {file.stat().st_size >> 20} MiB")
        found = _compare(database, file)
        found["depths"] = _depths(database)
        database.close()
    print(json.dumps({"rows": given.rows, **found}))
    return 0


async def _load(database: Database, rows: int) -> None:
    await database.write(migrate)
    for batch in _batches(rows):
        await database.write(lambda found, batch=batch: found.execute(insert(orders), batch))  # type: ignore[misc]  # mypy knows no defaults of lambdas
    await database.write(lambda found: found.exec_driver_sql("ANALYZE"))


def _batches(rows: int) -> Iterator[list[dict[str, Any]]]:
    chance = random.Random(1)  # noqa: S311 - makes rows, no secret
    made: list[dict[str, Any]] = []
    for number in range(rows):
        placed = _START + timedelta(minutes=chance.randrange(_MINUTES))
        total = Decimal(chance.randrange(100, 500_000)) / 100
        made.append(
            {
                "key": f"shop-us:number/{number:07d}",
                "number": f"#{number:07d}",
                "channel": chance.choice(("shop-us", "shop-eu", "erp")),
                "currency": chance.choice(("USD", "EUR")),
                "status": chance.choice(("OPEN", "COMPLETED", "COMPLETED", "CANCELED")),
                "payment_status": chance.choice(("PAID", "PAID", "PAID", "PENDING", "REFUNDED")),
                "fulfillment_status": chance.choice(("UNFULFILLED", "FULFILLED", "DELIVERED")),
                "invoice_status": "INVOICED",
                "placed_at": placed,
                "updated_at": placed,
                "total": total,
                "due": total,
                "line_count": 2,
                "line_quantity": Decimal(3),
                "sources": 2,
                "conflicts": 0,
            }
        )
        if len(made) == _BATCH or number == rows - 1:
            yield made
            made = []


def _reader() -> KeyReader:
    return KeyReader(Business(systems={}, places=(), authority={}))


def _wanted() -> Filter:
    return Filter(
        conditions=(
            Condition(SearchField.PLACED_AT, Operator.GTE, (datetime(2026, 1, 1, tzinfo=UTC),)),
            Condition(SearchField.FULFILLMENT_STATUS, Operator.IN, ("FULFILLED", "PARTIALLY_FULFILLED", "DELIVERED")),
            Condition(SearchField.PAYMENT_STATUS, Operator.NOT_IN, ("PAID", "REFUNDED")),
        )
    )


def _compare(database: Database, file: Path) -> dict[str, Any]:
    by_hand = sqlite3.connect(file)
    by_hand.execute("PRAGMA cache_size=-65536")
    where = passing(_wanted(), _reader())
    page = Slice(where=where, sort=SearchField.TOTAL, descending=True, size=_PAGE, after=None)
    kept = passing(Filter(conditions=(Condition(SearchField.STATUS, Operator.NE, ("CANCELED",)),)), _reader())
    by = [
        By(column=orders.c.channel),
        By(column=orders.c.placed_at, interval=Interval.MONTH),
        By(column=orders.c.currency),
    ]
    sums = Measures(sums={"total": orders.c.total, "due": orders.c.due})
    found: dict[str, Any] = {}
    with database.engine.connect() as connection:
        for name, ours, theirs in (
            (
                "page",
                lambda: keys_of(connection, page),
                lambda: by_hand.execute(_PAGE_BY_HAND, (_PLACED, _PAGE)).fetchall(),
            ),
            (
                "groups",
                lambda: grouped(connection, orders, kept, by, sums, most=10_000),
                lambda: by_hand.execute(_GROUPS_BY_HAND).fetchall(),
            ),
        ):
            assert len(ours()) == len(theirs())  # type: ignore[no-untyped-call]  # both are lambdas above
            mine, their = _medians(ours, theirs)
            found[name] = {"ms": round(mine * 1000, 2), "by_hand_ms": round(their * 1000, 2), "ratio": mine / their}
            print(f"{name}: {mine * 1000:.1f} ms, by hand {their * 1000:.1f} ms, {mine / their:.2f} times")
    by_hand.close()
    return found


def _medians(*ways: Callable[[], Any]) -> list[float]:
    """The median seconds of each way, asked in turns."""
    took: list[list[float]] = [[] for _ in ways]
    for _ in range(_TURNS):
        for place, way in enumerate(ways):
            started = time.perf_counter()
            way()
            took[place].append(time.perf_counter() - started)
    return [statistics.median(seconds) for seconds in took]


def _depths(database: Database) -> dict[str, float]:
    """Milliseconds of an unfiltered page that begins after so many orders."""
    found: dict[str, float] = {}
    with database.engine.connect() as connection:
        for depth in _DEPTHS:
            after = _spot(connection, depth)
            page = Slice(
                where=passing(Filter(), _reader()), sort=SearchField.TOTAL, descending=True, size=_PAGE, after=after
            )
            (seconds,) = _medians(lambda page=page: keys_of(connection, page))  # type: ignore[misc]  # as above
            found[str(depth)] = round(seconds * 1000, 2)
            print(f"a page after {depth} orders: {seconds * 1000:.2f} ms")
    return found


def _spot(connection: Connection, depth: int) -> Spot | None:
    if not depth:
        return None
    everything = passing(Filter(), _reader())
    page = Slice(where=everything, sort=SearchField.TOTAL, descending=True, size=depth, after=None)
    spots = keys_of(connection, page)
    return spots[-1] if spots else None


if __name__ == "__main__":
    sys.exit(main())
