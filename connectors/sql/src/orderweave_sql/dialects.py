"""What differs between SQLite, PostgreSQL and MySQL: how to connect read-only, bound a statement, stop it, compare."""

from __future__ import annotations

import importlib.util
import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import quote

import sqlalchemy as sa
from sqlalchemy import exc, pool
from sqlalchemy.engine import URL, make_url
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.types import TypeEngine

# Seconds to wait for a connection; a thread that hangs in one is free again after them.
CONNECT_SECONDS = 5
# SQLite's virtual machine asks after so many steps whether to go on: some tens of microseconds of work.
_STEPS = 10_000
_WHOLE_NUMBER = re.compile(r"-?(0|[1-9]\d{0,18})")
_LARGEST = 2**63 - 1
_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


class ColumnType(StrEnum):
    """As much of a column's type as decides how it may be compared."""

    TEXT = "TEXT"
    EXACT = "EXACT"  # whole and decimal numbers
    UUID = "UUID"
    NAIVE_TIME = "NAIVE_TIME"
    AWARE_TIME = "AWARE_TIME"
    OTHER = "OTHER"
    UNKNOWN = "UNKNOWN"  # the database does not say, and compares all the same


class Dialect(ABC):
    """One kind of database."""

    title: ClassVar[str]
    drivername: ClassVar[str]
    package: ClassVar[str]
    extra: ClassVar[str]

    def problems(self, url: URL) -> list[str]:
        """What is wrong with the address, or missing on this machine."""
        if importlib.util.find_spec(self.package) is None:
            return [f"url: {self.title} needs a driver; install orderweave-sql[{self.extra}]"]
        return [] if url.database else [f"url: names no database; write {self.example}"]

    def titled(self, connection: sa.Connection) -> str:
        """The name of the server that answers, once connected."""
        return self.title

    @property
    @abstractmethod
    def example(self) -> str:
        """What an address looks like."""

    @abstractmethod
    def engine(self, url: URL, *, connections: int, statement_seconds: int) -> sa.Engine:
        """An engine, not yet connected."""

    @abstractmethod
    def begin(self, connection: sa.Connection, milliseconds: int, over: Callable[[], bool]) -> None:
        """Make the transaction read-only and each statement end after so long; `over` says when to stop at once."""

    def stop(self, raw: Any) -> None:
        """End what the driver's connection is at, from another thread; may block for some seconds."""
        return

    def types(self, description: Sequence[Any]) -> Mapping[str, ColumnType]:
        """The types of a result's columns, by column."""
        return {column[0]: ColumnType.UNKNOWN for column in description}

    @property
    def compares_by_type(self) -> bool:
        """Whether the types must be known before a text may be compared with a column."""
        return False

    @abstractmethod
    def among(self, column: ColumnElement[Any], kind: ColumnType, values: Sequence[str]) -> ColumnElement[bool]:
        """Whether the column is one of `values`, by its index; never narrower than equality of the texts."""

    @abstractmethod
    def exact_text(self, column: ColumnElement[Any]) -> ColumnElement[Any]:
        """The column as a text that compares and sorts by code point."""

    def amount(self, column: ColumnElement[Any], kind: ColumnType, places: int) -> ColumnElement[Any]:
        """An amount as a number that sorts; binary floating point is rounded, or its noise would part equal amounts."""
        return column

    def ascending(self, column: ColumnElement[Any]) -> ColumnElement[Any]:
        """Order with NULL as the smallest, as SQLite and MySQL have it."""
        return column.asc()

    def descending(self, column: ColumnElement[Any]) -> ColumnElement[Any]:
        """The other way round."""
        return column.desc()


class Sqlite(Dialect):
    """SQLite: a file, opened anew for each transaction, so that a copy put in its place by night is seen."""

    title = "SQLite"
    drivername = "sqlite+pysqlite"
    package = "sqlite3"
    extra = "sqlite"

    @property
    def example(self) -> str:
        """A path, absolute with four slashes."""
        return "sqlite:////srv/orders.sqlite"

    def problems(self, url: URL) -> list[str]:
        """A database in memory has nothing to read."""
        if url.database == ":memory:" or (url.database or "").startswith("file:"):
            return [f"url: must name a file, such as {self.example}"]
        return super().problems(url)

    def engine(self, url: URL, *, connections: int, statement_seconds: int) -> sa.Engine:
        """`mode=ro` never makes a file; autocommit off means that our BEGIN is the only one."""
        path = quote(str(Path(url.database or "").absolute()))
        address = url.set(drivername=self.drivername, database=f"file:{path}", query={"mode": "ro", "uri": "true"})
        made = sa.create_engine(
            address,
            poolclass=pool.NullPool,
            hide_parameters=True,
            connect_args={"isolation_level": None, "check_same_thread": False},
        )
        sa.event.listen(made, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))
        return made

    def begin(self, connection: sa.Connection, milliseconds: int, over: Callable[[], bool]) -> None:
        """`query_only` refuses writes even where the file would allow them."""
        raw: Any = connection.connection.dbapi_connection
        raw.text_factory = _decoded
        raw.execute("PRAGMA query_only = ON")
        raw.execute(f"PRAGMA busy_timeout = {int(milliseconds)}")
        raw.set_progress_handler(over, _STEPS)

    def among(self, column: ColumnElement[Any], kind: ColumnType, values: Sequence[str]) -> ColumnElement[bool]:
        """A whole number goes as text and as number, for a query's columns may have no type to convert it by."""
        numbers = [int(value) for value in values if _is_whole(value)]
        return one_of(column, [*values, *numbers], sa.types.NullType())

    def exact_text(self, column: ColumnElement[Any]) -> ColumnElement[Any]:
        """Without a NOCASE that the column may have."""
        return sa.cast(column, sa.Text).collate("BINARY")

    def amount(self, column: ColumnElement[Any], kind: ColumnType, places: int) -> ColumnElement[Any]:
        """Amounts may be kept as texts, which would sort 10 before 9."""
        return sa.func.round(sa.cast(column, sa.REAL), places)


class Postgresql(Dialect):
    """PostgreSQL, by psycopg 3."""

    title = "PostgreSQL"
    drivername = "postgresql+psycopg"
    package = "psycopg"
    extra = "postgresql"

    # Object ids of built-in types, the same in every PostgreSQL (src/include/catalog/pg_type.dat).
    _TYPES: ClassVar[dict[int, ColumnType]] = {
        **dict.fromkeys((20, 21, 23, 1700), ColumnType.EXACT),
        **dict.fromkeys((19, 25, 1042, 1043), ColumnType.TEXT),
        2950: ColumnType.UUID,
        1114: ColumnType.NAIVE_TIME,
        1184: ColumnType.AWARE_TIME,
    }

    @property
    def example(self) -> str:
        """Host and database."""
        return "postgresql://reader:password@db.example.com/orders"

    def engine(self, url: URL, *, connections: int, statement_seconds: int) -> sa.Engine:
        """Every transaction reads one snapshot and may not write."""
        made = sa.create_engine(
            url.set(drivername=self.drivername),
            pool_size=connections,
            max_overflow=0,
            pool_pre_ping=True,
            hide_parameters=True,
            isolation_level="REPEATABLE READ",
            execution_options={"postgresql_readonly": True},
            connect_args={
                "connect_timeout": CONNECT_SECONDS,
                "application_name": "orderweave",
                # A peer that is gone without a word is noticed within half a minute.
                "keepalives_idle": 10,
                "keepalives_interval": 5,
                "keepalives_count": 3,
            },
        )
        sa.event.listen(made, "connect", _unpad)
        return made

    def begin(self, connection: sa.Connection, milliseconds: int, over: Callable[[], bool]) -> None:
        """The server itself ends a statement at its limit."""
        connection.execute(
            sa.text("SELECT set_config('statement_timeout', :limit, true)"), {"limit": str(milliseconds)}
        )

    def stop(self, raw: Any) -> None:
        """Asks the server to end the statement, over a connection of its own."""
        raw.cancel_safe(timeout=CONNECT_SECONDS)

    def types(self, description: Sequence[Any]) -> Mapping[str, ColumnType]:
        """By the type's object id."""
        return {column[0]: self._TYPES.get(column[1], ColumnType.OTHER) for column in description}

    @property
    def compares_by_type(self) -> bool:
        """`integer = 'N/A'` is an error here, not false."""
        return True

    def among(self, column: ColumnElement[Any], kind: ColumnType, values: Sequence[str]) -> ColumnElement[bool]:
        """Values that the column's type cannot hold are in no row."""
        if kind is ColumnType.EXACT:
            numbers = [int(value) for value in values if _is_whole(value)]
            return one_of(column, numbers, sa.BigInteger())
        if kind is ColumnType.UUID:
            return one_of(column, [value for value in values if _UUID.fullmatch(value)], sa.Uuid(as_uuid=False))
        if kind is ColumnType.TEXT:
            return one_of(column, values, sa.Text())
        return one_of(sa.cast(column, sa.Text), values, sa.Text())

    def exact_text(self, column: ColumnElement[Any]) -> ColumnElement[Any]:
        """By code point, whatever the database's language."""
        return sa.cast(column, sa.Text).collate("C")

    def amount(self, column: ColumnElement[Any], kind: ColumnType, places: int) -> ColumnElement[Any]:
        """Exact numbers stay as they are, for the sake of their index."""
        return column if kind is ColumnType.EXACT else sa.func.round(sa.cast(column, sa.Numeric), places)

    def ascending(self, column: ColumnElement[Any]) -> ColumnElement[Any]:
        """NULL would come last."""
        return column.asc().nulls_first()

    def descending(self, column: ColumnElement[Any]) -> ColumnElement[Any]:
        """NULL would come first."""
        return column.desc().nulls_last()


class Mysql(Dialect):
    """MySQL and MariaDB, by PyMySQL."""

    title = "MySQL"
    drivername = "mysql+pymysql"
    package = "pymysql"
    extra = "mysql"

    @property
    def example(self) -> str:
        """Host and database."""
        return "mysql://reader:password@db.example.com/orders"

    def engine(self, url: URL, *, connections: int, statement_seconds: int) -> sa.Engine:
        """The socket's own time-out frees the thread should the server not keep to its limit."""
        return sa.create_engine(
            url.set(drivername=self.drivername),
            pool_size=connections,
            max_overflow=0,
            pool_pre_ping=True,
            hide_parameters=True,
            connect_args={
                "connect_timeout": CONNECT_SECONDS,
                "read_timeout": statement_seconds + CONNECT_SECONDS,
                "write_timeout": CONNECT_SECONDS,
                "charset": "utf8mb4",
            },
        )

    def titled(self, connection: sa.Connection) -> str:
        """The two call their limits by different names, and tell each other apart."""
        return "MariaDB" if _is_mariadb(connection) else self.title

    def begin(self, connection: sa.Connection, milliseconds: int, over: Callable[[], bool]) -> None:
        """Before the first statement, with which the transaction begins. TIMESTAMP columns are read in UTC."""
        # MariaDB counts seconds, MySQL milliseconds.
        seconds = f"max_statement_time = {milliseconds / 1000}"
        limit = seconds if _is_mariadb(connection) else f"max_execution_time = {milliseconds}"
        connection.exec_driver_sql(f"SET SESSION {limit}")
        connection.exec_driver_sql("SET SESSION time_zone = '+00:00'")
        connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")

    def among(self, column: ColumnElement[Any], kind: ColumnType, values: Sequence[str]) -> ColumnElement[bool]:
        """MySQL compares as it likes (case, 'abc' = 0); the caller keeps what is equal."""
        return one_of(column, values, sa.Text())

    def exact_text(self, column: ColumnElement[Any]) -> ColumnElement[Any]:
        """By code point, whatever the column's collation."""
        return sa.cast(column, sa.CHAR).collate("utf8mb4_bin")


_BY_BACKEND: dict[str, Dialect] = {
    "sqlite": Sqlite(),
    "postgresql": Postgresql(),
    "postgres": Postgresql(),
    "mysql": Mysql(),
    "mariadb": Mysql(),
}


def dialect_of(address: str) -> tuple[URL, Dialect]:
    """The address taken apart, and its kind of database. Raises ValueError with what would be right."""
    try:
        url = make_url(address)
    except exc.ArgumentError:
        raise ValueError("url: is not a database address; write postgresql://user:password@host/database") from None
    backend, _, driver = url.drivername.partition("+")
    found = _BY_BACKEND.get(backend)
    if found is None:
        raise ValueError(f"url: {backend!r} is not spoken here; known are {', '.join(_BY_BACKEND)}")
    if driver and f"{found.drivername}" != f"{found.drivername.partition('+')[0]}+{driver}":
        raise ValueError(f"url: the driver {driver!r} is not used here; write {backend}:// and the database's own")
    return url, found


def one_of(column: ColumnElement[Any], values: Sequence[Any], kind: TypeEngine[Any]) -> ColumnElement[bool]:
    """Whether the column is one of the values, each a parameter; the statement is compiled once for any number."""
    return column.in_(sa.bindparam(None, list(values), kind, expanding=True)) if values else sa.false()


def _decoded(raw: bytes) -> str | bytes:
    """A text in UTF-8; bytes of another encoding stay bytes, so that they spoil one row and not all."""
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw


def _unpad(raw: Any, record: Any) -> None:
    """The blanks with which PostgreSQL fills up CHAR(n) mean nothing."""
    from psycopg.types.string import TextLoader  # noqa: PLC0415 - psycopg is there only with the extra

    class Unpadded(TextLoader):
        def load(self, data: Any) -> str | bytes:
            found = super().load(data)
            return found.rstrip(" ") if isinstance(found, str) else found

    raw.adapters.register_loader("bpchar", Unpadded)


def _is_mariadb(connection: sa.Connection) -> bool:
    return bool(getattr(connection.dialect, "is_mariadb", False))


def _is_whole(value: str) -> bool:
    return _WHOLE_NUMBER.fullmatch(value) is not None and abs(int(value)) <= _LARGEST
