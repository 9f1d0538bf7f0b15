"""`orderweave sync` and `orderweave index`: what they show, and how they end."""

from __future__ import annotations

import asyncio
import io
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from orderweave.cli import syncing
from orderweave.cli.sync_bar import SyncBar
from orderweave.durable.locks import lock_of
from orderweave.index import UnknownForm
from orderweave.sync import Steady
from orderweave_sdk.capabilities import Gap
from orderweave_sdk.errors import GiveUp
from tests.unit.cli.conftest import Run
from tests.unit.fake_business import order, shop
from tests.unit.fake_clock import NOON, FakeClock
from tests.unit.fetching.test_parcels import carrier
from tests.unit.sync.keeping import Kept, changing, kept


class Terminal(io.StringIO):
    """An output that says of itself that it is a terminal."""

    def isatty(self) -> bool:
        """It is."""
        return True


def told(bar: SyncBar, clock: FakeClock) -> None:
    """A history of four days in two pages, ten seconds each, and its orders put together."""
    for days in (4, 2):
        clock.advance(10)
        bar.read("shop", 600, clock.now() - timedelta(days=days))
    bar.done("shop")
    bar.done("shop")
    clock.advance(1)
    bar.woven(200, 1_000)
    bar.woven(0, 0)
    bar.failed("erp", "stock", "off")


def test_lines_where_no_line_can_move() -> None:
    """A line a thousand records, with the time that is left by the time that was read, and one for each end."""
    out, clock = io.StringIO(), FakeClock()
    told(SyncBar(["shop"], out, clock), clock)
    assert out.getvalue().splitlines() == [
        "shop: 1,200 orders, about 20 s left",
        "shop: 1,200 orders, up to now",
        "200 records put together",
        "erp: stock: off",
    ]


def test_a_line_now_and_then_where_little_is_read() -> None:
    """Pages of ten, one each ten seconds, and a slow weaving: a line each half a minute, though no thousand is full."""
    out, clock = io.StringIO(), FakeClock()
    bar = SyncBar(["shop"], out, clock)
    for _ in range(6):
        clock.advance(10)
        bar.read("shop", 10, None)
    for left in (40, 20, 0):
        clock.advance(15)
        bar.woven(20, left)
    assert out.getvalue().splitlines() == [
        "shop: 30 orders",
        "shop: 60 orders",
        "40 records put together, 20 left",
        "60 records put together",
    ]


async def test_who_lists_no_orders_has_no_share(
    tmp_path: Path, given: list[Kept], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Beside a carrier, of which no history is read, the bar shows how far the shop's is, and not nothing for ever."""
    mine = changing(shop([order(f"a{n}", f"100{n}", hours=n - 40) for n in range(4)], page_size=2))
    monkeypatch.setattr("sys.stderr", Terminal())
    async with kept(tmp_path, mine, carrier()) as made:
        given.append(made)
        mine.answer["changes"] = lambda: made.time.advance(1)
        assert await syncing.sync(Path("x"), {}, [], watch=False) == 0
        shown = sys.stderr
        assert isinstance(shown, Terminal)
        assert "   5% 4 orders, about" in shown.getvalue()


def test_a_line_that_moves_on_a_terminal() -> None:
    """The bar is written over itself, ten times a second at most, and ends are lines of their own."""
    out, clock = Terminal(), FakeClock()
    told(SyncBar(["shop"], out, clock), clock)
    assert out.getvalue().split("\r\x1b[K")[1:] == [
        "[........................]   0% 600 orders",
        "[############............]  50% 1,200 orders, about 20 s left",
        "shop: 1,200 orders, up to now\n",
        "putting orders together: [####....................]  17% 1,000 left",
        "200 records put together\n",
        "erp: stock: off\n",
    ]


def test_without_an_index(run: Run, tmp_path: Path) -> None:
    """All three say that there is none, and ask nobody."""
    file = tmp_path / "orderweave.toml"
    file.write_text('[systems.sap]\nconnector = "nothing"\n')
    for words in (["sync"], ["index", "status"], ["index", "rebuild"]):
        code, out, err = run(*words, "--config", str(file))
        assert (code, out) == (1, "")
        assert "nothing was started" in err


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch) -> list[Kept]:
    """What stands in place of what a configuration file would give."""
    made: list[Kept] = []
    monkeypatch.setattr(
        syncing, "_with_index", lambda path, environment: (made[0].woven.configuration, made[0].woven, made[0].index)
    )
    monkeypatch.setattr(syncing, "Steady", lambda sync: Steady(sync, pause=made[0].time.pause))
    return made


async def test_it_syncs_and_says_how_it_stands(
    tmp_path: Path, given: list[Kept], capsys: pytest.CaptureFixture[str]
) -> None:
    """All in is 0; the status then tells of the history, the lag, and what was set aside; a rebuild reads anew."""
    mine = changing(shop([order("a1", "1001"), order("a2", "1002")]))
    mine.gaps = (Gap("no total", "a9"),)
    async with kept(tmp_path, mine) as made:
        given.append(made)
        assert await syncing.sync(Path("x"), {}, [], watch=False) == 0
        assert capsys.readouterr().err == "shop: 2 orders, up to now\n2 records put together\n"
        made.time.advance(90)
        assert await syncing.status(Path("x"), {}) == 0
        assert capsys.readouterr().out.splitlines() == [
            "shop: 2 records, all of its history; 90 s behind",
            "  1 could not be read, and are not in it",
        ]
        assert await syncing.rebuild(Path("x"), {}) == 0
        assert len(mine.asked("changes")) == 2
        assert len((await made.rows())["orders"]) == 2
        assert (await made.standing("shop")).reached_at == NOON + timedelta(seconds=90)


async def test_a_person_is_erased(tmp_path: Path, given: list[Kept], capsys: pytest.CaptureFixture[str]) -> None:
    """The address leaves the rows of its orders, which stay; what is printed holds it nowhere."""
    mine = changing(shop([order("a1", "1001", email="ada@example.com"), order("a2", "1002", email="ben@example.com")]))
    async with kept(tmp_path, mine) as made:
        given.append(made)
        assert await syncing.sync(Path("x"), {}, [], watch=False) == 0
        capsys.readouterr()
        assert await syncing.erase(Path("x"), {}, "Ada@example.com") == 0
        told = capsys.readouterr().out
        assert told.startswith("erased from 1 records")
        rows = await made.rows()
        assert len(rows["orders"]) == 2
        assert "ada@example.com" not in told.lower() + str(rows)
        assert "ben@example.com" in str(rows)


async def test_what_is_not_in_is_named(tmp_path: Path, given: list[Kept], capsys: pytest.CaptureFixture[str]) -> None:
    """A system that refuses leaves 1, its words, and a status that says so; an unknown name is 2."""
    mine = changing(shop([order("a1", "1001")]))
    mine.error = GiveUp("no such report")
    async with kept(tmp_path, mine) as made:
        given.append(made)
        assert await syncing.sync(Path("x"), {}, ["shop"], watch=False) == 1
        assert capsys.readouterr().err.splitlines()[-1] == "shop: not everything is in: no such report"
        assert await syncing.status(Path("x"), {}) == 1
        assert capsys.readouterr().out.splitlines() == [
            "shop: 0 records, its history is being read",
            "  orders: failed at 12:01:02 UTC: no such report",
        ]
        assert await syncing.sync(Path("x"), {}, ["sap"], watch=False) == 2
        assert capsys.readouterr().err == "no such system: sap; there are shop\n"


async def test_one_leads(tmp_path: Path, given: list[Kept], capsys: pytest.CaptureFixture[str]) -> None:
    """Where another process leads, the command helps it until every history is in."""
    async with kept(tmp_path, changing(shop([order("a1", "1001")]))) as made:
        given.append(made)
        async with Steady(made.sync).alone():
            await made.sync.turn()
        lock = lock_of(made.index.database.url, "sync-lock")
        assert lock.take()
        try:
            assert await syncing.sync(Path("x"), {}, [], watch=False) == 0
            assert capsys.readouterr().err == "another process syncs this index: helping it\n"
        finally:
            lock.release()


async def test_a_rebuild_beside_another_process(
    tmp_path: Path, given: list[Kept], capsys: pytest.CaptureFixture[str]
) -> None:
    """While another process leads, all is forgotten at once, the leader's next turn reads it anew, and the command ends
    when that is done; in between `index status` says that the history is being read.
    """
    mine = changing(shop([order("a1", "1001")]))
    async with kept(tmp_path, mine) as made:
        given.append(made)
        await made.sync.turn()
        lock = lock_of(made.index.database.url, "sync-lock")
        assert lock.take()
        try:
            rebuilding = asyncio.ensure_future(syncing.rebuild(Path("x"), {}))
            while (await made.standing("shop")).complete_at is not None:  # noqa: ASYNC110 - the command tells nobody
                await asyncio.sleep(0)
            assert (await made.rows())["orders"] == []
            await made.sync.turn()
            assert await rebuilding == 0
        finally:
            lock.release()
        assert capsys.readouterr().err == "another process syncs this index: helping it\n"
        assert len(mine.asked("changes")) == 2
        assert len((await made.rows())["orders"]) == 1


async def test_a_database_that_fails_is_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    """Whatever the index's database raises becomes exit code 1 and its class, and no trace."""

    async def fails() -> int:
        raise OperationalError("SELECT 'ada@example.com'", {}, Exception("no connection"))

    async def newer() -> int:
        raise UnknownForm("its tables were made by a newer version")

    assert await syncing.reported(newer()) == 1
    assert capsys.readouterr().err == "the index cannot be used: its tables were made by a newer version\n"
    assert await syncing.reported(fails()) == 1
    assert capsys.readouterr().err == "the index cannot be used: OperationalError\n"
