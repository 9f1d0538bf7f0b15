"""Merged stock: each SKU at each place once, whoever reports it."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import msgspec

from orderweave.model.order import Location
from orderweave.model.provenance import FieldConflict, Freshness, SourceIssue, SourceRecord, Via
from orderweave_sdk.records import Channel, StockRecord


class FetchedStock(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One system's stock level, and how and when it was fetched: `instead_of` and `unmet` as for `Fetched`."""

    system: str
    record: StockRecord
    fetched_at: datetime
    via: Via = Via.LIVE
    stale: bool = False
    instead_of: SourceIssue | None = None
    unmet: bool = False


class InventoryLevel(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One SKU at one place. `counted` says whether it is part of the SKU's sums."""

    location: Location
    on_hand: Decimal | None
    available: Decimal | None
    committed: Decimal | None
    reserved: Decimal | None
    incoming: Decimal | None
    safety_stock: Decimal | None
    damaged: Decimal | None
    quality_control: Decimal | None
    available_to_sell: Decimal | None
    counted: bool
    sources: tuple[SourceRecord, ...]
    conflicts: tuple[FieldConflict, ...]


class Listing(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What one channel says it can sell; oversold when that is more than there is to sell."""

    channel: Channel
    quantity: Decimal
    oversold: bool


class InventoryItem(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One SKU over all places. Sums are None when no system states the number."""

    sku: str
    title: str | None
    on_hand: Decimal | None
    committed: Decimal | None
    incoming: Decimal | None
    available_to_sell: Decimal | None
    levels: tuple[InventoryLevel, ...]
    listings: tuple[Listing, ...]
    freshness: Freshness
