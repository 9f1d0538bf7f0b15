"""Statements kept as text by the form of what is asked.

To put a statement together, to find its text and to type its values anew on each call costs as much as half of what the
database does for a page. A kept one costs what a text written by hand does.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Dialect, Select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.compiler import SQLCompiler

from orderweave.index.forms import Where

Question = Select[*tuple[Any, ...]]

# Statements that a process keeps, and the tests in one of them: some 20 KB each. A larger one is made for each call.
_MOST_KEPT = 256
_MOST_TESTS = 32


def rows_of(
    connection: Connection, put_together: Callable[..., Question], where: Where, *more: Hashable, **values: Any
) -> list[tuple[Any, ...]]:
    """The rows of the statement that `put_together` makes of the form of `where` and of `more`.

    It has places for the values of `where`, as `clause_of` names them, and for `values`.
    """
    values |= where.given()
    if where.size <= _MOST_TESTS and not where.expands:
        return _kept(connection.dialect, put_together, where.form, *more).rows(connection, values)
    # The engine keeps the texts of what it ran, however large.
    options = {"compiled_cache": None} if where.size > _MOST_TESTS else {}
    found = connection.execute(put_together(where.form, *more), values, execution_options=options)
    return [tuple(row) for row in found]


@lru_cache(maxsize=_MOST_KEPT)
def _kept(dialect: Dialect, put_together: Callable[..., Question], *asked: Hashable) -> _Kept:
    return _Kept(put_together(*asked), dialect)


class _Kept:
    """A statement as one dialect's text, and how values go in and come out."""

    def __init__(self, question: Question, dialect: Dialect) -> None:
        compiled = question.compile(dialect=dialect)
        assert isinstance(compiled, SQLCompiler)
        self._text = compiled.string
        self._fixed = {name: value for name, value in compiled.params.items() if value is not None}
        self._order = compiled.positiontup
        binds = ((name, bind.type.bind_processor(dialect)) for name, bind in compiled.binds.items())
        self._typed = [(name, typed) for name, typed in binds if typed is not None]
        self._errors: type[Exception] = dialect.loaded_dbapi.Error
        self._read = [column.type.result_processor(dialect, None) or _as_it_is for column in question.selected_columns]

    def rows(self, connection: Connection, values: dict[str, Any]) -> list[tuple[Any, ...]]:
        """The rows, in whatever transaction the connection is; raises DBAPIError as any statement does."""
        values |= self._fixed
        for name, typed in self._typed:
            values[name] = typed(values[name])
        given = values if self._order is None else tuple(values[name] for name in self._order)
        driver: Any = connection.connection.driver_connection
        try:
            found = driver.execute(self._text, given).fetchall()
        except self._errors as error:
            raise DBAPIError.instance(self._text, None, error, self._errors, hide_parameters=True) from error
        # A column at a time: a row at a time takes three times as long.
        columns = [map(typed, column) for typed, column in zip(self._read, zip(*found, strict=True), strict=False)]
        return list(zip(*columns, strict=True))


def _as_it_is(value: Any) -> Any:
    return value
