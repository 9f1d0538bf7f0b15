"""A real PostgreSQL for the index and for the durable work beside it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from orderweave.index.tables import METADATA
from tests.systems.sql.postgresql import PostgresqlServer, running


@pytest.fixture(scope="package")
def server() -> Iterator[PostgresqlServer]:
    """A PostgreSQL server for all tests of this folder."""
    with running() as made:
        yield made


@pytest.fixture
def url(server: PostgresqlServer) -> Iterator[str]:
    """Its database, empty again afterwards."""
    yield server.url
    engine = sa.create_engine(server.url)
    with engine.begin() as connection:
        METADATA.drop_all(connection)
        for leftover in ("DROP SCHEMA IF EXISTS orderweave_durable CASCADE", "DROP TABLE IF EXISTS alembic_version"):
            connection.exec_driver_sql(leftover)
    engine.dispose()
