"""SAP S/4HANA as the ERP of the business: the story stays the same, told by another vendor."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest_asyncio

from orderweave.demo import DemoBusiness
from orderweave.scenario import UNTIL
from orderweave.truth import figures
from orderweave_sdk.batches import keys_of
from orderweave_sdk.clock import Call
from orderweave_sdk.connecting import Connecting, capability
from orderweave_sdk.facets import facets_of
from orderweave_sdk.manifest import Capability
from orderweave_sdk.testing.comparing import comparable

# From so many orders on every kind of mess is there.
ORDERS = 200


@pytest_asyncio.fixture
async def business() -> AsyncIterator[DemoBusiness]:
    """The business with it."""
    async with DemoBusiness(seed=3, orders=ORDERS, connectors=("shopify", "sap_s4hana", "shiphero")) as made:
        yield made


async def test_the_truth_holds(business: DemoBusiness) -> None:
    """What SAP cannot say joins nothing wrongly, hides no planted conflict, and makes no false alarm."""
    found = figures(business.scenario, business.worlds, business.configuration().business, UNTIL)
    assert found.orders >= ORDERS
    assert found.missed == ()
    assert (found.wrong_joins, found.missed_joins, found.conflicts_missed) == (0, 0, 0)
    assert (found.conflicts_invented, found.stock_double_counted) == (0, 0)


async def test_every_order_comes_back(business: DemoBusiness) -> None:
    """All that the ERP knows goes through SAP's wire unchanged."""
    configured = business.configuration().systems["erp"]
    connecting = Connecting(configured.connector, configured.settings)
    facets, size = connecting.manifest.facets, connecting.manifest.lookups["id"].size
    told = business.worlds["erp"].orders
    found = []
    finding = capability(connecting.connector, Capability.FIND_ORDERS)
    try:
        for start in range(0, len(told), size):
            keys = keys_of("id", [order.external_id for order in told[start : start + size]])
            read = await finding.find_orders(keys, facets, Call.within(30))
            assert read.gaps == ()
            found += read.records
    finally:
        await connecting.close()
    by_id = {order.external_id: order for order in told}
    assert len(found) == len(told) > ORDERS / 2
    for record in found:
        assert comparable(record) == comparable(facets_of(by_id[record.external_id], facets))
