"""From ShipHero's words to ours: stock, products and warehouses. Pure."""

from __future__ import annotations

from orderweave_sdk.records import Address, LocationKind, LocationRecord, ProductRecord, StockRecord
from orderweave_shiphero.goods import place, quantity
from orderweave_shiphero.mapping import country_code
from orderweave_shiphero.payloads import (
    ProductPayload,
    WarehouseAddressPayload,
    WarehousePayload,
    WarehouseProductPayload,
)
from orderweave_shiphero.times import in_utc


def stock_record(payload: WarehouseProductPayload) -> StockRecord:
    """One SKU in one warehouse; what orders hold (`allocated`) is committed, the house's own reserve is reserved."""
    return StockRecord(
        sku=payload.sku,
        location=place(payload.warehouse_id, payload.warehouse),
        external_id=payload.id,
        title=payload.product.name if payload.product else None,
        on_hand=quantity(payload.on_hand),
        available=quantity(payload.available),
        committed=quantity(payload.allocated),
        reserved=quantity(payload.reserve_inventory),
        updated_at=in_utc(payload.updated_at),
    )


def product_record(payload: ProductPayload) -> ProductRecord:
    """One product."""
    return ProductRecord(
        external_id=payload.id,
        sku=payload.sku,
        title=payload.name or None,
        active=payload.active,
        updated_at=in_utc(payload.updated_at),
    )


def location_record(payload: WarehousePayload) -> LocationRecord:
    """One warehouse, by the name that people gave it."""
    return LocationRecord(
        external_id=payload.id,
        name=payload.identifier,
        kind=LocationKind.WAREHOUSE,
        address=_address(payload.address),
    )


def _address(payload: WarehouseAddressPayload | None) -> Address | None:
    if payload is None:
        return None
    found = Address(
        name=payload.name or None,
        lines=tuple(line for line in (payload.address1, payload.address2) if line),
        city=payload.city or None,
        region=payload.state or None,
        postal_code=payload.zip or None,
        country_code=country_code(payload.country),
        phone=payload.phone or None,
    )
    return None if found == Address() else found
