"""What many orders cost in calls, by each look-up."""

from __future__ import annotations

import pytest

from orderweave_extensiv.connector import ExtensivConnector
from orderweave_extensiv.simulator import ExtensivSimulator
from orderweave_sdk.testing.counting import calls_to_find


@pytest.mark.parametrize("by", ExtensivConnector.manifest.lookups)
@pytest.mark.parametrize(("count", "calls"), [(1, 1), (20, 1), (1000, 10)])
async def test_calls(by: str, count: int, calls: int) -> None:
    """A hundred orders with every facet are one call, whatever names them."""
    async with ExtensivSimulator() as simulator:
        assert await calls_to_find(ExtensivConnector, simulator, by, count) == calls
