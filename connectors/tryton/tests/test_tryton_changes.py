"""The change feed: nothing is missed, whichever of Tryton's fields holds the moment and whoever was touched."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
import pytest_asyncio

from orderweave_sdk.clock import Call, SystemClock
from orderweave_sdk.connecting import Connecting
from orderweave_sdk.errors import GiveUp
from orderweave_sdk.records import (
    Axis,
    Fulfillment,
    FulfillmentOrder,
    FulfillmentOrderStatus,
    GoodsLine,
    Header,
    Key,
    OrderRecord,
    Return,
    ReturnLine,
    ReturnStatus,
    StatusWord,
)
from orderweave_sdk.testing.world import World
from orderweave_tryton.changes import OVERLAP, PAGE
from orderweave_tryton.connector import TrytonConnector
from orderweave_tryton.simulator import TrytonSimulator

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


class NoonClock(SystemClock):
    """It is noon of 1 March 2026."""

    def now(self) -> datetime:
        """Noon."""
        return NOW


def order(n: int, placed: datetime, updated: datetime | None = None, **facets: object) -> OrderRecord:
    """An order that was placed, and perhaps changed later."""
    identity = TrytonSimulator.external_id("order", n)
    return OrderRecord(
        external_id=identity,
        keys=(Key("id", identity),),
        updated_at=updated or placed,
        statuses=(StatusWord(Axis.ORDER, "", "OPEN", ""),),
        header=Header(placed_at=placed),
        **facets,  # type: ignore[arg-type]  # facets by name, as each case needs them
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


class Feed:
    """A reader of the feed that remembers its cursor."""

    def __init__(self, subject: TrytonConnector, since: datetime | None = None) -> None:
        self._subject = subject
        self._since = since
        self.cursor: str | None = None
        self.calls = 0

    async def next(self) -> list[int]:
        """The numbers of the orders listed until there is no more, a page at a time."""
        seen: list[str] = []
        more = True
        while more:
            self.calls += 1
            assert self.calls < 50, "the feed never ends"
            call = Call.within(10, NoonClock())
            found = await self._subject.list_changes(self.cursor, self._since, frozenset(), call)
            assert found.gaps == ()
            seen += [record.external_id for record in found.records]
            self.cursor, more = found.cursor, found.more
        first = int(TrytonSimulator.external_id("order", 0))
        return [int(identity) - first for identity in seen]


def fill(server: TrytonSimulator, orders: Sequence[OrderRecord]) -> None:
    """The server holds these orders."""
    server.seed(World(orders=tuple(orders)))


async def test_orders_that_were_never_changed(subject: TrytonConnector, server: TrytonSimulator) -> None:
    """An order whose write_date is empty is listed by its creation, between those that were changed."""
    hours = [NOW - timedelta(hours=n) for n in (6, 5, 4, 3)]
    fill(server, [order(1, hours[1]), order(2, hours[0], hours[2]), order(3, hours[3])])
    assert await Feed(subject).next() == [1, 2, 3]


async def test_a_first_change(subject: TrytonConnector, server: TrytonSimulator) -> None:
    """The first change fills write_date: the order leaves one listing, enters the other, and comes again."""
    placed = NOW - timedelta(hours=6)
    fill(server, [order(1, placed), order(2, placed)])
    feed = Feed(subject)
    assert await feed.next() == [1, 2]
    assert await feed.next() == []
    fill(server, [order(1, placed, NOW - timedelta(hours=1)), order(2, placed)])
    assert await feed.next() == [1]


async def test_many_at_one_instant(subject: TrytonConnector, server: TrytonSimulator) -> None:
    """An import stamps all its orders alike; pages go through them by id, each once."""
    imported = NOW - timedelta(days=1)
    count = 2 * PAGE + 7
    fill(server, [order(n, imported, imported + timedelta(hours=1)) for n in range(1, count + 1)])
    feed = Feed(subject)
    assert await feed.next() == list(range(1, count + 1))
    assert feed.calls == 3
    assert await feed.next() == []


async def test_the_overlap(subject: TrytonConnector, server: TrytonSimulator) -> None:
    """A change stamped before the last one seen, and shown after it, is listed while the overlap lasts."""
    placed, recent = NOW - timedelta(hours=6), NOW - timedelta(minutes=1)
    fill(server, [order(1, placed, recent)])
    feed = Feed(subject)
    assert await feed.next() == [1]
    late = recent - timedelta(minutes=2)
    assert NOW - late < OVERLAP
    fill(server, [order(1, placed, recent), order(2, placed, late)])
    assert await feed.next() == [2, 1]


async def test_since(subject: TrytonConnector, server: TrytonSimulator) -> None:
    """From a moment on, older orders are left out and the moment itself is in."""
    hours = [NOW - timedelta(hours=n) for n in (6, 5, 4)]
    fill(server, [order(n, moment) for n, moment in enumerate(hours, start=1)])
    assert await Feed(subject, since=hours[1]).next() == [2, 3]


async def test_a_return_brings_the_order_it_returns(subject: TrytonConnector, server: TrytonSimulator) -> None:
    """A return is a sale of its own: what is listed is the order whose goods come back."""
    placed = NOW - timedelta(hours=6)
    fill(server, [order(1, placed), order(2, placed)])
    feed = Feed(subject)
    await feed.next()
    back = Return(
        external_id=TrytonSimulator.external_id("return", 1),
        status=ReturnStatus.OPEN,
        lines=(ReturnLine(sku="TEA", quantity=Decimal(1)),),
        created_at=NOW - timedelta(hours=1),
    )
    fill(server, [order(1, placed, returns=(back,)), order(2, placed)])
    assert await feed.next() == [1]


async def test_a_shipment_brings_its_order(subject: TrytonConnector, server: TrytonSimulator) -> None:
    """A change of a shipment is asked for apart, and leads to the sale whose goods it holds."""
    placed, changed = NOW - timedelta(hours=6), NOW - timedelta(minutes=1)
    plan = FulfillmentOrder(
        external_id=TrytonSimulator.external_id("fulfillment_order", 1),
        status=FulfillmentOrderStatus.OPEN,
        lines=(GoodsLine(quantity=Decimal(1), sku="TEA"),),
    )
    fill(server, [order(1, placed, changed, fulfillment=Fulfillment(fulfillment_orders=(plan,))), order(2, placed)])
    await Feed(subject).next()
    last = server.calls[-1].detail["domain"]
    assert last == [
        "OR",
        [["id", "in", [1_000_001, 1_000_002]]],
        [["shipments.id", "in", [5_000_001]]],
    ]


@pytest.mark.parametrize("cursor", ["", "nonsense", "[1]", '{"changed":"x"}', '{"changed":"2026-03-01T00:00:00/1"}'])
async def test_bad_cursors(cursor: str, subject: TrytonConnector, server: TrytonSimulator) -> None:
    """A cursor that this connector did not write is refused, and nothing is sent."""
    with pytest.raises(GiveUp, match=r"^the cursor is not one of this connector's$"):
        await subject.list_changes(cursor, None, frozenset(), Call.within(10))
    assert server.calls == []
