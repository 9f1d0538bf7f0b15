"""RQL as the vendor's server takes it, over rows of properties; and its order of lists."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import unquote

# A row's properties by their dotted names in small letters, as the server compares these without regard to case.
Row = Mapping[str, Any]
# Which rows hold, of those given (None: of all).
_Test = Callable[[set[int] | None], set[int]]

_PREDICATE = re.compile(r"([A-Za-z.]+)(==|!=|=[a-z]{2,3}=)(\([^()]*\)|[^;,()]*)")


class Refused(Exception):
    """The server takes no such query: HTTP 400."""


class Table:
    """Rows of one kind. What is looked up by equality is found by an index, made when it is first needed."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self.rows = list(rows)
        self._indexes: dict[str, dict[Any, list[int]]] = {}

    def find(self, rql: str, sort: str) -> list[int]:
        """The places of the rows that the query finds, in order of `sort`, else in that of the table."""
        found = sorted(_Parser(rql, self).parsed()(None)) if rql else list(range(len(self.rows)))
        for name in reversed(sort.split(",") if sort else []):
            key = self.known(name.removeprefix("-"))
            found.sort(key=lambda place: _sort_key(self.rows[place][key]), reverse=name.startswith("-"))
        return found

    def known(self, name: str) -> str:
        """The property by its name; refused where rows have none such."""
        lowered = name.lower()
        if self.rows and lowered not in self.rows[0]:
            raise Refused(f"Properties not supported: {name}")
        return lowered

    def equal(self, name: str, values: Iterable[Any]) -> set[int]:
        """The rows whose property is one of these."""
        if name not in self._indexes:
            made: dict[Any, list[int]] = {}
            for place, row in enumerate(self.rows):
                made.setdefault(_folded(row[name]), []).append(place)
            self._indexes[name] = made
        index = self._indexes[name]
        return {place for value in values for place in index.get(value, ())}


class _Parser:
    """One query, left to right: alternatives of conjunctions of predicates and parentheses."""

    def __init__(self, rql: str, table: Table) -> None:
        self._rql = rql
        self._place = 0
        self._table = table

    def parsed(self) -> _Test:
        test = self._either()
        if self._place != len(self._rql):
            raise Refused("not parsable")
        return test

    def _either(self) -> _Test:
        tests = [self._all()]
        while self._takes(","):
            tests.append(self._all())
        return tests[0] if len(tests) == 1 else lambda among: set().union(*(test(among) for test in tests))

    def _all(self) -> _Test:
        tests = [self._one()]
        while self._takes(";"):
            tests.append(self._one())

        def hold(among: set[int] | None) -> set[int]:
            for test in tests:
                among = test(among)
            return among or set()

        return hold

    def _one(self) -> _Test:
        if self._takes("("):
            inner = self._either()
            if not self._takes(")"):
                raise Refused("not parsable")
            return inner
        match = _PREDICATE.match(self._rql, self._place)
        if match is None:
            raise Refused("not parsable")
        self._place = match.end()
        return self._predicate(self._table.known(match[1]), match[2], match[3])

    def _takes(self, sign: str) -> bool:
        there = self._rql.startswith(sign, self._place)
        self._place += there
        return there

    def _predicate(self, name: str, sign: str, text: str) -> _Test:
        table = self._table
        if sign in ("=in=", "=out="):
            if not text.startswith("("):
                raise Refused("not parsable")
            texts = text[1:-1].split(",")
        else:
            texts = [text]
        if not table.rows:
            return lambda among: set()
        values = [_typed(unquote(each), _kind(table.rows, name)) for each in texts]
        if sign in ("==", "=in="):
            return lambda among: _within(table.equal(name, values), among)
        if sign in ("!=", "=out="):
            return lambda among: _all_of(table, among) - table.equal(name, values)
        if sign not in _COMPARISONS:
            raise Refused("not parsable")
        compare, bound = _COMPARISONS[sign], values[0]

        def hold(among: set[int] | None) -> set[int]:
            rows = table.rows
            return {
                place
                for place in _all_of(table, among)
                if rows[place][name] is not None and compare(_folded(rows[place][name]), bound)
            }

        return hold


_COMPARISONS: Mapping[str, Callable[[Any, Any], bool]] = {
    "=gt=": lambda value, bound: value > bound,
    "=ge=": lambda value, bound: value >= bound,
    "=lt=": lambda value, bound: value < bound,
    "=le=": lambda value, bound: value <= bound,
}


def _within(found: set[int], among: set[int] | None) -> set[int]:
    return found if among is None else found & among


def _all_of(table: Table, among: set[int] | None) -> set[int]:
    return set(range(len(table.rows))) if among is None else among


def _kind(rows: Sequence[Row], name: str) -> type:
    return next((type(row[name]) for row in rows if row[name] is not None), str)


def _typed(text: str, kind: type) -> Any:
    """A value as the property's type; the server refuses what is none."""
    try:
        if kind is bool:
            return {"true": True, "false": False}[text.lower()]
        if kind is int:
            return int(text)
        if kind is datetime:
            return datetime.fromisoformat(text)
    except (KeyError, ValueError):
        raise Refused("not parsable") from None
    return text.casefold()


def _folded(value: Any) -> Any:
    return value.casefold() if isinstance(value, str) else value


def _sort_key(value: Any) -> tuple[bool, Any]:
    """What has no value comes first."""
    return (value is not None, _folded(value))
