"""A business with a warehouse, a store and four systems that count them, and levels by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import msgspec

from orderweave.inventory import StockMerger
from orderweave.model.inventory import ChannelStock, FetchedReceipt, FetchedStock, InventoryItem, InventoryLevel
from orderweave.model.provenance import SourceIssue
from orderweave.model.stock_rules import Pool, StockRules
from orderweave.model.systems import PlaceSpec
from orderweave.planning.authority import Authority
from orderweave_sdk.records import LocationKind, Place, ReceiptRecord, StockRecord, SystemKind
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


def coming(
    system_name: str, place: str, quantity: str, *, days: float | None = 1, counted: bool = False, id: str = "1"
) -> FetchedReceipt:
    """What a system expects at one of its places in so many days; None: it does not say when."""
    said = ReceiptRecord(
        sku="TEA",
        location=Place(external_id=place, name=f"{system_name} {place}"),
        external_id=id,
        quantity=Decimal(quantity),
        expected_at=None if days is None else NOON + timedelta(days=days),
        counted=counted,
        number=f"P{id}",
    )
    return FetchedReceipt(system=system_name, record=said, fetched_at=NOON)


def ruled(
    *levels: FetchedStock,
    safety: Mapping[tuple[str | None, str | None], str] | None = None,
    pools: Sequence[Pool] = (),
    receipts: Sequence[FetchedReceipt] = (),
    missing: Sequence[SourceIssue] = (),
    missing_receipts: Sequence[SourceIssue] = (),
) -> InventoryItem:
    """The SKU over all places, under these rules of the configuration."""
    rules = StockRules(
        safety={named: Decimal(quantity) for named, quantity in (safety or {}).items()}, pools=tuple(pools)
    )
    made = msgspec.structs.replace(BUSINESS, stock_rules=rules)
    merger = StockMerger(made, Authority(made))
    return merger.merge("TEA", levels, receipts=receipts, now=NOON, missing=missing, missing_receipts=missing_receipts)


def channel(item: InventoryItem, code: str) -> ChannelStock:
    """The SKU in the channel of this code."""
    (found,) = [entry for entry in item.channels if entry.channel.code == code]
    return found
