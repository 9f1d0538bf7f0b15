"""Turn after turn, led by one process of many: until everything is in, or for as long as the process lives.

Who leads takes the turns. Histories and sweeps within them are passes, done by whichever process that syncs has room.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from orderweave.durable import Durable, Offer
from orderweave.durable.locks import Lock, lock_of
from orderweave.sync.passes import PASSES
from orderweave.sync.sync import Sync, Turn

if TYPE_CHECKING:
    from orderweave.durable.engine import Engine

logger = logging.getLogger("orderweave.sync")

# Seconds until it is looked again whether whoever leads has stopped.
_TRY_AGAIN = 5.0
# Turns that `until_whole` takes while systems fail, and seconds before the second; each pause is twice as long.
_MOST_TURNS = 6
_FIRST_PAUSE = 2.0

Pause = Callable[[float], Awaitable[object]]


class Steady:
    """Who runs a sync, and when. `pause` lets time pass; `durable` is where passes are noted.

    `start` lets it run beside whatever else the process does, `close` ends that; both in one event loop.
    """

    def __init__(
        self, sync: Sync, durable: Durable | None = None, *, pause: Pause = asyncio.sleep, lock: Lock | None = None
    ) -> None:
        url = sync.index.database.url
        self._sync = sync
        self._durable = durable or Durable(url)
        self._pause = pause
        self._lock = lock or lock_of(url, "sync-lock")
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Sync beside everything else, from now on."""
        if self._task is None:
            self._offer()
            self._task = asyncio.ensure_future(self._keep())

    async def close(self) -> None:
        """End what `start` began, between two steps of it."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None

    @asynccontextmanager
    async def alone(self) -> AsyncIterator[bool]:
        """Whether this process leads; while inside, it does, and its passes are durable."""
        if not await asyncio.to_thread(self._lock.take):
            yield False
            return
        try:
            await self._sync.index.open()
            self._offer()
            async with self._durable.running() as engine, self._leading(engine) as ours:
                yield ours
        finally:
            await asyncio.to_thread(self._lock.release)

    @asynccontextmanager
    async def _leading(self, engine: Engine) -> AsyncIterator[bool]:
        from orderweave.sync.workflows import DurablePasses  # noqa: PLC0415 - it imports DBOS, which takes a second

        if not await asyncio.to_thread(self._lock.take):
            yield False
            return
        plain, self._sync.passes = self._sync.passes, DurablePasses(engine)
        try:
            yield True
        finally:
            self._sync.passes = plain
            await asyncio.to_thread(self._lock.release)

    def _offer(self) -> None:
        self._durable.offer(Offer(queue=PASSES, module="orderweave.sync.workflows", doer=self._sync, spread=True))

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

    async def beside(self, only: Collection[str] | None = None) -> Turn:
        """Do passes beside whoever leads until every history is in, or what is not has failed too often."""
        await self._sync.index.open()
        self._offer()
        failing = 0
        async with self._durable.running() as engine:
            while True:
                async with self._leading(engine) as ours:
                    if ours:
                        return await self.until_whole(only)
                turn = await self._sync.seen(only)
                failing = failing + 1 if turn.failed.keys() == turn.incomplete else 0
                if not turn.incomplete or failing == _MOST_TURNS:
                    return turn
                await self._pause(_TRY_AGAIN)

    async def beside_for_good(self) -> None:
        """Do passes beside all others, and lead whenever nobody else does, for as long as the process lives."""
        self._offer()
        await self._keep()

    async def go_on(self, only: Collection[str] | None = None) -> None:
        """Turns for as long as the lock is ours."""
        while await asyncio.to_thread(self._lock.held):
            try:
                await self._sync.turn(only)
            except Exception as error:
                # Whatever it is, the next turn may go better, and comes no sooner than any other.
                logger.error("sync_failed", extra={"fields": {"error": type(error).__name__}})
            await self._pause(self._sync.settings.interval_seconds)

    async def _keep(self) -> None:
        while True:
            try:
                await self._sync.index.open()
                async with self._durable.running() as engine:
                    await self._share(engine)
            except Exception as error:
                # Whatever it is, the gateway answers, and the next try may go better.
                logger.error("sync_stopped", extra={"fields": {"error": type(error).__name__}})
            await self._pause(_TRY_AGAIN)

    async def _share(self, engine: Engine) -> None:
        """Do passes beside all others, and lead whenever nobody else does."""
        while True:
            async with self._leading(engine) as ours:
                if ours:
                    await self.go_on()
                else:
                    await self._sync.look()
            await self._pause(_TRY_AGAIN)
