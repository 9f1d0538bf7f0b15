"""Makes `.venv`: the locked packages, then the project and every connector under `connectors/`, editable.

Run by `make setup` with the machine's own Python and nothing but its standard library. When nothing that it
depends on has changed since the last time, it ends at once.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
STAMP = VENV / "set-up.stamp"
BIN = VENV / "bin"
REQUIREMENTS = ROOT / "requirements"
OLDEST_PYTHON = (3, 11)


class SetUpFailed(Exception):
    """The set-up cannot go on; the message says what to do about it."""


def main() -> int:
    """Set up if needed; the exit code is 1 when it failed."""
    try:
        _need_python()
        connectors = sorted(ROOT.glob("connectors/*/pyproject.toml"))
        state = _state(connectors)
        if STAMP.exists() and STAMP.read_text() == state and (BIN / "python").exists():
            return 0
        STAMP.unlink(missing_ok=True)
        _make_environment()
        _install([path.parent for path in connectors])
        _fetch_explorer()
        STAMP.write_text(state)
    except (SetUpFailed, subprocess.CalledProcessError) as problem:
        print(f"set-up failed: {problem}", file=sys.stderr)
        return 1
    print(f"set up in {VENV.name}: the project and its connectors ({len(connectors)})")
    return 0


def _need_python() -> None:
    if sys.version_info < OLDEST_PYTHON:
        have, need = (".".join(map(str, version)) for version in (sys.version_info[:3], OLDEST_PYTHON))
        raise SetUpFailed(
            f"Python {need} or newer is needed and {sys.executable} is {have}; try: make PYTHON=python3.12"
        )


def _state(connectors: list[Path]) -> str:
    """A digest over the names and contents of all that decides what is installed, and over where it stands."""
    digest = hashlib.sha256(str(VENV).encode())
    decisive = [
        Path(__file__),
        ROOT / "pyproject.toml",
        REQUIREMENTS / "uv.txt",
        REQUIREMENTS / "dev.txt",
        *ROOT.glob("src/orderweave/web/explorer/scripts.json"),
        *connectors,
    ]
    for path in decisive:
        digest.update(f"\n{path.relative_to(ROOT)}\n".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _make_environment() -> None:
    # A copied or moved environment keeps the old place in its scripts' first lines: make it anew.
    if (BIN / "python").exists() and not _at_home():
        shutil.rmtree(VENV)
    if not (BIN / "python").exists():
        try:
            _run(sys.executable, "-m", "venv", VENV)
        except subprocess.CalledProcessError as error:
            raise SetUpFailed("python3 -m venv did not work; on Debian: apt-get install python3-venv") from error
    _run(BIN / "python", "-m", "pip", "install", "--quiet", "--require-hashes", "-r", REQUIREMENTS / "uv.txt")


def _at_home() -> bool:
    """Whether the environment was made for the folder in which it stands."""
    command = (VENV / "pyvenv.cfg").read_text() if (VENV / "pyvenv.cfg").exists() else ""
    return str(VENV) in command


def _install(connectors: list[Path]) -> None:
    python = ("--quiet", "--python", BIN / "python")
    environment = _environment_of_uv()
    lock = REQUIREMENTS / "dev.txt"
    _run(BIN / "uv", "pip", "install", *python, "--require-hashes", "-r", lock, environment=environment)
    # The build tools are in the lock, so nothing is fetched to build with.
    editable = [part for folder in (ROOT, *connectors) for part in ("-e", folder)]
    _run(BIN / "uv", "pip", "install", *python, "--no-build-isolation", "--no-deps", *editable, environment=environment)
    try:
        _run(BIN / "uv", "pip", "check", *python, environment=environment)
    except subprocess.CalledProcessError as error:
        raise SetUpFailed("a dependency is not in requirements/dev.txt; run: make lock") from error


def _environment_of_uv() -> dict[str, str]:
    """Our environment, with pip's index and certificates where uv was told none: uv does not read pip's settings."""
    environment = dict(os.environ)
    listed = subprocess.run(
        [str(BIN / "python"), "-m", "pip", "config", "list"], capture_output=True, text=True, check=True
    ).stdout
    settings = dict(line.split("=", 1) for line in listed.splitlines() if "=" in line)
    for option, variable in (("index-url", "UV_DEFAULT_INDEX"), ("cert", "SSL_CERT_FILE")):
        for scope in ("global", "install", ":env:"):
            if f"{scope}.{option}" in settings and variable not in os.environ:
                environment[variable] = settings[f"{scope}.{option}"].strip("'\"")
    return environment


def _fetch_explorer() -> None:
    """The explorer's scripts; without them its page takes them from a CDN and says so, so this never fails."""
    subprocess.run([str(BIN / "python"), str(ROOT / "tools" / "fetch_explorer.py")], check=False)


def _run(*command: "str | Path", environment: "dict[str, str] | None" = None) -> None:
    subprocess.run([str(part) for part in command], check=True, env=environment)


if __name__ == "__main__":
    sys.exit(main())
