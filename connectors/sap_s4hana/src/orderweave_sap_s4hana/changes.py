"""The change feed: which listings are watched, and the cursor that remembers where each stands. Pure.

An order's own stamp is not enough: a goods issue does not touch the order, nor does a billing document. So deliveries
and billing documents are watched too, and lead to the orders that they belong to. Of a delivery SAP keeps only the day
of its last change; so the deliveries of the day are listed again and again, and those whose state was told already are
left out.
"""

from __future__ import annotations

from base64 import urlsafe_b64encode
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta, tzinfo
from hashlib import blake2b

import msgspec

from orderweave_sap_s4hana.payloads import ChangedBillingDocument, Delivery, DeliveryItems
from orderweave_sap_s4hana.searching import ByMoment
from orderweave_sap_s4hana.wire import instant, next_millisecond, plain
from orderweave_sdk.errors import GiveUp

PAGE = 50
# SAP stamps a document while it is saved, and others see it when that has ended.
OVERLAP = timedelta(minutes=5)
# States of deliveries that a cursor remembers; past that the oldest are forgotten, and told once more.
MOST_REMEMBERED = 2000

_A_DAY = timedelta(days=1)


class Positions(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Where the listings stand: orders at a millisecond, billing documents at a moment, deliveries in a day's list."""

    billing: datetime
    day: date
    orders: datetime | None = None
    given: tuple[str, ...] = ()
    skip: int = 0
    remembered: tuple[str, ...] = ()

    def of_orders(self) -> ByMoment | None:
        """The position among the orders."""
        return None if self.orders is None else ByMoment(self.orders, self.given)


def starting(since: datetime | None, now: datetime, where: tzinfo) -> Positions:
    """Before the first call. Orders are read as they are now, so older changes of what follows them add nothing."""
    recent = since or now - OVERLAP
    return Positions(orders=since, billing=recent, day=recent.astimezone(where).date() - _A_DAY)


def moved_orders(position: ByMoment | None, last: ByMoment | None, now: datetime, *, full: bool) -> ByMoment | None:
    """After a full page, at its last order. After the last page, never past `now` less the overlap."""
    reached = last or position
    if full or reached is None or reached.moment <= now - OVERLAP:
        return reached
    return ByMoment(now - OVERLAP, ())


def moved_billing(
    position: datetime, documents: Sequence[ChangedBillingDocument], now: datetime, *, full: bool
) -> datetime:
    """As for orders. A full page of one millisecond is left behind, because no filter resumes within it."""
    moments = [moment for each in documents if (moment := instant(each.last_change_date_time)) is not None]
    last = max(moments, default=position)
    if full:
        return last if last > position else next_millisecond(position)
    return max(position, min(next_millisecond(last), now - OVERLAP)) if moments else position


def moved_deliveries(
    positions: Positions, states: Iterable[str], now: datetime, where: tzinfo, *, count: int, full: bool
) -> Positions:
    """Further in the day's list while pages are full; at its beginning again, from yesterday on, when it has ended."""
    remembered = tuple(dict.fromkeys((*positions.remembered, *states)))[-MOST_REMEMBERED:]
    if full:
        return msgspec.structs.replace(positions, skip=positions.skip + count, remembered=remembered)
    yesterday = now.astimezone(where).date() - _A_DAY
    return msgspec.structs.replace(positions, skip=0, day=max(positions.day, yesterday), remembered=remembered)


def state_of(delivery: Delivery) -> str:
    """A short mark of all that is told of a delivery."""
    told = msgspec.json.encode(msgspec.structs.replace(delivery, to_delivery_document_item=DeliveryItems()))
    return urlsafe_b64encode(blake2b(told, digest_size=9).digest()).decode()


def orders_of_deliveries(deliveries: Iterable[Delivery]) -> set[str]:
    """The orders that these deliver."""
    return {
        plain(item.reference_document)
        for delivery in deliveries
        for item in delivery.to_delivery_document_item.results
        if item.reference_document
    }


def orders_of_billing(documents: Iterable[ChangedBillingDocument]) -> set[str]:
    """The orders that these bill."""
    return {plain(item.sales_document) for each in documents for item in each.to_item.results if item.sales_document}


def write_cursor(positions: Positions) -> str:
    """All positions in one line."""
    return msgspec.json.encode(positions, order="sorted").decode()


def read_cursor(cursor: str) -> Positions:
    """The positions that a cursor holds; raises GiveUp for a cursor that this connector did not write."""
    try:
        found = msgspec.json.decode(cursor, type=Positions)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise GiveUp("the cursor is not one of this connector's") from None
    moments = [moment for moment in (found.billing, found.orders) if moment is not None]
    if any(moment.tzinfo is None for moment in moments):
        raise GiveUp("the cursor is not one of this connector's")
    return found
