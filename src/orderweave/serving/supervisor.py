"""Watching over workers: one that died is replaced, signals are passed on, and the end is waited for, not for ever."""

from __future__ import annotations

import logging
import signal
from collections.abc import Callable
from typing import Protocol

from orderweave_sdk.clock import Clock

logger = logging.getLogger("orderweave.serving")

# A worker that lived so long did not die of its start.
_STEADY_SECONDS = 60.0
# Workers that die young are replaced later each time.
_FIRST_PAUSE = 0.5
_LONGEST_PAUSE = 30.0


class Processes(Protocol):
    """What `ForkedProcesses` does, for tests to stand in for."""

    def start(self) -> int:
        """Start a worker; gives its process id."""
        ...

    def tell(self, process: int, sig: signal.Signals) -> None:
        """Send a signal to a worker, if it is still there."""
        ...

    def ended(self) -> list[tuple[int, int]]:
        """The workers that have ended since the last look, with their exit codes, a negative one for a signal."""
        ...

    def wait(self, seconds: float | None) -> signal.Signals:
        """The next signal to us; SIGALRM after so many seconds without another, SIGCHLD when a worker ended."""
        ...

    def stop_listening(self) -> None:
        """Leave the socket to the workers."""
        ...


class Supervisor:
    """Keeps so many workers running until it is told to stop.

    `reload` reads the configuration again and says whether it holds; only then are the workers told. `stop_seconds`
    is how long they may take to stop.
    """

    def __init__(
        self, processes: Processes, *, workers: int, reload: Callable[[], bool], clock: Clock, stop_seconds: float
    ) -> None:
        self._processes = processes
        self._workers = workers
        self._reload = reload
        self._clock = clock
        self._stop_seconds = stop_seconds
        self._started: dict[int, float] = {}
        self._due: list[float] = []
        self._young_deaths = 0
        self._kill_at: float | None = None
        self._killed = False

    def run(self) -> int:
        """Watch until all workers have ended after a SIGTERM or SIGINT; 1 when one had to be killed for it."""
        self._due = [self._clock.monotonic()] * self._workers
        while True:
            self._start_due()
            sig = self._processes.wait(self._pause())
            for process, code in self._processes.ended():
                self._bury(process, code)
            if sig in (signal.SIGTERM, signal.SIGINT):
                self._stop()
            elif sig is signal.SIGHUP and self._kill_at is None and self._reload():
                self._tell_all(signal.SIGHUP)
            if self._kill_at is not None:
                if not self._started:
                    return int(self._killed)
                self._kill_late()

    def _start_due(self) -> None:
        now = self._clock.monotonic()
        for _ in [due for due in self._due if due <= now]:
            self._started[self._processes.start()] = now
        self._due = [due for due in self._due if due > now]

    def _pause(self) -> float | None:
        """Seconds until something is to be done unasked; None when nothing is."""
        moments = [*self._due, *([] if self._kill_at is None or self._killed else [self._kill_at])]
        return min(moments) - self._clock.monotonic() if moments else None

    def _bury(self, process: int, code: int) -> None:
        started = self._started.pop(process, None)
        if started is None or self._kill_at is not None:
            return
        now = self._clock.monotonic()
        self._young_deaths = 0 if now - started >= _STEADY_SECONDS else self._young_deaths + 1
        doublings = self._young_deaths - 2
        pause = 0.0 if doublings < 0 else min(_LONGEST_PAUSE, _FIRST_PAUSE * 2.0 ** min(doublings, 10))
        self._due.append(now + pause)
        how = f"signal {-code}" if code < 0 else f"exit code {code}"
        logger.error("worker %d ended with %s; another starts in %g s", process, how, pause)

    def _stop(self) -> None:
        """Once and the workers drain, twice and they end that."""
        if self._kill_at is None:
            self._kill_at = self._clock.monotonic() + self._stop_seconds
            self._due = []
            self._processes.stop_listening()
        self._tell_all(signal.SIGTERM)

    def _kill_late(self) -> None:
        assert self._kill_at is not None
        if self._clock.monotonic() >= self._kill_at and not self._killed:
            self._killed = True
            logger.error("%d workers did not stop in time and are killed", len(self._started))
            self._tell_all(signal.SIGKILL)

    def _tell_all(self, sig: signal.Signals) -> None:
        for process in self._started:
            self._processes.tell(process, sig)
