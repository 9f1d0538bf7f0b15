"""One flight a key across processes: a lease in the shared store, short and prolonged while the work goes on.

Who does not get the lease looks for the answer in the shared store until it is there, or the lease is free because
its holder failed, was killed or let the answer go: then the next one takes over.
"""

from __future__ import annotations

import asyncio
import random
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager

from orderweave.caching.guarding import Guarded

Sleep = Callable[[float], Awaitable[None]]

# A lease outlives a holder that was killed by this much at most; a holder prolongs it well before.
LEASE_SECONDS = 1.5
_PROLONG_AFTER = 0.5
# How long a waiter leaves the store alone between two looks, more or less.
_LOOK_AGAIN = 0.03


class Leases:
    """The leases of one process."""

    def __init__(self, shared: Guarded, sleep: Sleep = asyncio.sleep) -> None:
        self._shared = shared
        self._sleep = sleep

    @asynccontextmanager
    async def taken(self, names: Sequence[str]) -> AsyncIterator[frozenset[str]]:
        """Those of the leases that could be had, held until the end of the block. All of them where the shared store
        cannot say: then each process works for itself.
        """
        token = secrets.token_bytes(16)
        answers = await self._shared.acquire(names, token, LEASE_SECONDS)
        if answers is None:
            yield frozenset(names)
            return
        had = [name for name, mine in zip(names, answers, strict=True) if mine]
        if not had:
            yield frozenset()
            return
        heart = asyncio.get_running_loop().create_task(self._beat(had, token))
        try:
            yield frozenset(had)
        finally:
            heart.cancel()
            await asyncio.gather(heart, return_exceptions=True)
            await self._shared.release(had, token)

    async def pause(self) -> None:
        """A moment before the next look, never the same in two processes."""
        await self._sleep(_LOOK_AGAIN * random.uniform(0.5, 1.5))  # noqa: S311 - spreads the looks, guards nothing

    async def _beat(self, names: Sequence[str], token: bytes) -> None:
        while True:
            await self._sleep(_PROLONG_AFTER)
            await self._shared.extend(names, token, LEASE_SECONDS)
