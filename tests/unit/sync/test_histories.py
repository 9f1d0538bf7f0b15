"""Histories are read once, a page at a time, and changes followed from there; whatever fails goes on where it stood."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from sqlalchemy import update

from orderweave.config.configuration import SyncSettings
from orderweave.index.tables import progress
from orderweave.sync.histories import Outcome
from orderweave_sdk.capabilities import Gap
from orderweave_sdk.errors import Unreachable
from tests.unit.fake_business import erp, order, shop
from tests.unit.fake_clock import NOON
from tests.unit.sync.keeping import anew, changing, kept, later

_DAY = 86_400


async def test_a_history_is_read_page_by_page_and_once(tmp_path: Path) -> None:
    """Five orders in pages of two are three calls and five records; the next turn asks once, for what changed since."""
    mine = changing(shop([order(f"a{n}", f"100{n}", hours=n) for n in range(5)], page_size=2))
    async with kept(tmp_path, mine) as sync:
        turn = await sync.sync.turn()
        assert (turn.failed, turn.incomplete) == ({}, frozenset())
        cursors = [call.values[0] for call in mine.asked("changes")]
        assert len(cursors) == 3
        assert cursors[0] == ""
        assert len(set(cursors)) == 3
        assert [row[0] for row in (await sync.rows())["orders"]] == [f"shop:number/100{n}" for n in range(5)]
        known = await sync.standing("shop")
        assert (known.complete_at, known.reached_at, known.from_at, known.error) == (NOON, NOON, None, None)
        await sync.sync.turn()
        assert len(mine.asked("changes")) == 4


async def test_a_step_is_fifty_pages(tmp_path: Path) -> None:
    """Of sixty pages the first step reads fifty and says that there is more, the second the rest; each page is in."""
    mine = changing(shop([order(f"a{n}", f"100{n}", hours=n) for n in range(60)], page_size=1))
    async with kept(tmp_path, mine) as sync:
        assert await sync.sync.read_on("shop") is Outcome.MORE
        assert len(mine.asked("changes")) == len((await sync.rows())["records"]) == 50
        assert await sync.sync.read_on("shop") is Outcome.DONE
        assert len(mine.asked("changes")) == len((await sync.rows())["records"]) == 60


async def test_a_step_is_five_seconds_of_pages(tmp_path: Path) -> None:
    """Where an answer takes two seconds a step is three pages: after the third five seconds are over."""
    mine = changing(shop([order(f"a{n}", f"100{n}", hours=n) for n in range(8)], page_size=1))
    async with kept(tmp_path, mine) as sync:
        mine.answer["changes"] = lambda: sync.time.advance(2)
        assert await sync.sync.read_on("shop") is Outcome.MORE
        assert len(mine.asked("changes")) == 3


async def test_a_step_ends_where_somebody_else_has_read_on(tmp_path: Path) -> None:
    """While the third page is on its way somebody else gets to the fifth: the page is kept, the place stays theirs, and
    the step ends there, saying that there is more; the next one goes on from the fifth.
    """
    mine = changing(shop([order(f"a{n}", f"100{n}", hours=n) for n in range(8)], page_size=1))
    async with kept(tmp_path, mine) as other, kept(tmp_path, mine) as sync:
        for _ in range(5):
            assert await other.sync.histories.read_on("shop") is Outcome.MORE
        theirs = (await other.standing("shop")).cursor
        mine.calls.clear()

        def overtake() -> None:
            if len(mine.asked("changes")) == 3:
                with sync.index.database.engine.begin() as connection:
                    connection.execute(update(progress).values(cursor=theirs))

        mine.answer["changes"] = overtake
        assert await sync.sync.read_on("shop") is Outcome.MORE
        assert len(mine.asked("changes")) == 3
        assert [row[1] for row in (await sync.rows())["records"]] == ["a0", "a1", "a2"]
        assert (await sync.standing("shop")).cursor == theirs
        assert await sync.sync.read_on("shop") is Outcome.DONE
        assert len(mine.asked("changes")) == 6
        assert [row[1] for row in (await sync.rows())["records"]] == ["a0", "a1", "a2", "a5", "a6", "a7"]


async def test_what_changes_comes_with_the_next_turn(tmp_path: Path) -> None:
    """An edit, a new order and one of another system reach the rows; all is as in an index made anew."""
    mine, books = changing(shop([order("a1", "1001"), order("a2", "1002")])), changing(erp())
    async with kept(tmp_path, mine, books) as sync:
        await sync.sync.turn()
        sync.time.advance(60)
        now = sync.time.now()
        mine.orders[0] = later(order("a1", "1001", total="12.50"), now)
        mine.orders.append(later(order("a3", "1003"), now))
        books.orders.append(later(order("e1", "SO1", reference=("reference", "1002"), invoice="INV-1"), now))
        await sync.sync.turn()
        rows = await sync.rows()
        assert len(rows["orders"]) == 3
        assert {row[1] for row in rows["records"]} == {"a1", "a2", "a3", "e1"}
        assert rows == await anew(tmp_path, mine, books)
        assert (await sync.standing("shop")).reached_at == now


async def test_a_system_that_fails_goes_on_where_it_stood(tmp_path: Path) -> None:
    """Down in the middle of its history, it stops nobody else, is reported, and later no page is read twice."""
    mine = changing(shop([order(f"a{n}", f"100{n}", hours=n) for n in range(6)], page_size=2))
    books = changing(erp([order("e1", "SO1", reference=("reference", "1001"))]))
    pages = iter(range(10))
    async with kept(tmp_path, mine, books) as sync:

        def fails_at_the_second() -> None:
            if next(pages) == 1:
                raise Unreachable("off")

        mine.answer["changes"] = fails_at_the_second
        turn = await sync.sync.turn()
        assert turn.failed == {"shop": "off"}
        assert turn.incomplete == {"shop"}
        assert (await sync.standing("shop")).error == "off"
        assert (await sync.standing("erp")).complete_at == NOON
        assert {row[1] for row in (await sync.rows())["records"]} == {"a0", "a1", "e1"}
        turn = await sync.sync.turn()
        assert (turn.failed, turn.incomplete) == ({}, frozenset())
        cursors = [call.values[0] for call in mine.asked("changes")]
        assert cursors[1] == cursors[2]
        assert len(cursors) == 4
        assert (await sync.standing("shop")).error is None
        assert await sync.rows() == await anew(tmp_path, mine, books)


async def test_what_cannot_be_read_is_set_aside_until_it_can(tmp_path: Path) -> None:
    """A bad record stops nothing, stands with its reason, and is forgotten once it is read."""
    mine = changing(shop([order("a1", "1001")]))
    mine.gaps = (Gap("no total", "a9"), Gap("no id"))
    async with kept(tmp_path, mine) as sync:
        await sync.sync.turn()
        assert await sync.set_aside() == [("shop", "? no id", "no id"), ("shop", "a9", "no total")]
        mine.gaps = ()
        sync.time.advance(60)
        mine.orders.append(later(order("a9", "1009"), sync.time.now()))
        await sync.sync.turn()
        assert await sync.set_aside() == [("shop", "? no id", "no id")]


async def test_a_history_may_be_bounded(tmp_path: Path) -> None:
    """With so many days, what did not change since then stays out, and the index says from when on it knows."""
    old = order("a1", "1001", placed_at=NOON - timedelta(days=40))
    mine = changing(shop([old, order("a2", "1002", placed_at=NOON - timedelta(days=2))]))
    async with kept(tmp_path, mine, settings=SyncSettings(history_days=30)) as sync:
        await sync.sync.turn()
        assert {row[1] for row in (await sync.rows())["records"]} == {"a2"}
        assert (await sync.standing("shop")).from_at == NOON - timedelta(days=30)


async def test_without_a_feed_of_changes_new_orders_are_searched(tmp_path: Path) -> None:
    """A system that can only search is read by when orders were placed; what is new is found at once, and that it is
    up to date is claimed only as far as everything was read.
    """
    mine = shop([order(f"a{n}", f"100{n}", hours=n - 72) for n in range(4)], page_size=3)
    async with kept(tmp_path, mine) as sync:
        await sync.sync.turn()
        assert len(mine.asked("search")) == 2
        sync.time.advance(600)
        mine.orders.append(later(order("a9", "1009"), sync.time.now()))
        await sync.sync.turn()
        assert len(mine.asked("search")) == 3
        bounds = mine.asked("search")[2].search
        assert bounds is not None
        assert [each.values for each in bounds.conditions] == [(NOON - timedelta(days=1),)]
        assert {row[1] for row in (await sync.rows())["records"]} == {"a0", "a1", "a2", "a3", "a9"}
        assert (await sync.standing("shop")).reached_at == NOON
        mine.orders[0] = later(order("a0", "1000", hours=-72, total="99.00"), sync.time.now())
        sync.time.advance(_DAY)
        await sync.sync.turn()
        assert (await sync.standing("shop")).reached_at == sync.time.now()
        assert await sync.rows() == await anew(tmp_path, mine)
