"""Exports as `orderweave serve` works on them: asked of one worker, seen and downloaded from any."""

from __future__ import annotations

import asyncio
import os
import subprocess
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.systems.serving.served import COMMAND, Served, served, until

pytestmark = pytest.mark.systems

TABLES = """
[index]
url = "sqlite:///index.db"

[exports]
folder = "exports"

[sync]
enabled = false
"""
LOOK = "query ($id: ID!) { export(id: $id) { state rows expectedRows manifestUrl files { url rows } } }"


async def asked(client: httpx.AsyncClient, query: str, **variables: Any) -> dict[str, Any]:
    """The data of an answer."""
    answer = await client.post("/graphql", json={"query": query, "variables": variables})
    data: dict[str, Any] = answer.json()["data"]
    return data


async def done(gateway: Served, name: str) -> dict[str, Any]:
    """The export, when it is done."""
    found: dict[str, Any] = {}

    async def looked() -> bool:
        async with client_of(gateway) as client:
            found.update((await asked(client, LOOK, id=name))["export"])
        return bool(found["state"] == "DONE")

    await until(looked, seconds=30.0)
    return found


def client_of(gateway: Served) -> httpx.AsyncClient:
    """A client with a connection of its own, so of any worker."""
    return httpx.AsyncClient(base_url=f"http://127.0.0.1:{gateway.port}", trust_env=False)


async def test_two_workers(tmp_path: Path) -> None:
    """Two workers share the work and the files: whichever is asked, it knows every export and gives every file."""
    async with served(tmp_path, workers=2, more=TABLES) as gateway:
        names = []
        for _ in range(4):
            async with client_of(gateway) as client:
                create = "mutation { exportCreate(input: {table: ORDERS, format: CSV}) { id } }"
                names.append((await asked(client, create))["exportCreate"]["id"])
        for name in names:
            found = await done(gateway, name)
            assert (found["rows"], found["expectedRows"], len(found["files"])) == (0, 0, 1)
            for url in (found["manifestUrl"], found["files"][0]["url"]):
                async with client_of(gateway) as client:
                    answer = await client.get(url)
                assert answer.status_code == 200
            assert answer.text.startswith("order_id,order_number,channel,placed_at,")
        assert sorted(path.name for path in (tmp_path / "exports").iterdir()) == sorted(names)
        assert "Traceback" not in gateway.log


async def test_command(tmp_path: Path) -> None:
    """The command over the same file, while the gateway serves: plain lines, files; a second run is refused."""
    async with served(tmp_path, workers=1, more=TABLES) as gateway:
        command = [str(COMMAND), "export", "--config", str(gateway.path), "--what", "lines", "--out"]
        ran = await run([*command, str(tmp_path / "out")], gateway)
        assert (ran.returncode, ran.stdout) == (0, f"0 rows in 1 file; see {tmp_path / 'out' / 'manifest.json'}\n")
        again = await run([*command, str(tmp_path / "out")], gateway)
        assert again.returncode == 1
        assert "it holds an export that is done; name another folder" in again.stderr


async def run(command: list[str], gateway: Served) -> subprocess.CompletedProcess[str]:
    """A command that has come to its end, with the secrets of the gateway's systems."""
    secrets = {
        f"{system}_{name}".upper().replace("-", "_"): str(value)
        for system, simulator in gateway.business.simulators.items()
        for name, value in simulator.settings().items()
    }
    return await asyncio.to_thread(
        subprocess.run, command, env={**os.environ, **secrets}, capture_output=True, text=True, check=False
    )
