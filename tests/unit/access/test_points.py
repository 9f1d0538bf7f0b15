"""What callers may spend: in one process, shared over processes in a real Redis, and while that is gone."""

from __future__ import annotations

import asyncio
import time as machine
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from redis.asyncio import Redis

from orderweave.access import points as module
from orderweave.access.points import Points, Standing
from orderweave_sdk.clock import SystemClock
from tests.unit.calling.redis_servers import RedisServer, redis_server
from tests.unit.fake_clock import FakeClock


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


async def take(points: Points, price: int, payer: str = "ada") -> Standing:
    """A wish to spend of 100 points, which flow back within 1,000 seconds: one in ten."""
    return await points.take(payer, price, points=100, per_seconds=1_000)


def resting(points: Points) -> bool:
    """Whether Redis is being left alone."""
    return points._rest_until is not None


async def test_points_are_spent_and_flow_back_evenly() -> None:
    """What is not there is not granted and costs nothing; the wait is until it is, and then it is."""
    clock = FakeClock()
    points = Points(clock)
    assert await take(points, 70) == Standing(granted=True, left=30, wait_seconds=0, full_seconds=700)
    assert await take(points, 40) == Standing(granted=False, left=30, wait_seconds=100, full_seconds=700)
    clock.advance(99)
    assert not (await take(points, 40)).granted
    clock.advance(1)
    assert await take(points, 40) == Standing(granted=True, left=0, wait_seconds=0, full_seconds=1_000)
    clock.advance(10_000)
    assert (await take(points, 100)).left == 0


async def test_who_has_nothing_left_is_known_without_asking() -> None:
    """Less than a point is nothing; the wait is until there is one."""
    clock = FakeClock()
    points = Points(clock)

    def exhausted() -> Standing | None:
        return points.exhausted("ada", points=100, per_seconds=1_000)

    assert exhausted() is None
    await take(points, 99)
    assert exhausted() is None
    await take(points, 1)
    assert exhausted() == Standing(granted=False, left=0, wait_seconds=10, full_seconds=1_000)
    clock.advance(10)
    assert exhausted() is None


async def test_each_payer_has_their_own() -> None:
    """What one spends another keeps."""
    points = Points(FakeClock())
    assert (await take(points, 100)).granted
    assert not (await take(points, 1)).granted
    assert (await take(points, 100, "bob")).granted


async def test_a_flood_of_payers_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of more payers than are remembered the ones that spent longest ago are forgotten."""
    monkeypatch.setattr(module, "_MOST_PAYERS", 3)
    points = Points(FakeClock())
    for payer in "abcd":
        await take(points, 100, payer)
    assert len(points._local._payers) == 3
    assert not (await take(points, 1, "d")).granted
    assert (await take(points, 1, "a")).granted


async def test_processes_share_in_redis(client: Redis) -> None:
    """What one process grants the other does not; keys say nothing of who it is and run out by themselves."""
    first, second = Points(SystemClock(), client), Points(SystemClock(), client)
    assert (await take(first, 60)).granted
    standing = await take(second, 60)
    assert (standing.granted, standing.left) == (False, 40)
    assert standing.wait_seconds == pytest.approx(200, abs=5)
    assert (await take(second, 40)).left == 0
    (key,) = await client.keys("*")
    assert b"ada" not in key
    assert 900_000 < await client.pttl(key) <= 1_001_000


async def test_no_more_is_granted_however_many_ask_at_once(client: Redis) -> None:
    """A hundred wishes of ten points over four processes: ten are granted."""
    processes = [Points(SystemClock(), client) for _ in range(4)]

    async def wishes(points: Points) -> int:
        return sum([(await take(points, 10)).granted for _ in range(25)])

    assert sum(await asyncio.gather(*(wishes(points) for points in processes))) == 10


async def test_a_silent_redis_holds_nobody_up_and_opens_no_door(server: RedisServer, client: Redis) -> None:
    """The first wish waits a twentieth of a second, the next not at all; each process goes on from what it knew."""
    clock = FakeClock()
    points = Points(clock, client)
    assert (await take(points, 60)).left == 40
    server.stall(on=True)
    began = machine.perf_counter()
    assert (await take(points, 30)).left == 10
    assert machine.perf_counter() - began < 1.0
    assert not (await take(points, 30)).granted
    assert resting(points)
    server.stall(on=False)
    clock.advance(5)
    standing = await take(points, 30)
    assert not resting(points)
    # The wish that it left unanswered it may have heard: then this one is too much. Granted or not, 10 are left.
    assert standing.left == 10


async def test_a_redis_that_was_never_there(client: Redis, server: RedisServer) -> None:
    """Without an answer from the start a process counts alone."""
    await server.stop()
    points = Points(FakeClock(), client)
    assert (await take(points, 100)).granted
    assert not (await take(points, 1)).granted


async def test_an_answer_that_is_none(client: Redis) -> None:
    """A key that holds something else is an error of Redis, and no error here."""
    await client.set(module._key("ada"), "something")
    points = Points(FakeClock(), client)
    assert (await take(points, 100)).granted
    assert not (await take(points, 1)).granted
