"""Merging stock levels.

Two systems that report one configured place report one stock, not two: the most believed one's numbers stand and
a difference is a conflict. A storefront's numbers are listings of what others hold: they are summed only for a
SKU that no warehouse, ERP, order management system or database reports. What may be promised later, and what each
channel may sell, is computed from these levels (`promising`, `channels`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from orderweave.inventory.channels import HOLDERS, Channels, Held
from orderweave.inventory.expecting import Expecting
from orderweave.inventory.promising import arrivals, schedule
from orderweave.merging.lines import tidy_sku
from orderweave.merging.places import Places
from orderweave.model.ids import encode_id
from orderweave.model.inventory import (
    ChannelStock,
    ExpectedReceipt,
    FetchedReceipt,
    FetchedStock,
    InventoryItem,
    InventoryLevel,
    Listing,
)
from orderweave.model.order import Location
from orderweave.model.provenance import (
    FieldConflict,
    Freshness,
    SourceIssue,
    SourceRecord,
    SystemValue,
    stands_for,
    unmet_of,
)
from orderweave.model.systems import Business
from orderweave.planning.authority import Aspect, Authority
from orderweave_sdk.records import SystemKind

# The numbers of a level, by record field, and what each is called in the schema.
_NUMBERS = {
    "on_hand": "onHand",
    "available": "available",
    "committed": "committed",
    "reserved": "reserved",
    "incoming": "incoming",
    "safety_stock": "safetyStock",
    "damaged": "damaged",
    "quality_control": "qualityControl",
}
# Only what is physically there is one truth; what is promised differs by what each system knows of orders.
_CONTESTED = frozenset({"on_hand"})


class StockMerger:
    """Merges stock of one business. Build once, use for all."""

    def __init__(self, business: Business, authority: Authority) -> None:
        self._business = business
        self._authority = authority
        self._places = Places(business)
        self._expecting = Expecting(business, authority, self._places)
        self._channels = Channels(business, self._places)
        self._kept_back = {
            (None if sku is None else tidy_sku(sku), None if place is None else encode_id("Location", place)): quantity
            for (sku, place), quantity in business.stock_rules.safety.items()
        }

    def merge(
        self,
        sku: str,
        fetched: Iterable[FetchedStock],
        *,
        receipts: Sequence[FetchedReceipt] = (),
        now: datetime,
        missing: Sequence[SourceIssue] = (),
        missing_receipts: Sequence[SourceIssue] = (),
    ) -> InventoryItem:
        """One SKU over all places, from every system's levels of it and what is expected of it; and who could not be
        asked for the one and for the other.
        """
        entries = sorted(fetched, key=self._place)
        holders = [entry for entry in entries if self._kind(entry) is not SystemKind.STOREFRONT]
        listing = [entry for entry in entries if self._kind(entry) is SystemKind.STOREFRONT]
        counted = {id(entry) for entry in (holders or entries)}
        places: dict[str, tuple[Location, list[FetchedStock]]] = {}
        for entry in entries:
            location = self._places.location(entry.system, entry.record.location)
            if location is not None:
                places.setdefault(location.id, (location, []))[1].append(entry)
        leads = {place: next(filter(_states_stock, said), said[0]) for place, (_, said) in places.items()}
        expected = self._expecting.merge(receipts, {(place, lead.system) for place, lead in leads.items()}, now)
        levels = tuple(
            self._level(
                tidy_sku(sku),
                location,
                said,
                lead=leads[place],
                counted=any(id(entry) in counted for entry in said),
                expected=tuple(entry for entry in expected if entry.location.id == place),
            )
            for place, (location, said) in places.items()
        )
        summed = [level for level in levels if level.counted]
        available = _sum(level.available_to_sell for level in summed)
        told: list[FetchedStock | FetchedReceipt] = [*entries, *receipts]
        oldest = min((entry.fetched_at for entry in told), default=None)
        left = _left(missing, entries)
        silent = any(self._business.systems[issue.system].kind in HOLDERS for issue in left)
        channels = self._channels.stocks(
            [Held(level=level, lead=leads[level.location.id]) for level in summed],
            entries,
            expected,
            judged=bool(holders) and not silent,
            now=now,
        )
        return InventoryItem(
            sku=next((entry.record.sku for entry in entries if entry.record.sku == sku), None)
            or (entries[0].record.sku if entries else sku),
            title=next((entry.record.title for entry in self._by_title(entries) if entry.record.title), None),
            on_hand=_sum(level.on_hand for level in summed),
            committed=_sum(level.committed for level in summed),
            incoming=_sum(level.incoming for level in summed),
            available_to_sell=available,
            levels=tuple(sorted(levels, key=lambda level: (level.location.name or "", level.location.id))),
            listings=_listings(listing, channels),
            promises=schedule(available, arrivals(expected)),
            expected=expected,
            channels=channels,
            freshness=Freshness(
                as_of=oldest,
                max_age_seconds=int((now - oldest).total_seconds()) if oldest else 0,
                stale=any(entry.stale for entry in told),
                missing=tuple(dict.fromkeys([*left, *_left(missing_receipts, receipts)])),
                unmet=unmet_of((entry.unmet, entry.instead_of) for entry in told),
            ),
        )

    def _kind(self, entry: FetchedStock) -> SystemKind:
        return self._business.systems[entry.system].kind

    def _place(self, entry: FetchedStock) -> tuple[int, float, str, str, str]:
        """Most believed first; within a rank the newest, then in a fixed order."""
        record = entry.record
        age = -record.updated_at.timestamp() if record.updated_at else 0.0
        rank = self._authority.rank(Aspect.STOCK, entry.system)
        return (rank, age, entry.system, record.location.external_id, record.sku)

    def _by_title(self, entries: list[FetchedStock]) -> list[FetchedStock]:
        return sorted(entries, key=lambda entry: self._authority.rank(Aspect.LINE_TITLES, entry.system))

    def _configured_safety(self, sku: str, location: str) -> Decimal | None:
        """What the configuration keeps back of a tidied SKU at a place, where it says anything of it."""
        known = self._kept_back
        fitting = ((sku, location), (sku, None), (None, location), (None, None))
        return next((known[key] for key in fitting if key in known), None)

    def _level(
        self,
        sku: str,
        location: Location,
        said: list[FetchedStock],
        *,
        lead: FetchedStock,
        counted: bool,
        expected: tuple[ExpectedReceipt, ...],
    ) -> InventoryLevel:
        numbers: dict[str, Decimal | None] = {}
        conflicts: list[FieldConflict] = []
        for field, path in _NUMBERS.items():
            stating = [(e, value) for e in said if (value := getattr(e.record, field)) is not None]
            numbers[field] = stating[0][1] if stating else None
            if field in _CONTESTED and len({value for _, value in stating}) > 1:
                values = tuple(_said(entry, value) for entry, value in stating)
                conflicts.append(
                    FieldConflict(
                        path=path,
                        winner=values[0],
                        rule=f"stock: {values[0].system} is believed most at this place",
                        values=values,
                    )
                )
        safety = self._configured_safety(sku, location.id)
        available = _available_to_sell(lead, numbers, safety)
        if safety is not None:
            numbers["safety_stock"] = safety
        return InventoryLevel(
            location=location,
            available_to_sell=available,
            counted=counted,
            promises=schedule(available, arrivals(expected)),
            expected=expected,
            sources=tuple(self._source(entry) for entry in said),
            conflicts=tuple(conflicts),
            **numbers,
        )

    def _source(self, entry: FetchedStock) -> SourceRecord:
        return SourceRecord(
            system=entry.system,
            kind=self._kind(entry),
            external_id=entry.record.external_id or entry.record.location.external_id,
            number=None,
            url=None,
            fetched_at=entry.fetched_at,
            source_updated_at=entry.record.updated_at,
            stale=entry.stale,
            via=entry.via,
        )


def _listings(entries: list[FetchedStock], channels: Iterable[ChannelStock]) -> tuple[Listing, ...]:
    """What each storefront says it can sell of the SKU at all its places, against what it may."""
    listed: dict[str, Decimal] = {}
    for entry in entries:
        if entry.record.available is not None:
            listed[entry.system] = listed.get(entry.system, Decimal(0)) + entry.record.available
    return tuple(
        Listing(channel=stock.channel, quantity=listed[stock.channel.code], oversold=bool(stock.excess))
        for stock in channels
        if stock.channel.code in listed
    )


def _left(missing: Iterable[SourceIssue], told: Iterable[FetchedStock | FetchedReceipt]) -> list[SourceIssue]:
    """The issues in whose place nothing older stands."""
    stand_ins = [entry.instead_of for entry in told]
    return [issue for issue in missing if not any(stands_for(issue, instead_of) for instead_of in stand_ins)]


def _states_stock(entry: FetchedStock) -> bool:
    return entry.record.available is not None or entry.record.on_hand is not None


def _available_to_sell(
    lead: FetchedStock, numbers: Mapping[str, Decimal | None], configured: Decimal | None
) -> Decimal | None:
    """What may still be sold from here, in the believed system's own numbers: its available less safety stock.

    Where it states no available: on hand less committed and reserved. Systems' numbers are not mixed here. The safety
    stock is the configuration's where it has one, else what a system states.
    """
    record = lead.record
    stated = record.safety_stock or numbers.get("safety_stock") or Decimal(0)
    safety = stated if configured is None else configured
    if record.available is not None:
        return record.available - safety
    if record.on_hand is None:
        return None
    return record.on_hand - (record.committed or Decimal(0)) - (record.reserved or Decimal(0)) - safety


def _sum(values: Iterable[Decimal | None]) -> Decimal | None:
    stated = [value for value in values if value is not None]
    return sum(stated, Decimal(0)) if stated else None


def _said(entry: FetchedStock, value: Decimal) -> SystemValue:
    return SystemValue(
        system=entry.system, value=format(value.normalize(), "f"), source_updated_at=entry.record.updated_at
    )
