"""Looking up, searching and following changes, against the simulator: exact counts, and no order missed."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderweave_sap_s4hana.changes import (
    MOST_REMEMBERED,
    OVERLAP,
    PAGE,
    Positions,
    moved_billing,
    moved_deliveries,
    moved_orders,
    read_cursor,
    starting,
    write_cursor,
)
from orderweave_sap_s4hana.connector import SapS4hanaConnector
from orderweave_sap_s4hana.manifest import MANIFEST
from orderweave_sap_s4hana.payloads import ChangedBillingDocument
from orderweave_sap_s4hana.searching import NOTHING, ByDay, ByMoment, filters_of, read_day, read_moment
from orderweave_sap_s4hana.simulated_filter import holds, parsed
from orderweave_sap_s4hana.simulator import ROOT, SapS4hanaSimulator
from orderweave_sap_s4hana.wire import wire_instant
from orderweave_sdk.batches import keys_of
from orderweave_sdk.capabilities import Condition, Search
from orderweave_sdk.clock import Call
from orderweave_sdk.errors import GiveUp
from orderweave_sdk.manifest import Operator, SearchField
from orderweave_sdk.records import Facet, Key, OrderRecord, Shipment, ShipmentStatus
from orderweave_sdk.testing.comparing import comparable
from orderweave_sdk.testing.samples import sample_world
from orderweave_sdk.testing.world import World

HEADER = frozenset({Facet.HEADER})
NOON = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)


class Noon:
    """A clock that stands still for days and runs for deadlines."""

    def now(self) -> datetime:
        """Noon."""
        return NOON

    def monotonic(self) -> float:
        """No time passes."""
        return 0.0


def call() -> Call:
    """A call at noon."""
    return Call.within(60, Noon())


def many(system: SapS4hanaSimulator, count: int) -> World:
    """The sample's orders over and over, each with a number, deliveries and invoices of its own."""
    whole = sample_world(system.external_id)
    orders = []
    for n in range(count):
        like = whole.orders[n % len(whole.orders)]
        number = system.external_id("order", n + 1)
        fulfillment, invoices = like.fulfillment, like.invoices
        if fulfillment:
            shipments = tuple(
                msgspec.structs.replace(each, external_id=system.external_id("shipment", n + 1))
                for each in fulfillment.shipments
            )
            fulfillment = msgspec.structs.replace(fulfillment, shipments=shipments)
        if invoices:
            bills = tuple(
                msgspec.structs.replace(each, external_id=system.external_id("invoice", n + 1))
                for each in invoices.invoices
            )
            invoices = msgspec.structs.replace(invoices, invoices=bills)
        keys = (Key("id", number), Key("number", number))
        references = (Key("PurchaseOrderByCustomer", f"#{1000 + n}"),)
        orders.append(
            msgspec.structs.replace(
                like,
                external_id=number,
                keys=keys,
                references=references,
                fulfillment=fulfillment,
                invoices=invoices,
            )
        )
    return msgspec.structs.replace(whole, orders=tuple(orders))


def asked(system: SapS4hanaSimulator) -> Counter[str]:
    """How often each set was asked, a batch counting once."""
    return Counter(f"{each.request.method} {each.request.path.removeprefix(ROOT.rstrip('/'))}" for each in system.calls)


@pytest.mark.parametrize(("count", "calls"), [(1, 3), (20, 4), (1000, 40)])
async def test_calls_of_many_orders(
    count: int, calls: int, connector: SapS4hanaConnector, simulator: SapS4hanaSimulator
) -> None:
    """Four calls a hundred orders, whatever is wanted of them; the first order has no delivery and needs three."""
    world = many(simulator, count)
    simulator.seed(world)
    ids = [order.external_id for order in world.orders]
    found: list[OrderRecord] = []
    for start in range(0, count, 100):
        answer = await connector.find_orders(keys_of("id", ids[start : start + 100]), MANIFEST.facets, Call.within(60))
        assert answer.gaps == ()
        found += answer.records
    assert len(simulator.calls) == calls
    expected = sorted(map(comparable, map(SapS4hanaSimulator.expressible, world.orders)))
    assert sorted(map(comparable, found)) == expected


async def test_which_calls_these_are(connector: SapS4hanaConnector, simulator: SapS4hanaSimulator) -> None:
    """What of a hundred orders does not fit into one address goes as one batch; their deliveries are fewer and fit."""
    world = many(simulator, 100)
    simulator.seed(world)
    keys = [key for order in world.orders for key in order.references]
    await connector.find_orders(keys, MANIFEST.facets, Call.within(60))
    assert asked(simulator) == {
        "POST /API_SALES_ORDER_SRV/$batch": 1,
        "POST /API_OUTBOUND_DELIVERY_SRV;v=0002/$batch": 1,
        "GET /API_OUTBOUND_DELIVERY_SRV;v=0002/A_OutbDeliveryHeader": 1,
        "POST /API_BILLING_DOCUMENT_SRV/$batch": 1,
    }


@pytest.mark.parametrize(
    ("facets", "sets"),
    [
        (frozenset[Facet](), 1),
        (frozenset({Facet.HEADER, Facet.LINES, Facet.CUSTOMER, Facet.ADDRESSES, Facet.HOLDS}), 1),
        (frozenset({Facet.INVOICES}), 2),
        (frozenset({Facet.FULFILLMENT}), 3),
    ],
)
async def test_only_what_is_wanted_is_called(
    facets: frozenset[Facet], sets: int, connector: SapS4hanaConnector, simulator: SapS4hanaSimulator
) -> None:
    """Deliveries and billing are read for their facets alone."""
    await connector.find_orders(keys_of("id", ["5000000003"]), facets, call())
    assert len(simulator.calls) == sets


async def test_values_that_nobody_can_have(connector: SapS4hanaConnector, simulator: SapS4hanaSimulator) -> None:
    """A value longer than its field would be refused by SAP; it is nobody's, and costs no call."""
    for name, value in (("id", "12345678901"), ("number", " "), ("PurchaseOrderByCustomer", "x" * 36)):
        found = await connector.find_orders(keys_of(name, [value]), HEADER, call())
        assert (found.records, found.gaps) == ((), ())
    assert simulator.calls == []


async def test_zeros_and_quotes(connector: SapS4hanaConnector, simulator: SapS4hanaSimulator) -> None:
    """An order is found by its number with zeros before it, and by a reference with a quote in it."""
    world = many(simulator, 2)
    odd = msgspec.structs.replace(
        world.orders[1],
        external_id="77",
        keys=(Key("id", "77"), Key("number", "77")),
        references=(Key("PurchaseOrderByShipToParty", "O'Brien & Söhne 50%"), Key("ExternalDocumentID", "gid://1")),
    )
    simulator.seed(msgspec.structs.replace(world, orders=(world.orders[0], odd)))
    for key in (Key("number", "0000000077"), *odd.references):
        found = await connector.find_orders([key], HEADER, call())
        assert [record.external_id for record in found.records] == ["77"]


async def test_two_keys_of_one_order(connector: SapS4hanaConnector, simulator: SapS4hanaSimulator) -> None:
    """An order that two keys name in two pieces of a batch comes once."""
    world = many(simulator, 1)
    simulator.seed(world)
    fillers = keys_of("PurchaseOrderByCustomer", [f"{n:03d}{'é' * 32}" for n in range(98)])
    keys = [Key("id", "5000000001"), *fillers, Key("PurchaseOrderByCustomer", "#1000")]
    found = await connector.find_orders(keys, HEADER, call())
    assert [record.external_id for record in found.records] == ["5000000001"]
    assert asked(simulator) == {"POST /API_SALES_ORDER_SRV/$batch": 1}


async def test_ties_in_a_millisecond(connector: SapS4hanaConnector, simulator: SapS4hanaSimulator) -> None:
    """Orders that changed in the same millisecond come once each, in either direction, however small the page."""
    world = many(simulator, 12)
    same = tuple(msgspec.structs.replace(order, updated_at=NOON) for order in world.orders)
    simulator.seed(msgspec.structs.replace(world, orders=same))
    for descending in (False, True):
        found: list[str] = []
        after = None
        more = True
        while more:
            search = Search(
                conditions=(), sort=SearchField.UPDATED_AT, descending=descending, size=5, after=after, facets=HEADER
            )
            page = await connector.search_orders(search, call())
            found += [hit.record.external_id for hit in page.hits]
            after, more = page.hits[-1].cursor, page.more
        assert found == sorted((order.external_id for order in same), reverse=descending)


@pytest.mark.parametrize(
    ("condition", "filters", "left"),
    [
        (Condition(SearchField.NUMBER, Operator.EQ, ("5000000001",)), ("SalesOrder eq '5000000001'",), 0),
        (Condition(SearchField.NUMBER, Operator.IN, ("01", "12345678901")), (NOTHING,), 0),
        (Condition(SearchField.NUMBER, Operator.NOT_IN, ("12345678901",)), (), 0),
        (Condition(SearchField.CURRENCY, Operator.NE, ("EUR",)), ("TransactionCurrency ne 'EUR'",), 0),
        (
            Condition(SearchField.STATUS, Operator.EQ, ("COMPLETED",)),
            ("(OverallSDProcessStatus eq 'C' and OverallSDDocumentRejectionSts ne 'C')",),
            0,
        ),
        (Condition(SearchField.PURCHASE_ORDER_NUMBER, Operator.IN, tuple("ä" * n for n in range(1, 36))), (), 1),
        (Condition(SearchField.SKU, Operator.EQ, ("TEA",)), (), 1),
        (Condition(SearchField.PLACED_AT, Operator.NE, (NOON,)), (), 1),
        (Condition(SearchField.PLACED_AT, Operator.GT, (datetime.max.replace(tzinfo=UTC),)), (), 1),
        (Condition(SearchField.UPDATED_AT, Operator.LTE, (datetime.max.replace(tzinfo=UTC),)), (), 1),
    ],
)
def test_conditions(condition: Condition, filters: tuple[str, ...], left: int) -> None:
    """What SAP can filter it does; what it cannot, or no address holds, is left to the caller."""
    found, remaining = filters_of([condition], UTC)
    assert found == filters
    assert len(remaining) == left


@given(
    st.sampled_from([Operator.EQ, Operator.GT, Operator.GTE, Operator.LT, Operator.LTE]),
    st.integers(min_value=-3_000, max_value=3_000),
    st.integers(min_value=-3_000, max_value=3_000),
)
def test_moments_are_compared_as_they_are_told(operator: Operator, stored: int, wanted: int) -> None:
    """SAP stores finer moments than it tells; a filter on what is stored means the same as one on what is told."""
    at, value = (NOON + timedelta(microseconds=each) for each in (stored, wanted))
    told = at - timedelta(microseconds=at.microsecond % 1000)
    (text,), _ = filters_of([Condition(SearchField.UPDATED_AT, operator, (value,))], UTC)
    row = {"LastChangeDateTime": at, "SalesOrder": "1"}
    assert holds(parsed(text), row) == _compare(operator, told, value)


@given(
    st.sampled_from([Operator.EQ, Operator.GT, Operator.GTE, Operator.LT, Operator.LTE]),
    st.integers(min_value=-3, max_value=3),
    st.integers(min_value=-72, max_value=72),
)
def test_days_are_compared_by_their_beginning(operator: Operator, days: int, hours: int) -> None:
    """A filter by day means the same as one on the moment at which the day begins."""
    midnight = datetime(2026, 11, 26, tzinfo=UTC)
    made, value = midnight + timedelta(days=days), midnight + timedelta(hours=hours)
    (text,), _ = filters_of([Condition(SearchField.PLACED_AT, operator, (value,))], UTC)
    row = {"CreationDate": made.date(), "SalesOrder": "1"}
    assert holds(parsed(text), row) == _compare(operator, made, value)


def _compare(operator: Operator, left: datetime, right: datetime) -> bool:
    return {
        Operator.EQ: left == right,
        Operator.GT: left > right,
        Operator.GTE: left >= right,
        Operator.LT: left < right,
        Operator.LTE: left <= right,
    }[operator]


def test_cursors() -> None:
    """Positions come back from their cursors; a cursor of another's is refused."""
    day, moment = ByDay(date(2026, 3, 1), "5000000001"), ByMoment(NOON, ("1", "2"))
    assert read_day(day.written()) == day
    assert read_moment(moment.written()) == moment
    assert moment.then(NOON, "3").given == ("1", "2", "3")
    assert moment.then(NOON + OVERLAP, "3").given == ("3",)
    for read in (read_day, read_moment, read_cursor):
        with pytest.raises(GiveUp):
            read("elsewhere")
    with pytest.raises(GiveUp):
        read_moment("2026-03-01T00:00:00/1")
    with pytest.raises(GiveUp):
        read_cursor('{"billing":"2026-03-01T00:00:00","day":"2026-03-01"}')


def test_positions() -> None:
    """A feed never moves past now less the overlap, goes on within full pages, and forgets past its bound."""
    at = starting(None, NOON, UTC)
    assert at == Positions(billing=NOON - OVERLAP, day=date(2026, 11, 25))
    assert read_cursor(write_cursor(at)) == at
    last = ByMoment(NOON, ("1",))
    assert moved_orders(None, last, NOON, full=True) == last
    assert moved_orders(None, last, NOON, full=False) == ByMoment(NOON - OVERLAP, ())
    old = ByMoment(NOON - timedelta(days=9), ("1",))
    assert moved_orders(None, old, NOON, full=False) == old
    assert moved_orders(None, None, NOON, full=False) is None
    hour_ago = NOON - timedelta(hours=1)
    row = {"BillingDocument": "1", "LastChangeDateTime": wire_instant(hour_ago)}
    document = msgspec.convert(row, ChangedBillingDocument)
    early = NOON - timedelta(hours=2)
    assert moved_billing(early, [document], NOON, full=False) == hour_ago + timedelta(milliseconds=1)
    assert moved_billing(early, [document], NOON, full=True) == hour_ago
    assert moved_billing(hour_ago, [document], NOON, full=True) == hour_ago + timedelta(milliseconds=1)
    assert moved_billing(early, [], NOON, full=False) == early
    further = moved_deliveries(at, ["a"], NOON, UTC, count=PAGE, full=True)
    assert (further.skip, further.day, further.remembered) == (PAGE, at.day, ("a",))
    ended = moved_deliveries(further, (str(n) for n in range(MOST_REMEMBERED)), NOON, UTC, count=3, full=False)
    assert (ended.skip, len(ended.remembered), ended.remembered[-1]) == (0, MOST_REMEMBERED, str(MOST_REMEMBERED - 1))


async def test_a_goods_issue_brings_its_order(connector: SapS4hanaConnector, simulator: SapS4hanaSimulator) -> None:
    """A delivery that changed leads to its order, though the order's own stamp is old; told once, it comes no more."""
    world = many(simulator, 60)
    simulator.seed(world)
    cursor, seen = await _followed(connector, None)
    assert Counter(seen) == Counter(order.external_id for order in world.orders)
    quiet = await connector.list_changes(cursor, None, HEADER, call())
    assert [record.external_id for record in quiet.records] == []

    order = world.orders[0]
    left = Shipment(external_id="80999999", status=ShipmentStatus.PICKED_UP, lines=())
    assert order.fulfillment is not None
    issued = msgspec.structs.replace(
        order,
        updated_at=NOON - timedelta(hours=2),
        fulfillment=msgspec.structs.replace(order.fulfillment, shipments=(left,)),
    )
    simulator.seed(msgspec.structs.replace(world, orders=(issued, *world.orders[1:])))
    positions = msgspec.structs.replace(read_cursor(cursor), orders=NOON - timedelta(minutes=30), given=())
    cursor, again = await _followed(connector, write_cursor(positions))
    assert again == [order.external_id]
    _, none = await _followed(connector, cursor)
    assert none == []


async def _followed(connector: SapS4hanaConnector, cursor: str | None) -> tuple[str, list[str]]:
    """All changes since the cursor."""
    seen: list[str] = []
    for _ in range(20):
        changes: Any = await connector.list_changes(cursor, None, HEADER, call())
        assert changes.gaps == ()
        seen += [record.external_id for record in changes.records]
        cursor = changes.cursor
        if not changes.more:
            return changes.cursor, seen
    raise AssertionError("the changes never end")
