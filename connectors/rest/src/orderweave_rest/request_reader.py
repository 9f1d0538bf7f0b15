"""Reads the requests of an API: path, placeholders, how many keys travel at once, and how an answer goes on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from orderweave_rest.api_map import Batch, BatchStyle, Paging, PagingStyle, Request
from orderweave_rest.checks import Checks
from orderweave_rest.expressions import expression
from orderweave_rest.manifest import MOST_ITEMS, MOST_KEYS
from orderweave_rest.templates import placeholders

BATCH_KEYS = ("batch", "size", "separator", "integers")
REQUEST_KEYS = ("path", "method", "query", "body", "items", "paging", "absent")
PAGING_KEYS = ("style", "size", "first", "next", "total", "pages", "more")

# The placeholder without which a style of paging would ask for the same page again.
_NEEDED = {PagingStyle.PAGE: "page", PagingStyle.OFFSET: "offset", PagingStyle.CURSOR: "cursor"}
_FOUND_BY_NEXT = (PagingStyle.CURSOR, PagingStyle.NEXT)
_ENDS = ("total", "pages", "more")
_PLACE_OF_KEYS: Mapping[BatchStyle, tuple[str, tuple[str, ...]]] = {
    BatchStyle.LIST: ("keys", ("query",)),
    BatchStyle.REPEATED: ("keys", ("query",)),
    BatchStyle.BODY: ("keys", ("body",)),
    BatchStyle.ONE: ("key", ("path", "query", "body")),
}


def read_request(
    checks: Checks,
    path: str,
    given: Any,
    *,
    also: tuple[str, ...] = (),
    keyed: bool = False,
    fills: tuple[str, ...] = (),
) -> Request:
    """One request. `keyed` demands a batch, `fills` are the further placeholders that are filled, `also` the further
    keys of its table.
    """
    keys = (*REQUEST_KEYS, *(BATCH_KEYS if keyed else ()), *also)
    given = checks.table(path, given, keys, like='{ path = "/orders", items = "orders" }')
    batch = _batch(checks, path, given) if keyed else None
    paging = _paging(checks, f"{path}.paging", given["paging"]) if "paging" in given else None
    where = checks.text(f"{path}.path", given.get("path"), "/orders") or "/"
    if not where.startswith("/") or "?" in where:
        checks.wrong(f"{path}.path", "must begin with / and hold no ?; parameters stand in `query`")
    method = given.get("method", "GET")
    if method not in ("GET", "POST"):
        checks.wrong(f"{path}.method", f"{method!r} is not one of GET, POST")
    query = checks.texts(f"{path}.query", given.get("query", {}), '{ status = "any" }')
    body = given.get("body")
    if body is not None and (method != "POST" or not isinstance(body, Mapping)):
        checks.wrong(f"{path}.body", 'must be a table, and goes with method = "POST" alone')
    absent = given.get("absent", [404] if batch is not None and batch.style is BatchStyle.ONE else [])
    if not isinstance(absent, list) or not all(isinstance(status, int) and 400 <= status < 500 for status in absent):
        checks.wrong(f"{path}.absent", "must be a list of HTTP statuses from 400 to 499")
        absent = []
    items = checks.expression(f"{path}.items", given.get("items", "@"))
    used = {"path": placeholders(where), "query": placeholders(query), "body": placeholders(body)}
    filled = {*fills, *_keys_filled(checks, path, used, batch), *_pages_filled(checks, path, used, paging)}
    for place, names in used.items():
        for name in sorted(names - filled):
            known = ", ".join(f"{{{each}}}" for each in sorted(filled)) or "none"
            checks.wrong(f"{path}.{place}", f"{{{name}}} is not a placeholder here; there are {known}")
    if paging is not None and paging.style in (PagingStyle.LINK, PagingStyle.NEXT) and method != "GET":
        checks.wrong(
            f"{path}.paging.style", f"{paging.style} names the next page by its address, and goes with GET alone"
        )
    return Request(
        name=path.removeprefix("api."),
        path=where,
        method=method,
        query=query,
        body=body,
        items=items or expression("@"),
        batch=batch,
        paging=paging,
        absent=frozenset(absent),
        sized="size" in used["query"] | used["body"],
    )


def _batch(checks: Checks, path: str, given: Mapping[str, Any]) -> Batch:
    style = checks.choice(f"{path}.batch", given.get("batch", BatchStyle.ONE.value), BatchStyle) or BatchStyle.ONE
    usual = 20 if style is BatchStyle.ONE else 50
    size = checks.whole(f"{path}.size", given.get("size", usual), 1, MOST_KEYS) or 1
    separator = checks.text(f"{path}.separator", given.get("separator", ","), "','") or ","
    if "separator" in given and style is not BatchStyle.LIST:
        checks.wrong(f"{path}.separator", 'goes with batch = "list" alone')
    integers = checks.flag(f"{path}.integers", given.get("integers", False))
    return Batch(style=style, size=size, separator=separator, integers=integers)


def _keys_filled(checks: Checks, path: str, used: Mapping[str, set[str]], batch: Batch | None) -> set[str]:
    """The placeholder that keys fill, which must stand where the batch's style can fill it."""
    if batch is None:
        return set()
    name, right = _PLACE_OF_KEYS[batch.style]
    places = [place for place, names in used.items() if name in names]
    if not places or any(place not in right for place in places):
        checks.wrong(path, f'with batch = "{batch.style}" must hold {{{name}}} in its {" or ".join(right)}')
    return {name}


def _pages_filled(checks: Checks, path: str, used: Mapping[str, set[str]], paging: Paging | None) -> set[str]:
    """The placeholders that paging fills, without one of which the same page would be asked for again."""
    inside = used["query"] | used["body"]
    if paging is None:
        if "size" in inside:
            checks.wrong(f"{path}.paging", "is missing; {size} is filled from it")
        return {"size"} & inside
    name = _NEEDED.get(paging.style)
    if name is not None and name not in inside:
        checks.wrong(path, f'with paging style "{paging.style}" must hold {{{name}}} in its query or body')
    return {"size"} if name is None else {"size", name}


def _paging(checks: Checks, path: str, given: Any) -> Paging | None:
    given = checks.table(path, given, PAGING_KEYS, like='{ style = "page", size = 50 }')
    style = checks.choice(f"{path}.style", given.get("style"), PagingStyle)
    size = checks.whole(f"{path}.size", given.get("size"), 1, MOST_ITEMS)
    found = {name: checks.expression(f"{path}.{name}", given[name]) for name in ("next", *_ENDS) if name in given}
    first = checks.whole(f"{path}.first", given.get("first", 1), 0, 1)
    if style is None or size is None:
        return None
    if (style in _FOUND_BY_NEXT) != ("next" in given):
        told = (
            "is missing; say where the answer holds it"
            if style in _FOUND_BY_NEXT
            else "goes with cursor and next alone"
        )
        checks.wrong(f"{path}.next", told)
    numbered = style in (PagingStyle.PAGE, PagingStyle.OFFSET)
    for name in _ENDS:
        if name in given and not numbered and not (name == "more" and style is PagingStyle.CURSOR):
            checks.wrong(f"{path}.{name}", f"says nothing where the style is {style}")
    if sum(name in given for name in _ENDS) > 1:
        checks.wrong(path, f"must hold at most one of {', '.join(_ENDS)}")
    return Paging(style=style, size=size, first=1 if first is None else first, **found)
