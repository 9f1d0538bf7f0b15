"""A simulator with parcels, and the connector wired to it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest_asyncio

from connectors.easypost.tests.parcels import parcel, world
from orderweave_easypost.connector import EasypostConnector
from orderweave_easypost.simulator import EasypostSimulator
from orderweave_sdk.connecting import Connecting


@pytest_asyncio.fixture
async def simulator() -> AsyncIterator[EasypostSimulator]:
    """Started, with a thousand parcels: T1 to T1000."""
    async with EasypostSimulator() as made:
        made.seed(world([parcel(f"T{n}") for n in range(1, 1001)]))
        yield made


@pytest_asyncio.fixture
async def connector(simulator: EasypostSimulator) -> AsyncIterator[EasypostConnector]:
    """The connector on the simulator."""
    connecting = Connecting(EasypostConnector, {**simulator.settings(), "test_mode": False})
    assert isinstance(connecting.connector, EasypostConnector)
    try:
        yield connecting.connector
    finally:
        await connecting.close()
