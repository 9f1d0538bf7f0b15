"""The credits that are paid before each request are at least what the account is charged."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from orderweave_sdk.batches import keys_of
from orderweave_sdk.clock import Call
from orderweave_sdk.connecting import Connecting
from orderweave_sdk.errors import Wait
from orderweave_sdk.metering import Quota
from orderweave_sdk.records import Facet
from orderweave_shiphero.connector import ShipheroConnector
from orderweave_shiphero.manifest import FACETS, MANIFEST
from orderweave_shiphero.simulator import ShipheroSimulator


class Ledger:
    """A meter that lets everything through and notes what was paid for, and what came back."""

    def __init__(self) -> None:
        self.paid: list[float] = []
        self.unspent: list[float] = []

    async def take(self, price: float, call: Call, *, operation: str) -> None:
        """See `Meter`."""
        self.paid.append(price)

    def done(self, price: float) -> None:
        """See `Meter`."""

    async def learn(self, told: Quota, *, unspent: float) -> None:
        """See `Meter`."""
        self.unspent.append(unspent)


@pytest.fixture
def ledger() -> Ledger:
    """An empty one."""
    return Ledger()


@pytest_asyncio.fixture
async def metered(simulator: ShipheroSimulator, ledger: Ledger) -> AsyncIterator[ShipheroConnector]:
    """The connector on the simulator, its requests paid from the ledger."""
    connecting = Connecting(ShipheroConnector, simulator.settings(), meter=ledger)
    assert isinstance(connecting.connector, ShipheroConnector)
    yield connecting.connector
    await connecting.close()


async def test_every_request_is_paid(simulator: ShipheroSimulator, metered: ShipheroConnector, ledger: Ledger) -> None:
    """Each look-up, page of changes, SKU and list of places is paid with the credits that `credits` reckons for it.

    The token is free, for it is no request of the API.
    """
    call = Call.within(10)
    numbers = [order.key("number") or "" for order in simulator.world.orders]
    ids = [order.external_id for order in simulator.world.orders]
    await metered.check(call)
    await metered.find_orders(keys_of("order_number", numbers), FACETS, call)
    await metered.find_orders(keys_of("id", ids), frozenset({Facet.HEADER}), call)
    await metered.list_changes(None, None, frozenset({Facet.HEADER}), call)
    await metered.read_stock(["TEA-1", "TEA-2"], None, call)
    await metered.find_products(["TEA-1"], call)
    await metered.list_locations(call)
    assert ledger.paid == [0, 1, 25 * 93, 25 * 2, 1 + 50, 2 * 11, 3, 1]
    # The account is charged for what was returned: by the simulator's reckoning, a credit for each root field.
    assert ledger.unspent == [0, 25 * 92, 25 * 1, 50, 2 * 10, 2, 0]


async def test_a_request_that_was_turned_away_cost_nothing(
    simulator: ShipheroSimulator, metered: ShipheroConnector, ledger: Ledger
) -> None:
    """What was paid for a request that the account could not pay comes back."""
    simulator.credits = 10
    with pytest.raises(Wait):
        await metered.find_orders(keys_of("order_number", ["1001"]), FACETS, Call.within(10))
    assert ledger.paid == [0.0, 93]
    assert ledger.unspent == [93]


def test_the_manifest_s_price_of_one_order() -> None:
    """An order by number costs at most what the manifest says, lines being counted for both facets that select them."""
    limit = MANIFEST.rate_limit
    assert limit is not None
    assert limit.orders is not None
    assert limit.orders.of(frozenset()) == 3
    assert limit.orders.of(frozenset({Facet.LINES})) == 33
    assert limit.orders.of(FACETS) == 3 + 30 + 90
