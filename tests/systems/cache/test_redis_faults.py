"""A real Redis falls silent, is killed and comes back under load: no answer suffers but for one short wait."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator

import msgspec
import pytest
import pytest_asyncio

from orderweave.bootstrap import Orderweave
from orderweave.caching import Cache
from orderweave.caching.ages import DEFAULT_AGES
from orderweave.caching.guarding import LONGEST_COMMAND_SECONDS, PROBE_AFTER_SECONDS, Guarded
from orderweave.caching.shared import RedisStore
from orderweave.caching.store import Kept
from orderweave.config.configuration import CacheSettings, SharedRedis
from orderweave.demo import DemoBusiness
from orderweave.operations.answers import Request
from orderweave.operations.running import Operations
from orderweave.schema import Context
from orderweave_sdk.clock import SystemClock
from tests.systems.cache.redis_server import RedisServer

pytestmark = pytest.mark.systems

QUERY = (
    "query ($n: String!) { order(by: {number: $n}) { number invoices { number } freshness { missing { system } } } }"
)
CLIENTS = 4
# What a busy machine may add to any answer, and no store is to blame for.
NOISE = 1.0


class Load:
    """Clients that ask one gateway in turn, without a pause, and what each answer took."""

    def __init__(self, woven: Orderweave, numbers: list[str]) -> None:
        assert isinstance(woven.systems.cache, Cache)
        assert woven.systems.cache.shared is not None
        self.shared: Guarded = woven.systems.cache.shared
        self.woven = woven
        self.took: list[float] = []
        self.wrong: list[object] = []
        self._operations = Operations(woven.schema)
        self._numbers = numbers
        self._until = 0.0

    async def run(self, seconds: float) -> tuple[float, int]:
        """Let all clients ask for so long; gives the longest answer in seconds, and how many there were."""
        self.took = []
        self._until = time.monotonic() + seconds
        await asyncio.gather(*(self._client(n) for n in range(CLIENTS)))
        return max(self.took), len(self.took)

    async def until(self, *, down: bool) -> None:
        """Keep asking until the store is seen to be down, or up."""
        async with asyncio.timeout(20):
            while self.shared.down is not down:
                await self.run(0.05)

    async def _client(self, first: int) -> None:
        position = first
        while time.monotonic() < self._until:
            request = Request(query=QUERY, variables={"n": self._numbers[position % len(self._numbers)]})
            position += CLIENTS
            began = time.monotonic()
            document = (await self._operations.run(request, Context(self.woven.gateway))).document()
            self.took.append(time.monotonic() - began)
            if "errors" in document or document["data"]["order"]["freshness"]["missing"]:
                self.wrong.append(document)


@pytest_asyncio.fixture
async def load(redis_server: RedisServer) -> AsyncIterator[Load]:
    """A gateway that keeps next to nothing in its own memory, so that each answer needs the store, and its clients."""
    async with DemoBusiness(seed=7, orders=60) as business:
        configuration = business.configuration()
        cache = CacheSettings(entries=1, ages=dict.fromkeys(configuration.systems, DEFAULT_AGES))
        redis = SharedRedis(url=redis_server.url)
        woven = Orderweave(msgspec.structs.replace(configuration, cache=cache, redis=redis))
        numbers = [
            number
            for order in business.scenario.worlds["shop-us"].orders
            if (number := order.key("number")) is not None
        ]
        try:
            made = Load(woven, numbers[:8])
            await made.run(0.3)
            yield made
        finally:
            await woven.close()


@pytest.mark.parametrize("fault", ["silent", "killed"])
async def test_under_load(fault: str, load: Load, redis_server: RedisServer) -> None:
    """The store falls silent, or is killed and started again empty: no error, nothing missing, no answer longer than
    before by more than the one time-out, and the store is used again by itself.
    """
    usual, before = await load.run(1)
    assert load.shared.failures == 0
    assert before > 0

    (redis_server.fall_silent if fault == "silent" else redis_server.kill)()
    worst, during = await load.run(2.5 * PROBE_AFTER_SECONDS)
    assert load.shared.down
    assert worst < usual + LONGEST_COMMAND_SECONDS + NOISE
    # At most what was on its way when the store fell silent waited for it.
    assert 1 <= load.shared.failures <= CLIENTS * len(load.woven.configuration.systems)
    assert load.shared.skipped > 0

    (redis_server.speak_again if fault == "silent" else redis_server.start)()
    await load.until(down=False)
    failures = load.shared.failures
    after, answered = await load.run(1)
    assert load.shared.failures == failures
    assert redis_server.entries() > 0
    assert load.wrong == []
    print(
        f"{fault}: longest answer before {usual:.3f} s of {before}, during {worst:.3f} s of {during}, "
        f"after {after:.3f} s of {answered}; {failures} commands failed, {load.shared.skipped} skipped"
    )


async def test_a_black_hole_costs_its_time_out_once(redis_server: RedisServer) -> None:
    """A store that accepts and never answers: the first look takes the time-out and no longer, a hundred more
    together less than one of it.
    """
    guarded = Guarded(RedisStore(redis_server.url), SystemClock())
    await guarded.set_many({"a": Kept(b"1", 60.0)})
    assert await guarded.get_many(["a"]) == {"a": b"1"}
    redis_server.fall_silent()
    began = time.monotonic()
    assert await guarded.get_many(["a"]) == {}
    first = time.monotonic() - began
    began = time.monotonic()
    for _ in range(100):
        assert await guarded.get_many(["a"]) == {}
    rest = time.monotonic() - began
    print(f"the first look took {first * 1000:.0f} ms, a hundred more {rest * 1000:.1f} ms")
    assert LONGEST_COMMAND_SECONDS * 0.9 <= first < LONGEST_COMMAND_SECONDS + NOISE
    assert rest < LONGEST_COMMAND_SECONDS
    redis_server.speak_again()
    await guarded.close()


async def test_what_the_port_promises(redis_server: RedisServer) -> None:
    """The real store keeps bytes for their time, forgets, and gives a lease to one holder at a time."""
    store = RedisStore(redis_server.url)
    await store.set_many({"a": Kept(b"\x00\xff", 60.0), "b": Kept(b"2", 60.0), "c": Kept(b"3", 0.05)})
    with redis_server.client() as client:
        assert 55_000 < client.pttl("a") <= 60_000
        assert 0 < client.pttl("c") <= 1000
    await store.delete_many(["b"])
    found = await store.get_many(["a", "b", "d"])
    assert found == {"a": b"\x00\xff"}
    assert await store.acquire(["l", "m"], b"one", 5.0) == [True, True]
    assert await store.acquire(["l", "n"], b"two", 5.0) == [False, True]
    await store.release(["l", "n"], b"one")
    assert await store.acquire(["l", "n"], b"two", 5.0) == [True, False]
    await store.extend(["l", "m"], b"two", 50.0)
    with redis_server.client() as client:
        assert 45_000 < client.pttl("l") <= 50_000
        assert client.pttl("m") <= 5_000
    await store.ping()
    await store.close()


async def test_behind_a_password() -> None:
    """With the password of its address the store opens; without it the guard goes on without a store, told why."""
    server = RedisServer(password="let me in: @/")
    server.start()
    try:
        let_in = Guarded(RedisStore(server.url), SystemClock())
        assert await let_in.answers()
        await let_in.close()
        locked_out = Guarded(
            RedisStore(server.url.partition("@")[0][:8] + server.url.rpartition("@")[2]), SystemClock()
        )
        assert not await locked_out.answers()
        assert locked_out.down
        await locked_out.close()
    finally:
        server.kill()
