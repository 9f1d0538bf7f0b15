"""Waiting for a store no longer than it may take, where it is the store that takes the time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import Any, TypeVar

T = TypeVar("T")

# The wait is taken in so many parts. One that ends late does not count: then this process was busy and has not looked
# at its sockets, which is no sign of a dead store. So many late ones are enough, too.
_PARTS = 4
_MOST_LATE_PARTS = 40


async def wait_patiently(task: asyncio.Future[Any], seconds: float) -> bool:
    """Whether the task is done after so many seconds at most. One that is not goes on: it is the caller's to end."""
    loop, part = asyncio.get_running_loop(), seconds / _PARTS
    counted = late = 0
    while not task.done() and counted < _PARTS and late < _MOST_LATE_PARTS:
        began = loop.time()
        await asyncio.wait({task}, timeout=part)
        if loop.time() - began < 2 * part:
            counted += 1
        else:
            late += 1
    return task.done()


async def within(seconds: float, step: Awaitable[T]) -> T:
    """What the step gives. TimeoutError where it takes longer than it may; it is ended then."""
    task = asyncio.ensure_future(step)
    try:
        if not await wait_patiently(task, seconds):
            raise TimeoutError
        return task.result()
    finally:
        if not task.done():
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
