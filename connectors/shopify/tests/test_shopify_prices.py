"""The price that is paid before each call is what the shop charges for it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from graphql import build_schema, parse

from orderweave_sdk.batches import keys_of
from orderweave_sdk.capabilities import Search
from orderweave_sdk.clock import Call
from orderweave_sdk.connecting import Connecting
from orderweave_sdk.errors import Wait
from orderweave_sdk.manifest import SearchField
from orderweave_sdk.metering import Quota
from orderweave_sdk.records import Facet
from orderweave_sdk.testing.samples import sample_world
from orderweave_shopify.connections import ALL_CONNECTIONS
from orderweave_shopify.connector import ShopifyConnector
from orderweave_shopify.manifest import MANIFEST
from orderweave_shopify.queries import continuation_cost
from orderweave_shopify.simulator import ShopifySimulator
from orderweave_shopify.simulator_cost import Bucket, requested_cost
from orderweave_shopify.simulator_schema import SDL


class Ledger:
    """A meter that lets everything through and notes what was paid, and by how much that was too much."""

    def __init__(self) -> None:
        self.paid: list[float] = []
        self.unspent: list[float] = []
        self.told: list[Quota] = []

    async def take(self, price: float, call: Call, *, operation: str) -> None:
        """See `Meter`."""
        self.paid.append(price)

    def done(self, price: float) -> None:
        """See `Meter`."""

    async def learn(self, told: Quota, *, unspent: float) -> None:
        """See `Meter`."""
        self.told.append(told)
        self.unspent.append(unspent)


@pytest.fixture
def ledger() -> Ledger:
    """An empty one."""
    return Ledger()


@pytest_asyncio.fixture
async def metered(shop: ShopifySimulator, ledger: Ledger) -> AsyncIterator[ShopifyConnector]:
    """The connector to a shop with the sample world, its calls paid from the ledger."""
    shop.seed(sample_world(shop.external_id))
    connecting = Connecting(ShopifyConnector, shop.settings(), meter=ledger)
    assert isinstance(connecting.connector, ShopifyConnector)
    yield connecting.connector
    await connecting.close()


async def test_every_call_is_paid_to_the_point(
    shop: ShopifySimulator, metered: ShopifyConnector, ledger: Ledger
) -> None:
    """Look-ups, searches, stock, products, places and the check cost what was paid; facets that share lists less."""
    call = Call.within(10)
    ids = [order.external_id for order in sample_world(shop.external_id).orders]
    facets = frozenset({Facet.HEADER, Facet.LINES, Facet.CUSTOMER, Facet.RETURNS})
    await metered.find_orders(keys_of("id", ids), facets, call)
    await metered.find_orders(keys_of("number", ["1001", "1002"]), frozenset({Facet.HEADER}), call)
    await metered.search_orders(
        Search(conditions=(), sort=SearchField.PLACED_AT, descending=True, size=7, after=None, facets=facets), call
    )
    await metered.read_stock(["TEA-1", "TEA-2"], None, call)
    await metered.find_products(["TEA-1"], call)
    await metered.list_locations(call)
    await metered.check(call)
    assert len(ledger.paid) >= 7
    assert set(ledger.unspent) == {0.0}
    await metered.find_orders(keys_of("id", ids[:1]), MANIFEST.facets, call)
    assert ledger.paid[-1] == 3 + 155
    assert ledger.unspent[-1] == 10


def test_further_pages_are_paid_to_the_point() -> None:
    """The page after the first of every list inside an order costs what is reckoned for it."""
    schema = build_schema(SDL)
    for connection in ALL_CONNECTIONS:
        assert requested_cost(schema, parse(connection.continuation()), {}) == continuation_cost(connection)


async def test_a_query_that_was_turned_away_cost_nothing(
    shop: ShopifySimulator, metered: ShopifyConnector, ledger: Ledger
) -> None:
    """What was paid for a throttled query comes back, and the bucket's true level with it."""
    shop.throttles = True
    shop.bucket = Bucket(maximum=10, per_second=0.5)
    with pytest.raises(Wait):
        await metered.list_locations(Call.within(10))
    assert ledger.paid == ledger.unspent == [13]
    assert ledger.told == [Quota(available=10, maximum=10, per_second=0.5)]


def test_the_manifest_s_price_of_one_order() -> None:
    """For every facet, one order costs what the manifest says: the connection, the order, and the facet."""
    limit = MANIFEST.rate_limit
    assert limit is not None
    assert limit.orders is not None
    assert limit.orders.of(frozenset()) == 3
    assert limit.orders.of(frozenset({Facet.HEADER, Facet.LINES})) == 3 + 4 + 16
    assert limit.orders.of(MANIFEST.facets) == 3 + 155
