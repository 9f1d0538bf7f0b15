"""Telling facts in the words of records, the same way for every system."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from enum import StrEnum

import msgspec

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
    return tuple(_package(parcel, next_id(), ()) for parcel in dispatch.parcels)


def packed(dispatch: Dispatch, lines: Sequence[GoodsLine], next_id: Callable[[], str]) -> tuple[Package, ...]:
    """The parcels, and what was packed into each: they are filled one after the other, with equally many pieces."""
    pieces = [line for line in lines for _ in range(int(line.quantity))]
    size = -(-len(pieces) // max(1, len(dispatch.parcels)))
    return tuple(
        _package(parcel, next_id(), _together(pieces[place * size : (place + 1) * size]))
        for place, parcel in enumerate(dispatch.parcels)
    )


def _together(pieces: Iterable[GoodsLine]) -> tuple[GoodsLine, ...]:
    counts = Counter(msgspec.structs.replace(piece, quantity=count(1)) for piece in pieces)
    return tuple(msgspec.structs.replace(line, quantity=count(number)) for line, number in counts.items())


def _package(parcel: Parcel, external_id: str, lines: tuple[GoodsLine, ...]) -> Package:
    return Package(
        external_id=external_id,
        carrier=parcel.carrier,
        tracking_number=parcel.tracking_number,
        tracking_url=f"https://tracking.example/{parcel.carrier.code}/{parcel.tracking_number}",
        status=parcel.status,
        eta=Eta(from_=parcel.expected_from, to=parcel.expected_to, source="carrier"),
        promised_by=parcel.expected_to,
        events=parcel.events,
        lines=lines,
    )
