"""From Shopify's inventory, variants and locations to ours. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from orderweave_sdk.records import Address, LocationRecord, Place, ProductRecord, StockRecord, utc
from orderweave_shopify.payloads_stock import InventoryItemPayload, LevelPayload, LocationPayload, VariantPayload

# The lengths that a GTIN can have (GS1 General Specifications, 7.9); other barcodes are the merchant's own.
_GTIN_LENGTHS = (8, 12, 13, 14)
# ProductStatus: UNLISTED is sold to whoever has the link.
_SOLD = ("ACTIVE", "UNLISTED")


def stock_records(item: InventoryItemPayload) -> Iterator[StockRecord]:
    """A record for each place that stocks the item; none for an item whose stock Shopify does not track."""
    if item.sku and item.tracked:
        for level in item.inventory_levels.nodes:
            yield _level(item, item.sku, level)


def _level(item: InventoryItemPayload, sku: str, level: LevelPayload) -> StockRecord:
    quantities = {quantity.name: Decimal(quantity.quantity) for quantity in level.quantities}
    shown = item.variants.nodes if item.variants else []
    return StockRecord(
        sku=sku,
        location=Place(external_id=level.location.id, name=level.location.name or None),
        external_id=level.id,
        title=shown[0].display_name or None if shown else None,
        on_hand=quantities.get("on_hand"),
        available=quantities.get("available"),
        committed=quantities.get("committed"),
        reserved=quantities.get("reserved"),
        incoming=quantities.get("incoming"),
        safety_stock=quantities.get("safety_stock"),
        damaged=quantities.get("damaged"),
        quality_control=quantities.get("quality_control"),
        updated_at=utc(level.updated_at),
    )


def product_record(variant: VariantPayload, sku: str) -> ProductRecord:
    """One variant; its barcode counts as a GTIN only if it looks like one."""
    barcode = variant.barcode or ""
    return ProductRecord(
        external_id=variant.id,
        sku=sku,
        title=variant.display_name or None,
        gtin=barcode if barcode.isascii() and barcode.isdigit() and len(barcode) in _GTIN_LENGTHS else None,
        active=variant.product.status in _SOLD,
        updated_at=utc(variant.updated_at),
    )


def location_record(location: LocationPayload) -> LocationRecord:
    """One place. Shopify does not say whether it is a store or a warehouse."""
    address = location.address
    return LocationRecord(
        external_id=location.id,
        name=location.name or None,
        active=location.is_active,
        address=Address(
            lines=tuple(line for line in (address.address1, address.address2) if line),
            city=address.city or None,
            region=address.province_code or address.province or None,
            postal_code=address.zip or None,
            country_code=address.country_code or None,
            phone=address.phone or None,
        ),
    )
