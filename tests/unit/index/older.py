"""An index as an older version left it: the tables of a revision with a row in each."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from orderweave.index.contents import digest_of, encoded, kept
from orderweave.index.migrating import migrate
from tests.unit.fake_business import order
from tests.unit.fake_clock import NOON

# All that there were before this one.
REVISIONS = ("0001", "0002", "0003", "0004", "0005", "0006", "0007")
EMAIL = "ada@shop.example"
_VERSION = "alembic_version"


def older(connection: sa.Connection, revision: str) -> dict[str, dict[str, Any]]:
    """Make the tables of a revision, each with a row; the rows, by table."""
    migrate(connection, revision)
    rows = {}
    for table in _tables(connection):
        rows[table.name] = {column.name: _value(column) for column in table.columns}
        connection.execute(table.insert(), rows[table.name])
    return rows


def rows_now(connection: sa.Connection) -> dict[str, list[dict[str, Any]]]:
    """What stands in each table."""
    return {
        table.name: [dict(row._mapping) for row in connection.execute(sa.select(table))]
        for table in _tables(connection)
    }


def _tables(connection: sa.Connection) -> list[sa.Table]:
    """The tables as the database has them."""
    seen = sa.inspect(connection)
    return [
        sa.Table(name, sa.MetaData(), *(sa.Column(each["name"], each["type"]) for each in seen.get_columns(name)))
        for name in sorted(seen.get_table_names())
        if name != _VERSION
    ]


def _value(column: sa.Column[Any]) -> Any:
    record = order("a1", "1001", email=EMAIL)
    if column.name in ("content", "digest") and column.table.name == "records":
        content = encoded(kept(record))
        return content if column.name == "content" else digest_of(content)
    if column.table.name in ("records", "record_keys") and column.name in ("system", "external_id"):
        return {"system": "shop", "external_id": "a1"}[column.name]
    kind = column.type.python_type
    values = {int: 1, bool: True, bytes: b"x", str: "x"}
    return values[kind] if kind in values else _IN_POSTGRESQL[kind]


_IN_POSTGRESQL: dict[type, Any] = {datetime: NOON, Decimal: Decimal("1.5000")}
