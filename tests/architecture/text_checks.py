"""The rules on names, lengths, words and addresses: each function gives what breaks its rule."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator

from tests.architecture.rules import EMPTY_NAMES, HOMES, LONGEST_FILE, REGISTRY_HOSTS, UNFINISHED
from tests.architecture.sources import Finding, Repository

_HOST = re.compile("|".join(rf"(?<![\w-]){re.escape(host)}\b" for host in REGISTRY_HOSTS), re.IGNORECASE)
# Not after a letter, a point or a brace: "example.com/home/x" is an address on the web and "{root}/home/x" a template.
_MACHINE_PATH = re.compile(rf"(?<![\w.}}/-])/(?:{'|'.join(HOMES)})/[\w.-]+")
_SILENCED = re.compile(r"#\s*(?:type:\s*ignore|noqa)")
_SILENCED_WITH_REASON = re.compile(
    r"#\s*(?:type:\s*ignore\[[\w, -]+\]|noqa:\s*[A-Z]+\d+(?:,\s*[A-Z]+\d+)*)\s*[#-]+\s*\w+"
)


def empty_names(repository: Repository) -> Iterator[Finding]:
    """No module or folder has a name that says nothing."""
    for source in repository.python:
        for part in source.path.removesuffix(".py").split("/"):
            empty = EMPTY_NAMES & set(part.lower().split("_"))
            if empty:
                yield Finding(source.path, 1, f"the name {part!r} says nothing: {', '.join(sorted(empty))}")


def long_files(repository: Repository) -> Iterator[Finding]:
    """No file is longer than one can hold in mind."""
    for source in repository.python:
        length = source.text.count("\n")
        if length >= LONGEST_FILE:
            yield Finding(source.path, length, f"{length} lines; split it by reason, under {LONGEST_FILE}")


def unsaid_tests(repository: Repository) -> Iterator[Finding]:
    """Every test says in its docstring what it proves."""
    for source in repository.python:
        if not source.path.split("/")[-1].startswith("test_"):
            continue
        for node in ast.walk(source.tree):
            if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                continue
            if node.name.startswith("test_") and not ast.get_docstring(node):
                yield Finding(source.path, node.lineno, f"{node.name} has no docstring that says what it proves")


def unfinished_work(repository: Repository) -> Iterator[Finding]:
    """Nothing is left for later, and no check is silenced without its name and a reason."""
    for source in repository.python:
        for token in tokenize.generate_tokens(io.StringIO(source.text).readline):
            if token.type != tokenize.COMMENT:
                continue
            if any(re.search(rf"\b{word}\b", token.string) for word in UNFINISHED):
                yield Finding(source.path, token.start[0], "unfinished work")
            if _SILENCED.search(token.string) and not _SILENCED_WITH_REASON.search(token.string):
                yield Finding(source.path, token.start[0], "a check is silenced without its code and a reason")
        for node in ast.walk(source.tree):
            if isinstance(node, ast.Name) and node.id == "NotImplementedError":
                yield Finding(source.path, node.lineno, "unfinished work: NotImplementedError")


def addresses(repository: Repository) -> Iterator[Finding]:
    """No file names a package registry, or a place on the machine of whoever wrote it."""
    for path in repository.files:
        for number, line in enumerate(repository.read(path).splitlines(), start=1):
            for pattern, what in ((_HOST, "a registry"), (_MACHINE_PATH, "a place on one machine")):
                found = pattern.search(line)
                if found:
                    yield Finding(path, number, f"names {what}: {found[0]}")
