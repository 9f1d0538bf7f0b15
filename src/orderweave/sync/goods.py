"""Reading stock and products of the SKUs that the index knows of: from lines of orders, and from goods read before."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from sqlalchemy import Connection, select, union

from orderweave.index import Index
from orderweave.index.progress import Progress, note
from orderweave.index.tables import order_lines, products, stock_levels
from orderweave.index.taking import aside_no_more, set_gaps_aside, take_products
from orderweave.sync.asking import Asking
from orderweave.sync.histories import LONGEST_LOOK
from orderweave_sdk.capabilities import Products, Stock
from orderweave_sdk.clock import Clock
from orderweave_sdk.manifest import Batch

STOCK = "stock"
PRODUCTS = "products"


class Goods:
    """The stock and the products of all systems."""

    def __init__(self, asking: Asking, index: Index, clock: Clock) -> None:
        self._asking = asking
        self._index = index
        self._clock = clock

    async def read(self, name: str, part: str, known: Progress) -> int:
        """Read the levels, or the products, of every known SKU anew; raises Unanswered. Gives the calls."""
        began = self._clock.now()
        skus = await self._index.read(_skus, seconds=LONGEST_LOOK)
        manifest = self._asking.spec(name).manifest
        batch: Batch | None = manifest.stock_batch if part == STOCK else manifest.product_batch
        assert batch is not None
        batches = [skus[start : start + batch.size] for start in range(0, len(skus), batch.size)]
        for asked in batches:
            if part == STOCK:
                await self.stock(name, asked)
            else:
                at = self._clock.now()
                goods = await self._asking.products(name, asked)
                await self._index.write(partial(_keep_products, name=name, goods=goods, at=at, asked=asked))
        changes = {"reached_at": began, "error": None, "error_at": None}
        changes |= {} if known.complete_at else {"complete_at": began}

        def end(connection: Connection) -> None:
            aside_no_more(connection, name, began, part=part)
            note(connection, name, part, **changes)

        await self._index.write(end)
        return len(batches)

    async def stock(self, name: str, asked: Sequence[str]) -> None:
        """Read all levels of these SKUs anew, one batch; raises Unanswered."""
        at = self._clock.now()
        levels = await self._asking.stock(name, asked)
        await self._index.write(partial(self._keep_stock, name=name, levels=levels, at=at, asked=asked))

    def _keep_stock(
        self, connection: Connection, *, name: str, levels: Stock, at: datetime, asked: Sequence[str]
    ) -> None:
        self._index.take_stock_now(connection, name, levels.records, at, asked=asked)
        set_gaps_aside(connection, name, levels.gaps, at, part=STOCK)


def _keep_products(connection: Connection, *, name: str, goods: Products, at: datetime, asked: Sequence[str]) -> None:
    take_products(connection, name, goods.records, at, asked=asked)
    set_gaps_aside(connection, name, goods.gaps, at, part=PRODUCTS)


def _skus(connection: Connection) -> list[str]:
    """Every SKU that somebody has, as it is written, in a stable order."""
    known = union(
        select(order_lines.c.sku).where(order_lines.c.sku.is_not(None)),
        select(stock_levels.c.sku),
        select(products.c.sku),
    )
    return sorted({sku for sku in connection.execute(known).scalars() if sku.strip()})
