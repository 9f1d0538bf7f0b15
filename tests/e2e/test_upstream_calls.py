"""What a list costs the systems behind: exact bounds, whatever the page holds."""

from __future__ import annotations

import pytest

from tests.e2e.business import front

WITH = """query ($first: Int!, $after: String) { orders(first: $first, after: $after) {
  nodes { number lines(first: 50) { nodes { sku } } invoices { number } shipments { packages { events { status } } } }
  pageInfo { endCursor hasNextPage } } }"""
WITHOUT = """query ($first: Int!) { orders(first: $first) {
  nodes { number lines(first: 50) { nodes { sku } } invoices { number } } } }"""


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_twenty_orders_with_everything(seed: int) -> None:
    """20 orders with lines, invoices and shipments: one call a shop, one to the warehouse, four to the ERP at most."""
    async with front(seed=seed, orders=200) as running:
        answer = await running.ask(WITH, {"first": 20})
        calls = {name: len(made) for name, made in running.calls().items()}

        assert len(answer["data"]["orders"]["nodes"]) == 20
        assert "errors" not in answer
        assert calls["shop-us"] == 1
        assert calls["shop-eu"] == 1
        assert calls["wms"] == 1
        assert calls["erp"] <= 4


async def test_without_shipments_the_warehouse_is_not_asked() -> None:
    """The same list without shipments: no call to the warehouse."""
    async with front(seed=1, orders=200) as running:
        await running.ask(WITHOUT, {"first": 20})

        assert running.calls()["wms"] == []


async def test_paging_gives_every_order_once() -> None:
    """Page after page gives every true order exactly once, put together from exactly its true records."""
    query = WITH.replace("number lines", "sources { system externalId } lines")
    async with front(seed=4, orders=200) as running:
        found = []
        after = None
        for _ in range(20):
            page = (await running.ask(query, {"first": 50, "after": after}))["data"]["orders"]
            found += [
                frozenset((source["system"], source["externalId"]) for source in node["sources"])
                for node in page["nodes"]
            ]
            after = page["pageInfo"]["endCursor"]
            if not page["pageInfo"]["hasNextPage"]:
                break

        truth = running.business.scenario.truth
        assert sorted(map(sorted, found)) == sorted(sorted(order.members) for order in truth.orders)
