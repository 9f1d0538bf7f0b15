"""The merged product."""

from __future__ import annotations

import msgspec


class Product(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One sellable SKU, and which systems know it."""

    id: str
    sku: str
    title: str | None
    gtin: str | None
    active: bool | None
    systems: tuple[str, ...]
