"""What one may ask of groups, as GraphQL inputs, and what it means for the gateway."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Annotated, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import strawberry
from sqlalchemy import Column
from strawberry import UNSET, field

from orderweave.answering.aggregates import Asked, Conversion, GroupBy, Having, Measure
from orderweave.answering.errors import bad_input
from orderweave.answering.order_groups import INSTANTS
from orderweave.index.zones import Interval
from orderweave.schema.aggregate_types import (
    InventoryGroupField,
    InventoryMeasure,
    OrderGroupField,
    OrderMeasure,
)
from orderweave.schema.scalars import SortDirection
from orderweave_sdk.manifest import Operator

_MOST_GROUPS_A_PAGE = 1000
_MOST_KEYS = 4
_MOST_CONDITIONS = 10
_MOST_RATES = 50
_MOST_RATE_DIGITS = 12
_SECOND_WORD = re.compile("[A-Z]")
_CURRENCY = re.compile("[A-Z]{3}")
# What a machine's own files add to the names that all know: its own zone, and the same zones twice over.
_OF_ONE_MACHINE = ("localtime", "posixrules", "Factory", "posix/", "right/")
_ZONE = re.compile(r"[A-Za-z0-9_+\-/]{1,64}")


@strawberry.input(description="One thing to group orders by.")
class OrderGroupBy:
    """A field, and for an instant the interval."""

    field: OrderGroupField = strawberry.field(description="The field.")
    interval: Interval | None = strawberry.field(default=None, description="Needed for an instant.")
    time_zone: str = strawberry.field(
        default="UTC", description="The zone in which an interval begins, such as Europe/Berlin."
    )


@strawberry.input(description="One thing to group stock by.")
class InventoryGroupBy:
    """A field."""

    field: InventoryGroupField = strawberry.field(description="The field.")


@strawberry.input(description="In which order groups of orders come; those without the measure last.")
class OrderGroupSort:
    """A measure and a direction."""

    measure: OrderMeasure = field(description="By what.")
    direction: SortDirection = field(default=SortDirection.DESC, description="In which direction.")


@strawberry.input(description="In which order groups of stock come; those without the measure last.")
class InventoryGroupSort:
    """A measure and a direction."""

    measure: InventoryMeasure = field(description="By what.")
    direction: SortDirection = field(default=SortDirection.DESC, description="In which direction.")


@strawberry.input(description="A test of a group of orders; all that is given must hold.")
class OrderGroupHaving:
    """Operators on a measure."""

    measure: OrderMeasure = field(description="Of what.")
    eq: Decimal | None = field(default=UNSET, description="Is this.")
    gt: Decimal | None = field(default=UNSET, description="Is more.")
    gte: Decimal | None = field(default=UNSET, description="Is this or more.")
    lt: Decimal | None = field(default=UNSET, description="Is less.")
    lte: Decimal | None = field(default=UNSET, description="Is this or less.")


@strawberry.input(description="A test of a group of stock; all that is given must hold.")
class InventoryGroupHaving:
    """Operators on a measure."""

    measure: InventoryMeasure = field(description="Of what.")
    eq: Decimal | None = field(default=UNSET, description="Is this.")
    gt: Decimal | None = field(default=UNSET, description="Is more.")
    gte: Decimal | None = field(default=UNSET, description="Is this or more.")
    lt: Decimal | None = field(default=UNSET, description="Is less.")
    lte: Decimal | None = field(default=UNSET, description="Is this or less.")


@strawberry.input(description="What one of a currency is worth in the currency that amounts are converted to.")
class CurrencyRate:
    """A stated rate."""

    currency: str = field(description="The ISO 4217 code.")
    rate: Decimal = field(description="What one of it is worth.")


@strawberry.input(description="All amounts in one currency, at rates that the caller states.")
class CurrencyConversion:
    """A currency and the rates into it."""

    currency: str = field(description="The ISO 4217 code of the currency to convert to.")
    rates: list[CurrencyRate] = field(description="One for each other currency among the orders.")


GroupOrdersBy = Annotated[
    list[OrderGroupBy] | None, strawberry.argument(description="By what to group, at most 4; one group without.")
]
OrderSorting = Annotated[OrderGroupSort | None, strawberry.argument(description="In which order; by the keys without.")]
OrderTests = Annotated[list[OrderGroupHaving] | None, strawberry.argument(description="Which groups; all tests hold.")]
ConvertTo = Annotated[
    CurrencyConversion | None,
    strawberry.argument(description="Convert amounts; without it they are only added within one currency."),
]
StockBy = Annotated[
    list[InventoryGroupBy] | None, strawberry.argument(description="By what to group, at most 4; one group without.")
]
StockSorting = Annotated[
    InventoryGroupSort | None, strawberry.argument(description="In which order; by the keys without.")
]
StockTests = Annotated[
    list[InventoryGroupHaving] | None, strawberry.argument(description="Which groups; all tests hold.")
]
GroupsFirst = Annotated[int, strawberry.argument(description="At most so many groups, 1 to 1000.")]
GroupsAfter = Annotated[str | None, strawberry.argument(description="Start right after this cursor.")]


def asked_of(
    *,
    fields: Mapping[str, Column[Any]],
    measures: Mapping[str, Measure],
    selected: Sequence[str],
    by: Sequence[OrderGroupBy] | Sequence[InventoryGroupBy] | None,
    having: Sequence[OrderGroupHaving] | Sequence[InventoryGroupHaving] | None,
    order_by: OrderGroupSort | InventoryGroupSort | None,
    first: int,
    after: str | None,
    convert_to: CurrencyConversion | None = None,
    told_by: str = "",
) -> Asked:
    """What is asked, checked. `selected` are the measures in the answer, by the schema's names in snake case;
    `told_by` tells one filter from another.
    """
    if not 1 <= first <= _MOST_GROUPS_A_PAGE:
        raise bad_input(f"first must be between 1 and {_MOST_GROUPS_A_PAGE}, is {first}")
    keys = list(by or ())
    if len(keys) > _MOST_KEYS or len({repr(key) for key in keys}) != len(keys):
        raise bad_input(f"groupBy: at most {_MOST_KEYS} things, each once")
    tests = list(having or ())
    if len(tests) > _MOST_CONDITIONS:
        raise bad_input(f"having: at most {_MOST_CONDITIONS} tests")
    return Asked(
        by=tuple(_grouping(key, fields) for key in keys),
        measures=tuple(measures[name] for name in selected if name in measures),
        having=tuple(found for test in tests for found in _tests(test, measures)),
        order_by=measures[order_by.measure.value.lower()] if order_by else None,
        descending=order_by is None or order_by.direction is SortDirection.DESC,
        conversion=_conversion(convert_to) if convert_to else None,
        first=first,
        after=after,
        text=repr((told_by, keys, tests, order_by, convert_to)),
    )


def measures_in(coordinates: Iterable[str], owner: str) -> list[str]:
    """The fields of a type among the coordinates of a selection, in snake case."""
    return sorted(
        _SECOND_WORD.sub(r"_\g<0>", name).lower()
        for kind, _, name in (coordinate.partition(".") for coordinate in coordinates)
        if kind == owner
    )


def _grouping(by: Any, fields: Mapping[str, Column[Any]]) -> GroupBy:
    name = by.field.value
    interval: Interval | None = getattr(by, "interval", None)
    if (name in INSTANTS) != (interval is not None):
        raise bad_input(
            f"groupBy: {name} needs an interval, such as MONTH"
            if interval is None
            else f"groupBy: an interval is for an instant, and {name} is none"
        )
    zone = getattr(by, "time_zone", "UTC")
    if not _ZONE.fullmatch(zone) or not _is_zone(zone):
        raise bad_input("groupBy.timeZone: must be the name of a time zone, such as Europe/Berlin")
    return GroupBy(field=name, column=fields[name], interval=interval, zone=zone)


def _is_zone(name: str) -> bool:
    """Whether it is a zone wherever Orderweave and its database run."""
    if name.startswith(_OF_ONE_MACHINE):
        return False
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def _tests(test: Any, measures: Mapping[str, Measure]) -> list[Having]:
    measure = measures[test.measure.value.lower()]
    found = [
        Having(measure, operator, value)
        for operator in (Operator.EQ, Operator.GT, Operator.GTE, Operator.LT, Operator.LTE)
        if (value := getattr(test, operator.value.lower())) is not UNSET and value is not None
    ]
    if any(not entry.value.is_finite() for entry in found):
        raise bad_input("having: a number is needed")
    return found


def _conversion(given: CurrencyConversion) -> Conversion:
    rates = {rate.currency: rate.rate for rate in given.rates}
    if not _CURRENCY.fullmatch(given.currency) or not all(map(_CURRENCY.fullmatch, rates)):
        raise bad_input("convertTo: currencies are ISO 4217 codes, such as EUR")
    if len(rates) != len(given.rates) or len(rates) > _MOST_RATES or given.currency in rates:
        raise bad_input(f"convertTo: at most {_MOST_RATES} rates, one for each other currency")
    if not all(rate.is_finite() and rate > 0 and abs(rate.adjusted()) <= _MOST_RATE_DIGITS for rate in rates.values()):
        raise bad_input("convertTo: a rate is a number above zero")
    return Conversion(given.currency, rates)
