"""The meter: who waits for the quota, in which order, and who is refused at once."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderweave.calling.quota import QuotaMeter, meter_for
from orderweave.model.calls import CallRules, QuotaLevel
from orderweave.model.terms import Lane
from orderweave_sdk.errors import GiveUp, HeldBack
from orderweave_sdk.manifest import RateLimit
from orderweave_sdk.metering import Quota
from tests.unit.calling.passing_time import PassingTime

POINTS = RateLimit(units="points", burst=100, per_second=10)
LANES = list(Lane)


def meter(time: PassingTime, limit: RateLimit = POINTS, rules: CallRules | None = None) -> QuotaMeter:
    """A meter of this process alone."""
    made = meter_for("shop", limit, rules or CallRules(), time.parts())
    assert made is not None
    return made


async def ask(
    made: QuotaMeter, time: PassingTime, price: float, *, lane: Lane = Lane.INTERACTIVE, seconds: float = 1000.0
) -> float:
    """Take the price, make a call that takes no time, and say when it was granted."""
    await made.take(price, time.terms(seconds, lane), operation="orders")
    made.done(price)
    return time.clock.monotonic()


async def test_calls_wait_for_what_they_cost() -> None:
    """A hundred points at once; the next call of 50 waits for five seconds, and a free one never."""
    time = PassingTime()
    made = meter(time)
    assert await time.through(ask(made, time, 100)) == 0
    assert await time.through(ask(made, time, 0)) == 0
    assert await time.through(ask(made, time, 50)) == 5.0


async def test_a_price_that_cannot_be_paid_in_time_is_refused_at_once() -> None:
    """A call that would have to wait beyond its deadline is told so without waiting, and nothing is taken for it."""
    time = PassingTime()
    made = meter(time)
    await ask(made, time, 100)
    with pytest.raises(HeldBack) as caught:
        await ask(made, time, 50, seconds=4.9)
    assert str(caught.value) == "orders: our quota lacks 50 points for 5.0 s more"
    assert (caught.value.seconds, time.pauses, made.level().waiting) == (5.0, [], 0)


async def test_nobody_is_refused_while_an_answer_may_tell_of_more() -> None:
    """With a call under way a second one waits, however short the quota: what the first did not spend is enough."""
    time = PassingTime()
    made = meter(time)
    await made.take(100, time.terms(), operation="orders")
    second, third = (asyncio.create_task(ask(made, time, price, seconds=5)) for price in (90, 80))
    await time.settle()
    assert made.level().waiting == 2
    made.done(100)
    await made.learn(Quota(available=95, maximum=100, per_second=10), unspent=95)
    assert await second == 0
    with pytest.raises(HeldBack):
        await third


async def test_a_price_above_the_whole_quota_is_given_up() -> None:
    """Waiting would never help."""
    time = PassingTime()
    with pytest.raises(GiveUp, match="it takes 101 points, more than the whole quota"):
        await ask(meter(time), time, 101)


async def test_the_higher_lane_goes_first() -> None:
    """Whoever waits, a portal's call is granted before a report's and that before a sync's, each in turn."""
    time = PassingTime()
    made = meter(time, rules=CallRules(analytics_reserve=0.0, sync_reserve=0.0))
    await ask(made, time, 100)
    granted: list[tuple[str, float]] = []

    async def one(lane: Lane) -> None:
        granted.append((lane.value, await ask(made, time, 20, lane=lane)))

    lanes = [Lane.SYNC, Lane.ANALYTICS, Lane.INTERACTIVE, Lane.SYNC, Lane.INTERACTIVE]
    tasks = []
    for lane in lanes:
        tasks.append(asyncio.create_task(one(lane)))
        await time.settle()
    assert made.level().waiting == 5
    await time.through(asyncio.gather(*tasks))
    assert granted == [
        ("INTERACTIVE", 2.0),
        ("INTERACTIVE", 4.0),
        ("ANALYTICS", 6.0),
        ("SYNC", 8.0),
        ("SYNC", 10.0),
    ]


async def test_a_report_leaves_the_portal_its_half() -> None:
    """Reports use 50 of 100 points at once and then wait for the refill; a portal has the other 50 at any time."""
    time = PassingTime()
    made = meter(time)
    tasks = [asyncio.create_task(ask(made, time, 10, lane=Lane.ANALYTICS)) for _ in range(8)]
    await time.settle()
    assert made.level().available == 50
    assert await ask(made, time, 50) == 0
    assert sorted(await time.through(asyncio.gather(*tasks))) == [0, 0, 0, 0, 0, 6.0, 7.0, 8.0]


async def test_a_dear_call_is_not_passed_by_cheap_ones() -> None:
    """While the first in line waits for 80 points, a later call of 1 point waits behind it."""
    time = PassingTime()
    made = meter(time)
    await ask(made, time, 100)
    dear, cheap = (asyncio.create_task(ask(made, time, price)) for price in (80, 1))
    assert await time.through(dear) == 8.0
    assert await time.through(cheap) == pytest.approx(8.1)


async def test_news_of_a_larger_quota_wakes_those_who_wait() -> None:
    """Callers who wait by the smallest plan's figures go on as soon as an answer tells of a larger one."""
    time = PassingTime()
    made = meter(time)
    await made.take(100, time.terms(), operation="orders")
    task = asyncio.create_task(ask(made, time, 90))
    await time.settle()
    made.done(100)
    await made.learn(Quota(available=1900, maximum=2000, per_second=100), unspent=0)
    await time.settle()
    assert await task == 0
    assert made.level() == QuotaLevel(
        units="points", available=1710, maximum=2000, per_second=100, shared=False, waiting=0
    )


async def test_leaving_the_line_lets_the_next_one_on() -> None:
    """A caller who gives up while first in line is followed by the next."""
    time = PassingTime()
    made = meter(time)
    await ask(made, time, 100)
    first, second = (asyncio.create_task(ask(made, time, price)) for price in (90, 10))
    await time.until(2.0)
    first.cancel()
    assert await time.through(second) == 2.0


def test_which_systems_have_a_meter() -> None:
    """The connector's limit, the configuration's over it, or none where nobody knows of one."""
    time = PassingTime()
    assert meter_for("sql", None, CallRules(), time.parts()) is None
    assert meter_for("shop", POINTS, CallRules(quota=False), time.parts()) is None
    alone = meter_for("sql", None, CallRules(quota_burst=5, quota_per_second=1), time.parts())
    assert alone is not None
    assert (alone.level().units, alone.level().maximum) == ("requests", 5)
    mixed = meter(time, rules=CallRules(quota_burst=50))
    assert (mixed.level().maximum, mixed.level().per_second) == (50, 10)


def test_a_limit_by_the_window_is_never_exceeded() -> None:
    """Half of it at once and half of it over time: in no window are there more than it allows."""
    limit = RateLimit.window("requests", 40, 60)
    assert (limit.burst, limit.per_second) == (20, 20 / 60)
    assert limit.burst + 60 * limit.per_second == 40


@given(
    calls=st.lists(st.tuples(st.integers(0, 40), st.integers(1, 100), st.sampled_from(LANES)), min_size=1, max_size=25)
)
def test_lanes_in_order_and_within_the_quota(calls: list[tuple[int, int, Lane]]) -> None:
    """Whoever comes when: no more is granted than the bucket allows, and never a lower lane before a waiting higher."""

    async def play() -> None:
        time = PassingTime()
        made = meter(time)
        came: dict[int, float] = {}
        granted: dict[int, float] = {}

        async def one(number: int, price: int, lane: Lane) -> None:
            came[number] = time.clock.monotonic()
            granted[number] = await ask(made, time, price, lane=lane)

        tasks = []
        for number, (later, price, lane) in enumerate(calls):
            await time.until(time.clock.monotonic() + later / 4)
            tasks.append(asyncio.create_task(one(number, price, lane)))
            await time.settle()
        await time.through(asyncio.gather(*tasks), most=10_000)
        for number, (_, _, lane) in enumerate(calls):
            for other, (_, _, other_lane) in enumerate(calls):
                waited = came[other] < granted[number] - 1e-6
                if LANES.index(other_lane) < LANES.index(lane) and waited:
                    assert granted[other] <= granted[number] + 1e-6
        moments = sorted((moment, calls[number][1]) for number, moment in granted.items())
        for first in range(len(moments)):
            total = 0.0
            for moment, price in moments[first:]:
                total += price
                assert total <= 100 + (moment - moments[first][0]) * 10 + 1e-3

    asyncio.run(play())
