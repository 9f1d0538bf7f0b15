"""The vendor's search over lists of documents: filters, order, pages and partial answers, as its server takes them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

Document = dict[str, Any]

_KEY = re.compile(r"searchCriteria\[(\w+)\](?:\[(\d+)\]\[(\w+)\])?(?:\[(\d+)\]\[(\w+)\])?")


class Refused(Exception):
    """The server takes no such request: HTTP 400."""


class Collection:
    """Documents of one kind. What is looked up by equality is found by an index, made when it is first needed."""

    def __init__(self, documents: Iterable[Document] = ()) -> None:
        self._documents = list(documents)
        self._indexes: dict[str, dict[str, list[int]]] = {}

    def answer(self, query: Sequence[tuple[str, str]], *, most: int = 300) -> Document:
        """What a list's resource answers to a query: a page, or the part of it that `fields` names.

        No page may be larger than `most`. A page past the end is the last one again, as the vendor has it.
        """
        criteria, fields = _parsed(query)
        if criteria.get("page_size", 0) > most:
            raise Refused(f"Maximum SearchCriteria pageSize is {most}")
        found = self._found(criteria["filter_groups"])
        for sort in reversed(criteria["sort_orders"]):
            found.sort(key=_sort_key(sort["field"]), reverse=sort["direction"] == "DESC")
        size = criteria.get("page_size") or max(1, len(found))
        last = max(1, -(-len(found) // size))
        page = min(max(1, criteria.get("current_page", 1)), last)
        whole = {
            "items": found[(page - 1) * size : page * size],
            "search_criteria": criteria,
            "total_count": len(found),
        }
        return whole if fields is None else _part(whole, fields)

    def _found(self, groups: Sequence[Mapping[str, Any]]) -> list[Document]:
        kept: set[int] | None = None
        for group in groups:
            found = {place for test in group["filters"] for place in self._places(test, kept)}
            kept = found
        places = range(len(self._documents)) if kept is None else sorted(kept)
        return [self._documents[place] for place in places]

    def _places(self, test: Mapping[str, str], among: set[int] | None) -> Iterable[int]:
        field, value, condition = test["field"], test["value"], test.get("condition_type", "eq")
        if condition in ("eq", "in"):
            wanted = value.split(",") if condition == "in" else [value]
            index = self._index(field)
            return [
                place for text in wanted for place in index.get(text.casefold(), ()) if among is None or place in among
            ]
        holds = _condition(condition, value)
        places = range(len(self._documents)) if among is None else among
        return [place for place in places if holds(self._documents[place].get(field))]

    def _index(self, field: str) -> dict[str, list[int]]:
        if field not in self._indexes:
            made: dict[str, list[int]] = {}
            for place, document in enumerate(self._documents):
                if document.get(field) is not None:
                    made.setdefault(str(document[field]).casefold(), []).append(place)
            self._indexes[field] = made
        return self._indexes[field]


def _condition(condition: str, value: str) -> Callable[[Any], bool]:
    def compared(said: Any) -> int:
        theirs, mine = _ordered(said), int(value) if isinstance(said, int) else _ordered(value)
        return int(theirs > mine) - int(theirs < mine)

    if condition == "null":
        return lambda said: said is None
    if condition == "notnull":
        return lambda said: said is not None
    signs: dict[str, Callable[[Any], bool]] = {
        "gt": lambda said: said is not None and compared(said) > 0,
        "gteq": lambda said: said is not None and compared(said) >= 0,
        "lt": lambda said: said is not None and compared(said) < 0,
        "lteq": lambda said: said is not None and compared(said) <= 0,
    }
    if condition not in signs:
        raise Refused(f"condition {condition} is not simulated")
    return signs[condition]


def _sort_key(field: str) -> Callable[[Document], tuple[bool, Any]]:
    return lambda document: (document.get(field) is not None, _ordered(document.get(field)))


def _ordered(said: Any) -> Any:
    """What a value is ordered by: the vendor's database has no regard to the case of text."""
    return said.casefold() if isinstance(said, str) else said


def _parsed(query: Sequence[tuple[str, str]]) -> tuple[Document, Document | None]:
    """The criteria as the server gives them back, and the tree of `fields`."""
    filters: dict[int, dict[int, Document]] = {}
    sorts: dict[int, Document] = {}
    criteria: Document = {}
    fields: Document | None = None
    for name, value in query:
        if name == "fields":
            fields = _fields(value)
            continue
        match = _KEY.fullmatch(name)
        if match is None:
            raise Refused(f"{name} is not a parameter")
        kind, place, part, position, word = (match[1], match[2], match[3], match[4], match[5])
        if _snake(kind) == "filter_groups" and position is not None:
            filters.setdefault(int(place), {}).setdefault(int(position), {})[_snake(word)] = value
        elif _snake(kind) == "sort_orders" and place is not None:
            sorts.setdefault(int(place), {})[_snake(part)] = value
        else:
            criteria[_snake(kind)] = int(value)
    groups = [{"filters": list(group.values())} for group in filters.values()]
    return {"filter_groups": groups, "sort_orders": list(sorts.values()), **criteria}, fields


def _snake(name: str) -> str:
    return re.sub(r"(?<!^)([A-Z])", r"_\1", name).lower()


def _fields(text: str) -> Document:
    """`a,b[c,d[e]]` as a tree; an empty branch is the whole of it."""
    root: Document = {}
    stack, name = [root], ""
    for character in f"{text},":
        if character in ",[]":
            branch = stack[-1].setdefault(name, {}) if name else {}
            name = ""
            if character == "[":
                stack.append(branch)
            elif character == "]":
                stack.pop()
        else:
            name += character
    return root


def _part(node: Any, fields: Document) -> Any:
    if isinstance(node, list):
        return [_part(item, fields) for item in node]
    if not isinstance(node, dict):
        return node
    return {
        name: _part(node[name], branch) if branch else node[name] for name, branch in fields.items() if name in node
    }
