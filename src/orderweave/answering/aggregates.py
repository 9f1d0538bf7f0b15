"""Groups and totals over the index.

The database gives every group with exact sums. What is asked of groups (conditions, order, page) is done here, so that
it means the same over any database, and so that amounts are converted, where that is wanted, before they are compared.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from decimal import ROUND_HALF_EVEN, Decimal, localcontext
from enum import StrEnum
from functools import cmp_to_key
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import Column, ColumnElement, Connection, FromClause

from orderweave.answering.errors import RequestError, bad_input
from orderweave.answering.indexed import busy, index_of, too_slow
from orderweave.answering.parts import Parts
from orderweave.answering.visibility import check_whole
from orderweave.index import TooBusy, TooSlow
from orderweave.index.aggregating import By, Key, Measures, Part, TooManyGroups, grouped
from orderweave.index.columns import SCALE
from orderweave.index.coverage import coverage_of
from orderweave.index.progress import Progress, progress_of
from orderweave.index.zones import Interval
from orderweave.model.aggregates import Group, GroupKey, Groups
from orderweave.model.codes import Code
from orderweave.model.ids import MalformedToken, decode_cursor, encode_cursor
from orderweave.model.order import PageInfo
from orderweave.model.provenance import Coverage
from orderweave.model.rights import ALL_RIGHTS, Rights
from orderweave_sdk.conditions import passes
from orderweave_sdk.manifest import Operator

_MOST_GROUPS = 10_000
# Enough for all that a group's sum and a stated rate give together.
_DIGITS = 100
_PARTS = Decimal(1).scaleb(-SCALE)


class Kind(StrEnum):
    """How a measure is made of rows."""

    COUNT = "COUNT"
    SUM = "SUM"
    AVERAGE = "AVERAGE"
    MIN = "MIN"
    MAX = "MAX"
    DISTINCT = "DISTINCT"
    KNOWN = "KNOWN"


class Measure(msgspec.Struct, frozen=True, kw_only=True):
    """One measure: its name in the schema in snake case, and what it is made of. `money` is in a currency."""

    name: str
    kind: Kind
    column: Column[Any] | None = None
    money: bool = False


class GroupBy(msgspec.Struct, frozen=True, kw_only=True):
    """What to group by: a field, and for an instant the interval and its zone."""

    field: str
    column: Column[Any]
    interval: Interval | None = None
    zone: str = "UTC"


class Having(msgspec.Struct, frozen=True):
    """A condition on a measure of a group. A measure that nothing is known of fulfills none."""

    measure: Measure
    operator: Operator
    value: Decimal


class Conversion(msgspec.Struct, frozen=True):
    """All amounts in one currency, by the worth of one of another in it."""

    currency: str
    rates: Mapping[str, Decimal]


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked of groups: by what, which measures, which of them in which order, and the page.

    `text` tells one question from another in cursors.
    """

    by: tuple[GroupBy, ...]
    measures: tuple[Measure, ...]
    having: tuple[Having, ...] = ()
    order_by: Measure | None = None
    descending: bool = True
    conversion: Conversion | None = None
    first: int
    after: str | None = None
    text: str

    def used(self) -> tuple[Measure, ...]:
        """Every measure that is shown, compared or sorted by, once."""
        named = (*self.measures, *(entry.measure for entry in self.having), *filter(None, [self.order_by]))
        return tuple({measure.name: measure for measure in named}.values())


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """Of what it is asked: rows of a table, as a part of the index (`orders`, `stock`), and what a group is made into.

    `currency` is the column that says which currency a row's amounts are in. `rights` are those by which `where` picks.
    """

    source: FromClause
    where: ColumnElement[bool]
    part: str
    shape: type[Group]
    asked: Asked
    currency: Column[Any] | None = None
    one_currency: bool = False
    rights: Rights = ALL_RIGHTS


async def aggregate(parts: Parts, question: Question) -> Groups:
    """The groups; raises RequestError for what cannot be added up, or is too much."""
    index = index_of(parts, "group and add up")
    asked = question.asked
    _check_currencies(question)
    by = [By(column=entry.column, interval=entry.interval, zone=entry.zone) for entry in asked.by]

    def work(connection: Connection) -> tuple[list[Part], tuple[Progress, ...]]:
        wanted = _to_read(question)
        found = grouped(connection, question.source, question.where, by, wanted, most=_MOST_GROUPS)
        return found, progress_of(connection)

    try:
        read, progress = await index.read(work, seconds=parts.index_seconds, long=True)
    except TooSlow:
        raise too_slow(parts.index_seconds) from None
    except TooBusy:
        raise busy() from None
    except TooManyGroups:
        message = f"more than {_MOST_GROUPS} groups; narrow the filter, or group by less"
        raise RequestError(Code.LIMIT_EXCEEDED, message) from None
    check_whole(progress, question.rights, parts.business)
    with localcontext(prec=_DIGITS):
        groups = [group for group in _groups(read, question) if _passes(group, asked.having)]
    groups.sort(key=cmp_to_key(_comparison(asked)))
    return _page(groups, asked, coverage=coverage_of(parts.business, progress, question.part))


def _check_currencies(question: Question) -> None:
    """Amounts of several currencies are never added."""
    asked = question.asked
    money = sorted(_camel(measure.name) for measure in asked.used() if measure.money)
    apart = question.one_currency or any(entry.column is question.currency for entry in asked.by)
    if money and not apart and asked.conversion is None:
        raise bad_input(
            f"{', '.join(money)}: amounts of several currencies are not added; group by CURRENCY, filter by one "
            "currency, or state rates in convertTo"
        )


def _to_read(question: Question) -> Measures:
    """What the database is asked for."""
    of_kind: dict[Kind, dict[str, Column[Any]]] = {kind: {} for kind in Kind}
    used = question.asked.used()
    for measure in used:
        if measure.column is not None:
            of_kind[measure.kind][measure.name] = measure.column
    converted = question.asked.conversion is not None and any(measure.money for measure in used)
    return Measures(
        sums={**of_kind[Kind.SUM], **of_kind[Kind.AVERAGE]},
        known={**of_kind[Kind.AVERAGE], **of_kind[Kind.KNOWN]},
        least=of_kind[Kind.MIN],
        most=of_kind[Kind.MAX],
        distinct=of_kind[Kind.DISTINCT],
        split=question.currency if converted else None,
    )


def _groups(parts: Iterable[Part], question: Question) -> list[Group]:
    """The parts as groups: those that only currencies tell apart are one where amounts are converted."""
    asked = question.asked
    together: dict[tuple[Key, ...], list[Part]] = defaultdict(list)
    for part in parts:
        together[part.keys].append(part)
    return [
        question.shape(
            keys=tuple(
                GroupKey(field=entry.field, value=_written(value, entry))
                for entry, value in zip(asked.by, keys, strict=True)
            ),
            count=sum(part.count for part in same),
            **{
                measure.name: _number(measure, same, asked.conversion)
                for measure in asked.used()
                if measure.kind is not Kind.COUNT
            },
        )
        for keys, same in together.items()
    ]


def _number(measure: Measure, parts: Sequence[Part], conversion: Conversion | None) -> Decimal | int | None:
    name = measure.name
    if measure.kind is Kind.DISTINCT:
        if len(parts) > 1:
            raise bad_input(f"{_camel(name)} cannot be told where amounts are converted")
        return sum(part.distinct[name] for part in parts)
    if measure.kind is Kind.KNOWN:
        return sum(part.known[name] for part in parts)
    if measure.kind in (Kind.MIN, Kind.MAX):
        said = [
            _converted(value, part, measure, conversion)
            for part in parts
            if (value := (part.least if measure.kind is Kind.MIN else part.most)[name]) is not None
        ]
        found = (min if measure.kind is Kind.MIN else max)(said, default=None)
        return None if found is None else _to_parts(found)
    sums = [_converted(value, part, measure, conversion) for part in parts if (value := part.sums[name]) is not None]
    if not sums:
        return None
    total = sum(sums, Decimal(0))
    return _to_parts(total if measure.kind is Kind.SUM else total / sum(part.known[name] for part in parts))


def _to_parts(value: Decimal) -> Decimal:
    """What was divided or converted, to four decimal places and no zeros behind."""
    return Decimal(format(value.quantize(_PARTS, rounding=ROUND_HALF_EVEN).normalize(), "f"))


def _converted(value: Decimal, part: Part, measure: Measure, conversion: Conversion | None) -> Decimal:
    if conversion is None or not measure.money or part.split == conversion.currency:
        return value
    rate = conversion.rates.get(part.split or "")
    if rate is None:
        raise bad_input(f"convertTo: states no rate for {part.split or 'amounts without a currency'}")
    return value * rate


def _written(value: Key, by: GroupBy) -> str | None:
    if isinstance(value, datetime):
        return value.astimezone(ZoneInfo(by.zone)).isoformat()
    return value


def _passes(group: Group, wanted: Sequence[Having]) -> bool:
    return all(
        (value := getattr(group, entry.measure.name)) is not None and passes((value,), entry.operator, (entry.value,))
        for entry in wanted
    )


def _comparison(asked: Asked) -> Callable[[Group, Group], int]:
    """By the measure, groups without it last; then by the keys, none before any."""

    def compare(one: Group, other: Group) -> int:
        if asked.order_by is not None:
            mine, theirs = getattr(one, asked.order_by.name), getattr(other, asked.order_by.name)
            if mine != theirs:
                if mine is None or theirs is None:
                    return 1 if mine is None else -1
                return (1 if mine > theirs else -1) * (-1 if asked.descending else 1)
        mine_keys, their_keys = _sortable(one), _sortable(other)
        return (mine_keys > their_keys) - (mine_keys < their_keys)

    return compare


def _sortable(group: Group) -> list[tuple[bool, str]]:
    return [(key.value is not None, key.value or "") for key in group.keys]


def _page(groups: Sequence[Group], asked: Asked, *, coverage: Coverage) -> Groups:
    """A page by the place in the order: every page counts the groups anew."""
    kind = f"groups:{hashlib.sha256(asked.text.encode()).hexdigest()[:12]}"
    start = 0
    if asked.after is not None:
        try:
            (place,) = decode_cursor(asked.after, kind)
            start = int(place)
        except (MalformedToken, ValueError):
            raise bad_input("after: not a cursor of these groups") from None
    shown = groups[start : start + asked.first]
    end = start + len(shown)
    return Groups(
        groups=tuple(shown),
        total_count=len(groups),
        page_info=PageInfo(
            has_next_page=end < len(groups),
            has_previous_page=start > 0,
            start_cursor=encode_cursor(kind, str(start)) if shown else None,
            end_cursor=encode_cursor(kind, str(end)) if shown else None,
        ),
        coverage=coverage,
    )


def _camel(name: str) -> str:
    head, *rest = name.split("_")
    return head + "".join(part.capitalize() for part in rest)
