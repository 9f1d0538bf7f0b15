"""Our conditions as filters of Vendure's order list, and what of them is left for the caller. Pure.

Moments are kept to the millisecond, and the list knows only "after" and "before", both without the moment itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from orderweave_sdk.capabilities import Condition
from orderweave_sdk.manifest import Operator, SearchField
from orderweave_sdk.records import Axis
from orderweave_vendure.operations import Options
from orderweave_vendure.statuses import CANCELED, SILENT_OF_GOODS, STATUSES

_TICK = timedelta(milliseconds=1)
_EQUALITIES = frozenset({Operator.EQ, Operator.IN})


def push_down(conditions: Sequence[Condition]) -> tuple[list[Options], tuple[Condition, ...]]:
    """The filters for the conditions, and the conditions that the caller must apply as well."""
    filters: list[Options] = []
    remaining: list[Condition] = []
    for condition in conditions:
        filter_ = _filter(condition)
        if filter_ is not None:
            filters.append(filter_)
        if filter_ is None or condition.field is SearchField.FULFILLMENT_STATUS:
            remaining.append(condition)
    return filters, tuple(remaining)


def not_before(moment: datetime) -> Options:
    """Orders placed at the moment or later."""
    return _placed("after", _up(moment) - _TICK)


def not_after(moment: datetime) -> Options:
    """Orders placed at the moment or earlier."""
    return _placed("before", _down(moment) + _TICK)


def on_wire(moment: datetime) -> str:
    """An instant as Vendure writes it."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _filter(condition: Condition) -> Options | None:
    if condition.field is SearchField.PLACED_AT:
        bound = _BOUNDS.get(condition.operator)
        return bound(condition.values[0]) if bound else None
    if condition.operator not in _EQUALITIES:
        return None
    term = _TERMS.get(condition.field)
    return term(condition.values) if term else None


def _placed(side: str, moment: datetime) -> Options:
    return {"orderPlacedAt": {side: on_wire(moment)}}


def _down(moment: datetime) -> datetime:
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def _up(moment: datetime) -> datetime:
    low = _down(moment)
    return low if low == moment else low + _TICK


_BOUNDS: dict[Operator, Callable[[datetime], Options]] = {
    Operator.GT: lambda moment: _placed("after", _down(moment)),
    Operator.GTE: not_before,
    Operator.LT: lambda moment: _placed("before", _up(moment)),
    Operator.LTE: not_after,
}


def _states(axis: Axis, beside: frozenset[str], meanings: Iterable[Any]) -> Options:
    """Orders in a state of one of these meanings, or in one of those `beside` them.

    UNKNOWN is the meaning of every state that the shop made itself.
    """
    words = STATUSES.words[axis]
    wanted = set(meanings)
    known = sorted({raw for raw, meaning in words.items() if meaning in wanted} | beside)
    found: Options = {"state": {"in": known}}
    if "UNKNOWN" not in wanted:
        return found
    return {"_or": [found, {"state": {"notIn": sorted({*words, *beside})}}]}


_TERMS: dict[SearchField, Callable[[tuple[Any, ...]], Options]] = {
    SearchField.NUMBER: lambda values: {"code": {"in": list(values)}},
    SearchField.CURRENCY: lambda values: {"currencyCode": {"in": list(values)}},
    SearchField.STATUS: lambda values: _states(Axis.ORDER, frozenset(), values),
    # In these states the fulfillments tell, which the list cannot be filtered by.
    SearchField.FULFILLMENT_STATUS: lambda values: _states(Axis.FULFILLMENT, SILENT_OF_GOODS | {CANCELED}, values),
}
