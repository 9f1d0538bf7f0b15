"""schema print and diff, and a new connector that passes its own contract suite."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from orderweave.schema import print_sdl
from tests.unit.cli.conftest import Run

FILES = [
    "README.md",
    "pyproject.toml",
    "src/orderweave_acme/__init__.py",
    "src/orderweave_acme/client.py",
    "src/orderweave_acme/connector.py",
    "src/orderweave_acme/manifest.py",
    "src/orderweave_acme/mapping.py",
    "src/orderweave_acme/payloads.py",
    "src/orderweave_acme/simulator.py",
    "tests/test_acme_contract.py",
]


def test_print_is_the_committed_schema(run: Run) -> None:
    """schema print writes the schema and nothing else."""
    assert run("schema", "print") == (0, print_sdl(), "")


def test_diff_of_this_checkout(run: Run) -> None:
    """schema diff passes on this checkout, from its root or named as a folder."""
    assert run("schema", "diff", "--folder", str(Path(__file__).parents[3]))[0] == 0


def test_diff_of_another_folder(run: Run, tmp_path: Path) -> None:
    """A folder that is no checkout is told as such."""
    code, out, err = run("schema", "diff", "--folder", str(tmp_path))
    assert (code, out) == (2, "")
    assert err == f"{tmp_path}/schema.graphql cannot be read (No such file or directory)\n"


def test_a_new_connector_passes_its_own_contract_suite(run: Run, tmp_path: Path) -> None:
    """The folder that is made holds a connector's files, and its tests pass from anywhere, as the last line says."""
    code, out, err = run("connector", "new", "acme", "--folder", str(tmp_path))
    made = tmp_path / "acme"
    assert (code, err) == (0, "")
    assert sorted(str(path.relative_to(made)) for path in made.rglob("*") if path.is_file()) == FILES
    assert out.splitlines()[-2:] == [f"Install it with: uv pip install -e {made}", f"Test it with:    pytest {made}"]
    assert not [path for path in made.rglob("*") if path.is_file() and "{{" in path.read_text()]
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", str(made)],
        env={**os.environ, "PYTHONPATH": str(made / "src"), "PYTHONDONTWRITEBYTECODE": "1"},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert " passed" in ran.stdout
    assert "failed" not in ran.stdout


@pytest.mark.parametrize("name", ["Acme", "acme-2", "2acme", "", "../acme", "acme corp"])
def test_names_that_no_package_can_have(name: str, run: Run, tmp_path: Path) -> None:
    """A name that is no name of a package is refused, and nothing is written."""
    code, out, err = run("connector", "new", name, "--folder", str(tmp_path))
    assert (code, out) == (1, "")
    assert err == f"connector name {name!r}: use lower-case letters, digits and underscores, letter first\n"
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_there_is_left_alone(run: Run, tmp_path: Path) -> None:
    """An existing folder is not touched."""
    (tmp_path / "acme").mkdir()
    (tmp_path / "acme" / "mine.py").write_text("x = 1\n")
    code, out, err = run("connector", "new", "acme", "--folder", str(tmp_path))
    assert (code, out) == (1, "")
    assert err == f"{tmp_path}/acme exists already; choose another name or remove it\n"
    assert [path.name for path in (tmp_path / "acme").iterdir()] == ["mine.py"]
