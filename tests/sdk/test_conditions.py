"""What a search condition means on a record."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from orderweave_sdk.capabilities import Condition
from orderweave_sdk.conditions import order_matches, passes, sort_value, values_of
from orderweave_sdk.manifest import Operator, SearchField
from orderweave_sdk.records import (
    Axis,
    Channel,
    Customer,
    Header,
    Key,
    Line,
    Money,
    OrderRecord,
    Person,
    StatusWord,
    Totals,
)

PLACED = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
CHANGED = datetime(2026, 3, 5, 12, 0, tzinfo=UTC)
BARE = OrderRecord(external_id="7", keys=(Key("id", "7"),))
FULL = OrderRecord(
    external_id="8",
    keys=(Key("id", "8"), Key("number", "#1008")),
    updated_at=CHANGED,
    statuses=(
        StatusWord(Axis.ORDER, "open", "OPEN", "1"),
        StatusWord(Axis.PAYMENT, "paid", "PAID", "1"),
        StatusWord(Axis.FULFILLMENT, "sent", "FULFILLED", "1"),
        StatusWord(Axis.INVOICE, "billed", "INVOICED", "1"),
        StatusWord(Axis.RETURN, "asked", "REQUESTED", "1"),
    ),
    header=Header(
        channel=Channel(code="web"),
        placed_at=PLACED,
        currency="USD",
        purchase_order_number="PO-1",
        totals=Totals(total=Money(Decimal("12.30"), "USD")),
    ),
    lines=(Line(external_id="1", sku="TEA"), Line(external_id="2"), Line(external_id="3", sku="CUP")),
    customer=Customer(person=Person(external_id="c1", email="ada@example.com")),
)


@pytest.mark.parametrize(
    ("field", "values"),
    [
        (SearchField.NUMBER, ("#1008",)),
        (SearchField.PLACED_AT, (PLACED,)),
        (SearchField.UPDATED_AT, (CHANGED,)),
        (SearchField.STATUS, ("OPEN",)),
        (SearchField.PAYMENT_STATUS, ("PAID",)),
        (SearchField.FULFILLMENT_STATUS, ("FULFILLED",)),
        (SearchField.INVOICE_STATUS, ("INVOICED",)),
        (SearchField.RETURN_STATUS, ("REQUESTED",)),
        (SearchField.CHANNEL, ("web",)),
        (SearchField.CURRENCY, ("USD",)),
        (SearchField.TOTAL, (Decimal("12.30"),)),
        (SearchField.CUSTOMER_EMAIL, ("ada@example.com",)),
        (SearchField.CUSTOMER_ID, ("c1",)),
        (SearchField.PURCHASE_ORDER_NUMBER, ("PO-1",)),
        (SearchField.SKU, ("TEA", "CUP")),
    ],
)
def test_every_field_reads_its_value(field: SearchField, values: tuple[Any, ...]) -> None:
    """Each field has its value on a full record, and none on a bare one."""
    assert values_of(FULL, field) == values
    assert values_of(BARE, field) == ()


def test_every_field_is_tried() -> None:
    """A new search field needs a line above: all of them can be read."""
    assert {field: values_of(BARE, field) for field in SearchField} == dict.fromkeys(SearchField, ())


@pytest.mark.parametrize(
    ("operator", "wanted", "expected"),
    [
        (Operator.EQ, (2,), True),
        (Operator.EQ, (4,), False),
        (Operator.NE, (2,), False),
        (Operator.NE, (4,), True),
        (Operator.IN, (4, 3), True),
        (Operator.IN, (), False),
        (Operator.NOT_IN, (4, 3), False),
        (Operator.NOT_IN, (4,), True),
        (Operator.GT, (3,), False),
        (Operator.GT, (2,), True),
        (Operator.GTE, (3,), True),
        (Operator.GTE, (4,), False),
        (Operator.LT, (2,), False),
        (Operator.LT, (3,), True),
        (Operator.LTE, (2,), True),
        (Operator.LTE, (1,), False),
    ],
)
def test_operators_ask_any_value(operator: Operator, wanted: tuple[int, ...], expected: bool) -> None:
    """Of the values 2 and 3 any may pass; the negative operators demand that none is wanted."""
    assert passes((2, 3), operator, wanted) is expected


def test_nothing_known_passes_only_the_negative_operators() -> None:
    """A record without a value is not equal, not greater and not less, and surely not among the wanted."""
    passing = {operator for operator in Operator if passes((), operator, (1,))}
    assert passing == {Operator.NE, Operator.NOT_IN}


def test_a_condition_is_tried_on_a_record() -> None:
    """Decimals compare as numbers: 12.3 is 12.30."""
    assert order_matches(FULL, Condition(SearchField.TOTAL, Operator.EQ, (Decimal("12.3"),)))
    assert not order_matches(BARE, Condition(SearchField.TOTAL, Operator.GT, (Decimal(0),)))


def test_sorting_compares_value_then_id() -> None:
    """The sort's value comes first, and the id decides between equals."""
    assert sort_value(FULL, SearchField.PLACED_AT) == (PLACED, "8")
    assert sort_value(BARE, SearchField.NUMBER) == ("", "7")
