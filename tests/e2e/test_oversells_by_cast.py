"""The oversells that any cast's records show, against what was planted for it."""

from __future__ import annotations

from collections import defaultdict

import pytest

from orderweave.demo import DemoBusiness
from orderweave.inventory import StockMerger, oversells
from orderweave.merging.lines import tidy_sku
from orderweave.model.inventory import FetchedStock
from orderweave.planning.authority import Authority
from orderweave.scenario import UNTIL


@pytest.mark.parametrize(
    "connectors",
    [
        ["shopify", "tryton", "shiphero"],
        ["vendure", "odoo", "shiphero"],
        ["shopify", "shiphero"],
        ["shopify", "tryton"],
        ["vendure", "sap_s4hana"],
        ["shopify"],
    ],
    ids="-".join,
)
async def test_planted_and_found(connectors: list[str]) -> None:
    """Every planted case and no other, whoever plays; where nobody knows better than a shop, there is none."""
    async with DemoBusiness(seed=3, orders=60, connectors=connectors) as made:
        business = made.configuration().business
    by_sku: dict[str, list[FetchedStock]] = defaultdict(list)
    for name, world in made.worlds.items():
        for record in world.stock:
            by_sku[tidy_sku(record.sku)].append(FetchedStock(system=name, record=record, fetched_at=UNTIL))
    merger = StockMerger(business, Authority(business))
    found = oversells(merger.merge(sku, entries, now=UNTIL) for sku, entries in by_sku.items())
    planted = {(tidy_sku(case.sku), case.channel, case.excess) for case in made.scenario.truth.oversells}
    assert {(tidy_sku(case.sku), case.channel.code, case.excess) for case in found} == planted
    assert bool(planted) == ("shiphero" in connectors)
