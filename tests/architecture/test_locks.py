"""The locks hold all that is installed, by hash, and name no registry."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import NamedTuple

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.architecture.sources import Repository

# Imports every module of the gateway as if nothing that only tests need were installed.
IMPORT_WITHOUT_TOOLS = """
import importlib, pkgutil, sys
sys.modules.update(dict.fromkeys(("pytest", "pytest_asyncio", "hypothesis", "packaging", "hatchling")))
import orderweave
for module in pkgutil.walk_packages(orderweave.__path__, "orderweave."):
    if not module.name.endswith("__main__"):
        importlib.import_module(module.name)
"""


class Pin(NamedTuple):
    """One locked version and how many files of it are allowed."""

    version: str
    hashes: int


def pins(path: Path) -> dict[str, Pin]:
    """The locked packages of a requirements file, by name."""
    found: dict[str, Pin] = {}
    for entry in re.split(r"\n(?=[A-Za-z])", re.sub(r"(?m)^ *#.*\n?", "", path.read_text())):
        match = re.match(r"([\w.-]+)==([^\s;]+)", entry)
        if match:
            found[canonicalize_name(match[1])] = Pin(match[2], entry.count("--hash=sha256:"))
    return found


def wanted(repository: Repository, *, tools: bool) -> list[tuple[str, Requirement]]:
    """What the project and every connector ask for, with all extras, by the file that asks."""
    found = []
    for path in [repository.root / "pyproject.toml", *sorted(repository.root.glob("connectors/*/pyproject.toml"))]:
        project = tomllib.loads(path.read_text())["project"]
        extras = project.get("optional-dependencies", {})
        texts = [
            *project.get("dependencies", []),
            *(text for extra in extras if tools or extra != "dev" for text in extras[extra]),
        ]
        found += [(path.relative_to(repository.root).as_posix(), Requirement(text)) for text in texts]
    return [(path, requirement) for path, requirement in found if requirement.name != "orderweave"]


@pytest.mark.parametrize(("lock", "tools"), [("dev.txt", True), ("runtime.txt", False)])
def test_locks_are_whole(lock: str, tools: bool, repository: Repository) -> None:
    """Whatever the project or a connector asks for is in the lock at a version that fits: else `make lock`."""
    locked = pins(repository.root / "requirements" / lock)
    problems = [
        f"{path} wants {requirement}; {lock} has {locked.get(canonicalize_name(requirement.name))}"
        for path, requirement in wanted(repository, tools=tools)
        if canonicalize_name(requirement.name) not in locked
        or not requirement.specifier.contains(locked[canonicalize_name(requirement.name)].version, prereleases=True)
    ]
    assert problems == []


def test_locks_are_by_hash_and_name_no_address(repository: Repository) -> None:
    """Every pin in every lock has hashes, and no lock holds an address of any kind."""
    for path in sorted((repository.root / "requirements").glob("*.txt")):
        assert [name for name, pin in pins(path).items() if not pin.hashes] == [], path.name
        assert "://" not in path.read_text(), path.name
        assert pins(path), path.name


def test_runtime_is_part_of_dev(repository: Repository) -> None:
    """A gateway runs with the very versions that the tests ran with."""
    runtime, dev = (pins(repository.root / "requirements" / name) for name in ("runtime.txt", "dev.txt"))
    assert {name: pin.version for name, pin in runtime.items()}.items() <= {
        n: p.version for n, p in dev.items()
    }.items()


def test_gateway_runs_without_the_tools() -> None:
    """Every module of the gateway imports where only runtime.txt is installed: no pytest, nothing else of the tests."""
    done = subprocess.run([sys.executable, "-c", IMPORT_WITHOUT_TOOLS], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
