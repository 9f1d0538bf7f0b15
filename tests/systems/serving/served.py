"""`orderweave serve` as an operator starts it, over simulators, and clients on plain sockets that count."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from bench.processes import free_port
from orderweave.demo.business import DemoBusiness

COMMAND = Path(sys.executable).parent / "orderweave"
TITLES = "{ systems { title } }"
_SECONDS_TO_START = 30.0


class Served:
    """A gateway that runs, its file, and its log."""

    def __init__(self, business: DemoBusiness, folder: Path) -> None:
        self.business = business
        self.number = business.telling_number()
        self.path = folder / "orderweave.toml"
        self.port = free_port()
        self._log = folder / "log"
        self._process: subprocess.Popen[bytes] | None = None
        self._connections: set[Connection] = set()
        business.configuration()

    def write(self, *, more: str = "", **settings: Any) -> None:
        """Write the configuration file, with these keys of [server] and these tables beside it."""
        lines = [f"{key} = {value}" for key, value in {"port": self.port, **settings}.items()]
        self.path.write_text("[server]\n" + "\n".join(lines) + f"\n{more}\n" + self.business.toml)

    async def start(self, *, workers: int) -> None:
        """Start, and wait until it is ready."""
        secrets = {
            f"{system}_{name}".upper().replace("-", "_"): str(value)
            for system, simulator in self.business.simulators.items()
            for name, value in simulator.settings().items()
        }
        self._run([str(COMMAND), "serve", "--config", str(self.path), "--workers", str(workers)], secrets)
        await until(self.is_ready, seconds=_SECONDS_TO_START)

    def _run(self, command: list[str], environment: dict[str, str]) -> None:
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                command,
                env={**os.environ, **environment},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    async def is_ready(self) -> bool:
        """Whether it says so."""
        try:
            return (await self.ask_once("/health/ready"))[0] == 200
        except OSError:
            return False

    @property
    def process(self) -> int:
        """The first process's id."""
        assert self._process is not None
        return self._process.pid

    @property
    def log(self) -> str:
        """What it has said."""
        return self._log.read_text()

    def workers(self) -> list[int]:
        """The process ids of the workers."""
        children = Path(f"/proc/{self.process}/task/{self.process}/children")
        return [int(child) for child in children.read_text().split()]

    def tell(self, signal: int) -> None:
        """Send a signal to the first process."""
        os.kill(self.process, signal)

    async def ended(self, seconds: float = 20.0) -> int:
        """Wait for the end; gives the exit code."""
        assert self._process is not None
        process = self._process
        await until(lambda: process.poll() is not None, seconds=seconds)
        return process.returncode

    def end(self) -> None:
        """Make sure that nothing is left."""
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            self._process.terminate()
            try:
                self._process.wait(10)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()

    async def connect(self) -> Connection:
        """A connection; OSError when it is refused."""
        made = Connection(*await asyncio.open_connection("127.0.0.1", self.port))
        self._connections.add(made)
        return made

    async def hang_up(self) -> None:
        """Close every connection that was ever made."""
        for connection in self._connections:
            connection.writer.transport.abort()
        # Each ends at the loop's next turn.
        await asyncio.sleep(0)
        await asyncio.sleep(0)

    async def ask_once(self, path: str = "/graphql", query: str | None = None) -> tuple[int, Any]:
        """Status and document of one request on a connection of its own."""
        connection = await self.connect()
        try:
            return await connection.ask(path, query)
        finally:
            connection.close()


class Connection:
    """One connection of a client that reads exactly what it is sent."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer
        self.stays = True

    def send(self, path: str, query: str | None) -> None:
        """Send one request: a query, or a GET without one."""
        body = b"" if query is None else json.dumps({"query": query}).encode()
        method = "GET" if query is None else "POST"
        head = f"{method} {path} HTTP/1.1\r\nhost: gateway\r\ncontent-type: application/json\r\n"
        self.writer.write(f"{head}content-length: {len(body)}\r\n\r\n".encode() + body)

    async def read(self) -> tuple[int, Any]:
        """Status and document of the next answer; EOFError or OSError when it does not come whole."""
        head = (await self.reader.readuntil(b"\r\n\r\n")).decode().lower()
        headers = dict(line.split(": ", 1) for line in head.strip().split("\r\n")[1:])
        self.stays = headers.get("connection") != "close"
        body = await self.reader.readexactly(int(headers["content-length"]))
        return int(head.split()[1]), json.loads(body)

    async def ask(self, path: str = "/graphql", query: str | None = None) -> tuple[int, Any]:
        """Send one request and read its answer."""
        self.send(path, query)
        return await self.read()

    def close(self) -> None:
        """Hang up."""
        self.writer.close()


class Load:
    """Clients that ask one query after the other, on connections that they keep as long as the gateway lets them.

    `answers` counts statuses; a request that was sent and got no whole answer counts as "lost". A connection that
    is refused ends its client.
    """

    def __init__(self, served: Served, query: str, *, clients: int) -> None:
        self._served = served
        self._query = query
        self.answers: Counter[int | str] = Counter()
        self.errors: list[Any] = []
        self._stopped = False
        self._tasks = [asyncio.create_task(self._client()) for _ in range(clients)]

    async def reached(self, count: int) -> None:
        """Wait until so many more were answered."""
        wanted = self.answers.total() + count
        await until(lambda: self.answers.total() >= wanted, seconds=60.0)

    async def stop(self) -> None:
        """Let each client finish its request and end."""
        self._stopped = True
        await self.refused()

    async def refused(self) -> None:
        """Wait until every client has ended."""
        await asyncio.wait_for(asyncio.gather(*self._tasks), 60.0)

    async def _client(self) -> None:
        connection: Connection | None = None
        while not self._stopped:
            if connection is None:
                try:
                    connection = await self._served.connect()
                except ConnectionRefusedError:
                    return
            try:
                status, document = await connection.ask("/graphql", self._query)
                self.answers[status if "errors" not in document else "errors"] += 1
                self.errors += document.get("errors", [])
            except (EOFError, OSError) as error:
                self.answers["lost"] += 1
                self.errors.append(error)
                connection.stays = False
            if not connection.stays:
                connection.close()
                connection = None
        if connection is not None:
            connection.close()


@asynccontextmanager
async def served(folder: Path, *, workers: int, more: str = "", **settings: Any) -> AsyncIterator[Served]:
    """A running gateway over a small business, with more tables in its file where a test needs them."""
    async with DemoBusiness(seed=7, orders=20) as business:
        made = Served(business, folder)
        made.write(more=more, **settings)
        try:
            await made.start(workers=workers)
            yield made
        finally:
            await made.hang_up()
            made.end()


async def until(happened: Callable[[], Any], *, seconds: float = 10.0) -> None:
    """Wait until something has happened, looking every 10 ms."""
    end = time.monotonic() + seconds
    while True:
        found = happened()
        if await found if asyncio.iscoroutine(found) else found:
            return
        assert time.monotonic() < end, "it did not happen in time"
        await asyncio.sleep(0.01)
