"""Conditions on `orders` in two parts: their form, by which statements are kept, and the values that go into it.

To put a statement together costs as much as to run it over an index, and the statements of one screen differ in their
values alone. So what is asked is a form first, which is cheap to make and to compare; only a new one becomes SQL.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import count
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, and_, bindparam, exists, false, not_, or_, true
from sqlalchemy.types import TypeEngine

from orderweave.index.tables import METADATA, orders, search_terms
from orderweave_sdk.manifest import Operator

# Values of a list that are part of the form; a longer list is one value, so that its length makes no new form.
_MOST_PLACES = 8
# After every text that begins as a term does.
_AFTER = "\U0010ffff"
_AMONG = frozenset({Operator.EQ, Operator.IN})
_NEGATIVE = frozenset({Operator.NE, Operator.NOT_IN})
_COMPARISONS = {
    Operator.GT: ColumnElement.__gt__,
    Operator.GTE: ColumnElement.__ge__,
    Operator.LT: ColumnElement.__lt__,
    Operator.LTE: ColumnElement.__le__,
}


class Test(msgspec.Struct, frozen=True):
    """A test of a column of `orders`, or of a table with several rows an order. `places` values, None: one list."""

    table: str
    column: str
    operator: Operator
    places: int | None


class Begins(msgspec.Struct, frozen=True):
    """A word that one of the order's begins with: two values. With `personal` it may be of a company's name, and with
    `masked` of a person's.
    """

    personal: bool
    masked: bool


class All(msgspec.Struct, frozen=True):
    """All of these hold; true for none."""

    parts: tuple[Form, ...]


class Some(msgspec.Struct, frozen=True):
    """One of these holds; false for none."""

    parts: tuple[Form, ...]


class Not(msgspec.Struct, frozen=True):
    """None of it holds."""

    part: Form


Form = Test | Begins | All | Some | Not


class Where(msgspec.Struct, frozen=True):
    """A condition on `orders`: its form, the values in the order in which the form takes them, how many parts the form
    has, and whether one of the values is a list.
    """

    form: Form
    values: tuple[Any, ...]
    size: int = 1
    expands: bool = False

    def clause(self) -> ColumnElement[bool]:
        """As SQL that holds the values."""
        values = iter(self.values)

        def bind(kind: TypeEngine[Any], *, several: bool) -> ColumnElement[Any]:
            return bindparam(None, next(values), kind, unique=True, expanding=several)

        return _clause(self.form, bind, exact=False)

    def given(self) -> dict[str, Any]:
        """The values by the names that `clause_of` gives them."""
        return {f"value_{place}": value for place, value in enumerate(self.values)}


def of_column(table: str, column: str, operator: Operator, values: Sequence[Any]) -> Where:
    """A test of a column with these values: several for IN and NOT_IN, possibly none; one for all other operators."""
    if len(values) > _MOST_PLACES:
        return Where(Test(table, column, operator, None), (list(values),), expands=True)
    return Where(Test(table, column, operator, len(values)), tuple(values))


def begins(word: str, *, personal: bool, masked: bool) -> Where:
    """Whether one of the order's words begins with this."""
    return Where(Begins(personal, masked), (word, word + _AFTER))


def every(parts: Iterable[Where]) -> Where:
    """All of these; true for none."""
    return _together(All, list(parts))


def some(parts: Iterable[Where]) -> Where:
    """One of these; false for none."""
    return _together(Some, list(parts))


def negated(part: Where) -> Where:
    """Not this."""
    return Where(Not(part.form), part.values, part.size, part.expands)


def _together(kind: type[All | Some], parts: Sequence[Where]) -> Where:
    return Where(
        kind(tuple(part.form for part in parts)),
        tuple(value for part in parts for value in part.values),
        1 + sum(part.size for part in parts),
        any(part.expands for part in parts),
    )


def clause_of(form: Form) -> ColumnElement[bool]:
    """A form as SQL with a named place for each value; `Where.given` has the values by these names."""
    places = count()

    def bind(kind: TypeEngine[Any], *, several: bool) -> ColumnElement[Any]:
        return bindparam(f"value_{next(places)}", type_=kind, expanding=several)

    return _clause(form, bind, exact=False)


_Bind = Callable[..., ColumnElement[Any]]


def _clause(form: Form, bind: _Bind, *, exact: bool) -> ColumnElement[bool]:
    """`bind` gives the next value's place. What nobody knows passes only negations, and null is as good as false up to
    the first of these: within them a test must be `exact`, which is true or false and never null.
    """
    if isinstance(form, All):
        return and_(true(), *(_clause(part, bind, exact=exact) for part in form.parts))
    if isinstance(form, Some):
        return or_(false(), *(_clause(part, bind, exact=exact) for part in form.parts))
    if isinstance(form, Not):
        return not_(_clause(form.part, bind, exact=True))
    if isinstance(form, Begins):
        return _begins(form, bind)
    if form.operator in _NEGATIVE:
        return not_(_passes(form, bind, exact=True))
    return _passes(form, bind, exact=exact)


def _passes(form: Test, bind: _Bind, *, exact: bool) -> ColumnElement[bool]:
    table = METADATA.tables[form.table]
    column = table.c[form.column]
    passes: ColumnElement[bool]
    if form.places is None:
        passes = column.in_(bind(column.type, several=True))
    elif not form.places:
        passes = false()
    elif form.operator in _AMONG or form.operator in _NEGATIVE:
        passes = column.in_([bind(column.type, several=False) for _ in range(form.places)])
    else:
        passes = _COMPARISONS[form.operator](column, bind(column.type, several=False))
    if table is not orders:
        return exists().where(table.c.order_key == orders.c.key, passes)
    return and_(column.is_not(None), passes) if exact and column.nullable else passes


def _begins(form: Begins, bind: _Bind) -> ColumnElement[bool]:
    term = search_terms.c.term
    first, last = bind(term.type, several=False), bind(term.type, several=False)
    found = and_(term >= first, term < last, search_terms.c.order_key == orders.c.key)
    if not form.personal:
        found = and_(found, not_(search_terms.c.personal))
    elif not form.masked:
        found = and_(found, not_(search_terms.c.masked))
    return exists().where(found)
