"""SELECTs over one section: every value a bound parameter, every name from the configuration quoted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.sql.selectable import FromClause

from orderweave_sql.database_map import SectionMap
from orderweave_sql.dialects import ColumnType, Dialect, one_of
from orderweave_sql.payloads import columns_of

Select = sa.Select[Any]


class SectionQuery:
    """The table or query of one section, for statements over it."""

    def __init__(self, section: SectionMap, dialect: Dialect, types: Mapping[str, ColumnType]) -> None:
        self.section = section
        self.dialect = dialect
        self._types = types
        self._source = _source(section)

    def select(self, fields: Sequence[str], *more: ColumnElement[Any]) -> Select:
        """The columns of these fields, then `more`."""
        names = columns_of(self.section, fields)
        return sa.select(*(self._column(name) for name in names), *more).select_from(self._source)

    def distinct(self, text: ColumnElement[Any], *, after: str | None) -> Select:
        """What a text of the rows is, each once and from the one after this on; NULL is left out."""
        further = text.is_not(None) if after is None else text > after
        named = text.label("found")
        return sa.select(named).select_from(self._source).where(further).distinct().order_by(named)

    def everything(self) -> Select:
        """All columns and no row: what there is to select."""
        return sa.select(sa.text("source.*")).select_from(self._source).where(sa.false())

    def column(self, field: str) -> ColumnElement[Any]:
        """A field's column; for one that is the same for every row, its value."""
        mapped = self.section.columns[field]
        return self._column(mapped.names[0]) if mapped.names else bound(mapped.value)

    def type_of(self, field: str) -> ColumnType:
        """As much of the field's type as the database says."""
        mapped = self.section.columns[field]
        return self._types.get(mapped.names[0], ColumnType.UNKNOWN) if mapped.names else ColumnType.UNKNOWN

    def among(self, field: str, values: Sequence[str]) -> ColumnElement[bool]:
        """Rows whose field is one of the values, or may be."""
        mapped = self.section.columns[field]
        if not mapped.names:
            return sa.true() if mapped.value in values else sa.false()
        return self.dialect.among(self.column(field), self.type_of(field), values)

    def exactly(self, field: str, values: Sequence[str]) -> ColumnElement[bool]:
        """Rows whose field, as a text, is one of the values: no more and no fewer."""
        natural = self.among(field, values)
        if not self.section.columns[field].names:
            return natural
        return sa.and_(natural, one_of(self.dialect.exact_text(self.column(field)), values, sa.Text()))

    def none_of(self, field: str, values: Sequence[str]) -> ColumnElement[bool]:
        """Rows whose field is none of the values; NULL is none of them."""
        if not self.section.columns[field].names:
            return sa.not_(self.among(field, values))
        column = self.column(field)
        exact = self.dialect.exact_text(column)
        return sa.or_(column.is_(None), sa.not_(one_of(exact, values, sa.Text())))

    def _column(self, name: str) -> ColumnElement[Any]:
        return self._source.c[name]


def _source(section: SectionMap) -> FromClause:
    names = dict.fromkeys(name for column in section.columns.values() for name in column.names)
    columns: list[sa.ColumnClause[Any]] = [sa.column(sa.quoted_name(name, quote=True)) for name in names]
    if section.query is not None:
        # A colon in the query is the query's own; nothing of it is a parameter of ours.
        query = sa.text(section.query.replace(":", "\\:"))
        return query.columns(*columns).subquery("source")
    table = sa.table(
        sa.quoted_name(section.table or "", quote=True),
        *columns,
        schema=sa.quoted_name(section.schema, quote=True) if section.schema else None,
    )
    return table.alias("source")


def bound(value: Any) -> ColumnElement[Any]:
    """A value as a parameter of the type that Python gives it."""
    if isinstance(value, datetime):
        return sa.literal(value, sa.DateTime(timezone=value.tzinfo is not None))
    if isinstance(value, bool):
        return sa.literal(value, sa.Boolean)
    if isinstance(value, int):
        return sa.literal(value, sa.BigInteger)
    if isinstance(value, Decimal):
        return sa.literal(value, sa.Numeric)
    if isinstance(value, float):
        return sa.literal(value, sa.Double)
    return sa.literal(value)
