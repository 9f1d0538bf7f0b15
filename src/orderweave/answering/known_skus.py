"""The port to whoever knows all SKUs: live systems are asked by SKU and cannot list them."""

from __future__ import annotations

from typing import Protocol

from orderweave.model.skus import SkuPage
from orderweave.model.terms import Terms


class KnownSkus(Protocol):
    """Every SKU that a storefront lists, as far as is known. Handed over in `Parts.known_skus`."""

    async def listed(self, after: str | None, size: int, call: Terms) -> SkuPage:
        """The first `size` of these SKUs after one of them, in order of the tidied SKU; None begins. What is not listed
        at present may be left out; the page names the systems of whose SKUs not all are known. Raises RequestError
        where it cannot be told.
        """
        ...
