"""Which SKUs the storefronts list, page by page: see `answering.known_skus.KnownSkus`."""

from __future__ import annotations

from sqlalchemy import Connection, select

from orderweave.index.coverage import coverage_of, is_whole
from orderweave.index.index import Index
from orderweave.index.progress import STOCK, progress_of
from orderweave.index.tables import stock_levels
from orderweave.model.provenance import IssueReason, SourceIssue
from orderweave.model.skus import SkuPage
from orderweave.model.systems import Business
from orderweave.model.terms import Terms
from orderweave_sdk.records import SystemKind


class ListedSkus:
    """Pages of the SKUs of which one of the storefronts has told a level."""

    def __init__(self, index: Index, business: Business) -> None:
        self._index = index
        self._business = business
        self._storefronts = sorted(
            name for name, spec in business.systems.items() if spec.kind is SystemKind.STOREFRONT
        )

    async def listed(self, after: str | None, size: int, call: Terms) -> SkuPage:
        """The first of them after one, in order; raises TooSlow and TooBusy."""
        return await self._index.read(lambda found: self._page(found, after, size), seconds=call.remaining())

    def _page(self, connection: Connection, after: str | None, size: int) -> SkuPage:
        name = stock_levels.c.sku_folded
        query = select(name).where(stock_levels.c.system.in_(self._storefronts)).distinct().order_by(name)
        if after is not None:
            query = query.where(name > after)
        found = list(connection.execute(query.limit(size + 1)).scalars())
        return SkuPage(skus=tuple(found[:size]), more=len(found) > size, missing=self._missing(connection))

    def _missing(self, connection: Connection) -> tuple[SourceIssue, ...]:
        """The storefronts of which the index may not know every SKU, or not its level."""
        told = coverage_of(self._business, progress_of(connection), STOCK)
        return tuple(
            SourceIssue(
                system=source.system,
                reason=IssueReason.FAILED,
                message=source.error or "its stock is still being read into the index",
                facets=(),
            )
            for source in told.sources
            if source.system in self._storefronts and not is_whole(source)
        )
