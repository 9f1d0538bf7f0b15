"""Which conditions of a search are sent, and how. Pure.

What is sent may find more than was asked, never less: bounds are a second wider, and a condition that the API could
take only in part is not sent.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from orderweave_rest.api_map import ApiMap, BatchStyle, Filter
from orderweave_sdk.capabilities import Condition
from orderweave_sdk.manifest import Operator, SearchField

# The status axis that a search field speaks of, by its name in `order.statuses`.
STATUS_OF = {
    SearchField.STATUS: "order",
    SearchField.PAYMENT_STATUS: "payment",
    SearchField.FULFILLMENT_STATUS: "fulfillment",
}
_LOWER = (Operator.GT, Operator.GTE)
_UPPER = (Operator.LT, Operator.LTE)


def pushed(conditions: Iterable[Condition], api: ApiMap) -> tuple[list[tuple[str, str]], dict[str, Any]]:
    """Query parameters, and values of the body by dotted path, for what the search can be told."""
    assert api.search is not None
    in_body = api.search.request.method == "POST"
    query: list[tuple[str, str]] = []
    body: dict[str, Any] = {}
    for condition in conditions:
        told = api.search.filters[condition.field]
        bound = {**dict.fromkeys(_LOWER, (told.from_, -1)), **dict.fromkeys(_UPPER, (told.to, 1))}
        if condition.operator in bound:
            name, slack = bound[condition.operator]
            values: Sequence[str] = [api.times.written(condition.values[0], slack=slack)]
        else:
            name, values = told.equal, _words(condition, api)
        if name is None or not values or (len(values) > 1 and told.several is None):
            continue
        if in_body:
            joined = told.several in (None, BatchStyle.LIST)
            body.setdefault(name, ",".join(values) if joined else list(values))
        elif name not in dict(query):
            query += [(name, value) for value in _travelling(values, told)]
    return query, body


def _travelling(values: Sequence[str], told: Filter) -> Sequence[str]:
    return [",".join(values)] if told.several is BatchStyle.LIST else values


def _words(condition: Condition, api: ApiMap) -> Sequence[str]:
    """The values as the API spells them: of a status, every word that means it; none when some cannot be told."""
    wanted = [str(value) for value in condition.values]
    axis = STATUS_OF.get(condition.field)
    if axis is None:
        return wanted
    found = api.field("statuses", axis)
    if found is None or "UNKNOWN" in wanted:
        return []
    return [raw for raw, meaning in found.words.items() if meaning in wanted]
