"""What each channel may sell and promise of a SKU, and what it lists, held against each other. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal

import msgspec

from orderweave.inventory.promising import allotted, arrivals, schedule
from orderweave.merging.places import Places
from orderweave.model.ids import encode_id
from orderweave.model.inventory import ChannelStock, DatedQuantity, ExpectedReceipt, FetchedStock, InventoryLevel
from orderweave.model.stock_rules import Pool
from orderweave.model.systems import Business
from orderweave_sdk.records import Channel, ChannelKind, SystemKind

# Kinds of systems whose stock is their own; what a storefront says of stock is a listing, the rest say nothing of it.
HOLDERS = frozenset({SystemKind.WMS, SystemKind.ERP, SystemKind.OMS, SystemKind.DATABASE})
_NONE = Decimal(0)


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """A level that counts, and what its number to sell was taken from."""

    level: InventoryLevel
    lead: FetchedStock


class Channels:
    """The channels of one business. Build once, use for all."""

    def __init__(self, business: Business, places: Places) -> None:
        pools = business.stock_rules.pools
        self._pools = {channel: pool for pool in pools for channel in pool.channels}
        self._places_of = {
            pool.name: frozenset(encode_id("Location", place) for place in pool.places) for pool in pools
        }
        self._storefronts = {name for name, spec in business.systems.items() if spec.kind is SystemKind.STOREFRONT}
        self._channels = [
            Channel(code=name, name=business.systems[name].title, kind=ChannelKind.ONLINE_STORE)
            for name in sorted({*self._storefronts, *self._pools})
        ]
        self._places = places
        self._unheld = frozenset(
            encode_id("Location", place.id)
            for place in business.places
            if not any(business.systems[name].kind in HOLDERS for name in place.systems if name in business.systems)
        )

    def stocks(
        self,
        held: Sequence[Held],
        entries: Iterable[FetchedStock],
        expected: Sequence[ExpectedReceipt],
        *,
        judged: bool,
        now: datetime,
    ) -> tuple[ChannelStock, ...]:
        """The SKU in every channel. `entries` is all that systems say of it; with `judged` what is held is whole and
        not made of listings, so that listings can be held against it.
        """
        said: dict[str, list[FetchedStock]] = {}
        for entry in entries:
            if entry.system in self._storefronts:
                said.setdefault(entry.system, []).append(entry)
        return tuple(
            self._stock(channel, held, said.get(channel.code, ()), expected, judged=judged, now=now)
            for channel in self._channels
        )

    def _stock(
        self,
        channel: Channel,
        held: Sequence[Held],
        listing: Iterable[FetchedStock],
        expected: Sequence[ExpectedReceipt],
        *,
        judged: bool,
        now: datetime,
    ) -> ChannelStock:
        pool = self._pools.get(channel.code)
        mine = [one for one in held if self._serves(pool, one.level.location.id)]
        stated = [one for one in mine if one.level.available_to_sell is not None]
        total: Decimal | None = None
        if stated:
            total = sum((one.level.available_to_sell or _NONE for one in stated), _NONE)
        elif held and not mine:
            # Whoever holds the SKU holds none of it here.
            total = _NONE
        coming = arrivals(entry for entry in expected if self._serves(pool, entry.location.id))
        available = None
        if total is not None:
            leads = [one.lead for one in stated or held]
            available = _dated(allotted(total, pool), leads, now)
        listed = self._listed(listing, now)
        excess = None
        if judged and listed is not None and available is not None:
            excess = max(_NONE, listed.quantity - max(_NONE, available.quantity))
        return ChannelStock(
            channel=channel, available=available, promises=schedule(total, coming, pool), listed=listed, excess=excess
        )

    def _serves(self, pool: Pool | None, location: str) -> bool:
        return pool is None or location in self._places_of[pool.name]

    def _listed(self, listing: Iterable[FetchedStock], now: datetime) -> DatedQuantity | None:
        """What a storefront lists, without places of the configuration that no system but storefronts knows: nothing
        could be held against it there.
        """
        entries = [entry for entry in listing if entry.record.available is not None and not self._is_unheld(entry)]
        if not entries:
            return None
        return _dated(sum((entry.record.available or _NONE for entry in entries), _NONE), entries, now)

    def _is_unheld(self, entry: FetchedStock) -> bool:
        location = self._places.location(entry.system, entry.record.location)
        return location is not None and location.id in self._unheld


def _dated(quantity: Decimal, entries: Sequence[FetchedStock], now: datetime) -> DatedQuantity:
    oldest = min(entry.fetched_at for entry in entries)
    changed = [entry.record.updated_at for entry in entries if entry.record.updated_at is not None]
    return DatedQuantity(
        quantity=quantity,
        as_of=oldest,
        age_seconds=max(0, int((now - oldest).total_seconds())),
        source_updated_at=min(changed, default=None),
        stale=any(entry.stale for entry in entries),
    )
