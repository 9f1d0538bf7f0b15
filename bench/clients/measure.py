"""Measures what a call through each HTTP library costs; see README.md beside this file.

Every measurement is a fresh process, and all contenders take their turn in each round, so that what else the machine
does falls on all of them alike. What is told is the median of the rounds.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib import metadata
from pathlib import Path

import msgspec

from bench.clients.contenders import CONTENDERS, DISTRIBUTIONS
from bench.clients.recording import record
from bench.clients.run import Measured, Task

ROOT = Path(__file__).resolve().parents[2]
RESULTS = Path(__file__).parent / "results.json"
AUTHORITY = ROOT / "tests/sdk/certificates/authority.pem"
CERTIFICATE = ROOT / "tests/sdk/certificates/server.pem"
COLUMNS = ("plain, 1", "plain, 16", "gzip, 1", "gzip, 16", "TLS, 1", "TLS, 16")
_CALLS = {1: 600, 16: 1600}

Ports = tuple[int, int]


def main() -> int:
    """Measure, print a table, and write the results."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--uvloop", action="store_true", help="on uvloop in place of asyncio's own loop")
    parser.add_argument("--only", action="append", help="a contender's name; may be given several times")
    asked = parser.parse_args()
    names = asked.only or list(CONTENDERS)
    with tempfile.TemporaryDirectory() as folder:
        recorded = Path(folder) / "recorded.msgpack"
        exchanges = asyncio.run(record())
        recorded.write_bytes(msgspec.msgpack.encode(exchanges))
        with _server(recorded) as ports:
            found = _measured(names, recorded, ports, rounds=asked.rounds, uvloop=asked.uvloop)
    for exchange in exchanges:
        print(f"{exchange.system}: {exchange.operation}, {len(exchange.sent)} bytes, {len(exchange.answered)} answered")
    _print(found)
    document = {
        "machine": {"python": platform.python_version(), "cores": os.cpu_count(), "loop": _loop(asked.uvloop)},
        "versions": {name: _version(name) for name in DISTRIBUTIONS},
        "exchanges": [
            {"system": each.system, "operation": each.operation, "sent": len(each.sent), "answered": len(each.answered)}
            for each in exchanges
        ],
        "rounds": asked.rounds,
        "medians": found,
    }
    path = RESULTS.with_stem("results-uvloop") if asked.uvloop else RESULTS
    path.write_text(json.dumps(document, indent=1) + "\n")
    return 0


def _loop(uvloop: bool) -> str:
    return "uvloop" if uvloop else "asyncio"


def _version(distribution: str) -> str | None:
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return None


@contextmanager
def _server(recorded: Path) -> Iterator[Ports]:
    command = [sys.executable, "-m", "bench.clients.server", str(recorded), str(CERTIFICATE)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        assert running.stdin is not None
        plain, secure = json.loads(running.stdout.readline())
        try:
            yield plain, secure
        finally:
            running.stdin.close()


def _measured(
    names: list[str], recorded: Path, ports: Ports, *, rounds: int, uvloop: bool
) -> Mapping[str, Mapping[str, Mapping[str, float]]]:
    """The medians by contender and column."""
    taken: dict[str, dict[str, list[Measured]]] = {name: {column: [] for column in COLUMNS} for name in names}
    for turn in range(rounds):
        # Forwards and backwards in turn, so that nobody always runs on a machine that has just been warmed up.
        for name in names if turn % 2 == 0 else list(reversed(names)):
            for column in COLUMNS:
                measured = _one(name, column, recorded, ports, uvloop=uvloop)
                if measured is None:
                    continue
                taken[name][column].append(measured)
    return {
        name: {
            column: {
                field: round(statistics.median(getattr(one, field) for one in values), 1)
                for field in Measured.__struct_fields__
            }
            for column, values in columns.items()
            if values
        }
        for name, columns in taken.items()
    }


def _one(name: str, column: str, recorded: Path, ports: Ports, *, uvloop: bool) -> Measured | None:
    """One measurement; None, with a word, where the contender cannot run here. A process may die after it has told."""
    way, _, in_flight = column.partition(", ")
    address = f"https://localhost:{ports[1]}" if way == "TLS" else f"http://127.0.0.1:{ports[0]}"
    task = Task(
        contender=name,
        base=address + ("/gzip" if way == "gzip" else ""),
        counting=f"{address}/connections",
        recorded=str(recorded),
        authority=str(AUTHORITY),
        in_flight=int(in_flight),
        calls=_CALLS[int(in_flight)],
        uvloop=uvloop,
    )
    done = subprocess.run(
        [sys.executable, "-m", "bench.clients.run"],
        cwd=ROOT,
        input=msgspec.json.encode(task).decode(),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        word = "its process died after it" if done.stdout else "left out"
        print(f"{name} ({column}), {word}: {done.stderr.strip().splitlines()[0]}", file=sys.stderr)
    return msgspec.json.decode(done.stdout, type=Measured) if done.stdout else None


def _print(found: Mapping[str, Mapping[str, Mapping[str, float]]]) -> None:
    print("processor µs a call (connections opened)")
    print("| client | " + " | ".join(COLUMNS) + " |")
    print("|---" * (len(COLUMNS) + 1) + "|")
    for name, columns in found.items():
        cells = [
            f"{columns[column]['processor']:.0f} ({columns[column]['connections']:.0f})" if column in columns else "-"
            for column in COLUMNS
        ]
        print(f"| {name} | " + " | ".join(cells) + " |")


if __name__ == "__main__":
    sys.exit(main())
