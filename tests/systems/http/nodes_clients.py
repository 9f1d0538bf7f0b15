"""Programs of Node's world that speak to a gateway: the public audit, and a client as front ends use it."""

from __future__ import annotations

import asyncio
import json
import os
from pathlib import Path
from typing import Any

import pytest

from bench import packages

_SOURCE = Path(__file__).parent / "clients"
_INSTALLED = packages.ROOT / "var" / "http-clients"
_SECONDS = 60


def install() -> None:
    """Put Node and the packages under var/; skips the test where they cannot be had, and fails it with CI=true."""
    try:
        packages.install_python()
        packages.install_node(_SOURCE, _INSTALLED)
    except packages.NotInstalled as error:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(f"Node's packages cannot be had: {error}")


async def run(program: str, *words: str) -> Any:
    """What a program of the folder says, read as JSON."""
    process = await asyncio.create_subprocess_exec(
        packages.node(),
        program,
        *words,
        cwd=_INSTALLED,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    said, complaints = await asyncio.wait_for(process.communicate(), _SECONDS)
    assert process.returncode == 0, complaints.decode()
    return json.loads(said)
