"""Pages of a search where moments are equal, and answers that are as long as they may be."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
import pytest_asyncio

from orderweave_sdk.batches import keys_of
from orderweave_sdk.capabilities import Gap, Search
from orderweave_sdk.clock import Call
from orderweave_sdk.connecting import Connecting
from orderweave_sdk.manifest import SearchField
from orderweave_sdk.records import Facet, Header, Key, OrderRecord, Return, ReturnStatus
from orderweave_sdk.testing.world import World
from orderweave_tryton.connector import TrytonConnector
from orderweave_tryton.simulator import TrytonSimulator

START = datetime(2026, 3, 1, 8, tzinfo=UTC)


def order(n: int, placed: datetime, returns: int = 0) -> OrderRecord:
    """An order that was placed, and sent back in so many returns."""
    identity = TrytonSimulator.external_id("order", n)
    sent_back = tuple(
        Return(external_id=TrytonSimulator.external_id("return", number + 1), status=ReturnStatus.OPEN, lines=())
        for number in range(returns)
    )
    return OrderRecord(
        external_id=identity,
        keys=(Key("id", identity),),
        updated_at=placed,
        header=Header(placed_at=placed),
        returns=sent_back,
    )


@pytest_asyncio.fixture
async def server() -> AsyncIterator[TrytonSimulator]:
    """An empty Tryton."""
    async with TrytonSimulator() as made:
        yield made


@pytest_asyncio.fixture
async def subject(server: TrytonSimulator) -> AsyncIterator[TrytonConnector]:
    """The connector over it."""
    connecting = Connecting(TrytonConnector, server.settings())
    try:
        assert isinstance(connecting.connector, TrytonConnector)
        yield connecting.connector
    finally:
        await connecting.close()


@pytest.mark.parametrize("sort", sorted(TrytonConnector.manifest.sorts))
@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("size", [1, 2, 3, 7])
async def test_every_order_comes_once(
    size: int, descending: bool, sort: SearchField, server: TrytonSimulator, subject: TrytonConnector
) -> None:
    """Nine orders of which five are of one moment come once each, equals by id in the same direction."""
    moments = [START + timedelta(seconds=n) for n in (0, 1, 2, 2, 2, 2, 2, 3, 4)]
    server.seed(World(orders=tuple(order(n, moment) for n, moment in reversed(list(enumerate(moments, start=1))))))
    at = SimpleNamespace(after=None, found=[])
    for _ in range(20):
        search = Search(conditions=(), sort=sort, descending=descending, size=size, after=at.after, facets=frozenset())
        page = await subject.search_orders(search, Call.within(10))
        at.found += [hit.record.external_id for hit in page.hits]
        if not page.more:
            break
        at.after = page.hits[-1].cursor
    expected = [TrytonSimulator.external_id("order", n) for n in range(1, 10)]
    assert at.found == (expected[::-1] if descending else expected)


async def test_an_answer_as_long_as_it_may_be_is_told(server: TrytonSimulator, subject: TrytonConnector) -> None:
    """A thousand returns of one order come, and a gap says that there may be more."""
    server.seed(World(orders=(order(1, START, returns=1001),)))
    identity = TrytonSimulator.external_id("order", 1)
    found = await subject.find_orders(keys_of("id", [identity]), frozenset({Facet.RETURNS}), Call.within(30))
    assert [len(record.returns or ()) for record in found.records] == [1000]
    assert found.gaps == (Gap("returns: more than 1000 in one answer, the rest was left out"),)
