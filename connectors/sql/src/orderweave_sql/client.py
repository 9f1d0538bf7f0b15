"""The database: transactions in a bounded number of threads, read-only, each within its deadline and its row limit."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy import exc

from orderweave_sdk.clock import Call
from orderweave_sdk.errors import BadPayload, TimedOut, UpstreamError, Wait
from orderweave_sql.database_map import DatabaseMap, SectionMap
from orderweave_sql.dialects import ColumnType, dialect_of
from orderweave_sql.failures import meaning_of
from orderweave_sql.statements import SectionQuery, Select

T = TypeVar("T")

# Waiting callers at most, per thread; past that, waiting longer would only time out.
_QUEUE_PER_THREAD = 50


class Running:
    """One transaction under way: until when, and the connection to stop it by."""

    def __init__(self, call: Call, statement_seconds: int) -> None:
        self._call = call
        self._statement_seconds = statement_seconds
        self._statement_ends = call.clock.monotonic() + statement_seconds
        self._stopped = False
        self._raw: Any = None
        self._lock = threading.Lock()

    def begin_statement(self) -> None:
        """The next statement has its own limit from now on."""
        self._statement_ends = self._call.clock.monotonic() + self._statement_seconds

    def over(self) -> bool:
        """Whether the statement at hand should end at once."""
        return self._stopped or self._call.clock.monotonic() >= min(self._statement_ends, self._call.deadline)

    def milliseconds(self) -> int:
        """How long one statement may take from now, at least 1."""
        return max(1, int(min(float(self._statement_seconds), self._call.remaining()) * 1000))

    def attach(self, raw: Any) -> None:
        """The driver's connection, for as long as the transaction lasts; None when it is over."""
        with self._lock:
            self._raw = raw

    def stop(self, stopper: Callable[[Any], None]) -> None:
        """End it from another thread. Under the lock, so that no later transaction on the connection is hit."""
        self._stopped = True
        with self._lock:
            if self._raw is not None:
                stopper(self._raw)


class Session:
    """What one piece of work reads with, in its thread, inside one transaction."""

    def __init__(self, database: Database, connection: sa.Connection, running: Running, operation: str) -> None:
        self.map = database.map
        self._database = database
        self._connection = connection
        self._running = running
        self._operation = operation

    def query(self, section: str) -> SectionQuery:
        """For statements over a section that is mapped."""
        mapped = self.map.sections[section]
        return SectionQuery(mapped, self._database.dialect, self._types(mapped))

    def rows(self, statement: Select, section: str) -> Sequence[Sequence[Any]]:
        """All rows of the statement. More than the row limit is a BadPayload: nothing is cut in silence."""
        limit = self._database.row_limit
        found = self._run(statement.limit(limit + 1)).all()
        if len(found) > limit:
            raise BadPayload(f"{self._operation}: {section} gives more than {limit} rows; raise row_limit, or mend it")
        return found

    def page(self, statement: Select, size: int) -> Sequence[Sequence[Any]]:
        """The first `size` rows."""
        return self._run(statement.limit(size)).all()

    def columns(self, section: SectionMap) -> Mapping[str, ColumnType]:
        """The columns that the section's table or query has."""
        dialect = self._database.dialect
        result = self._run(SectionQuery(section, dialect, {}).everything())
        description = result.cursor.description if result.cursor else ()
        result.close()
        return dialect.types(description)

    def recover(self) -> None:
        """Go on after a statement that failed, in a new transaction."""
        self._connection.rollback()
        self._database.dialect.begin(self._connection, self._running.milliseconds(), self._running.over)

    def version(self) -> str:
        """The server's kind and version, to show."""
        shown = ".".join(str(part) for part in self._connection.dialect.server_version_info or ())
        return f"{self._database.dialect.titled(self._connection)} {shown}".strip()

    def _types(self, section: SectionMap) -> Mapping[str, ColumnType]:
        if not self._database.dialect.compares_by_type:
            return {}
        known = self._database.types
        if section.name not in known:
            known[section.name] = self.columns(section)
        return known[section.name]

    def _run(self, statement: Select) -> sa.CursorResult[Any]:
        if self._running.over():
            raise TimedOut(f"{self._operation}: the deadline passed between two statements")
        self._running.begin_statement()
        return self._connection.execute(statement)


class Database:
    """One database. No connection is made before the first piece of work, and no thread either."""

    def __init__(
        self, address: str, database_map: DatabaseMap, *, connections: int, row_limit: int, statement_seconds: int
    ) -> None:
        url, self.dialect = dialect_of(address)
        self.map = database_map
        self.row_limit = row_limit
        self.types: dict[str, Mapping[str, ColumnType]] = {}
        self._statement_seconds = statement_seconds
        self._engine = self.dialect.engine(url, connections=connections, statement_seconds=statement_seconds)
        self._threads = ThreadPoolExecutor(max_workers=connections, thread_name_prefix="orderweave-sql")
        self._slots = asyncio.Semaphore(connections)
        self._most_waiting = connections * _QUEUE_PER_THREAD
        self._waiting = 0
        self._running: set[Running] = set()

    async def run(self, operation: str, call: Call, work: Callable[[Session], T]) -> T:
        """What `work` gives, done in a thread within one read-only transaction.

        At the deadline, or when the caller goes away, the running statement is told to end; the thread's slot is
        free again only once it has.
        """
        if self._waiting >= self._most_waiting:
            raise Wait(f"{operation}: too many calls wait for this database already")
        if call.remaining() <= 0:
            raise TimedOut(f"{operation}: the deadline had passed before the call")
        self._waiting += 1
        try:
            async with asyncio.timeout(call.remaining()):
                await self._slots.acquire()
        except TimeoutError:
            raise TimedOut(f"{operation}: no connection was free within the deadline") from None
        finally:
            self._waiting -= 1
        return await self._started(operation, call, work)

    async def _started(self, operation: str, call: Call, work: Callable[[Session], T]) -> T:
        running = Running(call, self._statement_seconds)
        self._running.add(running)
        # In the caller's context, in which unknown words are heard.
        future = asyncio.get_running_loop().run_in_executor(
            self._threads, copy_context().run, self._work, operation, running, work
        )

        def ended(done: asyncio.Future[T]) -> None:
            self._running.discard(running)
            self._slots.release()
            if not done.cancelled():
                done.exception()  # seen, so that an answer nobody waits for any more leaves no trace in the log

        future.add_done_callback(ended)
        try:
            async with asyncio.timeout(call.remaining()):
                return await asyncio.shield(future)
        except TimeoutError:
            self._stop(running)
            raise TimedOut(f"{operation}: no whole answer within the deadline") from None
        except asyncio.CancelledError:
            self._stop(running)
            raise

    def _stop(self, running: Running) -> None:
        """In a thread of its own, because telling a server may take a while."""
        threading.Thread(target=running.stop, args=(self.dialect.stop,), daemon=True).start()

    def _work(self, operation: str, running: Running, work: Callable[[Session], T]) -> T:
        try:
            with self._engine.connect() as connection:
                running.attach(connection.connection.dbapi_connection)
                try:
                    self.dialect.begin(connection, running.milliseconds(), running.over)
                    return work(Session(self, connection, running, operation))
                finally:
                    running.attach(None)
        except UpstreamError:
            raise
        except exc.SQLAlchemyError as error:
            raise meaning_of(error, operation) from None

    async def close(self) -> None:
        """End what runs, then close the connections."""
        for running in tuple(self._running):
            self._stop(running)
        await asyncio.to_thread(self._threads.shutdown)
        self._engine.dispose()
