"""One record that cannot be kept or put together is set aside and told; whatever else there is goes on."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, select

from orderweave.durable.locks import lock_of
from orderweave.index.coverage import coverage_of
from orderweave.index.progress import STOCK, progress_of
from orderweave.index.tables import orders, stock
from orderweave.index.weaving import Woven
from orderweave.model.provenance import SourceCoverage
from orderweave.sync import Steady
from tests.unit.fake_business import erp, order, shop
from tests.unit.fake_business import stock as level
from tests.unit.fake_clock import NOON
from tests.unit.sync.keeping import Kept, changing, kept, later

# Neither fits into a column of ten-thousandths: the first is no integer of SQLite's, the second no number of 28 digits.
_TOO_MUCH = ("1000000000000000", "1e30")
_SECONDS = 10


async def numbers(sync: Kept) -> list[str | None]:
    """The numbers of all orders of the index, in order."""
    asked = select(orders.c.number).order_by(orders.c.number)
    return await sync.index.read(lambda found: list(found.execute(asked).scalars()), seconds=_SECONDS)


async def coverage(sync: Kept, part: str = "orders") -> dict[str, SourceCoverage]:
    """What a caller is told of each system."""
    known = await sync.index.read(progress_of, seconds=_SECONDS)
    told = coverage_of(sync.woven.configuration.business, known, part)
    assert told.complete is all(source.error is None for source in told.sources)
    return {source.system: source for source in told.sources}


@pytest.mark.parametrize("total", _TOO_MUCH)
async def test_an_order_of_which_no_row_can_be_made_stops_nobody(tmp_path: Path, total: str) -> None:
    """A history with a total that no column holds: that order, with what the ERP says of it, is in no list and is set
    aside; all others are woven, coverage says what is lacking, and nothing waits.
    """
    mine = changing(shop([order("a1", "1001"), order("a2", "1002", total=total), order("a3", "1003")]))
    books = changing(erp([order("e1", "SO1"), order("e2", "SO2", reference=("reference", "1002"))]))
    async with kept(tmp_path, mine, books) as sync:
        turn = await sync.sync.turn()
        assert (turn.failed, turn.incomplete) == ({}, frozenset())
        assert await numbers(sync) == ["1001", "1003", "SO1"]
        why = "its order could not be put together"
        aside = await sync.set_aside()
        assert [(system, name) for system, name, _ in aside] == [("erp", "unwoven e2"), ("shop", "unwoven a2")]
        assert {reason.split(" (")[0] for _, _, reason in aside} == {why}
        assert total not in str(aside)
        told = await coverage(sync)
        assert told["shop"].error == told["erp"].error == "1 could not be read, and are set aside"
        assert (told["shop"].ok, told["shop"].truncated) == (True, False)
        assert sync.sync.set_aside() == {("shop",): 1.0, ("erp",): 1.0}


async def test_it_is_woven_once_it_can_be(tmp_path: Path) -> None:
    """The change that mends it puts it into the lists, and nothing of it stays set aside."""
    mine = changing(shop([order("a1", "1001"), order("a2", "1002", total=_TOO_MUCH[0])]))
    async with kept(tmp_path, mine) as sync:
        await sync.sync.turn()
        sync.time.advance(60)
        mine.orders[1] = later(order("a2", "1002"), sync.time.now())
        await sync.sync.turn()
        assert await numbers(sync) == ["1001", "1002"]
        assert await sync.set_aside() == []
        assert (await coverage(sync))["shop"].error is None


async def test_a_sweep_tries_it_again_and_forgets_it_when_it_is_gone(tmp_path: Path) -> None:
    """After a sweep, which read nothing of it anew, it is still told; when its system has it no more, it is not."""
    mine = changing(shop([order("a1", "1001"), order("a2", "1002", total=_TOO_MUCH[0])]))
    async with kept(tmp_path, mine) as sync:
        await sync.sync.turn()
        sync.time.advance(sync.sync.settings.sweep_seconds)
        await sync.sync.turn()
        assert [name for _, name, _ in await sync.set_aside()] == ["unwoven a2"]
        mine.orders.pop()
        sync.time.advance(sync.sync.settings.sweep_seconds)
        await sync.sync.turn()
        assert await sync.set_aside() == []


async def test_a_change_for_the_worse_takes_its_order_alone(tmp_path: Path) -> None:
    """While changes are followed, a bad one goes with its order; the others of its page and of other shops are kept,
    and each system is asked once an interval.
    """
    mine = changing(shop([order("a1", "1001"), order("a2", "1002")]))
    other = changing(shop([order("b1", "2001")], name="other"))
    async with kept(tmp_path, mine, other) as sync:
        await sync.sync.turn()
        sync.time.advance(60)
        mine.orders[1] = later(order("a2", "1002", total=_TOO_MUCH[0]), sync.time.now())
        mine.orders.append(later(order("a3", "1003"), sync.time.now()))
        other.orders.append(later(order("b2", "2002"), sync.time.now()))
        mine.calls.clear()
        pauses: list[float] = []

        async def pause(seconds: float) -> None:
            pauses.append(seconds)
            if len(pauses) == 3:
                raise asyncio.CancelledError

        lock = lock_of(sync.index.database.url, "sync-lock")
        assert lock.take()
        try:
            with pytest.raises(asyncio.CancelledError):
                await Steady(sync.sync, pause=pause, lock=lock).go_on()
        finally:
            lock.release()
        assert pauses == [sync.sync.settings.interval_seconds] * 3
        assert len(mine.asked("changes")) == 3
        assert await numbers(sync) == ["1001", "1003", "2001", "2002"]


async def test_a_record_that_cannot_be_written_is_set_aside(tmp_path: Path) -> None:
    """A number with half a character, which is no text: the record is not kept, its page is, and the reason is told."""
    bad = order("a2", "10\ud80002")
    mine = changing(shop([order("a1", "1001"), bad, order("a3", "1003")]))
    async with kept(tmp_path, mine) as sync:
        await sync.sync.turn()
        assert await numbers(sync) == ["1001", "1003"]
        assert await sync.set_aside() == [("shop", "a2", "it could not be kept (UnicodeEncodeError)")]


async def test_a_level_that_no_column_holds_is_set_aside(tmp_path: Path) -> None:
    """The other levels of its batch are kept, and the stock of the SKU is told by nobody rather than wrongly."""
    mine = changing(shop([order("a1", "1001", skus=("A", "B"))]))
    mine.stock = [level("A", "L1", 5), level("B", "L1", 7)]
    async with kept(tmp_path, mine) as sync:
        await sync.sync.turn()
        mine.stock[1] = level("B", "L1", 10**16)
        sync.time.advance(sync.sync.settings.goods_seconds)
        await sync.sync.turn()
        assert await sync.levels() == [("shop", "A", "L1")]
        held = select(stock.c.sku)
        assert await sync.index.read(lambda found: list(found.execute(held).scalars()), seconds=_SECONDS) == ["A"]
        assert await sync.set_aside() == [("shop", "stock B", "it could not be kept (OverflowError)")]
        assert (await coverage(sync, STOCK))["shop"].error == "1 could not be read, and are set aside"
        assert (await coverage(sync))["shop"].error is None


async def test_two_levels_whose_sum_no_column_holds_are_set_aside(tmp_path: Path) -> None:
    """Each of a SKU's levels fits, what is left to sell of both does not: the SKU is set aside, the next one is not."""
    mine = changing(shop([order("a1", "1001", skus=("A", "B"))]))
    mine.stock = [level("A", "L1", 9 * 10**14), level("A", "L2", 9 * 10**14), level("B", "L1", 7)]
    async with kept(tmp_path, mine) as sync:
        await sync.sync.turn()
        assert (await sync.standing("shop", STOCK)).reached_at == NOON
        held = select(stock.c.sku)
        found = await sync.index.read(lambda found: set(found.execute(held).scalars()), seconds=_SECONDS)
        assert "B" in found


async def test_a_fault_of_a_pass_is_told_and_stops_no_other_system(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where one system's page meets a fault of ours, its progress and coverage say so, the other systems are read, and
    the next turn without the fault clears it.
    """
    mine = changing(shop([order("a1", "1001")]))
    other = changing(shop([order("b1", "2001")], name="other"))
    async with kept(tmp_path, mine, other) as sync:
        keep = sync.index.take_now

        def broken(connection: Connection, system: str, *rest: Any, **more: Any) -> Woven:
            if system == "shop":
                raise ZeroDivisionError("of order 1001")
            return keep(connection, system, *rest, **more)

        with monkeypatch.context() as patched:
            patched.setattr(sync.index, "take_now", broken)
            turn = await sync.sync.turn()
        assert turn.failed == {"shop": "could not be kept: ZeroDivisionError"}
        assert (await sync.standing("shop")).error == "could not be kept: ZeroDivisionError"
        assert (await coverage(sync))["shop"].ok is False
        assert await numbers(sync) == ["2001"]
        assert (await sync.sync.turn()).failed == {}
        assert await numbers(sync) == ["1001", "2001"]
