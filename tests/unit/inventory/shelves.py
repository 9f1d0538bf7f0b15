"""A business with a warehouse, a store and four systems that count them, and levels by hand."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec

from orderweave.inventory import StockMerger
from orderweave.model.inventory import FetchedStock, InventoryItem, InventoryLevel
from orderweave.model.provenance import SourceIssue
from orderweave.model.systems import PlaceSpec
from orderweave.planning.authority import Authority
from orderweave_sdk.records import LocationKind, Place, StockRecord, SystemKind
from tests.unit.businesses import NOON, business, system

BUSINESS = business(
    system("shop-us", SystemKind.STOREFRONT),
    system("shop-eu", SystemKind.STOREFRONT),
    system("erp", SystemKind.ERP),
    system("wms", SystemKind.WMS),
    system("wms-2", SystemKind.WMS),
    places=(
        PlaceSpec(
            id="east",
            name="East",
            kind=LocationKind.WAREHOUSE,
            systems={"shop-us": "L1", "shop-eu": "M1", "erp": "12", "wms": "W1", "wms-2": "X1"},
        ),
        PlaceSpec(id="store", name="Store", kind=LocationKind.STORE, systems={"shop-us": "L2", "erp": "13"}),
    ),
)


def level(
    system_name: str,
    place: str,
    on_hand: str | None = None,
    *,
    sku: str = "TEA",
    title: str | None = None,
    at: datetime = NOON,
    stale: bool = False,
    updated_at: datetime | None = None,
    **numbers: Any,
) -> FetchedStock:
    """What a system says of one SKU at one of its places; `numbers` are StockRecord's own."""
    stated = {name: Decimal(number) for name, number in numbers.items()}
    said = StockRecord(
        sku=sku,
        title=title,
        location=Place(external_id=place, name=f"{system_name} {place}"),
        on_hand=None if on_hand is None else Decimal(on_hand),
        updated_at=updated_at,
    )
    said = msgspec.structs.replace(said, **stated)
    return FetchedStock(system=system_name, record=said, fetched_at=at, stale=stale)


def stock(
    *levels: FetchedStock, asked: str = "TEA", now: datetime = NOON, missing: Sequence[SourceIssue] = ()
) -> InventoryItem:
    """The SKU over all places."""
    return StockMerger(BUSINESS, Authority(BUSINESS)).merge(asked, levels, now=now, missing=missing)


def at(item: InventoryItem, place: str) -> InventoryLevel:
    """The level at the place of this name."""
    (found,) = [entry for entry in item.levels if entry.location.name == place]
    return found


def plain(*values: Decimal | None) -> list[str | None]:
    """Numbers to compare and read."""
    return [None if value is None else format(value.normalize(), "f") for value in values]
