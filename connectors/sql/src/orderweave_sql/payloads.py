"""Rows as typed values by field, only the fields asked for; a bad cell says whose it is and where it stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Any

from orderweave_sql.cells import BadCell, read_cell, text
from orderweave_sql.database_map import SectionMap
from orderweave_sql.vocabulary import FieldKind

# The values of one row by field. A field that is not mapped, or holds NULL, is absent.
Row = Mapping[str, Any]
# An order's rows of each section that was read.
Parts = Mapping[str, Sequence[Row]]


class BadRow(Exception):
    """A row that cannot be read. `owner` is the id in its first field, where that can be read; the message says why."""

    def __init__(self, message: str, owner: str | None) -> None:
        super().__init__(message)
        self.owner = owner


def columns_of(section: SectionMap, fields: Sequence[str]) -> list[str]:
    """The columns to select for these fields, in order; fields that are the same for every row need none."""
    return [name for field in fields for name in section.columns[field].names]


def read_row(section: SectionMap, fields: Sequence[str], raw: Sequence[Any], *, money_places: int | None) -> Row:
    """The row, whose cells stand in the order of `columns_of`. Raises BadRow, also for a NULL in a
    required field that is no word."""
    found: dict[str, Any] = {}
    at = 0
    for name in fields:
        column = section.columns[name]
        rule = section.field(name)
        if column.value is not None:
            found[name] = column.value
            continue
        cells = [cell for cell in raw[at : at + len(column.names)] if cell is not None]
        at += len(column.names)
        try:
            read = [read_cell(cell, rule, column, money_places=money_places) for cell in cells]
        except BadCell as error:
            raise BadRow(f"{section.name}.{name}: {error}", owner(raw)) from None
        values = [value for value in read if value is not None]
        if values:
            found[name] = tuple(chain.from_iterable(values)) if rule.kind is FieldKind.STREET else values[0]
        elif rule.required and rule.words is None:  # a word that is not there reads as UNKNOWN
            raise BadRow(f"{section.name}.{name}: is empty", owner(raw))
    return found


def owner(raw: Sequence[Any]) -> str | None:
    """The first cell as an id."""
    try:
        return None if raw[0] is None else text(raw[0])
    except BadCell:
        return None
