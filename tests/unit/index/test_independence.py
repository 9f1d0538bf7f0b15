"""The rows of the index are made of what the systems say, and of nothing else: neither of the time at which they are
made nor of the order, the pieces and the instants in which it came.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cache
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

import msgspec
from hypothesis import Phase, given, settings
from hypothesis import strategies as some
from msgspec.structs import replace
from sqlalchemy import Connection, select

from orderweave.index import Index
from orderweave.index.tables import stock
from orderweave_sdk.records import Fulfillment, OrderRecord
from tests.unit.index.story import READ_AT, Story, records_of, story
from tests.unit.sync.keeping import Rows, rows_in

PLAYERS = ("shopify", "tryton", "shiphero", "easypost")
ORDERS = 25
# What comes of one record: readings of it before it changed, and after.
BEFORE, AFTER = 1, 2


class Reading(msgspec.Struct, frozen=True):
    """What one call to a system gave of a record, and when."""

    system: str
    record: OrderRecord
    at: datetime


def before(record: OrderRecord) -> OrderRecord:
    """The record as it was an hour earlier; what carries no time of change still carries none."""
    dated = record.updated_at - timedelta(hours=1) if record.updated_at else None
    return replace(record, fulfillment=Fulfillment() if record.header else None, updated_at=dated)


def readings(told: Story, random: Random) -> list[Reading]:
    """Every record before it changed, some once more afterwards than need be, in whatever order they come."""
    found = []
    for system, record in records_of(told.worlds):
        changed = READ_AT + timedelta(seconds=random.uniform(0, 3600))
        moments = [changed - timedelta(seconds=random.uniform(1, 3600)) for _ in range(random.randint(0, BEFORE))]
        found += [Reading(system, before(record), at) for at in moments]
        moments = [changed + timedelta(seconds=random.uniform(1, 3600)) for _ in range(random.randint(1, AFTER))]
        found += [Reading(system, record, at) for at in moments]
    random.shuffle(found)
    return found


async def made(told: Story, came: Sequence[Reading], random: Random, now: datetime) -> Rows:
    """The rows of an index to which readings came in pieces, some of them woven at once, at some time."""
    with TemporaryDirectory() as folder:
        index = told.index(f"sqlite:///{folder}/index.db", now)
        try:
            left = list(came)
            while left:
                size = random.randint(1, 60)
                piece, left = left[:size], left[size:]
                weave = random.random() < 0.5
                # One call gives records of one system as of one instant.
                for system, at in dict.fromkeys((each.system, each.at) for each in piece):
                    given = [each.record for each in piece if (each.system, each.at) == (system, at)]
                    await index.take(system, given, at, weave=weave)
            while await index.weave_some(random.randint(5, 50)):
                pass
            await take_stock(index, told, random)
            return await index.read(lambda found: rows_in(found) | {"stock": _stock(found)}, seconds=30)
        finally:
            index.close()


async def take_stock(index: Index, told: Story, random: Random) -> None:
    """Every level as it is, and some as they were a second before, wherever in the order."""
    levels = [(system, READ_AT, level) for system, world in told.worlds.items() for level in world.stock]
    before = [
        (system, at - timedelta(seconds=1), level) for system, at, level in random.sample(levels, len(levels) // 3)
    ]
    came = levels + [(system, at, replace(level, on_hand=Decimal(9))) for system, at, level in before]
    random.shuffle(came)
    for start in range(0, len(came), 40):
        said = defaultdict(list)
        for system, at, level in came[start : start + 40]:
            said[system, at].append(level)
        for (system, at), levels_then in said.items():
            await index.take_stock(system, levels_then, at)


def _stock(connection: Connection) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in connection.execute(select(stock).order_by(stock.c.sku_folded, stock.c.location_id))]


@settings(max_examples=4, deadline=None, phases=(Phase.explicit, Phase.reuse, Phase.generate))
@given(seed=some.integers(0, 2**32), days=some.integers(-400, 400))
def test_neither_the_clock_nor_the_order_of_arrival(seed: int, days: int) -> None:
    """The scenario's records, each read up to three times around a change, come in another order and other pieces, at
    other instants, and are woven up to a year earlier or later: all rows are the same.
    """
    told, random = story(seed=7, orders=ORDERS, players=PLAYERS), Random(seed)
    other = asyncio.run(made(told, readings(told, random), random, READ_AT + timedelta(days=days)))
    for table, rows in plain().items():
        assert other[table] == rows, table


@cache
def plain() -> Rows:
    """The rows where everything came once, system after system."""
    told = story(seed=7, orders=ORDERS, players=PLAYERS)
    came = [Reading(system, record, READ_AT) for system, record in records_of(told.worlds)]
    found = asyncio.run(made(told, came, Random(0), READ_AT))
    assert min(len(found[table]) for table in ("orders", "shipments", "stock")) > ORDERS // 2
    return found
