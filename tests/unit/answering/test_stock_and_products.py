"""Stock and products by SKU: over all systems, in the order asked, whatever the case, with bounds."""

from __future__ import annotations

from decimal import Decimal

import pytest

from orderweave.answering.errors import RequestError
from orderweave.model.codes import Code
from orderweave.model.ids import encode_id
from orderweave.model.inventory import InventoryItem
from orderweave.model.provenance import IssueReason, SourceIssue
from orderweave.model.systems import PlaceSpec
from orderweave_sdk.capabilities import Gap
from orderweave_sdk.errors import Unreachable
from orderweave_sdk.records import LocationKind, ProductRecord
from tests.unit.fake_business import erp, shop, stock, wms
from tests.unit.fake_clock import NOON
from tests.unit.fake_systems import Woven, weave

EAST = PlaceSpec(id="east", name="East", kind=LocationKind.WAREHOUSE, systems={"erp": "12", "wms": "W1"})


def business(batch: int = 50) -> Woven:
    """One warehouse that ERP and WMS both report, a store that only the ERP has, and a shop that lists the goods."""
    web, books, house = shop(batch=batch), erp(batch=batch), wms(batch=batch)
    web.stock = [stock("TEA-1", "L1", 99, available=9)]
    books.stock = [stock("TEA-1", "12", 10), stock("tea-1", "40", 3), stock("CUP-2", "12", 5)]
    house.stock = [stock("TEA-1", "W1", 11)]
    web.products = [ProductRecord(external_id="p1", sku="TEA-1", title="Green tea", gtin="123", active=True)]
    books.products = [ProductRecord(external_id="7", sku="tea-1", title="TEA GREEN 100G")]
    return weave(web, books, house, places=(EAST,))


async def read(woven: Woven, *skus: str) -> tuple[InventoryItem, ...]:
    """Stock of these SKUs."""
    return await woven.gateway.inventory(skus, woven.gateway.call())


async def test_each_place_once() -> None:
    """The warehouse that two systems report counts once, by the warehouse's own number; the ERP's is a conflict."""
    (item,) = await read(business(), "TEA-1")
    assert (item.sku, item.on_hand, item.available_to_sell) == ("TEA-1", Decimal(14), Decimal(14))
    assert [(level.location.id, level.on_hand, level.counted) for level in item.levels] == [
        (encode_id("Location", "erp", "40"), Decimal(3), True),
        (encode_id("Location", "east"), Decimal(11), True),
        (encode_id("Location", "shop", "L1"), Decimal(99), False),
    ]
    (conflict,) = item.levels[1].conflicts
    assert [(value.system, value.value) for value in conflict.values] == [("wms", "11"), ("erp", "10")]
    assert [(listing.channel.code, listing.quantity, listing.oversold) for listing in item.listings] == [
        ("shop", Decimal(9), False)
    ]
    assert (item.freshness.as_of, item.freshness.missing) == (NOON, ())


async def test_in_the_order_asked_each_once() -> None:
    """SKUs come back in the order asked, each once, spelled as the systems or else the first asker spell them."""
    items = await read(business(), "nope", "cup-2", "TEA-1", "CUP-2", " tea-1 ", "NOPE")
    assert [item.sku for item in items] == ["nope", "CUP-2", "TEA-1"]
    assert [item.on_hand for item in items] == [None, Decimal(5), Decimal(14)]
    assert items[0].levels == ()


async def test_batches_by_size() -> None:
    """Spellings of all SKUs are read in batches of each system's size, none twice."""
    woven = business(batch=4)
    await read(woven, "TEA-1", "CUP-2", "POT-3")
    for fake in woven.fakes.values():
        batches = [call.values for call in fake.asked("stock")]
        assert [len(batch) for batch in batches] == [4, 2]
        assert sorted(sku for batch in batches for sku in batch) == [
            "CUP-2",
            "POT-3",
            "TEA-1",
            "cup-2",
            "pot-3",
            "tea-1",
        ]


async def test_a_system_that_is_down_is_missing() -> None:
    """With the warehouse down the ERP's number of the place stands, and the failure is told once over its batches."""
    woven = business(batch=1)
    woven.fakes["wms"].error = Unreachable("stock: no connection")
    woven.fakes["erp"].gaps = (Gap("level: no quantity", "q9"),)
    first, second = await read(woven, "TEA-1", "CUP-2")
    assert first.on_hand == Decimal(13)
    down = SourceIssue(system="wms", reason=IssueReason.UNREACHABLE, message="stock: no connection", facets=())
    assert first.freshness.missing.count(down) == 1
    assert {issue.system for issue in second.freshness.missing} == {"wms", "erp"}
    assert first.freshness.missing[0].message == "level: no quantity (record q9)"


@pytest.mark.parametrize("count", [0, 201, 10_000])
async def test_a_list_out_of_bounds(count: int) -> None:
    """No SKU, or more than 200, are refused before anyone is asked."""
    woven = business()
    with pytest.raises(RequestError) as raised:
        await read(woven, *(f"S{n}" for n in range(count)))
    assert (raised.value.code, str(raised.value)) == (Code.BAD_INPUT, f"skus must hold 1 to 200 SKUs, holds {count}")
    assert all(not fake.calls for fake in woven.fakes.values())


async def test_two_hundred_are_allowed() -> None:
    """Exactly 200 SKUs are answered."""
    assert len(await read(business(), *(f"S{n}" for n in range(200)))) == 200


@pytest.mark.parametrize("sku", ["", "  ", "S" * 201])
async def test_a_sku_that_is_none(sku: str) -> None:
    """An empty or huge SKU is refused."""
    woven = business()
    for question in (read(woven, "TEA-1", sku), woven.gateway.product(sku, woven.gateway.call())):
        with pytest.raises(RequestError, match="a SKU must be a text of 1 to 200 characters"):
            await question


async def test_a_product_of_two_systems() -> None:
    """A product is one over systems that spell its SKU in different cases; the shop's title is believed."""
    woven = business()
    found = await woven.gateway.product("Tea-1", woven.gateway.call())
    assert found is not None
    assert (found.id, found.sku, found.title) == (encode_id("Product", "tea-1"), "TEA-1", "Green tea")
    assert (found.gtin, found.active, found.systems) == ("123", True, ("shop", "erp"))
    assert woven.fakes["wms"].calls == []


async def test_products_in_batches_of_the_systems_size() -> None:
    """A system that takes one SKU a call gets each spelling in a call of its own."""
    woven = business(batch=1)
    assert await woven.gateway.product("Tea-1", woven.gateway.call()) is not None
    assert [call.values for call in woven.fakes["shop"].calls] == [("Tea-1",), ("TEA-1",), ("tea-1",)]


async def test_a_product_that_nobody_knows() -> None:
    """Unknown to all who answered is no product; with a silent system it is INCOMPLETE; known to one is enough."""
    woven = business()
    assert await woven.gateway.product("NOPE", woven.gateway.call()) is None
    woven.fakes["shop"].error = Unreachable("products: no connection")
    with pytest.raises(RequestError) as raised:
        await woven.gateway.product("NOPE", woven.gateway.call())
    assert raised.value.extensions == {"code": "INCOMPLETE", "systems": ["shop"]}
    found = await woven.gateway.product("TEA-1", woven.gateway.call())
    assert found is not None
    assert found.systems == ("erp",)
