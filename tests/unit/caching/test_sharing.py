"""Several processes over one shared store: one of them fetches, the others take what it brings, whoever dies."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from orderweave.caching.ages import Ages
from orderweave.caching.cache import Cache
from orderweave.caching.kinds import ORDERS
from orderweave.caching.leases import LEASE_SECONDS
from orderweave.caching.taken import Live, Taken
from orderweave.model.provenance import IssueReason, SourceIssue, Via
from orderweave.model.terms import Terms
from orderweave_sdk.records import Facet, Key, OrderRecord
from tests.unit.caching.stores import FakeShared, Sleeps, process
from tests.unit.fake_business import order
from tests.unit.fake_clock import FakeClock

FACETS = frozenset({Facet.HEADER})
KEY = Key("number", "1001")
FAILURE = SourceIssue(system="shop", reason=IssueReason.FAILED, message="HTTP 500", facets=(Facet.HEADER,))


class Shop:
    """The system behind all processes; its answers wait for `open`."""

    def __init__(self) -> None:
        self.asked: list[list[Key]] = []
        self.open = asyncio.Event()
        self.open.set()
        self.failed: SourceIssue | None = None

    async def __call__(self, keys: Sequence[Key], call: Terms) -> Live[OrderRecord]:
        """The one order."""
        self.asked.append(list(keys))
        await self.open.wait()
        if self.failed is not None:
            return Live(failed=self.failed)
        return Live(records=(order("a1", "1001"),) if KEY in keys else ())


class World:
    """Processes, their store and their system."""

    def __init__(self, *, beating: bool = False, **ages: Ages) -> None:
        self.clock = FakeClock()
        self.shared = FakeShared(self.clock)
        self.shop = Shop()
        self.processes = [
            process(self.clock, self.shared, Sleeps(self.clock, beating=beating), **ages) for _ in range(4)
        ]

    def terms(self, *, max_age: float | None = None) -> Terms:
        """Ten seconds from now."""
        return Terms(clock=self.clock, deadline=self.clock.monotonic() + 10, max_age=max_age)

    async def ask(self, cache: Cache, *keys: Key, call: Terms | None = None) -> Taken[OrderRecord]:
        """The order, as one process answers."""
        return await cache.answer(ORDERS, "shop", keys or (KEY,), FACETS, call or self.terms(), fetch=self.shop)

    async def close(self) -> None:
        """End all processes."""
        for cache in self.processes:
            await cache.close()


async def turns(count: int = 30) -> None:
    """Let everything that can go on go on."""
    for _ in range(count):
        await asyncio.sleep(0)


async def test_one_call_for_all_processes() -> None:
    """Fifty questions in each of four processes at once: one call, and everybody has the order."""
    world = World()
    answers = await asyncio.gather(*(world.ask(cache) for cache in world.processes for _ in range(50)))
    assert world.shop.asked == [[KEY]]
    assert {found.record.external_id for answer in answers for found in answer.found} == {"a1"}
    assert all(answer.failed is None and len(answer.found) == 1 for answer in answers)
    assert sum(cache.counts.misses for cache in world.processes) == 1
    assert sum(cache.counts.awaited for cache in world.processes) == 3
    assert sum(cache.counts.joined for cache in world.processes) == 4 * 49
    await world.close()


async def test_what_one_fetched_another_finds() -> None:
    """A process that never asked answers from the shared store, says so, and has it in its own memory from then on."""
    world = World()
    await world.ask(world.processes[0])
    (found,) = (await world.ask(world.processes[1])).found
    assert (found.via, found.stale) == (Via.CACHE, False)
    before = len(world.shared.commands)
    await world.ask(world.processes[1])
    assert len(world.shared.commands) == before
    assert len(world.shop.asked) == 1
    await world.close()


async def test_late_in_the_shared_store_is_refreshed() -> None:
    """An entry that another process fetched is past its time: it serves, marked, and one process fetches it anew."""
    world = World(header=Ages(ttl=10, stale_while_revalidate=10))
    await world.ask(world.processes[0])
    world.clock.advance(15)
    (found,) = (await world.ask(world.processes[1])).found
    assert (found.via, found.stale) == (Via.CACHE, True)
    await asyncio.gather(*world.processes[1]._refreshes)
    assert world.shop.asked == [[KEY]] * 2
    (found,) = (await world.ask(world.processes[2])).found
    assert (found.via, found.stale) == (Via.CACHE, False)
    await world.close()


async def test_a_younger_answer_is_not_got_by_joining() -> None:
    """Whoever asks for younger does not take what a flight for others found in the shared store, and the other way
    round the younger serves.
    """
    world = World()
    await world.ask(world.processes[0])
    world.clock.advance(20)
    loose, strict = await asyncio.gather(
        *(world.ask(world.processes[1], call=world.terms(max_age=age)) for age in (None, 5.0))
    )
    assert [(found.via, (world.clock.now() - found.fetched_at).total_seconds()) for found in loose.found] == [
        (Via.CACHE, 20.0)
    ]
    assert [found.via for found in strict.found] == [Via.LIVE]
    assert world.shop.asked == [[KEY]] * 2
    await world.close()


async def test_old_in_the_shared_store_stands_in() -> None:
    """The system fails and only another process's entry is left: it serves in place of the failure."""
    world = World(header=Ages(ttl=10, stale_if_error=100))
    await world.ask(world.processes[0])
    world.clock.advance(50)
    world.shop.failed = FAILURE
    for age in (None, 0.0):
        answer = await world.ask(world.processes[1], call=world.terms(max_age=age))
        (found,) = answer.found
        assert answer.failed is None
        assert (found.via, found.stale, found.instead_of) == (Via.CACHE, True, FAILURE)
    await world.close()


async def test_the_leader_is_killed() -> None:
    """A process takes the lease and dies without another word: the next takes over once the lease has run out, and
    there is one more call, not one of each.
    """
    world = World()
    dead, *living = world.processes
    question = dead._question(ORDERS, "shop", FACETS, world.terms())
    assert await world.shared.acquire([question.lease(KEY)], b"of the dead", LEASE_SECONDS) == [True]

    answers = await asyncio.gather(*(world.ask(cache) for cache in living))
    assert world.shop.asked == [[KEY]]
    assert [found.record.external_id for answer in answers for found in answer.found] == ["a1"] * 3
    assert LEASE_SECONDS <= world.clock.monotonic() < 2 * LEASE_SECONDS
    await world.close()


async def test_a_slow_leader_keeps_its_lease() -> None:
    """A call that takes longer than a lease lives is not made twice, because its leader's heart beats."""
    world = World(beating=True)
    world.shop.open.clear()
    leader = asyncio.get_running_loop().create_task(world.ask(world.processes[0]))
    await turns()
    assert world.clock.monotonic() > LEASE_SECONDS
    other = asyncio.get_running_loop().create_task(world.ask(world.processes[1]))
    await turns()
    world.shop.open.set()
    for answer in await asyncio.gather(leader, other):
        assert [found.record.external_id for found in answer.found] == ["a1"]
    assert world.shop.asked == [[KEY]]
    await world.close()


async def test_a_leader_that_fails_is_followed() -> None:
    """The leader's call fails; the one that waits asks itself instead of taking the failure for its own."""
    world = World()
    world.shop.open.clear()
    world.shop.failed = FAILURE
    leader = asyncio.get_running_loop().create_task(world.ask(world.processes[0]))
    await turns(5)
    world.shop.open.set()
    assert (await leader).failed == FAILURE
    world.shop.failed = None
    assert [found.record.external_id for found in (await world.ask(world.processes[1])).found] == ["a1"]
    await world.close()


async def test_a_wait_ends_at_the_deadline() -> None:
    """A leader that never comes to an end costs the others no more than their deadline, and they say why."""
    world = World()
    question = world.processes[0]._question(ORDERS, "shop", FACETS, world.terms())
    await world.shared.acquire([question.lease(KEY)], b"for ever", 3600)
    answer = await world.ask(world.processes[1])
    assert answer.failed is not None
    assert answer.failed.reason is IssueReason.TIMED_OUT
    assert 10 <= world.clock.monotonic() < 10.1
    assert world.shop.asked == []
    await world.close()


@pytest.mark.parametrize("fault", ["silent", "raising"])
async def test_without_the_store_each_works_for_itself(fault: str) -> None:
    """A store that is dead costs no answer: each process makes one call, and leaves the store alone after one look."""
    world = World()
    world.shared.silent = fault == "silent"
    world.shared.error = ConnectionError() if fault == "raising" else None
    answers = await asyncio.gather(*(world.ask(cache) for cache in world.processes for _ in range(5)))
    assert all([found.record.external_id for found in answer.found] == ["a1"] for answer in answers)
    assert len(world.shop.asked) == 4
    assert [cache.store_failures for cache in world.processes] == [1] * 4
    assert world.shared.commands == ["get"] * 4
    await world.close()


async def test_a_store_that_dies_while_others_wait() -> None:
    """Those who wait for another process's answer go on by themselves when the store is gone."""
    world = World()
    question = world.processes[0]._question(ORDERS, "shop", FACETS, world.terms())
    await world.shared.acquire([question.lease(KEY)], b"for ever", 3600)
    waiting = asyncio.get_running_loop().create_task(world.ask(world.processes[1]))
    await turns(3)
    world.shared.error = ConnectionError()
    assert [found.record.external_id for found in (await waiting).found] == ["a1"]
    assert world.shop.asked == [[KEY]]
    await world.close()


async def test_who_has_less_time_leaves_earlier() -> None:
    """Whoever joins a call that may take longer than they can wait gets the time-out as their answer at their own
    deadline; the call goes on for the one who began it.
    """
    world = World()
    world.shop.open.clear()
    leader = asyncio.get_running_loop().create_task(world.ask(world.processes[0]))
    await turns()
    hurried = await world.ask(world.processes[0], call=Terms(clock=world.clock, deadline=world.clock.monotonic()))
    assert hurried.failed is not None
    assert hurried.failed.reason is IssueReason.TIMED_OUT
    world.shop.open.set()
    assert [found.record.external_id for found in (await leader).found] == ["a1"]
    assert world.shop.asked == [[KEY]]
    await world.close()


async def test_each_asks_what_no_other_is_asking() -> None:
    """Of a batch, keys that another process is fetching are waited for; the rest goes in one call."""
    world = World()
    others = [Key("number", "1002"), Key("number", "1003")]
    world.shop.open.clear()
    leader = asyncio.get_running_loop().create_task(world.ask(world.processes[0]))
    await turns(5)
    second = asyncio.get_running_loop().create_task(world.ask(world.processes[1], KEY, *others))
    await turns(5)
    world.shop.open.set()
    await asyncio.gather(leader, second)
    assert world.shop.asked == [[KEY], others]
    await world.close()


async def test_asking_the_source_waits_for_nobody() -> None:
    """With an age of 0 asked, each question is a call of its own, whoever else is asking."""
    world = World()
    await asyncio.gather(*(world.ask(cache, call=world.terms(max_age=0.0)) for cache in world.processes))
    await world.ask(world.processes[0], call=world.terms(max_age=0.0))
    assert world.shop.asked == [[KEY]] * 5
    await world.close()


async def test_what_cannot_be_read_counts_as_not_there() -> None:
    """Bytes that are no entry, or an entry of other types, are a miss and are counted; the answer is whole."""
    world = World()
    question = world.processes[0]._question(ORDERS, "shop", FACETS, world.terms())
    for value in (b"\xc1 nonsense", b"\x92\x80\x91\x01"):
        world.shared.kept[question.name(KEY)] = (value, 3600.0)
        cache = process(world.clock, world.shared)
        (found,) = (await world.ask(cache)).found
        assert found.record.external_id == "a1"
        assert cache.counts.unreadable >= 1
        await cache.close()
    await world.close()
