"""Merging stock levels.

Two systems that report one configured place report one stock, not two: the most believed one's numbers stand and
a difference is a conflict. A storefront's numbers are listings of what others hold: they are summed only for a
SKU that no warehouse, ERP, order management system or database reports.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from orderweave.merging.places import Places
from orderweave.model.inventory import FetchedStock, InventoryItem, InventoryLevel, Listing
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
from orderweave_sdk.records import Channel, ChannelKind, SystemKind

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

    def merge(
        self,
        sku: str,
        fetched: Iterable[FetchedStock],
        *,
        now: datetime,
        missing: Sequence[SourceIssue] = (),
    ) -> InventoryItem:
        """One SKU over all places, from every system's levels of it."""
        entries = sorted(fetched, key=self._place)
        holders = [entry for entry in entries if self._kind(entry) is not SystemKind.STOREFRONT]
        counted = {id(entry) for entry in (holders or entries)}
        places: dict[str, tuple[Location, list[FetchedStock]]] = {}
        for entry in entries:
            location = self._places.location(entry.system, entry.record.location)
            if location is not None:
                places.setdefault(location.id, (location, []))[1].append(entry)
        levels = tuple(
            self._level(location, said, counted=any(id(entry) in counted for entry in said))
            for location, said in places.values()
        )
        summed = [level for level in levels if level.counted]
        available = _sum(level.available_to_sell for level in summed)
        oldest = min((entry.fetched_at for entry in entries), default=None)
        return InventoryItem(
            sku=next((entry.record.sku for entry in entries if entry.record.sku == sku), None)
            or (entries[0].record.sku if entries else sku),
            title=next((entry.record.title for entry in self._by_title(entries) if entry.record.title), None),
            on_hand=_sum(level.on_hand for level in summed),
            committed=_sum(level.committed for level in summed),
            incoming=_sum(level.incoming for level in summed),
            available_to_sell=available,
            levels=tuple(sorted(levels, key=lambda level: (level.location.name or "", level.location.id))),
            listings=self._listings(entries, available if holders else None),
            freshness=Freshness(
                as_of=oldest,
                max_age_seconds=int((now - oldest).total_seconds()) if oldest else 0,
                stale=any(entry.stale for entry in entries),
                missing=tuple(
                    issue for issue in missing if not any(stands_for(issue, entry.instead_of) for entry in entries)
                ),
                unmet=unmet_of((entry.unmet, entry.instead_of) for entry in entries),
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

    def _level(self, location: Location, said: list[FetchedStock], *, counted: bool) -> InventoryLevel:
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
        return InventoryLevel(
            location=location,
            available_to_sell=_available_to_sell(next(filter(_states_stock, said), said[0]), numbers),
            counted=counted,
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

    def _listings(self, entries: list[FetchedStock], available: Decimal | None) -> tuple[Listing, ...]:
        """What each storefront says it can sell of the SKU, against what there is."""
        listed: dict[str, Decimal] = {}
        for entry in entries:
            if self._kind(entry) is SystemKind.STOREFRONT and entry.record.available is not None:
                listed[entry.system] = listed.get(entry.system, Decimal(0)) + entry.record.available
        return tuple(
            Listing(
                channel=Channel(code=system, name=self._business.systems[system].title, kind=ChannelKind.ONLINE_STORE),
                quantity=quantity,
                oversold=available is not None and quantity > max(available, Decimal(0)),
            )
            for system, quantity in sorted(listed.items())
        )


def _states_stock(entry: FetchedStock) -> bool:
    return entry.record.available is not None or entry.record.on_hand is not None


def _available_to_sell(lead: FetchedStock, numbers: Mapping[str, Decimal | None]) -> Decimal | None:
    """What may still be sold from here, in the believed system's own numbers: its available less safety stock.

    Where it states no available: on hand less committed and reserved. Systems' numbers are not mixed here.
    """
    record = lead.record
    safety = record.safety_stock or numbers.get("safety_stock") or Decimal(0)
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
