"""The change feed: which listings are watched, and the cursor that remembers where each stands. Pure.

A sale's own stamp is not enough. It is empty until the first change, and what happens to a shipment or a package
does not touch the sale; so those are watched too, and lead to the sale that they belong to.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import msgspec

from orderweave_sdk.errors import GiveUp
from orderweave_tryton.payloads import Stamped
from orderweave_tryton.searching import CHANGED, NEVER_CHANGED, Domain, Position, read_position, write_position

PAGE = 50
# Tryton stamps a record when its transaction begins, and others see it when that ends.
OVERLAP = timedelta(minutes=5)


class Listing(msgspec.Struct, frozen=True):
    """One watched listing: the records of `model` in `domain` by `stamp`; `link` names the field to their owner."""

    name: str
    model: str
    stamp: str
    domain: Domain
    link: str | None
    from_the_start: bool


LISTINGS = (
    Listing("changed", "sale.sale", "write_date", CHANGED, "origin", True),
    Listing("made", "sale.sale", "create_date", NEVER_CHANGED, "origin", True),
    # Sales are listed from the start and read as they are now, so older changes of these add nothing.
    Listing("shipments", "stock.shipment.out", "write_date", CHANGED, None, False),
    Listing("packages", "stock.package", "write_date", CHANGED, "shipment", False),
)

Positions = Mapping[str, Position | None]


def starting(since: datetime | None, now: datetime) -> Positions:
    """Where the listings stand before the first call."""
    start: Position | None = None if since is None else (since, 0)
    recent: Position = (now - OVERLAP, 0)
    return {listing.name: start if listing.from_the_start else start or recent for listing in LISTINGS}


class Listed(msgspec.Struct, frozen=True):
    """One page of a listing: the rows that could be read, and whether more may follow."""

    rows: tuple[Stamped, ...]
    full: bool


def moved(position: Position | None, page: Listed, stamp: str, now: datetime) -> Position | None:
    """Where a listing stands after a page.

    After a full page, at its last row. After the last page, never past `now` less the overlap: a transaction that
    is still open may yet add a row with an older stamp.
    """
    last = (instant_of(page.rows[-1], stamp), page.rows[-1].id) if page.rows else position
    if page.full or last is None:
        return last
    return min(last, (now - OVERLAP, 0))


def instant_of(row: Stamped, stamp: str) -> datetime:
    """The row's moment in its listing."""
    value = row.write_date if stamp == "write_date" else row.create_date
    return (value or row.create_date).instant()


def orders_touched(found: Mapping[str, Listed]) -> Domain:
    """The sales that the listed rows belong to: themselves, the sale that they return, or the one they ship."""
    sales: set[int] = set()
    shipments: set[int] = set()
    for name, page in found.items():
        for row in page.rows:
            if name == "packages":
                shipments |= _id_in(row.shipment, "stock.shipment.out")
            elif name == "shipments":
                shipments.add(row.id)
            else:
                sales |= _id_in(row.origin, "sale.sale") or {row.id}
    return ["OR", [["id", "in", sorted(sales)]], *([[["shipments.id", "in", sorted(shipments)]]] if shipments else [])]


def write_cursor(positions: Positions) -> str:
    """All positions in one line."""
    told = {name: write_position(position) for name, position in positions.items() if position}
    return msgspec.json.encode(told, order="sorted").decode()


def read_cursor(cursor: str) -> Positions:
    """The positions that a cursor holds; raises GiveUp for a cursor that this connector did not write."""
    try:
        told: dict[str, Any] = msgspec.json.decode(cursor, type=dict[str, str])
    except msgspec.DecodeError:
        raise GiveUp("the cursor is not one of this connector's") from None
    return {listing.name: read_position(told[listing.name]) if listing.name in told else None for listing in LISTINGS}


def _id_in(reference: str | None, model: str) -> set[int]:
    """The id in a reference such as "sale.sale,8", where it is one to that model."""
    name, _, identity = (reference or "").partition(",")
    return {int(identity)} if name == model and identity.isdecimal() else set()
