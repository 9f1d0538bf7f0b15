"""What many orders cost in calls, by each look-up."""

from __future__ import annotations

import pytest

from orderweave_sdk.testing.counting import calls_to_find
from orderweave_shopify.connector import ShopifyConnector
from orderweave_shopify.simulator import ShopifySimulator


@pytest.mark.parametrize(
    ("by", "count", "calls"),
    [
        ("id", 1, 1),
        ("id", 20, 1),
        ("id", 1000, 32),
        ("number", 1, 1),
        ("number", 20, 1),
        ("number", 1000, 40),
        ("po_number", 1, 1),
        ("po_number", 20, 1),
        ("po_number", 1000, 40),
        ("source_identifier", 1, 1),
        ("source_identifier", 20, 1),
        ("source_identifier", 1000, 40),
    ],
)
async def test_calls(by: str, count: int, calls: int) -> None:
    """With every facet a query pays for 33 orders: a batch of 250 ids is eight of them, one of 50 numbers two."""
    async with ShopifySimulator() as simulator:
        assert await calls_to_find(ShopifyConnector, simulator, by, count) == calls
