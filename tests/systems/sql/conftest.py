"""The dataset in SQLite and in a real PostgreSQL, and connectors that read it by the configuration file."""

from __future__ import annotations

import tomllib
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
import sqlalchemy as sa

from orderweave_sdk.connecting import Connecting
from orderweave_sql.connector import SqlConnector
from tests.systems.sql.loading import CONFIGURATION, dataset, load
from tests.systems.sql.postgresql import PostgresqlServer, running


@pytest.fixture(scope="session")
def folder() -> Path:
    """Where the CSV files are."""
    return dataset()


@pytest.fixture(scope="session")
def sqlite_url(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The dataset in an SQLite file."""
    url = f"sqlite:///{tmp_path_factory.mktemp('customer-orders') / 'orders.sqlite'}"
    load(folder, url)
    return url


@pytest.fixture(scope="session")
def server() -> Iterator[PostgresqlServer]:
    """A PostgreSQL server for all tests of this folder."""
    with running() as made:
        yield made


@pytest.fixture(scope="session")
def postgresql_url(folder: Path, server: PostgresqlServer) -> str:
    """The dataset in PostgreSQL, as a user who may only read sees it."""
    load(folder, server.url)
    engine = sa.create_engine(server.url)
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE ROLE reader LOGIN PASSWORD 'reads-only'")
        connection.exec_driver_sql("GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader")
    engine.dispose()
    return server.url_of("reader", "reads-only")


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest) -> str:
    """Each of the two databases."""
    found: str = request.getfixturevalue(f"{request.param}_url")
    return found


def settings_for(url: str) -> dict[str, Any]:
    """The configuration file's settings, with this address."""
    settings: dict[str, Any] = tomllib.loads(CONFIGURATION.read_text())["systems"]["customer-orders"]["settings"]
    return settings | {"url": url}


@pytest_asyncio.fixture
async def orders(url: str) -> AsyncIterator[Any]:
    """The connector over one of the databases."""
    connecting = Connecting(SqlConnector, settings_for(url))
    try:
        yield connecting.connector
    finally:
        await connecting.close()
