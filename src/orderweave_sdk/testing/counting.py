"""What many orders cost in calls, by each look-up."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from orderweave_sdk.batches import packed
from orderweave_sdk.capabilities import Connector
from orderweave_sdk.clock import Call
from orderweave_sdk.connecting import Connecting, capability
from orderweave_sdk.manifest import Capability
from orderweave_sdk.records import Header, Key, OrderRecord
from orderweave_sdk.testing.simulator import SimulatedSystem
from orderweave_sdk.testing.world import World

_START = datetime(2026, 3, 1, 8, tzinfo=UTC)


async def calls_to_find(kind: type[Connector], simulator: SimulatedSystem, by: str, count: int) -> int:
    """How many calls it takes to find so many small orders, with every facet, by a look-up: the id, the number, or a
    reference field. The simulator must be started; it is seeded anew. Raises AssertionError unless all of them come,
    each once, and nothing else. Signing in is done before, and not counted.
    """
    connecting = Connecting(kind, simulator.settings())
    refers = by in connecting.manifest.references
    orders = [_order(simulator, by if refers else None, n) for n in range(1, count + 1)]
    simulator.seed(World(orders=tuple(orders)))
    try:
        subject = capability(connecting.connector, Capability.FIND_ORDERS)
        await connecting.connector.check(Call.within(10))
        before = len(simulator.calls)
        keys = [key for order in orders for key in (*order.keys, *order.references) if key.namespace == by]
        found: list[str] = []
        for batch in packed(keys, connecting.manifest):
            answer = await subject.find_orders(batch, connecting.manifest.facets, Call.within(60))
            assert answer.gaps == ()
            found += (record.external_id for record in answer.records)
    finally:
        await connecting.close()
    assert sorted(found) == sorted(order.external_id for order in orders)
    return len(simulator.calls) - before


def _order(simulator: SimulatedSystem, reference: str | None, n: int) -> OrderRecord:
    """The n-th order; one that refers to another by its number has none of its own."""
    identity, number, moment = simulator.external_id("order", n), f"N{n:05d}", _START + timedelta(minutes=n)
    own = Key("id", identity)
    return OrderRecord(
        external_id=identity,
        keys=(own, Key("number", number)) if reference is None else (own,),
        references=(Key(reference, number),) if reference else (),
        updated_at=moment,
        header=Header(number=number, placed_at=moment, updated_at=moment, currency="USD"),
    )
