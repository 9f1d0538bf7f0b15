"""From the records of one SKU to the one product."""

from __future__ import annotations

from collections.abc import Mapping

from orderweave.model.ids import encode_id
from orderweave.model.product import Product
from orderweave.planning.authority import Aspect, Authority
from orderweave_sdk.records import ProductRecord


def merge_product(sku: str, found: Mapping[str, ProductRecord], authority: Authority) -> Product:
    """Each field from the first system that fills it, most believed on titles first."""
    ranked = sorted(found, key=lambda name: (authority.rank(Aspect.LINE_TITLES, name), name))
    records = [found[name] for name in ranked]
    return Product(
        id=encode_id("Product", sku.strip().casefold()),
        sku=records[0].sku,
        title=next((record.title for record in records if record.title), None),
        gtin=next((record.gtin for record in records if record.gtin), None),
        active=next((record.active for record in records if record.active is not None), None),
        systems=tuple(ranked),
    )
