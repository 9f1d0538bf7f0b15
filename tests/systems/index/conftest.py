"""An index in a real PostgreSQL that knows the whole story."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from orderweave.index import Index
from tests.systems.sql.postgresql import PostgresqlServer, running
from tests.unit.index.story import Story, fill, story


@pytest.fixture(scope="session")
def server() -> Iterator[PostgresqlServer]:
    """A PostgreSQL server for all tests of this folder."""
    with running() as made:
        yield made


@pytest.fixture(scope="session")
def told() -> Story:
    """The story of one seed."""
    return story()


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def filled(told: Story, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    """The index of that story in each database, never to be written to."""
    if request.param == "postgresql":
        url = request.getfixturevalue("server").url
    else:
        url = f"sqlite:///{Path(tmp_path_factory.mktemp('index')) / 'index.db'}"
    index = told.index(url)
    asyncio.run(fill(index, told))
    yield index
    index.close()
