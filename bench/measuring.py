"""The run: what is asked of whom in which order, and what is kept of it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack

import msgspec

from bench.contenders.lineup import Contender, lineup
from bench.figures import Point, Sample
from bench.latency import Latency, latency
from bench.load import WrongAnswer, checked, get, offered
from bench.packages import FOLDER
from bench.recording import Page, Recording, record
from bench.starting import Running, Stubs, all_started, say, stage

_RECORDING = FOLDER / "recording.json"


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """How much is measured. `rounds` are by number of clients, and those come in the order told.

    `seconds` are those of one sample; a sample has at least `queries` queries. Latency is taken in `waits` queries a
    round. Once the run has taken `most_seconds`, what is left is measured in one round each.
    """

    quick: bool
    sizes: tuple[int, ...]
    rounds: Mapping[int, int]
    seconds: float
    warm_up_seconds: float
    queries: int
    waits: int
    most_seconds: float


# The comparison first, so that a slow machine has few rounds of the rest and not of it.
FULL = Plan(
    quick=False,
    sizes=(20, 100, 500),
    rounds={16: 5, 1: 2, 64: 2},
    seconds=2.0,
    warm_up_seconds=1.5,
    queries=8,
    waits=50,
    most_seconds=1080.0,
)
QUICK = Plan(
    quick=True,
    sizes=(20, 100, 500),
    rounds={16: 3},
    seconds=1.2,
    warm_up_seconds=0.8,
    queries=6,
    waits=15,
    most_seconds=170.0,
)
# As many clients as it takes to have compiled, and not so many that a slow contender takes a minute for it.
_CLIENTS_TO_WARM_UP = 4


class Measured(msgspec.Struct, frozen=True, kw_only=True):
    """All that a run found out. `contenders` were to run; `absent` tells why one did not, there or at all; `calls` are
    upstream calls a query, `values` the leaves of its answer, both by number of orders."""

    plan: Plan
    contenders: tuple[Contender, ...]
    points: list[Point]
    latency: Latency
    absent: dict[str, str]
    calls: dict[str, dict[int, float]]
    values: dict[int, int]


def measure(plan: Plan) -> Measured:
    """Record, start everybody, check everybody, and measure turn by turn."""
    end = time.monotonic() + plan.most_seconds
    say("recording the vendors' answers")
    recording = asyncio.run(record())
    contenders = tuple(contender for contender in lineup() if contender.quick or not plan.quick)
    absent: dict[str, str] = {}
    with ExitStack() as stack:
        upon = stage(recording, _RECORDING, stack)
        running = list(all_started(contenders, upon, stack, absent))
        calls = {
            one.name: {size: asyncio.run(_calls(one, recording.pages[size], upon.stubs)) for size in plan.sizes}
            for one in running
        }
        waited = latency(upon, running, queries=plan.waits)
        points = _points(plan, recording, running, absent, end=end)
    return Measured(
        plan=plan,
        contenders=contenders,
        points=points,
        latency=waited,
        absent=absent,
        calls=calls,
        values={size: sum(_values(page.orders) for page in recording.pages[size]) for size in plan.sizes},
    )


async def _calls(one: Running, pages: Sequence[Page], stubs: Stubs) -> float:
    """Upstream calls that one query makes, as the stubs count them."""
    before = [int(await get(stub.port, "/calls")) for stub in stubs.values()]
    await checked(one.process.port, pages)
    after = [int(await get(stub.port, "/calls")) for stub in stubs.values()]
    return float(sum(after) - sum(before))


def _points(
    plan: Plan, recording: Recording, running: list[Running], absent: dict[str, str], *, end: float
) -> list[Point]:
    """Every contender in turn, round after round, at each number of clients and size."""
    found: list[Point] = []
    for clients, rounds in plan.rounds.items():
        for size in plan.sizes:
            samples: dict[str, list[Sample]] = {one.name: [] for one in running}
            failed: set[str] = set()
            for turn in range(rounds):
                if turn and time.monotonic() > end:
                    say("no time for more rounds")
                    break
                say(f"{size} orders, {clients} clients, round {turn + 1} of {rounds}")
                for one in running:
                    if one.name in failed:
                        continue
                    try:
                        samples[one.name].append(
                            _sample(plan, one, recording.pages[size], size=size, clients=clients, turn=turn)
                        )
                    except (WrongAnswer, OSError) as problem:
                        failed.add(one.name)
                        reason = f"at {size} orders and {clients} clients: {problem}"
                        absent[one.name] = "; ".join(filter(None, (absent.get(one.name), reason)))
                        say(f"  {one.name} is left out {reason}")
            found += [
                Point(contender=name, size=size, clients=clients, samples=made)
                for name, made in samples.items()
                if made and name not in failed
            ]
    return found


def _sample(plan: Plan, one: Running, pages: Sequence[Page], *, size: int, clients: int, turn: int) -> Sample:
    """One measurement; before the first of a kind the contender is let run for a while."""
    bodies = one.bodies[size]
    if turn == 0:
        few = min(clients, _CLIENTS_TO_WARM_UP)
        asyncio.run(offered(one.process.port, pages, bodies, clients=few, seconds=plan.warm_up_seconds))
    before = one.process.processor_seconds()
    asked = asyncio.run(
        offered(one.process.port, pages, bodies, clients=clients, seconds=plan.seconds, queries=plan.queries)
    )
    # What a runtime does after the last answer, such as collecting garbage, is part of the cost.
    time.sleep(0.05)
    spent = one.process.processor_seconds() - before
    return Sample(
        processor_seconds=spent,
        seconds=asked.seconds,
        latencies=asked.latencies,
        resident_bytes=one.process.resident_bytes(),
    )


def _values(value: object) -> int:
    """The leaves of an answer."""
    if isinstance(value, dict):
        return sum(map(_values, value.values()))
    if isinstance(value, list):
        return sum(map(_values, value))
    return 1
