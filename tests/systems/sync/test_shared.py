"""A backfill that processes share, of which two are killed: nothing is lost, and nothing stands twice."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import pytest
import sqlalchemy as sa

from orderweave.bootstrap import Orderweave
from orderweave.config.configuration import IndexSettings
from orderweave.demo import DemoBusiness
from tests.unit.sync.keeping import Rows, index_of, rows_in

pytestmark = pytest.mark.systems

ORDERS = 1_000
COMMAND = Path(sys.executable).with_name("orderweave")
INDEX = '\n[index]\nurl = { env = "INDEX_URL" }\n'
# Seconds that a system takes for an answer, so that every history lasts for longer than processes take to begin.
PACE = 3.0
LONGEST_WAIT = 120.0


class Slow:
    """Systems that take their time until they are told not to."""

    def __init__(self, systems: Iterable[Any]) -> None:
        self._hurry = asyncio.Event()
        for each in systems:
            each.answer = partial(self._answer, each.answer)

    async def _answer(self, answer: Callable[[Any], Awaitable[Any]], request: Any) -> Any:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._hurry.wait(), PACE)
        return await answer(request)

    def hurry(self) -> None:
        """Answer at once from now on."""
        self._hurry.set()


class Pass(NamedTuple):
    """How a pass stands, at which seat, and how many of its steps are noted."""

    status: str
    seat: str
    steps: int


class Processes:
    """Processes that sync one index."""

    def __init__(self, folder: Path, environment: dict[str, str], url: str) -> None:
        noted = url if url.startswith("postgresql") else f"{url}-durable"
        self._schema = "orderweave_durable." if url.startswith("postgresql") else ""
        self._folder = folder
        self._environment = {**os.environ, **environment, "INDEX_URL": url.replace("+psycopg", "")}
        self._engine = sa.create_engine(noted)
        self._all: list[asyncio.subprocess.Process] = []

    async def begun(self, name: str) -> asyncio.subprocess.Process:
        """One more of them."""
        arguments = (str(COMMAND), "sync", "--config", str(self._folder / "orderweave.toml"))
        with (self._folder / name).open("wb") as log:
            made = await asyncio.create_subprocess_exec(*arguments, env=self._environment, stderr=log)
        self._all.append(made)
        return made

    def log(self, name: str) -> str:
        """What one of them said."""
        return (self._folder / name).read_text()

    def passes(self) -> dict[str, Pass]:
        """Every history that was begun, by name."""
        asked = f"""
            SELECT w.workflow_uuid, w.status, w.executor_id, count(o.function_id)
            FROM {self._schema}workflow_status w
            LEFT JOIN {self._schema}operation_outputs o USING (workflow_uuid)
            WHERE w.workflow_uuid LIKE 'history:%' GROUP BY 1, 2, 3
        """
        try:
            with self._engine.connect() as connection:
                rows = connection.execute(sa.text(asked)).all()
        except (sa.exc.ProgrammingError, sa.exc.OperationalError):
            return {}
        return {name: Pass(status, seat, steps) for name, status, seat, steps in rows}

    def at_work_since(self, before: dict[str, Pass]) -> set[str]:
        """Where steps of passes that are under way were done since then."""
        now = self.passes().items()
        return {
            each.seat
            for name, each in now
            if each.status == "PENDING" and each.steps > (before[name].steps if name in before else 0)
        }

    async def close(self) -> None:
        """End whatever runs, and let go of the database."""
        for each in self._all:
            if each.returncode is None:
                each.kill()
                await each.wait()
        self._engine.dispose()


async def until(happened: Callable[[], bool], process: asyncio.subprocess.Process) -> None:
    """Wait for something in the database, while a process runs that should bring it about."""
    async with asyncio.timeout(LONGEST_WAIT):
        while not await asyncio.to_thread(happened):
            assert process.returncode is None
            await asyncio.sleep(0.1)


async def undisturbed(business: DemoBusiness, folder: Path) -> Rows:
    """The rows of a sync in one process that nobody disturbs."""
    index = IndexSettings(url=f"sqlite:///{folder}/fresh.db")
    gateway = Orderweave(msgspec.structs.replace(business.configuration(), index=index))
    try:
        assert gateway.sync is not None
        assert gateway.index is not None
        turn = await gateway.sync.turn()
        assert (turn.failed, turn.incomplete) == ({}, frozenset())
        return await gateway.index.read(rows_in, seconds=60)
    finally:
        await gateway.close()


@pytest.mark.parametrize("backend", ["postgresql", "sqlite"])
async def test_processes_share_a_backfill(backend: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    """Two processes read histories side by side. The one that leads is killed with -9, a third comes, and the second is
    killed, too: each time those that are left go on with the same passes after their last noted step, and the index is
    that of an undisturbed sync.
    """
    shared = tmp_path / "index.db"
    url: str = request.getfixturevalue("url") if backend == "postgresql" else f"sqlite:///{shared}"
    async with DemoBusiness(seed=7, orders=ORDERS) as business:
        expected = await undisturbed(business, tmp_path)
        (tmp_path / "orderweave.toml").write_text(f"{business.toml}{INDEX}")
        systems = Slow(business.simulators.values())
        processes = Processes(tmp_path, business.environment, url)
        try:
            first = await processes.begun("first")
            await until(lambda: processes.at_work_since({}) == {"seat-1"}, first)
            second = await processes.begun("second")
            await until(lambda: processes.at_work_since({}) == {"seat-1", "seat-2"}, second)
            seen = [await killed(first, processes)]
            third = await processes.begun("third")
            await until(lambda: processes.at_work_since(seen[0]) == {"seat-1", "seat-2"}, third)
            seen.append(await killed(second, processes))
            systems.hurry()
            assert await third.wait() == 0, processes.log("third")
            seen.append(processes.passes())
        finally:
            await processes.close()
        disturbed = index_of(Orderweave(business.configuration()), url)
        found = await disturbed.read(rows_in, seconds=60)
        disturbed.close()
    for name in sorted(seen[0]):
        print(name, [each[name] for each in seen])
        steps = [each[name].steps for each in seen]
        assert steps == sorted(steps)
    assert seen[0].keys() == seen[1].keys() == seen[2].keys()
    assert {each.status for each in seen[2].values()} == {"SUCCESS"}
    assert "another process syncs this index: helping it" in processes.log("second")
    assert found.keys() == expected.keys()
    for table, rows in expected.items():
        assert found[table] == rows, table


async def killed(process: asyncio.subprocess.Process, processes: Processes) -> dict[str, Pass]:
    """End a process with -9; how the passes stood then."""
    process.kill()
    await process.wait()
    return processes.passes()
