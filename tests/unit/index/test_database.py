"""Who waits for whom at the index's database."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from orderweave.index.database import Database, TooSlow


async def test_no_page_waits_for_groups(tmp_path: Path) -> None:
    """With every thread for long reads taken a short read is answered; a long one's time begins while it waits."""
    database = Database(f"sqlite:///{tmp_path / 'index.db'}")
    release, taken = threading.Event(), threading.Semaphore(0)

    def groups(_: Connection) -> None:
        taken.release()
        release.wait()

    def one(connection: Connection) -> int:
        return int(connection.execute(text("SELECT 1")).scalar_one())

    slow = [asyncio.ensure_future(database.read(groups, seconds=600, long=True)) for _ in range(2)]
    for _ in slow:
        await asyncio.to_thread(taken.acquire)
    late = asyncio.ensure_future(database.read(one, seconds=0, long=True))
    assert await database.read(one, seconds=600) == 1
    assert not late.done()
    release.set()
    await asyncio.gather(*slow)
    with pytest.raises(TooSlow):
        await late
    database.close()
