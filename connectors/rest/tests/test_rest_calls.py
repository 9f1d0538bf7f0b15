"""What many orders cost in calls, by each look-up."""

from __future__ import annotations

import pytest

from orderweave_rest.connector import RestConnector
from orderweave_rest.simulator import RestSimulator
from orderweave_sdk.testing.counting import calls_to_find


@pytest.mark.parametrize("by", RestConnector.manifest.lookups)
@pytest.mark.parametrize(("count", "calls"), [(1, 1), (20, 1), (1000, 20)])
async def test_calls(by: str, count: int, calls: int) -> None:
    """Fifty orders are one request of the simulated API, whatever names them."""
    async with RestSimulator() as simulator:
        assert await calls_to_find(RestConnector, simulator, by, count) == calls
