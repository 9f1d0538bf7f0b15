"""`python -m faults.soak --minutes 30` keeps a gateway busy while its systems fail and return, and counts what is left.

Callers ask and some hang up, systems fail at random from a seed, the configuration is read again where the gateway
knows how. At the end everybody leaves, all systems are well, and the gateway must hold no more than at the start.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random

import msgspec

from bench.figures import percentile
from bench.processes import tree
from faults.business import Business
from faults.gateway import COMMAND, Gateway, cores
from faults.load import Load
from faults.resources import Growth, Held, growth, held_by
from faults.secrecy import Watch
from faults.weather import Weather

ORDERS = 300
DEADLINE = 5
WORKERS = 2
_BETWEEN_SAMPLES = 2.0
_BETWEEN_RELOADS = 20.0
# What was asked last ends by its deadline, and connections are closed by then: 15 s are enough.
_BETWEEN_LOOKS = 0.25
_MOST_LOOKS = 60
# A database's pool keeps a few files open once it was asked; anything that grows with time is soon far above.
_MOST_DESCRIPTORS_KEPT = 16
# Idle connections that close while a question comes are rare; one that closes in place of an answer would not be.
_MOST_CLOSED = 0.002
# A gateway may first finish what is under way, and let a balancer notice.
_MOST_SECONDS_TO_END = 30.0
# What is under way in the gateway by its own count: each of these has a task of its own.
_UNDER_WAY = re.compile(
    r"^\w*(?:requests_in_flight|requests_queued|calls_in_flight|calls_waiting)(?:\{[^}]*\})? ([0-9.e+]+)$", re.MULTILINE
)

_TASKS = re.compile(r"^orderweave_tasks ([0-9.e+]+)$", re.MULTILINE)


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What a soak came to. `under_way` is what the gateway says is not done at the end, `tasks` how many asyncio tasks
    its processes have together, before the first question and after the last.
    """

    minutes: float
    seed: int
    workers: int
    load: Load
    failures: dict[str, int]
    reloads: int
    memory: Growth
    start: Held
    end: Held
    under_way: int
    tasks: tuple[int, int]
    gateway_5xx: int
    leaks: list[str]
    ended_by_itself: bool

    @property
    def leaked_descriptors(self) -> int:
        """Descriptors but connections at the end, beyond those at the start and those that a pool may keep."""
        return max(0, self.end.others - self.start.others - _MOST_DESCRIPTORS_KEPT)

    @property
    def leaked_tasks(self) -> int:
        """Tasks at the end beyond those before the first question."""
        return max(0, self.tasks[1] - self.tasks[0])

    @property
    def problems(self) -> list[str]:
        """Everything that did not hold."""
        return [problem for holds, problem in self._rules() if not holds]

    def _rules(self) -> Iterator[tuple[bool, str]]:
        yield not self.gateway_5xx, f"{self.gateway_5xx} answers were 5xx"
        yield not self.load.refused, f"questions were refused: {dict(self.load.refused)}"
        yield not self.load.unanswered, f"questions got no answer: {dict(self.load.unanswered)}"
        closed = self.load.closed_meanwhile
        often = f"{closed} questions met a connection that closed"
        yield closed <= _MOST_CLOSED * sum(self.load.asked.values()), often
        grown = f"memory grew from {self.memory.second_mib:.0f} to {self.memory.last_mib:.0f} MiB"
        yield self.memory.flat, grown
        yield not self.end.connections, f"{self.end.connections} connections are left"
        yield not self.leaked_descriptors, f"{self.leaked_descriptors} descriptors are left"
        yield not self.under_way, f"{self.under_way} requests and calls never ended"
        yield self.leaked_tasks == 0, f"{self.leaked_tasks} asyncio tasks are left"
        yield not self.leaks, "; ".join(self.leaks)
        yield self.ended_by_itself, "it did not end when asked to and was killed"


async def soak(*, minutes: float, seed: int) -> Outcome:
    """Run it; progress is told on standard error."""
    watch = Watch()
    workers = WORKERS if _serves_with_workers() else 1
    with tempfile.TemporaryDirectory(prefix="orderweave-soak-") as folder:
        async with Business(seed=seed, orders=ORDERS) as business:
            watch.learn(business.secrets())
            gateway = Gateway(
                business.broken,
                folder=Path(folder),
                name="gateway",
                core=cores()[0],
                deadline=DEADLINE,
                heed=watch.heed,
                workers=workers,
            )
            async with gateway:
                tasks_before = _count(_TASKS, await gateway.metrics())
                load = Load(business, gateway, seed)
                await load.warm_up()
                start = held_by(gateway.process)
                weather = Weather(business, Random(seed))
                samples, reloads = await _time_passes(business, gateway, load, weather, watch, minutes=minutes)
                # What was asked last has ended by its deadline.
                await asyncio.sleep(DEADLINE + 1)
                told = await gateway.metrics()
                await gateway.hang_up()
                end = await _quiet(business, gateway)
                ended = gateway.process.stop(_MOST_SECONDS_TO_END)
            watch.look_through(gateway.log_text(), people=business.people(), where="the log")
    return Outcome(
        minutes=minutes,
        seed=seed,
        workers=workers,
        load=load,
        failures=dict(weather.failures.most_common()),
        reloads=reloads,
        memory=growth(samples),
        start=start,
        end=end,
        under_way=_count(_UNDER_WAY, told),
        tasks=(tasks_before, _count(_TASKS, told)),
        gateway_5xx=gateway.server_errors,
        leaks=watch.leaks,
        ended_by_itself=ended,
    )


async def _time_passes(
    business: Business, gateway: Gateway, load: Load, weather: Weather, watch: Watch, *, minutes: float
) -> tuple[list[int], int]:
    """Everything at once for so long; the memory samples, and how often the configuration was read again."""
    samples: list[int] = []
    reloads = 0
    end = time.monotonic() + 60 * minutes
    next_reload = time.monotonic() + _BETWEEN_RELOADS
    busy = [asyncio.create_task(load.run()), asyncio.create_task(weather.blow())]
    try:
        while time.monotonic() < end:
            done, _ = await asyncio.wait(busy, timeout=_BETWEEN_SAMPLES, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()  # neither ends by itself but by an error of its own
            samples.append(held_by(gateway.process).resident_bytes)
            watch.learn(business.secrets())
            business.forget_calls()
            if time.monotonic() >= next_reload and _hears_hangups(gateway.process.pid):
                gateway.process.signal(signal.SIGHUP)
                reloads += 1
                next_reload = time.monotonic() + _BETWEEN_RELOADS
            if len(samples) % 30 == 0:
                told = f"{(end - time.monotonic()) / 60:.1f} min left: {sum(load.asked.values())} answers"
                print(f"{told}, {samples[-1] / 1024**2:.0f} MiB", file=sys.stderr, flush=True)
    finally:
        for task in busy:
            task.cancel()
        await asyncio.gather(*busy, return_exceptions=True)
    return samples, reloads


async def _quiet(business: Business, gateway: Gateway) -> Held:
    """What the gateway holds once it holds no connection any more, or when it has had long enough.

    The systems hang up on those that it keeps to use again; one that it does not close then is a leak.
    """
    for _ in range(_MOST_LOOKS):
        await business.hang_up()
        if not held_by(gateway.process).connections:
            break
        await asyncio.sleep(_BETWEEN_LOOKS)
    return held_by(gateway.process)


def _count(metric: re.Pattern[str], told: str) -> int:
    """The sum of a gauge over all processes."""
    return int(sum(map(float, metric.findall(told))))


def _hears_hangups(pid: int) -> bool:
    """Whether a process or one below it handles SIGHUP or blocks it to wait for it; any other would end of it.

    One that waits for it at this moment does not show that it blocks it, but those that it started do.
    """
    statuses = [Path(f"/proc/{each}/status").read_text() for each in tree(pid)]
    masks = re.findall(r"^Sig(?:Cgt|Blk):\s*(\w+)", "\n".join(statuses), re.MULTILINE)
    return any(int(mask, 16) >> (signal.SIGHUP - 1) & 1 for mask in masks)


def _serves_with_workers() -> bool:
    """Whether the command knows of several processes."""
    said = subprocess.run([*COMMAND, "--help"], capture_output=True, text=True, check=True)
    return "--workers" in said.stdout


def table(outcome: Outcome) -> str:
    """What came of it, a row each."""
    load = outcome.load
    rows = [
        *((f"answers: {kind}", f"{count}, {load.in_part[kind]} of them in part") for kind, count in load.asked.items()),
        ("answers: p50, p99", " and ".join(f"{1000 * percentile(load.seconds, p):.0f} ms" for p in (50, 99))),
        ("callers who hung up", str(load.hung_up)),
        ("failures of systems", ", ".join(f"{name} {count}" for name, count in outcome.failures.items())),
        ("configuration read again", f"{outcome.reloads} times"),
        ("asked anew over another connection", str(load.closed_meanwhile)),
        ("5xx, unanswered", f"{outcome.gateway_5xx}, {load.unanswered.total()}"),
        ("memory, second and last third", f"{outcome.memory.second_mib:.1f} and {outcome.memory.last_mib:.1f} MiB"),
        ("connections at the end", str(outcome.end.connections)),
        ("other descriptors, start and end", f"{outcome.start.others} and {outcome.end.others}"),
        ("under way at the end", str(outcome.under_way)),
        ("asyncio tasks, start and end", f"{outcome.tasks[0]} and {outcome.tasks[1]}"),
    ]
    return "\n".join(["| what | figure |", "|---|---|", *(f"| {what} | {figure} |" for what, figure in rows)])


def last_line(outcome: Outcome) -> str:
    """The whole in one line of JSON."""
    return json.dumps(
        {
            "minutes": outcome.minutes,
            "seed": outcome.seed,
            "workers": outcome.workers,
            "answers": sum(outcome.load.asked.values()),
            "gateway_5xx": outcome.gateway_5xx,
            "unanswered": outcome.load.unanswered.total(),
            "memory_mib": [round(outcome.memory.second_mib, 1), round(outcome.memory.last_mib, 1)],
            "flat": outcome.memory.flat,
            "leaked_connections": outcome.end.connections,
            "leaked_descriptors": outcome.leaked_descriptors,
            "under_way": outcome.under_way,
            "leaked_tasks": outcome.leaked_tasks,
            "failed": len(outcome.problems),
        }
    )


def main() -> int:
    """Soak; the last line printed is JSON. 1 when anything did not hold."""
    parser = argparse.ArgumentParser(prog="faults.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=30.0)
    parser.add_argument("--seed", type=int, default=1, help="the same seed gives the same failures")
    given = parser.parse_args()
    outcome = asyncio.run(soak(minutes=given.minutes, seed=given.seed))
    print(table(outcome))
    for problem in outcome.problems:
        print(f"FAILED {problem}")
    print(last_line(outcome))
    return 1 if outcome.problems else 0


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        sys.exit(main())
