"""A sweep finds what nobody told of, mends it with as few calls as it takes, and says how wrong it was."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from orderweave.sync.histories import Outcome
from orderweave.sync.passes import PassFailed, Plain
from orderweave.sync.sweeping import Swept
from orderweave_sdk.capabilities import Gap, Orders
from orderweave_sdk.errors import Unreachable
from orderweave_sdk.facets import facets_of
from orderweave_sdk.manifest import Capability
from orderweave_sdk.records import OrderRecord
from tests.unit.fake_business import order, shop
from tests.unit.fake_systems import FakeSystem
from tests.unit.sync.keeping import Kept, anew, changing, kept, later


def five() -> list[OrderRecord]:
    """Five orders, an hour between two."""
    return [order(f"a{n}", f"100{n}", hours=n - 12) for n in range(5)]


async def swept(sync: Kept, name: str = "shop") -> Swept | None:
    """What a sweep finds that begins now; what it left to be put together is."""
    found = await sync.sync.passes.sweep(name, sync.time.now())
    while await sync.index.weave_some():
        pass
    return found


async def test_what_was_missed_is_read_and_nothing_else(tmp_path: Path) -> None:
    """One order older than the system's, one missing and one gone: three look-ups beside the two pages of the list,
    and one that reads what the index then has again.
    """
    mine = changing(shop(five(), page_size=3))
    async with kept(tmp_path, mine) as sync:
        await sync.sync.turn()
        # Changed before the index claims to know all changes, and not told: as a lost webhook, or a feed that skipped.
        mine.orders[1] = later(order("a1", "1001", hours=-11, total="77.00"), sync.time.now())
        mine.orders.append(later(order("a7", "1007"), sync.time.now()))
        del mine.orders[4]
        mine.calls.clear()
        assert await swept(sync) == Swept(wrong=3, looked_at=5, calls=6)
        assert [call.what for call in mine.calls] == ["search", "find", "search", "find", "find", "find"]
        assert mine.looked_up() == [("id=a1",), ("id=a7",), ("id=a4",), tuple(f"id=a{n}" for n in (0, 1, 2, 3, 7))]
        assert await sync.rows() == await anew(tmp_path, mine)
        known = await sync.standing("shop")
        assert known.swept_at == sync.time.now()
        (standing,) = await sync.sync.look()
        assert standing.drift == Swept(wrong=3, looked_at=5, calls=6)
        assert await swept(sync) == Swept(wrong=0, looked_at=5, calls=3)


async def test_what_changed_since_is_read_and_no_drift(tmp_path: Path) -> None:
    """What the next turn would have brought anyway is in the index after a sweep, and is not told as wrong."""
    mine = changing(shop(five()))
    async with kept(tmp_path, mine) as sync:
        await sync.sync.turn()
        sync.time.advance(60)
        mine.orders[0] = later(order("a0", "1000", hours=-12, total="1.00"), sync.time.now())
        assert await swept(sync) == Swept(wrong=0, looked_at=5, calls=3)
        assert await sync.rows() == await anew(tmp_path, mine)


async def test_what_no_header_shows_is_found_in_a_known_time(tmp_path: Path) -> None:
    """A parcel joins an order, and not even the order's time of change moves: of 57 orders in batches of two a sweep
    reads three, two batches, again, so that after fifteen sweeps all were read; the parcel is in by then, as drift.
    """
    orders = [order(f"a{n:02}", f"10{n:02}", hours=n - 60) for n in range(57)]
    mine = changing(shop(orders, batch=2))
    async with kept(tmp_path, mine) as sync:
        await sync.sync.turn()
        mine.orders[-1] = order("a56", "1056", hours=-4, tracking="T1")
        found = [await swept(sync) for _ in range(14)]
        assert {each and (each.wrong, each.calls) for each in found} == {(0, 2 + 2)}
        assert mine.looked_up()[:3] == [("id=a00", "id=a01"), ("id=a02", "id=a03"), ("id=a04", "id=a05")]
        last = await swept(sync)
        assert last == Swept(wrong=1, looked_at=57, calls=3)
        assert await sync.rows() == await anew(tmp_path, mine)
        mine.calls.clear()
        await swept(sync)
        assert mine.looked_up()[0] == ("id=a00", "id=a01")


async def test_one_sweep_reads_no_more_than_two_thousand_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many orders there are, a sweep reads a bounded part of them whole; here the bound is four of nine."""
    monkeypatch.setattr("orderweave.sync.sweeping._MOST_AGAIN", 4)
    monkeypatch.setattr("orderweave.sync.sweeping._SWEEPS_A_ROUND", 1)
    mine = changing(shop([order(f"a{n}", f"100{n}", hours=-n) for n in range(9)], batch=2))
    async with kept(tmp_path, mine) as sync:
        await sync.sync.turn()
        read = []
        for _ in range(3):
            mine.calls.clear()
            await swept(sync)
            read.append([name for call in mine.looked_up() for name in call])
        assert [len(names) for names in read] == [4, 4, 1]
        assert len({name for names in read for name in names}) == 9


async def test_without_a_feed_of_changes_all_is_read_whole(tmp_path: Path) -> None:
    """Where an order's last change stands still while the order moves, the sweep reads every facet and sees it."""
    mine = shop(five())
    async with kept(tmp_path, mine) as sync:
        await sync.sync.turn()
        sent = order("a2", "1002", hours=-10, tracking="T1")
        mine.orders[2] = msgspec.structs.replace(sent, updated_at=None)
        mine.orders[2] = msgspec.structs.replace(mine.orders[2], updated_at=sent.updated_at)
        mine.calls.clear()
        assert await swept(sync) == Swept(wrong=1, looked_at=5, calls=1)
        assert await sync.rows() == await anew(tmp_path, mine)


async def test_a_list_of_changes_serves_who_cannot_search(tmp_path: Path) -> None:
    """A warehouse that only lists changes is swept by that list from its start."""
    declared = shop(five()).manifest
    mine = FakeSystem(
        "shop",
        msgspec.structs.replace(
            declared,
            capabilities=declared.capabilities - {"SEARCH_ORDERS"} | {"LIST_CHANGES"},
            filters={},
            sorts=frozenset(),
        ),
        orders=five(),
    )
    mine.captures_orders = True
    async with kept(tmp_path, mine) as sync:
        await sync.sync.turn()
        del mine.orders[0]
        mine.calls.clear()
        assert await swept(sync) == Swept(wrong=1, looked_at=4, calls=3)
        assert [call.what for call in mine.calls] == ["changes", "find", "find"]


@pytest.mark.parametrize("call", ["search", "find"])
async def test_nobody_is_gone_because_a_system_is_down(tmp_path: Path, call: str) -> None:
    """A sweep that fails on the way forgets nothing and claims nothing."""
    mine = changing(shop(five()))
    async with kept(tmp_path, mine) as sync:
        await sync.sync.turn()
        del mine.orders[0]
        mine.errors[call] = Unreachable("off")
        assert await swept(sync) is None
        assert len((await sync.rows())["records"]) == 5
        known = await sync.standing("shop")
        assert (known.swept_at, known.error) == (None, "off")


@pytest.mark.parametrize("gap", [Gap("odd", "a0"), Gap("odd")])
async def test_nobody_is_gone_because_it_cannot_be_read(tmp_path: Path, gap: Gap) -> None:
    """What the system has but cannot be read stays as it was, and so does everybody when nobody knows which it is."""
    mine = changing(shop(five()))
    async with kept(tmp_path, mine) as sync:
        await sync.sync.turn()
        del mine.orders[0]
        mine.answer["find"] = lambda: Orders(
            records=tuple(
                facets_of(order, mine.calls[-1].facets)
                for order in mine.orders
                if f"id={order.external_id}" in mine.calls[-1].values
            ),
            gaps=(gap,),
        )
        assert await swept(sync) == Swept(wrong=0, looked_at=4, calls=3)
        assert len((await sync.rows())["records"]) == 5


async def test_sweeps_come_when_they_are_due(tmp_path: Path) -> None:
    """Six hours after the history was in, and six hours after each other; their figures are metrics."""
    mine = changing(shop(five()))
    async with kept(tmp_path, mine) as sync:
        await sync.sync.turn()
        sync.time.advance(21_599)
        await sync.sync.turn()
        assert mine.asked("search") == []
        sync.time.advance(1)
        del mine.orders[0]
        await sync.sync.turn()
        assert len(mine.asked("search")) == 1
        await sync.sync.turn()
        assert len(mine.asked("search")) == 1
        assert sync.sync.drifts() == {("shop",): 1.0}
        sync.time.advance(7)
        assert sync.sync.lags() == {("shop",): 7.0}


async def test_who_cannot_look_up_is_read_whole(tmp_path: Path) -> None:
    """A system that finds nothing by id is swept by whole records, and nobody is taken for gone."""
    mine = changing(shop(five()))
    able = mine.manifest.capabilities - {Capability.FIND_ORDERS}
    mine.manifest = msgspec.structs.replace(mine.manifest, capabilities=able, lookups={})
    async with kept(tmp_path, mine) as sync:
        await sync.sync.turn()
        mine.orders[1] = later(order("a1", "1001", hours=-11, total="77.00"), sync.time.now())
        del mine.orders[4]
        assert await swept(sync) == Swept(wrong=1, looked_at=4, calls=1)
        assert len((await sync.rows())["records"]) == 5


async def test_a_pass_that_fails_by_a_fault_of_ours_stops_no_other(tmp_path: Path) -> None:
    """It is told as a failure of its system, and the others are read."""
    mine, other = changing(shop(five())), changing(shop([order("b1", "2001")], name="other"))
    async with kept(tmp_path, mine, other) as sync:

        class Broken(Plain):
            async def history(self, name: str) -> Outcome:
                if name == "shop":
                    raise PassFailed("history:shop: OperationalError")
                return await super().history(name)

        sync.sync.passes = Broken(sync.sync)
        turn = await sync.sync.turn()
        assert (turn.failed, turn.incomplete) == ({"shop": "history:shop: OperationalError"}, frozenset({"shop"}))
        assert (await sync.standing("other")).complete_at is not None
