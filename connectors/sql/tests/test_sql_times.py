"""Times as home-grown databases keep them: without a zone, in a zone with summer time, as dates, as texts."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from connectors.sql.tests.databases import HEADER, call, connected, make, search
from orderweave_sdk.batches import keys_of
from orderweave_sdk.capabilities import Condition, Gap
from orderweave_sdk.manifest import Operator, SearchField
from orderweave_sql.cells import BadCell, read_cell
from orderweave_sql.database_map import ColumnMap
from orderweave_sql.vocabulary import Field, FieldKind

NEW_YORK = ZoneInfo("America/New_York")


def read(kind: FieldKind, raw: Any, zone: ZoneInfo | None = NEW_YORK) -> Any:
    """A cell of that kind, read."""
    return read_cell(raw, Field(kind=kind), ColumnMap(zone=zone), money_places=None)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("2026-01-15 08:30:00", datetime(2026, 1, 15, 13, 30, tzinfo=UTC)),
        ("2026-07-15T08:30:00.250", datetime(2026, 7, 15, 12, 30, 0, 250000, tzinfo=UTC)),
        ("2026-07-15T08:30:00Z", datetime(2026, 7, 15, 8, 30, tzinfo=UTC)),
        ("2026-07-15 08:30:00+02:00", datetime(2026, 7, 15, 6, 30, tzinfo=UTC)),
        (datetime(2026, 7, 15, 8, 30, tzinfo=UTC), datetime(2026, 7, 15, 8, 30, tzinfo=UTC)),
        ("2026-07-15", datetime(2026, 7, 15, 4, 0, tzinfo=UTC)),
        (date(2026, 7, 15), datetime(2026, 7, 15, 4, 0, tzinfo=UTC)),
        # 01:30 came twice on 1 November 2026: the first pass is summer time, four hours behind UTC.
        ("2026-11-01 01:30:00", datetime(2026, 11, 1, 5, 30, tzinfo=UTC)),
        ("2026-11-01 02:00:00", datetime(2026, 11, 1, 7, 0, tzinfo=UTC)),
    ],
)
def test_instants(raw: Any, expected: datetime) -> None:
    """A time without a zone is one of the mapping's zone, summer time and all; one with a zone keeps it."""
    assert read(FieldKind.TIME, raw) == expected
    assert read(FieldKind.TIME, raw).tzinfo is UTC


@pytest.mark.parametrize(
    ("raw", "zone", "why"),
    [
        ("2026-03-08 02:30:00", NEW_YORK, "a time that never was in America/New_York"),
        ("2026-03-08 08:30:00", None, "a time without a zone; say `time_zone` in the mapping"),
        ("yesterday", NEW_YORK, "not a time in ISO 8601"),
        (1767225600, NEW_YORK, "not a time"),
        (b"\x00", NEW_YORK, "not a time"),
    ],
)
def test_no_instant(raw: Any, zone: ZoneInfo | None, why: str) -> None:
    """A time that the clocks skipped, one of no zone, and what is no time at all are refused without being told."""
    with pytest.raises(BadCell) as refusal:
        read(FieldKind.TIME, raw, zone)
    assert str(refusal.value) == why


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("2026-05-06", date(2026, 5, 6)),
        ("2026-05-06 23:59:59", date(2026, 5, 6)),
        (datetime(2026, 5, 7, 1, 0, tzinfo=UTC), date(2026, 5, 6)),
        (date(2026, 5, 6), date(2026, 5, 6)),
    ],
)
def test_dates(raw: Any, expected: date) -> None:
    """A date is the calendar's; an instant has the date of the mapping's zone."""
    assert read(FieldKind.DATE, raw) == expected


async def test_filter_over_the_hour_that_comes_twice(tmp_path: Path) -> None:
    """A filter by time is narrowed in the database and handed back, so that local clock times decide nothing."""
    times = ("2026-10-30 12:00:00", "2026-11-01 00:59:00", "2026-11-01 01:30:00", "2026-11-01 02:10:00")
    url = make(
        tmp_path / "shop.sqlite",
        "CREATE TABLE o (id TEXT, at TEXT)",
        *(f"INSERT INTO o VALUES ('{n}', '{time}')" for n, time in enumerate(times, start=1)),
    )
    mapping = {"time_zone": "America/New_York", "orders": {"from": "o", "id": "id", "placed_at": "at"}}
    condition = Condition(SearchField.PLACED_AT, Operator.GTE, (datetime(2026, 11, 1, 6, 0, tzinfo=UTC),))
    async with connected(url, mapping) as shop:
        page = await shop.search_orders(search(conditions=(condition,)), call())
    assert [hit.record.external_id for hit in page.hits] == ["2", "3", "4"]
    assert page.remaining == (condition,)


async def test_time_that_never_was_is_a_gap(tmp_path: Path) -> None:
    """One order at a skipped time is told as a gap; the others come."""
    url = make(
        tmp_path / "shop.sqlite",
        "CREATE TABLE o (id TEXT, at TEXT)",
        "INSERT INTO o VALUES ('1', '2026-03-08 02:30:00'), ('2', '2026-03-08 03:30:00')",
    )
    mapping = {"time_zone": "America/New_York", "orders": {"from": "o", "id": "id", "placed_at": "at"}}
    async with connected(url, mapping) as shop:
        found = await shop.find_orders(keys_of("id", ["1", "2"]), HEADER, call())
    assert [record.external_id for record in found.records] == ["2"]
    assert found.gaps == (Gap("orders.placed_at: a time that never was in America/New_York", "1"),)


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("size", [1, 2, 3, 7])
async def test_every_order_comes_once(size: int, descending: bool, tmp_path: Path) -> None:
    """Nine orders of which five have one time and two have none come once each, equals by id."""
    times = ("NULL", "NULL", *(f"'2026-01-01 10:00:0{second}'" for second in (1, 2, 2, 2, 2, 2, 3)))
    rows = (f"INSERT INTO o VALUES ('{n}', {time})" for n, time in reversed(list(enumerate(times, start=1))))
    url = make(tmp_path / "shop.sqlite", "CREATE TABLE o (id TEXT, at TEXT)", *rows)
    mapping = {"time_zone": "UTC", "orders": {"from": "o", "id": "id", "placed_at": "at"}}
    found: list[str] = []
    after: str | None = None
    async with connected(url, mapping) as shop:
        for _ in range(20):
            page = await shop.search_orders(search(size=size, descending=descending, after=after), call())
            found += [hit.record.external_id for hit in page.hits]
            if not page.more:
                break
            after = page.hits[-1].cursor
    expected = [str(n) for n in range(1, 10)]
    assert found == (expected[::-1] if descending else expected)


async def test_changes_go_back_behind_the_last(tmp_path: Path) -> None:
    """The next listing begins a minute before the last change, and before now when a stamp lies in the future."""
    path = tmp_path / "shop.sqlite"
    url = make(
        path,
        "CREATE TABLE o (id TEXT, at TEXT)",
        "INSERT INTO o VALUES ('1', NULL), ('2', '2026-01-01 10:00:00'), ('3', '2026-01-01 10:01:30')",
    )
    mapping = {"time_zone": "UTC", "orders": {"from": "o", "id": "id", "updated_at": "at"}}
    async with connected(url, mapping) as shop:
        first = await shop.list_changes(None, None, frozenset(), call())
        assert [record.external_id for record in first.records] == ["1", "2", "3"]
        make(
            path,
            "INSERT INTO o VALUES ('4', '2026-01-01 10:01:00'), ('5', '2099-01-01 00:00:00')",
            "INSERT INTO o VALUES ('6', '2025-12-31 00:00:00')",
        )
        second = await shop.list_changes(first.cursor, None, frozenset(), call())
        assert [record.external_id for record in second.records] == ["2", "4", "3", "5"]
        now = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S")
        make(path, f"INSERT INTO o VALUES ('7', '{now}')")
        third = await shop.list_changes(second.cursor, None, frozenset(), call())
        assert [record.external_id for record in third.records] == ["7", "5"]
        since = await shop.list_changes(None, datetime(2026, 1, 1, tzinfo=UTC), frozenset(), call())
        assert [record.external_id for record in since.records] == ["6", "2", "4", "3", "7", "5"]
