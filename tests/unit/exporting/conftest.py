"""An index that knows the whole story, to be exported and never written to."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from orderweave.index import Index
from tests.unit.index.story import Story, fill, story


@pytest.fixture(scope="session")
def told() -> Story:
    """The story of one seed."""
    return story()


@pytest.fixture(scope="session")
def filled(told: Story, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    """The index of that story."""
    index = told.index(f"sqlite:///{tmp_path_factory.mktemp('exports') / 'index.db'}")
    asyncio.run(fill(index, told))
    yield index
    index.close()
