"""What may be promised from when on: a number to begin with, and what arrives. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from decimal import ROUND_FLOOR, Decimal

from orderweave.model.inventory import ExpectedReceipt, Promise
from orderweave.model.stock_rules import Pool

_ONE = Decimal(1)
_NONE = Decimal(0)


def arrivals(expected: Iterable[ExpectedReceipt]) -> list[tuple[datetime, Decimal]]:
    """When how much comes that may be promised."""
    return [(entry.expected_at, entry.quantity) for entry in expected if entry.promised and entry.expected_at]


def schedule(
    available: Decimal | None, arriving: Iterable[tuple[datetime, Decimal]], pool: Pool | None = None
) -> tuple[Promise, ...]:
    """The quantities by the instants from which they hold, the one at once first, each another than the one before.

    With nothing known to sell at present there is no number at once, and what arrives is all that may be promised.
    """
    total = available if available is not None else _NONE
    found: list[Promise] = []
    if available is not None:
        found.append(Promise(available_from=None, quantity=allotted(total, pool)))
    by_moment: dict[datetime, Decimal] = {}
    for moment, quantity in arriving:
        by_moment[moment] = by_moment.get(moment, _NONE) + quantity
    for moment in sorted(by_moment):
        total += by_moment[moment]
        quantity = allotted(total, pool)
        if not found or found[-1].quantity != quantity:
            found.append(Promise(available_from=moment, quantity=quantity))
    return tuple(found)


def promised(promises: Iterable[Promise], by: datetime | None) -> Decimal | None:
    """How much may be promised by an instant; None is at once."""
    found = None
    for promise in promises:
        if promise.available_from is None or (by is not None and promise.available_from <= by):
            found = promise.quantity
    return found


def allotted(quantity: Decimal, pool: Pool | None) -> Decimal:
    """What of a quantity the channels of a pool may have: its share in whole pieces, up to its limit.

    What is short is short for every channel, so nothing is taken off what is below zero.
    """
    if pool is None or quantity <= 0:
        return quantity
    shared = quantity if pool.share == _ONE else (quantity * pool.share).to_integral_value(rounding=ROUND_FLOOR)
    return shared if pool.limit is None else min(shared, pool.limit)
