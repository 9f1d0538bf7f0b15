"""Webhooks kept in a real PostgreSQL, by several processes at once."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from orderweave.receiving import Outcome
from tests.systems.sql.postgresql import PostgresqlServer, running
from tests.unit.receiving.desk import DOWN, Desk, told

pytestmark = pytest.mark.systems


@pytest.fixture(scope="module")
def server() -> Iterator[PostgresqlServer]:
    """A PostgreSQL server for these tests."""
    with running() as made:
        yield made


@pytest_asyncio.fixture
async def desks(server: PostgresqlServer, tmp_path: Path) -> AsyncIterator[list[Desk]]:
    """Three processes over one empty database."""
    made = [Desk(tmp_path, url=server.url) for _ in range(3)]
    index = made[0].woven.index
    assert index is not None
    tables = "webhook_deliveries, webhook_positions"
    await index.write(lambda found: found.exec_driver_sql(f"TRUNCATE {tables} RESTART IDENTITY"))
    yield made
    for desk in made:
        await desk.close()


async def test_copies_to_three_processes_are_one(desks: list[Desk]) -> None:
    """Twenty copies to each of three processes, at the same time: one is stored, and one process does it once."""
    outcomes = await asyncio.gather(*(desk.send(told("e1")) for _ in range(20) for desk in desks))
    assert set(outcomes) == {Outcome.TAKEN}
    await asyncio.gather(*(desk.work() for _ in range(3) for desk in desks))
    assert [name for desk in desks for name in desk.scripted.orders] == ["a1"]


async def test_three_processes_share_the_work(desks: list[Desk]) -> None:
    """Three hundred deliveries are worked on once each, by whichever process; the older ones of an order are not."""
    for n in range(300):
        assert await desks[n % 3].send(told(f"e{n}", f"a{n % 100}", seconds=300 - n)) is Outcome.TAKEN
    while any(await asyncio.gather(*(desk.work() for desk in desks))):
        pass
    states = Counter(state for _, state in await desks[0].states())
    done = [name for desk in desks for name in desk.scripted.orders]
    assert states["DONE"] == len(done)
    assert states["DONE"] + states["OUTDATED"] == 300
    assert set(done) == {f"a{n}" for n in range(100)}


async def test_failures_and_replays(desks: list[Desk]) -> None:
    """What fails is postponed, given up in the end, listed and replayed, as in SQLite."""
    desk = desks[0]
    desk.scripted.error = DOWN
    await desk.send(told("e1", skus=("\x00", "B")))
    for _ in range(9):
        await desk.work()
        desk.time.advance(3600)
    assert await desk.states() == [(1, "DEAD")]
    counts = await desk.store.counts()
    assert (counts.waiting, counts.dead) == (0, 1)
    desk.scripted.error = None
    assert await desk.store.replay(None, desk.time.now()) == 1
    await desk.work()
    await desk.send(told("e2", seconds=-1))
    await desk.work()
    assert await desk.states() == [(1, "DONE"), (2, "OUTDATED")]
    assert await desk.store.forget(desk.time.now(), desk.time.now()) == 0
    desk.time.advance(1)
    assert await desk.store.forget(desk.time.now(), desk.time.now()) == 2
