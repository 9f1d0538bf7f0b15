"""What many orders cost in calls, by each look-up."""

from __future__ import annotations

import pytest

from orderweave_sdk.testing.counting import calls_to_find
from orderweave_tryton.connector import TrytonConnector
from orderweave_tryton.simulator import TrytonSimulator


@pytest.mark.parametrize(
    ("by", "count", "calls"),
    [
        ("id", 1, 2),
        ("id", 20, 2),
        ("id", 1000, 20),
        ("number", 1, 2),
        ("number", 20, 2),
        ("number", 1000, 20),
        ("reference", 1, 2),
        ("reference", 20, 2),
        ("reference", 1000, 20),
    ],
)
async def test_calls(by: str, count: int, calls: int) -> None:
    """A hundred orders are one call with every facet but returns, which take a second one."""
    async with TrytonSimulator() as simulator:
        assert await calls_to_find(TrytonConnector, simulator, by, count) == calls
