"""A simulator that holds the sample world, and the connector wired to it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest_asyncio

from orderweave_extensiv.connector import ExtensivConnector
from orderweave_extensiv.simulator import ExtensivSimulator
from orderweave_sdk.connecting import Connecting
from orderweave_sdk.testing.samples import sample_world


@pytest_asyncio.fixture
async def simulator() -> AsyncIterator[ExtensivSimulator]:
    """Started, and filled with the sample world."""
    async with ExtensivSimulator() as made:
        made.seed(sample_world(made.external_id))
        yield made


@pytest_asyncio.fixture
async def connector(simulator: ExtensivSimulator) -> AsyncIterator[ExtensivConnector]:
    """The connector on the simulator."""
    connecting = Connecting(ExtensivConnector, simulator.settings())
    assert isinstance(connecting.connector, ExtensivConnector)
    try:
        yield connecting.connector
    finally:
        await connecting.close()
