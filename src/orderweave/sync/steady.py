"""Turn after turn, by one process of many: until everything is in, or for as long as the process lives."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from sqlalchemy.exc import SQLAlchemyError

from orderweave.index import TooBusy, TooSlow
from orderweave.sync.sole import Sole, sole
from orderweave.sync.sync import Sync, Turn

if TYPE_CHECKING:
    from orderweave.sync.durable import Durable

logger = logging.getLogger("orderweave.sync")

# Seconds until it is looked again whether whoever syncs has stopped.
_TRY_AGAIN = 5.0
# Turns that `until_whole` takes while systems fail, and seconds before the second; each pause is twice as long.
_MOST_TURNS = 6
_FIRST_PAUSE = 2.0

Pause = Callable[[float], Awaitable[object]]


def _durable(sync: Sync) -> Durable:
    from orderweave.sync.durable import Durable  # noqa: PLC0415 - only who syncs needs it, and not before

    return Durable(sync, sync.index.database.url)


class Steady:
    """Who runs a sync, and when. `pause` lets time pass. Passes are durable while it works.

    `start` lets it run beside whatever else the process does, `close` ends that; both in one event loop.
    """

    def __init__(self, sync: Sync, *, pause: Pause = asyncio.sleep, lock: Sole | None = None) -> None:
        self._sync = sync
        self._pause = pause
        self._lock = lock or sole(sync.index.database.url)
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Sync beside everything else, from now on."""
        if self._task is None:
            self._task = asyncio.ensure_future(self._keep())

    async def close(self) -> None:
        """End what `start` began, between two steps of it."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None

    @asynccontextmanager
    async def alone(self) -> AsyncIterator[bool]:
        """Whether this process is the one that may sync; while inside, it is, and its passes are durable."""
        if not await asyncio.to_thread(self._lock.take):
            yield False
            return
        try:
            # In a thread: importing DBOS takes a second, in which others are answered.
            durable = await asyncio.to_thread(_durable, self._sync)
            plain, self._sync.passes = self._sync.passes, durable
            try:
                await self._sync.index.open()
                await durable.launch()
                yield True
            finally:
                self._sync.passes = plain
                await durable.close()
        finally:
            await asyncio.to_thread(self._lock.release)

    async def until_whole(self, only: Collection[str] | None = None) -> Turn:
        """Turns until every history is in and nobody failed, or until some have failed too often."""
        pause = _FIRST_PAUSE
        for _ in range(_MOST_TURNS - 1):
            turn = await self._sync.turn(only)
            if not turn.failed and not turn.incomplete:
                return turn
            await self._pause(pause)
            pause *= 2
        return await self._sync.turn(only)

    async def go_on(self, only: Collection[str] | None = None) -> None:
        """Turns for as long as the lock is ours."""
        while await asyncio.to_thread(self._lock.held):
            try:
                await self._sync.turn(only)
            except (SQLAlchemyError, TooBusy, TooSlow) as error:
                logger.error("sync_failed", extra={"fields": {"error": type(error).__name__}})
            await self._pause(self._sync.settings.interval_seconds)

    async def _keep(self) -> None:
        while True:
            try:
                async with self.alone() as ours:
                    if ours:
                        await self.go_on()
                    else:
                        await self._sync.look()
            except Exception as error:
                # Whatever it is, the gateway answers, and the next try may go better.
                logger.error("sync_stopped", extra={"fields": {"error": type(error).__name__}})
            await self._pause(_TRY_AGAIN)
