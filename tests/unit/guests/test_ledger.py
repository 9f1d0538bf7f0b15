"""Buckets of attempts: exact by the clock, all or nothing, and the same in memory as in Redis."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest
from redis.asyncio import Redis

from orderweave.guests import ledger as ledger_module
from orderweave.guests import reaching
from orderweave.guests.ledger import Draw, Ledger, MemoryLedger
from orderweave.guests.reaching import Reach
from orderweave.guests.shared import Ledgers, RedisLedger
from orderweave_sdk.clock import SystemClock
from tests.unit.calling.redis_servers import redis_server
from tests.unit.fake_clock import FakeClock

# Ten attempts a day: one comes back every 8,640 seconds.
TEN = Draw("ten", 10, 86_400, 5)
TWO = Draw("two", 2, 86_400)
CLEAN = Draw("clean", 1_000, 86_400)
MARKED = Draw("marked", 2, 86_400)


async def let_in(ledger: Ledger, times: int, draws: Sequence[Draw], record: Draw) -> int:
    """How many of so many attempts are let in."""
    return sum([await ledger.take(draws, record) == 0 for _ in range(times)])


async def test_exactly_so_many() -> None:
    """Of a hundred attempts ten are let in, the next when one has come back, and a day later ten again."""
    clock = FakeClock()
    ledger = MemoryLedger(clock)
    marked = Draw("marked", 1, 1e12)
    assert await ledger.take((), marked) == 0  # now it is not clean
    assert await let_in(ledger, 100, [TEN], marked) == 10
    assert await ledger.take([TEN], marked) == pytest.approx(8_640)
    clock.advance(8_639)
    assert await ledger.take([TEN], marked) == pytest.approx(1)
    clock.advance(1)
    assert await let_in(ledger, 100, [TEN], marked) == 1
    clock.advance(86_400)
    assert await let_in(ledger, 100, [TEN], marked) == 10


async def test_clean_records_draw_further() -> None:
    """With ten used up, five more are let in from askers of clean record and none from others."""
    ledger = MemoryLedger(FakeClock())
    assert await let_in(ledger, 12, [TEN], MARKED) == 10
    assert await let_in(ledger, 12, [TEN], MARKED) == 0
    assert [await let_in(ledger, 12, [TEN], Draw(f"block {n}", 2, 86_400)) for n in range(5)] == [2, 2, 1, 0, 0]


async def test_all_or_nothing() -> None:
    """Where one bucket refuses none is drawn on, and the wait is that of the emptiest."""
    ledger = MemoryLedger(FakeClock())
    assert await let_in(ledger, 5, [TWO, TEN], CLEAN) == 2
    assert await ledger.take([TWO, TEN], CLEAN) == pytest.approx(43_200)
    assert await let_in(ledger, 20, [TEN], CLEAN) == 13


async def test_given_back() -> None:
    """What is given back may be drawn again, and no bucket is ever fuller than full."""
    ledger = MemoryLedger(FakeClock())
    for _ in range(50):
        assert await ledger.take([TWO], CLEAN) == 0
        await ledger.give_back([TWO, CLEAN])
    await ledger.give_back([TWO, TWO])
    assert await let_in(ledger, 5, [TWO], CLEAN) == 2


async def test_many_at_once() -> None:
    """Attempts that begin before any has ended are no more than allowed: each counts from its beginning."""
    ledger = MemoryLedger(FakeClock())

    async def attempt() -> bool:
        wait = await ledger.take([TWO], CLEAN)
        await asyncio.sleep(0)
        return wait == 0

    assert sum(await asyncio.gather(*(attempt() for _ in range(100)))) == 2


async def test_a_record_is_clean_again_in_time() -> None:
    """However many failures a block had, two windows later its record is clean; a success of its own before that makes
    it no cleaner.
    """
    clock = FakeClock()
    ledger = MemoryLedger(clock)
    wide = Draw("wide", 1_000, 86_400)
    one = Draw("one", 1, 1e12, 1)
    assert await let_in(ledger, 100, [wide], MARKED) == 100
    for _ in range(20):
        assert await ledger.take([wide], MARKED) == 0
        await ledger.give_back([wide, MARKED])
    assert [await ledger.take([one], MARKED) == 0 for _ in range(2)] == [True, False]
    clock.advance(2 * 86_400)
    assert await ledger.take([one], MARKED) == 0


async def test_a_share() -> None:
    """A process that counts alone in place of Redis lets in an eighth, though never less than one."""
    ledger = MemoryLedger(FakeClock(), share=0.125)
    wide = Draw("wide", 80, 86_400)
    assert await let_in(ledger, 100, [wide], CLEAN) == 10
    assert await let_in(ledger, 100, [TWO], CLEAN) == 1


async def test_full_of_counts_nobody_new_is_let_in(monkeypatch: pytest.MonkeyPatch) -> None:
    """At the most buckets that are kept, no count is forgotten: newcomers wait until some are full again."""
    monkeypatch.setattr(ledger_module, "_MOST_BUCKETS", 10)
    clock = FakeClock()
    ledger = MemoryLedger(clock)
    names = [Draw(f"number {n}", 1, 60) for n in range(20)]
    clock.advance(60)
    assert [await ledger.take([name], CLEAN) == 0 for name in names].count(True) == 8
    assert await ledger.take([names[19]], CLEAN) == 10
    clock.advance(60)
    assert await ledger.take([names[19]], CLEAN) == 0
    assert await ledger.take([names[19]], CLEAN) == 60


async def test_redis_counts_alike() -> None:
    """The script in Redis lets in the same attempts as the process' own buckets: full, beyond, given back, refused."""
    steps = [
        *(("take", [TEN, TWO], MARKED),) * 4,
        ("back", [TEN, TWO, MARKED], None),
        *(("take", [TEN, TWO], MARKED),) * 3,
        *(("take", [TEN], MARKED),) * 12,
        *(("take", [TEN], Draw("other", 2, 86_400)),) * 4,
        ("back", [TEN], None),
        *(("take", [TEN], Draw("third", 2, 86_400)),) * 9,
    ]
    memory = MemoryLedger(FakeClock())
    async with redis_server() as server:
        client = server.client()
        shared = RedisLedger(Reach(client, SystemClock()))
        for number, (what, draws, record) in enumerate(steps):
            if record is None:
                await memory.give_back(draws)
                await shared.give_back(draws)
            else:
                waits = await memory.take(draws, record), await shared.take(draws, record)
                assert waits[0] == pytest.approx(waits[1], abs=30), (number, what)
        names = await client.keys("*")
        lives = [await client.pttl(name) for name in names]
        await client.aclose()
    assert all("orderweave:{guests}:" in str(name) for name in names)
    assert all(0 < life <= 2 * 86_400_000 + 1_000 for life in lives)


async def test_two_processes_count_together(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two clients of one Redis let in ten between them, however many ask at once."""
    monkeypatch.setattr(reaching, "_LONGEST_STEP", 10)  # a busy machine is not what is tested
    async with redis_server() as server:
        clients = [Redis.from_url(server.url) for _ in range(2)]
        ledgers = [RedisLedger(Reach(client, SystemClock())) for client in clients]
        waits = await asyncio.gather(*(ledgers[n % 2].take([TEN], Draw("same", 2, 86_400)) for n in range(60)))
        for client in clients:
            await client.aclose()
    # Two by the clean record, and not one more than ten: the record is marked long before.
    assert sum(wait == 0 for wait in waits) == 10


async def test_redis_gone_is_stricter() -> None:
    """Without Redis a process goes on with an eighth of each bucket, at once, and with Redis again when it is back;
    what was taken there is given back there or not at all.
    """
    clock = FakeClock()
    draw = Draw("some", 16, 86_400)
    async with redis_server() as server:
        client = server.client()
        ledgers = Ledgers(clock, Reach(client, clock))
        taken = await ledgers.take([draw], CLEAN)
        assert taken.wait == 0
        await server.stop()
        assert [(await ledgers.take([draw], CLEAN)).wait == 0 for _ in range(5)] == [True, True, False, False, False]
        await ledgers.give_back(taken, [draw])
        assert (await ledgers.take([draw], CLEAN)).wait > 0
        await server.start()
        clock.advance(5)
        assert [(await ledgers.take([draw], CLEAN)).wait == 0 for _ in range(20)].count(True) == 16
        await client.aclose()
