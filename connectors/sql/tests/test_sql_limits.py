"""What a database may do to us, and we to it: nothing is written, nothing is cut in silence, nothing runs on."""

from __future__ import annotations

import asyncio
import os
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import exc

from connectors.sql.tests.databases import HEADER, call, connected, content, make, rows, search
from orderweave_sdk.batches import keys_of
from orderweave_sdk.capabilities import Condition
from orderweave_sdk.errors import BadPayload, FixCredentials, GiveUp, TimedOut, Wait
from orderweave_sdk.manifest import Operator, SearchField
from orderweave_sdk.records import Facet
from orderweave_sql.connector import SqlConnector
from orderweave_sql.dialects import Sqlite, dialect_of
from orderweave_sql.failures import meaning_of

ENDLESS = "WITH RECURSIVE n(id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM n) SELECT id FROM n WHERE id < 0"
MAPPING: dict[str, Any] = {
    "time_zone": "UTC",
    "orders": {"from": "o", "id": "id", "number": "no", "placed_at": "at", "references": {"web": "web"}},
    "lines": {"from": "l", "order": "o", "id": "id"},
    "stock": {"from": "s", "sku": "sku", "location": "place", "on_hand": "qty"},
    "locations": {"from": "p", "id": "id"},
}
TABLES = (
    "CREATE TABLE o (id INTEGER, no TEXT, at TEXT, web TEXT)",
    "CREATE TABLE l (o INTEGER, id INTEGER)",
    "CREATE TABLE s (sku TEXT, place TEXT, qty NUMERIC)",
    "CREATE TABLE p (id TEXT)",
)

HOSTILE = (
    "'",
    "''",
    '"',
    "'; DROP TABLE o; --",
    "1 OR 1=1",
    "x' UNION SELECT sku FROM s --",
    "%",
    "\\",
    ":id",
    "?",
    "%(id)s",
    "1); DELETE FROM o; --",
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A shop's file with one order for each hostile number, and one plain one."""
    made = tmp_path / "shop.sqlite"
    make(made, *TABLES)
    quoted = [value.replace("'", "''") for value in HOSTILE]
    make(
        made,
        "INSERT INTO o VALUES (0, 'plain', '2026-01-01 00:00:00', NULL)",
        *(f"INSERT INTO o VALUES ({n}, '{v}', '2026-01-02 00:00:00', '{v}')" for n, v in enumerate(quoted, start=1)),
        *(f"INSERT INTO s VALUES ('{v}', '{v}', 1)" for v in quoted),
    )
    return made


@pytest.fixture
def url(path: Path) -> str:
    """Its address."""
    return f"sqlite:///{path}"


async def test_hostile_values_are_only_values(path: Path, url: str) -> None:
    """Quotes, semicolons and placeholders in a value find that value, and change nothing."""
    before = content(path)
    async with connected(url, MAPPING) as shop:
        for n, value in enumerate(HOSTILE, start=1):
            for by in ("number", "web"):
                found = await shop.find_orders(keys_of(by, [value]), HEADER, call())
                assert [record.external_id for record in found.records] == [str(n)], (by, value)
            condition = Condition(SearchField.NUMBER, Operator.EQ, (value,))
            page = await shop.search_orders(search(conditions=(condition,)), call())
            assert [hit.record.external_id for hit in page.hits] == [str(n)], value
            stock = await shop.read_stock([value], [value], call())
            assert [(level.sku, level.location.external_id) for level in stock.records] == [(value, value)]
    assert content(path) == before


async def test_hostile_names_are_only_names(path: Path, url: str) -> None:
    """A column's name from the configuration is quoted: it names a column or nothing, never a piece of SQL."""
    for name in ('id" FROM o; DROP TABLE o; --', "id, no", "(SELECT 1)", "1"):
        mapping = {"orders": {"from": "o", "id": name}}
        async with connected(url, mapping) as shop:
            with pytest.raises(BadPayload, match=r"orders by id: the tables are not what the mapping says"):
                await shop.find_orders(keys_of("id", ["1"]), frozenset(), call())
            with pytest.raises(BadPayload) as told:
                await shop.check(call())
        assert str(told.value).startswith(f"check: mapping.orders.id: there is no column {name!r}")
    assert len(rows(path, "SELECT * FROM o")) == 1 + len(HOSTILE)


async def test_odd_names_work(tmp_path: Path) -> None:
    """Names with blanks, quotes, reserved words and other scripts are as good as any."""
    url = make(
        tmp_path / "odd.sqlite",
        'CREATE TABLE "Order Details" ("select" INTEGER, "Nr. ""A""" TEXT, "Größe %" TEXT)',
        "INSERT INTO \"Order Details\" VALUES (1, 'n', 'x')",
    )
    mapping = {
        "orders": {"from": "Order Details", "id": "select", "number": 'Nr. "A"', "references": {"size": "Größe %"}}
    }
    async with connected(url, mapping) as shop:
        (found,) = (await shop.find_orders(keys_of("number", ["n"]), frozenset(), call())).records
    assert [key.value for key in (*found.keys, *found.references)] == ["1", "n", "x"]


async def test_nothing_can_be_written(path: Path, url: str) -> None:
    """The connection that statements run on refuses every kind of write, and the file stays as it was."""
    before = content(path)
    engine = Sqlite().engine(dialect_of(url)[0], connections=1, statement_seconds=5)
    for statement in ("INSERT INTO o VALUES (9, 'x', NULL, NULL)", "DELETE FROM o", "DROP TABLE o", "VACUUM"):
        with engine.connect() as connection:
            Sqlite().begin(connection, 1000, lambda: False)
            with pytest.raises(Exception, match=r"readonly database|cannot VACUUM from within a transaction"):
                connection.exec_driver_sql(statement)
    engine.dispose()
    assert content(path) == before


async def test_missing_file_is_not_made(tmp_path: Path) -> None:
    """Asking a file that is not there says so, and leaves none behind."""
    async with connected(f"sqlite:///{tmp_path / 'no.sqlite'}", MAPPING) as shop:
        with pytest.raises(Exception, match=r"^check: the file cannot be opened \(SQLITE_CANTOPEN\)$"):
            await shop.check(call())
    assert os.listdir(tmp_path) == []


async def test_row_limit(path: Path, url: str) -> None:
    """More rows than the limit are an error that names the section; as many as the limit are fine."""
    make(path, *(f"INSERT INTO l VALUES (1, {n})" for n in range(5)))
    async with connected(url, MAPPING, row_limit=5) as shop:
        (order,) = (await shop.find_orders(keys_of("id", ["1"]), frozenset({Facet.LINES}), call())).records
        assert len(order.lines or ()) == 5
        make(path, "INSERT INTO l VALUES (1, 5)")
        with pytest.raises(BadPayload) as told:
            await shop.find_orders(keys_of("id", ["1"]), frozenset({Facet.LINES}), call())
        make(path, *(f"INSERT INTO p VALUES ('{n}')" for n in range(6)))
        with pytest.raises(BadPayload, match=r"^locations: locations gives more than 5 rows"):
            await shop.list_locations(call())
    assert str(told.value) == "orders by id: lines gives more than 5 rows; raise row_limit, or mend it"


async def test_statement_ends_at_the_deadline(url: str) -> None:
    """A statement without an end is stopped when the caller's time is over, and its thread is free again."""
    async with connected(url, {"orders": {"from": ENDLESS, "id": "id"}}) as shop:
        started = time.monotonic()
        for _ in range(SqlConnector.manifest.concurrency + 1):
            with pytest.raises(TimedOut):
                await shop.find_orders(keys_of("id", ["1"]), frozenset(), call(0.2))
        assert time.monotonic() - started < 5
        await shop.close()
        assert not [thread for thread in threading.enumerate() if thread.name.startswith("orderweave-sql")]


async def test_statement_ends_at_its_own_limit(url: str) -> None:
    """The time limit of one statement holds where the caller would wait longer."""
    async with connected(url, {"orders": {"from": ENDLESS, "id": "id"}}, statement_seconds=1) as shop:
        with pytest.raises(TimedOut) as told:
            await shop.find_orders(keys_of("id", ["1"]), frozenset(), call(30))
    assert str(told.value) == "orders by id: the statement was ended at its time limit (SQLITE_INTERRUPT)"


async def test_statement_ends_when_nobody_waits(url: str) -> None:
    """A caller that goes away stops the statement; the next caller finds a free thread."""
    async with connected(url, {"orders": {"from": ENDLESS, "id": "id"}}, statement_seconds=60) as shop:
        task = asyncio.create_task(shop.find_orders(keys_of("id", ["1"]), frozenset(), call(60)))
        await asyncio.wait([task], timeout=0.1)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        started = time.monotonic()
        await shop.close()
        assert time.monotonic() - started < 5


async def test_callers_past_the_queue_are_told_to_wait(url: str) -> None:
    """More callers than could ever be served within their deadlines are turned away at once."""
    async with connected(url, {"orders": {"from": ENDLESS, "id": "id"}}) as shop:
        tasks = [
            asyncio.create_task(shop.find_orders(keys_of("id", ["1"]), frozenset(), call(0.5))) for _ in range(205)
        ]
        ended = await asyncio.gather(*tasks, return_exceptions=True)
    assert {type(error) for error in ended} == {TimedOut, Wait}
    assert [str(error) for error in ended if isinstance(error, Wait)] == [
        "orders by id: too many calls wait for this database already"
    ]


async def test_more_keys_than_the_batch(url: str) -> None:
    """Stock and products by more SKUs than the batch, and pages past the size, are the caller's mistake."""
    async with connected(url, MAPPING) as shop:
        with pytest.raises(GiveUp, match=r"^stock: more than 250 SKUs$"):
            await shop.read_stock(["x"] * 251, None, call())
        with pytest.raises(GiveUp, match=r"^search: a page holds 1 to 100 orders$"):
            await shop.search_orders(search(size=101), call())
        condition = Condition(SearchField.TOTAL, Operator.GT, (1,))
        with pytest.raises(GiveUp, match=r"^search: TOTAL GT is not a filter of this mapping$"):
            await shop.search_orders(search(conditions=(condition,)), call())


async def test_foreign_cursors(url: str) -> None:
    """A cursor that is none, or of another sort, is refused in words."""
    async with connected(url, MAPPING) as shop:
        page = await shop.search_orders(search(size=1), call())
        mine = page.hits[0].cursor
        for cursor in ("", "nonsense", "eyJsaXN0aW5nIjo1fQ==", mine[:-4], "é"):
            with pytest.raises(GiveUp, match=r"^the cursor is not one that this connector wrote$"):
                await shop.search_orders(search(after=cursor), call())
        with pytest.raises(GiveUp, match=r"^the cursor belongs to another sort or direction$"):
            await shop.search_orders(search(after=mine, sort=SearchField.NUMBER), call())


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ('FATAL:  password authentication failed for user "reader"', FixCredentials),
        ("FATAL:  sorry, too many clients already", Wait),
        ('FATAL:  database "x" does not exist', GiveUp),
    ],
)
def test_connection_turned_away(said: str, kind: type[Exception]) -> None:
    """PostgreSQL hands on no code when it turns a connection away; its words are read, and not repeated."""
    error = meaning_of(exc.OperationalError(None, None, Exception(said)), "check")
    assert type(error) is kind
    assert said not in str(error)
