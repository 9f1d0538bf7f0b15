"""Durable work in one process: one gateway at a time, its own work after a start, and that of the dead."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import URL, make_url

from orderweave.durable import Durable, Offer
from orderweave.durable.seats import Seats
from orderweave.exporting.exports import QUEUE
from tests.unit.durable.work import MODULE, Looks, Steps, asked, working


@pytest.fixture(autouse=True)
def threads_left() -> Iterator[None]:
    """No thread stays behind."""
    before = set(threading.enumerate())
    yield
    ours = [each for each in set(threading.enumerate()) - before if each.name.startswith(("dbos", "durable", "queue"))]
    for thread in ours:
        thread.join(5)
    assert [thread.name for thread in ours if thread.is_alive()] == []


@pytest.fixture
def url(tmp_path: Path) -> URL:
    """Where the index is."""
    return make_url(f"sqlite:///{tmp_path}/index.db")


async def left_by_another(url: URL) -> list[str]:
    """Work that a process left after its first step, which it did at the first seat."""
    done: list[str] = []
    steps = Steps(done, ends_at=1)
    async with working(url, steps) as durable:
        await asked(durable)
        await steps.reached.wait()
    return done


async def test_it_goes_on_at_the_same_seat(url: URL) -> None:
    """The next process that sits there does the second step and the third, without any look."""
    done = await left_by_another(url)
    steps = Steps(done)
    async with working(url, steps):
        await steps.reached.wait()
    assert done == ["one", "one", "one"]


async def test_it_is_taken_up_from_a_seat_that_nobody_has(url: URL) -> None:
    """As long as somebody sits where the work was begun, another leaves it alone; then the next look takes it up."""
    done = await left_by_another(url)
    seats, looks, steps = Seats(url, "worker"), Looks(), Steps(done)
    assert seats.sit() == 1
    async with working(url, steps, looks) as durable:
        async with durable.running() as engine:
            looks.look()
            assert await asyncio.to_thread(engine.unfinished, "export:") == ["export:one"]
            assert not steps.reached.is_set()
        seats.rise()
        looks.look()
        await steps.reached.wait()
    assert done == ["one", "one", "one"]


async def test_the_second_gateway_waits_for_the_first(url: URL) -> None:
    """As after a reload: the next gateway of a process begins when the one before has ended, and goes on there."""
    done: list[str] = []
    before, after, looks = Steps(done, ends_at=1), Steps(done), Looks()

    async def second() -> None:
        async with working(url, after, looks):
            await after.reached.wait()

    async with working(url, before) as durable:
        await asked(durable)
        await before.reached.wait()
        waiting = asyncio.create_task(second())
        looks.look()
        await asyncio.sleep(0)
        assert not waiting.done()
    looks.look()
    await waiting
    assert done == ["one", "one", "one"]


async def test_a_lost_seat(url: URL) -> None:
    """Whoever has lost its seat begins anew at another, and does there what it left."""
    done: list[str] = []
    steps, looks = Steps(done, ends_at=1), Looks()
    async with working(url, steps, looks) as durable:
        await asked(durable)
        await steps.reached.wait()
        steps.reached.clear()
        steps.ends_at = None
        durable._seats.rise()
        looks.look()
        await steps.reached.wait()
    assert done == ["one", "one", "one"]


async def test_what_failed_or_is_of_other_code_is_asked_for_anew(url: URL) -> None:
    """Work that is noted as finished while its export is not begins again; what is gone is forgotten."""
    from orderweave.exporting.workflows import ask  # noqa: PLC0415 - it imports DBOS, which takes a second

    done: list[str] = []
    steps = Steps(done)
    async with working(url, steps) as durable:
        await asked(durable)
        await steps.reached.wait()
        async with durable.running() as engine:
            while await asyncio.to_thread(engine.is_unfinished, "export:one"):  # noqa: ASYNC110 - in other threads
                await asyncio.sleep(0)
            done.clear()
            steps.reached.clear()
            await asyncio.to_thread(ask, engine, ["one"], [])
            await steps.reached.wait()
            await asyncio.to_thread(ask, engine, [], ["one"])
            assert await asyncio.to_thread(engine.known, ["export:one"]) == {}
    assert done == ["one", "one", "one"]


class Gated:
    """Work whose steps wait until they are let through."""

    def __init__(self) -> None:
        self.begun: list[str] = []
        self.done: list[str] = []
        self.gates: dict[str, asyncio.Event] = {}
        self.changed = asyncio.Condition()

    async def advance(self, name: str) -> bool:
        """The only step."""
        async with self.changed:
            self.begun.append(name)
            self.changed.notify_all()
        await self.gates.setdefault(name, asyncio.Event()).wait()
        async with self.changed:
            self.done.append(name)
            self.changed.notify_all()
        return False


async def test_each_has_its_share(url: URL) -> None:
    """Of three pieces a process leaves the youngest when another comes, who may take it; when that one has gone without
    doing so, the first does it. The step that it was at when it left it is done twice, and noted once.
    """
    from orderweave.exporting.workflows import ask  # noqa: PLC0415 - it imports DBOS, which takes a second

    steps, looks, other = Gated(), Looks(), Seats(url, QUEUE)
    durable = Durable(url, pause=looks.pause)
    durable.offer(Offer(queue=QUEUE, module=MODULE, doer=steps, spread=True))
    async with durable.running() as engine, steps.changed:
        await asyncio.to_thread(ask, engine, ["a", "b", "c"], [])
        await steps.changed.wait_for(lambda: len(steps.begun) == 3)
        assert other.sit() == 2
        looks.look()
        while await asyncio.to_thread(engine.waiting, QUEUE) != ["export:c"]:  # noqa: ASYNC110 - in other threads
            await asyncio.sleep(0)
        assert sorted(await asyncio.to_thread(engine.unfinished, "export:")) == ["export:a", "export:b", "export:c"]
        other.rise()
        looks.look()
        steps.gates["c"].set()
        await steps.changed.wait_for(lambda: steps.done.count("c") == 2)
        assert sorted(steps.begun) == ["a", "b", "c", "c"]
        steps.gates["a"].set()
        steps.gates["b"].set()
        await steps.changed.wait_for(lambda: len(steps.done) == 4)
        while await asyncio.to_thread(engine.unfinished, "export:"):  # noqa: ASYNC110 - in other threads
            await asyncio.sleep(0)
