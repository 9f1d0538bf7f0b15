"""A simulator that holds the sample world, and the connector wired to it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest_asyncio

from orderweave_sdk.connecting import Connecting
from orderweave_sdk.testing.samples import sample_world
from orderweave_shiphero.connector import ShipheroConnector
from orderweave_shiphero.simulator import ShipheroSimulator


@pytest_asyncio.fixture
async def simulator() -> AsyncIterator[ShipheroSimulator]:
    """Started, and filled with the sample world."""
    async with ShipheroSimulator() as made:
        made.seed(sample_world(made.external_id))
        yield made


@pytest_asyncio.fixture
async def connector(simulator: ShipheroSimulator) -> AsyncIterator[ShipheroConnector]:
    """The connector on the simulator."""
    connecting = Connecting(ShipheroConnector, simulator.settings())
    assert isinstance(connecting.connector, ShipheroConnector)
    try:
        yield connecting.connector
    finally:
        await connecting.close()
