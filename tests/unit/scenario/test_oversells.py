"""What is planted of purchases and oversells, against what the systems' records say."""

from __future__ import annotations

from decimal import Decimal

import pytest

from orderweave.scenario import CASTS, UNTIL, Scenario, cast, generate, told
from tests.unit.scenario.ids import IDS


def recounted(scenario: Scenario) -> set[tuple[str, str, Decimal]]:
    """Where a shop lists more at its places than is there, promised to nobody and not set aside, by SKU and shop."""
    truly = {level.sku.casefold(): level for level in scenario.worlds["wms"].stock}
    stores = {
        (level.sku, level.location.name): level
        for level in scenario.worlds["erp"].stock
        if level.location.name != "East warehouse"
    }
    found = set()
    for shop in ("shop-us", "shop-eu"):
        listed: dict[str, Decimal] = {}
        there: dict[str, Decimal] = {}
        for level in scenario.worlds[shop].stock:
            held = stores.get((level.sku, level.location.name)) or truly[level.sku.casefold()]
            assert held.on_hand is not None
            free = held.on_hand - (held.committed or 0) - (held.reserved or 0)
            listed[level.sku] = listed.get(level.sku, Decimal(0)) + (level.available or 0)
            there[level.sku] = there.get(level.sku, Decimal(0)) + free
        found |= {
            (sku, shop, listed[sku] - max(Decimal(0), there[sku]))
            for sku in listed
            if listed[sku] > max(Decimal(0), there[sku])
        }
    return found


@pytest.mark.parametrize("seed", range(8))
def test_oversells_are_all_told(seed: int) -> None:
    """Both kinds are planted, in both shops, and no other listing is above what may be sold."""
    made = generate(seed=seed, orders=30, ids=IDS)
    planted = made.truth.oversells
    assert {(case.sku, case.channel, case.excess) for case in planted} == recounted(made)
    assert {(case.kind, case.channel) for case in planted} >= {("set_aside", "shop-us"), ("set_aside", "shop-eu")}


def test_without_the_warehouse_nobody_knows_better(scenario: Scenario) -> None:
    """A listing that repeats what the ERP believes is right as far as one can tell; who is away lists nothing."""
    players = cast(["shopify", "tryton"])
    assert told(scenario, players).truth.oversells == ()
    alone = told(
        scenario, {name: CASTS["shopify"] if name == "shop-us" else CASTS["shiphero"] for name in ("shop-us", "wms")}
    )
    assert {case.channel for case in alone.truth.oversells} == {"shop-us"}


def test_purchases_are_what_is_incoming(scenario: Scenario) -> None:
    """The ERP expects, line by line, what the shelves have as incoming; some lines are late, some have no day."""
    incoming: dict[tuple[str, str], Decimal] = {}
    for level in scenario.worlds["erp"].stock:
        if level.incoming:
            incoming[level.sku, level.location.external_id] = level.incoming
    expected: dict[tuple[str, str], Decimal] = {}
    receipts = scenario.worlds["erp"].receipts
    for receipt in receipts:
        place = receipt.sku, receipt.location.external_id
        expected[place] = expected.get(place, Decimal(0)) + receipt.quantity
        assert receipt.quantity > 0
    assert expected == incoming
    assert len({receipt.external_id for receipt in receipts}) == len(receipts)
    days = [receipt.expected_at for receipt in receipts]
    assert None in days
    assert any(day is not None and day < UNTIL for day in days)
    assert sum(day is not None and day > UNTIL for day in days) > len(days) / 2
    assert not any(world.receipts for name, world in scenario.worlds.items() if name != "erp")
