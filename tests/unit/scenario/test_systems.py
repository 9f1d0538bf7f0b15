"""Systems that stand in the business in place of those it has: the story stays the same, told by another vendor."""

from __future__ import annotations

import importlib
from collections.abc import Callable

import pytest

from orderweave.demo import DemoBusiness
from orderweave.scenario import UNTIL, DemoSystem, demo_systems
from orderweave.scenario.systems import adobe_commerce
from orderweave.truth import figures
from orderweave_sdk.batches import keys_of
from orderweave_sdk.clock import Call
from orderweave_sdk.connecting import Connecting, capability
from orderweave_sdk.facets import facets_of
from orderweave_sdk.manifest import Capability
from orderweave_sdk.testing.comparing import comparable

StandIn = Callable[[DemoSystem], DemoSystem]
STAND_INS = [("shop-us", adobe_commerce.in_place_of), ("shop-eu", adobe_commerce.in_place_of)]
# From so many orders on every kind of mess is there.
ORDERS = 200


def business(monkeypatch: pytest.MonkeyPatch, replaced: str, stand_in: StandIn) -> DemoBusiness:
    """The business with one system replaced."""
    systems = tuple(stand_in(system) if system.name == replaced else system for system in demo_systems())
    for module in ("orderweave.demo.business", "orderweave.scenario.configuration"):
        monkeypatch.setattr(importlib.import_module(module), "demo_systems", lambda: systems)
    return DemoBusiness(seed=3, orders=ORDERS)


@pytest.mark.parametrize(("replaced", "stand_in"), STAND_INS)
async def test_the_truth_holds(monkeypatch: pytest.MonkeyPatch, replaced: str, stand_in: StandIn) -> None:
    """What the vendor cannot say joins nothing wrongly, hides no planted conflict, and makes no false alarm."""
    async with business(monkeypatch, replaced, stand_in) as made:
        configuration = made.configuration()
        found = figures(made.scenario, made.worlds, configuration.business, UNTIL)
    connector = stand_in(next(system for system in demo_systems() if system.name == replaced)).connector
    assert f'[systems.{replaced}]\nconnector = "{connector}"' in made.toml
    assert found.orders >= ORDERS
    assert found.missed == ()
    assert (found.wrong_joins, found.missed_joins, found.conflicts_missed) == (0, 0, 0)
    assert (found.conflicts_invented, found.stock_double_counted) == (0, 0)


@pytest.mark.parametrize(("replaced", "stand_in"), STAND_INS)
async def test_every_order_comes_back(monkeypatch: pytest.MonkeyPatch, replaced: str, stand_in: StandIn) -> None:
    """All that the replaced system knows goes through the vendor's wire unchanged."""
    async with business(monkeypatch, replaced, stand_in) as made:
        configured = made.configuration().systems[replaced]
        connecting = Connecting(configured.connector, configured.settings)
        facets, size = connecting.manifest.facets, connecting.manifest.lookups["id"].size
        told = made.worlds[replaced].orders
        found = []
        finding = capability(connecting.connector, Capability.FIND_ORDERS)
        for start in range(0, len(told), size):
            keys = keys_of("id", [order.external_id for order in told[start : start + size]])
            read = await finding.find_orders(keys, facets, Call.within(30))
            assert read.gaps == ()
            found += read.records
        await connecting.close()
    assert len(found) == len(told) > 30
    by_id = {order.external_id: order for order in told}
    for record in found:
        assert comparable(record) == comparable(facets_of(by_id[record.external_id], facets))
