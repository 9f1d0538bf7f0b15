"""What somebody says to have changed is read at once, as a turn would have read it, and nothing beside it."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from orderweave.sync import Rereading, Unanswered
from orderweave_sdk.batches import keys_of
from orderweave_sdk.capabilities import Gap, Orders
from orderweave_sdk.errors import Unreachable
from orderweave_sdk.manifest import Capability
from orderweave_sdk.records import Axis, Key, OrderRecord
from tests.unit.fake_business import order, shop, stock
from tests.unit.fetching.test_parcels import carrier
from tests.unit.sync.keeping import Kept, anew, changing, kept, later

SENT = ((Axis.FULFILLMENT, "fulfilled", "FULFILLED"),)
STATUS = 6


def five() -> list[OrderRecord]:
    """Five orders, an hour between two."""
    return [order(f"a{n}", f"100{n}", hours=n - 12) for n in range(5)]


def reading(sync: Kept) -> Rereading:
    """Readings into its index."""
    return Rereading(sync.woven.systems, sync.index)


async def test_orders(tmp_path: Path) -> None:
    """One that changed, one that is new, by its number, and one that is gone: one look-up each way, and the index is
    as made anew. With the system down it says so and forgets nothing.
    """
    mine = changing(shop(five()))
    async with kept(tmp_path, mine) as sync:
        await sync.sync.turn()
        mine.orders[1] = later(order("a1", "1001", hours=-11, total="77.00"), sync.time.now())
        mine.orders.append(later(order("a9", "1009"), sync.time.now()))
        del mine.orders[4]
        mine.calls.clear()
        await reading(sync).orders("shop", [*keys_of("id", ["a1", "a4", "a1"]), Key("number", "1009"), Key("fax", "1")])
        assert mine.looked_up() == [("id=a1", "id=a4"), ("number=1009",)]
        assert await sync.rows() == await anew(tmp_path, mine)
        mine.error = Unreachable("off")
        with pytest.raises(Unanswered, match="shop: off"):
            await reading(sync).orders("shop", keys_of("id", ["a1"]))
        assert len((await sync.rows())["records"]) == 5


@pytest.mark.parametrize(("gap", "left"), [(Gap("no total", "a1"), 4), (Gap("unreadable"), 5)])
async def test_what_cannot_be_read_is_not_taken_for_gone(tmp_path: Path, gap: Gap, left: int) -> None:
    """An order that is there and cannot be read is set aside and stays as it was; where nobody can tell which one it
    is, none is forgotten.
    """
    mine = changing(shop(five()))
    async with kept(tmp_path, mine) as sync:
        await sync.sync.turn()
        mine.answer["find"] = lambda: Orders(records=(), gaps=(gap,))
        await reading(sync).orders("shop", keys_of("id", ["a1", "a2"]))
        assert len((await sync.rows())["records"]) == left
        assert [reason for _, _, reason in await sync.set_aside()] == [gap.reason]


async def test_who_cannot_look_up_is_not_asked(tmp_path: Path) -> None:
    """A system that finds no orders, and keeps no stock: nothing happens."""
    mine = changing(shop(five()))
    able = mine.manifest.capabilities - {Capability.FIND_ORDERS, Capability.READ_STOCK}
    mine.manifest = msgspec.structs.replace(mine.manifest, capabilities=able, lookups={})
    async with kept(tmp_path, mine) as sync:
        await reading(sync).orders("shop", keys_of("id", ["a1"]))
        await reading(sync).stock("shop", ["A"])
        await reading(sync).parcels("shop", ["T1"])
        assert mine.calls == []


async def test_stock(tmp_path: Path) -> None:
    """The levels of each SKU once, in batches; one that is no more is forgotten."""
    mine = changing(shop([order("a1", "1001", skus=("A", "B", "C"))], batch=2))
    mine.stock = [stock("A", "main", 5), stock("B", "main", 1)]
    async with kept(tmp_path, mine) as sync:
        await sync.sync.turn()
        mine.calls.clear()
        mine.stock = [stock("A", "main", 4)]
        await reading(sync).stock("shop", ["A", "B", "A", "C"])
        assert [call.values for call in mine.asked("stock")] == [("A", "B"), ("C",)]
        assert await sync.levels() == [("shop", "A", "main")]


async def test_parcels(tmp_path: Path) -> None:
    """A parcel arrives: the carrier is asked about it alone, by the number as the order has it, and the order's rows
    say so. Of a parcel that is no order's nobody is asked. The index is as made anew.
    """
    mine = changing(shop([order("a1", "1001", tracking="t 1", words=SENT), order("a2", "1002", tracking="T2")]))
    parcels = carrier()
    async with kept(tmp_path, mine, parcels) as sync:
        await sync.sync.turn()
        parcels.parcels = carrier("t 1").parcels
        parcels.calls.clear()
        await reading(sync).parcels("carrier", ["T1", "T9", "T1"])
        assert [call.values for call in parcels.calls] == [("t 1",)]
        rows = await sync.rows()
        assert {row[0]: row[STATUS] for row in rows["orders"]}["shop:number/1001"] == "DELIVERED"
        assert rows == await anew(tmp_path, mine, parcels)
        parcels.error = Unreachable("off")
        with pytest.raises(Unanswered, match="carrier: off"):
            await reading(sync).parcels("carrier", ["T1"])


async def test_a_parcel_of_no_order_is_forgotten(tmp_path: Path) -> None:
    """The order of a parcel is deleted: when the carrier is next asked, what it said of the parcel goes too."""
    mine = changing(shop([order(f"a{n}", f"100{n}", tracking=f"T{n}", words=SENT) for n in (1, 2)]))
    parcels = carrier("T1", "T2")
    async with kept(tmp_path, mine, parcels) as sync:
        await sync.sync.turn()
        del mine.orders[0]
        await reading(sync).orders("shop", keys_of("id", ["a1"]))
        assert ("carrier", "T1") in {row[:2] for row in (await sync.rows())["records"]}
        sync.time.advance(300)
        await sync.sync.turn()
        assert await sync.rows() == await anew(tmp_path, mine, parcels)
