"""From source items, sources and products to ours. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from decimal import Decimal

from orderweave_adobe_commerce.payloads import ProductPayload, SalablePayload, SourceItemPayload, SourcePayload
from orderweave_adobe_commerce.times import in_utc
from orderweave_sdk.records import Address, LocationKind, LocationRecord, Place, ProductRecord, StockRecord

_ENABLED = 1
_OUT_OF_STOCK = 0


def stock_records(
    items: Sequence[SourceItemPayload], salable: Iterable[SalablePayload] = ()
) -> tuple[StockRecord, ...]:
    """What lies at each source. `items` are all source items of their SKUs.

    How much of it is promised is known by website, not by source. Where a SKU lies at one source alone, what the
    website sells of it is what is available there; SKUs are compared without regard to case, as the vendor does.
    """
    places = Counter(item.sku.casefold() for item in items)
    sold = {entry.sku.casefold(): _sold(entry) for entry in salable}
    return tuple(
        _stock_record(item, sold.get(item.sku.casefold()) if places[item.sku.casefold()] == 1 else None)
        for item in items
    )


def _sold(entry: SalablePayload) -> Decimal | None:
    return Decimal(0) if entry.is_salable is False else entry.qty


def _stock_record(item: SourceItemPayload, sold: Decimal | None) -> StockRecord:
    """An item that is set to out of stock is not sold from there at all."""
    return StockRecord(
        sku=item.sku,
        location=Place(external_id=item.source_code),
        on_hand=item.quantity,
        available=Decimal(0) if item.status == _OUT_OF_STOCK else sold,
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
