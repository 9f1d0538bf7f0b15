"""A real Tryton and a simulated one that hold the same world, and the connector over each."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
import pytest_asyncio

from orderweave_sdk.connecting import Connecting
from orderweave_sdk.testing.world import World
from orderweave_tryton.connector import TrytonConnector
from orderweave_tryton.simulator import TrytonSimulator
from tests.systems.tryton.rights import PASSWORD, READER
from tests.systems.tryton.server import NotInstalled, TrytonServer
from tests.systems.tryton.world import seeded_world, under


class RealTryton:
    """The server, and its world under its own ids."""

    def __init__(self, server: TrytonServer, world: World) -> None:
        self.server = server
        self.world = world


@pytest.fixture(scope="session")
def real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealTryton]:
    """Tryton with the sample world, once for all tests of this folder."""
    server = TrytonServer(tmp_path_factory.mktemp("tryton"))
    try:
        server.install()
    except NotInstalled as problem:
        if os.environ.get("CI") == "true":
            pytest.fail(f"with CI=true a real Tryton must be there: {problem}")
        pytest.skip(f"no real Tryton to compare with: {problem}")
    try:
        world = seeded_world()
        ids = server.seed(world)
        server.start()
        yield RealTryton(server, under(world, ids))
    finally:
        server.close()


@pytest_asyncio.fixture
async def connecting(real: RealTryton) -> AsyncIterator[Connecting]:
    """The connector over the real server, as the user of least rights."""
    made = Connecting(TrytonConnector, real.server.settings(user=READER, password=PASSWORD))
    try:
        yield made
    finally:
        await made.close()


@pytest_asyncio.fixture
async def asked(connecting: Connecting) -> Any:
    """The connector over the real server."""
    return connecting.connector


@pytest_asyncio.fixture
async def simulated(real: RealTryton) -> AsyncIterator[Any]:
    """The connector over a simulator that holds the same world."""
    async with TrytonSimulator() as simulator:
        simulator.seed(real.world)
        made = Connecting(TrytonConnector, simulator.settings())
        try:
            yield made.connector
        finally:
            await made.close()
