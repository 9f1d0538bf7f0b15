"""Pages: values used often, orders with many lines, changes page by page."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import msgspec
import pytest

from orderweave_sdk.batches import keys_of
from orderweave_sdk.capabilities import Gap
from orderweave_sdk.clock import Call
from orderweave_sdk.errors import GiveUp
from orderweave_sdk.records import (
    Facet,
    Fulfillment,
    GoodsLine,
    Key,
    Line,
    OrderRecord,
    Package,
    Quantities,
    Shipment,
    ShipmentStatus,
)
from orderweave_sdk.testing.comparing import comparable
from orderweave_sdk.testing.world import World
from orderweave_shiphero.connector import ShipheroConnector
from orderweave_shiphero.manifest import FACETS
from orderweave_shiphero.simulator import ShipheroSimulator

ids = ShipheroSimulator.external_id


def named(n: int, **references: str) -> OrderRecord:
    """An order that holds other systems' numbers."""
    return OrderRecord(
        external_id=ids("order", n),
        keys=(Key("id", ids("order", n)),),
        references=tuple(Key(field, value) for field, value in references.items()),
    )


def long_order(n: int, lines: int) -> OrderRecord:
    """An order of so many lines, all of them shipped together."""
    made = tuple(
        Line(
            external_id=ids("line", n * 1000 + position),
            sku=f"SKU-{position}",
            quantity=Quantities(ordered=Decimal(2), canceled=Decimal(0), current=Decimal(2)),
        )
        for position in range(lines)
    )
    shipment = Shipment(
        external_id=ids("shipment", n),
        status=ShipmentStatus.LABEL_CREATED,
        lines=tuple(GoodsLine(quantity=Decimal(2), sku=line.sku, line_id=line.external_id) for line in made),
        packages=(Package(external_id=ids("package", n), status=ShipmentStatus.LABEL_CREATED),),
    )
    return msgspec.structs.replace(
        named(n, order_number=str(n)), lines=made, fulfillment=Fulfillment(shipments=(shipment,))
    )


async def test_by_partner_order_id(simulator: ShipheroSimulator, connector: ShipheroConnector) -> None:
    """43 orders by the shop's own id cost one call."""
    simulator.seed(World(orders=tuple(named(n, partner_order_id=f"4507{n}") for n in range(1, 44))))
    values = [f"4507{n}" for n in range(1, 44)]
    found = await connector.find_orders(keys_of("partner_order_id", values), FACETS, Call.within(10))
    assert [record.references for record in found.records] == [(Key("partner_order_id", value),) for value in values]
    assert [logged.operation for logged in simulator.calls] == ["OrdersByNumber"]


async def test_a_number_used_often(simulator: ShipheroSimulator, connector: ShipheroConnector) -> None:
    """Every order that carries a number comes, page by page; the number that only one carries is asked once."""
    often = tuple(named(n, order_number="1001") for n in range(1, 6))
    simulator.seed(World(orders=(*often, named(9, order_number="1002"))))
    found = await connector.find_orders(keys_of("order_number", ["1001", "1002", "1001"]), frozenset(), Call.within(10))
    assert {record.external_id for record in found.records} == {ids("order", n) for n in (1, 2, 3, 4, 5, 9)}
    assert found.gaps == ()
    assert [sorted(value for key, value in logged.detail.items() if key[0] == "v") for logged in simulator.calls] == [
        ["1001", "1002"],
        ["1001"],
        ["1001"],
    ]


async def test_a_placeholder_used_by_all(simulator: ShipheroSimulator, connector: ShipheroConnector) -> None:
    """A value that hundreds carry is followed for ten pages, and the rest is reported, not dropped in silence."""
    simulator.seed(World(orders=tuple(named(n, order_number="N/A") for n in range(1, 300))))
    found = await connector.find_orders(keys_of("order_number", ["N/A"]), frozenset(), Call.within(10))
    assert len(found.records) == 20
    assert found.gaps == (Gap("OrdersByNumber: more than 20 records carry one value; the rest is not read"),)


async def test_long_orders_are_whole(simulator: ShipheroSimulator, connector: ShipheroConnector) -> None:
    """Orders of 15, 16 and 120 lines come whole: the further lines of all of them share their requests."""
    orders = (long_order(1, 15), long_order(2, 16), long_order(3, 120))
    simulator.seed(World(orders=orders))
    found = await connector.find_orders(keys_of("id", [order.external_id for order in orders]), FACETS, Call.within(10))
    assert found.gaps == ()
    assert [comparable(record) for record in found.records] == [
        comparable(simulator.expressible(order)) for order in orders
    ]
    assert [len(record.lines or ()) for record in found.records] == [15, 16, 120]
    assert [(logged.operation, len(logged.detail)) for logged in simulator.calls] == [
        ("OrdersById", 3),
        ("FurtherOrderLines", 4),
        ("FurtherOrderLines", 2),
        ("FurtherOrderLines", 2),
        ("FurtherShipmentLines", 6),
        ("FurtherShipmentLines", 2),
        ("FurtherShipmentLines", 2),
    ]


async def test_lines_without_end(simulator: ShipheroSimulator, connector: ShipheroConnector) -> None:
    """An order of 600 lines gives the 515 that ten further pages hold, and a gap that names it."""
    simulator.seed(World(orders=(long_order(1, 600),)))
    found = await connector.find_orders(keys_of("id", [ids("order", 1)]), frozenset({Facet.LINES}), Call.within(10))
    assert [len(record.lines or ()) for record in found.records] == [515]
    assert found.gaps == (Gap("order: it has more lines than are followed; the rest is not read", ids("order", 1)),)


async def test_changes_page_by_page(simulator: ShipheroSimulator, connector: ShipheroConnector) -> None:
    """260 orders come in pages within the credits, each once; the next pass starts before this one began."""
    made = tuple(named(n) for n in range(1, 261))
    simulator.seed(World(orders=made))
    cursor, more, seen = None, True, list[str]()
    while more:
        call = Call.within(10)
        changes = await connector.list_changes(cursor, None, frozenset({Facet.HEADER}), call)
        seen += [record.external_id for record in changes.records]
        cursor, more = changes.cursor, changes.more
    assert sorted(seen) == sorted(order.external_id for order in made)
    assert [logged.detail["first"] for logged in simulator.calls] == [50] * 6
    before = len(simulator.calls)
    again = await connector.list_changes(cursor, None, frozenset(), Call.within(10))
    (last,) = simulator.calls[before:]
    assert again.records == ()
    assert last.detail["since"] == msgspec.json.decode(str(cursor))["since"].partition(".")[0].removesuffix("Z")


async def test_changes_since_a_moment(simulator: ShipheroSimulator, connector: ShipheroConnector) -> None:
    """Without a cursor, only what changed from the moment on comes."""
    orders = sorted(simulator.world.orders, key=lambda order: str(order.updated_at))
    since = orders[-3].updated_at
    assert since is not None
    changes = await connector.list_changes(None, since, frozenset(), Call.within(10))
    assert {record.external_id for record in changes.records} == {order.external_id for order in orders[-3:]}
    none = await connector.list_changes(None, since + timedelta(days=30), frozenset(), Call.within(10))
    assert none.records == ()


async def test_an_order_that_changes_meanwhile(simulator: ShipheroSimulator, connector: ShipheroConnector) -> None:
    """An order of the first page that changes before the second is asked for pushes no other one out of the pass."""
    many = tuple(
        msgspec.structs.replace(
            simulator.world.orders[0], external_id=ids("order", n), keys=(Key("id", ids("order", n)),)
        )
        for n in range(1, 81)
    )
    simulator.seed(World(orders=many))
    first = await connector.list_changes(None, None, frozenset(), Call.within(10))
    moved = first.records[0].external_id
    assert many[0].updated_at is not None
    later = many[0].updated_at + timedelta(days=1)
    simulator.seed(
        World(
            orders=tuple(
                msgspec.structs.replace(order, updated_at=later) if order.external_id == moved else order
                for order in many
            )
        )
    )
    second = await connector.list_changes(first.cursor, None, frozenset(), Call.within(10))
    seen = {record.external_id for record in (*first.records, *second.records)}
    assert seen == {order.external_id for order in many}
    assert not second.more


@pytest.mark.parametrize("cursor", ["", "tomorrow", "{}", '{"since": 7}'])
async def test_a_foreign_cursor(cursor: str, connector: ShipheroConnector) -> None:
    """A cursor that is not this connector's is refused, not read as the start."""
    with pytest.raises(GiveUp, match="cursor"):
        await connector.list_changes(cursor, None, frozenset(), Call.within(10))


async def test_stock_in_chosen_warehouses(simulator: ShipheroSimulator, connector: ShipheroConnector) -> None:
    """Levels of the places that were asked for, by one call; a place that is not known holds nothing."""
    place = simulator.world.locations[1].external_id
    stock = await connector.read_stock(["TEA-GREEN-100", "POT-CAST-1"], [place], Call.within(10))
    assert {(level.sku, level.location.external_id) for level in stock.records} == {
        ("TEA-GREEN-100", place),
        ("POT-CAST-1", place),
    }
    assert (await connector.read_stock(["TEA-GREEN-100"], ["nowhere"], Call.within(10))).records == ()
    assert [logged.operation for logged in simulator.calls] == ["StockBySku", "StockBySku"]
