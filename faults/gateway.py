"""A gateway as an operator starts it, asked over HTTP: each answer is timed, counted and searched for secrets."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import aiohttp
import msgspec

from bench.processes import Process, free_port
from faults.business import Setup

COMMAND = (str(Path(sys.executable).with_name("orderweave")), "serve")
# Longer than any deadline here: what does not answer by then never will.
_SECONDS_FOR_ONE = 60.0
_MOST_CLIENTS = 100
# A worker is up a moment after the first: looked for so often, so many seconds apart.
_MOST_TRIES = 100
_BETWEEN_TRIES = 0.1
# Less than the five seconds after which the server hangs up, so that no question meets a connection about to close.
_MOST_IDLE = 2.0


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """One answer: the HTTP status (0 where none came), the body and what it decodes to (None for no JSON).

    `seconds` are those until it was whole; `failure` is the class of the error that came in its place.
    """

    status: int
    failure: str = ""
    text: str
    document: Any
    seconds: float


class Gateway:
    """`orderweave serve` over a setup, in a process on one core. Use `async with`.

    `heed` is told every text that it answers, so that secrets in it are noticed. `server_errors` counts its 5xx.
    """

    def __init__(
        self,
        setup: Setup,
        *,
        folder: Path,
        name: str,
        core: int,
        deadline: int,
        heed: Callable[[str], None],
        workers: int = 1,
    ) -> None:
        self.port = free_port()
        self.deadline = deadline
        self.answers = 0
        self.server_errors = 0
        self.log = folder / f"{name}.log"
        self.file = folder / f"{name}.toml"
        self._metrics_ports = range(first := free_port(), first + workers)
        server = f"[server]\nport = {self.port}\ndeadline_seconds = {deadline}\ndrain_seconds = 0\n"
        self.file.write_text(f"{setup.toml}\n{server}\n[observing]\nmetrics_port = {first}\n")
        self._heed = heed
        command = [*COMMAND, "--config", str(self.file)]
        self.process = Process(
            [*command, "--workers", str(workers)] if workers > 1 else command,
            port=self.port,
            core=core,
            log=self.log,
            environment=setup.environment,
            folder=folder,
        )
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        try:
            self.process.wait()
        except BaseException:
            self.process.stop()
            raise
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=_MOST_CLIENTS, keepalive_timeout=_MOST_IDLE),
            timeout=aiohttp.ClientTimeout(total=_SECONDS_FOR_ONE),
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.hang_up()
        self.process.stop()

    async def ask(self, query: str, variables: Mapping[str, Any] | None = None) -> Asked:
        """The answer to one question; whatever happens is in it, nothing but cancellation is raised."""
        assert self._session is not None, "the gateway has not been started"
        started = time.perf_counter()
        try:
            async with self._session.post(
                f"http://127.0.0.1:{self.port}/graphql", json={"query": query, "variables": dict(variables or {})}
            ) as response:
                status, text, failure = response.status, await response.text(), ""
        except (aiohttp.ClientError, TimeoutError, UnicodeDecodeError) as error:
            status, text, failure = 0, "", type(error).__name__
        seconds = time.perf_counter() - started
        self.answers += 1
        self.server_errors += status >= 500
        self._heed(text)
        try:
            document = json.loads(text)
        except json.JSONDecodeError:
            document = None
        return Asked(status=status, text=text, failure=failure, document=document, seconds=seconds)

    async def metrics(self) -> str:
        """What all of its processes tell of themselves, one after the other."""
        assert self._session is not None, "the gateway has not been started"
        return "".join([await self._metrics_of(port) for port in self._metrics_ports])

    async def _metrics_of(self, port: int) -> str:
        """What one process tells; it may come up a moment after the first."""
        assert self._session is not None
        for _ in range(_MOST_TRIES):
            with contextlib.suppress(aiohttp.ClientConnectorError):
                async with self._session.get(f"http://127.0.0.1:{port}/metrics") as response:
                    return await response.text()
            await asyncio.sleep(_BETWEEN_TRIES)
        raise TimeoutError(f"no metrics came from port {port}")

    async def hang_up(self) -> None:
        """Close every connection to it."""
        if self._session is not None:
            await self._session.close()

    def log_text(self) -> str:
        """All that it has logged."""
        return self.log.read_text(errors="replace")


def cores() -> tuple[int, int]:
    """The core of gateways and the core of everything else; the same one where there is only one."""
    allowed = sorted(os.sched_getaffinity(0))
    return allowed[0], allowed[1 % len(allowed)]
