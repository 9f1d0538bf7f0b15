"""Workers of a gateway that serve guests, and guests without number on plain connections."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import aiohttp

from bench.processes import free_port
from orderweave.demo import DemoBusiness

_UP_WITHIN = 60.0
KEY = "a-key-of-this-test-alone-0123456789"


class Doors:
    """`orderweave serve`, so many times over one business, each on a port of its own. `tracking` is the rest of that
    table; guests are believed to come through a proxy on loopback.
    """

    def __init__(self, business: DemoBusiness, folder: Path, count: int, tracking: str, *, redis: str | None) -> None:
        configuration = business.configuration()
        secrets = {
            f"{name}_{setting.name}".upper().replace("-", "_"): str(system.settings[setting.name])
            for name, system in configuration.systems.items()
            for setting in system.spec.manifest.settings
            if setting.secret
        }
        self._environment = {**os.environ, **secrets, "TRACKING_KEY": KEY}
        shared = f'[redis]\nurl = "{redis}"\n' if redis else ""
        guests = f'[tracking]\nkeys = [{{ env = "TRACKING_KEY" }}]\n{tracking}\n'
        self.ports = [free_port() for _ in range(count)]
        self._folder = folder
        for port in self.ports:
            server = f'[server]\nport = {port}\ntrusted_proxies = ["127.0.0.0/8"]\nmost_waiting = 1000\n'
            observing = "[observing]\nlog_requests = false\n"
            self._file(port).write_text(f"{server}{observing}{shared}{guests}{business.toml}")
        self._processes: list[subprocess.Popen[bytes]] = []

    def _file(self, port: int) -> Path:
        return self._folder / f"{port}.toml"

    def start(self) -> None:
        """Start all."""
        program = "import sys; from orderweave.cli import main; sys.exit(main())"
        for port in self.ports:
            command = [sys.executable, "-c", program, "serve", "--config", str(self._file(port))]
            with (self._folder / f"{port}.log").open("wb") as log:
                self._processes.append(subprocess.Popen(command, env=self._environment, stdout=log, stderr=log))

    async def ready(self) -> None:
        """Wait until each takes questions."""
        async with aiohttp.ClientSession() as session, asyncio.timeout(_UP_WITHIN):
            for port in self.ports:
                await _until_ready(session, f"http://127.0.0.1:{port}/health/ready")

    def stop(self) -> None:
        """End all."""
        for process in self._processes:
            process.kill()
            process.wait()

    def log(self) -> str:
        """What all of them have said."""
        return "".join((self._folder / f"{port}.log").read_text() for port in self.ports)


class Guest:
    """One connection to one worker, by which many may ask in turn."""

    def __init__(self, port: int) -> None:
        self._port = port

    async def connect(self) -> None:
        """Be there."""
        self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self._port)

    async def ask(self, query: str, variables: Mapping[str, Any], address: str = "192.0.2.1") -> dict[str, Any]:
        """The answer to one question that comes from this address."""
        body = json.dumps({"query": query, "variables": variables}).encode()
        head = (
            f"POST /graphql HTTP/1.1\r\nhost: gateway\r\ncontent-type: application/json\r\n"
            f"x-forwarded-for: {address}\r\ncontent-length: {len(body)}\r\n\r\n"
        )
        self._writer.write(head.encode() + body)
        answered = (await self._reader.readuntil(b"\r\n\r\n")).decode().lower()
        assert answered.startswith("http/1.1 200"), answered
        length = int(answered.partition("content-length: ")[2].partition("\r\n")[0])
        document: dict[str, Any] = json.loads(await self._reader.readexactly(length))
        return document

    def close(self) -> None:
        """Hang up."""
        self._writer.close()


async def _until_ready(session: aiohttp.ClientSession, url: str) -> None:
    while True:
        try:
            async with session.get(url) as response:
                if response.status == 200:
                    return
        except aiohttp.ClientConnectionError:
            pass
        await asyncio.sleep(0.05)
