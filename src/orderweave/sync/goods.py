"""Reading stock and products of the SKUs that the index knows of: from the systems' listings, from lines of orders, and
from goods read before.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, select, union

from orderweave.index import Index
from orderweave.index.progress import STOCK, Progress, note
from orderweave.index.tables import listed_skus, order_lines, products, stock_levels
from orderweave.index.taking import aside_no_more
from orderweave.sync.asking import Asking
from orderweave.sync.histories import LONGEST_LOOK
from orderweave_sdk.clock import Clock
from orderweave_sdk.manifest import Batch


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
                await self._products(name, asked)
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
        await self._index.write(
            lambda found: self._index.take_stock_now(found, name, levels.records, at, asked=asked, gaps=levels.gaps)
        )

    async def _products(self, name: str, asked: Sequence[str]) -> None:
        at = self._clock.now()
        goods = await self._asking.products(name, asked)
        await self._index.write(
            lambda found: self._index.take_products_now(found, name, goods.records, at, asked=asked, gaps=goods.gaps)
        )


def _skus(connection: Connection) -> list[str]:
    """Every SKU that somebody has, as it is written, in a stable order."""
    known = union(
        select(order_lines.c.sku).where(order_lines.c.sku.is_not(None)),
        select(listed_skus.c.sku),
        select(stock_levels.c.sku),
        select(products.c.sku),
    )
    return sorted({sku for sku in connection.execute(known).scalars() if sku.strip()})
