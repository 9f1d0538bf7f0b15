"""From source items, sources and products to ours. Pure."""

from __future__ import annotations

from decimal import Decimal

from orderweave_adobe_commerce.payloads import ProductPayload, SourceItemPayload, SourcePayload
from orderweave_adobe_commerce.times import in_utc
from orderweave_sdk.records import Address, LocationKind, LocationRecord, Place, ProductRecord, StockRecord

_ENABLED = 1
_OUT_OF_STOCK = 0


def stock_record(item: SourceItemPayload) -> StockRecord:
    """What lies at a source. How much of it is promised is known by stock, not by source, and so not told here; an item
    that is set to out of stock is not sold from there at all.
    """
    return StockRecord(
        sku=item.sku,
        location=Place(external_id=item.source_code),
        on_hand=item.quantity,
        available=Decimal(0) if item.status == _OUT_OF_STOCK else None,
    )


def location_record(source: SourcePayload) -> LocationRecord:
    """A source; one that hands goods out to customers is a store, of the others the kind is not told."""
    extension = source.extension_attributes
    is_store = extension is not None and extension.is_pickup_location_active
    return LocationRecord(
        external_id=source.source_code,
        name=source.name or None,
        kind=LocationKind.STORE if is_store else LocationKind.UNKNOWN,
        active=source.enabled,
        address=Address(
            lines=tuple(line for line in (source.street or "").splitlines() if line),
            city=source.city or None,
            region=source.region or None,
            postal_code=source.postcode or None,
            country_code=source.country_id or None,
            phone=source.phone or None,
        ),
    )


def product_record(product: ProductPayload) -> ProductRecord:
    """A product, of any type; whether it is enabled is told for the store view that is asked."""
    return ProductRecord(
        external_id=str(product.id),
        sku=product.sku,
        title=product.name or None,
        active=None if product.status is None else product.status == _ENABLED,
        updated_at=in_utc(product.updated_at),
    )
