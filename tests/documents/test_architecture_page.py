"""docs/architecture.md holds against the code: its table of rooms is the checked one, and every name in it stands."""

from __future__ import annotations

import ast
from functools import cache, lru_cache
from pathlib import Path

import pytest

from tests.architecture.rules import LAYERS, PURE_ROOMS
from tests.documents.pages import ROOT, code_of, codes, read_page, rows_of, table

PAGE = read_page("docs/architecture.md")
WALKS = [(code_of(row[0]), codes(row[1])) for row in rows_of(PAGE, "file", "what it passes", "what happens there")]
SEAMS = [row[1:] for row in table(PAGE, "what comes", "where it goes", "what stands there today")]


def place_of(path: str) -> Path:
    """The file that a path on the page means."""
    if path.startswith("connectors/"):
        return ROOT / path
    return ROOT / "src" / path if path.startswith("orderweave_sdk/") else ROOT / "src" / "orderweave" / path


@cache
def names_in(file: Path) -> frozenset[str]:
    """Every class, function, constant and `Class.method` that a file defines at its top."""
    found: set[str] = set()
    for node in ast.parse(file.read_text()).body:
        found |= set(_defined(node))
        if isinstance(node, ast.ClassDef):
            found |= {f"{node.name}.{name}" for inner in node.body for name in _defined(inner)}
    return frozenset(found)


def _defined(node: ast.stmt) -> list[str]:
    if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
        return [node.name]
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    return [target.id for target in targets if isinstance(target, ast.Name)]


@lru_cache(maxsize=1)
def all_names() -> frozenset[str]:
    """Every name that any file of the gateway or the kit defines at its top."""
    return frozenset().union(*(names_in(file) for file in (ROOT / "src").rglob("*.py")))


def test_rooms_are_the_checked_ones() -> None:
    """The page's table of rooms is the table by which imports are checked, row by row."""
    rows = table(PAGE, "rooms", "pure", "what is in them")
    assert [frozenset(codes(rooms)) for rooms, _, _ in rows] == list(LAYERS)
    assert {room for _, pure, _ in rows for room in codes(pure)} == PURE_ROOMS


@pytest.mark.parametrize(("path", "names"), WALKS)
def test_walk_passes_what_stands(path: str, names: list[str]) -> None:
    """Every file of a walk is there and defines every name that the query passes in it."""
    assert place_of(path).is_file(), path
    assert sorted(set(names) - names_in(place_of(path))) == []


@pytest.mark.parametrize(("where", "today"), SEAMS)
def test_seam_stands(where: str, today: str) -> None:
    """Every seam names files that are there and names that the file before them defines."""
    path: Path | None = None
    for word in [*codes(where), *codes(today)]:
        if word.endswith(".py"):
            path = place_of(word)
            assert path.is_file(), word
        else:
            assert word in (names_in(path) if path is not None else frozenset()) | all_names(), word


def test_every_file_named_is_there() -> None:
    """Every Python file and every folder that the page names anywhere is there."""
    lost = []
    for word in codes(PAGE):
        if word.endswith(".py"):
            lost += [word] if not (place_of(word).is_file() or (ROOT / word).is_file()) else []
        elif word.endswith("/") and "*" not in word:
            lost += [word] if not (ROOT / word).is_dir() else []
    assert lost == []


def test_capitalized_names_stand() -> None:
    """Every class that the page names in its prose is defined somewhere in the gateway or the kit."""
    named = {word for word in codes(PAGE) if word.isidentifier() and word[0].isupper() and not word.isupper()}
    connectors = {"ShopifyConnector", "Client"}
    assert sorted(named - all_names() - connectors) == []
