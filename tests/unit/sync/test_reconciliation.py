"""A business changes while what is told of it gets lost, doubled and reordered and a system is down for an hour. What
is in the index after a reconciliation is what an index made anew of the systems holds, row by row. Real webhooks, by
the door, are those of `tests/e2e/test_reconciliation.py`.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from datetime import datetime
from itertools import count
from pathlib import Path
from random import Random

import pytest

from orderweave.config.configuration import SyncSettings
from orderweave.index.contents import FACETS
from orderweave_sdk.errors import Unreachable
from orderweave_sdk.facets import facets_of
from orderweave_sdk.records import Axis, OrderRecord
from tests.unit.fake_business import erp, order, shop
from tests.unit.fake_systems import FakeSystem
from tests.unit.sync.keeping import Kept, anew, changing, kept, later

LOST, DOUBLED, DELAYED = 0.1, 0.2, 0.3
# Changes of which the system's own time of change tells nothing, and orders that go.
SILENT, GONE = 0.05, 0.05
HOUR = 3_600
EVENTS = 80


class Webhooks:
    """Readings of records as they were when something happened: some never, some twice, some up to an hour later. Ours
    are of what is there when they are made; these are worse.
    """

    def __init__(self, random: Random) -> None:
        self._random = random
        self._number = count()
        self._due: list[tuple[float, int, str, OrderRecord, datetime]] = []

    def tell(self, system: str, record: OrderRecord, sync: Kept) -> None:
        """Something happened to an order just now."""
        if self._random.random() < LOST:
            return
        for _ in range(2 if self._random.random() < DOUBLED else 1):
            delay = self._random.uniform(0, HOUR) if self._random.random() < DELAYED else 1.0
            due = sync.time.monotonic() + delay
            heapq.heappush(self._due, (due, next(self._number), system, record, sync.time.now()))

    async def deliver(self, sync: Kept) -> None:
        """What is due by now is taken by the index."""
        while self._due and self._due[0][0] <= sync.time.monotonic():
            _, _, system, record, at = heapq.heappop(self._due)
            read = FACETS & sync.woven.fakes[system].manifest.facets
            await sync.index.take(system, [facets_of(record, read)], at)


def happening(random: Random, mine: FakeSystem, books: FakeSystem, sync: Kept) -> tuple[str, OrderRecord] | None:
    """One thing happens in one of the systems; what is told of it, nothing where an order is deleted."""
    now, fresh = sync.time.now(), len(mine.orders) + len(books.orders) + 1000
    kind, system = random.random(), random.choice((mine, books))
    if kind < GONE and len(system.orders) > 3:
        del system.orders[random.randrange(len(system.orders))]
        return None
    if kind < 0.3:
        made = later(order(f"s{fresh}", str(fresh), placed_at=now, skus=("A",), email="ada@example.com"), now)
        mine.orders.append(made)
        return "shop", made
    if kind < 0.5:
        name = random.choice(mine.orders).key("number")
        made = later(order(f"e{fresh}", f"SO{fresh}", placed_at=now, reference=("reference", name or "0")), now)
        books.orders.append(made)
        return "erp", made
    place = random.randrange(len(system.orders))
    before = system.orders[place]
    words = ((Axis.ORDER, "done", "COMPLETED"),) if random.random() < 0.3 else ((Axis.ORDER, "open", "OPEN"),)
    drawn = order("x", total=f"{random.randrange(1, 99)}.00", words=words)
    assert drawn.header is not None
    assert before.header is not None
    at = before.updated_at if kind > 1 - SILENT else now
    assert at is not None
    header = order("x", before.header.number, placed_at=before.header.placed_at, total=f"{random.randrange(1, 99)}.00")
    system.orders[place] = later(before, at, statuses=drawn.statuses, header=header.header)
    return system.name, system.orders[place]


def systems(random: Random) -> tuple[FakeSystem, FakeSystem]:
    """A shop and its ERP with a history."""
    mine = changing(shop([order(f"s{n}", str(1000 + n), hours=n - 60) for n in range(40)], page_size=10))
    refers: Iterator[str] = (str(1000 + random.randrange(40)) for _ in range(30))
    made = [order(f"e{n}", f"SO{n}", hours=n - 50, reference=("reference", name)) for n, name in enumerate(refers)]
    return mine, changing(erp(made, page_size=10))


@pytest.mark.parametrize("seed", range(2))
async def test_the_index_equals_the_systems(tmp_path: Path, seed: int) -> None:
    """Webhooks lost (10 %), doubled (20 %), delayed and reordered (30 %), deletes and silent changes told by nobody,
    the ERP down for an hour: one turn and one sweep later the index is as made anew, and a second sweep finds nothing.
    """
    random = Random(seed)
    mine, books = systems(random)
    async with kept(tmp_path, mine, books, settings=SyncSettings(sweep_seconds=7 * HOUR)) as sync:
        await sync.sync.turn()
        webhooks = Webhooks(random)
        down_from = random.uniform(0, 1) * HOUR
        for event in range(EVENTS):
            sync.time.advance(random.uniform(10, 120))
            now = sync.time.monotonic()
            books.error = Unreachable("off") if down_from <= now < down_from + HOUR else None
            told = happening(random, mine, books, sync)
            if told is not None and not (told[0] == "erp" and books.error):
                webhooks.tell(*told, sync)
            await webhooks.deliver(sync)
            if event % 10 == 9:
                await sync.sync.turn()
        books.error = None
        mine.calls.clear()
        books.calls.clear()
        sync.time.advance(7 * HOUR)
        await webhooks.deliver(sync)
        await sync.sync.turn()
        calls = {name: len(system.calls) for name, system in sync.woven.fakes.items()}
        found, expected = await sync.rows(), await anew(tmp_path, mine, books, passed=sync.time.monotonic())
        for table, rows in expected.items():
            assert found[table] == rows, table
        standings = {each.system: each.drift for each in await sync.sync.look()}
        for name in ("shop", "erp"):
            drift = standings[name]
            assert drift is not None
            assert drift.looked_at == len(sync.woven.fakes[name].orders)
            again = await sync.sync.passes.sweep(name, sync.time.now())
            assert again is not None
            assert again.wrong == 0
            # The list, at most a look-up a page of it for what differs, and one for what is gone.
            assert drift.calls <= 2 * -(-drift.looked_at // 10) + 2
        assert sum(drift.wrong for drift in standings.values() if drift) > 0
        assert all(number > 0 for number in calls.values())
