"""Gateway processes over one generated business, as `orderweave serve` runs them, and clients that all ask at once."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import aiohttp

from bench.processes import free_port
from orderweave.demo import DemoBusiness
from orderweave_sdk.testing.simulator import SimulatedAnswer, SimulatedRequest, Simulator

_UP_WITHIN = 60.0


class Gate:
    """Stands before a simulator: counts what arrives, and holds it back while it is closed."""

    def __init__(self, simulator: Simulator) -> None:
        self._answer = simulator.answer
        self._sign_in_paths = simulator.sign_in_paths
        self.arrived = 0
        self.open = asyncio.Event()
        self.open.set()
        self.first = asyncio.Event()

    async def answer(self, request: SimulatedRequest) -> SimulatedAnswer:
        """The simulator's answer, when the gate is open; what only signs in neither counts nor waits."""
        if request.path not in self._sign_in_paths and not _signs_in(request):
            self.arrived += 1
            self.first.set()
            await self.open.wait()
        return await self._answer(request)


def _signs_in(request: SimulatedRequest) -> bool:
    """Tryton signs in by a method, on the path of all others."""
    return b"common.db.login" in request.body


class Workers:
    """Some gateway processes on ports of their own."""

    def __init__(self, business: DemoBusiness, redis: str, folder: Path, count: int) -> None:
        configuration = business.configuration()
        self._environment = {
            **os.environ,
            **{
                f"{name}_{setting.name}".upper().replace("-", "_"): str(system.settings[setting.name])
                for name, system in configuration.systems.items()
                for setting in system.spec.manifest.settings
                if setting.secret
            },
        }
        text = business.toml.replace("[cache]\nenabled = false", f'[redis]\nurl = "{redis}"')
        assert redis in text
        self._files = []
        self.ports = [free_port() for _ in range(count)]
        for port in self.ports:
            path = folder / f"{port}.toml"
            path.write_text(f"[server]\nport = {port}\ndeadline_seconds = 60\n\n{text}")
            self._files.append(path)
        self.processes: list[subprocess.Popen[bytes]] = []

    def start(self) -> None:
        """Start all."""
        for path in self._files:
            program = "import sys; from orderweave.cli import main; sys.exit(main())"
            command = [sys.executable, "-c", program, "serve", "--config", str(path)]
            self.processes.append(subprocess.Popen(command, env=self._environment))

    async def ready(self) -> None:
        """Wait until each takes questions."""
        async with aiohttp.ClientSession() as session, asyncio.timeout(_UP_WITHIN):
            for port in self.ports:
                await _until_ready(session, f"http://127.0.0.1:{port}/health/ready")

    def stop(self) -> None:
        """End all."""
        for process in self.processes:
            process.kill()
            process.wait()


class Clients:
    """Clients without number, each asking one worker."""

    def __init__(self, session: aiohttp.ClientSession, workers: Workers) -> None:
        self._session = session
        self._workers = workers

    async def ask(self, worker: int, query: str, variables: Mapping[str, Any]) -> dict[str, Any]:
        """The answer of one worker."""
        url = f"http://127.0.0.1:{self._workers.ports[worker]}/graphql"
        async with self._session.post(url, json={"query": query, "variables": dict(variables)}) as response:
            assert response.status == 200
            document: dict[str, Any] = await response.json()
            return document


async def _until_ready(session: aiohttp.ClientSession, url: str) -> None:
    while True:
        try:
            async with session.get(url) as response:
                if response.status == 200:
                    return
        except aiohttp.ClientConnectionError:
            pass
        await asyncio.sleep(0.05)
