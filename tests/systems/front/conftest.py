"""Programs of Node's world: installed once, from locks, and run in folders of their own."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from bench import packages

ROOT = Path(__file__).resolve().parents[3]
INSTALLED = ROOT / "var" / "front"
_SECONDS = 240


def installed(source: Path) -> Path:
    """The folder in which the packages that a folder locks are installed, with its programs.

    Without Node, or a registry to have them from, the test is skipped with the reason; with CI=true it fails.
    """
    into = INSTALLED / source.name
    try:
        packages.install_python()
        packages.install_node(source, into)
    except packages.NotInstalled as error:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(f"not installed: {error}")
    return into


def run(command: list[str], folder: Path, *, given: str = "", variables: dict[str, str] | None = None) -> str:
    """What a command prints; one that does not end well fails the test. `node` and `npm` are the pinned ones."""
    node = packages.node()
    if command[0] in ("node", "npm"):
        command = [*([node] if command[0] == "node" else packages.npm(node)), *command[1:]]
    path = f"{Path(node).parent}:{os.environ['PATH']}"
    done = subprocess.run(
        command,
        cwd=folder,
        input=given,
        env={**os.environ, "PATH": path, "NO_COLOR": "1", **(variables or {})},
        capture_output=True,
        text=True,
        timeout=_SECONDS,
        check=False,
    )
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout}\n{done.stderr}"
    return done.stdout
