"""With an order management system and no warehouse: it plans for whole orders, and the ERP is believed on stock."""

from __future__ import annotations

from typing import Any

from orderweave.demo import DemoBusiness
from orderweave_sdk.records import OrderRecord
from orderweave_sdk.testing.faults import Fault
from tests.e2e.business import Front, front

CONNECTORS = ("shopify", "tryton", "fluent_commerce")
ORDER = """query ($number: String!) { order(by: {number: $number}) { number fulfillmentStatus
  sources { system kind }
  lines(first: 20) { nodes { sku quantity { current shipped } } }
  fulfillmentOrders { status location { id name } lines { quantity } }
  shipments { status location { name } packages { trackingNumber carrier { name } } }
  freshness { missing { system reason } } } }"""
STOCK = """query ($skus: [String!]!) { inventory(skus: $skus) {
  sku onHand levels { location { name } onHand committed conflicts { path values { system value } } } } }"""


def split(business: DemoBusiness) -> OrderRecord:
    """The OMS's record of an order that two places are to send, and of which something has left."""
    return next(
        record
        for record in business.worlds["oms"].orders
        if record.fulfillment
        and len({plan.location for plan in record.fulfillment.fulfillment_orders}) == 2
        and record.fulfillment.shipments
    )


async def order(running: Front, number: str) -> dict[str, Any]:
    """One order's screen."""
    answer = await running.ask(ORDER, {"number": number})
    assert "errors" not in answer
    found: dict[str, Any] = answer["data"]["order"]
    return found


async def test_the_order_screen() -> None:
    """An order that is split is shown with both places' plans and parcels as the OMS tells them, for one call to it;
    without it the shop's word stands in, and the OMS's part is said to be missing.
    """
    async with front(seed=7, orders=300, connectors=CONNECTORS) as running:
        told = split(running.business)
        number = next(key.value for key in told.references if key.namespace == "ref").removeprefix("#")
        running.forget_calls()
        found = await order(running, number)
        asked = running.calls()["oms"]
        await running.business.fail("oms", Fault.STOPPED)
        alone = await order(running, number)
        await running.business.fail("oms", None)

    assert [entry["operation"] for entry in asked] == ["OrdersByRef"]
    assert {source["system"]: source["kind"] for source in found["sources"]}["oms"] == "OMS"
    assert found["freshness"]["missing"] == []
    goods = told.fulfillment
    assert goods is not None
    assert {plan["location"]["name"] for plan in found["fulfillmentOrders"]} == {
        plan.location.name for plan in goods.fulfillment_orders if plan.location
    }
    numbers = {package.tracking_number for each in goods.shipments for package in each.packages}
    shown = {package["trackingNumber"] for each in found["shipments"] for package in each["packages"]}
    assert shown == numbers - {None}
    assert sum(line["quantity"]["shipped"] for line in found["lines"]["nodes"]) == sum(
        line.quantity for each in goods.shipments for line in each.lines
    )
    assert [entry["system"] for entry in alone["freshness"]["missing"]] == ["oms"]
    assert {package["trackingNumber"] for each in alone["shipments"] for package in each["packages"]} == shown
    assert len(alone["fulfillmentOrders"]) == len(found["fulfillmentOrders"])


async def test_stock_is_the_erps_count() -> None:
    """The OMS's count is the ERP's: at every place one stock, the same as there, and nothing to disagree on."""
    async with front(seed=7, orders=200, connectors=CONNECTORS) as running:
        world = running.business.worlds["erp"]
        skus = sorted({level.sku for level in world.stock})[:5]
        answer = await running.ask(STOCK, {"skus": skus})
    counted = {sku: sum(level.on_hand or 0 for level in world.stock if level.sku == sku) for sku in skus}
    assert {item["sku"]: item["onHand"] for item in answer["data"]["inventory"]} == counted
    assert all(len(item["levels"]) == 3 for item in answer["data"]["inventory"])
    assert all(not level["conflicts"] for item in answer["data"]["inventory"] for level in item["levels"])
