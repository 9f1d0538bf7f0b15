"""The processes that serve: one that listens, workers on its socket, signals, and the configuration while they run."""

from __future__ import annotations

import logging
import os
import resource
import socket

from orderweave.config import Configuration
from orderweave.serving.processes import ForkedProcesses
from orderweave.serving.reloading import Load, Reread
from orderweave.serving.supervisor import Supervisor
from orderweave.serving.worker import run_worker
from orderweave_sdk.clock import SystemClock

__all__ = ["CannotListen", "serve"]

logger = logging.getLogger("orderweave.serving")

# Connections that the system keeps for us between their arrival and our taking them.
_MOST_QUEUED = 2048
# Sockets and files of one process: its connections, its calls to systems, and room. Many machines allow 1024 unasked.
_MOST_FILES = 4096
# What a worker may take beyond its drain and the deadline of its last request before it is killed.
_GRACE = 10.0


class CannotListen(Exception):
    """The address is taken, not ours, or not to be listened on; the message says which and why."""


def serve(configuration: Configuration, load: Load, *, workers: int = 1) -> int:
    """Serve until stopped by a signal; gives the exit code. `load` reads the configuration anew, for SIGHUP.

    Raises CannotListen before anything is started. With more than one worker this process only watches over them:
    they are forked from it and share its listening socket.
    """
    server = configuration.server
    _allow_files()
    listening = _listen(server.host, server.port)
    host = f"[{server.host}]" if ":" in server.host else server.host
    count = f", {workers} workers" if workers > 1 else ""
    logger.info("listening on http://%s:%d%s", host, server.port, count)
    reread = Reread(configuration, load)
    if workers == 1:
        return run_worker(reread, listening)
    processes = ForkedProcesses(lambda lifeline: run_worker(reread, listening, lifeline=lifeline), listening)
    stop_seconds = server.drain_seconds + server.deadline_seconds + _GRACE
    supervisor = Supervisor(
        processes, workers=workers, reload=reread.loud, clock=SystemClock(), stop_seconds=stop_seconds
    )
    return supervisor.run()


def _allow_files() -> None:
    """Let this process have as many sockets open as its connections and calls may be, where it may say so itself."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _MOST_FILES if hard == resource.RLIM_INFINITY else min(_MOST_FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=_MOST_QUEUED)
    except OSError as error:
        # Python puts the address into the message once more, unless the name was not found.
        reason = error.strerror if isinstance(error, socket.gaierror) else os.strerror(error.errno or 0)
        raise CannotListen(f"cannot listen on {host}, port {port} ({reason})") from None
