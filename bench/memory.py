"""What becomes of a gateway's memory: after many mixed queries, and after a flood of documents seen once each.

`python -m bench --memory` runs it, over stubs as the comparison does, and writes `var/bench/memory.json` and the page.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import msgspec

from bench.contenders.lineup import watched
from bench.contenders.surroundings import WHAT_IS_KEPT
from bench.load import Client, WrongAnswer, connected, difference, get, request_of
from bench.mixed import PAGES, document, mix, questions
from bench.packages import FOLDER
from bench.processes import Process
from bench.recording import Question, Recording, record
from bench.results import Machine, machine, today
from bench.starting import say, stage, started

MEMORY = FOLDER / "memory.json"
QUERIES, QUICK_QUERIES = 100_000, 10_000
_RECORDING = FOLDER / "memory-recording.json"
_CLIENTS = 8
_SAMPLES = 20
# One run ends after so long, however few queries it came to.
_MOST_SECONDS = 1_500.0

# A request, and what its answer has to hold.
Asking = Iterator[tuple[bytes, Any]]


class Resident(msgspec.Struct, frozen=True):
    """Memory of the gateway's process after so many queries."""

    queries: int
    mib: float


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """One run: memory as it went, and what the gateway says of itself: what it did, and what it keeps."""

    seconds: float
    samples: list[Resident]
    counts: dict[str, int]
    kept: dict[str, dict[str, int]]

    def growth_mib(self) -> float:
        """From the middle of the run, by when everything that is bounded is full, to its end."""
        return self.samples[-1].mib - self.samples[len(self.samples) // 2].mib


class Memory(msgspec.Struct, frozen=True, kw_only=True):
    """Both runs, each against a process of its own."""

    made_on: str
    machine: Machine
    mixed: Held
    flood: Held

    def last_line(self) -> str:
        """Queries, MiB before and after, growth over the second half, and what is kept, as one line of JSON."""
        line = {
            name: {
                "queries": held.samples[-1].queries,
                "mib_before": round(held.samples[0].mib, 1),
                "mib_after": round(held.samples[-1].mib, 1),
                "growth_mib": round(held.growth_mib(), 1),
                "kept": {store: found["things"] for store, found in held.kept.items()},
            }
            for name, held in (("mixed", self.mixed), ("flood", self.flood))
        }
        return msgspec.json.encode(line).decode()


def measure_memory(queries: int) -> Memory:
    """Record, and run both."""
    say("recording the vendors' answers")
    recording = asyncio.run(record(PAGES, questions))
    say(f"{queries:,} mixed queries")
    mixed = _run(recording, _mixed(recording), queries)
    say(f"{queries:,} documents")
    flood = _run(recording, _documents(recording.questions[-1]), queries)
    return Memory(made_on=today(), machine=machine(), mixed=mixed, flood=flood)


def save_memory(found: Memory, path: Path = MEMORY) -> None:
    """Write it to a file."""
    path.write_bytes(msgspec.json.format(msgspec.json.encode(found)))


def load_memory(path: Path = MEMORY) -> Memory | None:
    """What the file holds; None where it was not measured."""
    return msgspec.json.decode(path.read_bytes(), type=Memory) if path.exists() else None


def _mixed(recording: Recording) -> Asking:
    requests: dict[int, tuple[bytes, Any]] = {}
    for question in mix(recording.questions):
        if id(question) not in requests:
            requests[id(question)] = request_of(question.query, question.variables), question.data
        yield requests[id(question)]


def _documents(question: Question) -> Asking:
    (order,) = question.data.values()
    for turn in itertools.count():
        renamed = {f"n{turn}" if name == "n0" else name: value for name, value in order.items()}
        yield request_of(document(turn), question.variables), {"order": renamed}


def _run(recording: Recording, asking: Asking, queries: int) -> Held:
    with ExitStack() as stack:
        gateway = started(watched(), stage(recording, _RECORDING, stack), stack)
        begun = time.monotonic()
        samples = asyncio.run(_asked(gateway, asking, queries))
        told = json.loads(asyncio.run(get(gateway.port, WHAT_IS_KEPT)))
        return Held(seconds=time.monotonic() - begun, samples=samples, counts=told["counts"], kept=told["kept"])


async def _asked(gateway: Process, asking: Asking, queries: int) -> list[Resident]:
    """Memory before, after each part of the queries, and at their end."""
    end = time.monotonic() + _MOST_SECONDS
    samples = [_resident(gateway, 0)]
    clients = [await connected(gateway.port) for _ in range(_CLIENTS)]
    try:
        for part in range(1, _SAMPLES + 1):
            asked = samples[-1].queries
            several = itertools.islice(asking, queries * part // _SAMPLES - asked)
            async with asyncio.TaskGroup() as group:
                asks = [group.create_task(ask(client, several, end)) for client in clients]
            samples.append(_resident(gateway, asked + sum(task.result() for task in asks)))
            say(f"  {samples[-1].queries:,} queries: {samples[-1].mib:.1f} MiB")
            if time.monotonic() > end:
                break
    except ExceptionGroup as failed:
        raise WrongAnswer(str(failed.exceptions[0])) from None
    finally:
        for client in clients:
            client.close()
    return samples


def _resident(gateway: Process, queries: int) -> Resident:
    return Resident(queries, gateway.resident_bytes() / 1024**2)


async def ask(client: Client, several: Iterator[tuple[bytes, Any]], end: float) -> int:
    """Ask what is left of several until the time is up, and hold every answer against the right one; how many."""
    asked = 0
    for request, data in several:
        found = json.loads(await client.exchange(request))
        problem = difference({"data": data}, found, "answer")
        if problem is not None:
            raise WrongAnswer(problem)
        asked += 1
        if time.monotonic() > end:
            break
    return asked
