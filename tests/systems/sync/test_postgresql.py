"""The sync into a real PostgreSQL: the same rows as in SQLite, one process of several, and passes noted beside them."""

from __future__ import annotations

import asyncio
from pathlib import Path

import msgspec
import pytest
import sqlalchemy as sa

from orderweave.bootstrap import Orderweave
from orderweave.config.configuration import IndexSettings, SyncSettings
from orderweave.demo import DemoBusiness
from orderweave.durable.locks import AdvisoryLock
from orderweave.index import Database
from orderweave.index.erasing import records_saying
from orderweave.index.migrating import migrate
from orderweave.index.progress import progress_of
from orderweave.index.tables import orders, set_aside
from orderweave.sync import Steady, Sync
from orderweave.sync.sweeping import Swept
from tests.systems.sql.postgresql import PostgresqlServer
from tests.unit.durable.work import Looks, Steps, asked, working
from tests.unit.fake_business import order, shop
from tests.unit.fake_systems import weave
from tests.unit.index.older import EMAIL, REVISIONS, older, rows_now
from tests.unit.sync.keeping import Rows, changing, index_of, rows_in

pytestmark = pytest.mark.systems

ORDERS = 60
LOCK = "sync-lock"


def woven(business: DemoBusiness, url: str) -> Orderweave:
    """The gateway over a business with an index there."""
    index = IndexSettings(url=url)
    return Orderweave(msgspec.structs.replace(business.configuration(), index=index))


async def filled(gateway: Orderweave) -> Rows:
    """The rows after a sync by whoever may."""
    assert gateway.sync is not None
    assert gateway.index is not None
    steady = Steady(gateway.sync)
    async with steady.alone() as ours:
        assert ours
        turn = await steady.until_whole()
        assert (turn.failed, turn.incomplete) == ({}, frozenset())
        # By then what a sweep changes is what it should have known, and that is nothing.
        swept = await gateway.sync.passes.sweep("erp", gateway.clock.now())
        assert swept is not None
        assert swept.wrong == 0
    return await gateway.index.read(rows_in, seconds=30)


async def test_the_same_rows_in_both(url: str, tmp_path: Path) -> None:
    """What is read into PostgreSQL is what is read into SQLite, row by row; passes are noted in their own schema."""
    async with DemoBusiness(seed=7, orders=ORDERS) as business:
        found = []
        for place in (url, f"sqlite:///{tmp_path}/index.db"):
            gateway = woven(business, place)
            try:
                found.append(await filled(gateway))
            finally:
                await gateway.close()
    assert found[0] == found[1]
    engine = sa.create_engine(url)
    with engine.connect() as connection:
        noted = connection.exec_driver_sql("SELECT status, count(*) FROM orderweave_durable.workflow_status GROUP BY 1")
        assert [tuple(row) for row in noted] == [("SUCCESS", 5)]
    engine.dispose()


async def test_what_postgresql_cannot_hold_is_set_aside(url: str) -> None:
    """A total of 22 digits is set aside with its order, and what is beside it is in; in a title or a number another
    character stands for a NUL.
    """
    lines = tuple(msgspec.structs.replace(line, title="bad\0title") for line in order("a2", skus=("A",)).lines or ())
    given = [
        order("a1", "1001"),
        msgspec.structs.replace(order("a2", "1002"), lines=lines),
        order("a3", "10\x0003"),
        order("a4", "1004", total="1" + "0" * 21),
    ]
    woven = weave(changing(shop(given)))
    index = index_of(woven, url)
    try:
        await Sync(woven.systems, index, SyncSettings()).turn()
        numbers = await index.read(lambda found: set(found.execute(sa.select(orders.c.number)).scalars()), seconds=30)
        assert numbers == {"1001", "1002", "10\ufffd03"}
        asked = sa.select(set_aside.c.external_id, set_aside.c.reason).order_by(set_aside.c.external_id)
        assert await index.read(lambda found: [tuple(row) for row in found.execute(asked)], seconds=30) == [
            ("unwoven a4", "its order could not be put together (NumericValueOutOfRange)"),
        ]
        told = next(each for each in await index.read(progress_of, seconds=30) if each.part == "orders")
        assert (told.aside, told.error) == (1, None)
    finally:
        index.close()
        await woven.close()


@pytest.mark.parametrize("revision", REVISIONS)
def test_an_older_index_keeps_its_rows(url: str, revision: str) -> None:
    """An index of any older version in PostgreSQL, with a row in every table, has them afterwards."""
    database = Database(url)

    def work(connection: sa.Connection) -> None:
        before = older(connection, revision)
        migrate(connection)
        now = rows_now(connection)
        assert {name for name in before if not now[name]} == set()
        if revision < "0005":
            assert records_saying(connection, EMAIL) == {("shop", "a1")}

    try:
        database.write_now(work)
    finally:
        database.close()


def test_a_writer_waits_no_longer_than_it_may(url: str) -> None:
    """While another one writes, the wait for the writers' lock ends where its time is over."""
    first, second = Database(url), Database(url)

    def work(_: sa.Connection) -> None:
        with pytest.raises(sa.exc.OperationalError):
            second.write_now(lambda connection: None, seconds=0.1)

    first.write_now(work)
    assert second.write_now(lambda connection: 1, seconds=0.1) == 1
    for database in (first, second):
        database.close()


async def test_a_sweep_mends(url: str) -> None:
    """Records that went missing in PostgreSQL are found, counted and read anew."""
    async with DemoBusiness(seed=7, orders=ORDERS) as business:
        gateway = woven(business, url)
        try:
            before = await filled(gateway)
            assert gateway.sync is not None
            assert gateway.index is not None
            lost = [row[1] for row in before["records"] if row[0] == "shop-us"][:3]
            await gateway.index.drop("shop-us", lost)
            swept = await gateway.sync.passes.sweep("shop-us", gateway.clock.now())
            while await gateway.index.weave_some():
                pass
            orders = len(business.worlds["shop-us"].orders)
            assert swept == Swept(wrong=3, looked_at=orders, calls=3)
            assert await gateway.index.read(rows_in, seconds=30) == before
        finally:
            await gateway.close()


async def test_one_of_two_syncs_until_its_connection_is_gone(url: str) -> None:
    """A second process stands by; when the first one's session ends, however it does, the lock is the second's."""
    locks = [AdvisoryLock(sa.make_url(url), LOCK) for _ in range(2)]
    first, second = locks
    assert first.take()
    assert first.held()
    assert not second.take()
    engine = sa.create_engine(url)
    with engine.connect() as connection:
        ended = "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'"
        connection.exec_driver_sql(ended)
    engine.dispose()
    assert not first.held()
    assert second.take()
    assert not first.take()
    second.release()
    assert first.take()
    first.release()


async def test_a_second_process_does_nothing(url: str) -> None:
    """Only the one that has the lock reads: the other has no turn, and looks how the index stands."""
    async with DemoBusiness(seed=7, orders=5) as business:
        gateway = woven(business, url)
        try:
            assert gateway.index is not None
            lock = AdvisoryLock(sa.make_url(url), LOCK)
            assert lock.take()
            steady = Steady(Sync(gateway.systems, gateway.index, SyncSettings()))
            async with steady.alone() as ours:
                assert not ours
            lock.release()
            assert gateway.systems.health["erp"].calls == 0
        finally:
            await gateway.close()


async def test_a_database_that_was_away(server: PostgresqlServer, url: str, caplog: pytest.LogCaptureFixture) -> None:
    """While PostgreSQL is down a process has no seat, and says so; when it is back, the process sits down again and
    goes on with what it was at.
    """
    done: list[str] = []
    steps, looks = Steps(done, ends_at=1), Looks()
    async with working(sa.make_url(url), steps, looks) as durable:
        await asked(durable)
        await steps.reached.wait()
        steps.reached.clear()
        steps.ends_at = None
        server.pause()
        try:
            looks.look()
            async with asyncio.timeout(60):
                while "durable_work_waits" not in caplog.text:  # noqa: ASYNC110 - in another thread
                    await asyncio.sleep(0.1)
        finally:
            server.resume()
        looks.look()
        await asyncio.wait_for(steps.reached.wait(), 60)
    assert done == ["one", "one", "one"]
