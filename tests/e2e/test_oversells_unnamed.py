"""The oversell watch and the totals of stock where nobody names a SKU: what the systems list is what is known."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest

from orderweave.bootstrap import Orderweave
from orderweave.config.configuration import IndexSettings
from orderweave.demo import DemoBusiness
from orderweave.model.rights import ALL_RIGHTS, Caller
from orderweave.operations.answers import Request
from orderweave.operations.running import Operations
from orderweave.schema import Context

_QUESTION = """{
  inventoryAggregates {
    groups { skuCount onHandSum }
    coverage { complete sources { system truncated error } }
  }
  oversells(first: 200) {
    oversells { sku channel { code } excess }
    checked unjudged missing { system message } nextCursor
  }
}"""


async def answered(business: DemoBusiness, folder: Path) -> dict[str, Any]:
    """What is known after one turn of the sync."""
    index = IndexSettings(url=f"sqlite:///{folder}/index.db")
    gateway = Orderweave(msgspec.structs.replace(business.configuration(), index=index))
    assert gateway.sync is not None
    try:
        assert (await gateway.sync.turn()).failed == {}
        caller = Caller(name="analyst", role="analyst", rights=ALL_RIGHTS)
        context = Context(gateway.gateway, caller=caller)
        answer = await Operations(gateway.schema).run(Request(query=_QUESTION), context)
        found: dict[str, Any] = answer.document()["data"]
        return found
    finally:
        await gateway.close()


@pytest.mark.parametrize(
    ("seed", "orders", "cast", "silent"),
    [
        (7, 40, "shopify,tryton,shiphero", None),
        (5, 10, "shopify,tryton,shiphero", None),
        (5, 10, "vendure,odoo,shiphero", None),
        (5, 10, "shopify,rest,shiphero", None),
        (7, 40, "salesforce_b2c,sap_s4hana,extensiv", None),
        (5, 10, "salesforce_b2c,fluent_commerce,extensiv", None),
        (5, 10, "adobe_commerce,vendure,odoo,shiphero", "shop-us"),
    ],
)
async def test_every_planted_oversell_and_every_piece(
    tmp_path: Path, seed: int, orders: int, cast: str, silent: str | None
) -> None:
    """A few orders name a part of the goods alone. After one turn, without a SKU named: each planted case and no other,
    every piece that lies anywhere, and an answer that says of itself that it is complete. `silent` is a shop that does
    not say what it still sells, as Adobe Commerce without a website: nobody can tell whether it sells too much.
    """
    async with DemoBusiness(seed=seed, orders=orders, connectors=cast.split(",")) as business:
        found = await answered(business, tmp_path)
        truth = business.scenario.truth
        planted = sorted(
            (case.sku.casefold(), case.channel, int(case.excess)) for case in truth.oversells if case.channel != silent
        )
        watch, stock = found["oversells"], found["inventoryAggregates"]
        assert len(planted) >= 4
        seen = [(each["sku"].casefold(), each["channel"]["code"], int(each["excess"])) for each in watch["oversells"]]
        assert sorted(seen) == planted
        skus = {level.sku.casefold() for level in truth.stock}
        assert (watch["checked"], watch["unjudged"], watch["missing"]) == (len(skus), [], [])
        assert [(each["skuCount"], int(each["onHandSum"])) for each in stock["groups"]] == [
            (len(skus), int(sum(level.on_hand for level in truth.stock if level.on_hand)))
        ]
        assert stock["coverage"]["complete"] is True
