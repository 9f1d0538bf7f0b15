"""Rows as they are in old databases: keys as numbers, cents, noise, doubles, blanks; and what a small mapping gives."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import exc

from connectors.sql.tests.databases import HEADER, call, connected, make, search
from orderweave_sdk.batches import keys_of
from orderweave_sdk.capabilities import Condition, Gap, Skus
from orderweave_sdk.errors import (
    BadPayload,
    CapabilityNotDeclared,
    FixCredentials,
    GiveUp,
    Retry,
    TimedOut,
    Unreachable,
    UpstreamError,
    Wait,
)
from orderweave_sdk.manifest import Capability, Operator, SearchField
from orderweave_sdk.records import Axis, Facet, Key, Money, StatusWord, Totals
from orderweave_sdk.unmapped import meeting_unmapped
from orderweave_sql.cells import BadCell, read_cell
from orderweave_sql.connector import SqlConnector
from orderweave_sql.database_map import ColumnMap, SectionMap
from orderweave_sql.dialects import ColumnType, Mysql
from orderweave_sql.failures import meaning_of
from orderweave_sql.statements import SectionQuery
from orderweave_sql.vocabulary import Field, FieldKind

SMALL: dict[str, Any] = {
    "orders": {
        "from": "o",
        "id": "id",
        "number": "no",
        "currency": "cur",
        "totals": {"total": {"column": "cents", "minor_units": 2}},
        "references": {"web": "web"},
        "statuses": {"order": {"column": "st", "words": {"N": "OPEN", "D": "COMPLETED"}, "documented": ["N", "D"]}},
    }
}


async def shop_with(path: Path, *orders: str) -> str:
    """A small shop with these rows."""
    table = "CREATE TABLE o (id, no, cur TEXT, cents INTEGER, web TEXT, st TEXT)"
    return make(path / "shop.sqlite", table, *(f"INSERT INTO o VALUES ({order})" for order in orders))


@pytest.mark.parametrize(
    ("kind", "raw", "expected"),
    [
        (FieldKind.TEXT, 12, "12"),
        (FieldKind.TEXT, 12.0, "12"),
        (FieldKind.TEXT, Decimal(12), "12"),
        (FieldKind.TEXT, " 1001 ", " 1001 "),
        (FieldKind.TEXT, "", None),
        (FieldKind.AMOUNT, 32.949999999999996, Decimal("32.95")),
        (FieldKind.AMOUNT, "9.90", Decimal("9.90")),
        (FieldKind.AMOUNT, Decimal("9.9"), Decimal("9.90")),
        (FieldKind.QUANTITY, "2.500", Decimal("2.500")),
        (FieldKind.QUANTITY, 3, Decimal(3)),
        (FieldKind.RATE, 0.19, Decimal("0.19")),
        (FieldKind.FLAG, 1, True),
        (FieldKind.FLAG, "N", False),
        (FieldKind.FLAG, b"\x01", True),
        (FieldKind.FLAG, "", None),
        (FieldKind.STREET, "12 High St\r\n\n  Floor 2 ", ("12 High St", "Floor 2")),
    ],
)
def test_cells(kind: FieldKind, raw: Any, expected: Any) -> None:
    """Each kind of cell as drivers give it, exact and in its own type."""
    found = read_cell(raw, Field(kind=kind), ColumnMap(), money_places=2)
    assert found == expected
    assert str(found) == str(expected)


@pytest.mark.parametrize(
    ("kind", "raw", "why"),
    [
        (FieldKind.TEXT, b"\xff", "not a text"),
        (FieldKind.TEXT, True, "not a text"),
        (FieldKind.AMOUNT, "9,90", "not a number"),
        (FieldKind.AMOUNT, "NaN", "not a finite number"),
        (FieldKind.AMOUNT, float("inf"), "not a finite number"),
        (FieldKind.AMOUNT, "9.999", "an amount with more than 2 decimals"),
        (FieldKind.QUANTITY, False, "not a number"),
        (FieldKind.QUANTITY, b"1", "not a number"),
        (FieldKind.FLAG, "maybe", "neither yes nor no"),
        (FieldKind.FLAG, 2, "neither yes nor no"),
        (FieldKind.DATE, "5/6/26", "not a date in ISO 8601"),
        (FieldKind.DATE, 20260506, "not a date"),
    ],
)
def test_cells_that_are_not(kind: FieldKind, raw: Any, why: str) -> None:
    """What is not of its kind says what it should be, never what it is."""
    with pytest.raises(BadCell) as refusal:
        read_cell(raw, Field(kind=kind), ColumnMap(), money_places=2)
    assert str(refusal.value) == why


async def test_small_mapping(tmp_path: Path) -> None:
    """Six lines of mapping give a whole header: number as written, cents as money, raw words kept."""
    url = await shop_with(tmp_path, "7, ' A-1 ', 'EUR', 1995, 'W-9', 'N'")
    async with connected(url, SMALL) as shop:
        (found,) = (await shop.find_orders(keys_of("id", ["7"]), HEADER, call())).records
    assert found.keys == (Key("id", "7"), Key("number", " A-1 "))
    assert found.references == (Key("web", "W-9"),)
    assert found.statuses == (StatusWord(Axis.ORDER, "N", "OPEN", "1"),)
    assert found.header is not None
    assert found.header.totals == Totals(total=Money(Decimal("19.95"), "EUR"))
    assert found.delivered() == HEADER


async def test_unmapped_words_and_empty_fields(tmp_path: Path) -> None:
    """A word that nobody mapped is UNKNOWN beside its raw form; blanks are no number and no reference."""
    url = await shop_with(tmp_path, "1, '', 'EUR', NULL, '  ', 'X'", "2, NULL, NULL, NULL, 'N/A', NULL")
    async with connected(url, SMALL) as shop:
        with meeting_unmapped(10) as words:
            one, two = (await shop.find_orders(keys_of("id", ["1", "2"]), HEADER, call())).records
        assert words == {(Axis.ORDER, "X")}
        unknown = Condition(SearchField.STATUS, Operator.EQ, ("UNKNOWN",))
        other = Condition(SearchField.STATUS, Operator.NOT_IN, ("UNKNOWN", "OPEN"))
        pages = [
            await shop.search_orders(search(sort=SearchField.NUMBER, conditions=(condition,)), call())
            for condition in (unknown, other)
        ]
    assert one.keys == (Key("id", "1"),)
    assert one.references == ()
    assert one.statuses == (StatusWord(Axis.ORDER, "X", "UNKNOWN", "1"),)
    assert two.references == (Key("web", "N/A"),)
    assert two.statuses == ()
    assert [[hit.record.external_id for hit in page.hits] for page in pages] == [["1"], ["2"]]


async def test_amount_without_currency_is_a_gap(tmp_path: Path) -> None:
    """Money needs a currency; an order without one is told, and never guessed."""
    url = await shop_with(tmp_path, "1, 'a', NULL, 100, NULL, 'N'", "2, 'b', 'USD', 100, NULL, 'N'")
    async with connected(url, SMALL) as shop:
        found = await shop.find_orders(keys_of("id", ["1", "2"]), HEADER, call())
    assert [record.external_id for record in found.records] == ["2"]
    assert found.gaps == (Gap("orders.totals.total: an amount, and the order has no currency", "1"),)


async def test_id_of_several_rows_is_a_gap(tmp_path: Path) -> None:
    """A query that gives an order twice, as a careless join does, must not give it once with half its truth."""
    url = await shop_with(tmp_path, "1, 'a', 'USD', 1, NULL, 'N'", "1, 'b', 'USD', 2, NULL, 'N'")
    async with connected(url, SMALL) as shop:
        found = await shop.find_orders(keys_of("id", ["1"]), HEADER, call())
    assert found.records == ()
    assert found.gaps == (Gap("orders.id: several rows have it, so it names no one order", "1"),)


async def test_search_walks_over_unreadable_rows(tmp_path: Path) -> None:
    """A page of nothing but bad rows is passed over within the call, with a gap for each."""
    bad = [f"{n}, 'n{n}', 'USD', x'00', NULL, 'N'" for n in range(1, 8)]
    url = await shop_with(tmp_path, *bad, "9, 'n9', 'USD', 5, NULL, 'N'")
    async with connected(url, SMALL) as shop:
        page = await shop.search_orders(search(sort=SearchField.NUMBER, size=3), call())
        assert [hit.record.external_id for hit in page.hits] == ["9"]
        assert [gap.external_id for gap in page.gaps] == [str(n) for n in range(1, 8)]
        assert not page.more


async def test_search_gives_up_on_rows_none_of_which_can_be_read(tmp_path: Path) -> None:
    """Ten pages of bad rows are the mapping's mistake: the call says so instead of walking the whole table."""
    url = await shop_with(tmp_path, *(f"{n}, 'n{n:02}', 'USD', x'00', NULL, 'N'" for n in range(12)))
    async with connected(url, SMALL) as shop:
        with pytest.raises(BadPayload) as told:
            await shop.search_orders(search(sort=SearchField.NUMBER, size=1), call())
    assert str(told.value) == (
        "search: 10 orders in a row cannot be read; the first: orders.totals.total: not a number"
    )


async def test_texts_of_another_encoding(tmp_path: Path) -> None:
    """A text that is not UTF-8 spoils its own row and no other."""
    url = await shop_with(
        tmp_path, "1, CAST(x'4dfc6c6c6572' AS TEXT), 'USD', 1, NULL, 'N'", "2, 'b', 'USD', 2, '', 'N'"
    )
    async with connected(url, SMALL) as shop:
        found = await shop.find_orders(keys_of("id", ["1", "2"]), HEADER, call())
    assert [record.external_id for record in found.records] == ["2"]
    assert found.gaps == (Gap("orders.number: not a text", "1"),)


async def test_query_columns_have_no_type(tmp_path: Path) -> None:
    """Numbers that a query computes are found by their text; colons and per cents in it are its own."""
    url = await shop_with(tmp_path, "7, 'x', 'USD', 1, NULL, 'N'")
    query = "SELECT id + 1000 AS nr, '12:30 :id 100%' AS note FROM o WHERE cur LIKE 'U%'"
    mapping = {"orders": {"from": query, "id": "nr", "references": {"note": "note"}}}
    async with connected(url, mapping) as shop:
        (found,) = (await shop.find_orders(keys_of("id", ["1007"]), frozenset(), call())).records
        (same,) = (await shop.find_orders(keys_of("note", ["12:30 :id 100%"]), frozenset(), call())).records
    assert found == same
    assert found.external_id == "1007"


async def test_narrowed_to_the_mapping(tmp_path: Path) -> None:
    """The manifest of an instance says what its mapping gives; the rest is refused in the stated words."""
    url = await shop_with(tmp_path)
    manifest = SqlConnector.narrowed({"url": url, "mapping": SMALL})
    assert manifest.problems() == []
    assert manifest.capabilities == {Capability.FIND_ORDERS, Capability.SEARCH_ORDERS}
    assert manifest.facets == HEADER
    assert set(manifest.lookups) == {"id", "number", "web"}
    assert manifest.references == ("web",)
    assert manifest.sorts == {SearchField.TOTAL, SearchField.NUMBER}
    assert set(manifest.filters) == {SearchField.NUMBER, SearchField.STATUS, SearchField.CURRENCY, SearchField.TOTAL}
    assert manifest.words(Axis.ORDER) == {"N": "OPEN", "D": "COMPLETED"}
    assert not manifest.numbers_unique
    async with connected(url, SMALL) as shop:
        with pytest.raises(CapabilityNotDeclared) as told:
            await shop.read_stock(["x"], None, call())
    assert str(told.value) == "connector 'sql' does not declare the capability READ_STOCK"


async def test_goods_alone(tmp_path: Path) -> None:
    """A database that knows of stock only needs no orders in its mapping."""
    url = make(tmp_path / "stock.sqlite", "CREATE TABLE s (sku TEXT, qty NUMERIC)", "INSERT INTO s VALUES ('A', 2.5)")
    mapping = {"stock": {"from": "s", "sku": "sku", "location": {"value": "main"}, "on_hand": "qty"}}
    manifest = SqlConnector.narrowed({"url": url, "mapping": mapping})
    assert manifest.problems() == []
    assert manifest.capabilities == {Capability.READ_STOCK, Capability.LIST_SKUS}
    async with connected(url, mapping) as shop:
        (level,) = (await shop.read_stock(["A"], ["main", "other"], call())).records
        assert await shop.read_stock(["A"], ["other"], call()) == await shop.read_stock(["B"], None, call())
    assert (level.location.external_id, level.on_hand) == ("main", Decimal("2.5"))


async def test_skus_are_listed_as_they_are_found(tmp_path: Path) -> None:
    """Each once, by code point whatever the column's own order, and as the text by which its levels are found."""
    url = make(
        tmp_path / "stock.sqlite",
        "CREATE TABLE s (sku COLLATE NOCASE, place TEXT)",
        "INSERT INTO s VALUES (7, 'x'), ('7', 'y'), ('b', 'x'), ('B', 'x'), ('B', 'y'), (NULL, 'x'), ('', 'x')",
        "INSERT INTO s VALUES (CAST(x'ff' AS TEXT), 'x')",
    )
    mapping = {"stock": {"from": "s", "sku": "sku", "location": "place"}}
    async with connected(url, mapping) as shop:
        listed = await shop.list_skus(None, call())
        found = (await shop.read_stock(listed.skus, None, call())).records
    assert listed == Skus(skus=("7", "B", "b"), after=None, gaps=(Gap("stock.sku: not a text"),))
    assert sorted((level.sku, level.location.external_id) for level in found) == [
        *(("7", "x"), ("7", "y"), ("B", "x"), ("B", "y"), ("b", "x")),
    ]


async def test_skus_page_by_page(tmp_path: Path) -> None:
    """A thousand a statement, each page after the last SKU; a page that holds no text is no answer."""
    numbers = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1001)"
    url = make(
        tmp_path / "stock.sqlite",
        "CREATE TABLE s (sku, place TEXT)",
        f"INSERT INTO s {numbers} SELECT printf('T%04d', i), place FROM n, (SELECT 'x' AS place UNION SELECT 'y')",
        "CREATE TABLE bad (sku, place TEXT)",
        f"INSERT INTO bad {numbers} SELECT CAST(x'ff' || i AS TEXT), 'x' FROM n",
    )
    async with connected(url, {"stock": {"from": "s", "sku": "sku", "location": "place"}}) as shop:
        first = await shop.list_skus(None, call())
        assert (first.skus, first.after) == (tuple(f"T{n:04d}" for n in range(1, 1001)), "T1000")
        assert await shop.list_skus(first.after, call()) == Skus(skus=("T1001",), after=None)
    async with connected(url, {"stock": {"from": "bad", "sku": "sku", "location": "place"}}) as shop:
        with pytest.raises(BadPayload, match=r"^stock\.sku: not one of a page is a text"):
            await shop.list_skus(None, call())


async def test_stock_of_one_thing(tmp_path: Path) -> None:
    """Where every row is of the same SKU, no statement is needed to list it; without stock, nothing is listed."""
    url = make(tmp_path / "stock.sqlite", "CREATE TABLE s (place TEXT)", "INSERT INTO s VALUES ('x')")
    async with connected(url, {"stock": {"from": "s", "sku": {"value": "ONE"}, "location": "place"}}) as shop:
        assert await shop.list_skus(None, call()) == Skus(skus=("ONE",), after=None)
    async with connected(url, {"locations": {"from": "s", "id": "place"}}) as shop:
        with pytest.raises(CapabilityNotDeclared):
            await shop.list_skus(None, call())


async def test_facets_cost_a_statement_each(tmp_path: Path) -> None:
    """A facet that is not wanted is not read; words alone cost nothing beside the order's own row."""
    url = await shop_with(tmp_path, "7, 'x', 'USD', 1, NULL, 'N'")
    heard: list[str] = []
    mapping = SMALL | {"lines": {"from": "no_such_table", "order": "o", "id": "id"}}

    def hear(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        heard.append(statement)

    sa.event.listen(sa.Engine, "before_cursor_execute", hear)
    try:
        async with connected(url, mapping) as shop:
            await shop.find_orders(keys_of("id", ["7"]), frozenset({Facet.HEADER, Facet.PAYMENTS}), call())
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", hear)
    assert [statement.split()[0] for statement in heard] == ["BEGIN", "SELECT"]


async def test_check_names_all_that_is_missing(tmp_path: Path) -> None:
    """Tables and columns that are not there are told together, with the nearest name that is."""
    url = await shop_with(tmp_path)
    mapping = {
        "orders": {"from": "o", "id": "id", "number": "num", "cancel_reason": "zzz"},
        "lines": {"from": "SELECT x FROM nowhere", "order": "o", "id": "id"},
        "products": {"from": "goods", "id": "id", "sku": "sku"},
    }
    async with connected(url, mapping) as shop:
        with pytest.raises(BadPayload) as told:
            await shop.check(call())
    assert str(told.value) == (
        "check: mapping.orders.number: there is no column 'num'; there are id, no, cur, cents, web, st; "
        "mapping.orders.cancel_reason: there is no column 'zzz'; there are id, no, cur, cents, web, st; "
        "mapping.lines.from: the query cannot be read as it stands; "
        "mapping.products.from: the table 'goods' cannot be read as it stands"
    )


class MysqlError(Exception):
    """As PyMySQL raises it: number and text, and a SQLSTATE that says less."""

    sqlstate = "70100"


@pytest.mark.parametrize(
    ("cause", "kind"),
    [
        (MysqlError(2003, "Can't connect to 'db.example.com' with secret"), Unreachable),
        (MysqlError(1045, "Access denied for user 'secret'"), FixCredentials),
        (MysqlError(1040, "Too many connections secret"), Wait),
        (MysqlError(3024, "Query execution was interrupted, secret"), TimedOut),
        (MysqlError(1969, "max_statement_time exceeded secret"), TimedOut),
        (MysqlError(1213, "Deadlock secret"), Retry),
        (MysqlError(1792, "read only transaction secret"), GiveUp),
        (MysqlError(1146, "Table 'secret' doesn't exist"), BadPayload),
        (MysqlError(9999, "secret"), Retry),
    ],
)
def test_failures_of_mysql(cause: Exception, kind: type[UpstreamError]) -> None:
    """Each error number becomes what one can do about it, and the driver's text stays out of the message."""
    error = meaning_of(exc.DBAPIError("SELECT 1", None, cause), "orders")
    assert type(error) is kind
    assert "secret" not in str(error)
    assert str(error).endswith(f"({cause.args[0]})")


def test_statements_of_mysql() -> None:
    """Names in back quotes, values as parameters, texts compared by code point whatever the collation."""
    section = SectionMap(name="orders", table="o`o", schema="s", columns={"number": ColumnMap(names=("no",))})
    query = SectionQuery(section, Mysql(), {"no": ColumnType.UNKNOWN})
    statement = query.select(("number",)).where(query.exactly("number", ["a'b"]))
    dialect = sa.create_engine("mysql+pymysql://h/d").dialect
    said = str(statement.compile(dialect=dialect, compile_kwargs={"render_postcompile": True}))
    assert " ".join(said.split()) == (
        "SELECT source.`no` FROM `s`.`o``o` AS source WHERE source.`no` IN (%(param_1_1)s) "
        "AND (CAST(source.`no` AS CHAR) COLLATE utf8mb4_bin) IN (%(param_2_1)s)"
    )
