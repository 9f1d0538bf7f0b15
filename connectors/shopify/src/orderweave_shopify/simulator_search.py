"""Shopify's search language as far as the connector speaks it, over facts of orders, items and variants.

Terms are `name:value`, `name:>'…'` and the like, joined by AND (or nothing) and OR, negated by a leading minus,
grouped by parentheses. Text compares without regard to case.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

# A fact has several values where a record does, as an order has SKUs.
Facts = Mapping[str, Sequence[Any]]

_TOKEN = re.compile(
    r"""\s*(?:
    (?P<open>\() | (?P<close>\)) | (?P<word>AND|OR)(?=[\s()]) |
    (?P<minus>-)?(?P<name>[a-z_]+):(?P<comparator>>=|<=|>|<)?
    (?:"(?P<double>(?:[^"\\]|\\.)*)"|'(?P<single>[^']*)'|(?P<bare>[^\s()"']+))
    )""",
    re.VERBOSE,
)


class SearchError(ValueError):
    """The query is not of this language."""


class Term(msgspec.Struct, frozen=True):
    """One comparison of one fact."""

    name: str
    comparator: str
    value: str
    negated: bool

    def holds(self, facts: Facts) -> bool:
        """Whether any value of the fact compares."""
        return any(self._compares(value) for value in facts.get(self.name, ())) != self.negated

    def _compares(self, value: Any) -> bool:
        if isinstance(value, datetime):
            bound = datetime.fromisoformat(self.value)
            return {
                ">": value > bound,
                ">=": value >= bound,
                "<": value < bound,
                "<=": value <= bound,
                ":": value == bound,
            }[self.comparator]
        return folded(self.name, str(value)) == folded(self.name, self.value)


class Both(msgspec.Struct, frozen=True):
    """All of the parts hold."""

    parts: tuple[Any, ...]

    def holds(self, facts: Facts) -> bool:
        """Whether each part holds."""
        return all(part.holds(facts) for part in self.parts)


class Either(msgspec.Struct, frozen=True):
    """One of the parts holds."""

    parts: tuple[Any, ...]

    def holds(self, facts: Facts) -> bool:
        """Whether any part holds."""
        return any(part.holds(facts) for part in self.parts)


Query = Term | Both | Either


def folded(name: str, value: str) -> str:
    """The form in which texts compare; an order's name without its sign."""
    return value.casefold().removeprefix("#") if name == "name" else value.casefold()


def parsed(query: str) -> Query:
    """The query as a tree; raises SearchError for what is not of this language."""
    tokens = list(_tokens(query))
    tree, rest = _either(tokens, 0)
    if rest != len(tokens):
        raise SearchError("something stands where a term should")
    return tree


def _tokens(query: str) -> Iterator[re.Match[str]]:
    position = 0
    while position < len(query.rstrip()):
        match = _TOKEN.match(query, position)
        if match is None:
            raise SearchError("something stands where a term should")
        yield match
        position = match.end()


def _either(tokens: list[re.Match[str]], at: int) -> tuple[Query, int]:
    first, at = _both(tokens, at)
    parts: list[Query] = [first]
    while at < len(tokens) and tokens[at]["word"] == "OR":
        part, at = _both(tokens, at + 1)
        parts.append(part)
    return (parts[0] if len(parts) == 1 else Either(tuple(parts))), at


def _both(tokens: list[re.Match[str]], at: int) -> tuple[Query, int]:
    first, at = _single(tokens, at)
    parts: list[Query] = [first]
    while at < len(tokens) and not tokens[at]["close"] and tokens[at]["word"] != "OR":
        part, at = _single(tokens, at + (tokens[at]["word"] == "AND"))
        parts.append(part)
    return (parts[0] if len(parts) == 1 else Both(tuple(parts))), at


def _single(tokens: list[re.Match[str]], at: int) -> tuple[Query, int]:
    if at >= len(tokens):
        raise SearchError("the query ends where a term should stand")
    token = tokens[at]
    if token["open"]:
        tree, at = _either(tokens, at + 1)
        if at >= len(tokens) or not tokens[at]["close"]:
            raise SearchError("a parenthesis is not closed")
        return tree, at + 1
    if token["name"] is None:
        raise SearchError("something stands where a term should")
    return Term(token["name"], token["comparator"] or ":", _value(token), bool(token["minus"])), at + 1


def _value(token: re.Match[str]) -> str:
    if token["double"] is not None:
        return re.sub(r"\\(.)", r"\1", token["double"])
    return token["single"] if token["single"] is not None else token["bare"]


def candidates(query: Query, index: Mapping[tuple[str, str], set[str]], indexed: frozenset[str]) -> set[str] | None:
    """The ids that can hold, from an index of (fact, folded value); None when the index says nothing."""
    if isinstance(query, Term):
        if query.name in indexed and not query.negated and query.comparator == ":":
            return index.get((query.name, folded(query.name, query.value)), set())
        return None
    found = [candidates(part, index, indexed) for part in query.parts]
    if isinstance(query, Either):
        return None if None in found else set().union(*(part for part in found if part is not None))
    known = [part for part in found if part is not None]
    return set.intersection(*known) if known else None
