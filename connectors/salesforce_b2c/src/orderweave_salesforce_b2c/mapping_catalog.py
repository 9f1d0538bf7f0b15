"""Products, and what is available of them. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import TypeVar

from orderweave_salesforce_b2c.payloads import AvailabilityPayload, ProductPayload
from orderweave_sdk.records import Place, ProductRecord, StockRecord, utc

T = TypeVar("T")

# What the vendor writes for as many as anybody may want (products that are perpetually in stock).
INFINITE = Decimal(999_999)
DEFAULT = "default"


def product_record(product: ProductPayload) -> ProductRecord:
    """A product; its id is the SKU under which it stands in orders."""
    changed = product.last_modified
    return ProductRecord(
        external_id=product.id,
        sku=product.id,
        title=_first(product.name),
        gtin=product.ean or product.upc or None,
        active=_first(product.online_flag),
        updated_at=None if changed is None or changed.tzinfo is None else utc(changed),
    )


def _first(said: dict[str, T] | None) -> T | None:
    """The default of what is said for each language or site; the first where there is none."""
    return None if not said else said.get(DEFAULT, next(iter(said.values())))


def stock_records(product: AvailabilityPayload) -> Iterator[StockRecord]:
    """What each inventory list has of a product. An infinite number is none."""
    for listed in product.inventories:
        yield StockRecord(
            sku=product.id,
            location=Place(external_id=listed.id),
            on_hand=_counted(listed.stock_level),
            available=_counted(listed.ats),
        )


def _counted(number: Decimal | None) -> Decimal | None:
    return None if number is None or number >= INFINITE else number
