"""The business with an ERP that is known by a mapping alone: what kind it is comes from the configuration."""

from __future__ import annotations

from orderweave_sdk.testing.faults import Fault
from tests.e2e.business import front

ORDER = """query ($number: String!) { order(by: {number: $number}) { sources { system number } invoiceStatus
  freshness { missing { system reason } } } }"""


async def test_an_order_is_put_together_with_a_mapped_api() -> None:
    """The mapped ERP adds its record to a shop's order by the shop's number; while it is down, its part is missing."""
    async with front(seed=3, orders=200, connectors=["shopify", "rest", "shiphero"]) as running:
        business = running.business
        system = business.configuration().business.systems["erp"]
        erp = next(order for order in business.worlds["erp"].orders if order.references)
        (reference,) = erp.references
        number = reference.value.strip().removeprefix("SO-").removeprefix("#")
        running.forget_calls()
        answer = await running.ask(ORDER, {"number": number})
        asked = running.calls()["erp"]
        await business.fail("erp", Fault.STOPPED)
        alone = await running.ask(ORDER, {"number": number})
    assert (system.kind, system.manifest.name) == ("ERP", "rest")
    assert {"system": "erp", "number": erp.key("number")} in answer["data"]["order"]["sources"]
    assert answer["data"]["order"]["freshness"]["missing"] == []
    assert asked
    assert {"system": "erp", "reason": "UNREACHABLE"} in alone["data"]["order"]["freshness"]["missing"]
