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
from orderweave_tryton.connector import TrytonConnector
from orderweave_tryton.simulator import TrytonSimulator

START = datetime(2026, 3, 1, 8, tzinfo=UTC)


def order(n: int) -> OrderRecord:
    """The n-th of many small orders."""
    identity, moment = TrytonSimulator.external_id("order", n), START + timedelta(minutes=n)
    return OrderRecord(
        external_id=identity,
        keys=(Key("id", identity), Key("number", f"N{n:05d}")),
        updated_at=moment,
        header=Header(number=f"N{n:05d}", placed_at=moment, updated_at=moment, currency="USD"),
    )


@pytest.mark.parametrize(
    ("by", "count", "calls"),
    [
        ("id", 1, 2),
        ("id", 20, 2),
        ("id", 1000, 20),
        ("number", 1, 2),
        ("number", 20, 2),
        ("number", 1000, 20),
    ],
)
async def test_calls(by: str, count: int, calls: int) -> None:
    """A hundred orders are one call with every facet but returns, which take a second one."""
    async with TrytonSimulator() as simulator:
        simulator.seed(World(orders=tuple(order(n) for n in range(1, count + 1))))
        connecting = Connecting(TrytonConnector, simulator.settings())
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
    assert sorted(record.external_id for record in found) == sorted(one.external_id for one in simulator.world.orders)
    assert len(simulator.calls) - before == calls
