"""The repository under test, and a way to plant breaches in another."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from tests.architecture.sources import Finding, Repository

Plant = Callable[[dict[str, str]], Repository]


@pytest.fixture(scope="session")
def repository() -> Repository:
    """This checkout."""
    return Repository(Path(__file__).resolve().parents[2])


@pytest.fixture
def plant(tmp_path: Path) -> Plant:
    """Writes files, by relative path, into a folder laid out as a repository."""

    def write(files: dict[str, str]) -> Repository:
        for name, text in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return Repository(tmp_path)

    return write


def fail_with(findings: Iterable[Finding]) -> None:
    """Fail the test with one line for each finding, whole; pass if there is none."""
    lines = [str(finding) for finding in findings]
    if lines:
        pytest.fail("\n".join(lines), pytrace=False)
