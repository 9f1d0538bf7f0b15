"""A simulator that holds the sample world, and the connector wired to it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest_asyncio

from orderweave_sap_s4hana.connector import SapS4hanaConnector
from orderweave_sap_s4hana.simulator import SapS4hanaSimulator
from orderweave_sdk.connecting import Connecting
from orderweave_sdk.testing.samples import sample_world


@pytest_asyncio.fixture
async def simulator() -> AsyncIterator[SapS4hanaSimulator]:
    """Started, and filled with the sample world."""
    async with SapS4hanaSimulator() as made:
        made.seed(sample_world(made.external_id))
        yield made


@pytest_asyncio.fixture
async def connector(simulator: SapS4hanaSimulator) -> AsyncIterator[SapS4hanaConnector]:
    """The connector on the simulator."""
    connecting = Connecting(SapS4hanaConnector, simulator.settings())
    assert isinstance(connecting.connector, SapS4hanaConnector)
    try:
        yield connecting.connector
    finally:
        await connecting.close()
