"""What many orders cost in calls, by each look-up."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from orderweave_sdk.batches import packed
from orderweave_sdk.clock import Call
from orderweave_sdk.connecting import Connecting, capability
from orderweave_sdk.manifest import Capability
from orderweave_sdk.records import Header, Key, OrderRecord
from orderweave_sdk.testing.world import World
from orderweave_sql.connector import SqlConnector
from orderweave_sql.simulator import SqlSimulator

START = datetime(2026, 3, 1, 8, tzinfo=UTC)


def order(n: int) -> OrderRecord:
    """The n-th of many small orders."""
    identity, moment = SqlSimulator.external_id("order", n), START + timedelta(minutes=n)
    return OrderRecord(
        external_id=identity,
        keys=(Key("id", identity), Key("number", f"N{n:05d}")),
        updated_at=moment,
        header=Header(number=f"N{n:05d}", placed_at=moment, updated_at=moment, currency="USD"),
    )


@pytest.mark.parametrize(
    ("by", "count", "calls"),
    [
        ("id", 1, 19),
        ("id", 20, 19),
        ("id", 1000, 190),
        ("number", 1, 19),
        ("number", 20, 19),
        ("number", 1000, 190),
    ],
)
async def test_calls(by: str, count: int, calls: int) -> None:
    """A hundred orders are one statement for each section of an order."""
    simulator = SqlSimulator()
    simulator.seed(World(orders=tuple(order(n) for n in range(1, count + 1))))
    await simulator.start()
    try:
        connecting = Connecting(SqlConnector, simulator.settings())
        subject = capability(connecting.connector, Capability.FIND_ORDERS)
        await connecting.connector.check(Call.within(10))
        before = len(simulator.calls)
        keys = [key for one in simulator.world.orders for key in one.keys if key.namespace == by]
        found: list[OrderRecord] = []
        for batch in packed(keys, connecting.manifest):
            answer = await subject.find_orders(batch, connecting.manifest.facets, Call.within(60))
            assert answer.gaps == ()
            found += answer.records
        await connecting.close()
    finally:
        await simulator.stop()
    assert sorted(record.external_id for record in found) == sorted(one.external_id for one in simulator.world.orders)
    assert len(simulator.calls) - before == calls
