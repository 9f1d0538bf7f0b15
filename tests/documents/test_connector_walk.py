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


def type_in(folder: Path, commands: str) -> str:
    """Type commands, each of which must end well; what they printed."""
    ran = subprocess.run(
        ["bash", "-e", "-c", commands],
        cwd=folder,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "PYTEST_ADDOPTS": "-p no:cacheprovider"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout


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


def test_the_page_leads_to_a_passing_suite(tmp_path: Path) -> None:
    """What the page shows, typed and written as it stands, ends in a suite that passes and a system of the gateway."""
    environment_in(tmp_path)
    printed: list[str] = []
    for step in steps():
        if step.kind == "sh":
            printed.append(type_in(tmp_path, step.text))
            continue
        path = tmp_path / step.file if step.kind == "toml" else tmp_path / "connectors" / "lagoon" / step.file
        path.write_text(changed(path.read_text(), step.text) if step.kind == "diff" else step.text)
    scaffolded, lagoon, systems = printed
    passed = [re.search(r"\b(\d+ passed(?:, \d+ skipped)?) in ", suite) for suite in (scaffolded, lagoon)]
    assert passed[0] is not None
    assert passed[1] is not None
    assert passed[0][1] == passed[1][1]
    assert int(passed[1][1].split()[0]) > 20
    assert systems.startswith("oms  Lagoon (lagoon 0.1.0, oms)\n")
