"""A real Vendure and a simulated one that hold the same world, and the connector over each."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
import pytest_asyncio

from bench.packages import NotInstalled
from orderweave_sdk.connecting import Connecting
from orderweave_sdk.testing.world import World
from orderweave_vendure.connector import VendureConnector
from orderweave_vendure.simulator import VendureSimulator
from tests.systems.vendure.asking import Session
from tests.systems.vendure.catalog import READER, Catalog, stocked
from tests.systems.vendure.server import VendureServer
from tests.systems.vendure.world import placed


class RealVendure:
    """The server, its superadmin, what was made there, and the world under its own ids."""

    def __init__(self, server: VendureServer) -> None:
        self.server = server
        self.admin: Session = server.admin()
        self.catalog: Catalog = stocked(self.admin)
        self.world: World = placed(server, self.admin, self.catalog)

    def settings(self) -> dict[str, Any]:
        """The connector settings of the account that has the least rights."""
        return self.server.settings(username=READER, password=self.catalog.password)


@pytest.fixture(scope="session")
def real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealVendure]:
    """Vendure with the stories' orders, once for all tests of this folder."""
    server = VendureServer(tmp_path_factory.mktemp("vendure"))
    try:
        server.install()
    except NotInstalled as problem:
        if os.environ.get("CI") == "true":
            pytest.fail(f"with CI=true a real Vendure must be there: {problem}")
        pytest.skip(f"no real Vendure to compare with: {problem}")
    try:
        server.start()
        yield RealVendure(server)
    finally:
        server.close()


@pytest_asyncio.fixture
async def connecting(real: RealVendure) -> AsyncIterator[Connecting]:
    """The connector over the real server, as the user of least rights."""
    made = Connecting(VendureConnector, real.settings())
    try:
        yield made
    finally:
        await made.close()


@pytest_asyncio.fixture
async def asked(connecting: Connecting) -> Any:
    """The connector over the real server."""
    return connecting.connector


@pytest_asyncio.fixture
async def simulated(real: RealVendure) -> AsyncIterator[Any]:
    """The connector over a simulator that holds the same world."""
    async with VendureSimulator() as simulator:
        simulator.seed(real.world)
        made = Connecting(VendureConnector, simulator.settings())
        try:
            yield made.connector
        finally:
            await made.close()
