"""The bucket in a real Redis: the steps of the local one, shared by processes, and done without while it is gone."""

from __future__ import annotations

import asyncio
import sys
import time as machine
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from redis.asyncio import Redis

from orderweave.calling import redis_purse as module
from orderweave.calling.bucket import Limit
from orderweave.calling.parts import CallingParts
from orderweave.calling.quota import meter_for
from orderweave.calling.redis_purse import RedisPurse
from orderweave.model.calls import CallRules
from orderweave_sdk.clock import SystemClock
from orderweave_sdk.errors import GiveUp, HeldBack
from orderweave_sdk.manifest import RateLimit
from orderweave_sdk.metering import Quota
from tests.documents.pages import ROOT
from tests.unit.calling.passing_time import PassingTime
from tests.unit.calling.redis_servers import RedisServer, redis_server
from tests.unit.fake_clock import FakeClock

# A refill so slow that a test's own time does not show in it.
SLOW = Limit(burst=100, per_second=0.001)


@pytest_asyncio.fixture
async def server() -> AsyncIterator[RedisServer]:
    """A running Redis."""
    async with redis_server() as running:
        yield running


@pytest_asyncio.fixture
async def client(server: RedisServer) -> AsyncIterator[Redis]:
    """A client of it."""
    made = server.client()
    yield made
    await made.aclose()


def told(available: float, maximum: float = 100, per_second: float = 0.001) -> Quota:
    """What a system says."""
    return Quota(available=available, maximum=maximum, per_second=per_second)


async def test_two_share_what_one_would_have(client: Redis) -> None:
    """What one process takes the other has not; the reserve of a lane and the wait are those of the local bucket."""
    first, second = (RedisPurse(client, "shop", SLOW, FakeClock()) for _ in range(2))
    assert await first.take(60, 0) == 0
    assert await second.take(30, 0) == 0
    assert await first.take(60, 0) == pytest.approx(50_000, abs=10)
    assert await second.take(10, 0.5) == pytest.approx(50_000, abs=10)
    assert await second.take(10, 0) == 0
    assert second.level().shared
    assert second.level().tokens == pytest.approx(0, abs=0.01)
    other = RedisPurse(client, "another shop", SLOW, FakeClock())
    assert await other.take(100, 0) == 0


async def test_what_one_learns_the_other_knows(client: Redis) -> None:
    """A larger account, what came back unspent, and an account that is emptier than thought."""
    first, second = (RedisPurse(client, "shop", SLOW, FakeClock()) for _ in range(2))
    await first.take(60, 0)
    first.done(60)
    await first.learn(told(1940, 2000, 0.002), unspent=0)
    assert await second.take(80, 0) == 0
    second.done(80)
    assert second.level().tokens == pytest.approx(1800, abs=0.1)
    assert second.level().burst == 2000
    await second.learn(told(1900, 2000, 0.002), unspent=50)
    assert second.level().tokens == pytest.approx(1850, abs=0.1)
    await second.learn(told(500, 2000, 0.002), unspent=0)
    assert await first.take(0.5, 0) == 0
    assert first.level().tokens == pytest.approx(499.5, abs=0.1)


async def test_what_is_no_news_asks_nobody(server: RedisServer, client: Redis) -> None:
    """An answer that tells of no less than is known costs no round trip: the server may be silent."""
    purse = RedisPurse(client, "shop", SLOW, FakeClock())
    await purse.take(60, 0)
    purse.done(60)
    server.stall(on=True)
    await purse.learn(told(90), unspent=0)
    server.stall(on=False)
    assert purse.level().shared


async def test_a_price_above_the_learned_quota_is_given_up(client: Redis) -> None:
    """One process has learned that the account is small; another that has not is told so at its first dear call."""
    parts = CallingParts(clock=SystemClock(), redis=client)
    limit = RateLimit(units="points", burst=100, per_second=1)
    first, second = (meter_for("shop", limit, CallRules(), parts) for _ in range(2))
    assert first is not None
    assert second is not None
    terms = PassingTime().terms()
    await first.take(1, terms, operation="orders")
    first.done(1)
    await first.learn(told(49, 50, 1), unspent=0)
    with pytest.raises(HeldBack):
        await second.take(80, terms, operation="orders")
    with pytest.raises(GiveUp):
        await second.take(80, terms, operation="orders")


async def test_silence_costs_a_tenth_of_a_second_once(server: RedisServer, client: Redis) -> None:
    """A Redis that falls silent is left alone after one wait; the process goes on from the level last seen.

    Five seconds later one call tries again; what was granted meanwhile is then taken off the shared bucket. The step
    that the server read late counts twice, on the safe side.
    """
    clock = FakeClock()
    purse, other = (RedisPurse(client, "shop", SLOW, clock) for _ in range(2))
    assert await purse.take(40, 0) == 0
    server.stall(on=True)
    began = machine.monotonic()
    assert await purse.take(10, 0) == 0
    waited = machine.monotonic() - began
    assert waited < 5
    asked = purse._take
    purse._take = None  # whoever asks Redis now fails on this
    assert [await purse.take(10, 0) for _ in range(2)] == [0, 0]
    assert await purse.take(31, 0) > 0
    assert (purse.level().shared, purse.level().tokens) == (False, 30)
    purse._take = asked
    server.stall(on=False)
    clock.advance(4.9)
    assert not purse.level().shared
    clock.advance(0.1)
    assert await purse.take(1, 0) == 0
    assert purse.level().shared
    assert await other.take(20, 0) > 0
    assert await other.take(19, 0) == 0


async def test_a_killed_redis_and_its_return(server: RedisServer, client: Redis) -> None:
    """Killed: no error, the process's own bucket. Started anew: shared again, though it has forgotten all."""
    clock = FakeClock()
    purse = RedisPurse(client, "shop", SLOW, clock)
    assert await purse.take(60, 0) == 0
    await server.stop()
    assert await purse.take(30, 0) == 0
    assert await purse.take(30, 0) > 0
    await server.start()
    clock.advance(5)
    assert await purse.take(60, 0) == 0
    assert purse.level().shared
    assert purse.level().tokens == pytest.approx(10, abs=0.1)


async def test_a_caller_who_leaves_takes_no_answer_along(server: RedisServer, client: Redis) -> None:
    """A step that is canceled half-way leaves nothing behind on the connection: the next one hears its own answer."""
    purse = RedisPurse(client, "shop", SLOW, FakeClock())
    assert await purse.take(1, 0) == 0
    server.stall(on=True)
    task = asyncio.create_task(purse.take(10, 0))
    for _ in range(10):
        await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    server.stall(on=False)
    assert await purse.take(7, 0) == 0
    # With the canceled step, which the server may still have read, or without it; never that step's own 89.
    assert round(purse.level().tokens) in {82, 92}
    assert (purse.level().shared, purse.in_flight) == (True, 8)


async def test_one_caller_at_a_time_tries(monkeypatch: pytest.MonkeyPatch, server: RedisServer, client: Redis) -> None:
    """When Redis may be tried again, one of twenty callers does; the others do not wait for it."""
    clock = FakeClock()
    purse = RedisPurse(client, "shop", SLOW, clock)
    monkeypatch.setattr(module, "_LONGEST_STEP", 0.02)
    asked: list[int] = []

    async def silent(**_: Any) -> None:
        asked.append(1)
        await asyncio.Event().wait()

    purse._take = silent
    await purse.take(1, 0)
    clock.advance(5)
    await asyncio.gather(*(purse.take(1, 0) for _ in range(20)))
    assert len(asked) == 2


async def test_nothing_that_an_account_is_known_by_stands_in_redis(client: Redis) -> None:
    """The key is a hash, and an entry ends by itself."""
    await RedisPurse(client, "shop-us", SLOW, FakeClock()).take(1, 0)
    (key,) = await client.keys("*")
    assert isinstance(key, bytes)
    assert key.startswith(b"orderweave:quota:")
    assert b"shop" not in key
    assert 0 < await client.pttl(key) <= 100_000_000 + 60_000


async def test_two_processes_stay_within_one_bucket(server: RedisServer) -> None:
    """Two processes that take all they can get, together never more than the bucket and what came back to it."""
    command = [sys.executable, "-m", "tests.unit.calling.quota_worker", server.url, "0.5"]
    began = machine.monotonic()
    workers = [
        await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE, cwd=ROOT) for _ in range(2)
    ]
    said = [await process.communicate() for process in workers]
    took = machine.monotonic() - began
    granted = [int(out) for out, _ in said]
    assert all(points > 0 for points in granted)
    assert 1000 <= sum(granted) <= 1000 + 500 * took
