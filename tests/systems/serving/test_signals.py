"""Real processes and their signals: nothing accepted is lost, a reload disturbs nobody, workers come back."""

from __future__ import annotations

import asyncio
import json
import os
import signal
from pathlib import Path
from typing import Any

import pytest

from tests.systems.serving.served import TITLES, Connection, Load, Served, served, until

pytestmark = pytest.mark.systems

# On a machine that is busy with other things no deadline shall decide a test that is not about it.
PATIENT: dict[str, Any] = {"deadline_seconds": 60, "request_seconds": 60}


def order(gateway: Served) -> str:
    """A query that asks several systems."""
    return f'{{ order(by: {{number: "{gateway.number}"}}) {{ number invoices {{ number }} shipments {{ status }} }} }}'


@pytest.mark.parametrize("workers", [1, 2])
async def test_sigterm_under_load_loses_nothing(workers: int, tmp_path: Path) -> None:
    """Every request that a connection was accepted for is answered 200, readiness says no first, the exit code is 0."""
    async with served(tmp_path, workers=workers, drain_seconds=1, **PATIENT) as gateway:
        load = Load(gateway, order(gateway), clients=16)
        await load.reached(200)
        before = load.answers.total()
        # A service manager tells all of them at once.
        for process in (*gateway.workers(), gateway.process):
            os.kill(process, signal.SIGTERM)
        unready = None
        while unready is None:
            status, document = await gateway.ask_once("/health/ready")
            unready = document if status == 503 else None
        assert unready == {"status": "draining"}
        await load.refused()
        assert set(load.answers) == {200}, load.errors
        assert load.answers[200] > before + 16
        assert await gateway.ended() == 0
        assert "Traceback" not in gateway.log
        assert "ERROR" not in gateway.log


async def test_a_stop_without_a_drain_loses_nothing(tmp_path: Path) -> None:
    """Also without any drain every request on an accepted connection is answered, and idle connections are closed."""
    async with served(tmp_path, workers=2, drain_seconds=0, **PATIENT) as gateway:
        idle = await gateway.connect()
        assert (await idle.ask("/health/live"))[0] == 200
        load = Load(gateway, order(gateway), clients=16)
        await load.reached(100)
        gateway.tell(signal.SIGINT)
        await load.refused()
        assert set(load.answers) == {200}, load.errors
        assert await idle.reader.read() == b""
        assert await gateway.ended() == 0


async def test_reload_under_load(tmp_path: Path) -> None:
    """A broken file changes nothing and its mistakes are logged; a good one takes effect everywhere; nothing fails."""
    async with served(tmp_path, workers=2, drain_seconds=0, **PATIENT) as gateway:
        load = Load(gateway, order(gateway), clients=8)
        good = gateway.path.read_text()
        await load.reached(50)

        gateway.path.write_text("colour = 1\n" + good.replace('connector = "tryton"', 'connector = "triton"'))
        gateway.tell(signal.SIGHUP)
        await until(lambda: "the configuration stays as it was" in gateway.log)
        told = [json.loads(line)["event"] for line in gateway.log.splitlines()]
        said = [event for event in told if event != "request"]
        assert any(line.startswith(f"{gateway.path}: colour: unknown key; known here: ") for line in said)
        mistake = f"{gateway.path}: systems.erp.connector: the connector 'triton' is not installed; installed: "
        assert any(line.startswith(mistake) for line in said)
        assert said[-1].endswith(" problems; the configuration stays as it was")
        await load.reached(50)
        assert set(load.answers) == {200}, load.errors
        await load.stop()
        # A worker that is replaced begins with the configuration that held, not with what stands in the file.
        os.kill(gateway.workers()[0], signal.SIGKILL)
        await until(lambda: "ended with signal 9" in gateway.log)
        assert await titles(gateway, 20) == {"ERP"}

        load = Load(gateway, order(gateway), clients=8)
        kept = [await gateway.connect() for _ in range(4)]
        await load.reached(50)
        gateway.path.write_text(
            good.replace('title = "ERP"', 'title = "Books"').replace("[server]\n", "[server]\nmost_waiting = 7\n")
        )
        gateway.tell(signal.SIGHUP)
        await until(lambda: "the configuration was read again" in gateway.log)
        assert "server.most_waiting: takes effect at the next start" in gateway.log
        seen = {"ERP"}

        async def everywhere() -> bool:
            seen.clear()
            seen.update(await titles(gateway, 20))
            return seen == {"Books"}

        await until(everywhere)
        await load.reached(50)
        await load.stop()
        assert set(load.answers) == {200}, load.errors
        # Connections of before live on, with the new configuration.
        assert {await title(connection) for connection in kept} == {"Books"}
        gateway.tell(signal.SIGTERM)
        assert await gateway.ended() == 0


async def title(connection: Connection) -> str:
    """What the ERP is called."""
    _, document = await connection.ask("/graphql", TITLES)
    (found,) = {entry["title"] for entry in document["data"]["systems"]} & {"ERP", "Books"}
    return str(found)


async def titles(gateway: Served, count: int) -> set[str]:
    """What the ERP is called, over so many connections."""
    connections = [await gateway.connect() for _ in range(count)]
    try:
        return set(await asyncio.gather(*(title(connection) for connection in connections)))
    finally:
        for connection in connections:
            connection.close()


async def test_a_killed_worker_is_replaced(tmp_path: Path) -> None:
    """A worker that is killed is replaced at once, and requests are answered all the while."""
    async with served(tmp_path, workers=2, drain_seconds=0) as gateway:
        await until(lambda: len(gateway.workers()) == 2)
        first, second = gateway.workers()
        os.kill(first, signal.SIGKILL)
        assert (await gateway.ask_once("/graphql", TITLES))[0] == 200
        await until(lambda: len(gateway.workers()) == 2 and first not in gateway.workers())
        assert second in gateway.workers()
        assert f"worker {first} ended with signal 9; another starts in 0 s" in gateway.log
        statuses = [(await gateway.ask_once("/graphql", TITLES))[0] for _ in range(20)]
        assert statuses == [200] * 20


async def test_workers_do_not_outlive_their_supervisor(tmp_path: Path) -> None:
    """When the first process is killed the workers drain and end, and the address is free again."""
    async with served(tmp_path, workers=2, drain_seconds=0) as gateway:
        await until(lambda: len(gateway.workers()) == 2)
        workers = gateway.workers()
        gateway.tell(signal.SIGKILL)
        await until(lambda: not any(runs(worker) for worker in workers))
        with pytest.raises(ConnectionRefusedError):
            await gateway.connect()


def runs(process: int) -> bool:
    """Whether a process is there and has not just ended unburied."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
