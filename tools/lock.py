"""Remakes the locks under `requirements/`: every version pinned, every file by its hash, no registry named.

`dev.txt` is what `make setup` installs: the project, its tools, every connector with all its extras, and what
builds them. `runtime.txt` is the part of it that a running gateway needs. `uv.txt` is the installer itself. Each
`.in` file lists the packages of a real server that `make systems` installs apart. Versions that stand are kept while
they fit; `--upgrade` takes the newest.
"""

import argparse
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
REQUIREMENTS = ROOT / "requirements"


def main() -> int:
    """Write the locks; the exit code is the resolver's."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--upgrade", action="store_true", help="take the newest versions that fit")
    upgrade = ["--upgrade"] if parser.parse_args().upgrade else []
    projects = {folder: _project(folder) for folder in (Path(), *_connectors())}
    # Given as folders, the local packages satisfy each other's dependencies; left out of the lock, they name no path.
    local = [part for project in projects.values() for part in ("--no-emit-package", project["name"])]
    everything = [_editable(folder, project.get("optional-dependencies", {})) for folder, project in projects.items()]
    running = [
        _editable(folder, [extra for extra in project.get("optional-dependencies", {}) if extra != "dev"])
        for folder, project in projects.items()
    ]
    try:
        _compile("dev.txt", everything, *local, *upgrade)
        _compile("runtime.txt", running, *local, "--constraints", REQUIREMENTS / "dev.txt", *upgrade)
        _compile("uv.txt", ["uv"], *upgrade)
        for wanted in sorted(REQUIREMENTS.glob("*.in")):
            _compile(f"{wanted.stem}.txt", wanted.read_text().splitlines(), *upgrade)
    except subprocess.CalledProcessError as error:
        return error.returncode
    return 0


def _connectors() -> list[Path]:
    return sorted(path.parent.relative_to(ROOT) for path in ROOT.glob("connectors/*/pyproject.toml"))


def _project(folder: Path) -> dict[str, Any]:
    project: dict[str, Any] = tomllib.loads((ROOT / folder / "pyproject.toml").read_text())["project"]
    return project


def _editable(folder: Path, extras: list[str] | dict[str, Any]) -> str:
    return f"-e ./{folder}" + (f"[{','.join(sorted(extras))}]" if extras else "")


def _compile(lock: str, wanted: list[str], *options: str | Path) -> None:
    command = [
        *("uv", "pip", "compile", "-", "--quiet", "--output-file", REQUIREMENTS / lock),
        *("--universal", "--python-version", "3.11", "--generate-hashes", "--no-emit-index-url"),
        *("--custom-compile-command", "make lock", *options),
    ]
    text = [str(part) for part in command]
    text[0] = str(Path(sys.executable).parent / "uv")
    subprocess.run(text, input="\n".join(wanted), text=True, check=True, cwd=ROOT, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    sys.exit(main())
