"""A simulated Fluent account with the sample world, and the connector that speaks to it."""

from collections.abc import AsyncIterator

import pytest_asyncio

from orderweave_fluent_commerce.connector import FluentCommerceConnector
from orderweave_fluent_commerce.simulator import FluentCommerceSimulator
from orderweave_sdk.connecting import Connecting
from orderweave_sdk.testing.samples import sample_world


@pytest_asyncio.fixture
async def account() -> AsyncIterator[FluentCommerceSimulator]:
    """An account that holds the sample world."""
    async with FluentCommerceSimulator() as made:
        made.seed(sample_world(FluentCommerceSimulator.external_id))
        yield made


@pytest_asyncio.fixture
async def connector(account: FluentCommerceSimulator) -> AsyncIterator[FluentCommerceConnector]:
    """The connector to that account."""
    connecting = Connecting(FluentCommerceConnector, account.settings())
    assert isinstance(connecting.connector, FluentCommerceConnector)
    try:
        yield connecting.connector
    finally:
        await connecting.close()
