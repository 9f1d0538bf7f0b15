"""Webhooks of one process, put together: what takes them in, what works them off, and what others have forgotten."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractContextManager, asynccontextmanager

from orderweave.answering import Gateway
from orderweave.caching.forgetting import Telling
from orderweave.config.configuration import WebhookSettings
from orderweave.live.watching import wait
from orderweave.observing import Observing
from orderweave.receiving.accepting import Accepting, Outcome
from orderweave.receiving.deliveries import Store
from orderweave.receiving.effects import Effects
from orderweave.receiving.tallies import Tally
from orderweave.receiving.working import Wait, Worker
from orderweave_sdk.clock import Clock

# How often a process looks what the others have forgotten.
_LISTEN_SECONDS = 1.0


class Receiving:
    """`accept` takes a delivery in; `running` works deliveries off, and listens to the other processes, meanwhile."""

    def __init__(
        self,
        gateway: Callable[[], AbstractContextManager[Gateway]],
        store: Store,
        effects: Effects,
        settings: WebhookSettings,
        clock: Clock,
        *,
        observing: Observing,
        telling: Telling | None = None,
        wait: Wait = wait,
    ) -> None:
        self._gateway = gateway
        self._telling = telling
        self._wait = wait
        self.tally = Tally(clock, observing)
        self.worker = Worker(
            store,
            effects,
            clock,
            self.tally,
            attempts=settings.attempts,
            keep_days=settings.keep_days,
            wait=wait,
        )
        self._accepting = Accepting(
            gateway, store, clock, self.tally, most_waiting=settings.most_waiting, new=self.worker.wake
        )

    async def accept(self, system: str, headers: Mapping[str, str], body: bytes) -> Outcome:
        """See `Accepting.accept`."""
        return await self._accepting.accept(system, headers, body)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Work until the block ends."""
        loop = asyncio.get_running_loop()
        tasks = [loop.create_task(self.worker.run())]
        if self._telling is not None:
            tasks.append(loop.create_task(self._listen(self._telling)))
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _listen(self, telling: Telling) -> None:
        """Forget what other processes were told of."""
        never = asyncio.Event()
        while True:
            with self._gateway() as gateway:
                cache = gateway.parts.systems.cache
                await telling.read_on(cache.drop, cache.drop_all)
            await self._wait(never, _LISTEN_SECONDS)
