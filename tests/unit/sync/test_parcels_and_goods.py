"""Carriers are asked about parcels on their way, stock and products about known SKUs; when they are due."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from msgspec.structs import replace
from sqlalchemy import select

from orderweave.index.tables import products
from orderweave.planning.needs import needs_of
from orderweave_sdk.capabilities import Gap
from orderweave_sdk.errors import Unreachable
from orderweave_sdk.records import Axis, FulfillmentStatus, ProductRecord
from tests.unit.fake_business import erp, order, shop, stock
from tests.unit.fake_clock import NOON
from tests.unit.fetching.test_parcels import carrier
from tests.unit.sync.keeping import Kept, anew, changing, kept, later

SENT = ((Axis.FULFILLMENT, "fulfilled", "FULFILLED"),)
WHOLE = needs_of(["Order.fulfillmentStatus", "Order.shipments"])


async def test_a_carriers_word_stands_in_the_index_as_in_an_answer(tmp_path: Path) -> None:
    """What the carrier says of a parcel is part of the order's rows: delivered, as the live answer has it."""
    mine = changing(shop([order("a1", "1001", tracking="T 1", words=SENT), order("a2", "1002", tracking="T2")]))
    parcels = carrier("T 1")
    async with kept(tmp_path, mine, parcels) as sync:
        await sync.sync.turn()
        rows = await sync.rows()
        status = {row[0]: row[6] for row in rows["orders"]}
        assert status["shop:number/1001"] == FulfillmentStatus.DELIVERED.value
        assert [call.values for call in parcels.calls] == [("T 1", "T2")]
        live = await sync.woven.gateway.order_by_number("1001", WHOLE, sync.woven.systems.call(5))
        assert live is not None
        assert live.fulfillment_status is FulfillmentStatus.DELIVERED
        assert rows == await anew(tmp_path, mine, parcels)


async def test_parcels_are_asked_about_until_they_have_arrived(tmp_path: Path) -> None:
    """When it is due, and only those that the carrier has not yet seen arrive; its news changes the order."""
    mine = changing(shop([order(f"a{n}", f"100{n}", tracking=f"T{n}", words=SENT) for n in (1, 2)]))
    parcels = carrier("T1")
    async with kept(tmp_path, mine, parcels) as sync:
        await sync.sync.turn()
        await sync.sync.turn()
        assert len(parcels.calls) == 1
        sync.time.advance(300)
        parcels.parcels += carrier("T2").parcels
        await sync.sync.turn()
        assert [call.values for call in parcels.calls] == [("T1", "T2"), ("T2",)]
        assert [row[6] for row in (await sync.rows())["orders"]] == ["DELIVERED", "DELIVERED"]
        sync.time.advance(300)
        await sync.sync.turn()
        assert len(parcels.calls) == 2
        # One that arrived may be on its way back: with the sweep all of the last sixty days are asked about again.
        sync.time.advance(21_600)
        await sync.sync.turn()
        assert [call.values for call in parcels.calls[2:]] == [("T1", "T2")]


async def test_a_parcel_that_left_long_ago(tmp_path: Path) -> None:
    """Its order comes into the index only now: the carrier, of which nobody expects news of such a parcel, is asked
    about it with the sweep, once; and the index is as made anew.
    """
    mine, parcels = changing(shop([])), carrier("T1")
    async with kept(tmp_path, mine, parcels) as sync:
        await sync.sync.turn()
        late = order("a1", "1001", tracking="T1", words=SENT)
        assert late.fulfillment is not None
        sent = (replace(late.fulfillment.shipments[0], shipped_at=NOON - timedelta(days=61)),)
        mine.orders.append(later(late, sync.time.now(), fulfillment=replace(late.fulfillment, shipments=sent)))
        sync.time.advance(300)
        await sync.sync.turn()
        assert parcels.calls == []
        for _ in range(2):
            sync.time.advance(21_600)
            await sync.sync.turn()
            assert [call.values for call in parcels.calls] == [("T1",)]
        assert await sync.rows() == await anew(tmp_path, mine, parcels)


async def test_stock_is_read_of_known_skus_in_batches(tmp_path: Path) -> None:
    """SKUs of lines and of stock, two a call; a level that is no more is forgotten, and it comes when it is due."""
    mine = changing(shop([order("a1", "1001", skus=("A", "B", "C"))], batch=2))
    mine.stock = [stock("A", "main", 5), stock("B", "main", 1)]
    async with kept(tmp_path, mine) as sync:
        await sync.sync.turn()
        assert [call.values for call in mine.asked("stock")] == [("A", "B"), ("C",)]
        assert await sync.levels() == [("shop", "A", "main"), ("shop", "B", "main")]
        mine.stock = [stock("A", "main", 4)]
        await sync.sync.turn()
        assert len(mine.asked("stock")) == 2
        sync.time.advance(300)
        await sync.sync.turn()
        assert len(mine.asked("stock")) == 4
        assert await sync.levels() == [("shop", "A", "main")]


async def test_another_systems_spelling_forgets_nothing(tmp_path: Path) -> None:
    """The shop, which tells cases apart, is asked for its SKU in one batch and for the ERP's spelling in the next: that
    it has none of that name takes away neither its level nor its product. What is no more still goes.
    """
    mine, books = changing(shop([order("a1", "1001", skus=("A", "TEA"))], batch=2)), changing(erp())
    mine.stock = [stock("A", "main", 5), stock("TEA", "main", 5)]
    mine.products = [ProductRecord(external_id=sku, sku=sku) for sku in ("A", "TEA")]
    books.stock = [stock("tea", "shelf", 7)]
    async with kept(tmp_path, mine, books) as sync:
        await sync.sync.turn()
        assert [call.values for call in mine.asked("stock")] == [("A", "TEA"), ("tea",)]
        assert await sync.levels() == [("erp", "tea", "shelf"), ("shop", "A", "main"), ("shop", "TEA", "main")]
        assert await products_of(sync) == ["A", "TEA"]
        mine.stock, mine.products = mine.stock[:1], mine.products[:1]
        sync.time.advance(sync.sync.settings.goods_seconds)
        await sync.sync.turn()
        assert await sync.levels() == [("erp", "tea", "shelf"), ("shop", "A", "main")]
        assert await products_of(sync) == ["A"]


async def products_of(sync: Kept) -> list[str]:
    """The SKUs of the products that the index has of the shop."""
    asked = select(products.c.sku).where(products.c.system == "shop").order_by(products.c.sku)
    return await sync.index.read(lambda found: list(found.execute(asked).scalars()), seconds=10)


async def test_goods_that_fail_or_cannot_be_read_are_told_of(tmp_path: Path) -> None:
    """A failure is the system's; an unreadable level is set aside by its SKU and forgotten when it can be read."""
    mine, books = changing(shop([order("a1", "1001", skus=("A",))])), changing(erp())
    async with kept(tmp_path, mine, books) as sync:
        books.errors["stock"] = Unreachable("off")
        turn = await sync.sync.turn()
        assert (turn.failed, turn.incomplete) == ({"erp": "off"}, frozenset())
        assert (await sync.standing("erp", "stock")).error == "off"
        books.errors.clear()
        books.gaps = (Gap("no number", "A"),)
        await sync.sync.turn()
        assert ("erp", "stock A", "no number") in await sync.set_aside()
        books.gaps = ()
        sync.time.advance(300)
        await sync.sync.turn()
        assert await sync.set_aside() == [("erp", "A", "no number")]
