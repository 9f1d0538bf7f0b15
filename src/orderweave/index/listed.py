"""Which SKUs the storefronts list, page by page: see `answering.known_skus.KnownSkus`."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, select

from orderweave.index.index import Index
from orderweave.index.tables import stock_levels
from orderweave.model.skus import SkuPage
from orderweave.model.terms import Terms


class ListedSkus:
    """Pages of the SKUs of which one of these storefronts has told a level."""

    def __init__(self, index: Index, storefronts: Collection[str]) -> None:
        self._index = index
        self._storefronts = sorted(storefronts)

    async def listed(self, after: str | None, size: int, call: Terms) -> SkuPage:
        """The first of them after one, in order; raises TooSlow and TooBusy."""
        return await self._index.read(lambda found: self._page(found, after, size), seconds=call.remaining())

    def _page(self, connection: Connection, after: str | None, size: int) -> SkuPage:
        name = stock_levels.c.sku_folded
        query = select(name).where(stock_levels.c.system.in_(self._storefronts)).distinct().order_by(name)
        if after is not None:
            query = query.where(name > after)
        found = list(connection.execute(query.limit(size + 1)).scalars())
        return SkuPage(skus=tuple(found[:size]), more=len(found) > size)
