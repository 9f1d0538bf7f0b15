"""Workers are kept running, told what they must know, and waited for, but not for ever."""

from __future__ import annotations

import signal
from collections.abc import Callable
from itertools import pairwise
from signal import Signals

from orderweave.serving.supervisor import Supervisor
from tests.unit.fake_clock import FakeClock

Event = Callable[["Scripted"], Signals]


class Scripted:
    """Processes that do what a script says, one event for each time that the supervisor waits."""

    def __init__(self, clock: FakeClock, *events: Event) -> None:
        self.clock = clock
        self._events = list(events)
        self._next = 100
        self._ended: list[tuple[int, int]] = []
        self.running: list[int] = []
        self.started: list[tuple[int, float]] = []
        self.told: list[tuple[int, Signals]] = []
        self.listening = True

    def start(self) -> int:
        """A new worker."""
        self._next += 1
        self.running.append(self._next)
        self.started.append((self._next, self.clock.monotonic()))
        return self._next

    def tell(self, process: int, sig: Signals) -> None:
        """Remember it."""
        self.told.append((process, sig))

    def ended(self) -> list[tuple[int, int]]:
        """Those that ended."""
        found, self._ended = self._ended, []
        return found

    def wait(self, seconds: float | None) -> Signals:
        """What happens next, or the time-out that was asked for."""
        if self._events:
            event = self._events.pop(0)
            if event is not until_due:
                return event(self)
        assert seconds is not None, "the supervisor would wait for ever"
        self.clock.advance(max(0.0, seconds))
        return signal.SIGALRM

    def stop_listening(self) -> None:
        """Remember it."""
        self.listening = False

    def end(self, process: int, code: int) -> None:
        """A worker ends."""
        self.running.remove(process)
        self._ended.append((process, code))


def sent(sig: Signals) -> Event:
    """A signal reaches the supervisor."""
    return lambda processes: sig


def died(code: int, *, after: float = 0.0, which: int = -1) -> Event:
    """A worker ends by itself after some time; the youngest unless told."""

    def event(processes: Scripted) -> Signals:
        processes.clock.advance(after)
        processes.end(processes.running[which], code)
        return signal.SIGCHLD

    return event


def all_end(processes: Scripted) -> Signals:
    """All workers end as they were told."""
    for process in list(processes.running):
        processes.end(process, 0)
    return signal.SIGCHLD


def until_due(processes: Scripted) -> Signals:
    """Nothing happens until the supervisor has something to do."""
    raise AssertionError("only its name is used")


def run(*events: Event, workers: int = 2, reloads: bool = True) -> tuple[int, Scripted]:
    """Run a script to its end; gives the exit code and what the processes saw."""
    clock = FakeClock()
    processes = Scripted(clock, *events)
    supervisor = Supervisor(processes, workers=workers, reload=lambda: reloads, clock=clock, stop_seconds=20.0)
    return supervisor.run(), processes


def test_so_many_workers_run_and_stop() -> None:
    """N workers start; SIGTERM is passed to each, nobody listens any more here, and the exit code is 0."""
    code, processes = run(sent(signal.SIGTERM), all_end, workers=3)
    assert code == 0
    assert processes.started == [(101, 0.0), (102, 0.0), (103, 0.0)]
    assert processes.told == [(process, signal.SIGTERM) for process in (101, 102, 103)]
    assert not processes.listening


def test_a_dead_worker_is_replaced_at_once() -> None:
    """A worker that ends by a signal or by itself is replaced without a pause, the others are left alone."""
    code, processes = run(died(-9, after=5.0, which=0), sent(signal.SIGINT), all_end)
    assert (code, processes.started) == (0, [(101, 0.0), (102, 0.0), (103, 5.0)])
    assert processes.told == [(102, signal.SIGTERM), (103, signal.SIGTERM)]


def test_workers_that_die_young_are_replaced_ever_later() -> None:
    """Each early death doubles the pause, up to 30 s; a worker that lived a minute is replaced at once again."""
    deaths = [died(1), *(event for _ in range(8) for event in (died(1), until_due))]
    code, processes = run(*deaths, died(1, after=60.0), sent(signal.SIGTERM), all_end, workers=1)
    starts = [at for _, at in processes.started]
    pauses = [later - earlier for earlier, later in pairwise(starts)]
    assert code == 0
    assert pauses == [0.0, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 30.0, 60.0]


def test_a_reload_is_passed_on_only_when_it_holds() -> None:
    """SIGHUP reaches the workers after the configuration was read here without a mistake, and not otherwise."""
    for reloads, told in ((True, [(101, signal.SIGHUP), (102, signal.SIGHUP)]), (False, [])):
        _, processes = run(sent(signal.SIGHUP), sent(signal.SIGTERM), all_end, reloads=reloads)
        assert [entry for entry in processes.told if entry[1] is signal.SIGHUP] == told


def test_a_second_signal_is_passed_on_too() -> None:
    """A second SIGTERM reaches the workers, and does not lengthen their time."""
    _, processes = run(sent(signal.SIGTERM), sent(signal.SIGTERM), all_end, workers=1)
    assert processes.told == [(101, signal.SIGTERM)] * 2


def test_who_does_not_stop_is_killed() -> None:
    """A worker that is still there after its time is killed, and the exit code says so."""

    def one_ends(processes: Scripted) -> Signals:
        processes.end(101, 0)
        return signal.SIGCHLD

    code, processes = run(sent(signal.SIGTERM), one_ends, until_due, all_end)
    assert code == 1
    assert processes.told[2:] == [(102, signal.SIGKILL)]
    assert processes.clock.monotonic() == 20.0


def test_nobody_is_replaced_during_the_stop() -> None:
    """A worker that dies while all stop stays dead, a replacement that was due is not started, no reload is begun."""
    code, processes = run(died(1), died(1), sent(signal.SIGTERM), sent(signal.SIGHUP), died(-9), all_end, workers=2)
    assert (code, len(processes.started)) == (0, 3)
    assert signal.SIGHUP not in {sig for _, sig in processes.told}
