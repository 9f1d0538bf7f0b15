"""What many orders cost in calls, by each look-up."""

from __future__ import annotations

import pytest

from orderweave_sdk.testing.counting import calls_to_find
from orderweave_sql.connector import SqlConnector
from orderweave_sql.simulator import SqlSimulator


@pytest.mark.parametrize(
    ("by", "count", "calls"),
    [
        ("id", 1, 19),
        ("id", 20, 19),
        ("id", 1000, 190),
        ("number", 1, 19),
        ("number", 20, 19),
        ("number", 1000, 190),
        ("reference", 1, 19),
        ("reference", 20, 19),
        ("reference", 1000, 190),
    ],
)
async def test_calls(by: str, count: int, calls: int) -> None:
    """A hundred orders are one statement for each section of an order."""
    simulator = SqlSimulator()
    await simulator.start()
    try:
        assert await calls_to_find(SqlConnector, simulator, by, count) == calls
    finally:
        await simulator.stop()
