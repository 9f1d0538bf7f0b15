"""A search in Adobe Commerce's words: groups of filters, order and page as the query parameters of `searchCriteria`.

Filters in one group are alternatives, and all groups must hold. Names are spelled as in the vendor's OpenAPI file
(`filterGroups`); the server takes `filter_groups` for the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec


class Filter(msgspec.Struct, frozen=True):
    """One test of one top-level field."""

    field: str
    value: str
    condition: str = "eq"


Group = tuple[Filter, ...]


class Criteria(msgspec.Struct, frozen=True, kw_only=True):
    """What to look for and in which order; every list is also in order of `tie`, so that pages do not shift."""

    groups: tuple[Group, ...] = ()
    sort: str | None = None
    descending: bool = False
    tie: str | None = "entity_id"


def one_of(field: str, values: Iterable[str]) -> Group:
    """Records whose field is one of these. A value with a comma cannot stand in a list, and is asked for by itself."""
    texts = list(dict.fromkeys(values))
    listed = [text for text in texts if "," not in text]
    apart = [Filter(field, text) for text in texts if "," in text]
    return (*([Filter(field, ",".join(listed), "in")] if listed else []), *apart)


def params(criteria: Criteria, *, size: int, page: int, fields: str) -> list[tuple[str, str]]:
    """The query of one page; `fields` are those wanted of each item."""
    found: list[tuple[str, str]] = []
    for place, group in enumerate(criteria.groups):
        for position, test in enumerate(group):
            start = f"searchCriteria[filterGroups][{place}][filters][{position}]"
            found += [(f"{start}[field]", test.field), (f"{start}[value]", test.value)]
            found.append((f"{start}[conditionType]", test.condition))
    direction = "DESC" if criteria.descending else "ASC"
    sorts = [name for name in (criteria.sort, criteria.tie) if name is not None]
    for place, name in enumerate(sorts):
        start = f"searchCriteria[sortOrders][{place}]"
        found += [(f"{start}[field]", name), (f"{start}[direction]", direction)]
    found += [("searchCriteria[pageSize]", str(size)), ("searchCriteria[currentPage]", str(page))]
    found.append(("fields", f"items[{fields}],total_count" if fields else "total_count"))
    return found


def listed(paths: Sequence[str]) -> str:
    """Dotted paths as the value of `fields`: `a.b`, `a.c` and `d` are `a[b,c],d`."""
    return _written(_tree(paths))


_Tree = dict[str, "_Tree"]


def _tree(paths: Sequence[str]) -> _Tree:
    root: _Tree = {}
    for path in paths:
        branch = root
        for part in path.split("."):
            branch = branch.setdefault(part, {})
    return root


def _written(tree: _Tree) -> str:
    return ",".join(f"{name}[{_written(branch)}]" if branch else name for name, branch in tree.items())
