"""Hedging: when the second call is made, which answer counts, and that the loser ends."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from orderweave.calling.hedging import Latencies, hedged
from orderweave_sdk.errors import Retry
from tests.unit.calling.passing_time import PassingTime


class Tries:
    """Answers each try after its own number of seconds, or raises what stands in place of an answer."""

    def __init__(self, time: PassingTime, *plans: tuple[float, str | Exception]) -> None:
        self._time = time
        self._plans = plans
        self.begun: list[float] = []
        self.canceled: list[int] = []

    async def __call__(self) -> str:
        """The next try."""
        number = len(self.begun)
        self.begun.append(self._time.clock.monotonic())
        seconds, answer = self._plans[number]
        try:
            await self._time.pause(seconds)
        except asyncio.CancelledError:
            self.canceled.append(number)
            raise
        if isinstance(answer, Exception):
            raise answer
        return answer


async def run(time: PassingTime, tries: Tries, may: Callable[[], bool] = lambda: True) -> str:
    """The hedged answer, with one second as usual."""
    return await time.through(hedged(tries, 1.0, pause=time.pause, may=may))


async def test_a_quick_answer_has_no_second_call() -> None:
    """An answer within the usual time is all that there is."""
    time = PassingTime()
    tries = Tries(time, (0.9, "first"))
    assert await run(time, tries) == "first"
    assert tries.begun == [0.0]


async def test_the_second_call_wins_and_the_first_ends() -> None:
    """After the usual second the call is made again; its answer counts and the first is canceled."""
    time = PassingTime()
    tries = Tries(time, (9.0, "first"), (0.5, "second"))
    assert await run(time, tries) == "second"
    assert (tries.begun, tries.canceled, time.clock.monotonic()) == ([0.0, 1.0], [0], 1.5)


async def test_the_first_call_may_still_win() -> None:
    """The first answer counts, and the second is canceled."""
    time = PassingTime()
    tries = Tries(time, (1.2, "first"), (0.5, "second"))
    assert await run(time, tries) == "first"
    assert tries.canceled == [1]


async def test_one_failure_waits_for_the_other() -> None:
    """A failure of one of the two is no failure of the question."""
    time = PassingTime()
    tries = Tries(time, (1.2, Retry("HTTP 500")), (0.5, "second"))
    assert await run(time, tries) == "second"
    time = PassingTime()
    tries = Tries(time, (2.0, "first"), (0.5, Retry("HTTP 500")))
    assert await run(time, tries) == "first"


async def test_two_failures_are_the_first_ones() -> None:
    """When both fail, the first call's error is told."""
    time = PassingTime()
    tries = Tries(time, (1.2, Retry("one")), (0.5, Retry("two")))
    with pytest.raises(Retry, match="one"):
        await run(time, tries)


async def test_an_early_failure_is_not_hedged() -> None:
    """A failure within the usual time is for the retry to look at."""
    time = PassingTime()
    tries = Tries(time, (0.5, Retry("one")))
    with pytest.raises(Retry, match="one"):
        await run(time, tries)
    assert tries.begun == [0.0]


async def test_no_second_call_without_leave() -> None:
    """Where the budget has none left, the first call is waited for."""
    time = PassingTime()
    tries = Tries(time, (9.0, "first"))
    assert await run(time, tries, lambda: False) == "first"
    assert tries.begun == [0.0]


async def test_giving_up_ends_both() -> None:
    """A caller who leaves takes both calls along."""
    time = PassingTime()
    tries = Tries(time, (9.0, "first"), (9.0, "second"))
    task = asyncio.create_task(hedged(tries, 1.0, pause=time.pause, may=lambda: True))
    await time.until(2.0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert tries.canceled == [0, 1]


def test_usual_is_the_95th_of_100() -> None:
    """Unknown below 20 answers; then what 95 of 100 stay within, of the last 200."""
    latencies = Latencies()
    for _ in range(19):
        latencies.add(1.0)
    assert latencies.p95() is None
    latencies = Latencies()
    for number in range(1, 101):
        latencies.add(float(number))
    assert latencies.p95() == 95.0
    for _ in range(200):
        latencies.add(0.5)
    assert latencies.p95() == 0.5
