"""From the stock levels that systems report to each SKU at each place once, as a live answer merges them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, delete, insert, select

from orderweave.index.rows import folded
from orderweave.index.tables import stock, stock_levels
from orderweave.index.weaving import chunks
from orderweave.inventory import StockMerger
from orderweave.model.inventory import FetchedStock, InventoryItem
from orderweave.model.provenance import Via
from orderweave_sdk.records import StockRecord

_decoder = msgspec.msgpack.Decoder(StockRecord)


def restock(connection: Connection, skus: Iterable[str], merger: StockMerger, now: datetime) -> None:
    """Make the rows of `stock` of these SKUs anew; part of the transaction in which their levels changed."""
    wanted = sorted({folded(sku) for sku in skus})
    for chunk in chunks(wanted):
        connection.execute(delete(stock).where(stock.c.sku_folded.in_(chunk)))
        levels = levels_of(connection, chunk)
        rows = [row for sku, said in levels.items() for row in _rows(sku, merger.merge(sku, said, now=now))]
        if rows:
            connection.execute(insert(stock), rows)


def unstock(connection: Connection, skus: Sequence[str]) -> None:
    """Have no rows of `stock` of these SKUs (folded), rather than some that are no longer so."""
    for chunk in chunks(skus):
        connection.execute(delete(stock).where(stock.c.sku_folded.in_(chunk)))


def levels_of(connection: Connection, skus: Sequence[str]) -> dict[str, list[FetchedStock]]:
    """What every system says of these SKUs (folded), by SKU."""
    found: dict[str, list[FetchedStock]] = defaultdict(list)
    columns = (stock_levels.c.sku_folded, stock_levels.c.system, stock_levels.c.content, stock_levels.c.fetched_at)
    for row in connection.execute(select(*columns).where(stock_levels.c.sku_folded.in_(skus))):
        found[row.sku_folded].append(
            FetchedStock(
                system=row.system, record=_decoder.decode(row.content), fetched_at=row.fetched_at, via=Via.INDEX
            )
        )
    return found


def _rows(sku: str, item: InventoryItem) -> list[dict[str, Any]]:
    return [
        {
            "sku_folded": sku,
            "location_id": level.location.id,
            "sku": item.sku,
            "title": item.title,
            "location": level.location.name,
            "location_kind": level.location.kind.value,
            **{name: getattr(level, name) for name in _NUMBERS},
            "counted": level.counted,
        }
        for level in item.levels
    ]


_NUMBERS = ("on_hand", "available", "committed", "reserved", "incoming", "safety_stock", "available_to_sell")
