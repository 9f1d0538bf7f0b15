"""The soak's own parts: what a process holds is counted, every rule can be broken, and signals are known beforehand."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import msgspec
import pytest

from bench.processes import Process, free_port
from faults.load import Load
from faults.resources import Growth, Held, held_by
from faults.soak import _UNDER_WAY, Outcome, _hears_hangups, last_line, table

_SERVER = """
import socket, sys
server = socket.create_server(("127.0.0.1", int(sys.argv[1])))
kept = []
while True:
    kept.append(server.accept()[0])
"""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Process]:
    """A process that takes connections and never closes one."""
    port = free_port()
    made = Process(
        (sys.executable, "-c", _SERVER, str(port)),
        port=port,
        core=min(os.sched_getaffinity(0)),
        log=tmp_path / "log",
        environment={},
        folder=tmp_path,
    )
    made.wait()
    yield made
    made.stop()


def test_a_kept_connection_is_counted(server: Process) -> None:
    """A connection that the process holds counts, also when the other end has left; its listening socket does not."""
    before = held_by(server)
    while before.connections == 0:  # it may not have taken yet the one by which its start was seen
        before = held_by(server)
    with socket.create_connection(("127.0.0.1", server.port)):
        pass
    after = held_by(server)
    while after.connections == before.connections:
        after = held_by(server)
    assert (before.connections, after.connections) == (1, 2)
    assert after.others == before.others
    assert after.resident_bytes > 1024 * 1024


@pytest.mark.parametrize(
    ("before", "hears"),
    [
        ("pass", False),
        ("signal.signal(signal.SIGHUP, lambda *_: None)", True),
        ("signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGHUP])", True),
    ],
)
def test_who_hears_hangups(before: str, hears: bool) -> None:
    """A process that neither handles SIGHUP nor waits for it is known, so that it is not ended by one."""
    program = f"import signal, sys\n{before}\nprint('ready', flush=True)\nsys.stdin.read()\n"
    with subprocess.Popen((sys.executable, "-c", program), stdin=subprocess.PIPE, stdout=subprocess.PIPE) as running:
        assert running.stdout is not None
        assert running.stdout.readline() == b"ready\n"
        assert _hears_hangups(running.pid) is hears
        running.communicate()


def callers(**more: Any) -> Load:
    """What callers have met with."""
    met: dict[str, Any] = {
        "asked": {"order": 3},
        "in_part": {"order": 1},
        "hung_up": 2,
        "unanswered": Counter(),
        "closed_meanwhile": 0,
        "refused": {},
        "seconds": [0.01, 0.02, 0.5],
    }
    return cast("Load", SimpleNamespace(**{**met, **more}))


WELL = Outcome(
    minutes=1.0,
    seed=1,
    workers=1,
    load=callers(),
    failures={"DOWN": 2},
    reloads=0,
    memory=Growth(second_mib=80.0, last_mib=81.0, flat=True),
    start=Held(resident_bytes=0, connections=4, others=7),
    end=Held(resident_bytes=0, connections=0, others=9),
    under_way=0,
    tasks=(9, 9),
    gateway_5xx=0,
    leaks=[],
    ended_by_itself=True,
)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"gateway_5xx": 1}, "1 answers were 5xx"),
        ({"load": callers(refused={400: 1})}, "questions were refused: {400: 1}"),
        ({"load": callers(unanswered=Counter(TimeoutError=2))}, "questions got no answer: {'TimeoutError': 2}"),
        ({"load": callers(closed_meanwhile=1)}, "1 questions met a connection that closed"),
        ({"memory": Growth(second_mib=80.0, last_mib=120.0, flat=False)}, "memory grew from 80 to 120 MiB"),
        ({"end": Held(resident_bytes=0, connections=3, others=7)}, "3 connections are left"),
        ({"end": Held(resident_bytes=0, connections=0, others=30)}, "7 descriptors are left"),
        ({"under_way": 4}, "4 requests and calls never ended"),
        ({"tasks": (9, 12)}, "3 asyncio tasks are left"),
        ({"leaks": ["the log holds a secret"]}, "the log holds a secret"),
        ({"ended_by_itself": False}, "it did not end when asked to and was killed"),
    ],
)
def test_every_rule_can_be_broken(change: dict[str, Any], told: str) -> None:
    """What holds has no problem; each thing that does not is told and is the one problem there is."""
    assert WELL.problems == []
    broken = msgspec.structs.replace(WELL, **change)
    assert broken.problems == [told]
    assert json.loads(last_line(broken))["failed"] == 1


def test_table_and_last_line() -> None:
    """The table and the line say the same."""
    assert "| answers: order | 3, 1 of them in part |" in table(WELL)
    assert "| under way at the end | 0 |" in table(WELL)
    assert "| asyncio tasks, start and end | 9 and 9 |" in table(WELL)
    assert json.loads(last_line(WELL)) == {
        "minutes": 1.0,
        "seed": 1,
        "workers": 1,
        "answers": 3,
        "gateway_5xx": 0,
        "unanswered": 0,
        "memory_mib": [80.0, 81.0],
        "flat": True,
        "leaked_connections": 0,
        "leaked_descriptors": 0,
        "under_way": 0,
        "leaked_tasks": 0,
        "failed": 0,
    }


def test_what_is_under_way_is_read() -> None:
    """Requests and calls in work or waiting are summed, and nothing else of the figures is."""
    told = (
        "# TYPE orderweave_requests_in_flight gauge\norderweave_x 7.0\norderweave_requests_in_flight 2.0\n"
        'orderweave_calls_in_flight{system="erp"} 3.0\norderweave_calls_waiting{system="wms"} 1.0\n'
        'orderweave_calls_total{system="erp"} 90.0\n'
    )
    assert _UNDER_WAY.findall(told) == ["2.0", "3.0", "1.0"]
