"""Small databases for tests, and connectors over them."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from orderweave_sdk.capabilities import Search
from orderweave_sdk.clock import Call
from orderweave_sdk.connecting import Connecting
from orderweave_sdk.manifest import SearchField
from orderweave_sdk.records import Facet
from orderweave_sql.connector import SqlConnector

HEADER = frozenset({Facet.HEADER})


def call(seconds: float = 10.0) -> Call:
    """Terms generous enough for a slow machine."""
    return Call.within(seconds)


def make(path: Path, *statements: str) -> str:
    """The address of a new SQLite file made by these statements."""
    with contextlib.closing(sqlite3.connect(path)) as connection, connection:
        for statement in statements:
            connection.execute(statement)
    return f"sqlite:///{path}"


def content(path: Path) -> bytes:
    """The whole file."""
    return path.read_bytes()


def rows(path: Path, query: str) -> list[tuple[Any, ...]]:
    """What a query gives, past the connector."""
    with contextlib.closing(sqlite3.connect(path)) as connection:
        return connection.execute(query).fetchall()


@contextlib.asynccontextmanager
async def connected(url: str, mapping: dict[str, Any], **settings: Any) -> AsyncIterator[SqlConnector]:
    """A connector over the database, closed at the end."""
    given = {"url": url, "mapping": mapping, **settings}
    assert SqlConnector.problems(given) == []
    connecting = Connecting(SqlConnector, given)
    try:
        assert isinstance(connecting.connector, SqlConnector)
        yield connecting.connector
    finally:
        await connecting.close()


def search(*, sort: SearchField = SearchField.PLACED_AT, **given: Any) -> Search:
    """A first page of ten by time, unless said otherwise."""
    terms: dict[str, Any] = {
        "conditions": (),
        "sort": sort,
        "descending": False,
        "size": 10,
        "after": None,
        "facets": HEADER,
    }
    return Search(**(terms | given))
