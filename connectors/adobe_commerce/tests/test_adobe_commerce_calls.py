"""What many orders cost in calls, by each look-up."""

from __future__ import annotations

import pytest

from orderweave_adobe_commerce.connector import AdobeCommerceConnector
from orderweave_adobe_commerce.simulator import AdobeCommerceSimulator
from orderweave_sdk.testing.counting import calls_to_find


@pytest.mark.parametrize("by", AdobeCommerceConnector.manifest.lookups)
@pytest.mark.parametrize(("count", "calls"), [(1, 6), (20, 6), (1000, 60)])
async def test_calls(by: str, count: int, calls: int) -> None:
    """A hundred orders with every facet are six calls: their own, and one for each kind of document."""
    async with AdobeCommerceSimulator() as simulator:
        assert await calls_to_find(AdobeCommerceConnector, simulator, by, count) == calls
