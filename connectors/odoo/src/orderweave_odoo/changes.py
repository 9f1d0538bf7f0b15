"""The change feed: which listings are watched, and the cursor that remembers where each stands. Pure.

What happens to a transfer or an invoice does not touch the sale's own stamp; so those are watched too, and lead to the
sales that they belong to.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import msgspec

from orderweave_odoo.fields import INVOICE, ORDER, PICKING
from orderweave_odoo.payloads import StampedRow
from orderweave_odoo.searching import Domain, Position, any_of, moved, read_position, write_position
from orderweave_odoo.wire import link_id, second_after, second_of
from orderweave_sdk.errors import GiveUp

CHANGES_PAGE = 100
# Odoo stamps a record when its transaction begins, and others see it when that ends.
OVERLAP = timedelta(minutes=5)


class Listing(msgspec.Struct, frozen=True):
    """One watched listing by write_date: the records of `model` in `domain`; `link` names the field to their sale."""

    model: str
    domain: Domain
    link: tuple[str, ...]
    from_the_start: bool


LISTINGS = (
    Listing(ORDER, [], (), True),
    # Sales are listed from the start and read as they are now, so older changes of these add nothing.
    Listing(PICKING, [["sale_id", "!=", False]], ("sale_id",), False),
    Listing(INVOICE, [["move_type", "in", ["out_invoice", "out_refund"]]], (), False),
)

Positions = Mapping[str, Position | None]


class Listed(msgspec.Struct, frozen=True):
    """One page of a listing: the rows that could be read, the moments of all, and whether more may follow."""

    rows: tuple[StampedRow, ...]
    moments: tuple[datetime | None, ...]
    full: bool


def starting(since: datetime | None, now: datetime) -> Positions:
    """Where the listings stand before the first call."""
    start: Position | None = None if since is None else (second_of(since), 0)
    recent: Position = (second_of(now - OVERLAP), 0)
    return {listing.model: start if listing.from_the_start else start or recent for listing in LISTINGS}


def after(position: Position | None, page: Listed, now: datetime) -> Position | None:
    """Where a listing stands after a page.

    After a full page, at its last row. After the last page, behind its second and with nothing of the next one given: a
    row that is changed again leaves its second, and a count would then pass over another. Never past `now` less the
    overlap: a transaction that is still open may yet add a row with an older stamp.
    """
    last = moved(position, page.moments)[-1] if page.moments else position
    if page.full or last is None:
        return last
    second, given = last
    return min(second_after(second) if given else second, second_of(now - OVERLAP)), 0


def sales_touched(found: Mapping[str, Listed]) -> Domain | None:
    """The sales that the listed rows belong to; None where there are none."""
    sales: set[int] = {row.id for row in _rows(found, ORDER)}
    sales |= {sale for row in _rows(found, PICKING) if (sale := link_id(row.sale_id)) is not None}
    invoices = sorted(row.id for row in _rows(found, INVOICE))
    clauses = [["id", "in", sorted(sales)]] if sales else []
    clauses += [["invoice_ids", "in", invoices]] if invoices else []
    return any_of(clauses) if clauses else None


def _rows(found: Mapping[str, Listed], model: str) -> Sequence[StampedRow]:
    return found[model].rows if model in found else ()


def write_cursor(positions: Positions) -> str:
    """All positions in one line."""
    told = {name: write_position(position) for name, position in positions.items() if position}
    return msgspec.json.encode(told, order="sorted").decode()


def read_cursor(cursor: str) -> Positions:
    """The positions that a cursor holds; raises GiveUp for a cursor that this connector did not write."""
    try:
        told = msgspec.json.decode(cursor, type=dict[str, str])
    except msgspec.DecodeError:
        raise GiveUp("the cursor is not one of this connector's") from None
    return {
        listing.model: read_position(told[listing.model]) if listing.model in told else None for listing in LISTINGS
    }
