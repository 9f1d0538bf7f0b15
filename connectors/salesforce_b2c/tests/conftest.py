"""A site that holds the sample world, and the connector wired to it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest_asyncio

from orderweave_salesforce_b2c.connector import SalesforceB2cConnector
from orderweave_salesforce_b2c.simulator import SalesforceB2cSimulator
from orderweave_sdk.connecting import Connecting
from orderweave_sdk.testing.samples import sample_world


@pytest_asyncio.fixture
async def site() -> AsyncIterator[SalesforceB2cSimulator]:
    """The vendor's APIs, started, and filled with the sample world as they can say it."""
    async with SalesforceB2cSimulator() as made:
        made.seed(sample_world(made.external_id))
        yield made


@pytest_asyncio.fixture
async def connector(site: SalesforceB2cSimulator) -> AsyncIterator[SalesforceB2cConnector]:
    """The connector on that site."""
    connecting = Connecting(SalesforceB2cConnector, site.settings())
    assert isinstance(connecting.connector, SalesforceB2cConnector)
    try:
        yield connecting.connector
    finally:
        await connecting.close()
