"""What every test of the contract suite stands on: a simulator with the sample world, and the connector wired to it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Any, ClassVar

import pytest
import pytest_asyncio

from orderweave_sdk.batches import keys_of
from orderweave_sdk.capabilities import Connector
from orderweave_sdk.clock import Call
from orderweave_sdk.connecting import Connecting
from orderweave_sdk.manifest import Capability
from orderweave_sdk.records import Facet, OrderRecord, Package
from orderweave_sdk.testing.samples import sample_world
from orderweave_sdk.testing.simulator import SimulatedSystem
from orderweave_sdk.testing.world import World


class ContractSetting:
    """The names that a connector's suite gives, the fixtures made of them, and the one way to read orders."""

    connector: ClassVar[type[Connector]]
    simulator: ClassVar[type[SimulatedSystem]]
    calls_for: ClassVar[Mapping[str, Mapping[int, int]]]

    @pytest_asyncio.fixture
    async def system(self) -> AsyncIterator[SimulatedSystem]:
        """A simulator that holds the sample world, started."""
        made = self.simulator()
        made.seed(self.world)
        await made.start()
        try:
            yield made
        finally:
            await made.stop()

    @pytest_asyncio.fixture
    async def subject(self, system: SimulatedSystem) -> AsyncIterator[Any]:
        """The connector under test, wired to the simulator."""
        connecting = Connecting(self.connector, system.settings())
        try:
            yield connecting.connector
        finally:
            await connecting.close()

    @property
    def world(self) -> World:
        """The sample world as the vendor can say it."""
        whole = sample_world(self.simulator.external_id)
        return World(
            orders=tuple(self.simulator.expressible(order) for order in whole.orders),
            stock=tuple(self.simulator.expressible_stock(level) for level in whole.stock),
            receipts=tuple(self.simulator.expressible_receipt(receipt) for receipt in whole.receipts),
            products=tuple(self.simulator.expressible_product(product) for product in whole.products),
            locations=whole.locations,
        )

    def need(self, wanted: Capability) -> None:
        """Leave a test that is about a capability which this connector does not declare."""
        if wanted not in self.connector.manifest.capabilities:
            pytest.skip(f"{wanted} is not declared; test_undeclared_refuses covers the refusal")

    @property
    def packages(self) -> dict[str, Package]:
        """The parcels of the sample world by their tracking numbers."""
        return {
            package.tracking_number: package
            for order in self.world.orders
            for shipment in (order.fulfillment.shipments if order.fulfillment else ())
            for package in shipment.packages
            if package.tracking_number
        }

    def tracking_size(self) -> int:
        """How many parcels one call may be about."""
        batch = self.connector.manifest.tracking_batch
        assert batch is not None
        return batch.size

    def call(self, seconds: float = 10.0) -> Call:
        """Terms generous enough for a slow machine."""
        return Call.within(seconds)

    async def find(self, subject: Any, by: str, values: list[str], facets: frozenset[Facet]) -> list[OrderRecord]:
        """Orders by key, in order of id, with no gap."""
        found = await subject.find_orders(keys_of(by, values), facets, self.call())
        assert found.gaps == ()
        return sorted(found.records, key=lambda record: record.external_id)
