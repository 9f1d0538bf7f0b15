"""OData V2's `$filter` as far as SAP's services are asked with it: read into a tree, held against rows. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import Any

import msgspec

_TOKEN = re.compile(
    r"\s*(?:(?P<open>\()|(?P<close>\))|(?P<kind>datetimeoffset|datetime)?'(?P<text>(?:[^']|'')*)'|(?P<word>[A-Za-z_][\w/]*))"
)
_COMPARES: Mapping[str, Callable[[Any, Any], bool]] = {
    "eq": lambda found, wanted: bool(found == wanted),
    "ne": lambda found, wanted: bool(found != wanted),
    "gt": lambda found, wanted: found is not None and bool(found > wanted),
    "ge": lambda found, wanted: found is not None and bool(found >= wanted),
    "lt": lambda found, wanted: found is not None and bool(found < wanted),
    "le": lambda found, wanted: found is not None and bool(found <= wanted),
}


class Refused(Exception):
    """A filter that SAP does not take; the text is its message."""


class Compare(msgspec.Struct, frozen=True):
    """One field against one value."""

    field: str
    sign: str
    value: Any


class All(msgspec.Struct, frozen=True):
    """Parts that must all hold."""

    parts: tuple[Tree, ...]


class OneOf(msgspec.Struct, frozen=True):
    """Parts of which one must hold."""

    parts: tuple[Tree, ...]


Tree = Compare | All | OneOf


def parsed(text: str) -> Tree:
    """The tree of a filter; raises Refused."""
    tokens: list[re.Match[str]] = []
    at = 0
    while at < len(text.rstrip()):
        found = _TOKEN.match(text, at)
        if found is None:
            raise Refused(f"Invalid token detected at position {at}")
        tokens.append(found)
        at = found.end()
    tree, rest = _either(tokens, 0)
    if rest != len(tokens):
        raise Refused("Invalid filter")
    return tree


def holds(tree: Tree, row: Mapping[str, Any]) -> bool:
    """Whether a row passes; raises Refused for a property that it does not have."""
    if isinstance(tree, Compare):
        if tree.field not in row:
            raise Refused(f"Property {tree.field} not found")
        found = row[tree.field]
        if found is not None and type(found) is not type(tree.value):
            raise Refused(f"Invalid literal for {tree.field}")
        return _COMPARES[tree.sign](found, tree.value)
    passing = (holds(part, row) for part in tree.parts)
    return all(passing) if isinstance(tree, All) else any(passing)


def equalities(tree: Tree | None) -> list[tuple[str, Any]] | None:
    """Fields and values of which one must be equal for the tree to hold; None where it demands none."""
    if isinstance(tree, Compare):
        return [(tree.field, tree.value)] if tree.sign == "eq" else None
    if isinstance(tree, All):
        found = [known for part in tree.parts if (known := equalities(part)) is not None]
        return max(found, key=len) if found else None
    if isinstance(tree, OneOf):
        each = [equalities(part) for part in tree.parts]
        return None if any(known is None for known in each) else [pair for known in each for pair in known or ()]
    return None


def bounds(tree: Tree | None, fields: frozenset[str]) -> tuple[Any, Any]:
    """The least and the greatest value of these fields with which the tree may hold; None where it sets no bound."""
    if isinstance(tree, Compare) and tree.field in fields:
        low = tree.value if tree.sign in ("eq", "ge", "gt") else None
        return low, tree.value if tree.sign in ("eq", "le", "lt") else None
    if isinstance(tree, All | OneOf):
        each = [bounds(part, fields) for part in tree.parts]
        lows, highs = [low for low, _ in each], [high for _, high in each]
        if isinstance(tree, All):
            known_lows, known_highs = _known(lows), _known(highs)
            return max(known_lows, default=None), min(known_highs, default=None)
        return None if None in lows else min(lows), None if None in highs else max(highs)
    return None, None


def _known(values: list[Any]) -> list[Any]:
    return [value for value in values if value is not None]


def _either(tokens: list[re.Match[str]], at: int) -> tuple[Tree, int]:
    parts, at = _joined(tokens, at, "or", _both)
    return (parts[0] if len(parts) == 1 else OneOf(tuple(parts))), at


def _both(tokens: list[re.Match[str]], at: int) -> tuple[Tree, int]:
    parts, at = _joined(tokens, at, "and", _one)
    return (parts[0] if len(parts) == 1 else All(tuple(parts))), at


def _joined(
    tokens: list[re.Match[str]], at: int, word: str, read: Callable[[list[re.Match[str]], int], tuple[Tree, int]]
) -> tuple[list[Tree], int]:
    first, at = read(tokens, at)
    parts = [first]
    while at < len(tokens) and tokens[at]["word"] == word:
        part, at = read(tokens, at + 1)
        parts.append(part)
    return parts, at


def _one(tokens: list[re.Match[str]], at: int) -> tuple[Tree, int]:
    try:
        if tokens[at]["open"]:
            tree, at = _either(tokens, at + 1)
            if not tokens[at]["close"]:
                raise Refused("Invalid parentheses")
            return tree, at + 1
        field, sign, literal = tokens[at : at + 3]
    except (IndexError, ValueError):
        raise Refused("Invalid filter") from None
    if field["word"] is None or sign["word"] not in _COMPARES or literal["text"] is None:
        raise Refused("Invalid comparison")
    return Compare(field["word"], sign["word"], _value(literal)), at + 3


def _value(literal: re.Match[str]) -> Any:
    text = literal["text"].replace("''", "'")
    try:
        if literal["kind"] == "datetime":
            return date.fromisoformat(text.removesuffix("T00:00:00"))
        if literal["kind"] == "datetimeoffset":
            return datetime.fromisoformat(text).astimezone(UTC)
    except ValueError:
        raise Refused("Invalid literal") from None
    return text
