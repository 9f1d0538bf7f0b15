"""Several workers over a real Redis: one polls, all are told the same in order, and a Redis that goes is no end."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager

import pytest
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from orderweave.live import Subject, Topic
from orderweave.live import shared as shared_log
from orderweave_sdk.records import Key
from tests.unit.calling.redis_servers import RedisServer, redis_server
from tests.unit.live.feeds import Fed, business, close_order, following, reopen_order, subject
from tests.unit.live.test_feed import parts


@pytest.fixture
async def server() -> AsyncIterator[RedisServer]:
    """A Redis."""
    async with redis_server() as running:
        yield running


@pytest.fixture
async def workers(server: RedisServer, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[tuple[Fed, Fed]]:
    """Two workers over the same systems, on one clock. A busy machine's Redis is not taken for a dead one."""
    monkeypatch.setattr(shared_log, "_LONGEST_STEP", 5)
    woven = business()
    clients = [Redis.from_url(server.url, socket_timeout=5, retry=Retry(NoBackoff(), 0)) for _ in range(2)]
    one, other = (Fed(woven, redis=client) for client in clients)
    other.waits = one.waits
    other.feed._wait = one.waits
    yield one, other
    for fed in (one, other):
        await fed.feed.close()
    for client in clients:
        await client.aclose()


@contextmanager
def silent(server: RedisServer) -> Iterator[None]:
    """Redis takes commands and answers none meanwhile, for which nobody waits long."""
    server.stall(on=True)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(shared_log, "_LONGEST_STEP", 0.02)
        yield
    server.stall(on=False)


async def until(done: Callable[[], bool]) -> None:
    """Let the loop go round, and Redis answer, until something has happened."""
    async with asyncio.timeout(10):
        while not done():  # noqa: ASYNC110 - what happens is another process's matter, and sets no event here
            await asyncio.sleep(0.002)


async def test_one_worker_polls_and_all_are_told(workers: tuple[Fed, Fed]) -> None:
    """Two workers follow an order: each interval is polled once, and both tell the change under the same cursor."""
    one, other = workers
    what = await subject(one.woven)
    async with following(one, what) as here, following(other, what) as there:
        assert here.now().position == there.now().position
        assert (one.polls, other.polls) == (1, 0)
        close_order(one.woven)
        await one.waits.pass_by(5)
        await until(lambda: one.feed.events[Topic.ORDER] == 1)
        await one.waits.pass_by(1)
        await until(lambda: other.feed.events[Topic.ORDER] == 1)
        mine, others = here.now(), there.now()
        assert mine == others
        assert (parts(mine), one.polls, other.polls) == ([("HEADER",)], 2, 0)


async def test_cursor_of_one_worker_holds_in_another(workers: tuple[Fed, Fed]) -> None:
    """Whoever comes back to another worker is told there what was missed."""
    one, other = workers
    what = await subject(one.woven)
    async with following(one, what) as found:
        cursor = found.now().position
        close_order(one.woven)
        await one.waits.pass_by(5)
        await until(lambda: one.feed.events[Topic.ORDER] == 1)
    async with following(other, what, cursor) as back:
        missed = back.now()
        assert (parts(missed), missed.gap) == ([("HEADER",)], False)


async def test_newest_cursor_at_a_worker_that_is_behind(workers: tuple[Fed, Fed]) -> None:
    """A client that was told of a change comes back to a worker that has not read of it yet: it is told of no gap and
    of nothing twice, and stands where it stood.
    """
    one, other = workers
    what = await subject(one.woven)
    async with following(one, what) as here, following(other, what) as there:
        here.now()
        there.now()
        await one.waits.pass_by(4.5)
        close_order(one.woven)
        one.feed._watchers[what].wake()
        await until(lambda: one.feed.events[Topic.ORDER] == 1)
        cursor = here.now().position
        assert other.feed.events[Topic.ORDER] == 0
        async with following(other, what, cursor) as back:
            missed = back.now()
            assert (missed.position, missed.events, missed.gap) == (cursor, (), False)
            await one.waits.pass_by(1)
            await until(lambda: other.feed._watchers[what]._read_to == cursor)
            assert back.now().events == ()
        # The others there are told all the same, once.
        assert parts(there.now()) == [("HEADER",)]
        assert (other.feed.gaps[Topic.ORDER], other.polls) == (0, 0)


async def test_cursor_that_nobody_gave_costs_one_read_and_is_a_gap(workers: tuple[Fed, Fed]) -> None:
    """A position that stands in no log is looked for once more, and then told to be a gap."""
    one, other = workers
    what = await subject(one.woven)
    async with following(one, what), following(other, what, "1-0") as back:
        assert back.now().gap is True


async def test_who_polled_is_gone_and_another_takes_over(workers: tuple[Fed, Fed]) -> None:
    """The worker that polled leaves: the other one polls from the next interval on, and tells no change twice."""
    one, other = workers
    what = await subject(one.woven)
    async with following(other, what) as there:
        async with following(one, what):
            pass
        there.now()
        await one.waits.pass_by(5)
        await until(lambda: other.polls == 2)
        assert there.now().events == ()
        close_order(one.woven)
        await one.waits.pass_by(5)
        await until(lambda: other.feed.events[Topic.ORDER] == 1)
        assert parts(there.now()) == [("HEADER",)]


async def test_announcement_reaches_the_other_workers(workers: tuple[Fed, Fed]) -> None:
    """A webhook that came to one worker lets another one, which watches the order, look within a second."""
    one, other = workers
    what = await subject(one.woven)
    async with following(other, what) as there:
        there.now()
        close_order(one.woven)
        await one.feed.announce([Key("shop:number", "1001")])
        await one.waits.pass_by(1)
        await until(lambda: other.feed.events[Topic.ORDER] == 1)
        assert parts(there.now()) == [("HEADER",)]


async def test_both_see_the_same_and_it_is_told_once(workers: tuple[Fed, Fed]) -> None:
    """Two workers that poll at the same moment make one event of one change."""
    one, other = workers
    what = await subject(one.woven)
    async with following(one, what) as here, following(other, what) as there:
        here.now()
        there.now()
        close_order(one.woven)
        for fed in workers:
            for watcher in fed.feed._watchers.values():
                watcher.wake()
        await until(lambda: (one.polls, other.polls) == (2, 1))
        for _ in range(3):
            await one.waits.pass_by(1)
            await asyncio.sleep(0.02)
        assert parts(here.now()) == parts(there.now()) == [("HEADER",)]


async def test_redis_that_dies_ends_nothing(
    workers: tuple[Fed, Fed], server: RedisServer, caplog: pytest.LogCaptureFixture
) -> None:
    """Without Redis each worker goes on by its own polls, says so once, and its followers miss no change."""
    one, other = workers
    what = await subject(one.woven)
    async with following(one, what) as here, following(other, what) as there:
        here.now()
        there.now()
        await server.stop()
        close_order(one.woven)
        with caplog.at_level(logging.WARNING, logger="orderweave.live"):
            await one.waits.pass_by(5)
            await until(lambda: all(fed.feed.events[Topic.ORDER] == 1 for fed in workers))
        assert parts(here.now()) == parts(there.now()) == [("HEADER",)]
        assert [record.message.partition(" (")[0] for record in caplog.records] == [
            "changes are not shared between workers"
        ] * 2
        assert (one.polls, other.polls) == (2, 1)


async def test_redis_that_is_silent_holds_nobody_up(workers: tuple[Fed, Fed], server: RedisServer) -> None:
    """A Redis that takes commands and answers none: the change is told all the same, and shared again afterwards."""
    one, other = workers
    what = await subject(one.woven)
    async with following(one, what) as here, following(other, what) as there:
        here.now()
        there.now()
        with silent(server):
            close_order(one.woven)
            await one.waits.pass_by(5)
            await until(lambda: all(fed.feed.events[Topic.ORDER] == 1 for fed in workers))
        assert parts(here.now()) == parts(there.now()) == [("HEADER",)]
        # What Redis has not heard of yet is told once more when it is back.
        await one.waits.pass_by(shared_log._REST_SECONDS + 1)
        await until(lambda: not any(fed.feed._shared is None or fed.feed._shared.down for fed in workers))
        here.now()
        there.now()
        reopen_order(one.woven)
        told = [here.now(), there.now()]
        async with asyncio.timeout(10):
            while told[0].position != told[1].position:
                await one.waits.pass_by(1)
                await asyncio.sleep(0.01)
                told = [here.now(), there.now()]


async def test_what_came_and_went_while_redis_was_silent(workers: tuple[Fed, Fed], server: RedisServer) -> None:
    """An order is closed while Redis is silent, which both tell, and opened again before it is back: Redis has heard of
    nothing, and yet both tell that it is another again, under one cursor.
    """
    one, other = workers
    what = await subject(one.woven)
    async with following(one, what) as here, following(other, what) as there:
        here.now()
        there.now()
        with silent(server):
            close_order(one.woven)
            await one.waits.pass_by(5)
            await until(lambda: all(fed.feed.events[Topic.ORDER] == 1 for fed in workers))
        assert parts(here.now()) == parts(there.now()) == [("HEADER",)]
        reopen_order(one.woven)
        async with asyncio.timeout(10):
            while not all(fed.feed.events[Topic.ORDER] == 2 for fed in workers):
                await one.waits.pass_by(1)
                await asyncio.sleep(0.01)
        told = [here.now(), there.now()]
        assert [parts(each) for each in told] == [[("HEADER",)], [("HEADER",)]]
        assert told[0].position == told[1].position


async def test_what_one_alone_told_and_has_gone_is_told_by_itself(
    workers: tuple[Fed, Fed], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The worker that does not poll loses Redis for a while, sees the order closed and tells so; it is opened again
    before the one that polls looks. With Redis back, the first looks once more, and its followers hear of it.
    """
    one, other = workers
    what = await subject(one.woven)
    async with following(one, what) as here, following(other, what) as there:
        here.now()
        there.now()
        watcher = other.feed._watchers[what]
        assert other.feed._shared is not None
        monkeypatch.setattr(other.feed._shared, "_rest_until", other.woven.time.monotonic() + 4)
        close_order(one.woven)
        watcher.wake()
        await until(lambda: other.feed.events[Topic.ORDER] == 1)
        assert parts(there.now()) == [("HEADER",)]
        reopen_order(one.woven)
        for _ in range(12):
            await one.waits.pass_by(1)
            await asyncio.sleep(0.01)
        assert parts(there.now()) == [("HEADER",)]
        polls = other.polls
        for _ in range(12):
            await one.waits.pass_by(1)
            await asyncio.sleep(0.01)
        assert other.polls == polls


async def test_nothing_private_stands_in_redis(workers: tuple[Fed, Fed], server: RedisServer) -> None:
    """No number, name or address of an order is in any key or value."""
    one, _ = workers
    async with following(one, await subject(one.woven)) as found:
        found.now()
        close_order(one.woven)
        await one.waits.pass_by(5)
        await until(lambda: one.feed.events[Topic.ORDER] == 1)
        client = server.client()
        kept = []
        for key in await client.keys("*"):
            kind = await client.type(key)
            value = await (client.xrange(key) if kind == b"stream" else client.get(key))
            assert await client.ttl(key) > 0
            kept.append(f"{key!r} {value!r}")
        await client.aclose()
    text = " ".join(kept)
    assert len(kept) == 3
    assert "HEADER" in text
    assert not [word for word in ("SO1", "Ada", "ada@example.com", "shop", "I1", "USD") if word in text]


async def test_workers_that_begin_at_the_same_moment_stand_at_one_place(workers: tuple[Fed, Fed]) -> None:
    """Whichever writes first where the watch began, both workers' first cursors are the same."""
    one, other = workers
    skus = [Subject.of_skus([f"SKU-{number}"]) for number in range(20)]

    async def place(fed: Fed, what: Subject) -> str:
        async with following(fed, what) as found:
            return found.now().position

    for what in skus:
        places = await asyncio.gather(place(one, what), place(other, what))
        assert places[0] == places[1]
