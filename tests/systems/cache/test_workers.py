"""Four worker processes over one real Redis: a cold order that everybody asks for is fetched once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import pytest_asyncio

from orderweave.demo import DemoBusiness
from orderweave_sdk.testing.simulator import Simulator
from tests.systems.cache.redis_server import RedisServer
from tests.systems.cache.workers import Clients, Gate, Workers

pytestmark = pytest.mark.systems

SCREEN = (Path(__file__).parents[2] / "e2e/cases/order-whole/query.graphql").read_text()
NUMBER = {"number": "1080"}
KNOWING = ("shop-us", "erp", "wms")


class Floor:
    """Four workers, a gate before each system, and clients."""

    def __init__(self, workers: Workers, gates: dict[str, Gate], clients: Clients) -> None:
        self.workers = workers
        self.gates = gates
        self.clients = clients

    async def ask(self, worker: int) -> dict[str, Any]:
        """The order screen, by one worker."""
        return await self.clients.ask(worker, SCREEN, NUMBER)

    def arrived(self) -> dict[str, int]:
        """How many calls reached each system."""
        return {name: gate.arrived for name, gate in self.gates.items()}

    def close(self, *names: str) -> None:
        """Hold back what these systems would answer."""
        for name in names:
            self.gates[name].open.clear()

    def open(self) -> None:
        """Let all answer."""
        for gate in self.gates.values():
            gate.open.set()


@pytest_asyncio.fixture
async def floor(redis_server: RedisServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Floor]:
    """All of it, running."""
    async with DemoBusiness(seed=7, orders=200) as business:
        gates = {}
        for name, simulator in business.simulators.items():
            assert isinstance(simulator, Simulator)
            gates[name] = Gate(simulator)
            monkeypatch.setattr(simulator, "answer", gates[name].answer)
        workers = Workers(business, redis_server.url, tmp_path, 4)
        try:
            workers.start()
            await workers.ready()
            async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
                yield Floor(workers, gates, Clients(session, workers))
        finally:
            workers.stop()


def whole(answer: dict[str, Any]) -> dict[str, Any]:
    """The order of an answer that lacks nothing, without its age."""
    assert "errors" not in answer
    order: dict[str, Any] = answer["data"]["order"]
    freshness = order.pop("freshness")
    assert freshness["missing"] == []
    assert freshness["stale"] is False
    return order


async def test_two_hundred_clients_one_call_a_system(floor: Floor) -> None:
    """200 clients ask four workers for one cold order at once: each system that knows it is called once, and all get
    the same whole order.
    """
    floor.close(*KNOWING)
    asking = [asyncio.ensure_future(floor.ask(n % 4)) for n in range(200)]
    for name in KNOWING:
        await floor.gates[name].first.wait()
    await asyncio.sleep(1)  # time for every worker to have its fifty clients waiting
    floor.open()
    orders = [whole(answer) for answer in await asyncio.gather(*asking)]
    assert all(order == orders[0] for order in orders)
    assert floor.arrived() == {"shop-us": 1, "shop-eu": 0, "erp": 1, "wms": 1}


async def test_the_leading_worker_is_killed(floor: Floor) -> None:
    """The worker whose calls are on their way is killed with 199 clients waiting at the others: one more call a
    system is made, by whoever takes over, and every living client gets the whole order.
    """
    floor.close(*KNOWING)
    doomed = asyncio.ensure_future(floor.ask(0))
    for name in KNOWING:
        await floor.gates[name].first.wait()
    asking = [asyncio.ensure_future(floor.ask(1 + n % 3)) for n in range(199)]
    await asyncio.sleep(1)  # time for the others to find that somebody is asking already
    assert floor.arrived() == {"shop-us": 1, "shop-eu": 0, "erp": 1, "wms": 1}

    floor.workers.processes[0].kill()
    with pytest.raises(aiohttp.ClientError):
        await doomed
    floor.open()
    orders = [whole(answer) for answer in await asyncio.gather(*asking)]
    assert all(order == orders[0] for order in orders)
    assert floor.arrived() == {"shop-us": 2, "shop-eu": 0, "erp": 2, "wms": 2}
