"""What many orders cost in calls, by each look-up."""

from __future__ import annotations

import pytest

from orderweave_odoo.connector import OdooConnector
from orderweave_odoo.simulator import OdooSimulator
from orderweave_sdk.testing.counting import calls_to_find


@pytest.mark.parametrize("by", OdooConnector.manifest.lookups)
@pytest.mark.parametrize(("count", "calls"), [(1, 5), (20, 5), (1000, 50)])
async def test_calls(by: str, count: int, calls: int) -> None:
    """A hundred orders with every facet are five calls where they have no goods, whatever names them."""
    async with OdooSimulator() as simulator:
        assert await calls_to_find(OdooConnector, simulator, by, count) == calls
