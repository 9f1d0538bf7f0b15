"""The business with Odoo as its ERP: its numbers are no shop's."""

from __future__ import annotations

import re

from orderweave.demo import DemoBusiness


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
