"""The run: who is started, what is asked of whom in which order, and what is kept of it."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack

import msgspec

from bench.contenders.lineup import Contender, lineup
from bench.contenders.surroundings import Surroundings
from bench.figures import Point, Sample
from bench.load import WrongAnswer, checked, get, offered
from bench.packages import FOLDER, ROOT, NotInstalled
from bench.processes import NotStarted, Process, cores, free_port
from bench.ready_made import parts_of
from bench.recording import Page, Recording, record

_RECORDING = FOLDER / "recording.json"
_PARTS = FOLDER / "parts.json"


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """How much is measured. `seconds` are those of one sample; a sample has at least `queries` queries.

    Once the run has taken `most_seconds`, what is left is measured in one round each.
    """

    sizes: tuple[int, ...]
    clients: tuple[int, ...]
    rounds: int
    seconds: float
    warm_up_seconds: float
    queries: int
    most_seconds: float


FULL = Plan(
    sizes=(20, 100, 500),
    clients=(1, 16, 64),
    rounds=5,
    seconds=6.0,
    warm_up_seconds=3.0,
    queries=16,
    most_seconds=5400.0,
)
QUICK = Plan(
    sizes=(20, 100, 500),
    clients=(16,),
    rounds=3,
    seconds=1.5,
    warm_up_seconds=1.0,
    queries=8,
    most_seconds=170.0,
)
# As many clients as it takes to have compiled, and not so many that a slow contender takes a minute for it.
_CLIENTS_TO_WARM_UP = 4


class Measured(msgspec.Struct, frozen=True, kw_only=True):
    """All that a run found out. `absent` tells why a contender did not run, there or at all; `calls` are upstream
    calls a query, `values` the leaves of its answer, both by number of orders."""

    plan: Plan
    points: list[Point]
    absent: dict[str, str]
    calls: dict[str, dict[int, float]]
    values: dict[int, int]


class _Running(msgspec.Struct, kw_only=True):
    """A contender at work, and the right answers as it writes them, by number of orders."""

    name: str
    process: Process
    bodies: dict[int, list[bytes]]


def measure(plan: Plan) -> Measured:
    """Record, start everybody, check everybody, and measure turn by turn."""
    end = time.monotonic() + plan.most_seconds
    FOLDER.mkdir(parents=True, exist_ok=True)
    _say("recording the vendors' answers")
    recording = asyncio.run(record())
    recording.save(_RECORDING)
    _PARTS.write_bytes(msgspec.json.encode(parts_of(recording)))
    with ExitStack() as stack:
        stubs = dict(_stubs(recording, stack))
        absent: dict[str, str] = {}
        running = list(_contenders(recording, stubs, absent, stack))
        calls = {
            one.name: {size: asyncio.run(_calls(one, recording.pages[size], stubs)) for size in plan.sizes}
            for one in running
        }
        points = _points(plan, recording, running, absent, end=end)
    return Measured(
        plan=plan,
        points=points,
        absent=absent,
        calls=calls,
        values={size: sum(_values(page.orders) for page in recording.pages[size]) for size in plan.sizes},
    )


def _say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


def _stubs(recording: Recording, stack: ExitStack) -> Iterator[tuple[str, Process]]:
    for system in recording.exchanges:
        port = free_port()
        command = (sys.executable, "-m", "bench.stub", str(_RECORDING), system, str(port))
        log = FOLDER / f"stub-{system}.log"
        stub = Process(command, port=port, core=cores()[1], log=log, environment={}, folder=ROOT)
        stack.callback(stub.stop)
        stub.wait()
        yield system, stub


def _contenders(
    recording: Recording, stubs: dict[str, Process], absent: dict[str, str], stack: ExitStack
) -> Iterator[_Running]:
    addresses = {system: f"http://127.0.0.1:{stub.port}" for system, stub in stubs.items()}
    for contender in lineup():
        _say(f"starting {contender.title}")
        try:
            process = _start(contender, addresses, stack)
            bodies = {size: asyncio.run(checked(process.port, pages)) for size, pages in recording.pages.items()}
        except (NotInstalled, NotStarted, WrongAnswer, TimeoutError, OSError) as problem:
            absent[contender.name] = str(problem) or type(problem).__name__
            _say(f"  left out: {absent[contender.name]}")
        else:
            yield _Running(name=contender.name, process=process, bodies=bodies)


def _start(contender: Contender, addresses: dict[str, str], stack: ExitStack) -> Process:
    start = contender.prepared()
    told = Surroundings(port=free_port(), recording=_RECORDING, stubs=addresses)
    environment = {**start.environment, **told.variables(), "BENCH_PARTS": str(_PARTS)}
    process = Process(
        start.command,
        port=told.port,
        core=cores()[0],
        log=FOLDER / f"{contender.name}.log",
        environment=environment,
        folder=start.folder,
    )
    stack.callback(process.stop)
    process.wait()
    return process


async def _calls(one: _Running, pages: Sequence[Page], stubs: dict[str, Process]) -> float:
    """Upstream calls that one query makes, as the stubs count them."""
    before = [int(await get(stub.port, "/calls")) for stub in stubs.values()]
    await checked(one.process.port, pages)
    after = [int(await get(stub.port, "/calls")) for stub in stubs.values()]
    return float(sum(after) - sum(before))


def _points(
    plan: Plan, recording: Recording, running: list[_Running], absent: dict[str, str], *, end: float
) -> list[Point]:
    """Every contender in turn, round after round, at each size and number of clients."""
    found: list[Point] = []
    for size in plan.sizes:
        for clients in plan.clients:
            samples: dict[str, list[Sample]] = {one.name: [] for one in running}
            failed: set[str] = set()
            for turn in range(plan.rounds):
                if turn and time.monotonic() > end:
                    _say("no time for more rounds")
                    break
                _say(f"{size} orders, {clients} clients, round {turn + 1} of {plan.rounds}")
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
                        _say(f"  {one.name} is left out {reason}")
            found += [
                Point(contender=name, size=size, clients=clients, samples=made)
                for name, made in samples.items()
                if made and name not in failed
            ]
    return found


def _sample(plan: Plan, one: _Running, pages: Sequence[Page], *, size: int, clients: int, turn: int) -> Sample:
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
