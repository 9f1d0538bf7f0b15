"""Orders through the cache: what is answered from it, what is asked, and what is never kept."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec
import pytest

from orderweave.caching import Cache
from orderweave.caching.ages import Ages
from orderweave.fetching.found import Found
from orderweave.model.provenance import Fetched, IssueReason, Via
from orderweave.model.terms import Lane
from orderweave_sdk.batches import keys_of
from orderweave_sdk.capabilities import Gap, Orders
from orderweave_sdk.errors import TimedOut, Unreachable
from orderweave_sdk.facets import facets_of
from orderweave_sdk.records import Facet, Key, OrderRecord
from tests.unit.caching.stores import settings
from tests.unit.fake_business import order, shop
from tests.unit.fake_systems import FakeSystem, Woven, weave

HEADER = frozenset({Facet.HEADER})
LINES = frozenset({Facet.LINES})
BOTH = HEADER | LINES
DOWN = Unreachable("orders: no connection")
WHOLE = order("a1", "1001", reference=("ref", "X-1"), skus=["TEA-1"])


class Shop:
    """A gateway over one cached shop, asked for orders by their keys."""

    def __init__(self, *orders: OrderRecord, **ages: Ages) -> None:
        self.system: FakeSystem = shop(orders)
        self.woven: Woven = weave(self.system, cache=settings("shop", **ages))
        assert isinstance(self.woven.systems.cache, Cache)
        self.cache: Cache = self.woven.systems.cache

    async def find(self, *keys: Key, facets: frozenset[Facet] = HEADER, **changes: Any) -> Found[Fetched]:
        """What the shop or the cache says of these keys."""
        call = msgspec.structs.replace(self.woven.systems.call(10), **changes)
        return await self.woven.systems.find_orders("shop", keys, facets, call)

    async def numbers(self, *numbers: str, **more: Any) -> list[str]:
        """The ids of the orders found by number."""
        return [entry.record.external_id for entry in (await self.find(*keys_of("number", numbers), **more)).found]

    async def settle(self) -> None:
        """Let the refreshes in the background come to their end."""
        await asyncio.gather(*self.cache._refreshes)


async def test_the_second_question_is_answered_from_the_cache() -> None:
    """The first question is a call, the second none; each says which way the record came, and when it was fetched."""
    s = Shop(WHOLE)
    (live,) = (await s.find(Key("number", "1001"))).found
    s.woven.time.advance(20)
    (kept,) = (await s.find(Key("number", "1001"))).found
    assert kept == msgspec.structs.replace(live, via=Via.CACHE)
    assert live.via is Via.LIVE
    assert s.system.looked_up() == [("number=1001",)]
    assert (s.cache.counts.misses, s.cache.counts.hits) == (1, 1)


async def test_only_what_is_not_known_is_asked() -> None:
    """Of three keys two are known: one call, for the third alone."""
    s = Shop(WHOLE, order("a2", "1002"), order("a3", "1003"))
    await s.numbers("1001", "1002")
    assert sorted(await s.numbers("1003", "1002", "1001")) == ["a1", "a2", "a3"]
    assert s.system.looked_up() == [("number=1001", "number=1002"), ("number=1003",)]


async def test_fewer_facets_are_answered_from_more() -> None:
    """An answer with more facets serves for fewer, with no more than was asked; more facets are asked again, and then
    both stand together.
    """
    s = Shop(WHOLE)
    await s.find(Key("number", "1001"), facets=BOTH)
    (narrow,) = (await s.find(Key("number", "1001"), facets=LINES)).found
    assert narrow.record == facets_of(WHOLE, LINES)
    await s.find(Key("number", "1001"), facets=frozenset({Facet.HOLDS}))
    await s.find(Key("number", "1001"), facets=BOTH | {Facet.HOLDS})
    assert [call.facets for call in s.system.asked("find")] == [BOTH, {Facet.HOLDS}]


async def test_each_facet_has_its_age() -> None:
    """Past the time of the fastest facet it alone makes the question a new call; the slower one still serves."""
    s = Shop(WHOLE, header=Ages(ttl=10), lines=Ages(ttl=60))
    await s.find(Key("number", "1001"), facets=BOTH)
    s.woven.time.advance(11)
    await s.find(Key("number", "1001"), facets=LINES)
    assert len(s.system.calls) == 1
    await s.find(Key("number", "1001"), facets=BOTH)
    assert len(s.system.calls) == 2


async def test_the_oldest_facet_tells_the_age() -> None:
    """Facets fetched at two times: the record is as old as the older one."""
    s = Shop(WHOLE)
    (first,) = (await s.find(Key("number", "1001"), facets=LINES)).found
    s.woven.time.advance(10)
    await s.find(Key("number", "1001"))
    (both,) = (await s.find(Key("number", "1001"), facets=BOTH)).found
    assert both.fetched_at == first.fetched_at
    assert len(s.system.calls) == 2


async def test_not_there_is_kept_for_its_own_time() -> None:
    """A number that the shop does not know is not asked again for a while, shorter than a record's."""
    s = Shop(WHOLE, absent=Ages(ttl=10))
    assert await s.numbers("1001", "9999") == ["a1"]
    s.woven.time.advance(10)
    assert await s.numbers("1001", "9999") == ["a1"]
    assert len(s.system.calls) == 1
    s.woven.time.advance(1)
    s.system.orders.append(order("a9", "9999"))
    assert await s.numbers("1001", "9999") == ["a9", "a1"]
    assert s.system.looked_up()[1:] == [("number=9999",)]


async def test_a_doubled_reference_stays_doubled() -> None:
    """Two records under one key are two from the cache as well."""
    s = Shop(WHOLE, order("a2", "1002", reference=("number", "1001")))
    for _ in range(2):
        assert sorted(await s.numbers("1001")) == ["a1", "a2"]
    assert len(s.system.calls) == 1


async def test_one_record_under_two_keys_comes_once() -> None:
    """A record that two of the keys name is there once, live and from the cache."""
    s = Shop(WHOLE)
    for _ in range(2):
        found = await s.find(*keys_of("number", ("1001", "1001 ")))
        assert [entry.record.external_id for entry in found.found] == ["a1"]
    assert len(s.system.calls) == 1


async def test_by_id_from_whatever_found_it() -> None:
    """What was found by number is known by its id."""
    s = Shop(WHOLE)
    await s.numbers("1001")
    assert [entry.record.external_id for entry in (await s.find(Key("id", "a1"))).found] == ["a1"]
    assert len(s.system.calls) == 1


async def test_an_answer_with_gaps_makes_nothing_not_there() -> None:
    """A record could not be read: what the answer lacks may be that one, so each number is asked again; whoever asks
    in the meantime hears of the gap. The records that could be read are known by their ids.
    """
    s = Shop(WHOLE)
    s.system.gaps = (Gap("header.number: expected a text", "a7"),)
    for _ in range(2):
        found = await s.find(*keys_of("number", ("1001", "9999")))
        assert [entry.record.external_id for entry in found.found] == ["a1"]
        assert [issue.reason for issue in found.gaps] == [IssueReason.BAD_PAYLOAD]
    assert len(s.system.calls) == 2
    assert (await s.find(Key("id", "a1"))).gaps == ()
    assert len(s.system.calls) == 2


async def test_an_answer_that_fits_no_key_makes_nothing_not_there() -> None:
    """A system compares more loosely than we can: nobody can tell which key its record answers, so none is kept."""
    s = Shop()
    s.system.answer["find"] = lambda: Orders(records=(WHOLE,))
    for _ in range(2):
        assert await s.numbers("01001", "9999") == ["a1"]
    assert len(s.system.calls) == 2


async def test_a_failure_is_not_kept() -> None:
    """A call that failed leaves nothing behind: the next question is a call again."""
    s = Shop(WHOLE)
    s.system.error = DOWN
    failed = (await s.find(Key("number", "1001"))).failed
    assert failed is not None
    assert failed.reason is IssueReason.UNREACHABLE
    s.system.error = None
    assert await s.numbers("1001") == ["a1"]


async def test_another_scope_is_another_question() -> None:
    """What was fetched for one caller does not answer another with other rights, nor does it join their flight."""
    s = Shop(WHOLE)
    await asyncio.gather(s.numbers("1001", scope="ada"), s.numbers("1001", scope="bob"))
    await s.numbers("1001", scope="ada")
    await s.numbers("1001", scope="")
    assert s.system.looked_up() == [("number=1001",)] * 3


async def test_many_at_once_are_one_call() -> None:
    """Two hundred questions for one cold order: one call; a further key among them is asked alone."""
    s = Shop(WHOLE, order("a2", "1002"))
    answers = await asyncio.gather(*(s.numbers("1001") for _ in range(200)), s.numbers("1001", "1002"))
    assert answers == [["a1"]] * 200 + [["a1", "a2"]]
    assert s.system.looked_up() == [("number=1001",), ("number=1002",)]
    assert s.cache.counts.joined == 200


async def test_lanes_do_not_wait_for_each_other() -> None:
    """A portal's question does not queue behind a report's call, which may be held back for long."""
    s = Shop(WHOLE)
    await asyncio.gather(s.numbers("1001", lane=Lane.SYNC), s.numbers("1001", lane=Lane.INTERACTIVE))
    assert len(s.system.calls) == 2


async def test_the_leader_goes_and_the_rest_is_served() -> None:
    """The request that began the call is canceled; those that wait for it get the order, by that same call."""
    s = Shop(WHOLE)
    tasks = [asyncio.get_running_loop().create_task(s.numbers("1001")) for _ in range(3)]
    await asyncio.sleep(0)
    tasks[0].cancel()
    assert await asyncio.gather(*tasks[1:]) == [["a1"], ["a1"]]
    assert tasks[0].cancelled()
    assert len(s.system.calls) == 1


async def test_who_has_more_time_asks_again() -> None:
    """Whoever waited for a call that ended for want of the other's time, and has time left, asks once more."""
    s = Shop(WHOLE)
    late = [TimedOut("orders: no whole answer within the deadline")]

    def first_in_vain() -> None:
        if late:
            raise late.pop()

    s.system.answer["find"] = first_in_vain
    keys = keys_of("number", ("1001",))
    systems = s.woven.systems
    short, long = await asyncio.gather(
        *(systems.find_orders("shop", keys, HEADER, systems.call(seconds)) for seconds in (1, 10))
    )
    assert short.failed is not None
    assert [entry.record.external_id for entry in long.found] == ["a1"]
    assert len(s.system.calls) == 2


async def test_a_clock_that_is_behind_makes_nothing_younger_than_now() -> None:
    """An entry fetched by a machine whose clock is ahead is as old as now, not younger."""
    s = Shop(WHOLE)
    await s.numbers("1001")
    s.woven.time.advance(-5)
    (found,) = (await s.find(Key("number", "1001"))).found
    assert (found.via, found.fetched_at) == (Via.CACHE, s.woven.time.now())


async def test_late_is_served_and_refreshed_beside_it() -> None:
    """Past its time to live an answer still serves, marked, and one refresh runs however many ask; then it is young."""
    s = Shop(WHOLE, header=Ages(ttl=10, stale_while_revalidate=10))
    await s.numbers("1001")
    s.woven.time.advance(15)
    s.system.orders[0] = order("a1", "1001", total="99.00")
    for answer in await asyncio.gather(*(s.find(Key("number", "1001")) for _ in range(3))):
        (found,) = answer.found
        assert (found.via, found.stale) == (Via.CACHE, True)
    await s.settle()
    assert len(s.system.calls) == 2
    assert (s.cache.counts.refreshes, s.cache.counts.stale_served) == (1, 3)
    (found,) = (await s.find(Key("number", "1001"))).found
    assert (found.stale, found.record.header) == (False, s.system.orders[0].header)


async def test_refreshes_are_bounded_and_end_with_the_gateway() -> None:
    """No more refreshes at once than the bound, the others are left out and counted; closing ends those under way."""
    numbers = [str(1000 + n) for n in range(20)]
    s = Shop(*(order(f"a{n}", n) for n in numbers), header=Ages(ttl=10, stale_while_revalidate=10))
    await s.numbers(*numbers)
    s.woven.time.advance(15)
    for number in numbers:
        await s.numbers(number)
    assert (s.cache.counts.refreshes, s.cache.counts.refreshes_dropped) == (16, 4)
    await s.woven.close()
    assert not s.cache._refreshes


async def test_old_stands_in_for_a_system_that_fails() -> None:
    """Past its time an answer serves where the system fails, marked, with no failure told of the question; past the
    longer time it is the failure.
    """
    s = Shop(WHOLE, header=Ages(ttl=10, stale_if_error=100))
    await s.numbers("1001")
    s.system.error = DOWN
    s.woven.time.advance(110)
    answer = await s.find(Key("number", "1001"))
    (found,) = answer.found
    assert answer.failed is None
    assert (found.via, found.stale, found.unmet) == (Via.CACHE, True, False)
    assert found.instead_of is not None
    s.woven.time.advance(1)
    answer = await s.find(Key("number", "1001"))
    assert answer.found == ()
    assert answer.failed == found.instead_of


async def test_what_nothing_stands_in_for_is_told() -> None:
    """One of two keys is known: its record is there, in place of the failure, and the failure is told for the other."""
    s = Shop(WHOLE, header=Ages(ttl=10, stale_if_error=100))
    await s.numbers("1001")
    s.system.error = DOWN
    s.woven.time.advance(50)
    answer = await s.find(*keys_of("number", ("1001", "1002")))
    assert [entry.record.external_id for entry in answer.found] == ["a1"]
    assert answer.failed is not None
    assert answer.found[0].instead_of == answer.failed


async def test_not_there_never_stands_in() -> None:
    """That a number was not there some time ago is no answer of a system that fails now."""
    s = Shop(WHOLE)
    await s.numbers("9999")
    s.system.error = DOWN
    s.woven.time.advance(30)
    assert (await s.find(Key("number", "9999"))).failed is not None


@pytest.mark.parametrize(("max_age", "calls"), [(None, 1), (30.0, 1), (20.0, 1), (19.0, 2), (0.0, 2)])
async def test_the_age_that_the_caller_allows(max_age: float | None, calls: int) -> None:
    """Twenty seconds after it was fetched an answer serves for whoever allows so much, and is asked anew for others."""
    s = Shop(WHOLE)
    await s.numbers("1001")
    s.woven.time.advance(20)
    (found,) = (await s.find(Key("number", "1001"), max_age=max_age)).found
    assert len(s.system.calls) == calls
    assert (found.via is Via.CACHE) == (calls == 1)


async def test_an_age_that_cannot_be_had_is_said() -> None:
    """The source is asked for and fails: the cached record serves, and says that it is older than was asked. What is
    asked of the source is kept for those who allow it.
    """
    s = Shop(WHOLE)
    await s.numbers("1001", max_age=0.0)
    assert len(s.system.calls) == 1
    await s.numbers("1001")
    assert len(s.system.calls) == 1
    s.system.error = DOWN
    s.woven.time.advance(5)
    answer = await s.find(Key("number", "1001"), max_age=0.0)
    (found,) = answer.found
    assert answer.failed is None
    assert (found.via, found.stale, found.unmet) == (Via.CACHE, True, True)


async def test_an_entry_too_large_is_not_kept() -> None:
    """A record past the bound is answered and counted, and asked for again."""
    s = Shop(order("a1", "1001", skus=["X" * 1000 for _ in range(600)]))
    for _ in range(2):
        await s.find(Key("number", "1001"), facets=BOTH)
    assert len(s.system.calls) == 2
    assert s.cache.counts.too_large == 4


async def test_what_cannot_be_written_is_answered_all_the_same() -> None:
    """A vendor's text with half a surrogate pair is no UTF-8: the record is answered, not kept, and counted."""
    s = Shop(order("a\ud800", "10\ud800", skus=["T\udc00"]))
    for _ in range(2):
        assert await s.numbers("10\ud800", facets=BOTH) == ["a\ud800"]
    assert len(s.system.calls) == 2
    assert s.cache.counts.unwritable == 4


async def test_a_system_without_ages_is_live() -> None:
    """A system whose cache is switched off is asked each time."""
    system = shop([WHOLE])
    woven = weave(system, cache=settings())
    for _ in range(2):
        found = await woven.systems.find_orders("shop", keys_of("number", ("1001",)), HEADER, woven.systems.call(9))
        assert [entry.via for entry in found.found] == [Via.LIVE]
    assert len(system.calls) == 2
