"""What a failing system costs the questions that do not need it: their p99 with the failure over their p99 without.

Blocks with and without the failure take turns, so that a machine that slows down slows both. Beside each block the
failing system is asked for something all the time, ten times a second, in both kinds alike.

On a machine with other work a single p99 tells little. So a figure past the bound is measured again, and counts as a
failure only when chance would hardly ever put so many of its pairs past the bound.
"""

from __future__ import annotations

import asyncio
import contextlib
import math
from collections.abc import AsyncIterator, Sequence
from statistics import median

import msgspec

from bench.figures import percentile
from faults.breakages import Breakage, break_down, heal
from faults.cells import Bench, Needing
from faults.gateway import Gateway
from faults.questions import Question

MOST_RATIO = 1.10
# So seldom may chance alone make a failure of one figure; dozens of them are looked at in a run.
_BY_CHANCE = 0.001
_BETWEEN_ASKED = 0.1
_MOST_AT_ONCE = 50


class Effort(msgspec.Struct, frozen=True, kw_only=True):
    """How long to measure: pairs of blocks, questions in a block, and how often to measure a bad figure again."""

    rounds: int
    block: int
    again: int


class Timing(msgspec.Struct, kw_only=True):
    """The p99 of each block in seconds, with the failure and without, pair by pair.

    `wrong_broken` and `wrong_well` are answers that were not as they should be, though nothing that they need fails:
    where a machine stands still for a second there are some of both.
    """

    system: str
    breakage: str
    broken: list[float]
    well: list[float]
    wrong_broken: int = 0
    wrong_well: int = 0

    @property
    def ratio(self) -> float:
        """The median of the blocks with the failure over the median of those without."""
        return median(self.broken) / median(self.well)

    @property
    def _pairs_past_the_bound(self) -> int:
        return sum(broken > MOST_RATIO * well for broken, well in zip(self.broken, self.well, strict=True))

    @property
    def problems(self) -> tuple[str, ...]:
        """What is wrong with it; empty when nothing is."""
        found = []
        if self.ratio > MOST_RATIO and _by_chance(self._pairs_past_the_bound, len(self.well)) < _BY_CHANCE:
            found.append(f"questions that do not need it have {self.ratio:.2f} of their p99")
        if self.wrong_broken > self.wrong_well:
            found.append(f"{self.wrong_broken} answers that do not need it were not as before")
        return tuple(found)


async def measure(
    bench: Bench, system: str, breakage: Breakage, *, unaffected: Sequence[Needing], affected: Question, effort: Effort
) -> Timing:
    """One system, one failure. A figure past the bound is measured again, with what was measured before counted in."""
    found = Timing(system=system, breakage=breakage.name, broken=[], well=[])
    for turn in range(1 + effort.again):
        if turn and found.ratio <= MOST_RATIO:
            break
        for number in range(effort.rounds):
            # Neither kind comes first always.
            for failing in (number % 2 == 0, number % 2 == 1):
                if failing:
                    await break_down(bench.business, system, breakage)
                p99, wrong = await _block(bench.gateway, unaffected, affected, effort.block)
                await heal(bench.business, system)
                if failing:
                    found.broken.append(p99)
                    found.wrong_broken += wrong
                else:
                    found.well.append(p99)
                    found.wrong_well += wrong
    return found


def _by_chance(heads: int, coins: int) -> float:
    """How likely so many fair coins show so many heads or more (the sign test)."""
    ways = sum(math.comb(coins, more) for more in range(heads, coins + 1))
    return ways / float(2**coins)


async def _block(gateway: Gateway, unaffected: Sequence[Needing], affected: Question, count: int) -> tuple[float, int]:
    """The p99 of so many questions put one after the other, and how many answers were not as they should be."""
    seconds: list[float] = []
    wrong = 0
    async with _asked_beside(gateway, affected):
        for number in range(count):
            needing = unaffected[number % len(unaffected)]
            asked = await gateway.ask(needing.question.query, needing.question.variables)
            seconds.append(asked.seconds)
            wrong += asked.document != needing.whole
    return percentile(seconds, 99), wrong


@contextlib.asynccontextmanager
async def _asked_beside(gateway: Gateway, question: Question) -> AsyncIterator[None]:
    """Ask this over and over until left; whoever still waits then hangs up."""

    async def over_and_over() -> None:
        async with asyncio.TaskGroup() as group:
            waiting: set[asyncio.Task[object]] = set()
            while True:
                if len(waiting) < _MOST_AT_ONCE:
                    task = group.create_task(gateway.ask(question.query, question.variables))
                    waiting.add(task)
                    task.add_done_callback(waiting.discard)
                await asyncio.sleep(_BETWEEN_ASKED)

    beside = asyncio.create_task(over_and_over())
    try:
        yield
    finally:
        beside.cancel()
        await asyncio.gather(beside, return_exceptions=True)
