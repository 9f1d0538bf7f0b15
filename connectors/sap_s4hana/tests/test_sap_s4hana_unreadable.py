"""Listings in which orders cannot be read, or change again: nothing behind them is lost."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from connectors.sap_s4hana.tests.test_sap_s4hana_orders import many
from orderweave_sap_s4hana.changes import PAGE
from orderweave_sap_s4hana.connector import SapS4hanaConnector
from orderweave_sap_s4hana.simulator import SapS4hanaSimulator
from orderweave_sdk.capabilities import Search, Skus
from orderweave_sdk.clock import Call
from orderweave_sdk.connecting import Connecting
from orderweave_sdk.errors import BadPayload
from orderweave_sdk.manifest import SearchField
from orderweave_sdk.testing.samples import sample_world
from orderweave_sdk.testing.simulator import SimulatedAnswer, SimulatedRequest
from orderweave_sdk.testing.world import World

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


class Odd(SapS4hanaSimulator):
    """Tells so many of the first rows of one entity set so that they cannot be read."""

    def __init__(self, entity: str, field: str, count: int) -> None:
        super().__init__()
        self.entity = entity
        self.field = field
        self.bad = {SapS4hanaSimulator.external_id("order", n + 1) for n in range(count)}

    async def answer(self, request: SimulatedRequest) -> SimulatedAnswer:
        """As the system, but for these rows."""
        answer = await super().answer(request)
        if not request.path.endswith(self.entity):
            return answer
        told = json.loads(answer.body)
        for row in told["d"]["results"]:
            if row[self.field] in self.bad:
                row[self.field] = {"spoiled": True}
        return msgspec.structs.replace(answer, body=json.dumps(told).encode())


def seconds_apart(system: SapS4hanaSimulator, count: int) -> World:
    """Orders that changed one after another."""
    world = many(system, count)
    orders = (
        msgspec.structs.replace(order, updated_at=NOON + timedelta(seconds=n)) for n, order in enumerate(world.orders)
    )
    return msgspec.structs.replace(world, orders=tuple(orders))


async def changes(subject: SapS4hanaConnector, cursor: str | None) -> tuple[str | None, list[str]]:
    """All that changed since a cursor."""
    found: list[str] = []
    for _ in range(20):
        page = await subject.list_changes(cursor, None, frozenset(), Call.within(60))
        found += [record.external_id for record in page.records]
        cursor = page.cursor
        if not page.more:
            return cursor, found
    raise AssertionError("the changes never end")


async def test_a_page_of_changes_that_cannot_be_read_is_passed() -> None:
    """What follows it is told, and the feed ends."""
    async with Odd("A_SalesOrder", "SalesOrder", PAGE + 1) as system:
        world = seconds_apart(system, PAGE + 3)
        system.seed(world)
        connecting = Connecting(SapS4hanaConnector, system.settings())
        assert isinstance(connecting.connector, SapS4hanaConnector)
        _, found = await changes(connecting.connector, None)
        await connecting.close()
    assert found == [order.external_id for order in world.orders[PAGE + 1 :]]


async def test_a_search_that_finds_nothing_readable_ends() -> None:
    """After ten pages it is said that nothing can be read, and nothing is called complete."""
    async with Odd("A_SalesOrder", "SalesOrder", 40) as system:
        system.seed(seconds_apart(system, 40))
        connecting = Connecting(SapS4hanaConnector, system.settings())
        assert isinstance(connecting.connector, SapS4hanaConnector)
        search = Search(
            conditions=(), sort=SearchField.UPDATED_AT, descending=False, size=2, after=None, facets=frozenset()
        )
        with pytest.raises(BadPayload, match="SalesOrder: page after page holds nothing that can be read"):
            await connecting.connector.search_orders(search, Call.within(60))
        await connecting.close()
        assert len(system.calls) == 10


async def test_the_order_that_changed_last_changes_again(
    connector: SapS4hanaConnector, simulator: SapS4hanaSimulator
) -> None:
    """The cursor names it as given, but as it stood at that moment: as it stands now it is told."""
    world = seconds_apart(simulator, 3)
    simulator.seed(world)
    cursor, found = await changes(connector, None)
    assert found == [order.external_id for order in world.orders]
    cursor, found = await changes(connector, cursor)
    assert found == []
    again = msgspec.structs.replace(world.orders[2], updated_at=NOON + timedelta(minutes=1))
    simulator.seed(msgspec.structs.replace(world, orders=(*world.orders[:2], again)))
    cursor, found = await changes(connector, cursor)
    assert found == [again.external_id]


async def test_a_material_that_cannot_be_read_hides_no_other() -> None:
    """It is a gap, the others of its page are listed, and the page after a full one goes on where that ended."""
    async with Odd("A_MaterialStock", "Material", 0) as system:
        level = sample_world(system.external_id).stock[0]
        skus = [f"T-{n:04d}" for n in range(1002)]
        system.seed(World(stock=tuple(msgspec.structs.replace(level, sku=sku) for sku in skus)))
        system.bad = {skus[7]}
        connecting = Connecting(SapS4hanaConnector, system.settings())
        assert isinstance(connecting.connector, SapS4hanaConnector)
        first = await connecting.connector.list_skus(None, Call.within(60))
        second = await connecting.connector.list_skus(first.after, Call.within(60))
        await connecting.close()
    assert first.skus == (*skus[:7], *skus[8:1000])
    assert [gap.external_id for gap in first.gaps] == [None]
    assert second == Skus(skus=tuple(skus[1000:]), after=None)
    assert [call.detail for call in system.calls] == [None, "Material gt 'T-0999'"]
