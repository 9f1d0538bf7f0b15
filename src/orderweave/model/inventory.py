"""Merged stock: each SKU at each place once, whoever reports it; what is expected, and what may be promised of it."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import msgspec

from orderweave.model.order import Location
from orderweave.model.provenance import FieldConflict, Freshness, SourceIssue, SourceRecord, Via
from orderweave_sdk.records import Channel, ReceiptRecord, StockRecord


class FetchedStock(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One system's stock level, and how and when it was fetched: `instead_of` and `unmet` as for `Fetched`."""

    system: str
    record: StockRecord
    fetched_at: datetime
    via: Via = Via.LIVE
    stale: bool = False
    instead_of: SourceIssue | None = None
    unmet: bool = False


class FetchedReceipt(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Goods that one system expects, and how and when that was fetched: as for `FetchedStock`."""

    system: str
    record: ReceiptRecord
    fetched_at: datetime
    via: Via = Via.LIVE
    stale: bool = False
    instead_of: SourceIssue | None = None
    unmet: bool = False


class ExpectedReceipt(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Goods on their way to a place. `promised` says whether what may be promised has them in it from `expected_at` on:
    not what is `overdue`, has no day, or is in the believed system's own available already.
    """

    location: Location
    quantity: Decimal
    expected_at: datetime | None
    overdue: bool
    promised: bool
    number: str | None
    source: SourceRecord


class Promise(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """How much in all may be promised from an instant on; None is at once."""

    available_from: datetime | None
    quantity: Decimal


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
    promises: tuple[Promise, ...]
    expected: tuple[ExpectedReceipt, ...]
    sources: tuple[SourceRecord, ...]
    conflicts: tuple[FieldConflict, ...]


class Listing(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What one channel says it can sell; oversold when that is more than there is to sell."""

    channel: Channel
    quantity: Decimal
    oversold: bool


class DatedQuantity(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A number, when the oldest part of it was fetched, and when its system last changed that, where it says."""

    quantity: Decimal
    as_of: datetime
    age_seconds: int
    source_updated_at: datetime | None
    stale: bool


class ChannelStock(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One SKU in one channel: what its places may still sell, from when on how much may be promised, and what it lists.

    `excess` is how much more it lists than it may sell; None where that cannot be judged: nothing is listed, no system
    but storefronts states the SKU, or one that should did not answer.
    """

    channel: Channel
    available: DatedQuantity | None
    promises: tuple[Promise, ...]
    listed: DatedQuantity | None
    excess: Decimal | None


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
    promises: tuple[Promise, ...]
    expected: tuple[ExpectedReceipt, ...]
    channels: tuple[ChannelStock, ...]
    freshness: Freshness


class Oversell(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A channel that lists more of a SKU than it may sell, by `excess`."""

    sku: str
    title: str | None
    channel: Channel
    listed: DatedQuantity
    available: DatedQuantity
    excess: Decimal


class OversellReport(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The oversells among some SKUs, in their order. `unjudged` are those of which nothing can be said, because a
    system that holds stock did not answer whole. `next_cursor` goes on with the SKUs after these; None at the end.
    """

    oversells: tuple[Oversell, ...]
    checked: int
    unjudged: tuple[str, ...]
    missing: tuple[SourceIssue, ...]
    next_cursor: str | None
