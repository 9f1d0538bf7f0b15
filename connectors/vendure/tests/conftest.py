"""A simulated Vendure with the sample world, and the connector that speaks to it."""

from collections.abc import AsyncIterator

import pytest_asyncio

from orderweave_sdk.connecting import Connecting
from orderweave_sdk.testing.samples import sample_world
from orderweave_vendure.connector import VendureConnector
from orderweave_vendure.simulator import VendureSimulator


@pytest_asyncio.fixture
async def shop() -> AsyncIterator[VendureSimulator]:
    """A server that holds the sample world."""
    async with VendureSimulator() as made:
        made.seed(sample_world(VendureSimulator.external_id))
        yield made


@pytest_asyncio.fixture
async def connector(shop: VendureSimulator) -> AsyncIterator[VendureConnector]:
    """The connector to that server."""
    connecting = Connecting(VendureConnector, shop.settings())
    assert isinstance(connecting.connector, VendureConnector)
    try:
        yield connecting.connector
    finally:
        await connecting.close()
