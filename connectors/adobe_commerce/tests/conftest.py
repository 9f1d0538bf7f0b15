"""Simulators that hold the sample world, and the connector wired to each of them."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest_asyncio

from orderweave_adobe_commerce.connector import AdobeCommerceConnector
from orderweave_adobe_commerce.simulator import AdobeCommerceCloudSimulator, AdobeCommerceSimulator
from orderweave_sdk.connecting import Connecting
from orderweave_sdk.testing.samples import sample_world


@pytest_asyncio.fixture
async def shop() -> AsyncIterator[AdobeCommerceSimulator]:
    """The vendor's PaaS, started, and filled with the sample world."""
    async with AdobeCommerceSimulator() as made:
        made.seed(sample_world(made.external_id))
        yield made


@pytest_asyncio.fixture
async def cloud() -> AsyncIterator[AdobeCommerceCloudSimulator]:
    """The vendor's SaaS likewise."""
    async with AdobeCommerceCloudSimulator() as made:
        made.seed(sample_world(made.external_id))
        yield made


@pytest_asyncio.fixture
async def connector(shop: AdobeCommerceSimulator) -> AsyncIterator[AdobeCommerceConnector]:
    """The connector on the PaaS."""
    connecting = Connecting(AdobeCommerceConnector, shop.settings())
    assert isinstance(connecting.connector, AdobeCommerceConnector)
    try:
        yield connecting.connector
    finally:
        await connecting.close()
