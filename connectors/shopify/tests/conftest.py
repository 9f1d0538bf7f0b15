"""A shop on a socket, and the connector that speaks to it."""

from collections.abc import AsyncIterator

import pytest_asyncio

from orderweave_sdk.connecting import Connecting
from orderweave_shopify.connector import ShopifyConnector
from orderweave_shopify.simulator import ShopifySimulator


@pytest_asyncio.fixture
async def shop() -> AsyncIterator[ShopifySimulator]:
    """A shop that knows nothing yet."""
    async with ShopifySimulator() as made:
        yield made


@pytest_asyncio.fixture
async def connector(shop: ShopifySimulator) -> AsyncIterator[ShopifyConnector]:
    """The connector to that shop."""
    connecting = Connecting(ShopifyConnector, shop.settings())
    assert isinstance(connecting.connector, ShopifyConnector)
    yield connecting.connector
    await connecting.close()
