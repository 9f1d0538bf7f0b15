"""Whether the proofs that a quality file names are there: read from the tests' text, so nothing is run or imported."""

from __future__ import annotations

import ast
from functools import lru_cache
from pathlib import Path

from orderweave.quality.reading import Quality
from orderweave.quality.rules import RULES, Rule

_SUITE = "ConnectorContract"
_Test = ast.FunctionDef | ast.AsyncFunctionDef


def problems_of(quality: Quality, folder: Path) -> list[str]:
    """Everything that is wrong with a connector's quality file, proofs included; paths are relative to its folder."""
    found = list(quality.problems)
    for rule in RULES:
        said = quality.said.get(rule.name)
        for proof in said.done if said is not None else ():
            problem = _problem(rule, proof, folder)
            if problem is not None:
                found.append(f"{rule.name}: {proof}: {problem}")
    return found


def _problem(rule: Rule, proof: str, folder: Path) -> str | None:
    if rule.heading is not None:
        return _heading_problem(rule.heading, proof, folder)
    path, _, name = proof.partition("::")
    file = folder / path
    if not name or not file.is_file():
        return "there is no such file" if name else "name the test in it, as in tests/test_x.py::test_y"
    tree = _parsed(file)
    tests = {node.name: node for node in tree.body if isinstance(node, ast.ClassDef | _Test)}
    first, _, method = name.partition("::")
    node = tests.get(first)
    if isinstance(node, ast.ClassDef) and method:
        node = next((inner for inner in node.body if isinstance(inner, _Test) and inner.name == method), None)
    if node is None or not node.name.lower().startswith("test"):
        return "there is no such test"
    if isinstance(node, ast.ClassDef):
        proves = bool(rule.suite) and _is_suite(node.name, tests)
        return None if proves else "a class proves only what the contract suite proves; name the test"
    if rule.marker is not None and rule.marker not in _markers(tree, node):
        return f"the test must be marked {rule.marker}"
    return None


def _heading_problem(heading: str, proof: str, folder: Path) -> str | None:
    if proof != f"README.md#{heading}":
        return f"must be README.md#{heading}"
    readme = folder / "README.md"
    lines = readme.read_text(encoding="utf-8").splitlines() if readme.is_file() else []
    if f"## {heading}" not in lines:
        return f"the README has no chapter '## {heading}'"
    return None


@lru_cache(maxsize=256)
def _parsed(file: Path) -> ast.Module:
    return ast.parse(file.read_text(encoding="utf-8"))


def _is_suite(name: str, nodes: dict[str, ast.ClassDef | _Test]) -> bool:
    """Whether a class stands on the contract suite, itself or through another class of its file."""
    node = nodes.get(name)
    bases = [base.id for base in node.bases if isinstance(base, ast.Name)] if isinstance(node, ast.ClassDef) else []
    return any(base == _SUITE or (base != name and _is_suite(base, nodes)) for base in bases)


def _markers(tree: ast.Module, test: _Test) -> set[str]:
    """The names of the markers that a test has by itself, or by its file's `pytestmark`."""
    of_file = [
        node.value
        for node in tree.body
        if isinstance(node, ast.Assign)
        and any(isinstance(target, ast.Name) and target.id == "pytestmark" for target in node.targets)
    ]
    return {
        node.attr
        for given in [*test.decorator_list, *of_file]
        for node in ast.walk(given)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Attribute) and node.value.attr == "mark"
    }
