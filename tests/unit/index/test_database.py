"""Who waits for whom at the index's database."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from sqlalchemy import Connection, text

from orderweave.index import database
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


class Locked:
    """A new file that somebody else has locked for so many tries; what is executed on it, in order."""

    isolation_level: str | None = ""

    def __init__(self, tries: int, words: str = "database is locked") -> None:
        self._tries = tries
        self._words = words
        self.executed: list[str] = []

    def create_function(self, *arguments: Any, **named: Any) -> None:
        """Functions are no matter of locks."""

    def execute(self, statement: str) -> None:
        """Locked, or done."""
        if "journal_mode" in statement and self._tries:
            self._tries -= 1
            raise sqlite3.OperationalError(self._words)
        self.executed.append(statement)


def test_two_who_begin_a_file_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """SQLite lets neither wait for the other when it is to keep a log: who is late looks again, for as long as a writer
    waits; what else is wrong is told at once.
    """
    now = [0.0]
    clock = SimpleNamespace(monotonic=lambda: now[0], sleep=lambda seconds: now.__setitem__(0, now[0] + seconds))
    monkeypatch.setattr(database, "time", clock)
    late: Any = Locked(3)
    database._set_up_sqlite(late, None)
    assert late.executed[0] == "PRAGMA journal_mode=WAL"
    assert round(now[0], 2) == 0.06
    with pytest.raises(sqlite3.OperationalError, match="locked"):
        database._set_up_sqlite(cast("Any", Locked(10_000)), None)
    assert 30 < now[0] < 31
    with pytest.raises(sqlite3.OperationalError, match="disk"):
        database._set_up_sqlite(cast("Any", Locked(1, "disk I/O error")), None)
