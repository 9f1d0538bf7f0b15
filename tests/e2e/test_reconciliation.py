"""A business changes over hours behind real connectors, while its webhooks get lost, doubled, delayed and reordered,
and the ERP and the warehouse are down for one of these hours. They come in by the door, signed as the vendors sign, and
are worked off as everywhere. After a turn and a sweep the index equals one made anew of the systems, row by row.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from functools import partial
from itertools import count
from pathlib import Path
from random import Random

import httpx
import msgspec
import pytest
from msgspec.structs import replace

from orderweave.bootstrap import Orderweave, webhooks
from orderweave.calling import CallingParts
from orderweave.config.configuration import IndexSettings, LiveSettings, SyncSettings, WebhookSettings
from orderweave.demo import DemoBusiness
from orderweave.observing import UNOBSERVED
from orderweave.receiving import Receiving
from orderweave.receiving.deliveries import Concerned, Counts
from orderweave.receiving.effects import Announce, Effects
from orderweave.receiving.storing import IndexStore
from orderweave.scenario import UNTIL
from orderweave.sync.sweeping import Swept
from orderweave.web import Current, build_app
from orderweave_sdk.records import Fulfillment, OrderRecord, ShipmentStatus
from orderweave_sdk.testing.faults import Fault
from orderweave_sdk.testing.world import World
from tests.e2e.telling import sends, told
from tests.unit.fake_clock import FakeClock
from tests.unit.sync.keeping import Rows, rows_in

PLAYERS = ("shopify", "tryton", "shiphero", "fluent_commerce", "easypost")
CARRIER = "carrier"
LOST, DOUBLED, DELAYED = 0.1, 0.2, 0.3
# Of the orders, those that come while we look on, and those that move on.
COMING, MOVING = 0.3, 0.3
# Of these, what is told by no list of changes: its last change is older than what was read. Of the others, those to
# which something else happened before.
UNTOLD, TWICE = 0.3, 0.5
ORDERS, STEPS, MINUTES = 60, 12, 20
HOUR = 3_600
DOWN = ("erp", "wms")
DOWN_FROM, DOWN_UNTIL = STEPS // 3, STEPS // 3 + 60 // MINUTES

Orders = dict[str, OrderRecord]


class Message(msgspec.Struct, frozen=True, order=True):
    """A webhook on its way: when it comes, and what it tells. Both copies of a doubled one are of one `number`."""

    due: float
    copy: int
    number: int
    system: str
    about: str
    changed_at: datetime


class Post:
    """The way from the systems to us: some messages never come, some twice, some up to an hour late."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._copies = count()
        self._due: list[Message] = []
        self.number = self.lost = self.doubled = self.delayed = 0

    def send(self, system: str, about: str, now: float, changed_at: datetime) -> None:
        """Something happened to an order, or to a parcel."""
        self.number += 1
        if self._random.random() < LOST:
            self.lost += 1
            return
        copies = 2 if self._random.random() < DOUBLED else 1
        self.doubled += copies - 1
        for _ in range(copies):
            late = self._random.random() < DELAYED
            self.delayed += late
            due = now + (self._random.uniform(0, HOUR) if late else 1.0)
            heapq.heappush(self._due, Message(due, next(self._copies), self.number, system, about, changed_at))

    def due(self, now: float) -> list[Message]:
        """What comes by now, in the order in which it comes."""
        found = []
        while self._due and self._due[0].due <= now:
            found.append(heapq.heappop(self._due))
        return found


class Counting:
    """Effects, and how often each was done to its end."""

    def __init__(self, effects: Effects) -> None:
        self._effects = effects
        self.done: Counter[str] = Counter()
        self.failed: Counter[str] = Counter()

    async def apply(self, system: str, concerned: Sequence[Concerned]) -> None:
        """Do it, and count."""
        try:
            await self._effects.apply(system, concerned)
        except Exception:
            self.failed[system] += len(concerned)
            raise
        self.done[system] += len(concerned)


class Change(msgspec.Struct, frozen=True):
    """What becomes of an order. `told`: its time of change is that of the change, as a list of changes has it."""

    system: str
    record: OrderRecord
    told: bool


def early(record: OrderRecord) -> OrderRecord:
    """The order before anything was sent; the parcel before anything happened to it."""
    if record.header is not None:
        before = (record.header.placed_at or UNTIL) - timedelta(minutes=1)
        return replace(record, fulfillment=Fulfillment(), updated_at=before)
    assert record.fulfillment is not None
    (shipment,) = record.fulfillment.shipments
    (package,) = shipment.packages
    status = ShipmentStatus.LABEL_CREATED
    bare = replace(shipment, status=status, packages=(replace(package, status=status, events=()),))
    return replace(record, fulfillment=Fulfillment(shipments=(bare,)))


def is_recent(record: OrderRecord) -> bool:
    """Whether nothing of it left so long ago that its carrier will hear of nothing more."""
    sent = record.fulfillment.shipments if record.fulfillment else ()
    events = [event for shipment in sent for package in shipment.packages for event in package.events or ()]
    moments = [*(shipment.shipped_at for shipment in sent), *(event.occurred_at for event in events)]
    return all(UNTIL - moment < timedelta(days=50) for moment in moments if moment is not None)


def story(random: Random, worlds: Mapping[str, World]) -> tuple[dict[str, Orders], list[Change]]:
    """What the systems have at the beginning, and what then becomes of it, one change after another."""
    start: dict[str, Orders] = {}
    last: list[Change] = []
    for system, world in worlds.items():
        start[system] = {}
        for record in world.orders:
            drawn = random.random() if system != CARRIER or is_recent(record) else 1.0
            if drawn < COMING + MOVING:
                last.append(Change(system, record, told=random.random() >= UNTOLD))
            if drawn >= COMING:
                start[system][record.external_id] = early(record) if drawn < COMING + MOVING else record
    random.shuffle(last)
    before = [Change(each.system, early(each.record), told=True) for each in last if each.told]
    first = [each for each in before if random.random() < TWICE]
    # What happens to an order twice happens to it in this order, and mostly in one step or in two that follow.
    return start, sorted([*first, *last], key=lambda each: (_place(each, last), each in last))


def _place(change: Change, last: Sequence[Change]) -> int:
    name = (change.system, change.record.external_id)
    return next(place for place, each in enumerate(last) if (each.system, each.record.external_id) == name)


def at(record: OrderRecord, now: datetime) -> OrderRecord:
    """The record as it changes at an instant."""
    if record.header is None:
        return record
    return replace(record, updated_at=now, header=replace(record.header, updated_at=now))


class Stage:
    """The simulators, with what their systems have by now."""

    def __init__(self, business: DemoBusiness, orders: dict[str, Orders]) -> None:
        self._business = business
        self.orders = orders
        for system in orders:
            self.set(system)

    def happen(self, change: Change, now: datetime) -> None:
        """Something becomes of an order."""
        record = at(change.record, now) if change.told else change.record
        self.orders[change.system][record.external_id] = record
        self.set(change.system)

    def set(self, system: str) -> None:
        """Let a simulator have what its system has."""
        running, world = self._business.simulators[system], self._business.worlds[system]
        held = tuple(running.expressible(record) for record in self.orders[system].values())
        running.seed(World(orders=held, stock=world.stock, products=world.products, locations=world.locations))


class Running:
    """The application over the business, with a clock that is moved and an index of its own."""

    def __init__(self, business: DemoBusiness, url: str, clock: FakeClock) -> None:
        configuration = replace(
            business.configuration(),
            index=IndexSettings(url=url),
            sync=SyncSettings(sweep_seconds=6 * HOUR),
            webhooks=WebhookSettings(),
        )
        self.business = business
        self.clock = clock
        self.woven = Orderweave(configuration, clock=clock, pause=clock.pause)
        self.current = current = Current(self.woven.gateway, self.woven.close, self.woven.door)
        make = webhooks(configuration, current, UNOBSERVED, clock=clock)
        assert make is not None
        held: list[Receiving] = []

        def made(announce: Announce) -> Receiving:
            held.append(make(announce))
            return held[0]

        self.app = build_app(self.woven.schema, current, live=LiveSettings(poll_seconds=24 * HOUR), receiving=made)
        (self.receiving,) = held
        self.effects = Counting(self.receiving.worker._effects)
        self.receiving.worker._effects = self.effects
        self.client = httpx.AsyncClient(transport=httpx.ASGITransport(app=self.app), base_url="http://gateway")

    async def turn(self) -> dict[str, str]:
        """A turn of the sync; what the systems that failed said."""
        assert self.woven.sync is not None
        return (await self.woven.sync.turn()).failed

    async def pass_time(self, seconds: float, post: Post, stage: Stage) -> None:
        """Minute by minute: what comes is taken, and what is due is worked on."""
        for _ in range(int(seconds // 60)):
            self.clock.advance(60)
            for message in post.due(self.clock.monotonic()):
                simulator, record = (
                    self.business.simulators[message.system],
                    stage.orders[message.system][message.about],
                )
                sent = told(simulator, simulator.expressible(record), message.changed_at, self.clock.now())
                answer = await self.client.post(
                    f"/webhooks/{message.system}", content=sent.body, headers=dict(sent.headers)
                )
                assert answer.status_code == 200
            while await self.receiving.worker.turn():
                pass

    def calls(self) -> Counter[str]:
        """How many calls each system was asked."""
        return Counter({name: health.calls for name, health in self.woven.systems.health.items()})

    async def rows(self) -> Rows:
        """All rows about orders."""
        assert self.woven.index is not None
        return await self.woven.index.read(rows_in, seconds=30)

    async def drifts(self) -> dict[str, Swept]:
        """What the last sweep of each system found."""
        assert self.woven.sync is not None
        return {each.system: each.drift for each in await self.woven.sync.look() if each.drift is not None}


@asynccontextmanager
async def running(business: DemoBusiness, url: str, clock: FakeClock) -> AsyncIterator[Running]:
    """The application, closed at the end."""
    made = Running(business, url, clock)
    try:
        yield made
    finally:
        await made.client.aclose()
        await made.app.doors.close()
        await made.woven.close()


async def test_the_index_equals_the_systems(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Four hours of changes, one of them without the ERP and the warehouse; what reconciling found wrong and cost."""
    # Pauses between calls to what is down are as long as each other, so that the figures are always the same.
    monkeypatch.setattr("orderweave.bootstrap.CallingParts", partial(CallingParts, chance=lambda: 0.5))
    random, clock = Random(11), FakeClock(UNTIL)
    async with DemoBusiness(seed=7, orders=ORDERS, connectors=PLAYERS) as business:
        start, later = story(random, business.worlds)
        stage, post = Stage(business, start), Post(Random(129))
        async with running(business, f"sqlite:///{tmp_path}/one.db", clock) as gateway:
            assert await gateway.turn() == {}
            for step in range(STEPS):
                if step in {DOWN_FROM, DOWN_UNTIL}:
                    for name in DOWN:
                        await business.fail(name, Fault.STOPPED if step == DOWN_FROM else None)
                for change in later[step * len(later) // STEPS : (step + 1) * len(later) // STEPS]:
                    clock.advance(1)
                    stage.happen(change, clock.now())
                    if sends(business.simulators[change.system]):
                        post.send(change.system, change.record.external_id, clock.monotonic(), clock.now())
                await gateway.pass_time(MINUTES * 60, post, stage)
                failed = await gateway.turn()
                assert set(failed) == (set(DOWN) if DOWN_FROM <= step < DOWN_UNTIL else set())
            for system, orders in stage.orders.items():
                if system != CARRIER:
                    # Deletes are told by nobody.
                    orders.pop(next(iter(orders)))
                    stage.set(system)
            await gateway.pass_time(2 * HOUR, post, stage)
            began = clock.monotonic()
            clock.advance(6 * HOUR)
            before = gateway.calls()
            assert await gateway.turn() == {}
            cost = gateway.calls() - before
            seconds = clock.monotonic() - began - 6 * HOUR
            found, drifts = await gateway.rows(), await gateway.drifts()
            tally, effects = gateway.receiving.tally, gateway.effects
            waiting = await IndexStore(gateway.current.request).counts()
        async with running(business, f"sqlite:///{tmp_path}/two.db", clock) as fresh:
            assert await fresh.turn() == {}
            expected = await fresh.rows()
    for table, made in expected.items():
        assert found[table] == made, table
    assert {row[1] for row in found["records"] if row[0] == "erp"} == set(stage.orders["erp"])
    # What came, by the door: each delivery once, its copy as one that is known.
    assert (post.number, post.lost, post.doubled, post.delayed) == (127, 13, 23, 42)
    assert _sums(tally.received) == {"NEW": 114, "KNOWN": 23}
    # What was done: each once, but for those of which something newer was known; the warehouse's after it had returned.
    assert _sums(tally.worked) == {"DONE": 110, "OUTDATED": 4, "RETRIED": 36}
    assert effects.done == {"oms": 30, "wms": 27, "shop-us": 22, "carrier": 21, "shop-eu": 10}
    assert effects.failed == {"wms": 36}
    assert waiting == Counts()
    # What the sweep found wrong, of how many, by how many calls; then those of the whole turn, with parcels and goods.
    assert drifts == {
        "erp": Swept(wrong=16, looked_at=59, calls=4),
        "oms": Swept(wrong=2, looked_at=49, calls=4),
        "shop-eu": Swept(wrong=1, looked_at=14, calls=3),
        "shop-us": Swept(wrong=1, looked_at=26, calls=3),
        "wms": Swept(wrong=2, looked_at=42, calls=2),
    }
    assert cost == {"shop-us": 9, "shop-eu": 9, "oms": 9, "erp": 8, "wms": 6, "carrier": 1}
    # The waits for quota; the systems themselves answer in no time here.
    assert seconds == pytest.approx(1 / 60)


def _sums(counts: Mapping[tuple[str, ...], int]) -> dict[str, int]:
    """What is counted by system and outcome, over all systems."""
    found = Counter[str]()
    for (_, outcome), number in counts.items():
        found[outcome] += number
    return dict(found)
