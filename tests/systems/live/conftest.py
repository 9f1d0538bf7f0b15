"""The reference clients of Node's world, and a gateway of real processes whose business a test changes."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import AsyncIterator, Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import pytest

from bench import packages
from orderweave.demo.business import DemoBusiness
from orderweave_sdk.records import OrderRecord
from orderweave_sdk.testing.world import World
from tests.systems.cache.redis_server import RedisServer
from tests.systems.serving.served import Served

HERE = Path(__file__).parent
INTO = packages.ROOT / "var" / "live-clients"


class Client:
    """A program that follows an order, its shipments or stock with a reference client."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process

    def tell(self, **command: Any) -> None:
        """Give it a command."""
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(command).encode() + b"\n")

    async def hear(self, key: str) -> Any:
        """What it says next under this key; other words are passed over."""
        assert self.process.stdout is not None
        async with asyncio.timeout(60):
            while True:
                line = await self.process.stdout.readline()
                assert line, f"the client ended while {key} was awaited"
                said = json.loads(line)
                if key in said:
                    return said[key]
                assert "failed" not in said, said

    async def update(self) -> dict[str, Any]:
        """The next update of what it follows."""
        found: dict[str, Any]
        (found,) = (await self.hear("next")).values()
        return found

    async def end(self) -> None:
        """No more commands."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        async with asyncio.timeout(20):
            await self.process.wait()


class Clients:
    """Starts clients."""

    def __init__(self) -> None:
        self._running: list[Client] = []

    async def start(self, protocol: str, url: str, number: str) -> Client:
        """One client."""
        process = await asyncio.create_subprocess_exec(
            packages.node(),
            *(str(INTO / "follow.mjs"), protocol, url, number),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        client = Client(process)
        self._running.append(client)
        return client

    async def end(self) -> None:
        """End all."""
        for client in self._running:
            if client.process.returncode is None:
                client.process.kill()
                await client.process.wait()


@pytest.fixture
async def clients() -> AsyncIterator[Clients]:
    """The clients, installed where they can be."""
    try:
        packages.install_python()
        packages.install_node(HERE, INTO)
    except packages.NotInstalled as problem:
        if os.environ.get("CI") == "true":
            pytest.fail(f"with CI=true the reference clients must be there: {problem}")
        pytest.skip(f"no reference clients: {problem}")
    made = Clients()
    yield made
    await made.end()


class Followed(Served):
    """A gateway whose business changes."""

    def note(self, text: str) -> None:
        """What only this change has: the order gets another purchase order number, wherever it is placed."""

        def noted(order: OrderRecord) -> OrderRecord:
            if order.header is None:
                return order
            return msgspec.structs.replace(
                order, header=msgspec.structs.replace(order.header, purchase_order_number=text)
            )

        self._rewrite(noted)

    def relabel(self, text: str) -> None:
        """Its parcels get another number, where it is known by its own."""

        def relabeled(order: OrderRecord) -> OrderRecord:
            if order.fulfillment is None:
                return order
            shipments = tuple(
                msgspec.structs.replace(
                    shipment,
                    packages=tuple(msgspec.structs.replace(one, tracking_number=text) for one in shipment.packages),
                )
                for shipment in order.fulfillment.shipments
            )
            return msgspec.structs.replace(
                order, fulfillment=msgspec.structs.replace(order.fulfillment, shipments=shipments)
            )

        self._rewrite(relabeled)

    def _rewrite(self, change: Callable[[OrderRecord], OrderRecord]) -> None:
        """Change the order in every system that calls it by this number."""
        for name, world in self.business.worlds.items():
            orders = tuple(change(order) if order.key("number") == self.number else order for order in world.orders)
            self._put(name, msgspec.structs.replace(world, orders=orders))

    def recount(self, system: str, sku: str, on_hand: int) -> None:
        """So many are found of a SKU, at each place of a system that has it."""
        world = self.business.worlds[system]
        stock = tuple(
            msgspec.structs.replace(level, on_hand=Decimal(on_hand)) if level.sku == sku else level
            for level in world.stock
        )
        self._put(system, msgspec.structs.replace(world, stock=stock))

    def _put(self, system: str, world: World) -> None:
        self.business.worlds[system] = world
        self.business.simulators[system].seed(world)

    def settle(self, *, redis: str | None, **live: int) -> None:
        """Write the configuration."""
        self.write(deadline_seconds=30, request_seconds=30, drain_seconds=1)
        more = "\n[live]\n" + "".join(f"{key} = {value}\n" for key, value in live.items())
        shared = f'\n[redis]\nurl = "{redis}"\n' if redis else ""
        self.path.write_text(self.path.read_text() + more + shared)


@pytest.fixture
async def gateway(tmp_path: Path) -> AsyncIterator[Followed]:
    """A gateway that is yet to be started."""
    async with DemoBusiness(seed=7, orders=60) as business:
        made = Followed(business, tmp_path)
        try:
            yield made
        finally:
            made.end()


@pytest.fixture
def redis() -> Any:
    """A Redis."""
    server = RedisServer()
    server.start()
    yield server
    server.kill()
