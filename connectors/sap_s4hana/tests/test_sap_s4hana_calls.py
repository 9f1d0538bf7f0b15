"""What many orders cost in calls, by each look-up."""

from __future__ import annotations

import pytest

from orderweave_sap_s4hana.connector import SapS4hanaConnector
from orderweave_sap_s4hana.manifest import MANIFEST
from orderweave_sap_s4hana.simulator import SapS4hanaSimulator
from orderweave_sdk.batches import keys_of, packed
from orderweave_sdk.clock import Call
from orderweave_sdk.connecting import Connecting
from orderweave_sdk.records import Key, OrderRecord
from orderweave_sdk.testing.counting import calls_to_find
from orderweave_sdk.testing.world import World

COUNTS = [(1, 3), (20, 3), (1000, 30)]


@pytest.mark.parametrize("by", [by for by in MANIFEST.lookups if by != "number"])
@pytest.mark.parametrize(("count", "calls"), COUNTS)
async def test_calls(by: str, count: int, calls: int) -> None:
    """A hundred orders with every facet are three calls where nothing was delivered, whatever names them."""
    async with SapS4hanaSimulator() as simulator:
        assert await calls_to_find(SapS4hanaConnector, simulator, by, count) == calls


@pytest.mark.parametrize(("count", "calls"), COUNTS)
async def test_calls_by_number(count: int, calls: int) -> None:
    """The number is the id, and costs the same."""
    async with SapS4hanaSimulator() as simulator:
        numbers = [simulator.external_id("order", n) for n in range(1, count + 1)]
        simulator.seed(
            World(orders=tuple(OrderRecord(external_id=number, keys=(Key("id", number),)) for number in numbers))
        )
        connecting = Connecting(SapS4hanaConnector, simulator.settings())
        subject = connecting.connector
        assert isinstance(subject, SapS4hanaConnector)
        found: list[str] = []
        for batch in packed(keys_of("number", numbers), MANIFEST):
            answer = await subject.find_orders(batch, MANIFEST.facets, Call.within(60))
            assert answer.gaps == ()
            found += (record.external_id for record in answer.records)
        await connecting.close()
    assert sorted(found) == sorted(numbers)
    assert len(simulator.calls) == calls
