"""Statements are kept by the form of what is asked, and only those that are small."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError

from orderweave.index import Index, TooSlow
from orderweave.index.conditions import passing
from orderweave.index.forms import Form, Where, clause_of, every, negated, of_column, some
from orderweave.index.kept import Question, rows_of
from orderweave.index.pages import count
from orderweave.index.tables import orders
from orderweave.model.filters import Filter
from orderweave_sdk.capabilities import Condition
from orderweave_sdk.manifest import Operator, SearchField
from tests.unit.index.story import Story


class Counted:
    """Puts a count together, and remembers of which forms."""

    def __init__(self) -> None:
        self.forms: list[Form] = []

    def __call__(self, form: Form) -> Question:
        """The statement."""
        self.forms.append(form)
        return select(func.count()).select_from(orders).where(clause_of(form))


def of(statuses: Sequence[str]) -> Where:
    """Orders of these statuses."""
    return of_column("orders", "status", Operator.IN, statuses)


def counted(index: Index, put_together: Counted, wanted: Where) -> int:
    """How many orders there are."""
    with index.database.engine.connect() as connection:
        ((found,),) = rows_of(connection, put_together, wanted)
        return int(found)


def by_status(told: Story, *statuses: str) -> int:
    """How many orders the oracle counts."""
    return sum(order.status.value in statuses for order in told.orders)


def test_one_form_is_put_together_once(filled: Index, told: Story) -> None:
    """Other values go into the statement that is there, and are counted by; another number of them makes a new one."""
    put_together = Counted()
    for status in ("COMPLETED", "CANCELED", "OPEN", "nothing"):
        assert counted(filled, put_together, every([of([status])])) == by_status(told, status)
    assert len(put_together.forms) == 1
    both = ("COMPLETED", "CANCELED")
    assert counted(filled, put_together, every([of(both)])) == by_status(told, *both)
    assert len(put_together.forms) == 2


def test_long_lists_are_of_one_form(filled: Index, told: Story) -> None:
    """Lists of nine and of ninety values make the same form; such a statement is put together for each call."""
    put_together = Counted()
    for length in (9, 90):
        statuses = ["OPEN", *(str(number) for number in range(length - 1))]
        assert counted(filled, put_together, of(statuses)) == by_status(told, "OPEN")
    assert put_together.forms == [put_together.forms[0]] * 2


def test_a_large_form_is_not_kept(filled: Index, told: Story) -> None:
    """What has more than 32 parts is put together anew, and counts the same."""
    put_together = Counted()
    for _ in range(2):
        assert counted(filled, put_together, some([of(["OPEN"])] * 40)) == by_status(told, "OPEN")
    assert len(put_together.forms) == 2


def test_nothing_is_among_no_values(filled: Index, told: Story) -> None:
    """A list of no values, as of numbers that cannot be any, passes nobody, and its negation everybody."""
    nothing = of_column("order_numbers", "number", Operator.IN, ())
    assert counted(filled, Counted(), nothing) == 0
    assert counted(filled, Counted(), negated(nothing)) == len(told.orders)


def test_what_nobody_knows_passes_negations_alone(filled: Index, told: Story) -> None:
    """An order without a return passes `not (status = X)`, however deep the `not` stands, and never a positive test."""
    condition = Condition(SearchField.RETURN_STATUS, Operator.EQ, ("nothing",))
    test = Filter(conditions=(condition,))
    with filled.database.engine.connect() as connection:
        assert count(connection, passing(Filter(none=(test,)), told.reader)) == len(told.orders)
        inner = Filter(some=(Filter(every=(test,)),))
        assert count(connection, passing(Filter(none=(inner,)), told.reader)) == len(told.orders)
        assert count(connection, passing(Filter(none=(Filter(none=(test,)),)), told.reader)) == 0
        assert count(connection, passing(test, told.reader)) == 0


async def test_a_kept_statement_is_ended_in_time(filled: Index) -> None:
    """It runs within its time as any other does."""
    put_together = Counted()
    with pytest.raises(TooSlow):
        await filled.read(lambda found: [rows_of(found, put_together, of(["OPEN"])) for _ in range(10_000)], seconds=0)


def test_errors_are_those_of_any_statement(filled: Index) -> None:
    """A fault of the database is the error that callers look for, without a value of the question in it."""
    with filled.database.engine.connect() as connection, pytest.raises(DBAPIError) as caught:
        rows_of(connection, lambda form: select(func.nothing(orders.c.key)).where(clause_of(form)), of(["secret"]))
    assert "secret" not in str(caught.value)
