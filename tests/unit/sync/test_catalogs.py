"""Systems list their SKUs, so that goods which no order names are known; who cannot is said to be incomplete."""

from __future__ import annotations

from pathlib import Path

import msgspec
from sqlalchemy import select

from orderweave.index import ListedSkus
from orderweave.index.coverage import coverage_of
from orderweave.index.progress import SKUS, STOCK, progress_of
from orderweave.index.tables import listed_skus
from orderweave.model.provenance import IssueReason
from orderweave_sdk.capabilities import Gap, Skus
from orderweave_sdk.errors import Unreachable
from orderweave_sdk.manifest import Capability
from tests.unit.fake_business import erp, order, shop, stock
from tests.unit.fake_clock import NOON
from tests.unit.fake_systems import FakeSystem
from tests.unit.sync.keeping import Kept, changing, kept

_SECONDS = 10


def unlisting(system: FakeSystem) -> FakeSystem:
    """The system, unable to list its SKUs."""
    able = system.manifest.capabilities - {Capability.LIST_SKUS}
    system.manifest = msgspec.structs.replace(system.manifest, capabilities=able)
    return system


async def listed(sync: Kept) -> list[tuple[str, str]]:
    """What is known to be listed, and by whom."""
    asked = select(listed_skus.c.system, listed_skus.c.sku).order_by(*listed_skus.c[:2])
    return await sync.index.read(lambda found: [(row[0], row[1]) for row in found.execute(asked)], seconds=_SECONDS)


async def told(sync: Kept) -> tuple[bool, dict[str, str | None]]:
    """Whether the stock is told to be complete, and what is said of each system."""
    known = await sync.index.read(progress_of, seconds=_SECONDS)
    coverage = coverage_of(sync.woven.configuration.business, known, STOCK)
    return coverage.complete, {source.system: source.error for source in coverage.sources}


async def test_goods_that_nobody_ordered_are_known(tmp_path: Path) -> None:
    """A SKU in no order and no storefront is listed by the ERP, asked of both in the same turn, and in the stock."""
    mine = changing(shop([order("a1", "1001", skus=("A",))]))
    mine.stock = [stock("A", "web", 5)]
    books = changing(erp())
    books.stock = [stock("A", "main", 5), stock("Z", "main", 9)]
    async with kept(tmp_path, mine, books) as sync:
        await sync.sync.turn()
        assert await listed(sync) == [("erp", "A"), ("erp", "Z"), ("shop", "A")]
        assert [call.values for call in mine.asked("stock")] == [("A", "Z")]
        assert ("erp", "Z", "main") in await sync.levels()
        assert (await sync.standing("erp", SKUS)).complete_at == NOON
        assert await told(sync) == (True, {"shop": None, "erp": None})


async def test_a_catalog_is_listed_page_by_page_when_it_is_due(tmp_path: Path) -> None:
    """Five SKUs in pages of two are three calls; what is no more in a later whole listing is forgotten."""
    mine = changing(shop([], page_size=2))
    mine.stock = [stock(f"S{n}", "main", n) for n in range(5)]
    async with kept(tmp_path, mine) as sync:
        await sync.sync.turn()
        assert [call.values for call in mine.asked("skus")] == [("",), ("S1",), ("S3",)]
        mine.stock = mine.stock[3:]
        await sync.sync.turn()
        assert len(mine.asked("skus")) == 3
        sync.time.advance(sync.sync.settings.goods_seconds)
        await sync.sync.turn()
        assert await listed(sync) == [("shop", "S3"), ("shop", "S4")]
        assert await sync.levels() == [("shop", "S3", "main"), ("shop", "S4", "main")]


async def test_a_listing_that_fails_is_told_and_hides_no_stock(tmp_path: Path) -> None:
    """The stock of the SKUs of orders is read all the same; coverage says that the listing is wanting, then no more."""
    mine = changing(shop([order("a1", "1001", skus=("A",))]))
    mine.stock = [stock("A", "main", 5), stock("B", "main", 5)]
    async with kept(tmp_path, mine) as sync:
        mine.errors["skus"] = Unreachable("off")
        turn = await sync.sync.turn()
        assert turn.failed == {"shop": "off"}
        assert await sync.levels() == [("shop", "A", "main")]
        assert await told(sync) == (False, {"shop": "off"})
        mine.errors.clear()
        sync.time.advance(sync.sync.settings.goods_seconds)
        await sync.sync.turn()
        assert await told(sync) == (True, {"shop": None})
        mine.errors["skus"] = Unreachable("off again")
        sync.time.advance(sync.sync.settings.goods_seconds)
        await sync.sync.turn()
        assert await told(sync) == (False, {"shop": "off again"})


async def test_a_sku_that_cannot_be_read_is_set_aside(tmp_path: Path) -> None:
    """It is told until a listing without it; the others of its page are kept."""
    mine = changing(shop([]))
    mine.answer["skus"] = lambda: Skus(skus=("A", "B\ud800"), after=None, gaps=(Gap("no text", "7"),))
    async with kept(tmp_path, mine) as sync:
        await sync.sync.turn()
        assert await listed(sync) == [("shop", "A")]
        assert await sync.set_aside() == [
            ("shop", "skus 7", "no text"),
            ("shop", "skus B?", "it could not be kept (UnicodeEncodeError)"),
        ]
        assert await told(sync) == (False, {"shop": "2 of its SKUs could not be read, and are set aside"})
        mine.answer.clear()
        sync.time.advance(sync.sync.settings.goods_seconds)
        await sync.sync.turn()
        assert await sync.set_aside() == []


async def test_who_cannot_list_is_not_complete(tmp_path: Path) -> None:
    """Its stock of SKUs that others name is there, and both the totals and the watch say that more may be."""
    mine, books = unlisting(changing(shop([order("a1", "1001", skus=("A",))]))), changing(erp())
    mine.stock = [stock("A", "web", 5), stock("B", "web", 5)]
    why = "its SKUs cannot be listed: those that no order and no other system names are not in"
    async with kept(tmp_path, mine, books) as sync:
        await sync.sync.turn()
        assert mine.asked("skus") == []
        assert await told(sync) == (False, {"shop": why, "erp": None})
        known = ListedSkus(sync.index, sync.woven.configuration.business)
        page = await known.listed(None, 10, sync.woven.systems.call(5))
        assert (page.skus, page.more) == (("a",), False)
        assert [(issue.system, issue.reason, issue.message) for issue in page.missing] == [
            ("shop", IssueReason.FAILED, why)
        ]
