"""The matrix: every system, every way to fail, every kind of question, over a gateway process as it is served."""

from __future__ import annotations

import contextlib
import itertools
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from pathlib import Path
from statistics import median

import msgspec

from faults.breakages import Breakage, applicable, break_down, heal
from faults.business import Business, Known
from faults.cells import Bench, Cell, Needing, asked_well, try_out
from faults.gateway import Gateway, cores
from faults.questions import FAN_OUT, HEADER, LIST, ORDER, OWN, STOCK, SYSTEMS, Question, key
from faults.secrecy import Watch
from faults.timing import Effort, Timing, measure

SEED = 7
# The gateway that never sees a failure is only asked what is right, and may take its time for it.
_PATIENCE = 60

Tell = Callable[[str], None]


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """How much is tried. Without `every` one system of each connector fails; without `effort` nothing is timed."""

    orders: int
    deadline: int
    every: bool
    effort: Effort | None


FULL = Plan(orders=400, deadline=5, every=True, effort=Effort(rounds=8, block=100, again=4))
QUICK = Plan(orders=200, deadline=5, every=False, effort=Effort(rounds=2, block=100, again=4))
UNTIMED = Plan(orders=120, deadline=2, every=False, effort=None)


class Matrix(msgspec.Struct, frozen=True, kw_only=True):
    """All that came of it. `left_out` are ways to fail that a system cannot, and why; `bare` connectors left out."""

    cells: list[Cell]
    timings: list[Timing]
    left_out: dict[str, dict[str, str]]
    bare: list[str]
    leaks: list[str]
    gateway_5xx: int
    answers: int

    @property
    def ratio(self) -> float | None:
        """The p99 of questions that do not need what fails, with failures over without; None where nothing was timed.

        The median over all blocks of the one kind over the median of all blocks of the other.
        """
        if not self.timings:
            return None
        broken = median(itertools.chain.from_iterable(timing.broken for timing in self.timings))
        return broken / median(itertools.chain.from_iterable(timing.well for timing in self.timings))

    @property
    def count(self) -> int:
        """How many things were tried."""
        return len(self.cells) + len(self.timings)

    @property
    def problems(self) -> list[str]:
        """Everything that did not hold, each under its place."""
        return [
            *(f"{c.system} {c.breakage} {c.question}: {problem}" for c in self.cells for problem in c.problems),
            *(f"{t.system} {t.breakage} (unaffected): {problem}" for t in self.timings for problem in t.problems),
            *self.leaks,
        ]

    @property
    def failed(self) -> int:
        """How many of the things tried did not hold; a leak counts as one more."""
        cells = sum(bool(cell.problems) for cell in self.cells)
        return cells + sum(bool(timing.problems) for timing in self.timings) + len(self.leaks)


async def run(plan: Plan, tell: Tell) -> Matrix:
    """Try everything; `tell` hears of every system that is begun."""
    watch = Watch()
    cells: list[Cell] = []
    timings: list[Timing] = []
    left_out: dict[str, dict[str, str]] = {}
    async with Business(seed=SEED, orders=plan.orders) as business, _gateways(business, plan, watch) as bench:
        for system in business.simulators if plan.every else business.of_each_connector():
            tried = applicable(business, system)
            left_out[system] = dict(tried.left_out)
            tell(f"{system} ({business.connectors[system]}): {len(tried.breakages)} ways to fail")
            orders = _Orders(business.known[system])
            broad, unaffected = await _broad(bench, system), await _unaffected(bench, system)
            for breakage in tried.breakages:
                cells += await _cells(
                    bench, system, breakage, single=orders.questions(system), broad=broad, unaffected=unaffected
                )
                if plan.effort is not None:
                    affected = orders.cheapest(system)
                    timings.append(
                        await measure(
                            bench, system, breakage, unaffected=unaffected, affected=affected, effort=plan.effort
                        )
                    )
                watch.learn(business.secrets())
    return Matrix(
        cells=cells,
        timings=timings,
        left_out=left_out,
        bare=business.bare,
        leaks=watch.leaks,
        gateway_5xx=bench.gateway.server_errors,
        answers=bench.gateway.answers,
    )


@contextlib.asynccontextmanager
async def _gateways(business: Business, plan: Plan, watch: Watch) -> AsyncIterator[Bench]:
    """The gateway under test and the one that says what is right. When left, they end and their logs are read."""
    watch.learn(business.secrets())
    core, other = cores()
    with tempfile.TemporaryDirectory(prefix="orderweave-faults-") as name:
        folder = Path(name)
        async with (
            Gateway(
                business.broken, folder=folder, name="gateway", core=core, deadline=plan.deadline, heed=watch.heed
            ) as gateway,
            Gateway(
                business.direct, folder=folder, name="reference", core=other, deadline=_PATIENCE, heed=watch.heed
            ) as reference,
        ):
            yield Bench(business=business, gateway=gateway, reference=reference)
        for ended in (gateway, reference):
            watch.look_through(ended.log_text(), people=business.people(), where=f"the log {ended.log.name}")


class _Orders:
    """Orders of a system to ask for, another one each time, so that no answer is one that was kept."""

    def __init__(self, known: Known) -> None:
        self._shared: Iterator[str] = itertools.cycle(known.shared)
        self._own: Iterator[str] = itertools.cycle(known.own)

    def cheapest(self, system: str) -> Question:
        """What costs the gateway about the same whether the system answers or not: one call and little of it read."""
        if own := next(self._own, None):
            return Question(name="header", query=HEADER, variables=key(system, own))
        return self.questions(system)[0]

    def questions(self, system: str) -> list[Question]:
        """A question about an order that it shares, and one about an order that it alone knows, where there are any."""
        found = []
        if number := next(self._shared, None):
            found.append(Question(name="order", query=ORDER, variables={"number": number}))
        if own := next(self._own, None):
            found.append(Question(name="own order", query=OWN, variables=key(system, own), alone=True))
        return found


async def _broad(bench: Bench, system: str) -> list[Needing]:
    """The questions over many orders or goods in which the system has a part."""
    questions = [
        Question(name="list", query=LIST),
        Question(name="fan-out", query=FAN_OUT),
        Question(name="stock", query=STOCK, variables={"skus": bench.business.skus()}),
    ]
    return [asked for asked in await asked_well(bench, system, questions) if asked.needs]


async def _cells(
    bench: Bench,
    system: str,
    breakage: Breakage,
    *,
    single: Sequence[Question],
    broad: Sequence[Needing],
    unaffected: Sequence[Needing],
) -> list[Cell]:
    asked = [each for each in await asked_well(bench, system, single) if each.needs] + list(broad)
    if not asked:
        return [_never_asked(system, breakage)]
    untouched = await _untouched(bench, system, breakage, unaffected)
    if untouched.problems:
        untouched = msgspec.structs.replace(await _untouched(bench, system, breakage, unaffected), again=True)
    return [*await try_out(bench, system, breakage, asked), untouched]


def _never_asked(system: str, breakage: Breakage) -> Cell:
    return Cell(
        system=system,
        breakage=breakage.name,
        question="any",
        seconds=0.0,
        recovery=0.0,
        reasons=(),
        problems=("no question needs this system, so that nothing is proven of it",),
    )


async def _unaffected(bench: Bench, system: str) -> list[Needing]:
    """Questions in which the system has no part, with their answers: about others' orders, and about the systems."""
    questions = [Question(name="systems", query=SYSTEMS)] + [
        Question(name=f"header of {name}", query=HEADER, variables=key(name, known.own[0]))
        for name, known in bench.business.known.items()
        if known.own and name != system
    ]
    return [asked for asked in await asked_well(bench, system, questions) if not asked.needs]


async def _untouched(bench: Bench, system: str, breakage: Breakage, unaffected: Sequence[Needing]) -> Cell:
    """The questions that do not need the system, asked while it fails: their answers are as before."""
    await break_down(bench.business, system, breakage)
    answers = [await bench.gateway.ask(each.question.query, each.question.variables) for each in unaffected]
    await heal(bench.business, system)
    wrong = [
        each.question.name for each, answer in zip(unaffected, answers, strict=True) if answer.document != each.whole
    ]
    return Cell(
        system=system,
        breakage=breakage.name,
        question="unaffected",
        seconds=max(answer.seconds for answer in answers),
        recovery=0.0,
        reasons=(),
        problems=tuple(f"{name} is not as before, and does not need the system" for name in wrong),
    )
