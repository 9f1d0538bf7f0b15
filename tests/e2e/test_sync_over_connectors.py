"""The sync over every connector that plays in the demo: what a system lists in short is what it was read as in whole,
and what the index lost is found again.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec
import pytest

from orderweave.bootstrap import Orderweave
from orderweave.config.configuration import IndexSettings
from orderweave.demo import DemoBusiness
from orderweave.sync.sweeping import Swept
from orderweave_sdk.manifest import Capability
from orderweave_sdk.records import OrderRecord
from tests.unit.sync.keeping import rows_in

CASTS = ["shopify,sap_s4hana,shiphero,easypost", "adobe_commerce,odoo,shiphero", "vendure,tryton,shiphero"]
CARRIER = "carrier"


@pytest.mark.parametrize("cast", CASTS)
async def test_a_sweep_finds_what_is_wrong_and_no_more(cast: str, tmp_path: Path) -> None:
    """After a turn a sweep costs the pages of the list, and one call for what is read again where those are of headers,
    and finds nothing; with two records of each system gone
    from the index it finds these two, and the rows are as they were.
    """
    async with DemoBusiness(seed=7, orders=30, connectors=cast.split(",")) as business:
        index = IndexSettings(url=f"sqlite:///{tmp_path}/index.db")
        gateway = Orderweave(msgspec.structs.replace(business.configuration(), index=index))
        try:
            assert gateway.sync is not None
            assert gateway.index is not None
            turn = await gateway.sync.turn()
            assert (turn.failed, turn.incomplete) == ({}, frozenset())
            before = await gateway.index.read(rows_in, seconds=30)
            names = [name for name in business.worlds if name != CARRIER]
            for name in names:
                held = len(business.worlds[name].orders)
                assert await gateway.sync.passes.sweep(name, gateway.clock.now()) == Swept(
                    wrong=0, looked_at=held, calls=pages(gateway, name, business.worlds[name].orders)
                )
                await gateway.index.drop(name, [row[1] for row in before["records"] if row[0] == name][:2])
            for name in names:
                swept = await gateway.sync.passes.sweep(name, gateway.clock.now())
                assert swept is not None
                assert swept.wrong == 2
            while await gateway.index.weave_some():
                pass
            assert await gateway.index.read(rows_in, seconds=30) == before
            aside = {each.system: each.set_aside for each in await gateway.sync.look()}
            assert set(aside.values()) == {0}
        finally:
            await gateway.close()


def pages(gateway: Orderweave, name: str, orders: Sequence[OrderRecord]) -> int:
    """The pages of a list of so many orders; who only lists changes has as many as its feed gives. Where they are of
    headers, which takes a feed of changes and orders that are dated, a part is read again.
    """
    manifest = gateway.systems.business.systems[name].manifest
    listed = Capability.SEARCH_ORDERS in manifest.capabilities
    short = Capability.LIST_CHANGES in manifest.capabilities and all(order.updated_at for order in orders)
    return (-(-len(orders) // manifest.page_size) if listed else 1) + short
