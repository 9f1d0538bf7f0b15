"""uvicorn's server with an orderly end and a configuration that may change: what a signal does to one process."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import socket
from collections.abc import Awaitable, Callable, Generator
from contextlib import contextmanager
from types import FrameType

import uvicorn

from orderweave.web.admission import Admission
from orderweave.web.connections import BoundedProtocol, Connections
from orderweave_sdk.clock import Clock

logger = logging.getLogger("orderweave.serving")

# A service manager signals all processes of a service and the supervisor passes it on: that is one signal, not two.
_ECHO_SECONDS = 1.0


class Server(uvicorn.Server):
    """Serves on sockets that are given to it.

    SIGTERM and SIGINT begin the drain: readiness says no, connections end with their next answer, and everything that
    comes is still answered; `drain` is told how long there is to end what does not end by itself. After
    `drain_seconds`, or at a second signal, nothing more is accepted, what is under way is finished, and `run` returns.
    SIGHUP calls `reload`, once at a time. Under a supervisor SIGINT is its matter: a terminal sends it to all.
    `lifeline` is the end of a pipe that closes when the supervisor is gone: then the drain begins as well.
    """

    server_state: Connections

    def __init__(
        self,
        config: uvicorn.Config,
        *,
        connections: Connections,
        admission: Admission,
        reload: Callable[[], Awaitable[object]],
        clock: Clock,
        drain_seconds: float,
        drain: Callable[[float], None],
        lifeline: int | None = None,
    ) -> None:
        super().__init__(config)
        self.server_state = connections
        self._admission = admission
        self._reload = reload
        self._clock = clock
        self._drain_seconds = drain_seconds
        self._drain = drain
        self._lifeline = lifeline
        self._told_at: float | None = None
        self._said = False
        self._reload_asked = False
        self._reloading: asyncio.Future[object] | None = None

    def stop(self) -> None:
        """Begin the drain; told once more, end it: not for an echo of the first time."""
        now = self._clock.monotonic()
        if self._told_at is None:
            self._told_at = now
            self._admission.draining = self.server_state.draining = True
        elif now - self._told_at >= _ECHO_SECONDS:
            self.should_exit = True

    def ask_reload(self) -> None:
        """Reload at the next tick, or once more after a reload that runs."""
        self._reload_asked = True

    async def on_tick(self, counter: int) -> bool:
        """Ten times a second: whether to end."""
        if self._reload_asked and (self._reloading is None or self._reloading.done()):
            self._reload_asked = False
            self._reloading = asyncio.ensure_future(self._reload())
        if self._told_at is not None:
            if not self._said:
                self._said = True
                self._drain(self._drain_seconds)
                logger.info("process %d drains for %g s and stops", os.getpid(), self._drain_seconds)
            if self._clock.monotonic() - self._told_at >= self._drain_seconds:
                self.should_exit = True
        return await super().on_tick(counter)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to accept."""
        await super().startup(sockets)
        if self._lifeline is not None:
            asyncio.get_running_loop().add_reader(self._lifeline, self._orphaned, self._lifeline)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Accept what has connected already, then nothing more; finish what is under way."""
        # asyncio closes the socket at once, and with it whoever is still in its queue; the copy keeps that open.
        copies = [each.dup() for each in sockets or ()]
        for server in self.servers:
            server.close()
        for copy in copies:
            await self._accept_queued(copy)
            copy.close()
        await super().shutdown(sockets)

    async def _accept_queued(self, listening: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        listening.setblocking(False)
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            connection.setblocking(False)
            await loop.connect_accepted_socket(self._protocol, connection)

    def _protocol(self) -> asyncio.Protocol:
        return BoundedProtocol(self.config, self.server_state, self.lifespan.state)

    def _orphaned(self, lifeline: int) -> None:
        asyncio.get_running_loop().remove_reader(lifeline)
        self.stop()

    @contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        """Our signals are ours while the server runs, and it ends with an exit code of its own."""

        def stop(sig: int, frame: FrameType | None) -> None:
            self.stop()

        def reload(sig: int, frame: FrameType | None) -> None:
            self.ask_reload()

        interrupt = stop if self._lifeline is None else signal.SIG_IGN
        handlers = {signal.SIGTERM: stop, signal.SIGINT: interrupt, signal.SIGHUP: reload}
        before = {sig: signal.signal(sig, handler) for sig, handler in handlers.items()}
        # A supervisor blocks them until here, so that none is lost on the way.
        signal.pthread_sigmask(signal.SIG_UNBLOCK, handlers)
        try:
            yield
        finally:
            for sig, handler in before.items():
                signal.signal(sig, handler)
