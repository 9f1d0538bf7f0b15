"""RQL, the vendor's filter language: predicates, how they are joined, and how many fit into one address. Pure.

Source: 3w.extensiv.com/Rels/rql. `;` is "and" and binds tighter than `,`, which is "or". Values are decoded twice, once
as a part of the address and once as RQL, so that signs of the language travel in them as `%XX`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple
from urllib.parse import quote, quote_plus

# Bytes that values may fill of one address. The vendor states no bound; IIS, which answers, takes queries of 2,048
# unless told otherwise, and the rest of a query is less than 348.
_LONGEST_VALUES = 1700
# Bytes that the values of one condition of a search may fill, beside those of others and the place to go on from.
_LONGEST_CONDITION = 500
# A comma between two values, as the address writes it.
_SEPARATOR = 3


class Wanted(NamedTuple):
    """One value that a property may have."""

    property: str
    value: str


def literal(value: str) -> str:
    """A value as RQL takes it; a colon, which every time has, means nothing to it."""
    return quote(value, safe=":")


def one_of(name: str, values: Iterable[str]) -> str:
    """The property has one of these values, without regard to case."""
    return f"{name}=in=({','.join(map(literal, values))})"


def compared(name: str, sign: str, value: str) -> str:
    """One comparison; `sign` is such as `==` or `=ge=`."""
    return f"{name}{sign}{literal(value)}"


def all_of(parts: Iterable[str]) -> str:
    """All of these hold."""
    return ";".join(part for part in parts if part)


def any_of(parts: Sequence[str]) -> str:
    """At least one of these holds; safe within `all_of`."""
    return parts[0] if len(parts) == 1 else f"({','.join(parts)})"


def having(wanted: Iterable[Wanted]) -> str:
    """One of the properties has one of the values wanted of it."""
    values: dict[str, list[str]] = {}
    for name, value in wanted:
        values.setdefault(name, []).append(value)
    return any_of([one_of(name, found) for name, found in values.items()])


def fitting(wanted: Iterable[Wanted]) -> list[list[Wanted]]:
    """The same in order, each once, in as few parts as addresses hold. What is longer than these is nobody's number."""
    parts: list[list[Wanted]] = []
    filled = 0
    for each in dict.fromkeys(wanted):
        length = _length(each.value)
        if length > _LONGEST_VALUES:
            continue
        if not parts or filled + length > _LONGEST_VALUES:
            parts.append([])
            filled = 0
        parts[-1].append(each)
        filled += length
    return parts


def short(values: Iterable[str]) -> bool:
    """Whether these are few enough to be one condition of a search."""
    return sum(map(_length, values)) <= _LONGEST_CONDITION


def _length(value: str) -> int:
    return len(quote_plus(literal(value))) + _SEPARATOR
