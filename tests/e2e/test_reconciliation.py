"""A business changes over hours behind real connectors, while webhooks get lost, doubled and reordered and the ERP is
down for one of them. After a turn and a sweep the index equals one made anew of the systems, row by row.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import count
from pathlib import Path
from random import Random

import msgspec

from orderweave.bootstrap import Orderweave
from orderweave.config.configuration import IndexSettings, SyncSettings
from orderweave.demo import DemoBusiness
from orderweave.scenario import UNTIL
from orderweave.sync import Sync
from orderweave.sync.asking import Unanswered
from orderweave_sdk.records import Fulfillment, OrderRecord
from orderweave_sdk.testing.faults import Fault
from orderweave_sdk.testing.world import World
from tests.unit.fake_clock import FakeClock
from tests.unit.sync.keeping import Rows, rows_in

LOST, DOUBLED, DELAYED = 0.1, 0.2, 0.3
# Of the orders, those that come while we look on, and those that move on.
COMING, MOVING = 0.3, 0.3
# Of these, what is told by no list of changes: its last change is older than what was read.
UNTOLD = 0.3
ORDERS, STEPS, MINUTES = 60, 12, 20
HOUR = 3_600

Orders = dict[str, OrderRecord]


class Webhooks:
    """Calls that an order of a system changed: some never come, some twice, some up to an hour late."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._number = count()
        self._due: list[tuple[float, int, str, str]] = []

    def tell(self, system: str, external_id: str, now: float) -> None:
        """Something happened to an order."""
        if self._random.random() >= LOST:
            for _ in range(2 if self._random.random() < DOUBLED else 1):
                delay = self._random.uniform(0, HOUR) if self._random.random() < DELAYED else 1.0
                heapq.heappush(self._due, (now + delay, next(self._number), system, external_id))

    async def deliver(self, sync: Sync, now: float) -> None:
        """What is due: the order is read anew, where its system answers."""
        while self._due and self._due[0][0] <= now:
            _, _, system, external_id = heapq.heappop(self._due)
            try:
                await sync.refresh(system, [external_id])
            except Unanswered:
                continue


def early(record: OrderRecord) -> OrderRecord:
    """The order before anything was sent."""
    placed = record.header.placed_at if record.header else None
    return msgspec.structs.replace(record, fulfillment=Fulfillment(), updated_at=placed or record.updated_at)


def story(random: Random, worlds: Mapping[str, World]) -> tuple[dict[str, Orders], list[tuple[str, OrderRecord]]]:
    """What the systems have at the beginning, and what then becomes of it, one record after another."""
    start: dict[str, Orders] = {}
    later: list[tuple[str, OrderRecord]] = []
    for system, world in worlds.items():
        start[system] = {}
        for record in world.orders:
            drawn = random.random()
            if drawn < COMING + MOVING:
                later.append((system, record))
            if drawn >= COMING:
                start[system][record.external_id] = early(record) if drawn < COMING + MOVING else record
    random.shuffle(later)
    return start, later


def at(record: OrderRecord, now: datetime) -> OrderRecord:
    """The record as it changes at an instant."""
    header = msgspec.structs.replace(record.header, updated_at=now) if record.header else None
    return msgspec.structs.replace(record, updated_at=now, header=header)


class Stage:
    """The simulators, with what their systems have by now."""

    def __init__(self, business: DemoBusiness, orders: dict[str, Orders]) -> None:
        self._business = business
        self.orders = orders
        for system in orders:
            self.set(system)

    def set(self, system: str) -> None:
        """Let a simulator have what its system has."""
        running, world = self._business.simulators[system], self._business.worlds[system]
        held = tuple(running.expressible(record) for record in self.orders[system].values())
        running.seed(World(orders=held, stock=world.stock, products=world.products, locations=world.locations))


async def rows(business: DemoBusiness, url: str, clock: FakeClock) -> Rows:
    """The rows of an index that is made of the systems as they are now."""
    gateway = woven(business, url, clock)
    try:
        assert gateway.sync is not None
        assert gateway.index is not None
        turn = await gateway.sync.turn()
        assert (turn.failed, turn.incomplete) == ({}, frozenset())
        return await gateway.index.read(rows_in, seconds=30)
    finally:
        await gateway.close()


def woven(business: DemoBusiness, url: str, clock: FakeClock) -> Orderweave:
    """The gateway over the business, with its clock and an index."""
    settings = SyncSettings(sweep_seconds=6 * HOUR)
    configuration = msgspec.structs.replace(business.configuration(), index=IndexSettings(url=url), sync=settings)
    return Orderweave(configuration, clock=clock, pause=clock.pause)


def folders(place: Path) -> Iterator[str]:
    """Addresses of indexes."""
    for number in count():
        yield f"sqlite:///{place}/{number}/index.db"


async def test_the_index_equals_the_systems(tmp_path: Path) -> None:
    """Four hours of changes, one of them without the ERP; what the reconciliation found wrong and cost is told."""
    random, clock, urls = Random(11), FakeClock(UNTIL), folders(tmp_path)
    async with DemoBusiness(seed=7, orders=ORDERS) as business:
        start, later = story(random, business.worlds)
        stage, webhooks = Stage(business, start), Webhooks(random)
        gateway = woven(business, next(urls), clock)
        try:
            assert gateway.sync is not None
            assert gateway.index is not None
            await gateway.sync.turn()
            for step in range(STEPS):
                if step == STEPS // 3:
                    await business.fail("erp", Fault.STOPPED)
                if step == STEPS // 3 + 60 // MINUTES:
                    await business.fail("erp", None)
                clock.advance(MINUTES * 60)
                for system, record in later[step::STEPS]:
                    told = record if random.random() < UNTOLD else at(record, clock.now())
                    stage.orders[system][record.external_id] = told
                    stage.set(system)
                    webhooks.tell(system, record.external_id, clock.monotonic())
                await webhooks.deliver(gateway.sync, clock.monotonic())
                await gateway.sync.turn()
            for system, orders in stage.orders.items():
                # Deletes are told by nobody.
                orders.pop(next(iter(orders)))
                stage.set(system)
            began = clock.monotonic()
            clock.advance(6 * HOUR)
            before = {name: health.calls for name, health in gateway.systems.health.items()}
            turn = await gateway.sync.turn()
            calls = {name: health.calls - before[name] for name, health in gateway.systems.health.items()}
            seconds = clock.monotonic() - began - 6 * HOUR
            assert (turn.failed, turn.incomplete) == ({}, frozenset())
            found = await gateway.index.read(rows_in, seconds=30)
            drifts = {each.system: each.drift for each in await gateway.sync.look()}
        finally:
            await gateway.close()
        expected = await rows(business, next(urls), clock)
    print(f"reconciled in {seconds:.1f} s of the systems' time, by {calls}; found wrong: {drifts}")
    for table, made in expected.items():
        assert found[table] == made, table
    assert all(drift is not None and drift.wrong > 0 for drift in drifts.values())
    assert {row[1] for row in found["records"] if row[0] == "erp"} == set(stage.orders["erp"])
