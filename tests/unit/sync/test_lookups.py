"""What the index costs does not grow with what is in it: every look-up of orders goes by an index of its tables."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event

from orderweave.index.forms import every
from orderweave.index.pages import Slice
from orderweave_sdk.manifest import SearchField
from tests.unit.fake_business import erp, order, shop
from tests.unit.sync.keeping import changing, kept, later

# A whole table is read, and not by an index of what is asked for alone, or in the order in which a page is cut from it.
_WHOLE = re.compile(
    r"SCAN (records|record_keys|order_\w+|orders|shipments|search_terms|owners)\b(?!.*INDEX (records_dirty|orders_by_))"
)


@contextmanager
def statements(engine: Engine) -> Iterator[list[tuple[str, Any]]]:
    """Every statement that is run meanwhile, with its values; of one that is run for many rows those of the first."""
    told: list[tuple[str, Any]] = []

    def tell(*run: Any) -> None:
        _, _, statement, values, _, many = run
        told.append((statement, values[0] if many else values))

    event.listen(engine, "before_cursor_execute", tell)
    try:
        yield told
    finally:
        event.remove(engine, "before_cursor_execute", tell)


async def test_no_statement_reads_a_whole_table(tmp_path: Path) -> None:
    """A history, what changes after it, an order that is gone, a sweep and a page of a list: SQLite's own plan of each
    of their statements names no table of orders that is read from end to end, but for that which gathers all SKUs.
    """
    mine = changing(shop([order(f"a{n}", f"100{n}", hours=n) for n in range(6)], page_size=2))
    books = changing(erp([order("e1", "SO1", reference=("reference", "1001"), invoice="INV-1")]))
    async with kept(tmp_path, mine, books) as sync:
        await sync.index.open()
        with statements(sync.index.database.engine) as told:
            await sync.sync.turn()
            mine.orders[1] = later(order("a1", "1001", total="12.50"), sync.time.now())
            await sync.sync.turn()
            await sync.index.drop("shop", ["a2"])
            await sync.sync.sweeping.list_on("shop", None)
            wanted = Slice(where=every(()), sort=SearchField.PLACED_AT, descending=True, size=10, after=None)
            answer = await sync.index.page(wanted, counted=False, seconds=10)
        assert len(answer.groups) == 5
        asked = [(text, values) for text, values in told if re.match(r"SELECT|DELETE|UPDATE", text)]
        assert len({text for text, _ in asked}) > 20
        with sync.index.database.engine.connect() as connection:
            plans = {
                text: [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}", values)]
                for text, values in asked
            }
    whole = [text for text, plan in plans.items() if any(map(_WHOLE.match, plan))]
    assert [text.partition("\n")[0].strip() for text in whole] == ["SELECT order_lines.sku"]
