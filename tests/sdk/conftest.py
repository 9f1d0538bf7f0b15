"""What is counted around the tests that open sockets."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from typing import Any

import pytest


@pytest.fixture
async def nothing_is_left() -> AsyncIterator[None]:
    """Counts around each test: no socket, no task, and no error that nobody was told of."""
    complaints: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: complaints.append(context))
    descriptors, tasks = len(os.listdir("/dev/fd")), len(asyncio.all_tasks())
    yield
    assert complaints == []
    assert (len(os.listdir("/dev/fd")), len(asyncio.all_tasks())) == (descriptors, tasks)
