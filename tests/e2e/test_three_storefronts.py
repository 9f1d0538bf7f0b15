"""Three shops of three vendors before one ERP and one warehouse: each order once, whichever shop took it."""

from __future__ import annotations

from typing import Any

from orderweave_sdk.testing.faults import Fault
from tests.e2e.business import Front, front

CONNECTORS = ("shopify", "adobe_commerce", "salesforce_b2c", "tryton", "shiphero")
SHOPS = ("shop-us", "shop-eu", "shop-outlet")
ORDER = """query ($number: String!) { order(by: {number: $number}) {
  id number status channel { code } sources { system externalId } conflicts { path }
  freshness { missing { system reason } } } }"""
LIST = """query ($first: Int!, $after: String) { orders(first: $first, after: $after) {
  nodes { id number channel { code } sources { system } freshness { missing { system } } }
  pageInfo { hasNextPage endCursor }
  coverage { complete sources { system ok } } } }"""


def known_to_three(running: Front, shop: str) -> tuple[str, frozenset[tuple[str, str]]]:
    """An order of this shop that the ERP and the warehouse have too, by its number, with its records in truth."""
    business = running.business
    numbers = {order.external_id: order.key("number") or "" for order in business.worlds[shop].orders}
    at_odds = {conflict.order for conflict in business.scenario.truth.conflicts}
    for order in business.scenario.truth.orders:
        whole = {system for system, _ in order.members} == {shop, "erp", "wms"}
        if whole and not order.bridged and order.anchor not in at_odds:
            return numbers[order.anchor[1]], order.members
    raise AssertionError(f"no order of {shop} is known to three")


async def asked_for(running: Front, number: str) -> dict[str, Any]:
    """One order."""
    answer = await running.ask(ORDER, {"number": number})
    assert "errors" not in answer
    found: dict[str, Any] = answer["data"]["order"]
    return found


async def test_an_order_of_each_shop() -> None:
    """By its shop's number, an order of each shop comes with the records of ERP and warehouse that are its own."""
    async with front(seed=7, orders=300, connectors=CONNECTORS) as running:
        for shop in SHOPS:
            number, members = known_to_three(running, shop)
            found = await asked_for(running, number)
            assert {(source["system"], source["externalId"]) for source in found["sources"]} == members
            assert (found["number"], found["channel"]["code"]) == (number, shop)
            assert (found["conflicts"], found["freshness"]["missing"]) == ([], [])


async def test_an_order_that_is_named_by_others() -> None:
    """While its shop is down, an order that ERP and warehouse know keeps its id, and the shop is said to be missing."""
    async with front(seed=7, orders=300, connectors=CONNECTORS) as running:
        number, _ = known_to_three(running, "shop-outlet")
        whole = await asked_for(running, number)
        await running.business.fail("shop-outlet", Fault.STOPPED)
        found = await asked_for(running, number)
        await running.business.fail("shop-outlet", None)
    assert found["id"] == whole["id"]
    assert {source["system"] for source in found["sources"]} == {"erp", "wms"}
    assert found["freshness"]["missing"] == [{"system": "shop-outlet", "reason": "UNREACHABLE"}]


async def test_all_orders_of_all_shops_come_once() -> None:
    """Page by page over three shops and the ERP: each order of the truth once, under the shop that took it."""
    async with front(seed=7, orders=120, connectors=CONNECTORS) as running:
        truth = running.business.scenario.truth.orders
        nodes: list[dict[str, Any]] = []
        after: str | None = None
        while True:
            answer = await running.ask(LIST, {"first": 50, "after": after})
            assert "errors" not in answer
            page = answer["data"]["orders"]
            assert page["coverage"]["complete"] is True
            nodes += page["nodes"]
            after = page["pageInfo"]["endCursor"]
            if not page["pageInfo"]["hasNextPage"]:
                break
    assert len({node["id"] for node in nodes}) == len(nodes) == len(truth)
    records = [{source["system"] for source in node["sources"]} for node in nodes]
    for shop in SHOPS:
        own = [node for node, systems in zip(nodes, records, strict=True) if shop in systems]
        assert len(own) == sum(order.anchor[0] == shop for order in truth) > 10
        assert {node["channel"]["code"] for node in own} == {shop}


async def test_a_page_asks_a_shop_without_batches_by_list() -> None:
    """Its orders of a page come from its list; none of them is asked for one by one."""
    async with front(seed=7, orders=300, connectors=CONNECTORS) as running:
        running.forget_calls()
        answer = await running.ask(LIST, {"first": 50})
        calls = running.calls()["shop-outlet"]
    assert "errors" not in answer
    assert {node["channel"]["code"] for node in answer["data"]["orders"]["nodes"]} == {*SHOPS, "erp"}
    assert [call["operation"] for call in calls] == ["orders"]
