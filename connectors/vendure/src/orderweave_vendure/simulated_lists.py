"""Vendure's lists for the simulator: filters as its list queries understand them, and pages by skip and take."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from graphql import GraphQLError

from orderweave_sdk.records import OrderRecord
from orderweave_vendure.expressible import REFERENCE_FIELD
from orderweave_vendure.simulated_orders import raw_state

# What one list may hold where a shop has not said otherwise.
MOST_ROWS = 1000
# Fields that name an order, or a few.
_NAMING = frozenset({"id", "code", REFERENCE_FIELD})

Filter = Mapping[str, Any]


class OrderList:
    """All orders, indexed by what they are looked up by, and in order of when they were placed."""

    def __init__(self, orders: Iterable[OrderRecord]) -> None:
        orders = list(orders)
        placed = [order for order in orders if _placed(order) is not None]
        self._ascending = sorted(placed, key=lambda order: _moment(order).timestamp())
        self._moments = [_moment(order) for order in self._ascending]
        self._by: dict[str, dict[str, list[OrderRecord]]] = {field: {} for field in _NAMING}
        for order in orders:
            for field, index in self._by.items():
                value = _FIELDS[field](order)
                if value is not None:
                    index.setdefault(value, []).append(order)

    def page(self, options: Mapping[str, Any]) -> tuple[list[OrderRecord], int]:
        """The orders of one page, and how many there are in all."""
        filter_ = options.get("filter") or {}
        found = self._named(filter_)
        if found is None:
            found = self._between(filter_)
            if (options.get("sort") or {}).get("orderPlacedAt") == "DESC":
                found = found[::-1]
        matching = [order for order in found if matches(order, filter_)]
        return cut(matching, options), len(matching)

    def _named(self, filter_: Filter) -> list[OrderRecord] | None:
        """The orders that a filter names by id or code; None where it names none."""
        for part in filter_.get("_and") or ():
            named = part.get("_or") or ()
            if named and all(set(each) <= _NAMING and each for each in named):
                values = [(field, value) for each in named for field in each for value in each[field].get("in") or ()]
                found = [order for field, value in values for order in self._by[field].get(value, ())]
                return list({order.external_id: order for order in found}.values())
        return None

    def _between(self, filter_: Filter) -> list[OrderRecord]:
        """The placed orders within the bounds that a filter sets."""
        start, end = 0, len(self._ascending)
        for part in filter_.get("_and") or ():
            bounds = part.get("orderPlacedAt") or {}
            if bounds.get("after"):
                start = max(start, bisect_right(self._moments, _parsed(bounds["after"])))
            if bounds.get("before"):
                end = min(end, bisect_left(self._moments, _parsed(bounds["before"])))
        return self._ascending[start:end]


def cut(rows: Sequence[Any], options: Mapping[str, Any]) -> list[Any]:
    """One page; more than the most is an error, as Vendure has it."""
    take = options.get("take") or MOST_ROWS
    if take > MOST_ROWS:
        raise GraphQLError(
            f"Cannot take more than {MOST_ROWS} results from a list query", extensions={"code": "USER_INPUT_ERROR"}
        )
    start = options.get("skip") or 0
    return list(rows[start : start + take])


def matches(order: OrderRecord, filter_: Filter) -> bool:
    """Whether an order passes a filter: all of its fields, all of `_and`, and one of `_or`."""
    for field, condition in filter_.items():
        if field == "_and":
            passes = all(matches(order, part) for part in condition)
        elif field == "_or":
            passes = any(matches(order, part) for part in condition)
        elif field == "orderPlacedAt":
            passes = _placed_within(order, condition)
        else:
            value = _FIELDS[field](order)
            passes = all(_OPERATORS[name](value, wanted) for name, wanted in condition.items())
        if not passes:
            return False
    return True


_FIELDS: Mapping[str, Callable[[OrderRecord], str | None]] = {
    "id": lambda order: order.external_id,
    "code": lambda order: order.key("number"),
    "state": raw_state,
    REFERENCE_FIELD: lambda order: next(
        (key.value for key in order.references if key.namespace == REFERENCE_FIELD), None
    ),
    "currencyCode": lambda order: order.header.currency if order.header else None,
}
_OPERATORS: Mapping[str, Callable[[Any, Any], bool]] = {
    "eq": lambda value, wanted: value == wanted,
    "notEq": lambda value, wanted: value != wanted,
    "in": lambda value, wanted: value in wanted,
    "notIn": lambda value, wanted: value not in wanted,
    "isNull": lambda value, wanted: (value is None) == wanted,
}


def _placed_within(order: OrderRecord, condition: Mapping[str, Any]) -> bool:
    moment = _placed(order)
    if "isNull" in condition and (moment is None) != condition["isNull"]:
        return False
    if moment is None:
        return "isNull" in condition
    after, before = condition.get("after"), condition.get("before")
    return (after is None or moment > _parsed(after)) and (before is None or moment < _parsed(before))


def _placed(order: OrderRecord) -> datetime | None:
    return order.header.placed_at if order.header else None


def _moment(order: OrderRecord) -> datetime:
    moment = _placed(order)
    if moment is None:
        raise ValueError("an order that was never placed")
    return moment


def _parsed(moment: str) -> datetime:
    return datetime.fromisoformat(moment)
