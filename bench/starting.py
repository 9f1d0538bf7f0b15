"""Starting stubs and contenders, each on its core, and the check that a contender answers right."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path

import msgspec

from bench.contenders.lineup import Contender
from bench.contenders.surroundings import Surroundings
from bench.load import WrongAnswer, checked
from bench.packages import FOLDER, ROOT, NotInstalled
from bench.processes import NotStarted, Process, cores, free_port, on_core
from bench.ready_made import parts_of
from bench.recording import Recording

_PARTS = FOLDER / "parts.json"

Stubs = dict[str, Process]


class Stage(msgspec.Struct, frozen=True, kw_only=True):
    """What contenders are started upon: the recording, the file that holds it, its stubs, and the contenders' core."""

    recording: Recording
    written: Path
    stubs: Stubs
    core: int


class Running(msgspec.Struct, kw_only=True):
    """A contender at work, and the right answers as it writes them, by number of orders."""

    name: str
    process: Process
    bodies: dict[int, list[bytes]]


def stage(recording: Recording, written: Path, stack: ExitStack) -> Stage:
    """Write the recording, and start a stub for each of its systems. This process runs on the stubs' core from here."""
    core, others = cores()
    stack.enter_context(on_core(others))
    written.parent.mkdir(parents=True, exist_ok=True)
    recording.save(written)
    _PARTS.write_bytes(msgspec.json.encode(parts_of(recording)))
    stubs: Stubs = {}
    for system in recording.exchanges:
        port = free_port()
        command = (sys.executable, "-m", "bench.stub", str(written), system, str(port))
        log = FOLDER / f"stub-{system}.log"
        stub = Process(command, port=port, core=others, log=log, environment={}, folder=ROOT)
        stack.callback(stub.stop)
        stub.wait()
        stubs[system] = stub
    return Stage(recording=recording, written=written, stubs=stubs, core=core)


def started(contender: Contender, upon: Stage, stack: ExitStack) -> Process:
    """A contender that listens. Raises NotInstalled, NotStarted."""
    start = contender.prepared()
    addresses = {system: f"http://127.0.0.1:{stub.port}" for system, stub in upon.stubs.items()}
    told = Surroundings(port=free_port(), recording=upon.written, stubs=addresses)
    process = Process(
        start.command,
        port=told.port,
        core=upon.core,
        log=FOLDER / f"{contender.name}.log",
        environment={**start.environment, **told.variables(), "BENCH_PARTS": str(_PARTS)},
        folder=start.folder,
    )
    stack.callback(process.stop)
    process.wait()
    return process


def all_started(
    contenders: Iterable[Contender], upon: Stage, stack: ExitStack, absent: dict[str, str]
) -> Iterator[Running]:
    """Every contender that runs and answers every page right; the others are `absent`, with the reason."""
    pages = upon.recording.pages
    for contender in contenders:
        say(f"starting {contender.title}")
        try:
            process = started(contender, upon, stack)
            bodies = {size: asyncio.run(checked(process.port, asked)) for size, asked in pages.items()}
        except (NotInstalled, NotStarted, WrongAnswer, TimeoutError, OSError) as problem:
            absent[contender.name] = str(problem) or type(problem).__name__
            say(f"  left out: {absent[contender.name]}")
        else:
            yield Running(name=contender.name, process=process, bodies=bodies)


def say(words: str) -> None:
    """Tell whoever waits for the run what it is at."""
    print(words, file=sys.stderr, flush=True)
