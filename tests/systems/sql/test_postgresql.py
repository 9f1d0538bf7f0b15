"""What a real PostgreSQL does that no file does: types, languages, rights, cancellation, going away."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa

from orderweave_sdk.batches import keys_of
from orderweave_sdk.capabilities import Condition, Search
from orderweave_sdk.clock import Call
from orderweave_sdk.connecting import Connecting
from orderweave_sdk.errors import BadPayload, FixCredentials, GiveUp, TimedOut, Unreachable
from orderweave_sdk.manifest import Operator, SearchField
from orderweave_sdk.records import Facet, OrderRecord
from orderweave_sql.connector import SqlConnector
from tests.systems.sql.postgresql import PostgresqlServer

pytestmark = pytest.mark.systems

HEADER = frozenset({Facet.HEADER})
SHOP = (
    "DROP SCHEMA IF EXISTS shop CASCADE",
    "CREATE SCHEMA shop",
    'CREATE TABLE shop."Orders"'
    " (id uuid, no char(8), st char(4), local timestamp, at timestamptz, total float8, big numeric)",
    'INSERT INTO shop."Orders" VALUES'
    " ('00000000-0000-0000-0000-000000000001', 'b', 'NEW', '2026-11-01 01:30', '2026-11-01 05:30Z', 0.1, 1),"
    " ('00000000-0000-0000-0000-000000000002', 'B', 'OLD', '2026-11-01 02:30', '2026-11-01 07:30Z', 0.3, 12),"
    " ('00000000-0000-0000-0000-000000000003', 'a', 'X', NULL, NULL, NULL, NULL)",
    "CREATE TABLE shop.levels (article char(6), place integer)",
    "INSERT INTO shop.levels VALUES ('b', 1), ('B', 1), ('B', 2), ('a', 1), (NULL, 1)",
    "CREATE SEQUENCE shop.counter",
    "CREATE TABLE shop.hidden (id integer)",
    "DO $$ BEGIN CREATE ROLE clerk LOGIN PASSWORD 'reads-only'; EXCEPTION WHEN duplicate_object THEN NULL; END $$",
    "GRANT USAGE ON SCHEMA shop TO clerk",
    'GRANT SELECT ON shop."Orders", shop.levels TO clerk',
    "GRANT ALL ON SEQUENCE shop.counter TO clerk",
)
ORDERS: dict[str, Any] = {
    "from": "shop.Orders",
    "id": "id",
    "number": "no",
    "placed_at": "local",
    "updated_at": "at",
    "currency": {"value": "USD"},
    "totals": {"total": "total"},
    "references": {"big": "big"},
    "statuses": {"order": {"column": "st", "words": {"NEW": "OPEN", "OLD": "COMPLETED"}}},
}
MAPPING: dict[str, Any] = {"time_zone": "America/New_York", "orders": ORDERS}


@pytest.fixture(scope="module")
def url(server: PostgresqlServer) -> str:
    """A small shop, as a clerk who may read one table of it."""
    engine = sa.create_engine(server.url)
    with engine.begin() as connection:
        for statement in SHOP:
            connection.exec_driver_sql(statement)
    engine.dispose()
    return server.url_of("clerk", "reads-only")


@contextlib.asynccontextmanager
async def connected(url: str, mapping: dict[str, Any] = MAPPING, **settings: Any) -> AsyncIterator[Any]:
    """A connector, closed at the end."""
    given = {"url": url, "mapping": mapping, **settings}
    assert SqlConnector.problems(given) == []
    connecting = Connecting(SqlConnector, given)
    try:
        yield connecting.connector
    finally:
        await connecting.close()


def call(seconds: float = 20.0) -> Call:
    """Terms generous enough for a slow machine."""
    return Call.within(seconds)


def ends(records: Any) -> list[str]:
    """The last digit of each id."""
    return [record.external_id[-1] for record in records]


async def search(
    shop: Any, sort: SearchField, *conditions: Condition, descending: bool = False
) -> tuple[list[OrderRecord], tuple[Condition, ...]]:
    """All hits one a page, and what was handed back."""
    found: list[OrderRecord] = []
    after: str | None = None
    while True:
        terms = Search(conditions=conditions, sort=sort, descending=descending, size=1, after=after, facets=HEADER)
        page = await shop.search_orders(terms, call())
        found += [hit.record for hit in page.hits]
        if not page.more:
            return found, page.remaining
        after = page.hits[-1].cursor


async def test_keys_of_strict_types(url: str) -> None:
    """UUIDs, CHAR(n) and NUMERIC columns are looked up by text; what they cannot hold finds nothing."""
    one = "00000000-0000-0000-0000-000000000001"
    async with connected(url) as shop:
        for by, values, expected in (
            ("id", [one, one.replace("1", "Z"), "7", ""], ["1"]),
            ("number", ["b", "N/A", "' OR 1=1 --"], ["1"]),
            ("big", ["12", "N/A", "1e1", "9" * 40], ["2"]),
        ):
            found = await shop.find_orders(keys_of(by, values), HEADER, call())
            assert found.gaps == ()
            assert ends(found.records) == expected, by
    assert found.records[0].key("number") == "B", "the blanks that fill up CHAR(8) are no part of the number"
    assert [(word.raw, word.normalized) for word in found.records[0].statuses] == [("OLD", "COMPLETED")]


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        (SearchField.NUMBER, ["2", "3", "1"]),
        (SearchField.PLACED_AT, ["3", "1", "2"]),
        (SearchField.UPDATED_AT, ["3", "1", "2"]),
        (SearchField.TOTAL, ["3", "1", "2"]),
    ],
)
async def test_sorts_page_by_page(url: str, sort: SearchField, expected: list[str]) -> None:
    """Texts sort by code point in any language, NULL is the smallest, and each order comes once both ways."""
    async with connected(url) as shop:
        up, _ = await search(shop, sort)
        down, _ = await search(shop, sort, descending=True)
    assert ends(up) == expected
    assert ends(down) == expected[::-1]


async def test_time_filters(url: str) -> None:
    """Exact on instants; on local clock times narrowed and handed back."""
    moment = datetime(2026, 11, 1, 7, 0, tzinfo=UTC)
    async with connected(url) as shop:
        instant = Condition(SearchField.UPDATED_AT, Operator.GTE, (moment,))
        local = Condition(SearchField.PLACED_AT, Operator.GTE, (moment,))
        exact, none_left = await search(shop, SearchField.NUMBER, instant)
        wide, left = await search(shop, SearchField.NUMBER, local)
    assert (ends(exact), none_left) == (["2"], ())
    assert (ends(wide), left) == (["2", "1"], (local,))


async def test_changes(url: str) -> None:
    """From the start every order comes; then those since a minute before the last change, in a zone or not."""
    for field in ("at", "local"):
        async with connected(url, {**MAPPING, "orders": ORDERS | {"updated_at": field}}) as shop:
            first = await shop.list_changes(None, None, HEADER, call())
            again = await shop.list_changes(first.cursor, None, HEADER, call())
            since = await shop.list_changes(None, datetime(2026, 11, 1, 7, 0, tzinfo=UTC), HEADER, call())
        assert ends(first.records) == ["3", "1", "2"]
        assert ends(again.records) == (["2"] if field == "at" else ["1", "2"])
        assert ends(since.records) == (["2"] if field == "at" else ["1", "2"])


async def test_queries_in_its_own_words(url: str) -> None:
    """Casts, per cents, colons and JSON operators of a query are left alone."""
    query = """SELECT id::text AS id, 'a:b %s 100%'::varchar AS note, ('{"k": "12:30"}'::json ->> 'k') AS k
               FROM shop."Orders" WHERE no LIKE 'b%' /* :x */"""
    mapping = {"orders": {"from": query, "id": "id", "references": {"note": "note", "k": "k"}}}
    async with connected(url, mapping) as shop:
        (found,) = (await shop.find_orders(keys_of("k", ["12:30"]), frozenset(), call())).records
    assert [key.value for key in found.references] == ["a:b %s 100%", "12:30"]


async def test_nothing_can_be_written(url: str) -> None:
    """Even a function that writes, called by a query of the mapping, is refused by the read-only transaction."""
    query = "SELECT nextval('shop.counter')::text AS id"
    async with connected(url, {"orders": {"from": query, "id": "id"}}) as shop:
        with pytest.raises(GiveUp) as told:
            await shop.find_orders(keys_of("id", ["1"]), frozenset(), call())
    assert str(told.value) == "orders by id: the mapping tries to write (25006)"


async def test_check_names_what_is_missing(url: str) -> None:
    """Missing columns and tables are told together, though PostgreSQL ends the transaction at the first error."""
    mapping = {
        "orders": {"from": "shop.orders", "id": "id"},
        "stock": {"from": "shop.Orders", "sku": "sku", "location": "id"},
    }
    async with connected(url, mapping) as shop:
        with pytest.raises(BadPayload) as told:
            await shop.check(call())
    assert str(told.value) == (
        "check: mapping.orders.from: the table 'orders' cannot be read as it stands; mapping.stock.sku: there is no "
        "column 'sku'; there are id, no, st, local, at, total, big"
    )


async def test_rights(url: str, server: PostgresqlServer) -> None:
    """A table that the user may not read, a wrong password and an unknown database each say what to mend."""
    hidden = {"orders": {"from": "shop.hidden", "id": "id"}}
    cases: tuple[tuple[str, dict[str, Any], type[Exception]], ...] = (
        (url, hidden, FixCredentials),
        (server.url_of("clerk", "not-the-password"), MAPPING, FixCredentials),
        (server.url_of("nobody-here", "x"), MAPPING, FixCredentials),
        (server.url_of("clerk", "reads-only", "elsewhere"), MAPPING, GiveUp),
    )
    for address, mapping, kind in cases:
        async with connected(address, mapping) as shop:
            with pytest.raises(kind) as told:
                await shop.check(call())
        assert "password" not in str(told.value)
        assert "127.0.0.1" not in str(told.value)


async def test_skus_are_listed_in_any_language(url: str) -> None:
    """Each once by code point, filled-up columns and numbers too, and each page after the last SKU of that before."""
    mapping = {"stock": {"from": "shop.levels", "sku": "article", "location": "place"}}
    async with connected(url, mapping) as shop:
        listed = await shop.list_skus(None, call())
        levels = (await shop.read_stock(listed.skus, None, call())).records
        assert (listed.skus, listed.after, listed.gaps) == (("B", "a", "b"), None, ())
        assert sorted(level.sku for level in levels) == ["B", "B", "a", "b"]
    many = {"from": "SELECT generate_series(1, 1001) AS n", "sku": "n", "location": {"value": "main"}}
    async with connected(url, {"stock": many}) as shop:
        first = await shop.list_skus(None, call())
        second = await shop.list_skus(first.after, call())
    assert (len(first.skus), second.after) == (1000, None)
    assert sorted(map(int, (*first.skus, *second.skus))) == list(range(1, 1002))


@pytest.fixture
def watching(server: PostgresqlServer) -> Iterator[Any]:
    """How many statements of ours the server is at."""
    engine = sa.create_engine(server.url)
    count = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'orderweave' AND state = 'active'"

    def running() -> int:
        with engine.connect() as connection:
            return int(connection.exec_driver_sql(count).scalar_one())

    yield running
    engine.dispose()


SLEEPING: dict[str, Any] = {"orders": {"from": "SELECT pg_sleep(120)::text AS id", "id": "id"}}


async def test_statement_ends_at_its_own_limit(url: str, watching: Any) -> None:
    """The server itself ends a statement at the configured limit."""
    async with connected(url, SLEEPING, statement_seconds=1) as shop:
        with pytest.raises(TimedOut) as told:
            await shop.find_orders(keys_of("id", ["1"]), frozenset(), call(60))
        assert str(told.value) == "orders by id: the statement was ended at its time limit (57014)"
        assert watching() == 0


async def test_statement_ends_with_the_caller(url: str, watching: Any) -> None:
    """At the deadline, and when the caller goes away, the server is told to end what it is at."""
    async with connected(url, SLEEPING, statement_seconds=100) as shop:
        with pytest.raises(TimedOut):
            await shop.find_orders(keys_of("id", ["1"]), frozenset(), call(1.0))
        task = asyncio.create_task(shop.find_orders(keys_of("id", ["1"]), frozenset(), call(60)))
        await asyncio.wait([task], timeout=1.0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        started = time.monotonic()
        await shop.close()
        assert time.monotonic() - started < 10
    assert watching() == 0


async def test_server_goes_and_comes_back(url: str, server: PostgresqlServer) -> None:
    """With the server gone the system is unreachable; with it back the same connector goes on."""
    one = ["00000000-0000-0000-0000-000000000001"]
    async with connected(url) as shop:
        assert ends((await shop.find_orders(keys_of("id", one), HEADER, call())).records) == ["1"]
        server.pause()
        with pytest.raises(Unreachable):
            await shop.find_orders(keys_of("id", one), HEADER, call())
        server.resume()
        assert ends((await shop.find_orders(keys_of("id", one), HEADER, call())).records) == ["1"]
