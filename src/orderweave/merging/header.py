"""The order's own facts, its status axes and its totals."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

from orderweave.merging.contest import Members
from orderweave.model.order import OrderTotals
from orderweave.model.provenance import Fetched, SourceStatus
from orderweave.planning.authority import Aspect
from orderweave_sdk.records import Axis, FulfillmentStatus, Header, Money, Totals

_SUMS = ("subtotal", "discount", "shipping", "tax", "duties", "fees", "total", "paid", "refunded", "due")
# Sums on which a disagreement is worth a conflict: what the customer owes.
_CONTESTED = ("total",)

_NO_HEADER = Header()

# Words of the fulfillment axis that do not contradict each other: one system only says it more finely.
_NOT_LEFT = "nothing has left"
_LEFT = "all has left"
FULFILLMENT_CLASSES: dict[str, str] = {
    FulfillmentStatus.UNFULFILLED: _NOT_LEFT,
    FulfillmentStatus.SCHEDULED: _NOT_LEFT,
    FulfillmentStatus.ON_HOLD: _NOT_LEFT,
    FulfillmentStatus.BACKORDERED: _NOT_LEFT,
    FulfillmentStatus.IN_PROGRESS: _NOT_LEFT,
    FulfillmentStatus.READY_FOR_PICKUP: _NOT_LEFT,
    FulfillmentStatus.CANCELED: _NOT_LEFT,
    FulfillmentStatus.REJECTED: _NOT_LEFT,
    FulfillmentStatus.FULFILLED: _LEFT,
    FulfillmentStatus.PARTIALLY_DELIVERED: _LEFT,
    FulfillmentStatus.DELIVERED: _LEFT,
}


def header_field(members: Members, name: str) -> Any:
    """One of the order's own facts, from the most believed system that states it."""
    for fetched in members.ranked(Aspect.HEADER):
        header = fetched.record.header
        if header is not None and (value := getattr(header, name)) is not None:
            return value
    return None


def leading_header(members: Members) -> Header:
    """The most believed system's facts whole, for lists that belong together; empty where nobody states any."""
    return members.first(Aspect.HEADER, lambda fetched: fetched.record.header) or _NO_HEADER


def merge_totals(members: Members) -> OrderTotals | None:
    """The most believed system's sums whole, because sums of two systems do not add up; the total is contested.

    None where the order is known only in parts: nobody says that they are all.
    """
    stating = members.whole(members.saying(Aspect.HEADER, _stated))
    if not stating:
        return None
    _, lead = stating[0]
    currency = lead.total.currency if lead.total else None
    for name in _CONTESTED:
        members.contest(
            f"totals.{name}",
            Aspect.HEADER,
            [(f, getattr(t, name)) for f, t in stating if _comparable(getattr(t, name), currency)],
            same=_amount,
        )
    filled = {name: getattr(lead, name) for name in _SUMS}
    computed = _computed(lead)
    rounding = None
    if computed is not None and lead.total is not None:
        rounding = Money(lead.total.amount - computed.amount, computed.currency)
    return OrderTotals(**filled, computed_total=computed, rounding_difference=rounding)


def _stated(fetched: Fetched) -> Totals | None:
    return fetched.record.header.totals if fetched.record.header else None


def _comparable(money: Money | None, currency: str | None) -> bool:
    return money is not None and money.currency == currency


def _amount(money: Money) -> Hashable:
    return money.amount


def _computed(totals: Totals) -> Money | None:
    """Subtotal less discount plus shipping, tax, duties and fees; None where subtotal or tax is not stated.

    Where prices include tax, the vendor's subtotal includes it too, and the difference shows just that.
    """
    if totals.subtotal is None or totals.tax is None:
        return None
    currency = totals.subtotal.currency
    total = totals.subtotal.amount
    for name, sign in (("discount", -1), ("shipping", 1), ("tax", 1), ("duties", 1), ("fees", 1)):
        part: Money | None = getattr(totals, name)
        if part is not None and part.currency == currency:
            total += sign * part.amount
    return Money(total, currency)


def merge_status(
    members: Members, axis: Axis, aspect: Aspect, path: str, speaking: frozenset[str] | None = None
) -> str:
    """One axis: the most believed known word; UNKNOWN when nobody has a known one, or parts of the order differ.

    `speaking` limits who may speak for the whole order, where a system knows only a part of it.
    """
    candidates = [
        (fetched, word.normalized)
        for fetched in members.ranked(aspect)
        for word in fetched.record.statuses
        if word.axis is axis and word.normalized != "UNKNOWN" and (speaking is None or fetched.system in speaking)
    ]
    whole = members.whole(candidates)
    if candidates and not whole:
        words = {word for _, word in candidates}
        return words.pop() if len(words) == 1 else "UNKNOWN"
    classes = FULFILLMENT_CLASSES if axis is Axis.FULFILLMENT else {}
    return members.contest(path, aspect, whole, same=lambda word: classes.get(word, word)) or "UNKNOWN"


def source_statuses(members: Members) -> tuple[SourceStatus, ...]:
    """Every word that every system said, raw beside mapped."""
    return tuple(
        SourceStatus(
            system=fetched.system,
            axis=word.axis,
            raw=word.raw,
            normalized=word.normalized,
            mapping_version=word.mapping_version,
        )
        for fetched in members.ranked(Aspect.HEADER)
        for word in fetched.record.statuses
    )
