"""A second, equal call when the first takes longer than usual: whichever answers first is taken, the other canceled."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, TypeVar

from orderweave.calling.parts import Pause

T = TypeVar("T")

# Answers that "usual" is read from, and how many there must be.
_MOST_LATENCIES = 200
_LEAST_LATENCIES = 20


class Latencies:
    """How long the last answers of one operation took, in seconds."""

    def __init__(self) -> None:
        self._seconds: deque[float] = deque(maxlen=_MOST_LATENCIES)

    def add(self, seconds: float) -> None:
        """One more answer."""
        self._seconds.append(seconds)

    def p95(self) -> float | None:
        """What 95 of 100 answers stay within; None while too few are known."""
        if len(self._seconds) < _LEAST_LATENCIES:
            return None
        return sorted(self._seconds)[int(len(self._seconds) * 0.95) - 1]


async def hedged(
    attempt: Callable[[], Coroutine[Any, Any, T]], after: float, *, pause: Pause, may: Callable[[], bool]
) -> T:
    """The answer of `attempt`, made a second time after so many seconds if `may` allows it then.

    When both fail the first one's error is raised. Neither outlives this call.
    """
    first: asyncio.Future[T] = asyncio.create_task(attempt())
    timer: asyncio.Future[None] = asyncio.create_task(_passed(pause(after)))
    tasks: list[asyncio.Future[Any]] = [first, timer]
    both: set[asyncio.Future[Any]] = {first, timer}
    try:
        await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        if first.done() or not may():
            return await first
        second: asyncio.Future[T] = asyncio.create_task(attempt())
        tasks.append(second)
        pending = {first, second}
        while pending:
            _, pending = await asyncio.wait(pending, return_when=asyncio.FIRST_COMPLETED)
            for task in (first, second):
                if task.done() and not task.cancelled() and task.exception() is None:
                    return task.result()
        return await first
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _passed(time: Awaitable[object]) -> None:
    await time
