"""Every table in every form holds what the merged orders and the merged stock are, within the caller's rights."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
from sqlalchemy import ColumnElement

from orderweave.answering.filters import order_passes
from orderweave.exporting import LAYOUTS, Selection
from orderweave.exporting.folder import STATE, NotEmpty, export_to
from orderweave.exporting.selection import decoded, encoded
from orderweave.exporting.steps import Bounds, Sizes, State, TooMuch, advance
from orderweave.index import Index
from orderweave.index.rows import rows_of
from orderweave.index.tables import order_lines, orders, shipments
from orderweave.merging.owners import names_of
from orderweave.model.exports import Format, What
from orderweave.model.filters import Filter
from orderweave.model.order import Order
from orderweave.model.provenance import Coverage
from orderweave.model.rights import ALL_RIGHTS, Owned, Rights, Scope
from orderweave_sdk.capabilities import Condition
from orderweave_sdk.manifest import Operator, SearchField
from tests.unit.exporting.reading import SMALL, Rows, exported, files_in, manifest_in, rows_in
from tests.unit.fake_clock import FakeClock
from tests.unit.index.story import READ_AT, Story

TABLES = {What.ORDERS: orders, What.LINES: order_lines, What.SHIPMENTS: shipments}
FORMS = list(Format)


def expected(told: Story, what: What, wanted: Filter = Filter()) -> Rows:  # noqa: B008 - it is frozen
    """The rows of a table, made of the orders as they were merged in memory."""
    found = []
    for order in told.orders:
        if not order_passes(order, wanted, told.reader):
            continue
        made = rows_of(order, (), told.reader)
        (head,) = made[orders]
        found += [(row_key(row), {**head, **row}, order, head) for row in made[TABLES[what]]]
    found.sort(key=lambda entry: entry[0])
    return [
        {field.name: value_of(field.name, field.source, row, head, order) for field in LAYOUTS[what].fields}
        for _, row, order, head in found
    ]


def row_key(row: dict[str, Any]) -> tuple[Any, ...]:
    """What rows come in the order of."""
    if "shipment_id" in row:
        return row["order_key"], row["shipment_id"], row["package"]
    return (row["order_key"], row["position"]) if "position" in row else (row["key"],)


def value_of(name: str, source: ColumnElement[Any], row: dict[str, Any], head: dict[str, Any], order: Order) -> Any:
    """What a column should hold."""
    if name == "order_id":
        return order.id
    of_order = head if any(source is column for column in orders.c) else row
    value = of_order["number" if name in ("order_number", "shipment_number") else name]
    return Decimal(format(value.normalize(), "f")) if isinstance(value, Decimal) else value


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("what", list(TABLES))
async def test_all_rows_read_back(what: What, form: Format, filled: Index, told: Story, tmp_path: Path) -> None:
    """Every row once, in the order of the keys, with every value exact, over several files and batches."""
    selection = Selection(what=what, format=form, rights=ALL_RIGHTS)
    manifest, rows = await exported(tmp_path, selection, filled, told)
    assert rows == expected(told, what)
    assert len(manifest.files) > 1
    assert manifest.rows == len(rows) == sum(part.rows for part in manifest.files)
    assert manifest.coverage.complete
    assert (manifest.layout, manifest.table, manifest.begun_at) == (1, what, FakeClock().now())
    for part in manifest.files:
        content = (tmp_path / part.file).read_bytes()
        assert (part.bytes, part.sha256) == (len(content), hashlib.sha256(content).hexdigest())


@pytest.mark.parametrize("form", FORMS)
async def test_stock(form: Format, filled: Index, told: Story, tmp_path: Path) -> None:
    """Stock comes as it was merged, each SKU at each place once; listings are none."""
    _, rows = await exported(tmp_path, Selection(what=What.STOCK, format=form, rights=ALL_RIGHTS), filled, told)
    merged = {(item.sku.casefold(), level.location.id): level for item in told.items() for level in item.levels}
    assert [(row["sku"].casefold(), row["location_id"]) for row in rows] == sorted(merged)
    for row in rows:
        level = merged[row["sku"].casefold(), row["location_id"]]
        assert row["on_hand"] == level.on_hand
        assert row["available_to_sell"] == level.available_to_sell
    some = Selection(what=What.STOCK, format=form, rights=ALL_RIGHTS, skus=(rows[0]["sku"].lower(),))
    _, few = await exported(tmp_path / "some", some, filled, told)
    assert few == [row for row in rows if row["sku"] == rows[0]["sku"]]


FILTERS = {
    "sum": Condition(SearchField.TOTAL, Operator.GTE, (Decimal(100),)),
    "moment": Condition(SearchField.PLACED_AT, Operator.LT, (datetime(2026, 10, 1, tzinfo=UTC),)),
    "status": Condition(SearchField.STATUS, Operator.NOT_IN, ("OPEN", "DRAFT")),
}


@pytest.mark.parametrize("what", list(TABLES))
@pytest.mark.parametrize("by", [*FILTERS, "sku", "number"])
async def test_filter(by: str, what: What, filled: Index, told: Story, tmp_path: Path) -> None:
    """A filter lets pass the whole of exactly those orders that the oracle lets pass, and it is kept as it is."""
    line = next(row for row in expected(told, What.LINES) if row["order_number"] and row["position"] > 0)
    found = {
        **FILTERS,
        "sku": Condition(SearchField.SKU, Operator.EQ, (line["sku"],)),
        "number": Condition(SearchField.NUMBER, Operator.IN, (line["order_number"],)),
    }
    wanted = Filter(conditions=(found[by],))
    selection = Selection(what=what, format=Format.JSONL, rights=ALL_RIGHTS, filter=wanted)
    assert decoded(encoded(selection)) == selection
    _, rows = await exported(tmp_path, decoded(encoded(selection)), filled, told)
    assert rows == expected(told, what, wanted)
    assert len(rows) < len(expected(told, what))


async def test_search(filled: Index, told: Story, tmp_path: Path) -> None:
    """A search finds the orders that the list finds, with all of their lines."""
    line = next(row for row in expected(told, What.LINES) if row["order_number"])
    selection = Selection(what=What.LINES, format=Format.CSV, rights=ALL_RIGHTS, search=line["order_number"])
    _, rows = await exported(tmp_path, selection, filled, told)
    assert rows == [row for row in expected(told, What.LINES) if row["order_number"] == line["order_number"]]


@pytest.mark.parametrize("what", list(What))
async def test_columns_by_scope(what: What, filled: Index, told: Story, tmp_path: Path) -> None:
    """Columns of money, people and provenance are not in the files of who lacks their scope."""
    bare = Rights(scopes=frozenset({Scope.ORDERS, Scope.INVENTORY}))
    manifest, rows = await exported(tmp_path, Selection(what=what, format=Format.PARQUET, rights=bare), filled, told)
    hidden = {field.name for field in LAYOUTS[what].fields if field.scope}
    assert {column.name for column in manifest.columns} == {field.name for field in LAYOUTS[what].fields} - hidden
    assert all(row.keys().isdisjoint(hidden) for row in rows)
    assert (
        hidden
        == {
            What.ORDERS: {"total", "paid", "refunded", "due", "tax", "shipping", "discount"}
            | {"customer_id", "customer_email", "company", "country", "sources", "conflicts"},
            What.LINES: {"unit_price", "total"},
            What.SHIPMENTS: set(),
            What.STOCK: set(),
        }[what]
    )


async def test_masked(filled: Index, told: Story, tmp_path: Path) -> None:
    """A masked role counts e-mail addresses and reads none."""
    masked = Rights(scopes=frozenset(Scope), masked=True)
    _, rows = await exported(tmp_path, Selection(what=What.ORDERS, format=Format.CSV, rights=masked), filled, told)
    assert {row["customer_email"] for row in rows} <= {"masked", None}
    assert [row["customer_email"] is None for row in rows] == [
        row["customer_email"] is None for row in expected(told, What.ORDERS)
    ]
    assert all(b"@" not in content for content in files_in(tmp_path).values())


@pytest.mark.parametrize("what", list(TABLES))
async def test_only_own_rows(what: What, filled: Index, told: Story, tmp_path: Path) -> None:
    """Who sees their own orders alone finds their rows and nobody else's, and one who owns nothing finds none."""
    email = next(row["customer_email"] for row in expected(told, What.ORDERS) if row["customer_email"])
    own = Rights(scopes=frozenset(Scope), owned=Owned(emails=frozenset({email})))
    _, rows = await exported(tmp_path, Selection(what=what, format=Format.CSV, rights=own), filled, told)
    theirs = {row["order_id"] for row in expected(told, What.ORDERS) if row["customer_email"] == email}
    assert names_of(own.owned or Owned()) == {f"email:{email}"}
    assert rows == [row for row in expected(told, what) if row["order_id"] in theirs]
    assert rows or what is What.SHIPMENTS
    nobody = Rights(scopes=frozenset(Scope), owned=Owned())
    manifest, none = await exported(
        tmp_path / "none", Selection(what=what, format=Format.CSV, rights=nobody), filled, told
    )
    assert (none, manifest.rows, len(manifest.files)) == ([], 0, 1)


@pytest.mark.parametrize("what", list(TABLES))
async def test_partitions(what: What, filled: Index, told: Story, tmp_path: Path) -> None:
    """Divided by months, the same rows stand in folders that DuckDB reads as columns, each in its month."""
    selection = Selection(what=what, format=Format.PARQUET, rights=ALL_RIGHTS, partitioned=True)
    manifest, rows = await exported(tmp_path, selection, filled, told)
    assert sorted(map(repr, rows)) == sorted(map(repr, expected(told, what)))
    assert len({part.file.rpartition("/")[0] for part in manifest.files}) > 1
    (found,) = (
        duckdb.connect()
        .execute(
            f"SELECT count(*), count(*) FILTER (year = year(placed_at AT TIME ZONE 'UTC') "
            f"AND month = month(placed_at AT TIME ZONE 'UTC')) "
            f"FROM read_parquet('{tmp_path}/**/*.parquet', hive_partitioning = true)"
        )
        .fetchall()
    )
    assert found == (len(rows), len(rows))


@pytest.mark.parametrize("partitioned", [False, True])
@pytest.mark.parametrize("died", ["before it was noted", "after it was named"])
async def test_goes_on(partitioned: bool, died: str, filled: Index, told: Story, tmp_path: Path) -> None:
    """Cut off anywhere, with whatever the step that died left behind, it goes on to the same rows and no other file."""
    selection = Selection(what=What.LINES, format=Format.PARQUET, rights=ALL_RIGHTS, partitioned=partitioned)
    steps = 0
    while True:
        run = export_to(tmp_path, selection, filled, told.business, FakeClock(), sizes=SMALL)
        begun = await anext(run)
        if begun.state.done:
            assert [entry async for entry in run] == []
            break
        # One step is noted, and one more done whose note is lost.
        await anext(run)
        noted = (tmp_path / STATE).read_bytes()
        try:
            await anext(run)
        except StopAsyncIteration:
            break
        steps += 1
        (tmp_path / STATE).write_bytes(noted)
        if died == "before it was noted":
            (tmp_path / ".unfinished-0").write_bytes(b"half a file")
        await run.aclose()
    assert steps > 2
    rows, whole = rows_in(tmp_path), expected(told, What.LINES)
    assert sorted(map(repr, rows)) == sorted(map(repr, whole))
    listed = {part.file for part in manifest_in(tmp_path).files}
    assert files_in(tmp_path).keys() == listed | {"manifest.json"}


async def test_folder_of_something_else(filled: Index, told: Story, tmp_path: Path) -> None:
    """Nothing is written into a folder that holds other files, an export that is done, or the beginning of another."""
    (tmp_path / "letter.txt").write_text("mine")
    selection = Selection(what=What.ORDERS, format=Format.CSV, rights=ALL_RIGHTS)
    with pytest.raises(NotEmpty, match="not empty"):
        await exported(tmp_path, selection, filled, told)
    await exported(tmp_path / "done", selection, filled, told)
    with pytest.raises(NotEmpty, match="done"):
        await exported(tmp_path / "done", selection, filled, told)
    begun = export_to(tmp_path / "begun", selection, filled, told.business, FakeClock())
    await anext(begun)
    with pytest.raises(NotEmpty, match="another export"):
        await exported(
            tmp_path / "begun", Selection(what=What.LINES, format=Format.CSV, rights=ALL_RIGHTS), filled, told
        )


@pytest.mark.parametrize(
    ("bounds", "said"),
    [(Bounds(rows=50, bytes=2**30), "more than 50 rows"), (Bounds(rows=10_000, bytes=1024), "more than 0 megabytes")],
)
async def test_bounds(bounds: Bounds, said: str, filled: Index, told: Story, tmp_path: Path) -> None:
    """What holds more than it may is refused as soon as that shows, and leaves no file."""
    selection = Selection(what=What.LINES, format=Format.CSV, rights=ALL_RIGHTS)
    state = State(begun_at=READ_AT, coverage=Coverage(complete=True, sources=()))
    with pytest.raises(TooMuch, match=said):
        await filled.read(
            lambda found: advance(found, selection, told.reader, state, tmp_path, bounds=bounds, sizes=SMALL), seconds=9
        )
    assert files_in(tmp_path) == {}


async def test_an_order_is_never_torn(filled: Index, told: Story, tmp_path: Path) -> None:
    """All lines of one order stand in one file, unless they are more than are read at once."""
    selection = Selection(what=What.LINES, format=Format.CSV, rights=ALL_RIGHTS)
    most = max(len(order.order_lines) for order in told.orders)
    manifest, _ = await exported(tmp_path, selection, filled, told, Sizes(batch=most + 1, part=most + 1))
    files = [
        {line.split(",")[0] for line in (tmp_path / part.file).read_text().splitlines()[1:]} for part in manifest.files
    ]
    assert len(files) > 10
    assert sum(map(len, files)) == len(set.union(*files))
    _, single = await exported(tmp_path / "single", selection, filled, told, Sizes(batch=1, part=7))
    assert single == expected(told, What.LINES)


def test_instants_are_in_utc(told: Story) -> None:
    """The story has dated orders, so the comparisons above are about something."""
    assert all(row["placed_at"] is None or row["placed_at"].tzinfo is UTC for row in expected(told, What.ORDERS))
    assert any(isinstance(row["placed_at"], datetime) for row in expected(told, What.ORDERS))
