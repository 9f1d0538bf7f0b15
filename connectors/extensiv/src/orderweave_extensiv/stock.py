"""From Extensiv's words to ours: stock, products and facilities. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from zoneinfo import ZoneInfo

from orderweave_extensiv.goods import place
from orderweave_extensiv.payloads import Identifier, ItemPayload, SummaryPayload
from orderweave_extensiv.times import in_utc
from orderweave_sdk.records import LocationKind, LocationRecord, Place, ProductRecord, StockRecord


def stock_records(items: Mapping[int, ItemPayload], summaries: Iterable[SummaryPayload]) -> tuple[StockRecord, ...]:
    """One record an item and facility: the qualifiers of an item (new, damaged, red) are one stock, and add up."""
    found: dict[tuple[int, int], tuple[Decimal, Decimal, Decimal]] = {}
    for row in summaries:
        item_id = row.item_identifier.id
        if item_id is not None and item_id in items:
            on_hand, available, on_hold = found.get((item_id, row.facility_id), (Decimal(0),) * 3)
            sums = (on_hand + row.on_hand, available + row.available, on_hold + row.on_hold)
            found[item_id, row.facility_id] = sums
    return tuple(
        _stock_record(items[item_id], facility_id, *sums) for (item_id, facility_id), sums in sorted(found.items())
    )


def _stock_record(
    item: ItemPayload, facility_id: int, on_hand: Decimal, available: Decimal, on_hold: Decimal
) -> StockRecord:
    return StockRecord(
        sku=item.sku,
        location=Place(external_id=str(facility_id), kind=LocationKind.WAREHOUSE),
        title=item.description or None,
        on_hand=on_hand,
        available=available,
        reserved=on_hold,
    )


def product_record(item: ItemPayload, zone: ZoneInfo) -> ProductRecord:
    """One item. Raises ValueError for a time that is none."""
    deactivated = item.read_only.deactivated
    return ProductRecord(
        external_id=str(item.read_only.item_id),
        sku=item.sku,
        title=item.description or None,
        active=None if deactivated is None else not deactivated,
        updated_at=in_utc(item.read_only.last_modified_date, zone),
    )


def location_record(facility: Identifier) -> LocationRecord | None:
    """One facility; None for one without an id."""
    found = place(facility)
    if found is None:
        return None
    return LocationRecord(external_id=found.external_id, name=found.name, kind=found.kind)
