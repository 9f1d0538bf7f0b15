"""Reading the index anew forgets what the systems said, and nothing that they did not say."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, func, select

from orderweave.config.configuration import ExportSettings
from orderweave.exporting import Exports, Selection
from orderweave.index.tables import METADATA, READ
from orderweave.model.exports import Format, What
from orderweave.model.rights import ALL_RIGHTS
from orderweave.receiving import tables as receiving
from tests.unit.exporting.house import worked_off
from tests.unit.fake_business import order, shop, stock
from tests.unit.receiving.desk import Desk, told
from tests.unit.sync.keeping import changing, kept

_SECONDS = 10
_OURS = {"erased", "exports", receiving.webhook_deliveries.name, receiving.webhook_positions.name}


def test_every_table_is_read_or_ours() -> None:
    """No table is forgotten by an oversight, and none left behind by one."""
    assert {table.name for table in METADATA.sorted_tables} == {table.name for table in READ} | _OURS
    assert {table.name for table in READ}.isdisjoint(_OURS)


def _counts(connection: Connection) -> dict[str, int]:
    """How many rows each table that is read has."""
    return {table.name: connection.execute(select(func.count()).select_from(table)).scalar_one() for table in READ}


async def test_what_was_read_is_gone_and_comes_again(tmp_path: Path) -> None:
    """Nothing stands in any of the tables that are read, and the next turn reads the same again."""
    mine = changing(shop([order("a1", "1001", email="ada@shop.example", skus=("A",), tracking="T1")]))
    mine.stock = [stock("A", "L1", 5)]
    async with kept(tmp_path, mine) as sync:
        await sync.sync.turn()
        before = await sync.rows()
        await sync.index.clear()
        assert set((await sync.index.read(_counts, seconds=_SECONDS)).values()) == {0}
        await sync.sync.turn()
        assert await sync.rows() == before


async def test_an_export_stays_known_until_its_time_is_over(tmp_path: Path) -> None:
    """A finished one is found with its files after all was forgotten, and both go when its time is over."""
    async with kept(tmp_path, changing(shop([order("a1", "1001")]))) as sync:
        await sync.sync.turn()
        folder = tmp_path / "exports"
        exports = Exports(sync.index, sync.woven.configuration.business, ExportSettings(folder=folder), sync.time)
        job = await exports.create(Selection(what=What.ORDERS, format=Format.CSV, rights=ALL_RIGHTS), "ann")
        await worked_off(exports)
        before = await exports.find(job.id, "ann")
        assert before is not None
        await sync.index.clear()
        assert await exports.find(job.id, "ann") == before
        assert (folder / job.id).is_dir()
        sync.time.advance(400 * 86_400)
        await exports.put_away()
        assert not (folder / job.id).exists()


async def test_a_webhook_stays_known(tmp_path: Path) -> None:
    """One that was worked and one that waits are there afterwards; a second copy of the first is no news."""
    desk = Desk(tmp_path)
    await desk.open()
    await desk.send(told("e1"))
    await desk.work()
    await desk.send(told("e2"))
    before = await desk.states()
    assert [state for _, state in before] == ["DONE", "WAITING"]
    assert desk.woven.index is not None
    await desk.woven.index.clear()
    assert await desk.states() == before
    await desk.send(told("e1"))
    assert await desk.states() == before
    await desk.close()
