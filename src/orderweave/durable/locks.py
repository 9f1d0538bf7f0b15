"""Locks over all processes that share an index: each is held by one of them, and falls when that one does.

All of it blocks: call it in a thread.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Collection
from hashlib import blake2b
from pathlib import Path
from typing import Protocol

from sqlalchemy import URL, Connection, Engine, NullPool, create_engine, text
from sqlalchemy.exc import DBAPIError


class Lock(Protocol):
    """A lock of one process."""

    def take(self) -> bool:
        """Take the lock, if nobody has it; whether it is ours."""
        ...

    def held(self) -> bool:
        """Whether it still is."""
        ...

    def release(self) -> None:
        """Let go of it."""
        ...


class FileLock:
    """A lock on a file beside the index's."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: int | None = None

    def take(self) -> bool:
        """Take the lock, if nobody has it."""
        if self._file is not None:
            return True
        self._path.parent.mkdir(parents=True, exist_ok=True)
        file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(file)
            return False
        self._file = file
        return True

    def held(self) -> bool:
        """Whether it still is ours."""
        return self._file is not None

    def release(self) -> None:
        """Let go of it."""
        if self._file is not None:
            os.close(self._file)
            self._file = None


class AdvisoryLock:
    """PostgreSQL's lock of a session, on a connection of its own; it is lost with that."""

    def __init__(self, url: URL, name: str) -> None:
        self._engine: Engine = create_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
        self._number = _number(name)
        self._connection: Connection | None = None

    def take(self) -> bool:
        """Take the lock, if nobody has it; the database must answer."""
        if self._connection is not None and self.held():
            return True
        connection = self._engine.connect()
        if connection.execute(text("SELECT pg_try_advisory_lock(:number)"), {"number": self._number}).scalar_one():
            self._connection = connection
            return True
        connection.close()
        return False

    def held(self) -> bool:
        """Whether the connection still lives."""
        if self._connection is None:
            return False
        try:
            self._connection.execute(text("SELECT 1"))
        except DBAPIError:
            self.release()
            return False
        return True

    def release(self) -> None:
        """Let go of it."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def lock_of(url: URL, name: str) -> Lock:
    """The lock of that name over an index."""
    if url.get_backend_name() == "sqlite":
        return FileLock(_file(url, name))
    return AdvisoryLock(url, name)


def taken(url: URL, names: Collection[str]) -> int:
    """How many of these locks over an index anybody has."""
    if url.get_backend_name() == "sqlite":
        return sum(_is_taken(file) for name in names if (file := _file(url, name)).exists())
    numbers = {_number(name) for name in names}
    engine = create_engine(url, poolclass=NullPool)
    with engine.connect() as connection:
        return sum(_number_of(row.classid, row.objid) in numbers for row in connection.execute(_ADVISORY))


# PostgreSQL shows the two halves of the number.
_ADVISORY = text(
    "SELECT classid, objid FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 1 AND granted "
    "AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)


def _number(name: str) -> int:
    return int.from_bytes(blake2b(f"orderweave {name}".encode(), digest_size=8).digest(), signed=True)


def _number_of(high: int, low: int) -> int:
    return int.from_bytes((high << 32 | low).to_bytes(8), signed=True)


def _file(url: URL, name: str) -> Path:
    return Path(f"{url.database}-{name}")


def _is_taken(path: Path) -> bool:
    lock = FileLock(path)
    if not lock.take():
        return True
    lock.release()
    return False
