"""A real Redis for each test of this folder."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.systems.cache.redis_server import RedisServer


@pytest.fixture
def redis_server() -> Iterator[RedisServer]:
    """A Redis of the test's own."""
    server = RedisServer()
    server.start()
    yield server
    server.kill()
