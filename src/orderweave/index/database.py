"""The index's database: SQLite in a file, or PostgreSQL. Statements run in a few threads, each within its time."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.pool import QueuePool

from orderweave.index.zones import start_of

T = TypeVar("T")
# Threads for who reads; who writes has one, for SQLite has one writer, and PostgreSQL's writers take turns.
_READERS = 4
# Threads for who reads for long, groups and exports: however many ask for these, a page waits for none of them.
_LONG_READERS = 2
# Callers that may wait for a thread; more are refused at once.
_MOST_WAITING = 64
# Seconds that a writer waits for another process's write to end.
_LONGEST_LOCK = 30
# Seconds between two looks at a new file that another process has locked.
_LOOK_AGAIN = 0.02
# Pages that SQLite's log gathers before they are written to where they belong, which is waited for: 64 MB. What is
# written again and again, as pages of an index are, is then written there once.
_LOG = 16_384
# SQLite's steps between two looks at the clock.
_STEPS = 10_000
# KiB of pages that one connection to SQLite keeps, and of rows that it sorts in memory for a group-by: the rest goes to
# temporary files. With more, groups over a million orders take a third longer, for small runs sort within the
# processor's own caches, and pages are no quicker.
_MOST_CACHED_KIB = 16_384
# One number for all writers of an index in PostgreSQL (the letters of "weave").
_WRITERS = 0x7765617665


class TooSlow(Exception):
    """A statement took longer than it may."""


class TooBusy(Exception):
    """More callers wait for the database than may."""


class Database:
    """One database. Cheap to make; nothing is opened before the first statement. Close it when done.

    `url` is SQLAlchemy's: `sqlite:///folder/file.db` or `postgresql+psycopg://…`.
    """

    def __init__(self, url: str) -> None:
        self.url = make_url(url)
        self.engine = _engine(url)
        self._readers = ThreadPoolExecutor(_READERS, thread_name_prefix="index-read")
        self._long_readers = ThreadPoolExecutor(_LONG_READERS, thread_name_prefix="index-read-long")
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="index-write")
        self._waiting = 0

    @property
    def dialect(self) -> str:
        """`sqlite` or `postgresql`."""
        return self.engine.dialect.name

    async def read(self, work: Callable[[Connection], T], *, seconds: float, long: bool = False) -> T:
        """What `work` reads from one snapshot, in a thread; raises TooSlow after so many seconds, and TooBusy.

        The time begins now, and not when there is a thread. What is `long` has threads of its own.
        """
        threads = self._long_readers if long else self._readers
        return await self._run(threads, partial(self._read, work, time.monotonic() + seconds))

    async def write(self, work: Callable[[Connection], T], *, seconds: float = _LONGEST_LOCK) -> T:
        """What `work` gives, all that it wrote in one transaction; one writer at a time, over all processes. Raises
        OperationalError where another one does not end within so many seconds.
        """
        return await self._run(self._writer, partial(self.write_now, work, seconds))

    def write_now(self, work: Callable[[Connection], T], seconds: float = _LONGEST_LOCK) -> T:
        """As `write`, in the thread of the caller."""
        milliseconds = max(1, int(seconds * 1000))
        with self.engine.connect().execution_options(writing=True) as connection:
            if self.dialect == "sqlite":
                raw: Any = connection.connection.driver_connection
                raw.execute(f"PRAGMA busy_timeout = {milliseconds}")
            return self._written(connection, work, milliseconds)

    def _written(self, connection: Connection, work: Callable[[Connection], T], milliseconds: int) -> T:
        with connection.begin():
            if self.dialect == "postgresql":
                connection.exec_driver_sql(f"SET LOCAL lock_timeout = {milliseconds}")
                connection.execute(text("SELECT pg_advisory_xact_lock(:writers)"), {"writers": _WRITERS})
            return work(connection)

    def _read(self, work: Callable[[Connection], T], end: float) -> T:
        if time.monotonic() >= end:
            raise TooSlow
        with self.engine.connect() as connection, connection.begin(), _until(connection, end):
            return work(connection)

    async def _run(self, threads: ThreadPoolExecutor, work: Callable[[], T]) -> T:
        if self._waiting >= _MOST_WAITING:
            raise TooBusy
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(threads, work)
        finally:
            self._waiting -= 1

    def close(self) -> None:
        """Let go of threads and connections; statements under way end by their time."""
        self._readers.shutdown(wait=False, cancel_futures=True)
        self._long_readers.shutdown(wait=False, cancel_futures=True)
        self._writer.shutdown(wait=False, cancel_futures=True)
        self.engine.dispose()


def _engine(url: str) -> Engine:
    """An engine whose transactions begin when they say so, and are the writer's from the start where they write."""
    made = make_url(url)
    if made.get_backend_name() != "sqlite":
        return create_engine(made, pool_size=_READERS + _LONG_READERS + 1, max_overflow=1, pool_pre_ping=True)
    if made.database:
        Path(made.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(
        made,
        poolclass=QueuePool,
        pool_size=_READERS + _LONG_READERS + 1,
        max_overflow=1,
        connect_args={"check_same_thread": False, "timeout": _LONGEST_LOCK},
    )
    event.listen(engine, "connect", _set_up_sqlite)
    event.listen(engine, "begin", _begin_in_sqlite)
    return engine


def _set_up_sqlite(connection: sqlite3.Connection, _: object) -> None:
    connection.isolation_level = None
    connection.create_function("start_of", 3, start_of, deterministic=True)
    _keep_a_log(connection)
    for pragma in ("synchronous=NORMAL", f"cache_size=-{_MOST_CACHED_KIB}", f"wal_autocheckpoint={_LOG}"):
        connection.execute(f"PRAGMA {pragma}")


def _keep_a_log(connection: sqlite3.Connection) -> None:
    """Where two begin a new file at once SQLite lets neither wait for the other: it says at once that it is locked."""
    end = time.monotonic() + _LONGEST_LOCK
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > end:
                raise
            time.sleep(_LOOK_AGAIN)


def _begin_in_sqlite(connection: Connection) -> None:
    writing = connection.get_execution_options().get("writing")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


@contextmanager
def _until(connection: Connection, end: float) -> Iterator[None]:
    """End statements at that time, whoever waits for them or not."""
    try:
        if connection.dialect.name == "postgresql":
            left = max(1, int((end - time.monotonic()) * 1000))
            connection.execute(text(f"SET LOCAL statement_timeout = {left}"))
            yield
            return
        raw: Any = connection.connection.driver_connection
        raw.set_progress_handler(lambda: time.monotonic() > end, _STEPS)
        try:
            yield
        finally:
            raw.set_progress_handler(None, 0)
    except DBAPIError as error:
        if _was_ended(error):
            raise TooSlow from None
        raise


def _was_ended(error: DBAPIError) -> bool:
    if isinstance(error, OperationalError) and "interrupted" in str(error.orig):
        return True
    return getattr(error.orig, "sqlstate", None) == "57014"  # query_canceled
