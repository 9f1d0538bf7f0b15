"""Filters, pages that resume by key, and the stream of changes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderweave_adobe_commerce.connector import AdobeCommerceConnector
from orderweave_adobe_commerce.criteria import Criteria, Filter, listed, one_of, params
from orderweave_adobe_commerce.searching import (
    Position,
    Stream,
    after,
    moved,
    push_down,
    read_position,
    read_stream,
    write_position,
    write_stream,
)
from orderweave_adobe_commerce.simulated_criteria import Collection
from orderweave_adobe_commerce.simulator import AdobeCommerceSimulator
from orderweave_adobe_commerce.times import in_utc, on_wire
from orderweave_sdk.capabilities import Condition, Search
from orderweave_sdk.clock import Call, SystemClock
from orderweave_sdk.errors import BadPayload, GiveUp
from orderweave_sdk.manifest import Operator, SearchField
from orderweave_sdk.records import Facet

from .wire_orders import wire

NOTHING = frozenset[Facet]()
MOMENT = datetime(2026, 3, 1, 10, 0, tzinfo=UTC)
moments = st.datetimes(
    min_value=datetime(1990, 1, 1),  # noqa: DTZ001 - hypothesis adds the zone itself
    max_value=datetime(2090, 1, 1),  # noqa: DTZ001 - likewise
    timezones=st.timezones(),
)


def test_criteria_as_a_query() -> None:
    """Groups, alternatives, order and page in the vendor's brackets, and the fields as a tree."""
    criteria = Criteria(
        groups=(one_of("increment_id", ["1", "2,3", "4", "1"]), (Filter("store_id", "5"),)),
        sort="updated_at",
        descending=True,
    )
    start = "searchCriteria[filterGroups]"
    assert params(criteria, size=10, page=2, fields=listed(["entity_id", "items.sku", "items.qty"])) == [
        (f"{start}[0][filters][0][field]", "increment_id"),
        (f"{start}[0][filters][0][value]", "1,4"),
        (f"{start}[0][filters][0][conditionType]", "in"),
        (f"{start}[0][filters][1][field]", "increment_id"),
        (f"{start}[0][filters][1][value]", "2,3"),
        (f"{start}[0][filters][1][conditionType]", "eq"),
        (f"{start}[1][filters][0][field]", "store_id"),
        (f"{start}[1][filters][0][value]", "5"),
        (f"{start}[1][filters][0][conditionType]", "eq"),
        ("searchCriteria[sortOrders][0][field]", "updated_at"),
        ("searchCriteria[sortOrders][0][direction]", "DESC"),
        ("searchCriteria[sortOrders][1][field]", "entity_id"),
        ("searchCriteria[sortOrders][1][direction]", "DESC"),
        ("searchCriteria[pageSize]", "10"),
        ("searchCriteria[currentPage]", "2"),
        ("fields", "items[entity_id,items[sku,qty]],total_count"),
    ]


@given(moments)
def test_moments_survive_the_wire(moment: datetime) -> None:
    """An instant of any zone comes back as the same instant, cut to the second, in UTC."""
    found = in_utc(on_wire(moment))
    assert found == moment.astimezone(UTC).replace(microsecond=0)
    assert found is not None
    assert found.utcoffset() == timedelta(0)


@given(moments, st.integers(min_value=1, max_value=2**31))
def test_positions_and_streams_survive_their_cursors(moment: datetime, entity_id: int) -> None:
    """What a cursor says is what was written into it."""
    position = Position(moment.astimezone(UTC).replace(microsecond=0), entity_id)
    assert read_position(write_position(position)) == position
    stream = Stream(since=position.moment, position=position)
    assert read_stream(write_stream(stream), None) == stream


@pytest.mark.parametrize("cursor", ["", "12", "2026-03-01/x", '{"since":5}', "\ud800"])
def test_foreign_cursors_are_refused(cursor: str) -> None:
    """A cursor of somebody else's is the caller's mistake."""
    with pytest.raises(GiveUp, match="cursor"):
        read_position(cursor)
    if cursor != "\ud800":
        with pytest.raises(GiveUp, match="cursor"):
            read_stream(cursor, None)


@given(
    st.lists(st.integers(min_value=0, max_value=3), max_size=30),
    st.integers(min_value=1, max_value=4),
    st.booleans(),
)
def test_every_order_comes_once(seconds: list[int], size: int, descending: bool) -> None:
    """However many orders share a second, pages that resume by key hold each of them once and in order."""
    documents = [
        {"entity_id": n, "updated_at": on_wire(MOMENT + timedelta(seconds=second))} for n, second in enumerate(seconds)
    ]
    orders = Collection(documents)
    found: list[dict[str, Any]] = []
    position: Position | None = None
    for _ in range(len(seconds) + 1):
        page: list[dict[str, Any]] = []
        for part in after("updated_at", position, descending=descending):
            criteria = Criteria(groups=part, sort="updated_at", descending=descending)
            query = [pair for pair in params(criteria, size=size, page=1, fields="") if pair[0] != "fields"]
            page += orders.answer(query)["items"][: size - len(page)]
        if not page:
            break
        found += page
        moment = in_utc(page[-1]["updated_at"])
        assert moment is not None
        position = Position(moment, page[-1]["entity_id"])
    wanted = sorted(documents, key=lambda order: (order["updated_at"], order["entity_id"]), reverse=descending)
    assert found == wanted


@pytest.mark.parametrize(
    ("condition", "group", "left"),
    [
        (
            Condition(SearchField.PLACED_AT, Operator.GT, (MOMENT,)),
            (Filter("created_at", "2026-03-01 10:00:00", "gt"),),
            False,
        ),
        (
            Condition(SearchField.UPDATED_AT, Operator.GT, (MOMENT.replace(microsecond=5),)),
            (Filter("updated_at", "2026-03-01 10:00:00", "gteq"),),
            True,
        ),
        (
            Condition(SearchField.UPDATED_AT, Operator.LT, (MOMENT.replace(microsecond=5),)),
            (Filter("updated_at", "2026-03-01 10:00:00", "lteq"),),
            True,
        ),
        (Condition(SearchField.NUMBER, Operator.EQ, ("#A",)), (Filter("increment_id", "#A", "in"),), True),
        (Condition(SearchField.CURRENCY, Operator.EQ, ("EUR",)), (Filter("base_currency_code", "EUR", "in"),), False),
        (Condition(SearchField.CUSTOMER_ID, Operator.IN, ("5", "6")), (Filter("customer_id", "5,6", "in"),), False),
        (Condition(SearchField.CUSTOMER_ID, Operator.EQ, ("x",)), None, True),
        (Condition(SearchField.TOTAL, Operator.GT, (Decimal(1),)), None, True),
        (
            Condition(SearchField.STATUS, Operator.EQ, ("COMPLETED",)),
            (Filter("state", "complete,closed", "in"), Filter("state", "1", "null")),
            True,
        ),
        (
            Condition(SearchField.STATUS, Operator.EQ, ("FAILED",)),
            (Filter("status", "rejected", "in"), Filter("state", "1", "null")),
            True,
        ),
    ],
)
def test_conditions_as_filters(condition: Condition, group: tuple[Filter, ...] | None, left: bool) -> None:
    """What the vendor can filter it filters, widened where it compares otherwise than we do; the rest comes back."""
    groups, remaining = push_down([condition], "base_currency_code")
    assert groups == (() if group is None else (group,))
    assert remaining == ((condition,) if left else ())


def test_the_stream_steps_back_at_its_end() -> None:
    """Within a run the last order leads on; at its end the last minute is read again, but nothing before the start."""
    last, soon = Position(MOMENT, 7), MOMENT + timedelta(minutes=10)
    assert moved(Stream(), last, more=True, now=soon) == Stream(position=last)
    assert moved(Stream(position=last), None, more=False, now=soon) == Stream(since=MOMENT - timedelta(seconds=60))
    near = MOMENT - timedelta(seconds=5)
    assert moved(Stream(since=near), last, more=False, now=soon) == Stream(since=near)
    assert moved(Stream(since=near), None, more=False, now=soon) == Stream(since=near)
    assert moved(Stream(), None, more=False, now=soon) == Stream()


def test_the_stream_rests_once_it_is_settled() -> None:
    """Ten minutes after the last change nothing comes late any more, and nothing is read again."""
    last, later = Position(MOMENT, 7), MOMENT + timedelta(minutes=10, seconds=1)
    assert moved(Stream(), last, more=False, now=later) == Stream(position=last)
    assert moved(Stream(position=last), None, more=False, now=later) == Stream(position=last)


class ClockAt(SystemClock):
    """A clock whose day is given."""

    def __init__(self, now: datetime) -> None:
        self._now = now

    def now(self) -> datetime:
        """The given moment."""
        return self._now


async def test_a_late_commit_is_not_missed(connector: AdobeCommerceConnector, shop: AdobeCommerceSimulator) -> None:
    """An order that appears with a moment just before the last one seen comes with the next call."""
    call = Call.within(10, ClockAt(MOMENT + timedelta(minutes=1)))
    shop.put("orders", [wire(entity_id=1, updated_at="2026-03-01 10:00:30")])
    changes = await connector.list_changes(None, None, NOTHING, call)
    late = wire(entity_id=2, updated_at="2026-03-01 10:00:29")
    shop.put("orders", [wire(entity_id=1, updated_at="2026-03-01 10:00:30"), late])
    again = await connector.list_changes(changes.cursor, None, NOTHING, call)
    assert "2" in {record.external_id for record in again.records}


async def test_settled_changes_are_not_read_again(
    connector: AdobeCommerceConnector, shop: AdobeCommerceSimulator
) -> None:
    """After a mass update that is long ago, a call finds nothing; what changes next is found."""
    call = Call.within(10, ClockAt(MOMENT + timedelta(hours=1)))
    shop.put("orders", [wire(entity_id=n) for n in range(1, 51)])
    changes = await connector.list_changes(None, None, NOTHING, call)
    assert len(changes.records) == 50
    idle = await connector.list_changes(changes.cursor, None, NOTHING, call)
    assert (idle.records, idle.more) == ((), False)
    shop.put("orders", [wire(entity_id=7, updated_at="2026-03-01 10:30:00")])
    again = await connector.list_changes(idle.cursor, None, NOTHING, call)
    assert [record.external_id for record in again.records] == ["7"]


async def test_more_changes_than_a_page(connector: AdobeCommerceConnector, shop: AdobeCommerceSimulator) -> None:
    """A run over several pages gives every order once, though all of them changed in one second."""
    shop.put("orders", [wire(entity_id=n) for n in range(1, 251)])
    cursor, seen, more = None, list[str](), True
    while more:
        changes = await connector.list_changes(cursor, None, NOTHING, Call.within(10))
        seen += [record.external_id for record in changes.records]
        cursor, more = changes.cursor, changes.more
    assert sorted(map(int, seen)) == list(range(1, 251))


async def test_unreadable_orders_do_not_end_a_search(
    connector: AdobeCommerceConnector, shop: AdobeCommerceSimulator
) -> None:
    """A page whose orders cannot be read is passed over; where nothing at all can be, that is the answer."""
    search = Search(
        conditions=(),
        sort=SearchField.UPDATED_AT,
        descending=False,
        size=2,
        after=None,
        facets=frozenset({Facet.HEADER}),
    )
    bad = [wire(entity_id=n, created_at="never") for n in (1, 2)]
    shop.put("orders", [*bad, wire(entity_id=3)])
    page = await connector.search_orders(search, Call.within(10))
    assert ([hit.record.external_id for hit in page.hits], page.more) == (["3"], False)
    assert [gap.external_id for gap in page.gaps] == ["1", "2"]
    shop.put("orders", [wire(entity_id=n, updated_at=7) for n in range(5)])
    with pytest.raises(BadPayload, match="no order that can be read"):
        await connector.search_orders(search, Call.within(10))
    shop.put("orders", [wire(entity_id=n, updated_at=7) for n in range(200)])
    with pytest.raises(BadPayload, match="no order that can be read"):
        await connector.list_changes(None, None, NOTHING, Call.within(10))
