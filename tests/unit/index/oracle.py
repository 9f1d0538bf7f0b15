"""The index asked at random beside an oracle that looks at every merged order: they must agree to the last row.

The same checks run over SQLite and over PostgreSQL.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any, cast
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Column, literal, select, true, union_all

from orderweave.answering.filters import order_passes
from orderweave.index import Index
from orderweave.index.aggregating import By, Measures, grouped
from orderweave.index.columns import Instant
from orderweave.index.conditions import passing
from orderweave.index.pages import Slice, Spot, count, keys_of
from orderweave.index.tables import orders
from orderweave.index.zones import Interval
from orderweave.model.filters import Filter
from orderweave.model.order import Order
from orderweave_sdk.capabilities import Condition
from orderweave_sdk.manifest import Operator, SearchField
from tests.unit.index.story import Story

_TEXTS = (Operator.EQ, Operator.NE, Operator.IN, Operator.NOT_IN)
_ORDERED = (Operator.EQ, Operator.GT, Operator.GTE, Operator.LT, Operator.LTE)
_LISTS = frozenset({Operator.IN, Operator.NOT_IN})
_LEAST = datetime(1, 1, 1, tzinfo=UTC)
_CENTS = Decimal("0.0001")

_ATTRIBUTES: dict[SearchField, Callable[[Order], list[Any]]] = {
    SearchField.NUMBER: lambda order: [name.value for name in order.identifiers if name.namespace.endswith(":number")],
    SearchField.PLACED_AT: lambda order: [order.placed_at],
    SearchField.UPDATED_AT: lambda order: [order.updated_at],
    SearchField.STATUS: lambda order: [order.status.value],
    SearchField.PAYMENT_STATUS: lambda order: [order.payment_status.value],
    SearchField.FULFILLMENT_STATUS: lambda order: [order.fulfillment_status.value],
    SearchField.INVOICE_STATUS: lambda order: [order.invoice_status.value],
    SearchField.RETURN_STATUS: lambda order: [order.return_status and order.return_status.value],
    SearchField.CHANNEL: lambda order: [order.channel and order.channel.code],
    SearchField.CURRENCY: lambda order: [order.currency],
    SearchField.TOTAL: lambda order: [_total(order)],
    SearchField.CUSTOMER_EMAIL: lambda order: [order.customer and order.customer.email],
    SearchField.PURCHASE_ORDER_NUMBER: lambda order: [order.purchase_order_number],
    SearchField.SKU: lambda order: [line.sku for line in order.order_lines],
}
_COMPARED = frozenset({SearchField.PLACED_AT, SearchField.UPDATED_AT, SearchField.TOTAL})


def _total(order: Order) -> Decimal | None:
    return order.totals.total.amount if order.totals and order.totals.total else None


def conditions(told: Story) -> st.SearchStrategy[Condition]:
    """A test of any field, mostly with values that some order has."""

    def of(field: SearchField) -> st.SearchStrategy[Condition]:
        known = sorted({value for order in told.orders for value in _ATTRIBUTES[field](order) if value is not None})
        values: st.SearchStrategy[Any] = st.sampled_from(known or ["nothing"])
        if field is SearchField.TOTAL:
            values |= st.decimals(min_value=0, max_value=5000, places=2)
            # Finer than a column's amounts, and beyond the greatest of them.
            values |= st.decimals(min_value=0, max_value=5000, places=6)
            values |= st.sampled_from([sign * Decimal(10) ** 16 for sign in (1, -1)])
        elif field in _COMPARED:
            values |= st.timedeltas(timedelta(hours=-1), timedelta(hours=1)).map(lambda off: known[0] + off)
        else:
            values |= st.sampled_from(["", "nobody", "ÜBER"])
        operators = st.sampled_from(_ORDERED if field in _COMPARED else _TEXTS)
        return operators.flatmap(
            lambda operator: (
                st.lists(values, min_size=1, max_size=12)
                if operator in _LISTS
                else st.lists(values, min_size=1, max_size=1)
            ).map(lambda found: Condition(field, operator, tuple(found)))
        )

    return st.sampled_from(list(_ATTRIBUTES)).flatmap(of)


def filters(told: Story) -> st.SearchStrategy[Filter]:
    """Any filter, nested."""
    tests = st.lists(conditions(told), max_size=2).map(tuple)
    return st.recursive(
        tests.map(lambda found: Filter(conditions=found)),
        lambda inner: st.builds(
            Filter,
            conditions=tests,
            every=st.lists(inner, max_size=2).map(tuple),
            some=st.lists(inner, max_size=2).map(tuple),
            none=st.lists(inner, max_size=2).map(tuple),
        ),
        max_leaves=5,
    )


def check_lists(index: Index, told: Story, examples: int) -> None:
    """Filtered, sorted and cut into pages, the index lists what the oracle lists, and counts it."""

    @settings(max_examples=examples, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(
        filters(told),
        st.sampled_from([SearchField.PLACED_AT, SearchField.UPDATED_AT, SearchField.TOTAL]),
        st.booleans(),
        st.integers(20, 400),
    )
    def agree(wanted: Filter, sort: SearchField, descending: bool, size: int) -> None:
        passed = [order for order in told.orders if order_passes(order, wanted, told.reader)]
        passed.sort(key=lambda order: (_rank(order, sort), order.key), reverse=descending)
        where = passing(wanted, told.reader)
        listed: list[str] = []
        after: Spot | None = None
        with index.database.engine.connect() as connection:
            assert count(connection, where) == len(passed)
            while len(listed) <= len(passed):
                asked = Slice(where=where, sort=sort, descending=descending, size=size, after=after)
                spots = keys_of(connection, asked)
                listed += [spot.key for spot in spots]
                if len(spots) < size:
                    break
                after = spots[-1]
        assert listed == [order.key for order in passed]

    agree()


def _rank(order: Order, sort: SearchField) -> Any:
    if sort is SearchField.TOTAL:
        total = _total(order)
        return Decimal("-Infinity") if total is None else total
    return (order.placed_at if sort is SearchField.PLACED_AT else order.updated_at) or _LEAST


_GROUPED: dict[str, Callable[[Order], Any]] = {
    "channel": lambda order: order.channel and order.channel.code,
    "currency": lambda order: order.currency,
    "status": lambda order: order.status.value,
    "payment_status": lambda order: order.payment_status.value,
    "fulfillment_status": lambda order: order.fulfillment_status.value,
    "invoice_status": lambda order: order.invoice_status.value,
    "return_status": lambda order: order.return_status and order.return_status.value,
    "company": lambda order: order.company and order.company.name,
    "placed_at": lambda order: order.placed_at,
}
_ZONES = [
    "UTC",
    "Europe/Berlin",
    "Asia/Kathmandu",
    "America/St_Johns",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "America/Havana",
]


def check_groups(index: Index, told: Story, examples: int) -> None:
    """Filtered and grouped by anything, the index gives the oracle's groups with the oracle's sums."""

    @settings(max_examples=examples, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(
        filters(told),
        st.lists(st.sampled_from(list(_GROUPED)), max_size=3, unique=True),
        st.sampled_from(list(Interval)),
        st.sampled_from(_ZONES),
    )
    def agree(wanted: Filter, names: list[str], interval: Interval, zone: str) -> None:
        expected: dict[tuple[Any, ...], list[Order]] = {}
        for order in told.orders:
            if order_passes(order, wanted, told.reader):
                keys = tuple(_key(order, name, interval, zone) for name in names)
                expected.setdefault(keys, []).append(order)
        by = [
            By(column=orders.c[name], interval=interval if name == "placed_at" else None, zone=zone) for name in names
        ]
        measures = Measures(
            sums={"total": orders.c.total, "quantity": orders.c.line_quantity},
            known={"total": orders.c.total},
            least={"total": orders.c.total},
            most={"total": orders.c.total},
            distinct={"customers": orders.c.customer_id},
        )
        with index.database.engine.connect() as connection:
            found = grouped(connection, orders, passing(wanted, told.reader).clause(), by, measures, most=10_000)
        if not names and not expected:
            expected[()] = []
        assert {
            part.keys: (
                part.count,
                part.sums["total"],
                part.known["total"],
                part.least["total"],
                part.most["total"],
                part.sums["quantity"],
                part.distinct["customers"],
            )
            for part in found
        } == {keys: _numbers(same) for keys, same in expected.items()}

    agree()


def _numbers(same: list[Order]) -> tuple[Any, ...]:
    totals = [total for order in same if (total := _total(order)) is not None]
    quantities = [line.quantity.ordered or Decimal(0) for order in same for line in order.order_lines]
    return (
        len(same),
        sum(totals, Decimal(0)) if totals else None,
        len(totals),
        min(totals, default=None),
        max(totals, default=None),
        sum(quantities, Decimal(0)).quantize(_CENTS, ROUND_HALF_EVEN) if same else None,
        len({order.customer.id for order in same if order.customer}),
    )


def _key(order: Order, name: str, interval: Interval, zone: str) -> Any:
    value = _GROUPED[name](order)
    if name != "placed_at" or value is None:
        return value
    return _begin(value, interval, zone)


def _begin(moment: datetime, interval: Interval, zone: str) -> datetime:
    """The start of an interval, found by walking back day by day: slow, and of another making than the index's."""
    local = moment.astimezone(ZoneInfo(zone))
    if interval is Interval.HOUR:
        return moment - timedelta(minutes=local.minute, seconds=local.second, microseconds=local.microsecond)
    day = local.date()
    while not _BEGINS[interval](day):
        day -= timedelta(days=1)
    return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone)).astimezone(UTC)


_BEGINS: dict[Interval, Callable[[date], bool]] = {
    Interval.DAY: lambda _: True,
    Interval.WEEK: lambda day: day.isoweekday() == 1,
    Interval.MONTH: lambda day: day.day == 1,
    Interval.QUARTER: lambda day: day.day == 1 and day.month in (1, 4, 7, 10),
    Interval.YEAR: lambda day: (day.month, day.day) == (1, 1),
}


def check_midnights(index: Index) -> None:
    """Where a clock goes through midnight twice, the day begins at the first time, for both hours and all after."""
    second_pass, noon = datetime(2020, 11, 1, 5, 30, tzinfo=UTC), datetime(2020, 11, 1, 17, tzinfo=UTC)
    moments = union_all(*(select(literal(moment, Instant()).label("at")) for moment in (second_pass, noon))).subquery()
    for interval in (Interval.DAY, Interval.MONTH):
        by = [By(column=cast("Column[Any]", moments.c.at), interval=interval, zone="America/Havana")]
        with index.database.engine.connect() as connection:
            (group,) = grouped(connection, moments, true(), by, Measures(), most=9)
        assert (group.keys, group.count) == ((datetime(2020, 11, 1, 4, tzinfo=UTC),), 2)
