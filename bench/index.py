"""What a question costs out of a large index, beside the same SQL written by hand, in one run.

`python -m bench.index --rows 1000000 --database sqlite` loads so many orders, asks each question both ways in turns,
and prints what they take, the ratio, what it costs to count all that pass, and what a page costs at several depths.
With `--database postgresql` it starts a server for it.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import insert

from orderweave.index import Database
from orderweave.index.aggregating import By, Measures, grouped
from orderweave.index.columns import SCALE
from orderweave.index.conditions import passing
from orderweave.index.migrating import migrate
from orderweave.index.pages import Slice, Spot, count, keys_of
from orderweave.index.tables import orders
from orderweave.index.zones import Interval
from orderweave.matching import KeyReader
from orderweave.model.filters import Filter
from orderweave.model.systems import Business
from orderweave_sdk.capabilities import Condition
from orderweave_sdk.manifest import Operator, SearchField
from tests.systems.sql.postgresql import running

_START = datetime(2024, 1, 1, tzinfo=UTC)
_MINUTES = 60 * 24 * 1000
_BATCH = 20_000
_TURNS = 15
_PAGE_TURNS = 301
_PAGE = 50
_DEPTHS = (0, 1_000, 10_000, 30_000)
_YEAR = datetime(2026, 1, 1, tzinfo=UTC)
_PLACED = (_YEAR - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)

_READER = KeyReader(Business(systems={}, places=(), authority={}))
_SHIPPED = ("FULFILLED", "PARTIALLY_FULFILLED", "DELIVERED")
_PAID = ("PAID", "REFUNDED")
# Shipped and not paid, of one year.
_UNPAID = Filter(
    conditions=(
        Condition(SearchField.PLACED_AT, Operator.GTE, (_YEAR,)),
        Condition(SearchField.FULFILLMENT_STATUS, Operator.IN, _SHIPPED),
        Condition(SearchField.PAYMENT_STATUS, Operator.NOT_IN, _PAID),
    )
)

# By dialect: the page, and the groups.
_BY_HAND = {
    "sqlite": (
        """
        SELECT total, key FROM orders
        WHERE placed_at >= ? AND fulfillment_status IN (?, ?, ?) AND payment_status NOT IN (?, ?)
        ORDER BY coalesce(total, -9223372036854775808) DESC, key DESC LIMIT ?
        """,
        """
        SELECT channel, strftime('%Y-%m-01', placed_at / 1000000, 'unixepoch'), currency, count(*), sum(total), sum(due)
        FROM orders WHERE status <> 'CANCELED' GROUP BY 1, 2, 3
        """,
    ),
    "postgresql": (
        """
        SELECT total, key FROM orders
        WHERE placed_at >= %s AND fulfillment_status IN (%s, %s, %s) AND payment_status NOT IN (%s, %s)
        ORDER BY coalesce(total, '-Infinity'::numeric) DESC, key DESC LIMIT %s
        """,
        """
        SELECT channel, date_trunc('month', placed_at, 'UTC'), currency, count(*), sum(total), sum(due)
        FROM orders WHERE status <> 'CANCELED' GROUP BY 1, 2, 3
        """,
    ),
}


def main() -> int:
    """Load, ask, print; the last line is JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--database", choices=sorted(_BY_HAND), default="sqlite")
    given = parser.parse_args()
    with _address(given.database) as url:
        database = Database(url)
        started = time.perf_counter()
        asyncio.run(_load(database, given.rows))
        print(f"{given.rows} orders loaded into {given.database} in {time.perf_counter() - started:.0f} s")
        found = _compare(database)
        found["count_ms"] = _counted(database)
        found["depths"] = _depths(database)
        database.close()
    print(json.dumps({"rows": given.rows, "database": given.database, **found}))
    return 0


@contextmanager
def _address(dialect: str) -> Iterator[str]:
    """An empty database: a file, or a server that is installed and started for it."""
    if dialect == "sqlite":
        with tempfile.TemporaryDirectory() as folder:
            yield f"sqlite:///{Path(folder) / 'index.db'}"
        return
    with running() as server:
        yield server.url


async def _load(database: Database, rows: int) -> None:
    await database.write(migrate)
    for batch in _batches(rows):
        await database.write(lambda found, batch=batch: found.execute(insert(orders), batch))  # type: ignore[misc]  # mypy knows no defaults of lambdas
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("VACUUM ANALYZE orders" if database.dialect == "postgresql" else "ANALYZE")


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


def _compare(database: Database) -> dict[str, Any]:
    """Both ways read the same columns over connections of the same settings, a page as the same objects; ours begins at
    the filter, and by hand at the text of the statement.
    """
    page_by_hand, groups_by_hand = _BY_HAND[database.dialect]
    with database.engine.connect() as connection, database.engine.connect() as other:
        driver: Any = other.connection.driver_connection
        year: Any = _PLACED if database.dialect == "sqlite" else _YEAR

        def page() -> list[Any]:
            return keys_of(connection, _page(_PAGE, None))

        def page_alone() -> list[Any]:
            rows = driver.execute(page_by_hand, (year, *_SHIPPED, *_PAID, _PAGE)).fetchall()
            if database.dialect == "sqlite":
                return [Spot(Decimal(total).scaleb(-SCALE), key) for total, key in rows]
            return [Spot(total, key) for total, key in rows]

        def groups() -> list[Any]:
            not_canceled = Filter(conditions=(Condition(SearchField.STATUS, Operator.NE, ("CANCELED",)),))
            where = passing(not_canceled, _READER).clause()
            sums = Measures(sums={"total": orders.c.total, "due": orders.c.due})
            by = [
                By(column=orders.c.channel),
                By(column=orders.c.placed_at, interval=Interval.MONTH),
                By(column=orders.c.currency),
            ]
            return grouped(connection, orders, where, by, sums, most=10_000)

        def groups_alone() -> list[Any]:
            return list(driver.execute(groups_by_hand).fetchall())

        assert page() == page_alone()
        assert len(groups()) == len(groups_alone())
        return {
            "page": _compared("page", page, page_alone, _PAGE_TURNS),
            "groups": _compared("groups", groups, groups_alone, _TURNS),
        }


def _compared(name: str, ours: Callable[[], Any], by_hand: Callable[[], Any], turns: int) -> dict[str, float]:
    mine, theirs = _seconds(ours, by_hand, turns=turns)
    print(f"{name}: {mine * 1000:.2f} ms, by hand {theirs * 1000:.2f} ms, {mine / theirs:.2f} times")
    return {
        "ms": round(mine * 1000, 2),
        "by_hand_ms": round(theirs * 1000, 2),
        "ratio": round(mine / theirs, 2),
    }


def _seconds(*ways: Callable[[], Any], turns: int) -> list[float]:
    """The seconds of each way, asked in turns: what three in four take longer than, for others disturb those least."""
    took: list[list[float]] = [[] for _ in ways]
    for _ in range(turns):
        for place, way in enumerate(ways):
            started = time.perf_counter()
            way()
            took[place].append(time.perf_counter() - started)
    return [statistics.quantiles(seconds, n=4)[0] for seconds in took]


def _counted(database: Database) -> float:
    """Milliseconds of `totalCount`: all orders that pass, counted anew for each page that asks for it."""
    with database.engine.connect() as connection:
        (seconds,) = _seconds(lambda: count(connection, passing(_UNPAID, _READER)), turns=_TURNS)
    print(f"count: {seconds * 1000:.2f} ms")
    return round(seconds * 1000, 2)


def _depths(database: Database) -> dict[str, float]:
    """Milliseconds of the page that begins after so many of the orders that pass."""
    found: dict[str, float] = {}
    with database.engine.connect() as connection:
        for depth in _DEPTHS:
            before = keys_of(connection, _page(depth, None)) if depth else []
            if len(before) < depth:
                break
            page = _page(_PAGE, before[-1] if before else None)
            (seconds,) = _seconds(lambda page=page: keys_of(connection, page), turns=_PAGE_TURNS)  # type: ignore[misc]  # as above
            found[str(depth)] = round(seconds * 1000, 2)
            print(f"the page after {depth} of them: {seconds * 1000:.2f} ms")
    return found


def _page(size: int, after: Spot | None) -> Slice:
    return Slice(where=passing(_UNPAID, _READER), sort=SearchField.TOTAL, descending=True, size=size, after=after)


if __name__ == "__main__":
    sys.exit(main())
