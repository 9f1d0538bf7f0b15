"""Searches and changes: what is pushed down, how pages go on, and what happens where an order cannot be read."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest

from connectors.extensiv.tests.clocks import SetClock
from connectors.extensiv.tests.wire_orders import many, read_only
from orderweave_extensiv.connector import ExtensivConnector
from orderweave_extensiv.expressible import order_as_said
from orderweave_extensiv.payloads import Place
from orderweave_extensiv.searching import (
    Position,
    Stream,
    after,
    moved,
    position_of,
    push_down,
    read_position,
    read_stream,
    stream_rql,
    write_stream,
)
from orderweave_extensiv.simulator import ExtensivSimulator
from orderweave_sdk.capabilities import Condition, Search
from orderweave_sdk.clock import Call, SystemClock
from orderweave_sdk.connecting import Connecting
from orderweave_sdk.errors import BadPayload, GiveUp
from orderweave_sdk.manifest import Operator, SearchField
from orderweave_sdk.records import Facet
from orderweave_sdk.testing.world import World

ZONE = ZoneInfo("UTC")
MOMENT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
NOTHING = frozenset[Facet]()


def search(size: int = 100, after: str | None = None, *conditions: Condition) -> Search:
    """By the time of the last change, oldest first."""
    return Search(
        conditions=conditions,
        sort=SearchField.UPDATED_AT,
        descending=False,
        size=size,
        after=after,
        facets=NOTHING,
    )


# --- what is pushed down -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("condition", "rql", "remains"),
    [
        (
            Condition(SearchField.PLACED_AT, Operator.GTE, (MOMENT,)),
            "readOnly.creationDate=ge=2026-03-02T09:30:00",
            False,
        ),
        (
            Condition(SearchField.UPDATED_AT, Operator.LT, (MOMENT + timedelta(microseconds=5),)),
            "readOnly.lastModifiedDate=lt=2026-03-02T09:30:00.000005",
            False,
        ),
        (Condition(SearchField.STATUS, Operator.EQ, ("CANCELED",)), "readOnly.status==2", True),
        (Condition(SearchField.STATUS, Operator.IN, ("OPEN", "UNKNOWN")), "readOnly.status!=2", True),
        (Condition(SearchField.STATUS, Operator.IN, ("OPEN", "CANCELED")), "", True),
        (Condition(SearchField.STATUS, Operator.NE, ("OPEN",)), "", True),
        (Condition(SearchField.PURCHASE_ORDER_NUMBER, Operator.IN, ("a;b", "c")), "poNum=in=(a%3Bb,c)", True),
        (Condition(SearchField.PURCHASE_ORDER_NUMBER, Operator.EQ, ("",)), "", True),
        (Condition(SearchField.TOTAL, Operator.EQ, (Decimal(1),)), "", True),
        (Condition(SearchField.PLACED_AT, Operator.EQ, (MOMENT,)), "", True),
    ],
)
def test_conditions(condition: Condition, rql: str, remains: bool) -> None:
    """Times exactly; what is compared without case, or by canceled-or-not alone, is applied once more by the caller."""
    pushed = push_down([condition], ZONE)
    assert (pushed.rql, pushed.skus, pushed.remaining) == (rql, None, (condition,) if remains else ())


def test_skus_travel_beside_the_filter() -> None:
    """In the list that the vendor has for them: one condition, and no SKU with a comma."""
    tea = Condition(SearchField.SKU, Operator.IN, ("TEA", "POT"))
    cup = Condition(SearchField.SKU, Operator.EQ, ("CUP",))
    assert push_down([tea, cup], ZONE).skus == ("TEA", "POT")
    assert push_down([tea, cup], ZONE).remaining == (tea, cup)
    assert push_down([Condition(SearchField.SKU, Operator.EQ, ("A,B",))], ZONE).skus is None


def test_long_lists_are_left_to_the_caller() -> None:
    """Forty numbers stay within an address, four hundred do not."""
    few, many_more = (tuple(f"PO-{n:04d}" for n in range(count)) for count in (40, 400))
    for field in (SearchField.PURCHASE_ORDER_NUMBER, SearchField.SKU):
        for values, pushed in ((few, True), (many_more, False)):
            condition = Condition(field, Operator.IN, values)
            found = push_down([condition], ZONE)
            assert bool(found.rql or found.skus) is pushed
            assert found.remaining == (condition,)


async def test_what_is_sent(connector: ExtensivConnector, simulator: ExtensivSimulator) -> None:
    """One query: conditions, the place to go on from, and the customer; sorted with ties by id."""
    conditions = (
        Condition(SearchField.STATUS, Operator.EQ, ("OPEN",)),
        Condition(SearchField.SKU, Operator.EQ, ("POT-CAST-1",)),
    )
    await connector.search_orders(search(7, "2026-03-02T09:30:00.5/1000003", *conditions), Call.within(10))
    (call,) = simulator.calls
    assert dict(call.request.query) == {
        "rql": "readOnly.status!=2;"
        "(readOnly.lastModifiedDate=gt=2026-03-02T09:30:00.5,"
        "readOnly.lastModifiedDate==2026-03-02T09:30:00.5;readOnly.orderId=gt=1000003);"
        "readOnly.customerIdentifier.id==41",
        "sort": "readOnly.lastModifiedDate,readOnly.orderId",
        "detail": "None",
        "skulist": "POT-CAST-1",
        "pgsiz": "7",
        "pgnum": "1",
    }


def test_descending() -> None:
    """The other way round, ids too."""
    assert after("x", Position("2026-03-02T09:30:00", 7), descending=True) == (
        "(x=lt=2026-03-02T09:30:00,x==2026-03-02T09:30:00;readOnly.orderId=lt=7)"
    )


@pytest.mark.parametrize("descending", [False, True])
async def test_pages_of_one_moment(
    descending: bool, connector: ExtensivConnector, simulator: ExtensivSimulator
) -> None:
    """Orders that changed at one moment come once each, by id, however many pages cut through them."""
    orders = many(23).orders
    same = (msgspec.structs.replace(order, updated_at=MOMENT) for order in orders[2:20])
    simulator.seed(World(orders=(*orders[:2], *same, *orders[20:])))
    expected = sorted(simulator.world.orders, key=lambda each: (each.updated_at, each.external_id), reverse=descending)
    seen: list[str] = []
    place, more = None, True
    while more:
        page = await connector.search_orders(
            msgspec.structs.replace(search(4, place), descending=descending), Call.within(10)
        )
        seen += [hit.record.external_id for hit in page.hits]
        place, more = page.hits[-1].cursor, page.more
    assert seen == [order.external_id for order in expected]
    assert len(simulator.calls) == 6


@pytest.mark.parametrize("cursor", ["", "7", "soon/7", "2026-03-02T09:30:00/", "2026-03-02T09:30:00/x", "1;x==1/7"])
async def test_foreign_cursors(cursor: str, connector: ExtensivConnector, simulator: ExtensivSimulator) -> None:
    """A cursor that this connector did not write is refused, and nothing is sent."""
    with pytest.raises(GiveUp, match="the cursor is not one of this connector's"):
        read_position(cursor)
    with pytest.raises(GiveUp, match="the cursor is not one of this connector's"):
        await connector.list_changes(cursor, None, NOTHING, Call.within(10))
    assert simulator.calls == []


async def test_the_zone_of_the_settings_holds_everywhere(simulator: ExtensivSimulator) -> None:
    """What is read, what is searched for and where it goes on are told in the same zone."""
    connecting = Connecting(ExtensivConnector, {**simulator.settings(), "time_zone": "America/Los_Angeles"})
    connector, call = connecting.connector, Call.within(10)
    assert isinstance(connector, ExtensivConnector)
    first = await connector.search_orders(search(1), call)
    (hit,) = first.hits
    (told,) = [order.updated_at for order in simulator.world.orders if order.external_id == hit.record.external_id]
    assert told is not None
    assert hit.value == hit.record.updated_at == told + timedelta(hours=8)
    same = Condition(SearchField.UPDATED_AT, Operator.LTE, (hit.value,))
    again = await connector.search_orders(search(9, None, same), call)
    assert [each.record.external_id for each in again.hits] == [hit.record.external_id]
    await connecting.close()


# --- orders that cannot be read ------------------------------------------------------------------------------------


def put(simulator: ExtensivSimulator, count: int, **bad: dict[str, Any]) -> None:
    """So many plain orders, some of which are told otherwise: `o2` is the second."""
    world = many(count)
    simulator.seed(world)
    documents = {int(name[1:]) - 1: document for name, document in bad.items()}
    simulator.put_orders([order_as_said(order) for order in world.orders], documents)


def unreadable(n: int, **fields: Any) -> dict[str, Any]:
    """The n-th order, of which all but its place is nonsense."""
    changed = f"2026-03-01T08:{n:02d}:00"
    return {"readOnly": read_only(orderId=1_000_000 + n, status="open", lastModifiedDate=changed, **fields)}


async def test_pages_without_a_readable_order_are_passed(
    connector: ExtensivConnector, simulator: ExtensivSimulator
) -> None:
    """The search goes on behind them, with a gap for each."""
    put(simulator, 5, o1=unreadable(1), o2=unreadable(2), o3=unreadable(3))
    page = await connector.search_orders(search(2), Call.within(10))
    assert [hit.record.external_id for hit in page.hits] == ["1000004"]
    assert [gap.external_id for gap in page.gaps] == ["1000001", "1000002", "1000003"]
    assert page.more
    rest = await connector.search_orders(search(2, page.hits[-1].cursor), Call.within(10))
    assert [hit.record.external_id for hit in rest.hits] == ["1000005"]


async def test_a_search_that_cannot_go_on_ends(connector: ExtensivConnector, simulator: ExtensivSimulator) -> None:
    """Where no order tells its place there is no next page, and that is said."""
    put(simulator, 3, o1={"readOnly": read_only(status="open", orderId="one")}, o2={"readOnly": None})
    with pytest.raises(BadPayload, match="page after page holds no order that can be read"):
        await connector.search_orders(search(2), Call.within(10))
    put(simulator, 40, **{f"o{n}": unreadable(n) for n in range(1, 40)})
    with pytest.raises(BadPayload, match="page after page holds no order that can be read"):
        await connector.search_orders(search(2), Call.within(10))


async def test_orders_without_the_time_sorted_by(connector: ExtensivConnector, simulator: ExtensivSimulator) -> None:
    """They have no place in the list: a gap each, by name."""
    odd = {"readOnly": read_only(orderId=1_000_001, lastModifiedDate=None)}
    put(simulator, 2, o1=odd)
    page = await connector.search_orders(search(5), Call.within(10))
    assert [hit.record.external_id for hit in page.hits] == ["1000002"]
    assert [(gap.reason, gap.external_id) for gap in page.gaps] == [("order: it has no time to sort it by", "1000001")]


async def test_a_time_that_is_none_is_a_gap(connector: ExtensivConnector, simulator: ExtensivSimulator) -> None:
    """The others still come, and the changes go on behind it."""
    put(simulator, 2, o1={"readOnly": read_only(orderId=1_000_001, lastModifiedDate="soon")})
    changes = await connector.list_changes(None, None, NOTHING, Call.within(10))
    assert [record.external_id for record in changes.records] == ["1000002"]
    assert [(gap.reason, gap.external_id) for gap in changes.gaps] == [("order: a time that cannot be read", "1000001")]


# --- changes -------------------------------------------------------------------------------------------------------


async def test_changes_page_by_page(connector: ExtensivConnector, simulator: ExtensivSimulator) -> None:
    """A hundred a call, oldest first, from where one began; many of one moment do not stop it."""
    world = many(230)
    same = tuple(msgspec.structs.replace(order, updated_at=MOMENT) for order in world.orders[:150])
    simulator.seed(World(orders=(*same, *world.orders[150:])))
    seen: list[str] = []
    cursor = None
    for more in (True, True, False):
        changes = await connector.list_changes(cursor, None, NOTHING, Call.within(10))
        assert changes.more is more
        seen += [record.external_id for record in changes.records]
        cursor = changes.cursor
    assert len(seen) == len(set(seen)) == 230
    assert len(simulator.calls) == 3
    since = await connector.list_changes(None, MOMENT, NOTHING, Call.within(10))
    assert len(since.records) == 100


async def test_fresh_changes_are_read_again(connector: ExtensivConnector, simulator: ExtensivSimulator) -> None:
    """Two minutes back from the last one, so that what was committed late is not missed; later, no more."""
    world = many(5)
    simulator.seed(world)
    last = world.orders[-1].updated_at
    assert last is not None
    fresh = Call(clock=SetClock(last + timedelta(minutes=1)), deadline=SystemClock().monotonic() + 10)
    changes = await connector.list_changes(None, None, NOTHING, fresh)
    again = await connector.list_changes(changes.cursor, None, NOTHING, fresh)
    assert [record.external_id for record in again.records] == ["1000003", "1000004", "1000005"]
    settled = Call(clock=SetClock(last + timedelta(hours=1)), deadline=SystemClock().monotonic() + 10)
    changes = await connector.list_changes(again.cursor, None, NOTHING, settled)
    assert len(changes.records) == 3
    changes = await connector.list_changes(changes.cursor, None, NOTHING, settled)
    assert changes.records == ()


def test_a_stream_never_goes_back_before_its_start() -> None:
    """The overlap ends where the reading was to begin."""
    stream = Stream(since=MOMENT)
    last = Position("2026-03-02T09:31:00", 7)
    now = MOMENT + timedelta(minutes=2)
    assert moved(stream, last, more=False, now=now, zone=ZONE) == Stream(since=MOMENT)
    assert moved(stream, last, more=True, now=now, zone=ZONE) == Stream(since=MOMENT, position=last)
    assert moved(stream, None, more=False, now=now, zone=ZONE) == stream
    assert stream_rql(stream, ZONE) == "readOnly.lastModifiedDate=ge=2026-03-02T09:30:00"
    assert stream_rql(Stream(), ZONE) == ""


def test_streams_travel() -> None:
    """A cursor is the stream that it was written from."""
    stream = Stream(since=MOMENT, position=Position("2026-03-02T09:31:00.1", 7))
    assert read_stream(write_stream(stream), None) == stream
    assert read_stream(None, MOMENT) == Stream(since=MOMENT)


@pytest.mark.parametrize("text", [None, "", "soon", "0001-01-01T00:00:00"])
def test_no_place(text: str | None) -> None:
    """Without a moment that can be read there is no place to go on from."""
    assert position_of(Place(order_id=7, last_modified_date=text), SearchField.UPDATED_AT, ZONE) is None
