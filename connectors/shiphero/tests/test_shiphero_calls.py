"""What many orders cost in calls, by each look-up."""

from __future__ import annotations

import pytest

from orderweave_sdk.testing.counting import calls_to_find
from orderweave_shiphero.connector import ShipheroConnector
from orderweave_shiphero.simulator import ShipheroSimulator


@pytest.mark.parametrize(
    ("by", "count", "calls"),
    [
        ("id", 1, 1),
        ("id", 20, 1),
        ("id", 1000, 12),
        ("order_number", 1, 1),
        ("order_number", 20, 1),
        ("order_number", 1000, 24),
        ("partner_order_id", 1, 1),
        ("partner_order_id", 20, 1),
        ("partner_order_id", 1000, 24),
    ],
)
async def test_calls(by: str, count: int, calls: int) -> None:
    """With every facet a request pays for 85 look-ups by id, or for 43 by number."""
    async with ShipheroSimulator() as simulator:
        assert await calls_to_find(ShipheroConnector, simulator, by, count) == calls
