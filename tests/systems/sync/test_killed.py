"""A backfill that is killed again and again ends complete: nothing is lost, nothing stands twice.

ORDERWEAVE_SYNC_ORDERS is the number of orders, 1,500 unless told otherwise, and ORDERWEAVE_SYNC_KILLS how often.
"""

from __future__ import annotations

import asyncio
import os
import sqlite3
import sys
import time
from contextlib import closing
from functools import partial
from pathlib import Path
from random import Random

import pytest

from orderweave.demo import DemoBusiness
from orderweave.index import Database
from tests.unit.sync.keeping import TABLES, rows_of

ORDERS = int(os.environ.get("ORDERWEAVE_SYNC_ORDERS", "1500"))
KILLS = int(os.environ.get("ORDERWEAVE_SYNC_KILLS", "20"))
COMMAND = Path(sys.executable).with_name("orderweave")
# The kills are spread over all of the work but so much (see `done`), so that the last of them finds some undone.
LEFT = 3_000
# Seconds for a process to begin and to come as far as it is to be killed.
LONGEST_RUN = 120 + ORDERS / 100
# Seconds between two looks at how far it is, which read the whole index of the records.
LOOK = 0.02 + ORDERS / 1_000_000

pytestmark = [pytest.mark.systems, pytest.mark.timeout(600 + ORDERS * 0.04)]


def done(index: Path) -> int:
    """How often a record was read or put together: the work on orders, as far as it is done."""
    try:
        with closing(sqlite3.connect(f"file:{index}?mode=ro", uri=True)) as found:
            read = found.execute("SELECT count(*) FROM records").fetchone()[0]
            waiting = found.execute("SELECT count(*) FROM records WHERE dirty").fetchone()[0]
    except sqlite3.OperationalError:
        return 0  # there are no tables yet
    return int(2 * read - waiting)


async def killed(folder: Path, environment: dict[str, str], upto: int, wait: float) -> bool:
    """Start a sync and kill it so many seconds after it did something and came this far; whether it still ran then."""
    index = folder / "index.db"
    before = await asyncio.to_thread(done, index)
    process = await started(folder, "orderweave.toml", environment)
    end, upto = time.monotonic() + LONGEST_RUN, max(upto, before + 1)
    while process.returncode is None and await asyncio.to_thread(done, index) < upto:
        assert time.monotonic() < end, (folder / "log").read_text()[-2000:]
        await asyncio.sleep(LOOK)
    try:
        await asyncio.wait_for(process.wait(), wait)
    except TimeoutError:
        process.kill()
        await process.wait()
        return True
    assert process.returncode == 0
    return False


async def started(folder: Path, file: str, environment: dict[str, str]) -> asyncio.subprocess.Process:
    """A sync in a process of its own; what Python compiles for the first of them, the others find."""
    arguments = (str(COMMAND), "sync", "--config", str(folder / file))
    compiled = {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": str(folder / "compiled")}
    with (folder / "log").open("ab") as log:
        return await asyncio.create_subprocess_exec(
            *arguments, env={**os.environ, **compiled, **environment}, stderr=log
        )


async def whole(folder: Path, file: str, environment: dict[str, str]) -> None:
    """A sync that runs to its end."""
    process = await started(folder, file, environment)
    assert await process.wait() == 0, (folder / "log").read_text()[-2000:]


def configured(business: DemoBusiness, folder: Path, file: str, index: str) -> None:
    """The configuration of a gateway over the business with this index.

    No quota is kept: 100,000 orders at the pace of a shop's plan take hours, of which nothing would be learned here.
    """
    quotas = "".join(f"\n[systems.{name}.calls]\nquota = false\n" for name in business.simulators)
    (folder / file).write_text(f'{business.toml}{quotas}\n[index]\nurl = "sqlite:///{index}"\n')


async def test_nothing_is_lost_and_nothing_stands_twice(tmp_path: Path) -> None:
    """Killed with -9 at twenty random moments, the index is that of a sync that nobody disturbed, row by row."""
    random = Random(7)
    business = DemoBusiness(seed=7, orders=ORDERS)
    records = sum(len(world.orders) for world in business.worlds.values())
    moments = sorted(random.uniform(0, max(0, 2 * records - LEFT)) for _ in range(KILLS))
    async with business, business.forgetting():
        business.configuration()
        configured(business, tmp_path, "orderweave.toml", "index.db")
        configured(business, tmp_path, "fresh.toml", "fresh.db")
        began, kills, places = time.monotonic(), 0, []
        for moment in moments:
            kills += await killed(tmp_path, business.environment, int(moment), random.uniform(0, 0.05))
            places.append(done(tmp_path / "index.db"))
        await whole(tmp_path, "orderweave.toml", business.environment)
        seconds = time.monotonic() - began
        began = time.monotonic()
        await whole(tmp_path, "fresh.toml", business.environment)
        undisturbed = time.monotonic() - began
    print(f"{ORDERS} orders, {records} records, {kills} kills after {places}")
    print(f"{seconds:.0f} s with them, {undisturbed:.0f} s without: {records / undisturbed:.0f} records a second")
    assert kills == KILLS
    disturbed, fresh = (Database(f"sqlite:///{tmp_path}/{name}.db") for name in ("index", "fresh"))
    try:
        for table in TABLES:
            found, expected = [
                await each.read(partial(rows_of, table=table), seconds=600) for each in (disturbed, fresh)
            ]
            assert len(found) == len(expected), table.name
            assert found == expected, table.name
            assert table.name != "records" or len(found) == records
    finally:
        disturbed.close()
        fresh.close()
