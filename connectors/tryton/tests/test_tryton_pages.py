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
from orderweave_sdk.errors import BadPayload
from orderweave_sdk.manifest import SearchField
from orderweave_sdk.records import Facet, Header, Key, OrderRecord, Return, ReturnStatus
from orderweave_sdk.testing.faults import Fault
from orderweave_sdk.testing.world import World
from orderweave_tryton.changes import PAGE
from orderweave_tryton.connector import TrytonConnector
from orderweave_tryton.simulator import TrytonSimulator

START = datetime(2026, 3, 1, 8, tzinfo=UTC)


def order(n: int, placed: datetime, returns: int = 0, updated: datetime | None = None) -> OrderRecord:
    """An order that was placed, perhaps changed later, and sent back in so many returns."""
    identity = TrytonSimulator.external_id("order", n)
    sent_back = tuple(
        Return(external_id=TrytonSimulator.external_id("return", number + 1), status=ReturnStatus.OPEN, lines=())
        for number in range(returns)
    )
    return OrderRecord(
        external_id=identity,
        keys=(Key("id", identity),),
        updated_at=updated or placed,
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


async def spoiled(server: TrytonSimulator, *numbers: int) -> None:
    """Make these orders unreadable."""
    await server.fail(Fault.BAD_RECORD, bad_record=tuple(TrytonSimulator.external_id("order", n) for n in numbers))


@pytest.mark.parametrize("size", [1, 2, 3])
@pytest.mark.parametrize("descending", [False, True])
async def test_orders_behind_those_that_cannot_be_read(
    size: int, descending: bool, server: TrytonSimulator, subject: TrytonConnector
) -> None:
    """Of two listings, what stands behind the unreadable of one comes before whatever is later of the other."""
    changed = [order(n, START + timedelta(hours=n), updated=START + timedelta(hours=20 + 2 * n)) for n in range(1, 8)]
    unchanged = [order(n, START + timedelta(hours=10 + 2 * n)) for n in range(8, 15)]
    bad = (2, 3, 4, 5, 10, 11, 12)
    server.seed(World(orders=tuple(changed + unchanged)))
    await spoiled(server, *bad)
    moments = {one.external_id: one.updated_at or START for one in (*changed, *unchanged)}
    hidden = {TrytonSimulator.external_id("order", n) for n in bad}
    expected = sorted(moments.keys() - hidden, key=lambda identity: (moments[identity], identity), reverse=descending)
    found: list[str] = []
    after: str | None = None
    for _ in range(20):
        search = Search(
            conditions=(),
            sort=SearchField.UPDATED_AT,
            descending=descending,
            size=size,
            after=after,
            facets=frozenset(),
        )
        page = await subject.search_orders(search, Call.within(10))
        found += [hit.record.external_id for hit in page.hits]
        if not page.more:
            break
        after = page.hits[-1].cursor
    assert found == expected


async def test_a_page_of_changes_that_cannot_be_read_is_passed(
    server: TrytonSimulator, subject: TrytonConnector
) -> None:
    """What follows it is told; where ten pages hold nothing that can be read, that is said."""
    orders = tuple(order(n, START + timedelta(seconds=n)) for n in range(1, PAGE + 4))
    server.seed(World(orders=orders))
    await spoiled(server, *range(1, PAGE + 2))
    found: list[str] = []
    cursor: str | None = None
    more = True
    while more:
        changes = await subject.list_changes(cursor, None, frozenset(), Call.within(10))
        found += [record.external_id for record in changes.records]
        cursor, more = changes.cursor, changes.more
    assert found == [one.external_id for one in orders[PAGE + 1 :]]
    server.seed(World(orders=orders[:25]))
    await spoiled(server, *range(1, 26))
    search = Search(conditions=(), sort=SearchField.PLACED_AT, descending=False, size=1, after=None, facets=frozenset())
    with pytest.raises(BadPayload, match="sale: page after page holds nothing that can be read"):
        await subject.search_orders(search, Call.within(10))


async def test_an_answer_as_long_as_it_may_be_is_told(server: TrytonSimulator, subject: TrytonConnector) -> None:
    """A thousand returns of one order come, and a gap says that there may be more."""
    server.seed(World(orders=(order(1, START, returns=1001),)))
    identity = TrytonSimulator.external_id("order", 1)
    found = await subject.find_orders(keys_of("id", [identity]), frozenset({Facet.RETURNS}), Call.within(30))
    assert [len(record.returns or ()) for record in found.records] == [1000]
    assert found.gaps == (Gap("returns: more than 1000 in one answer, the rest was left out"),)
