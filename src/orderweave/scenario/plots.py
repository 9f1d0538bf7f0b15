"""When orders come in, and which of them meets with what."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random

import msgspec

from orderweave.scenario.numbering import Ids
from orderweave.scenario.sales import NUMBER_FORMS, SHOPS, Channel, Plot, Slot

# How far back the orders reach, and how much the business grows: the last two days hold a tenth of them.
_SPAN = timedelta(days=90)
_GROWTH = 1.6
# The last order is at least this old, so that its payment has gone through.
_YOUNGEST = timedelta(minutes=5)

# In every twenty orders: nine of the US shop, five of the EU shop, three of the desk, three of the tills.
_TWENTY = (Channel.SHOP_US,) * 9 + (Channel.SHOP_EU,) * 5 + (Channel.DESK,) * 3 + (Channel.TILL,) * 3
# Where there is an outlet, every third order of the US shop is the outlet's.
_OUTLETS_SHARE = 3
_FIRST_NUMBER = 1001


def shop_number_of(channel: Channel, n: int) -> str:
    """A shop's n-th number, from 1 on, without any sign before it."""
    return NUMBER_FORMS[channel].format(_FIRST_NUMBER + n - 1)


def numbers_as_ids(channel: Channel, ids: Ids) -> Ids:
    """The ids of a shop that knows its orders by their numbers alone."""
    return lambda kind, n: shop_number_of(channel, n) if kind == "order" else ids(kind, n)


def slots(rng: Random, orders: int, until: datetime, *, outlet: bool = False) -> tuple[Slot, ...]:
    """Every order's place in time and channel, oldest first; shop numbers run without a gap."""
    found: list[Slot] = []
    channels: list[Channel] = []
    given = dict.fromkeys(SHOPS, 0)
    of_us = 0
    for index in range(orders):
        if not channels:
            channels = rng.sample(_TWENTY, len(_TWENTY))
        channel = channels.pop()
        if channel is Channel.SHOP_US:
            of_us += 1
            channel = Channel.OUTLET if outlet and of_us % _OUTLETS_SHARE == 0 else channel
        left = 1 - (index + rng.random()) / orders
        placed = until - _YOUNGEST - timedelta(seconds=int(_SPAN.total_seconds() * left**_GROWTH))
        number = None
        if channel in given:
            given[channel] += 1
            number = shop_number_of(channel, given[channel])
        found.append(Slot(number=index + 1, channel=channel, placed_at=placed, shop_number=number))
    return tuple(found)


class _Rule(msgspec.Struct, frozen=True):
    """A plot, its share of the orders of these channels, and how old such an order is.

    The ages make sure that there was time for what happens, and that it is not over for too long.
    """

    plot: Plot
    share: float
    at_least: int
    youngest: timedelta
    oldest: timedelta
    channels: tuple[Channel, ...]


def _hours(count: int) -> timedelta:
    return timedelta(hours=count)


def _days(count: int) -> timedelta:
    return timedelta(days=count)


_US = (Channel.SHOP_US,)
# The narrowest windows choose first.
_RULES = (
    _Rule(Plot.EDIT_UNSEEN, 0.015, 2, _hours(3), _days(4), SHOPS),
    _Rule(Plot.HOLD, 0.02, 3, _hours(4), _days(8), SHOPS),
    _Rule(Plot.PARTIAL_SHIPMENT, 0.03, 3, _days(3), _days(14), SHOPS),
    _Rule(Plot.BACKORDER, 0.025, 3, _days(1), _days(24), SHOPS),
    _Rule(Plot.RETURN, 0.04, 3, _days(20), _SPAN, SHOPS),
    _Rule(Plot.SPLIT_SHIPMENT, 0.04, 3, _days(4), _SPAN, _US),
    _Rule(Plot.SHIP_FROM_STORE, 0.06, 3, _days(4), _SPAN, _US),
    _Rule(Plot.STORE_PICKUP, 0.07, 4, _hours(1), _SPAN, _US),
    _Rule(Plot.CANCELLATION, 0.04, 3, _hours(8), _SPAN, SHOPS),
    _Rule(Plot.CANCELLATION, 0.03, 1, _hours(8), _SPAN, (Channel.DESK,)),
    _Rule(Plot.EDIT, 0.03, 3, _hours(1), _SPAN, SHOPS),
    _Rule(Plot.REFUND, 0.03, 2, _days(3), _SPAN, SHOPS),
    _Rule(Plot.DRAFT, 0.05, 1, _hours(1), _days(20), (Channel.DESK,)),
)


def dealt(rng: Random, run: Sequence[Slot], until: datetime) -> dict[int, Plot]:
    """The plot of every order, by its number. Few orders get as much of each kind as fits in."""
    plots = dict.fromkeys((slot.number for slot in run), Plot.PLAIN)
    for rule in _RULES:
        candidates = [slot for slot in run if slot.channel in rule.channels]
        free = [
            slot.number
            for slot in candidates
            if plots[slot.number] is Plot.PLAIN and rule.youngest <= until - slot.placed_at <= rule.oldest
        ]
        wanted = max(rule.at_least, round(rule.share * len(candidates)))
        for number in rng.sample(free, min(wanted, len(free))):
            plots[number] = rule.plot
    return plots
