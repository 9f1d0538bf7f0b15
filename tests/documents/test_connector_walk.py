"""The walk of docs/connectors/write-your-own.md, typed as it stands: an API that nobody has, up to a passing suite."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import msgspec
import pytest

from orderweave.scaffold import new_connector
from tests.documents.pages import chapter, read_page

PAGE = read_page("docs/connectors/write-your-own.md")
WALK = chapter(PAGE, "From nothing to a passing suite") + chapter(PAGE, "Lagoon, from its documentation to the suite")
MOST_LINES = 150
# A heading such as "In `src/x.py`:", with the blocks that follow it, or a block of commands that follows nothing.
BLOCK = re.compile(r"(?:^(In|The whole of|A file) `([^`]+)`:\n)?^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


class Step(msgspec.Struct, frozen=True):
    """What the page tells to do: type commands (`sh`), write a file (`python`, `toml`), change one (`diff`)."""

    kind: str
    file: str
    text: str


def steps() -> list[Step]:
    """Every step of the walk, in order; a block without a heading changes the file of the block before it."""
    found: list[Step] = []
    for _, file, kind, text in BLOCK.findall(WALK):
        found.append(Step(kind, file or (found[-1].file if kind == "diff" else ""), text))
    return found


def changed(text: str, diff: str) -> str:
    """The text with the one place that a diff means as the diff wants it."""
    lines = [(line[:1], line[1:]) for line in diff.splitlines(keepends=True)]
    old = "".join(line for sign, line in lines if sign in "- ")
    new = "".join(line for sign, line in lines if sign in "+ ")
    assert text.count(old) == 1, f"not there once:\n{old}"
    return text.replace(old, new)


def environment_in(folder: Path) -> None:
    """A `.venv` as the page wants it: what is installed here is there too, and what is installed there is not here."""
    venv.create(folder / ".venv", symlinks=True)
    made = folder / ".venv" / "lib" / f"python{sys.version_info.major}.{sys.version_info.minor}" / "site-packages"
    # As a .pth file, so that packages which are installed editable are found as well.
    (made / "outer.pth").write_text(f"import site; site.addsitedir({sysconfig.get_path('purelib')!r})\n")
    script = folder / ".venv" / "bin" / "orderweave"
    script.write_text(f"#!{folder}/.venv/bin/python\nimport sys\nfrom orderweave.cli import main\nsys.exit(main())\n")
    script.chmod(0o755)


def type_in(folder: Path, *command: str, **environment: str) -> str:
    """Run a command in a folder, which must end well; what it printed."""
    ran = subprocess.run(
        command,
        cwd=folder,
        env={
            **os.environ,
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTEST_ADDOPTS": "-p no:cacheprovider",
            **environment,
        },
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout


def write(step: Step, folder: Path) -> None:
    """Write or change the file that a step is about; the configuration lies beside the connectors."""
    path = folder / step.file if step.kind == "toml" else folder / "connectors" / "lagoon" / step.file
    path.write_text(changed(path.read_text(), step.text) if step.kind == "diff" else step.text)


def passed_in(printed: str) -> str:
    """How many tests passed and how many were left out, where none failed."""
    found = re.search(r"\b(\d+ passed(?:, \d+ skipped)?) in ", printed)
    assert found is not None, printed
    assert int(found[1].split()[0]) > 20
    return found[1]


def written_lines() -> int:
    """The lines that the author writes: whole files with all their lines, of changed ones the lines that are new."""
    count = 0
    for step in steps():
        lines = step.text.splitlines()
        if step.kind == "diff":
            count += sum(line.startswith("+") for line in lines)
        elif step.kind != "sh":
            count += len(lines)
    return count


def test_the_author_writes_little() -> None:
    """All that the page has the author write is under 150 lines, blank ones and the configuration included."""
    assert 100 < written_lines() < MOST_LINES


def test_what_the_page_writes_passes(tmp_path: Path) -> None:
    """Over a new connector, the files that the page writes and the lines that it changes make a suite that passes."""
    made = tmp_path / "connectors" / "lagoon"
    new_connector("lagoon", made.parent)
    for step in steps():
        if step.kind != "sh":
            write(step, tmp_path)
    passed_in(type_in(tmp_path, sys.executable, "-m", "pytest", str(made), PYTHONPATH=str(made / "src")))


@pytest.mark.systems
def test_the_page_typed_as_it_stands(tmp_path: Path) -> None:
    """Each command typed in its place: a suite that passes before and after, and a system that the gateway knows."""
    environment_in(tmp_path)
    printed: list[str] = []
    for step in steps():
        if step.kind == "sh":
            printed.append(type_in(tmp_path, "bash", "-e", "-c", step.text))
        else:
            write(step, tmp_path)
    scaffolded, lagoon, systems = printed
    assert passed_in(scaffolded) == passed_in(lagoon)
    assert systems.startswith("oms  Lagoon (lagoon 0.1.0, oms)\n")
