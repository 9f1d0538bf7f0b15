"""Telling facts in the words of records, the same way for every system."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal
from enum import StrEnum

from orderweave.scenario.sales import Dispatch, Parcel, Sale
from orderweave_sdk.records import (
    Axis,
    Eta,
    FulfillmentStatus,
    GoodsLine,
    Package,
    StatusWord,
)

_COUNTS = tuple(Decimal(n) for n in range(128))


def count(pieces: int) -> Decimal:
    """So many pieces; the numbers that orders hold are shared, as there are very many of them."""
    return _COUNTS[pieces] if pieces < len(_COUNTS) else Decimal(pieces)


def statuses(*meanings: tuple[Axis, StrEnum]) -> tuple[StatusWord, ...]:
    """Status words without raw ones: a simulator chooses those of its vendor."""
    return tuple(StatusWord(axis, "", meaning.value, "") for axis, meaning in meanings)


def fulfillment_status(shipped: int, wanted: int) -> FulfillmentStatus:
    """How far so many pieces of so many make an order."""
    if shipped == 0:
        return FulfillmentStatus.UNFULFILLED
    return FulfillmentStatus.FULFILLED if shipped >= wanted else FulfillmentStatus.PARTIALLY_FULFILLED


def goods_lines(
    goods: Iterable[tuple[int, int]], sale: Sale, line_ids: dict[int, str], spelled: Callable[[str], str] = str
) -> tuple[GoodsLine, ...]:
    """Pieces of a sale's lines, by the system's own line ids and in its spelling of the SKU."""
    return tuple(
        GoodsLine(quantity=count(pieces), sku=spelled(sale.lines[index].product.sku), line_id=line_ids[index])
        for index, pieces in goods
    )


def packages(dispatch: Dispatch, next_id: Callable[[], str]) -> tuple[Package, ...]:
    """The parcels of a dispatch with all that their carriers said."""
    return tuple(_package(parcel, next_id()) for parcel in dispatch.parcels)


def _package(parcel: Parcel, external_id: str) -> Package:
    return Package(
        external_id=external_id,
        carrier=parcel.carrier,
        tracking_number=parcel.tracking_number,
        tracking_url=f"https://tracking.example/{parcel.carrier.code}/{parcel.tracking_number}",
        status=parcel.status,
        eta=Eta(from_=parcel.expected_from, to=parcel.expected_to, source="carrier"),
        promised_by=parcel.expected_to,
        events=parcel.events,
    )
