"""Filters, lists whose orders share moments, and the stream of changes."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orderweave_salesforce_b2c.client import Client
from orderweave_salesforce_b2c.connector import SalesforceB2cConnector
from orderweave_salesforce_b2c.listing import Listed, Wanted, listed
from orderweave_salesforce_b2c.manifest import MANIFEST
from orderweave_salesforce_b2c.searching import (
    NOTHING_ASKED,
    Asked,
    Position,
    Span,
    Stream,
    push_down,
    read_position,
    read_stream,
    write_position,
    write_stream,
)
from orderweave_salesforce_b2c.simulated_lists import OrderList, Refused
from orderweave_salesforce_b2c.simulator import SalesforceB2cSimulator
from orderweave_sdk.capabilities import Condition, Search
from orderweave_sdk.clock import Call
from orderweave_sdk.errors import BadPayload, GiveUp
from orderweave_sdk.manifest import Operator, SearchField
from orderweave_sdk.records import Facet

from .wire_orders import wire

NOW = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)
TICK = timedelta(milliseconds=1)
PLACED, UPDATED = SearchField.PLACED_AT, SearchField.UPDATED_AT


def asked(field: SearchField, operator: Operator, *values: object) -> Asked:
    """One condition, pushed down."""
    return push_down((Condition(field, operator, values),))


# --- filters -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("operator", "micro", "span"),
    [
        (Operator.GTE, 0, Span(first=NOW)),
        (Operator.GT, 0, Span(first=NOW + TICK)),
        (Operator.LT, 0, Span(end=NOW)),
        (Operator.LTE, 0, Span(end=NOW + TICK)),
        # Between two of the vendor's moments: the next one is the first after it, and the last before it was this one.
        (Operator.GTE, 400, Span(first=NOW + TICK)),
        (Operator.GT, 400, Span(first=NOW + TICK)),
        (Operator.LT, 400, Span(end=NOW + TICK)),
        (Operator.LTE, 400, Span(end=NOW + TICK)),
    ],
)
def test_moments(operator: Operator, micro: int, span: Span) -> None:
    """From is the first moment that is wanted, To the first that is not; nothing is left to be applied again."""
    found = asked(PLACED, operator, NOW + timedelta(microseconds=micro))
    assert found == Asked(spans={PLACED: span}, words=(), remaining=())


def test_bounds_of_two_moments() -> None:
    """Bounds on one moment narrow each other; a place in the list narrows the moment that it is sorted by."""
    found = push_down(
        (
            Condition(PLACED, Operator.GTE, (NOW,)),
            Condition(PLACED, Operator.LT, (NOW + timedelta(days=2),)),
            Condition(PLACED, Operator.GTE, (NOW + timedelta(days=1),)),
            Condition(UPDATED, Operator.GTE, (NOW,)),
        )
    )
    query = found.params(UPDATED, Span(end=NOW + timedelta(hours=1)), descending=True, limit=7, offset=14)
    assert query == [
        ("sortBy", "last_modified_date"),
        ("sortOrder", "desc"),
        ("creationDateFrom", "2026-05-02T12:00:00.000Z"),
        ("creationDateTo", "2026-05-03T12:00:00.000Z"),
        ("lastModifiedDateFrom", "2026-05-01T12:00:00.000Z"),
        ("lastModifiedDateTo", "2026-05-01T13:00:00.000Z"),
        ("limit", "7"),
        ("offset", "14"),
    ]


_S, _P, _F = SearchField.STATUS, SearchField.PAYMENT_STATUS, SearchField.FULFILLMENT_STATUS


@pytest.mark.parametrize(
    ("field", "values", "words", "again"),
    [
        (_S, ["OPEN"], (("status", "new"),), False),
        (_S, ["OPEN", "CANCELED"], (("status", "new,cancelled"),), False),
        # Three at once, and words that the filter does not take.
        (_S, ["OPEN", "CANCELED", "COMPLETED"], (), True),
        (_S, ["FAILED"], (), True),
        (_S, ["OPEN", "PENDING"], (), True),
        (_P, ["PAID"], (("paymentStatus", "paid"),), False),
        # The vendor's word is wider: what is not paid may be authorized, or void.
        (_P, ["PENDING"], (("paymentStatus", "not_paid"),), True),
        (_P, ["PENDING", "AUTHORIZED", "FAILED"], (("paymentStatus", "not_paid"),), True),
        (_P, ["PENDING", "AUTHORIZED", "FAILED", "VOIDED"], (("paymentStatus", "not_paid"),), False),
        (_P, ["AUTHORIZED", "PAID"], (("paymentStatus", "not_paid,paid"),), True),
        (_F, ["CANCELED"], (("shippingStatus", "not_shipped"),), True),
        (_F, ["UNFULFILLED", "CANCELED", "FULFILLED"], (("shippingStatus", "not_shipped,shipped"),), False),
        (_F, ["UNKNOWN"], (), True),
        (_F, ["UNKNOWN", "FULFILLED"], (), True),
    ],
)
def test_words(field: SearchField, values: list[str], words: tuple[tuple[str, str], ...], *, again: bool) -> None:
    """At most two of the vendor's words; what they say too widely, or cannot say, is applied again."""
    condition = Condition(field, Operator.IN, tuple(values))
    found = push_down((condition,))
    assert (found.words, found.remaining, found.nobody) == (words, (condition,) if again else (), False)


def test_a_status_that_no_order_has() -> None:
    """Nothing is asked for what no word of the vendor's means; with one that some word means, that one is asked."""
    assert asked(_S, Operator.EQ, "EXPIRED").nobody
    assert asked(_S, Operator.IN, "EXPIRED", "OPEN").words == (("status", "new"),)


def test_what_is_not_pushed_down() -> None:
    """A second filter by the same words, negations, and fields that the vendor cannot search are left to the caller."""
    conditions = (
        Condition(_S, Operator.EQ, ("OPEN",)),
        Condition(_S, Operator.EQ, ("CANCELED",)),
        Condition(_P, Operator.NE, ("PAID",)),
        Condition(SearchField.NUMBER, Operator.EQ, ("1001",)),
        Condition(PLACED, Operator.EQ, (NOW,)),
    )
    found = push_down(conditions)
    assert (found.words, found.remaining) == ((("status", "new"),), conditions[1:])


async def test_nobody_is_not_asked(connector: SalesforceB2cConnector, site: SalesforceB2cSimulator) -> None:
    """A status that no order can have costs no call."""
    conditions = (Condition(_S, Operator.EQ, ("DRAFT",)),)
    search = Search(conditions=conditions, sort=PLACED, descending=True, size=5, after=None, facets=frozenset())
    page = await connector.search_orders(search, Call.within(10))
    assert (page.hits, page.more, site.calls) == ((), False, [])


# --- lists ---------------------------------------------------------------------------------------------------------


class Site:
    """The vendor's list without a socket."""

    def __init__(self, documents: Sequence[dict[str, Any]]) -> None:
        self._list = OrderList(documents)
        self.pages = 0

    async def orders(self, query: Sequence[tuple[str, str]], call: Call) -> list[msgspec.Raw]:
        """As `Client.orders`."""
        self.pages += 1
        return [msgspec.Raw(msgspec.json.encode(document)) for document in self._list.page(query)]


def documents(moments: Sequence[int]) -> list[dict[str, Any]]:
    """Orders with so many milliseconds past `NOW`, numbered in a way that says nothing of when."""
    return [
        {"orderNo": f"{number * 37 % 101:03d}", "creationDate": (NOW + each * TICK).isoformat()}
        for number, each in enumerate(moments)
    ]


def part(site: Site, wanted: Wanted) -> Listed:
    """One part of the list."""
    return asyncio.run(listed(cast("Client", site), wanted, Call.within(10)))


def wanted(size: int, position: Position | None = None, *, descending: bool = False) -> Wanted:
    """So many after a position."""
    return Wanted(asked=NOTHING_ASKED, field=PLACED, size=size, descending=descending, position=position)


@given(st.lists(st.integers(0, 6), max_size=30), st.integers(1, 8), st.booleans())
@settings(max_examples=60, deadline=None)
def test_every_order_comes_once_in_order(moments: list[int], size: int, descending: bool) -> None:
    """However many share a moment, and whatever order the vendor gives them in."""
    site, found = Site(documents(moments)), list[Position]()
    expected = sorted(
        (Position(datetime.fromisoformat(d["creationDate"]), d["orderNo"]) for d in documents(moments)),
        reverse=descending,
    )
    while True:
        told = part(site, wanted(size, found[-1] if found else None, descending=descending))
        assert len(told.orders) <= size
        found += [place for place, _ in told.orders]
        if not told.more:
            break
        assert len(told.orders) == size
    assert found == expected


def test_pages_cost_one_call_each() -> None:
    """Where moments differ a page is one call, and so is one that resumes."""
    site = Site(documents(range(50)))
    first = part(site, wanted(10))
    assert (site.pages, len(first.orders), first.more) == (1, 10, True)
    second = part(site, wanted(10, first.orders[-1][0]))
    assert (site.pages, second.orders[0][0].moment) == (2, NOW + 10 * TICK)


def test_a_moment_without_end() -> None:
    """Orders of one moment are read up to a bound, and past it there is an error and no silent gap."""
    assert len(part(Site(documents([1] * 60)), wanted(10)).orders) == 10
    with pytest.raises(BadPayload, match="more orders of one moment than can be read at once"):
        part(Site([{"orderNo": str(n), "creationDate": NOW.isoformat()} for n in range(200)]), wanted(10))


def test_orders_without_a_place_are_gaps() -> None:
    """They are named and passed over; a page that holds nothing else is no answer."""

    class Odd(Site):
        async def orders(self, query: Sequence[tuple[str, str]], call: Call) -> list[msgspec.Raw]:
            odd = [b'{"orderNo":"1"}', b'{"orderNo":"2","creationDate":{"secret":1}}', b'{"weather":"rain"}']
            return [*map(msgspec.Raw, odd), *await super().orders(query, call)]

    told = part(Odd(documents([3])), wanted(10))
    assert ([place.order_no for place, _ in told.orders], told.more) == (["000"], False)
    assert [gap.external_id for gap in told.gaps] == ["1", "2", None]
    assert "secret" not in str(told.gaps)
    with pytest.raises(BadPayload, match="a page that holds no order that can be read"):
        part(Odd([]), wanted(1))


async def test_unreadable_orders_are_passed_over(
    connector: SalesforceB2cConnector, site: SalesforceB2cSimulator
) -> None:
    """A page whose orders have a place and nothing else that can be read is read on from there."""
    bad = [wire(orderNo=f"bad{n}", creationDate=f"2026-05-0{n}T00:00:00.000Z", currency=7) for n in (1, 2, 3)]
    site.put_orders(*bad, wire(orderNo="good", creationDate="2026-05-04T00:00:00.000Z"))
    search = Search(conditions=(), sort=PLACED, descending=False, size=2, after=None, facets=frozenset({Facet.HEADER}))
    page = await connector.search_orders(search, Call.within(10))
    assert ([hit.record.external_id for hit in page.hits], page.more) == (["good"], False)
    assert [gap.external_id for gap in page.gaps] == ["bad1", "bad2", "bad3"]


async def test_a_list_that_is_never_readable(connector: SalesforceB2cConnector, site: SalesforceB2cSimulator) -> None:
    """Past ten pages without a readable order the answer is no answer."""
    moments = [(NOW + n * TICK).isoformat() for n in range(30)]
    site.put_orders(*(wire(orderNo=f"bad{n}", creationDate=each, currency=7) for n, each in enumerate(moments)))
    search = Search(conditions=(), sort=PLACED, descending=False, size=1, after=None, facets=frozenset())
    with pytest.raises(BadPayload, match="page after page"):
        await connector.search_orders(search, Call.within(10))
    assert len(site.calls) == 10


@pytest.mark.parametrize(
    "query",
    [
        [("orderNo", "1")],
        [("limit", "201")],
        [("limit", "many")],
        [("offset", "-1")],
        [("sortBy", "number")],
        [("status", "created")],
        [("paymentStatus", "paid,part_paid,not_paid")],
        [("creationDateFrom", "2026-05-01")],
        [("creationDateFrom", "yesterday")],
    ],
)
def test_the_simulated_list_takes_what_the_vendor_takes(query: list[tuple[str, str]]) -> None:
    """And nothing else, so that a mistake of the connector's would show."""
    with pytest.raises(Refused):
        OrderList([]).page(query)


# --- cursors and changes ---------------------------------------------------------------------------------------------


def test_positions_are_written_and_read() -> None:
    """To the millisecond, and with any number; what this connector did not write is refused."""
    position = Position(NOW + 7 * TICK, "a/b é")
    assert write_position(position) == "2026-05-01T12:00:00.007Z/a/b é"
    assert read_position(write_position(position)) == position
    for other in ("", "x", "2026-05-01T12:00:00.007Z", "2026-05-01T12:00:00/1", "1/2026-05-01T12:00:00Z"):
        with pytest.raises(GiveUp, match="the cursor is not one of this connector's"):
            read_position(other)


def test_streams_step_back_while_they_are_fresh() -> None:
    """At the end of what changed the last minute is read again, until its last change is ten minutes old."""
    last = Position(NOW - timedelta(seconds=30), "1")
    assert Stream().moved(None, more=False, now=NOW) == Stream()
    assert Stream(since=NOW).moved(last, more=True, now=NOW) == Stream(since=NOW, position=last)
    fresh = Stream().moved(last, more=False, now=NOW)
    assert fresh == Stream(since=last.moment - timedelta(seconds=60))
    later = NOW - timedelta(seconds=10)
    assert Stream(since=later).moved(last, more=False, now=NOW) == Stream(since=later)
    old = Position(NOW - timedelta(minutes=11), "1")
    settled = Stream(since=old.moment).moved(old, more=False, now=NOW)
    assert settled == Stream(since=old.moment, position=old)
    assert settled.span() == Span(first=old.moment)
    assert read_stream(write_stream(settled), None) == settled
    with pytest.raises(GiveUp, match="the cursor is not one of this connector's"):
        read_stream("{", None)


async def test_changes_since_a_moment(connector: SalesforceB2cConnector, site: SalesforceB2cSimulator) -> None:
    """From a moment on, oldest change first, with the facets that are asked for; then nothing more."""
    told = sorted((order.updated_at, order.external_id) for order in site.world.orders if order.updated_at)
    since = told[-4][0]
    changes = await connector.list_changes(None, since, frozenset({Facet.LINES}), Call.within(10))
    assert [record.external_id for record in changes.records] == [number for _, number in told[-4:]]
    assert {frozenset(record.delivered()) for record in changes.records} == {frozenset({Facet.LINES})}
    again = await connector.list_changes(changes.cursor, None, frozenset(), Call.within(10))
    assert (again.records, again.more, again.cursor) == ((), False, changes.cursor)


async def test_changes_come_in_pages(connector: SalesforceB2cConnector, site: SalesforceB2cSimulator) -> None:
    """A hundred a call; each call asks for what follows, and each change comes once."""
    moments = [(NOW + n * TICK).isoformat() for n in range(250)]
    site.put_orders(*(wire(orderNo=f"{n:03d}", lastModified=each) for n, each in enumerate(moments)))
    cursor, found, calls = None, list[str](), len(site.calls)
    for expected in (100, 100, 50):
        changes = await connector.list_changes(cursor, None, frozenset(), Call.within(10))
        assert len(changes.records) == expected
        found += [record.external_id for record in changes.records]
        cursor = changes.cursor
    assert (found, changes.more) == ([f"{n:03d}" for n in range(250)], False)
    assert len(site.calls) - calls == 3
    assert MANIFEST.page_size == 100
