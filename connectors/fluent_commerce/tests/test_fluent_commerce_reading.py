"""Look-ups, long orders, returns and changes: what they cost, and that nothing is cut silently."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from orderweave_fluent_commerce.connector import FluentCommerceConnector
from orderweave_fluent_commerce.expressible import REFERENCE_ATTRIBUTE, order_as_said
from orderweave_fluent_commerce.manifest import MANIFEST
from orderweave_fluent_commerce.simulator import FluentCommerceSimulator
from orderweave_sdk.batches import keys_of, packed
from orderweave_sdk.clock import Call, SystemClock
from orderweave_sdk.connecting import Connecting
from orderweave_sdk.errors import GiveUp
from orderweave_sdk.records import (
    Channel,
    Facet,
    Fulfillment,
    GoodsLine,
    Header,
    Key,
    Line,
    OrderRecord,
    Package,
    Place,
    Quantities,
    Return,
    ReturnLine,
    ReturnStatus,
    Shipment,
    ShipmentStatus,
)
from orderweave_sdk.testing.comparing import comparable
from orderweave_sdk.testing.world import World

from .answering import Answers, connected, listed

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
MUCH_LATER = datetime(2099, 3, 1, 12, tzinfo=UTC)


class SetClock(SystemClock):
    """A clock whose date is set."""

    def __init__(self, now: datetime) -> None:
        self._now = now

    def now(self) -> datetime:
        """The date that was set."""
        return self._now


def call() -> Call:
    """A minute."""
    return Call.within(60)


def order(n: int, *, lines: int = 1, **fields: Any) -> OrderRecord:
    """Order n, of the reference R<n>, with so many lines."""
    return OrderRecord(
        external_id=str(n),
        keys=(Key("id", str(n)),),
        references=(Key("ref", f"R{n}"), Key("fulfilment_ref", f"F{n}")),
        updated_at=NOON + timedelta(minutes=n),
        header=Header(placed_at=NOON, channel=Channel(code="MAIN"), currency="USD"),
        lines=tuple(
            Line(external_id=f"{n}{line:03d}", sku=f"SKU-{line}", quantity=Quantities(ordered=Decimal(1)))
            for line in range(lines)
        ),
        **fields,
    )


@pytest.mark.parametrize("by", ["id", "ref", "fulfilment_ref"])
@pytest.mark.parametrize(("count", "calls"), [(1, 1), (20, 1), (50, 1), (51, 2), (1000, 20)])
async def test_calls(
    by: str, count: int, calls: int, account: FluentCommerceSimulator, connector: FluentCommerceConnector
) -> None:
    """Fifty orders a call by every look-up, with every facet but returns; with returns one more for each fifty."""
    account.seed(World(orders=tuple(order(n) for n in range(1, count + 1))))
    await connector.check(call())
    for facets, expected in ((MANIFEST.facets - {Facet.RETURNS}, calls), (MANIFEST.facets, 2 * calls)):
        before = len(account.calls)
        values = [f"{ {'id': '', 'ref': 'R', 'fulfilment_ref': 'F'}[by] }{n}" for n in range(1, count + 1)]
        found = [
            record
            for batch in packed(keys_of(by, values), MANIFEST)
            for record in (await connector.find_orders(batch, facets, call())).records
        ]
        assert {record.external_id for record in found} == {str(n) for n in range(1, count + 1)}
        assert len(found) == count
        assert len(account.calls) - before == expected


async def test_an_order_of_two_keys_comes_once(connector: FluentCommerceConnector) -> None:
    """A value that is named twice names one order."""
    found = await connector.find_orders(keys_of("ref", ["1001", "1001"]), frozenset(), call())
    assert len(found.records) == 1


async def test_what_cannot_be_a_key_is_not_asked(
    account: FluentCommerceSimulator, connector: FluentCommerceConnector
) -> None:
    """Ids that are no numbers, blanks, and references with a wildcard for anything cost no call."""
    for by, values in (("id", ["S000001"]), ("ref", [" ", "%", "10%"])):
        assert await connector.find_orders(keys_of(by, values), MANIFEST.facets, call()) == (
            await connector.find_orders(keys_of(by, values), frozenset(), call())
        )
    assert account.calls == []


async def test_what_a_wildcard_finds_beside_the_wanted_is_dropped() -> None:
    """An underscore stands for any character in Fluent's filters; the order that was meant is kept."""
    async with connected(Answers(listed({"id": "1", "ref": "A_1"}, {"id": "2", "ref": "AX1"}))) as connector:
        found = await connector.find_orders(keys_of("ref", ["A_1"]), frozenset(), call())
    assert [record.external_id for record in found.records] == ["1"]
    fulfilments = listed(*({"id": ref, "ref": ref, "order": {"id": str(n)}} for n, ref in enumerate(("AX1", "A_1"))))
    async with connected(Answers(fulfilments)) as connector:
        found = await connector.find_orders(keys_of("fulfilment_ref", ["A_1"]), frozenset(), call())
    assert [record.external_id for record in found.records] == ["1"]


async def test_references_that_many_orders_carry(connector: FluentCommerceConnector) -> None:
    """A fulfilment's reference need not be unique: its orders come page by page, ten at most, and the rest is a gap."""
    page = listed(*({"id": str(n), "ref": "X", "order": {"id": str(n)}} for n in range(50)), more=True)
    async with connected(Answers(page)) as crowded:
        found = await crowded.find_orders(keys_of("fulfilment_ref", ["X"]), frozenset(), call())
    assert len(found.records) == 50
    assert [gap.reason for gap in found.gaps] == [
        "orders by fulfilment_ref: there are more than are read; the rest is missing"
    ]


async def test_a_long_order_is_read_again_alone(
    account: FluentCommerceSimulator, connector: FluentCommerceConnector
) -> None:
    """Sixty lines in four fulfilments come whole, for one call more; short ones beside it are not asked for twice."""
    place = Place(external_id="LOC_1")
    shipments = tuple(
        Shipment(
            external_id=f"70{n}",
            status=ShipmentStatus.PICKED_UP,
            location=place,
            lines=tuple(GoodsLine(quantity=Decimal(1), line_id=f"1{line:03d}") for line in range(n, 60, 4)),
            packages=(Package(external_id=f"80{n}", tracking_number=f"T{n}", status=ShipmentStatus.PICKED_UP),),
        )
        for n in range(4)
    )
    long = order(1, lines=60, fulfillment=Fulfillment(shipments=shipments))
    account.seed(World(orders=(long, order(2))))
    await connector.check(call())
    before = len(account.calls)
    facets = MANIFEST.facets - {Facet.RETURNS}
    found = await connector.find_orders(keys_of("ref", ["R1", "R2"]), facets, call())
    whole = {record.external_id: record for record in found.records}["1"]
    assert found.gaps == ()
    said = msgspec.structs.replace(order_as_said(long), returns=None)
    assert comparable(whole) == comparable(said)
    assert [
        line.quantity for shipment in (whole.fulfillment or Fulfillment()).shipments for line in shipment.lines
    ] == [Decimal(1)] * 60
    assert [call.operation for call in account.calls[before:]] == ["OrdersByRef", "OrdersById"]
    assert max(account.costs) <= 11_111


@pytest.mark.parametrize(("lines", "read", "calls"), [(100, 100, 1), (101, 101, 2), (200, 200, 2), (201, 200, 2)])
async def test_an_order_that_is_longer_still_is_a_gap(
    lines: int, read: int, calls: int, account: FluentCommerceSimulator, connector: FluentCommerceConnector
) -> None:
    """Where goods are not wanted a hundred lines come at once, two hundred when it is read alone; then it is named."""
    account.seed(World(orders=(order(1, lines=lines),)))
    await connector.check(call())
    before = len(account.calls)
    found = await connector.find_orders(keys_of("id", ["1"]), frozenset({Facet.LINES}), call())
    assert len(found.records[0].lines or ()) == read
    assert len(account.calls) - before == calls
    assert [(gap.external_id, gap.reason) for gap in found.gaps] == [
        ("1", "orders by id: the order has more than is read; the rest is missing")
    ] * (lines > read)


async def test_no_more_than_ten_long_orders_are_read_again(
    account: FluentCommerceSimulator, connector: FluentCommerceConnector
) -> None:
    """Twelve long ones in one answer are ten calls more, and two gaps."""
    account.seed(World(orders=tuple(order(n, lines=16) for n in range(1, 13))))
    await connector.check(call())
    before = len(account.calls)
    values = [f"R{n}" for n in range(1, 13)]
    facets = frozenset({Facet.LINES, Facet.FULFILLMENT})
    found = await connector.find_orders(keys_of("ref", values), facets, call())
    assert sorted(len(record.lines or ()) for record in found.records) == [15, 15] + [16] * 10
    assert [gap.external_id for gap in found.gaps] == ["11", "12"]
    assert len(account.calls) - before == 11


async def test_returns_are_those_of_the_order_and_its_retailer(account: FluentCommerceSimulator) -> None:
    """Two retailers may use one reference: each order has its own returns, and a system of one retailer only those."""
    ours, theirs = (
        msgspec.structs.replace(
            order(n),
            references=(Key("ref", "SAME"),),
            header=Header(channel=Channel(code=code), placed_at=NOON),
            returns=(
                Return(
                    external_id=f"9{n}",
                    status=ReturnStatus.OPEN,
                    number=f"RET-{n}",
                    created_at=NOON,
                    lines=(ReturnLine(sku="SKU-0", quantity=Decimal(1), reason="SIZE"),),
                ),
            ),
        )
        for n, code in ((1, "A"), (2, "B"))
    )
    account.seed(World(orders=(ours, theirs)))
    for retailer, expected in ((None, {"1": "RET-1", "2": "RET-2"}), (2, {"2": "RET-2"})):
        made = Connecting(FluentCommerceConnector, {**account.settings(), "retailer_id": retailer})
        for keys in (keys_of("ref", ["SAME"]), keys_of("id", ["1", "2"])):
            found = await made.connector.find_orders(keys, frozenset({Facet.RETURNS}), call())  # type: ignore[attr-defined]  # it is one that finds
            assert {record.external_id: record.returns[0].number for record in found.records} == expected
        await made.close()


async def test_too_many_returns_are_a_gap(account: FluentCommerceSimulator, connector: FluentCommerceConnector) -> None:
    """Five are read of an order; with a sixth the order is named."""
    six = tuple(Return(external_id=str(90 + n), status=ReturnStatus.OPEN) for n in range(6))
    account.seed(World(orders=(order(1, returns=six), order(2, returns=six[:5]))))
    found = await connector.find_orders(keys_of("id", ["1", "2"]), frozenset({Facet.RETURNS}), call())
    assert [len(record.returns or ()) for record in found.records] == [5, 5]
    assert [(gap.external_id, gap.reason) for gap in found.gaps] == [
        ("1", "returns: the order has more than are read; the rest is missing")
    ]


async def test_attributes_are_references_but_no_look_ups(
    account: FluentCommerceSimulator, connector: FluentCommerceConnector
) -> None:
    """An attribute that the settings name stands on the record; orders cannot be found by it."""
    known = msgspec.structs.replace(order(1), references=(Key("ref", "R1"), Key(REFERENCE_ATTRIBUTE, "S000007")))
    account.seed(World(orders=(known,)))
    found = await connector.find_orders(keys_of("ref", ["R1"]), frozenset(), call())
    assert found.records[0].references == (Key("ref", "R1"), Key(REFERENCE_ATTRIBUTE, "S000007"))
    narrowed = FluentCommerceConnector.narrowed(account.settings())
    assert narrowed.references == ("ref", "fulfilment_ref", REFERENCE_ATTRIBUTE)
    assert narrowed.lookups == MANIFEST.lookups
    with pytest.raises(GiveUp, match="not a look-up"):
        await connector.find_orders(keys_of(REFERENCE_ATTRIBUTE, ["S000007"]), frozenset(), call())


async def test_a_pass_lists_orders_then_fulfilments(
    account: FluentCommerceSimulator, connector: FluentCommerceConnector
) -> None:
    """From the start orders alone are listed; a later pass asks for changed fulfilments as well, from the same time."""
    account.seed(World(orders=tuple(order(n) for n in range(1, 61))))
    await connector.check(call())
    before = len(account.calls)
    first = await connector.list_changes(None, None, frozenset(), call())
    second = await connector.list_changes(first.cursor, None, frozenset(), call())
    assert (len(first.records), first.more, len(second.records), second.more) == (50, True, 10, False)
    third = await connector.list_changes(None, NOON + timedelta(minutes=58), frozenset(), call())
    fourth = await connector.list_changes(third.cursor, None, frozenset(), call())
    assert [record.external_id for record in third.records] == ["58", "59", "60"]
    assert [record.external_id for record in fourth.records] == ["58", "59", "60"]
    assert (third.more, fourth.more) == (True, False)
    told = [(entry.operation, entry.detail.get("changed")) for entry in account.calls[before:]]
    since = {"from": "2026-03-01T12:58:00+00:00"}
    assert told == [
        ("ChangedOrders", None),
        ("ChangedOrders", None),
        ("ChangedOrders", since),
        ("ChangedFulfilments", since),
    ]


async def test_changes_of_one_moment_and_meanwhile(
    account: FluentCommerceSimulator, connector: FluentCommerceConnector
) -> None:
    """Of 120 orders that changed at one moment each comes, though one of the first page changes before the second."""
    many = tuple(msgspec.structs.replace(order(n), updated_at=NOON) for n in range(1, 121))
    account.seed(World(orders=many))
    first = await connector.list_changes(None, NOON, frozenset(), call())
    account.seed(World(orders=(msgspec.structs.replace(many[0], updated_at=MUCH_LATER), *many[1:])))
    second = await connector.list_changes(first.cursor, None, frozenset(), call())
    third = await connector.list_changes(second.cursor, None, frozenset(), call())
    assert [entry.operation for entry in account.calls] == ["ChangedOrders"] * 3
    seen = [record.external_id for changes in (first, second, third) for record in changes.records]
    assert seen == [str(n) for n in range(1, 121)]


async def test_the_next_pass_reaches_back(account: FluentCommerceSimulator, connector: FluentCommerceConnector) -> None:
    """It begins five minutes before the last one did, for what carries an older time than when it became visible."""
    account.seed(World(orders=(order(1),)))
    began = Call(clock=SetClock(NOON + timedelta(hours=1)), deadline=SystemClock().monotonic() + 60)
    ended = await connector.list_changes(None, None, frozenset(), began)
    late = msgspec.structs.replace(order(2), updated_at=NOON + timedelta(minutes=55))
    later = Call(clock=SetClock(NOON + timedelta(hours=2)), deadline=SystemClock().monotonic() + 60)
    for records, found in (
        ((order(1), late), ["2"]),
        ((order(1), msgspec.structs.replace(late, updated_at=NOON + timedelta(minutes=54))), []),
    ):
        account.seed(World(orders=records))
        changes = await connector.list_changes(ended.cursor, None, frozenset(), later)
        assert [record.external_id for record in changes.records] == found


async def test_a_cursor_of_others_is_refused(connector: FluentCommerceConnector) -> None:
    """What this connector did not write is a mistake, said so."""
    with pytest.raises(GiveUp, match="the cursor is not one of this connector's"):
        await connector.list_changes("page 2", None, frozenset(), call())
