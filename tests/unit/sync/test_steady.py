"""One process of many syncs; its passes are noted and go on after a process that was ended; nothing of it stays."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import URL, make_url

from orderweave.config.configuration import SyncSettings
from orderweave.durable import Durable, Offer
from orderweave.durable.locks import FileLock, lock_of
from orderweave.index.progress import ORDERS, note
from orderweave.sync import Steady, Sync
from orderweave.sync.histories import Outcome
from orderweave.sync.passes import PASSES
from orderweave.sync.sweeping import Step, Swept
from orderweave.sync.workflows import DurablePasses
from orderweave_sdk.errors import Unreachable
from tests.unit.fake_business import order, shop
from tests.unit.sync.keeping import Kept, anew, changing, kept

BEGAN = datetime(2026, 5, 4, tzinfo=UTC)


@pytest.fixture(autouse=True)
def threads_left() -> Iterator[None]:
    """No thread stays behind."""
    before = set(threading.enumerate())
    yield
    ours = [
        each
        for each in set(threading.enumerate()) - before
        if each.name.startswith(("dbos", "durable", "queue-worker"))
    ]
    for thread in ours:
        thread.join(5)
    assert [thread.name for thread in ours if thread.is_alive()] == []


class Counted:
    """Steps of a system of so many pages; the process is ended when it comes to the page `ends_at`."""

    def __init__(self, pages: int, ends_at: int | None = None) -> None:
        self.pages = pages
        self.ends_at = ends_at
        self.done: list[str] = []
        self.there = asyncio.Event()

    async def _step(self, what: str) -> None:
        if self.ends_at == len(self.done):
            self.there.set()
            await asyncio.Event().wait()
        self.done.append(what)

    async def read_on(self, name: str) -> Outcome:
        """A step."""
        await self._step("read")
        return Outcome.MORE if len(self.done) < self.pages else Outcome.DONE

    async def list_on(self, name: str, after: str | None) -> Step | None:
        """A step."""
        await self._step(f"list {after}")
        page = int(after or 0) + 1
        return Step(after=str(page) if page < self.pages else None, wrong=1, calls=2, seen=b"%08d" % page)

    async def read_again(self, name: str, done: int) -> Step | None:
        """The records that are read again: two batches."""
        await self._step(f"again {done}")
        return Step(after="5" if done == 0 else None, wrong=1, calls=1)

    async def look_up(self, name: str, seen: bytes, after: str) -> Step | None:
        """A step."""
        await self._step(f"look up {seen.decode()}")
        return Step(after=None, wrong=5, calls=1)

    async def end(self, name: str, began: datetime, swept: Swept) -> None:
        """A step."""
        await self._step(f"end {swept.wrong} of {swept.looked_at} by {swept.calls}, began {began:%d.%m.}")


@asynccontextmanager
async def passes(steps: Counted, folder: Path) -> AsyncIterator[DurablePasses]:
    """Passes made of these steps, as one process after the other has them."""
    url: URL = make_url(f"sqlite:///{folder}/index.db")
    durable = Durable(url)
    durable.offer(Offer(queue=PASSES, module="orderweave.sync.workflows", doer=steps))
    async with durable.running() as engine:
        yield DurablePasses(engine)


@pytest.fixture
async def steady(tmp_path: Path) -> AsyncIterator[tuple[Kept, Steady]]:
    """A sync over three orders in pages of one."""
    mine = changing(shop([order(f"a{n}", f"100{n}", hours=n) for n in range(3)], page_size=1))
    async with kept(tmp_path, mine) as made:
        yield made, Steady(made.sync, pause=made.time.pause)


async def test_a_sweep_goes_on_after_the_last_step(tmp_path: Path) -> None:
    """Ended in its third page, another process lists the third and the fourth, and has seen all four."""
    first = Counted(4, ends_at=2)
    async with passes(first, tmp_path) as begun:
        pass_ = asyncio.ensure_future(begun.sweep("shop", BEGAN))
        await first.there.wait()
        pass_.cancel()
    assert first.done == ["list None", "list 1"]
    await asyncio.gather(pass_, return_exceptions=True)

    second = Counted(4)
    async with passes(second, tmp_path) as begun:
        assert await begun.sweep("shop", BEGAN) == Swept(wrong=11, looked_at=4, calls=11)
    assert second.done == [
        "list 2",
        "list 3",
        "look up 00000001000000020000000300000004",
        "again 0",
        "again 5",
        "end 11 of 4 by 11, began 04.05.",
    ]


async def test_a_finished_pass_is_not_taken_up(tmp_path: Path) -> None:
    """The next pass is a new one, in the same process and in another."""
    for _ in range(2):
        steps = Counted(2)
        async with passes(steps, tmp_path) as begun:
            assert await begun.history("shop") is Outcome.DONE
            assert await begun.history("shop") is Outcome.DONE
        assert steps.done == ["read", "read", "read"]


async def test_it_reads_until_everything_is_in(steady: tuple[Kept, Steady], tmp_path: Path) -> None:
    """A system that is down twice is tried again, after two seconds and after four."""
    made, running = steady
    (mine,) = made.woven.fakes.values()
    tries = iter(range(10))

    def down() -> None:
        if next(tries) < 2:
            raise Unreachable("off")

    mine.answer["changes"] = down
    async with running.alone() as ours:
        assert ours
        turn = await running.until_whole()
        assert isinstance(made.sync.passes, DurablePasses)
    assert (turn.failed, turn.incomplete) == ({}, frozenset())
    assert made.time.monotonic() == 6.0
    assert await made.rows() == await anew(tmp_path, mine)


async def test_it_gives_up(steady: tuple[Kept, Steady]) -> None:
    """After six turns it says who failed and what is not in."""
    made, running = steady
    (mine,) = made.woven.fakes.values()
    mine.error = Unreachable("off")
    async with running.alone():
        turn = await running.until_whole()
    assert (turn.failed, turn.incomplete) == ({"shop": "off"}, frozenset({"shop"}))
    assert made.time.monotonic() == 2 + 4 + 8 + 16 + 32


async def test_one_of_two_syncs(steady: tuple[Kept, Steady], tmp_path: Path) -> None:
    """Whoever comes second stands by, and takes over when the first has ended."""
    made, first = steady
    second = Steady(Sync(made.woven.systems, made.index, SyncSettings()), pause=made.time.pause)
    async with first.alone() as ours:
        assert ours
        async with second.alone() as theirs:
            assert not theirs
    async with second.alone() as theirs:
        assert theirs


async def test_it_helps_until_all_is_in_or_fails(steady: tuple[Kept, Steady]) -> None:
    """Beside a leader it ends when every history is in, or when what is not has failed at six looks; where the leader
    is gone, it leads.
    """
    made, running = steady
    lock = lock_of(made.index.database.url, "sync-lock")
    assert lock.take()
    await made.index.write(lambda found: note(found, "shop", ORDERS, error="off", error_at=made.time.now()))
    turn = await running.beside()
    assert (turn.failed, turn.incomplete) == ({"shop": "off"}, frozenset({"shop"}))
    assert made.time.monotonic() == 5 * 5.0
    lock.release()
    turn = await running.beside()
    assert (turn.failed, turn.incomplete) == ({}, frozenset())
    assert lock.take()
    turn = await running.beside()
    assert (turn.failed, turn.incomplete) == ({}, frozenset())
    lock.release()


async def test_it_runs_beside_and_ends(steady: tuple[Kept, Steady]) -> None:
    """Started, it turns at its interval; closed, it has let go of the lock."""
    made, running = steady
    (mine,) = made.woven.fakes.values()
    running.start()
    while len(mine.asked("changes")) < 5:
        await asyncio.wait_for(asyncio.sleep(0), 5)
    await running.close()
    assert made.time.monotonic() % 30 == 0
    lock = FileLock(Path(f"{made.index.database.url.database}-sync-lock"))
    assert lock.take()
    assert lock.held()
    lock.release()
    assert not lock.held()


async def test_dbos_leaves_our_event_loop_alone(tmp_path: Path) -> None:
    """After a pass, the threads of our loop work as before: DBOS has a loop of its own, and took nothing of ours."""
    async with passes(Counted(1), tmp_path) as begun:
        await begun.history("shop")
    assert await asyncio.to_thread(lambda: 1) == 1
