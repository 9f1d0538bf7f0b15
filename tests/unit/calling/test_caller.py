"""One system's calls put together: what is asked how often, what is answered without asking, and what is told of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from orderweave.calling import caller as module
from orderweave.calling.caller import Caller, NotAsked
from orderweave.model.calls import BreakerState, BreakerStatus, CallRules
from orderweave.model.provenance import IssueReason
from orderweave.model.terms import Lane
from orderweave_sdk.errors import HeldBack, Retry, TimedOut, Unreachable, UpstreamError
from tests.unit.calling.passing_time import PassingTime
from tests.unit.fake_clock import NOON


class System:
    """Answers what a test says, each time in turn and then always the last; notes when it was asked."""

    def __init__(self, time: PassingTime, *plans: str | Exception, seconds: float = 0.0) -> None:
        self._time = time
        self.plans = list(plans)
        self.seconds = seconds
        self.asked: list[float] = []
        self.at_once = 0
        self.most_at_once = 0

    async def __call__(self) -> str:
        """One call."""
        self.asked.append(self._time.clock.monotonic())
        plan = self.plans.pop(0) if len(self.plans) > 1 else self.plans[0]
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            if self.seconds:
                await self._time.pause(self.seconds)
        finally:
            self.at_once -= 1
        if isinstance(plan, Exception):
            raise plan
        return plan


def caller(time: PassingTime, **rules: Any) -> Caller:
    """A caller of a connector with four calls at once."""
    return Caller(CallRules(**rules), time.parts(), concurrency=4)


async def outcome(made: Caller, time: PassingTime, system: Callable[[], Any], seconds: float = 10.0) -> Any:
    """What a question gives: an answer, or the error."""
    try:
        return await time.through(made.ask("find_orders", system, time.terms(seconds)))
    except UpstreamError as error:
        return error


async def test_a_passing_fault_is_not_seen() -> None:
    """One fault, a pause of 0.1 s, and the answer: the caller sees nothing but the answer."""
    time = PassingTime()
    made, system = caller(time), System(time, Unreachable("gone"), "well")
    assert await outcome(made, time, system) == "well"
    assert (system.asked, made.status().retries) == ([0.0, 0.1], 1)


async def test_three_attempts_and_the_last_error() -> None:
    """A fault that stays is asked three times in all; what is told is how the last one failed."""
    time = PassingTime()
    made, system = caller(time), System(time, Retry("one"), Retry("two"), Retry("three"))
    assert str(await outcome(made, time, system)) == "three"
    assert system.asked == pytest.approx([0.0, 0.1, 0.3])


async def test_retries_are_a_fifth_of_the_questions() -> None:
    """Sixty failing questions are sixty calls and twelve more, however many attempts are allowed."""
    time = PassingTime(chance=0.0)
    made, system = caller(time, attempts=10, breaker=False), System(time, Retry("HTTP 500"))
    for _ in range(60):
        await outcome(made, time, system)
    assert (len(system.asked), made.status().retries) == (72, 12)


async def test_no_attempt_begins_after_the_deadline() -> None:
    """With 0.25 s left the second pause would end after it: two attempts, and the error in time."""
    time = PassingTime()
    made, system = caller(time), System(time, Retry("HTTP 500"))
    await outcome(made, time, system, seconds=0.25)
    assert system.asked == [0.0, 0.1]


async def test_a_slow_system_costs_its_share_once() -> None:
    """A system that uses up one question's time is not asked again; it is tried later and comes back by itself."""
    time = PassingTime()
    made = caller(time)
    slow = System(time, TimedOut("orders: no whole answer within the deadline"), seconds=5.0)
    assert isinstance(await outcome(made, time, slow, seconds=5.0), TimedOut)
    before = time.clock.monotonic()
    for _ in range(50):
        refusal = await outcome(made, time, slow, seconds=5.0)
        assert isinstance(refusal, NotAsked)
        assert isinstance(refusal.last, TimedOut)
    assert str(refusal) == (
        "not asked: failing since 12:00:05 UTC (orders: no whole answer within the deadline); "
        "tried again at 12:00:10 UTC"
    )
    assert (len(slow.asked), time.clock.monotonic()) == (1, before)
    assert made.status().not_asked == 50
    assert made.status().breakers == (
        BreakerStatus(
            operation="find_orders",
            state=BreakerState.OPEN,
            since=NOON.replace(second=5),
            retry_at=NOON.replace(second=10),
            reason=IssueReason.TIMED_OUT,
        ),
    )
    time.clock.advance(5)
    well = System(time, "well")
    assert await outcome(made, time, well) == "well"
    assert await outcome(made, time, well) == "well"
    (status,) = made.status().breakers
    assert (status.state, status.since, status.reason) == (BreakerState.CLOSED, None, None)


async def test_only_one_question_tries_a_slow_system() -> None:
    """Of twenty questions that come when it may be tried again one is put; the others are answered at once."""
    time = PassingTime()
    made = caller(time)
    slow = System(time, TimedOut("late"), seconds=5.0)
    await outcome(made, time, slow, seconds=5.0)
    time.clock.advance(5)
    asked = asyncio.gather(*(made.ask("find_orders", slow, time.terms(5.0)) for _ in range(20)), return_exceptions=True)
    outcomes = await time.through(asked)
    assert [type(error) for error in outcomes] == [TimedOut, *[NotAsked] * 19]
    assert len(slow.asked) == 2


async def test_operations_have_breakers_of_their_own() -> None:
    """A search that times out leaves look-ups alone."""
    time = PassingTime()
    made = caller(time)
    with pytest.raises(TimedOut):
        await time.through(made.ask("search_orders", System(time, TimedOut("late"), seconds=5.0), time.terms(5.0)))
    assert await outcome(made, time, System(time, "well")) == "well"
    assert [(entry.operation, entry.state) for entry in made.status().breakers] == [
        ("find_orders", BreakerState.CLOSED),
        ("search_orders", BreakerState.OPEN),
    ]


async def test_retries_stop_when_the_breaker_opens() -> None:
    """The tenth failure opens it in the middle of a question, and that question is told its own error."""
    time = PassingTime(chance=0.0)
    made, system = caller(time, retry_share=1.0), System(time, Retry("HTTP 500"))
    outcomes = [await outcome(made, time, system) for _ in range(6)]
    assert [type(error) for error in outcomes] == [*[Retry] * 5, NotAsked]
    assert len(system.asked) == 10


async def test_questions_at_once_and_in_line_are_bounded() -> None:
    """Twice four run, five wait, and the next is refused at once; who waits past the deadline is told so."""
    time = PassingTime()
    made = caller(time, queue=5)
    system = System(time, "well", seconds=1.0)
    asked = [asyncio.create_task(made.ask("find_orders", system, time.terms())) for _ in range(13)]
    await time.settle()
    assert (made.status().in_flight, made.status().waiting) == (8, 5)
    with pytest.raises(HeldBack, match="find_orders: too many questions wait for this system already"):
        await made.ask("find_orders", system, time.terms())
    assert await time.through(asyncio.gather(*asked)) == ["well"] * 13
    assert (system.most_at_once, made.status().in_flight, made.status().held_back) == (8, 0, 1)


async def test_a_full_line_is_no_fault_of_the_system() -> None:
    """However many questions are refused for our own line, the breaker stays closed."""
    time = PassingTime()
    made = caller(time, concurrency=1, queue=0)
    system = System(time, "well", seconds=1.0)
    first = asyncio.create_task(made.ask("find_orders", system, time.terms()))
    await time.settle()
    for _ in range(50):
        with pytest.raises(HeldBack):
            await made.ask("find_orders", system, time.terms())
    assert await time.through(first) == "well"
    assert made.status().breakers[0].state is BreakerState.CLOSED


async def test_portals_before_reports() -> None:
    """With four of eight places taken by reports, further reports wait while a portal's questions run at once."""
    time = PassingTime()
    made = caller(time)
    system = System(time, "well", seconds=1.0)
    reports = [
        asyncio.create_task(made.ask("search_orders", system, time.terms(lane=Lane.ANALYTICS))) for _ in range(10)
    ]
    await time.settle()
    assert (made.status().in_flight, made.status().waiting) == (4, 6)
    portal = [asyncio.create_task(made.ask("find_orders", system, time.terms())) for _ in range(4)]
    await time.until(1.0)
    assert [task.done() for task in portal] == [True] * 4
    await time.through(asyncio.gather(*reports, *portal))


async def test_hedging_is_for_those_who_asked_for_it() -> None:
    """After twenty answers of 0.1 s, a slow one is asked again after 0.1 s; without the switch it is waited for."""
    for hedge, asked, seconds in ((True, 2, 0.2), (False, 1, 9.0)):
        time = PassingTime()
        made = caller(time, hedge=hedge)
        for _ in range(20):
            await outcome(made, time, System(time, "well", seconds=0.1))
        began = time.clock.monotonic()
        slow, quick = System(time, "slow", seconds=9.0), System(time, "quick", seconds=0.1)
        tries = iter([slow, quick])

        async def next_try(tries: Iterator[System] = tries) -> str:
            return await next(tries)()

        assert await outcome(made, time, next_try) == ("quick" if hedge else "slow")
        assert len(slow.asked) + len(quick.asked) == asked
        assert time.clock.monotonic() - began == pytest.approx(seconds)
        assert made.status().hedges == asked - 1
        assert made.status().in_flight == 0


async def test_hedges_and_retries_share_a_budget() -> None:
    """After 20 usual answers, 30 failing questions are called 40 times: hedges and retries are a fifth of all 50."""
    time = PassingTime()
    made = caller(time, hedge=True, breaker=False)
    for _ in range(20):
        await outcome(made, time, System(time, "well", seconds=0.125))
    failing = System(time, Retry("HTTP 500"), seconds=0.25)
    for _ in range(30):
        await outcome(made, time, failing)
    status = made.status()
    assert (len(failing.asked), status.hedges + status.retries) == (40, 10)
    assert min(status.hedges, status.retries) > 0


async def test_a_question_that_never_ends_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    """A connector that keeps no deadline is ended soon after it, and that is a time-out to the breaker, too."""
    monkeypatch.setattr(module, "_GRACE", 0.0)
    time = PassingTime()
    made = caller(time)

    async def never() -> str:
        await asyncio.Event().wait()
        return "never"

    with pytest.raises(TimedOut, match="no answer within the deadline"):
        await made.ask("find_orders", never, time.terms(0.0))
    assert made.status().in_flight == 0


async def test_a_fault_of_the_connector_s_own_passes_through() -> None:
    """A bug in a connector is raised as it is, is not tried again and opens nothing."""
    time = PassingTime()
    made, system = caller(time), System(time, KeyError("x"))
    for _ in range(20):
        with pytest.raises(KeyError):
            await made.ask("find_orders", system, time.terms())
    assert len(system.asked) == 20


async def test_giving_up_frees_the_place() -> None:
    """A caller who leaves gives the place back and ends the question."""
    time = PassingTime()
    made, system = caller(time), System(time, "well", seconds=9.0)
    task = asyncio.create_task(made.ask("find_orders", system, time.terms()))
    await time.until(1.0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert (made.status().in_flight, system.at_once) == (0, 0)
