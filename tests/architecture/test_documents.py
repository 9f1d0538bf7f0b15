"""What the documents tell a reader to type or to open is there."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from tests.architecture.conftest import Plant, fail_with
from tests.architecture.sources import Finding, Repository

_TARGET = re.compile(r"(?:^|`|&& )make ([a-z]+)", re.MULTILINE)
_LINK = re.compile(r"\]\((?!\w+:|#)([^)#\s]+)")


def dead_words(repository: Repository) -> list[Finding]:
    """Make targets and relative links in the documents that lead nowhere."""
    targets = set(re.findall(r"^([a-z]+):", repository.read("Makefile"), re.MULTILINE))
    found = []
    for path in repository.files:
        if not path.endswith(".md"):
            continue
        for number, line in enumerate(repository.read(path).splitlines(), start=1):
            found += [
                Finding(path, number, f"no target {name}") for name in _TARGET.findall(line) if name not in targets
            ]
            for link in _LINK.findall(line):
                if not (repository.root / PurePosixPath(path).parent / link).exists():
                    found.append(Finding(path, number, f"no file {link}"))
    return found


def test_documents_lead_somewhere(repository: Repository) -> None:
    """Every make target and every relative link in the documents of this checkout exists."""
    fail_with(dead_words(repository))


def test_dead_words_are_found(plant: Plant) -> None:
    """A target or a link that is not there is named by its line; what is there, or is on the web, passes."""
    text = (
        "`make test` [a](b.md) [c](https://example.com/x) [d](#d)\nmake demo\n`make lost` [e](lost.md#part) make sure\n"
    )
    repository = plant({"Makefile": "test: setup\ndemo:\n", "docs/a.md": text, "docs/b.md": ""})
    assert dead_words(repository) == [
        Finding("docs/a.md", 3, "no target lost"),
        Finding("docs/a.md", 3, "no file lost.md"),
    ]
