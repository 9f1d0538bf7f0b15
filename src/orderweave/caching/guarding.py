"""A guard round the shared store: a short time-out, and a breaker that skips a store that does not answer.

The first call that a dead store holds up waits for the time-out; from then on the store is skipped, at no cost, and
tried again beside the requests, never on their way. An outage is logged once, and its end once.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Any, Protocol, TypeVar

from orderweave.caching.patience import wait_patiently
from orderweave.caching.store import Kept, Store
from orderweave_sdk.clock import Clock

T = TypeVar("T")
logger = logging.getLogger("orderweave.caching")

# A command takes well under a millisecond on one network; what takes so long costs more than it saves. The quota may
# wait as long once more for the same Redis (`calling/redis_purse.py`): together that is a tenth of a second.
LONGEST_COMMAND_SECONDS = 0.05
# How long a store that failed is left alone before it is tried again.
PROBE_AFTER_SECONDS = 1.0


class SharedStore(Store, Protocol):
    """A store that all workers share, with leases."""

    async def ping(self) -> None:
        """Raise unless the store answers."""
        ...

    async def acquire(self, names: Sequence[str], token: bytes, seconds: float) -> list[bool]:
        """For each lease whether it is now held by `token`."""
        ...

    async def extend(self, names: Sequence[str], token: bytes, seconds: float) -> None:
        """Hold leases for so long from now."""
        ...

    async def release(self, names: Sequence[str], token: bytes) -> None:
        """Give leases up."""
        ...


class Guarded:
    """A shared store that raises nothing and holds nobody up.

    `failures` counts calls that failed or took too long, `skipped` those that were not made while it was down.
    """

    def __init__(self, store: SharedStore, clock: Clock, *, limit: float = LONGEST_COMMAND_SECONDS) -> None:
        self._store = store
        self._clock = clock
        self._limit = limit
        self._probe_at: float | None = None
        self._probe: asyncio.Task[None] | None = None
        self._left: set[asyncio.Future[Any]] = set()
        self.failures = 0
        self.skipped = 0

    @property
    def down(self) -> bool:
        """Whether the store is being skipped."""
        return self._probe_at is not None

    async def get_many(self, keys: Iterable[str]) -> dict[str, bytes]:
        """What is kept; nothing while the store is down."""
        wanted = list(keys)
        found = await self._try(lambda: self._store.get_many(wanted)) if wanted else None
        return found or {}

    async def set_many(self, entries: Mapping[str, Kept]) -> None:
        """Keep, where that is possible."""
        if entries:
            await self._try(lambda: self._store.set_many(entries))

    async def delete_many(self, keys: Iterable[str]) -> None:
        """Forget, where that is possible."""
        wanted = list(keys)
        if wanted:
            await self._try(lambda: self._store.delete_many(wanted))

    async def acquire(self, names: Sequence[str], token: bytes, seconds: float) -> list[bool] | None:
        """As the store's; None where it cannot say, and everybody has to do without leases."""
        return await self._try(lambda: self._store.acquire(names, token, seconds))

    async def extend(self, names: Sequence[str], token: bytes, seconds: float) -> None:
        """As the store's, where that is possible."""
        await self._try(lambda: self._store.extend(names, token, seconds))

    async def release(self, names: Sequence[str], token: bytes) -> None:
        """As the store's, where that is possible."""
        await self._try(lambda: self._store.release(names, token))

    async def answers(self) -> bool:
        """Whether the store answers at present."""
        return await self._try(self._ping) is True

    async def close(self) -> None:
        """End what is still on its way, and close the store."""
        ending: list[asyncio.Future[Any]] = [*self._left, *([self._probe] if self._probe else [])]
        for task in ending:
            task.cancel()
        await asyncio.gather(*ending, return_exceptions=True)
        await self._store.close()

    async def _try(self, command: Callable[[], Awaitable[T]]) -> T | None:
        """What the store answers; None where it does not, or is being left alone."""
        if self._probe_at is not None:
            self.skipped += 1
            self._probe_when_due()
            return None
        task = asyncio.ensure_future(command())
        try:
            await wait_patiently(task, self._limit)
        finally:
            if not task.done():
                task.cancel()
                self._left.add(task)
                task.add_done_callback(self._left.discard)
        if not task.done():
            self._fail("no answer in time")
            return None
        try:
            return task.result()
        except Exception as error:
            self._fail(type(error).__name__)
            return None

    def _fail(self, why: str) -> None:
        self.failures += 1
        if self._probe_at is None:
            logger.warning("the shared cache does not answer (%s); going on without it", why)
        self._probe_at = self._clock.monotonic() + PROBE_AFTER_SECONDS

    def _probe_when_due(self) -> None:
        if self._probe_at is None or self._clock.monotonic() < self._probe_at:
            return
        if self._probe is None or self._probe.done():
            self._probe = asyncio.get_running_loop().create_task(self._look())

    async def _ping(self) -> bool:
        await self._store.ping()
        return True

    async def _look(self) -> None:
        """One try, beside the requests."""
        try:
            async with asyncio.timeout(self._limit):
                await self._store.ping()
        except Exception:
            self._probe_at = self._clock.monotonic() + PROBE_AFTER_SECONDS
            return
        self._probe_at = None
        logger.warning("the shared cache answers again")
