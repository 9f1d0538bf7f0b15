"""Inventory items, variants and locations on Shopify's wire."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from orderweave_sdk.records import Address, LocationRecord, ProductRecord, StockRecord
from orderweave_shopify.queries import STOCK_NAMES
from orderweave_shopify.simulator_paging import Wire, connection


def item_wires(levels: Iterable[StockRecord]) -> list[Wire]:
    """One inventory item for each SKU, with its levels."""
    by_sku: dict[str, list[StockRecord]] = {}
    for level in levels:
        by_sku.setdefault(level.sku, []).append(level)
    return [_item(n, sku, group) for n, (sku, group) in enumerate(by_sku.items(), start=1)]


def _item(n: int, sku: str, levels: Sequence[StockRecord]) -> Wire:
    titles = [level.title for level in levels if level.title]
    return {
        "__typename": "InventoryItem",
        "id": f"gid://shopify/InventoryItem/{n}",
        "sku": sku,
        "tracked": True,
        "variants": connection([{"displayName": title} for title in titles[:1]]),
        "inventoryLevels": connection([_level(n, level) for level in levels]),
    }


def _level(n: int, level: StockRecord) -> Wire:
    place = level.location
    return {
        "id": level.external_id
        or f"{place.external_id.replace('/Location/', '/InventoryLevel/')}?inventory_item_id={n}",
        "updatedAt": level.updated_at,
        "location": {"id": place.external_id, "name": place.name or ""},
        "quantities": _quantities(level),
    }


def _quantities(level: StockRecord) -> Callable[..., list[Wire]]:
    known = {name: getattr(level, name) for name in STOCK_NAMES}

    def resolve(info: Any, names: Sequence[str]) -> list[Wire]:
        return [{"name": name, "quantity": int(known[name])} for name in names if known.get(name) is not None]

    return resolve


def variant_wire(product: ProductRecord) -> Wire:
    """One product variant."""
    return {
        "id": product.external_id,
        "sku": product.sku,
        "displayName": product.title or "",
        "barcode": product.gtin,
        "updatedAt": product.updated_at,
        "product": {"status": "ACTIVE" if product.active else "ARCHIVED"},
    }


def location_wire(location: LocationRecord) -> Wire:
    """One place."""
    address = location.address or Address()
    first, second = (*address.lines, None, None)[:2]
    return {
        "id": location.external_id,
        "name": location.name or "",
        "isActive": bool(location.active),
        "address": {
            "address1": first,
            "address2": second,
            "city": address.city,
            "province": address.region,
            "provinceCode": address.region,
            "zip": address.postal_code,
            "countryCode": address.country_code,
            "phone": address.phone,
        },
    }
