"""Stock, products and facilities: whose they are, what adds up, and what a call of each costs."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from orderweave_extensiv.connector import ExtensivConnector
from orderweave_extensiv.simulator import ExtensivSimulator
from orderweave_sdk.capabilities import Skus
from orderweave_sdk.clock import Call
from orderweave_sdk.errors import GiveUp
from orderweave_sdk.records import LocationKind, Place, ProductRecord, StockRecord
from orderweave_sdk.testing.world import World

TEA = ProductRecord(external_id="7000001", sku="TEA", title="Tea", active=True)


def summary(item_id: int, facility: int, on_hand: float, **fields: Any) -> dict[str, Any]:
    """One row of the vendor's."""
    plain = {"itemIdentifier": {"sku": "TEA", "id": item_id}, "facilityId": facility, "onHand": on_hand}
    return {**plain, "available": on_hand, "onHold": 0, "qualifier": "", **fields}


def level(facility: str, on_hand: str, available: str, reserved: str) -> StockRecord:
    """Tea in a facility."""
    return StockRecord(
        sku="TEA",
        location=Place(external_id=facility, kind=LocationKind.WAREHOUSE),
        title="Tea",
        on_hand=Decimal(on_hand),
        available=Decimal(available),
        reserved=Decimal(reserved),
    )


async def test_qualifiers_add_up_and_others_goods_are_theirs(
    connector: ExtensivConnector, simulator: ExtensivSimulator
) -> None:
    """The rows of one item in one facility are one stock; another customer's item of the same SKU is none of ours."""
    simulator.seed(World(products=(TEA,)))
    simulator.put_summaries(
        [
            summary(7000001, 101, 10.5, qualifier="RED", available=7.5, onHold=1),
            summary(7000001, 101, 4, qualifier="BLUE", available=2, onHold=0.25),
            summary(7000001, 102, 3),
            summary(9000009, 101, 500),
        ]
    )
    stock = await connector.read_stock(["TEA", "NONE"], None, Call.within(10))
    assert stock.records == (level("101", "14.5", "9.5", "1.25"), level("102", "3", "3", "0"))
    assert stock.gaps == ()
    assert [call.operation for call in simulator.calls] == ["/customers/41/items", "/inventory/stocksummaries"]
    one = await connector.read_stock(["TEA"], ["102", "source-1"], Call.within(10))
    assert one.records == (level("102", "3", "3", "0"),)
    assert dict(simulator.calls[-1].request.query)["rql"] == "itemIdentifier.id=in=(7000001);facilityId=in=(102)"


async def test_nothing_is_asked_that_cannot_be(connector: ExtensivConnector, simulator: ExtensivSimulator) -> None:
    """No item, no facility that can be one: no call for stock. A blank SKU is none."""
    simulator.seed(World(products=(TEA,)))
    assert (await connector.read_stock(["NONE"], None, Call.within(10))).records == ()
    assert (await connector.read_stock(["TEA"], [], Call.within(10))).records == ()
    assert (await connector.read_stock(["TEA"], ["main"], Call.within(10))).records == ()
    assert {call.operation for call in simulator.calls} == {"/customers/41/items"}
    before = len(simulator.calls)
    assert (await connector.find_products([" "], Call.within(10))).records == ()
    assert len(simulator.calls) == before


async def test_many_facilities_are_parted_here(connector: ExtensivConnector, simulator: ExtensivSimulator) -> None:
    """More than a filter holds beside the items are not asked for by name."""
    simulator.seed(World(products=(TEA,)))
    simulator.put_summaries([summary(7000001, place, place) for place in range(101, 141)])
    wanted = [str(place) for place in range(101, 131)]
    stock = await connector.read_stock(["TEA"], wanted, Call.within(10))
    assert [record.location.external_id for record in stock.records] == wanted
    assert dict(simulator.calls[-1].request.query)["rql"] == "itemIdentifier.id=in=(7000001)"
    few = await connector.read_stock(["TEA"], wanted[:20], Call.within(10))
    assert [record.location.external_id for record in few.records] == wanted[:20]
    assert "facilityId=in=" in dict(simulator.calls[-1].request.query)["rql"]


async def test_batches(connector: ExtensivConnector, simulator: ExtensivSimulator) -> None:
    """A hundred SKUs are one call of each kind; more are refused, and nothing is sent."""
    products = tuple(
        msgspec.structs.replace(TEA, external_id=str(7_000_000 + n), sku=f"TEA-{n:05d}") for n in range(1, 101)
    )
    simulator.seed(World(products=products))
    simulator.put_summaries([summary(7_000_000 + n, place, 1) for n in range(1, 101) for place in range(101, 107)])
    skus = [product.sku for product in products]
    assert len((await connector.find_products(skus, Call.within(10))).records) == 100
    assert len(simulator.calls) == 1
    stock = await connector.read_stock(skus, None, Call.within(10))
    assert (len(stock.records), stock.gaps) == (600, ())
    assert len(simulator.calls) == 4  # the items, and two pages of summaries, of which 500 are one
    for read in (
        connector.find_products([*skus, "ONE-MORE"], Call.within(10)),
        connector.read_stock([*skus, "ONE-MORE"], None, Call.within(10)),
    ):
        with pytest.raises(GiveUp, match="more values than one batch takes"):
            await read
    assert len(simulator.calls) == 4


@pytest.mark.parametrize(
    ("on_hold", "reason"),
    [
        ("Robin", "stock: Invalid decimal string - at `$.onHold`"),
        (True, "stock: Expected `decimal`, got `bool` - at `$.onHold`"),
        ("NaN", "stock: a quantity past belief"),
        ("-Infinity", "stock: a quantity past belief"),
        (1e300, "stock: a quantity past belief"),
    ],
)
async def test_one_bad_row_spoils_no_other(
    on_hold: Any, reason: str, connector: ExtensivConnector, simulator: ExtensivSimulator
) -> None:
    """It is a gap, without any of its values."""
    simulator.seed(World(products=(TEA,)))
    simulator.put_summaries([summary(7000001, 101, 2), summary(7000001, 102, 2, onHold=on_hold)])
    stock = await connector.read_stock(["TEA"], None, Call.within(10))
    assert stock.records == (level("101", "2", "2", "0"),)
    assert [gap.reason for gap in stock.gaps] == [reason]


async def test_products(connector: ExtensivConnector, simulator: ExtensivSimulator) -> None:
    """Deactivated ones are found and say so; the time of their last change is theirs."""
    changed = datetime(2026, 3, 1, 8, tzinfo=UTC)
    old = ProductRecord(external_id="7000002", sku="POT", title=None, active=False, updated_at=changed)
    simulator.seed(World(products=(TEA, old)))
    found = await connector.find_products(["pot", "TEA"], Call.within(10))
    assert found.records == (old, TEA)


async def test_skus_page_by_page(connector: ExtensivConnector, simulator: ExtensivSimulator) -> None:
    """A hundred items a call, by their ids; an item without a SKU is left out, and one that cannot be read is a gap."""
    items = [ProductRecord(external_id=str(7_000_000 + n), sku=f"T{n:03d}", active=n != 3) for n in range(1, 103)]
    items[4] = msgspec.structs.replace(items[4], sku="")
    items[5] = msgspec.structs.replace(items[5], sku=None)  # as no item should be
    simulator.seed(World(products=tuple(reversed(items))))
    first = await connector.list_skus(None, Call.within(10))
    assert first.skus == (*(f"T{n:03d}" for n in range(1, 5)), *(f"T{n:03d}" for n in range(7, 101)))
    assert [gap.reason for gap in first.gaps] == ["item: Expected `str`, got `null` - at `$.sku`"]
    assert await connector.list_skus(first.after, Call.within(10)) == Skus(skus=("T101", "T102"), after=None)
    asked = [dict(call.request.query) for call in simulator.calls]
    assert asked == [
        {"sort": "readOnly.itemId", "pgsiz": "100", "pgnum": "1"},
        {"rql": "readOnly.itemId=gt=7000100", "sort": "readOnly.itemId", "pgsiz": "100", "pgnum": "1"},
    ]
    with pytest.raises(GiveUp, match="the cursor is not one of this connector's"):
        await connector.list_skus("T100", Call.within(10))


async def test_facilities(connector: ExtensivConnector, simulator: ExtensivSimulator) -> None:
    """Those of the customer, by id and name, in one call."""
    places = await connector.list_locations(Call.within(10))
    assert [(place.external_id, place.name, place.kind) for place in places.records] == [
        ("101", "East warehouse", LocationKind.WAREHOUSE),
        ("102", "Harbor store", LocationKind.WAREHOUSE),
    ]
    assert len(simulator.calls) == 1
