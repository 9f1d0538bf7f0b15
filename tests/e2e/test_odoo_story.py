"""The business with Odoo as its ERP: what the scenario tells it comes back over the wire."""

from __future__ import annotations

import re

from orderweave.config import installed
from orderweave.demo import DemoBusiness
from orderweave_sdk.batches import keys_of
from orderweave_sdk.capabilities import FindOrders
from orderweave_sdk.clock import Call
from orderweave_sdk.connecting import Connecting
from orderweave_sdk.records import OrderRecord
from orderweave_sdk.testing.comparing import comparable


async def test_every_record_comes_back() -> None:
    """Each order of the story, with its tills, drafts, edits and odd references, is heard as Odoo can say it."""
    kind = installed().connectors["odoo"]()
    async with DemoBusiness(seed=3, orders=300, connectors=["shopify", "odoo", "shiphero"]) as business:
        orders = business.worlds["erp"].orders
        connecting = Connecting(kind, business.simulators["erp"].settings())
        try:
            subject = connecting.connector
            assert isinstance(subject, FindOrders)
            found: list[OrderRecord] = []
            for start in range(0, len(orders), 100):
                keys = keys_of("id", [order.external_id for order in orders[start : start + 100]])
                answer = await subject.find_orders(keys, kind.manifest.facets, Call.within(30))
                assert answer.gaps == ()
                found += answer.records
        finally:
            await connecting.close()
    assert len(orders) > 250
    assert [comparable(record) for record in found] == [comparable(order) for order in orders]


async def test_numbers_are_told_apart() -> None:
    """Odoo writes S00042, and no shop's number looks like one; what people typed stands in the customer reference."""
    async with DemoBusiness(seed=3, orders=300, connectors=["shopify", "odoo", "shiphero"]) as business:
        spec = business.configuration().business.systems["erp"]
        numbers = {name: [order.key("number") for order in world.orders] for name, world in business.worlds.items()}
        references = {key.namespace for order in business.worlds["erp"].orders for key in order.references}
    assert spec.number_pattern is not None
    pattern = re.compile(spec.number_pattern)
    assert all(pattern.fullmatch(number) for number in numbers["erp"] if number)
    assert "S00001" in numbers["erp"]
    assert not any(pattern.fullmatch((number or "").lstrip("#")) for number in numbers["shop-us"] + numbers["shop-eu"])
    assert references == {"client_order_ref"}
