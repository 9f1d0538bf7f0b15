"""The port to whoever knows all SKUs: live systems are asked by SKU and cannot list them."""

from __future__ import annotations

from typing import Protocol

import msgspec

from orderweave.model.terms import Terms


class SkuPage(msgspec.Struct, frozen=True, kw_only=True):
    """Some SKUs, tidied (`merging.lines.tidy_sku`), each once and in their order, and whether there are more."""

    skus: tuple[str, ...]
    more: bool


class KnownSkus(Protocol):
    """Every SKU that a storefront lists, as far as is known."""

    async def listed(self, after: str | None, size: int, call: Terms) -> SkuPage:
        """The first `size` of these SKUs after one of them, in order of the tidied SKU; None begins. What is not listed
        at present may be left out. Raises RequestError where it cannot be told.
        """
        ...
