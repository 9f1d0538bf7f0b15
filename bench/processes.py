"""Processes on a core of their own, and what they cost: processor time and memory, from /proc."""

from __future__ import annotations

import os
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")
_SECONDS_TO_START = 60.0
_SECONDS_TO_END = 5.0


class NotStarted(Exception):
    """A process that does not listen; the message holds the end of its log."""


def cores() -> tuple[int, int]:
    """The core of whoever is measured and the core of stubs and load; the same one where there is only one."""
    allowed = sorted(os.sched_getaffinity(0))
    return allowed[0], allowed[1 % len(allowed)]


@contextmanager
def on_core(core: int) -> Iterator[None]:
    """This process, and what it starts without a core of its own, runs on one core meanwhile."""
    mine = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, mine)


def free_port() -> int:
    """A port of loopback that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


class Process:
    """A program on one core that listens on a port of loopback. Its output goes to a log."""

    def __init__(
        self, command: Sequence[str], *, port: int, core: int, log: Path, environment: Mapping[str, str], folder: Path
    ) -> None:
        self.port = port
        self._log = log
        # Inherited by every thread of the process, from its first.
        with log.open("wb") as output, on_core(core):
            self._process = subprocess.Popen(
                list(command),
                cwd=folder,
                env={**os.environ, **environment},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    def wait(self) -> None:
        """Until it listens; raises NotStarted when it ended, or did not within a minute."""
        end = time.monotonic() + _SECONDS_TO_START
        while time.monotonic() < end and self._process.poll() is None:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.05)
        raise NotStarted(f"it did not start: {self.last_words()}")

    def last_words(self) -> str:
        """The end of its log, on one line."""
        lines = self._log.read_text(errors="replace").split()
        return " ".join(lines)[-300:]

    def processor_seconds(self) -> float:
        """User and system time of it and all below it, so far."""
        return sum(processor_seconds(pid) for pid in tree(self._process.pid))

    def resident_bytes(self) -> int:
        """Memory of it and all below it, now."""
        return sum(_resident(pid) for pid in tree(self._process.pid))

    @property
    def pid(self) -> int:
        """The process's number."""
        return self._process.pid

    def signal(self, number: int) -> None:
        """Send it a signal."""
        self._process.send_signal(number)

    def stop(self, seconds: float = _SECONDS_TO_END) -> bool:
        """End it; whether it ended by itself within so many seconds after it was asked to."""
        self._process.terminate()
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
            return False
        return True


def tree(pid: int) -> list[int]:
    """A process and all below it."""
    parents = {int(path.name): _field(path / "stat", 1) for path in Path("/proc").glob("[0-9]*")}
    return [pid, *_below(pid, parents)]


def _below(pid: int, parents: Mapping[int, int]) -> Iterator[int]:
    for child, parent in parents.items():
        if parent == pid:
            yield child
            yield from _below(child, parents)


def processor_seconds(pid: int) -> float:
    """User and system time of one process and of those of its children that ended."""
    stat = Path(f"/proc/{pid}/stat")
    return sum(_field(stat, place) for place in (11, 12, 13, 14)) / _TICKS


def _field(stat: Path, place: int) -> int:
    """A number of a process's stat, counted from its state; 0 for a process that is gone."""
    try:
        # The name, in brackets, may hold blanks and brackets itself.
        return int(stat.read_text().rpartition(")")[2].split()[place])
    except (FileNotFoundError, ProcessLookupError):
        return 0


def _resident(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * _PAGE
    except (FileNotFoundError, ProcessLookupError):
        return 0
