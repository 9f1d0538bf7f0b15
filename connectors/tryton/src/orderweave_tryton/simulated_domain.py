"""Tryton's domain language over rows that are nested dictionaries, as far as the connector speaks it. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

Row = Mapping[str, Any]
# Gives the ids under which an index holds a value, or None where there is no such index.
Index = Callable[[str, Any], Iterable[int] | None]

_COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "<": lambda value, bound: value < bound,
    "<=": lambda value, bound: value <= bound,
    ">": lambda value, bound: value > bound,
    ">=": lambda value, bound: value >= bound,
}


def understood(node: Any) -> Any:
    """A request's JSON with its tagged objects as values: instants aware in UTC, as the rows hold them."""
    if isinstance(node, list):
        return [understood(item) for item in node]
    if not isinstance(node, dict):
        return node
    kind = node.get("__class__")
    if kind == "Decimal":
        return Decimal(node["decimal"])
    if kind == "date":
        return date(node["year"], node["month"], node["day"])
    if kind == "datetime":
        clock = (node["hour"], node["minute"], node["second"], node["microsecond"])
        return datetime(node["year"], node["month"], node["day"], *clock, tzinfo=UTC)
    return {key: understood(value) for key, value in node.items()}


def matches(row: Row, domain: Any) -> bool:
    """Whether a row is in a domain. An unknown field or operator raises KeyError, as the server does."""
    if _is_clause(domain):
        return _clause(row, domain)
    parts, any_of = _parts(domain)
    return any(matches(row, part) for part in parts) if any_of and parts else all(matches(row, part) for part in parts)


def candidates(domain: Any, index: Index) -> set[int] | None:
    """The ids that a domain can hold at most, by the indexes; None where all may be in it."""
    if _is_clause(domain):
        name, operator, value = domain[:3]
        if operator not in ("=", "in"):
            return None
        found = [index(name, each) for each in (value if operator == "in" else [value])]
        return None if any(ids is None for ids in found) else {i for ids in found for i in ids or ()}
    parts, any_of = _parts(domain)
    known = [candidates(part, index) for part in parts]
    if any_of:
        return None if not known or None in known else set().union(*(ids for ids in known if ids))
    return min((ids for ids in known if ids is not None), key=len, default=None)


def bounds(domain: Any, name: str) -> tuple[Any, Any]:
    """The least and the greatest value of a field that a domain allows; None where it sets no bound."""
    if _is_clause(domain):
        field, operator, value = domain[:3]
        low = value if field == name and operator in (">", ">=", "=") else None
        high = value if field == name and operator in ("<", "<=", "=") else None
        return low, high
    parts, any_of = _parts(domain)
    both = [bounds(part, name) for part in parts]
    lows, highs = [low for low, _ in both], [high for _, high in both]
    if any_of:
        return (None if None in lows else min(lows, default=None)), (
            None if None in highs else max(highs, default=None)
        )
    return (
        max((low for low in lows if low is not None), default=None),
        min((high for high in highs if high is not None), default=None),
    )


def mentions(domain: Any, name: str) -> bool:
    """Whether any clause of a domain is about a field."""
    return domain[0] == name if _is_clause(domain) else any(mentions(part, name) for part in _parts(domain)[0])


def _is_clause(domain: Any) -> bool:
    return len(domain) >= 3 and isinstance(domain[0], str) and domain[0] not in ("AND", "OR")


def _parts(domain: Any) -> tuple[list[Any], bool]:
    if domain and domain[0] in ("AND", "OR"):
        return list(domain[1:]), domain[0] == "OR"
    return list(domain), False


def _clause(row: Row, clause: Any) -> bool:
    path, operator, wanted = clause[:3]
    if operator == "where":
        return any(matches(child, wanted) for child in _values(row, path.split(".")))
    values = _values(row, path.split("."))
    negative = operator in ("!=", "not in") or operator.startswith("not ")
    if "." in path and not values:
        return False
    return (
        any(_passes(value, operator, wanted) for value in values)
        if not negative
        else all(_passes(value, operator, wanted) for value in values)
    )


def _values(row: Row, path: list[str]) -> list[Any]:
    found = row[path[0]]
    several = found if isinstance(found, list) else [found]
    if len(path) == 1:
        return several
    return [value for each in several if each is not None for value in _values(each, path[1:])]


def _passes(value: Any, operator: str, wanted: Any) -> bool:
    if operator in ("=", "in"):
        return _blank(value) in ([_blank(each) for each in wanted] if operator == "in" else [_blank(wanted)])
    if operator in ("!=", "not in"):
        return not _passes(value, "=" if operator == "!=" else "in", wanted)
    if operator == "child_of":
        # A place of the simulated world is a warehouse and all that lies in it.
        return value is not None and value["id"] in wanted
    if operator in _COMPARISONS:
        return value is not None and _COMPARISONS[operator](value, wanted)
    pattern = _LIKES[operator.removeprefix("not ")](wanted)
    return (pattern.fullmatch(value or "") is None) == operator.startswith("not ")


def _blank(value: Any) -> Any:
    """Tryton's texts have no blanks around them, and an empty one is none."""
    return (value.strip() or None) if isinstance(value, str) else value


def _like(wanted: str, flags: int) -> re.Pattern[str]:
    parts = re.split(r"([%_])", wanted)
    wild = {"%": ".*", "_": "."}
    return re.compile("".join(wild.get(part) or re.escape(part) for part in parts), flags | re.DOTALL)


_LIKES: dict[str, Callable[[str], re.Pattern[str]]] = {
    "like": lambda wanted: _like(wanted, 0),
    "ilike": lambda wanted: _like(wanted, re.IGNORECASE),
}
