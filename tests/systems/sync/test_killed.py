"""A backfill that is killed again and again ends complete: nothing is lost, nothing stands twice.

ORDERWEAVE_SYNC_ORDERS is the number of orders, 1,000 unless told otherwise, and ORDERWEAVE_SYNC_KILLS how often.
"""

from __future__ import annotations

import asyncio
import os
import sys
import time
from pathlib import Path
from random import Random

import msgspec
import pytest

from orderweave.bootstrap import Orderweave
from orderweave.config.configuration import IndexSettings
from orderweave.demo.business import DemoBusiness
from orderweave.index import Index
from tests.unit.sync.keeping import index_of, rows_in

pytestmark = pytest.mark.systems

ORDERS = int(os.environ.get("ORDERWEAVE_SYNC_ORDERS", "1000"))
KILLS = int(os.environ.get("ORDERWEAVE_SYNC_KILLS", "20"))
COMMAND = Path(sys.executable).with_name("orderweave")
# Seconds for a process to begin and to write a first page.
LONGEST_START = 120


def written(path: Path) -> tuple[int, int]:
    """What tells that something was written to an SQLite file."""
    log = path.with_name(f"{path.name}-wal")
    if not log.exists():
        return 0, 0
    found = log.stat()
    return found.st_mtime_ns, found.st_size


async def killed(folder: Path, environment: dict[str, str], wait: float) -> bool:
    """Start a sync and kill it so many seconds after it wrote something; whether it was still running then."""
    before = written(folder / "index.db")
    process = await started(folder, environment)
    end, index = time.monotonic() + LONGEST_START, folder / "index.db"
    while process.returncode is None and written(index) == before and time.monotonic() < end:  # noqa: ASYNC110 - a file
        await asyncio.sleep(0.02)
    try:
        await asyncio.wait_for(process.wait(), wait)
    except TimeoutError:
        process.kill()
        await process.wait()
        return True
    assert process.returncode == 0
    return False


async def started(folder: Path, environment: dict[str, str]) -> asyncio.subprocess.Process:
    """A sync in a process of its own."""
    arguments = (str(COMMAND), "sync", "--config", str(folder / "orderweave.toml"))
    with (folder / "log").open("ab") as log:
        return await asyncio.create_subprocess_exec(*arguments, env={**os.environ, **environment}, stderr=log)


async def test_nothing_is_lost_and_nothing_stands_twice(tmp_path: Path) -> None:
    """Killed with -9 at twenty random moments, the index is that of a sync that nobody disturbed, row by row."""
    random = Random(7)
    business = DemoBusiness(seed=7, orders=ORDERS)
    async with business:
        configuration = business.configuration()
        (tmp_path / "orderweave.toml").write_text(f'{business.toml}\n[index]\nurl = "sqlite:///index.db"\n')
        began, kills = time.monotonic(), 0
        while kills < KILLS and await killed(tmp_path, business.environment, random.uniform(0, 0.3)):
            kills += 1
        process = await started(tmp_path, business.environment)
        assert await process.wait() == 0, (tmp_path / "log").read_text()[-2000:]
        seconds = time.monotonic() - began
        woven = Orderweave(
            msgspec.structs.replace(configuration, index=IndexSettings(url=f"sqlite:///{tmp_path}/fresh.db"))
        )
        try:
            assert woven.sync is not None
            assert woven.index is not None
            turn = await woven.sync.turn()
            assert (turn.failed, turn.incomplete) == ({}, frozenset())
            disturbed: Index = index_of(woven, f"sqlite:///{tmp_path}/index.db")
            found = await disturbed.read(rows_in, seconds=600)
            disturbed.close()
            expected = await woven.index.read(rows_in, seconds=600)
        finally:
            await woven.close()
    print(f"{ORDERS} orders, {len(found['records'])} records, {kills} kills, {seconds:.0f} s")
    assert kills == KILLS
    assert len(found["records"]) == sum(len(world.orders) for world in business.worlds.values())
    assert {name: len(rows) for name, rows in found.items()} == {name: len(rows) for name, rows in expected.items()}
    for name, rows in expected.items():
        assert found[name] == rows, name
