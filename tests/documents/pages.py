"""Reading a page: its code blocks by language, its tables, and the names that it puts in backticks."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"`([^`]+)`")


def read_page(path: str) -> str:
    """A page of this checkout, by its relative path."""
    return (ROOT / path).read_text(encoding="utf-8")


def blocks(page: str, language: str) -> list[str]:
    """The fenced blocks in one language, in order."""
    return [text for found, text in _FENCE.findall(page) if found == language]


def chapter(page: str, heading: str) -> str:
    """One chapter of a page, from its `## heading` to the next."""
    (found,) = [text for text in re.split(r"^(?=## )", page, flags=re.MULTILINE) if text.startswith(f"## {heading}\n")]
    return found


def prose(page: str) -> str:
    """The page without its fenced blocks."""
    return _FENCE.sub("", page)


def codes(text: str) -> list[str]:
    """Everything in single backticks, in order."""
    return _CODE.findall(text)


def code_of(cell: str) -> str:
    """The one thing in backticks in a cell."""
    (found,) = codes(cell)
    return found


def tables(page: str) -> list[tuple[list[str], list[list[str]]]]:
    """Every table as its header and its rows, in order."""
    found: list[tuple[list[str], list[list[str]]]] = []
    rows: list[list[str]] = []
    for line in [*prose(page).splitlines(), ""]:
        if line.startswith("|"):
            rows.append([cell.strip() for cell in line.strip("|").split("|")])
        elif rows:
            found.append((rows[0], rows[2:]))
            rows = []
    return found


def table(page: str, *header: str) -> list[list[str]]:
    """The rows of the one table with this header."""
    (rows,) = [rows for found, rows in tables(page) if tuple(found) == header]
    return rows


def rows_of(page: str, *header: str) -> list[list[str]]:
    """The rows of all tables with this header."""
    return [row for found, rows in tables(page) if tuple(found) == header for row in rows]
