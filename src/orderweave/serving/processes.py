"""Worker processes as the operating system has them: forked, signaled, waited for."""

from __future__ import annotations

import logging
import os
import signal
import socket
import sys
from collections.abc import Callable

logger = logging.getLogger("orderweave.serving")

_FOR_WORKERS = frozenset({signal.SIGTERM, signal.SIGINT, signal.SIGHUP})
_FOR_US = frozenset({signal.SIGCHLD, signal.SIGALRM})


class ForkedProcesses:
    """Forks workers of this process, which must run no thread and no event loop, and may do nothing but wait for them.

    `work` runs in the worker and gives its exit code; it gets the worker's end of a pipe that closes when this
    process is gone. A fork, not a new start: a worker begins with the configuration that held last, whatever stands
    in the file by then, in milliseconds, and shares what was imported.
    """

    def __init__(self, work: Callable[[int], int], listening: socket.socket) -> None:
        self._work = work
        self._listening = listening
        self._lifeline, self._ours = os.pipe()
        # From here on signals wait until `wait` takes them, here, or until the server does, in a worker.
        signal.pthread_sigmask(signal.SIG_BLOCK, _FOR_WORKERS | _FOR_US)

    def start(self) -> int:
        """Start a worker; gives its process id."""
        sys.stdout.flush()
        sys.stderr.flush()
        process = os.fork()
        if process:
            return process
        code = 1
        try:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, _FOR_US)
            os.close(self._ours)
            code = self._work(self._lifeline)
        except BaseException as error:
            logger.error("a worker failed (%s)", type(error).__name__, exc_info=error)
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            # Not sys.exit: what stands above on the stack is the supervisor's.
            os._exit(code)

    def tell(self, process: int, sig: signal.Signals) -> None:
        """Send a signal to a worker, if it is still there."""
        try:
            os.kill(process, sig)
        except ProcessLookupError:
            return

    def ended(self) -> list[tuple[int, int]]:
        """The workers that have ended since the last look, with their exit codes, a negative one for a signal."""
        found: list[tuple[int, int]] = []
        while True:
            try:
                process, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return found
            if not process:
                return found
            found.append((process, os.waitstatus_to_exitcode(status)))

    def wait(self, seconds: float | None) -> signal.Signals:
        """The next signal to us; SIGALRM after so many seconds without another, SIGCHLD when a worker ended."""
        signal.setitimer(signal.ITIMER_REAL, 0.0 if seconds is None else max(seconds, 0.001))
        return signal.Signals(signal.sigwait(_FOR_WORKERS | _FOR_US))

    def stop_listening(self) -> None:
        """Leave the socket to the workers: once the last of them has closed it, nobody connects any more."""
        self._listening.close()
