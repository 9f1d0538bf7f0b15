"""Which gateway answers: the current one for whatever comes now, and one that was replaced until its last request."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from types import TracebackType

from orderweave.access import Headers
from orderweave.answering import Gateway
from orderweave.model.rights import Caller
from orderweave.web.door import Door

Close = Callable[[], Awaitable[None]]


class Lease:
    """A gateway with its door, and how many requests it is answering. `with lease as gateway` is one more."""

    def __init__(self, gateway: Gateway, close: Close, door: Door) -> None:
        self.gateway = gateway
        self.door = door
        self.close = close
        self._requests = 0
        self._last_left = asyncio.Event()
        self._last_left.set()

    def __enter__(self) -> Gateway:
        self._requests += 1
        self._last_left.clear()
        return self.gateway

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._requests -= 1
        if not self._requests:
            self._last_left.set()

    async def end(self, seconds: float) -> int:
        """Close the gateway after its last request, or after so many seconds; gives how many were still at it."""
        try:
            async with asyncio.timeout(seconds):
                await self._last_left.wait()
        except TimeoutError:
            pass
        await self.close()
        return self._requests


class Current:
    """The gateway to which new requests go, by which door. `close` is what ends it with all its connections."""

    def __init__(self, gateway: Gateway, close: Close, door: Door | None = None) -> None:
        self._lease = Lease(gateway, close, door or Door())

    @property
    def gateway(self) -> Gateway:
        """The gateway as it is now, for a look that takes no time; a request takes it by `request`."""
        return self._lease.gateway

    async def identify(self, headers: Headers) -> Caller:
        """Who asks, by the configuration that is in force now; see `access.Identify`."""
        return await self._lease.door.identify(headers)

    def request(self) -> Lease:
        """For one request: `with current.request() as gateway` keeps that gateway open until the block ends."""
        return self._lease

    async def replace(self, gateway: Gateway, close: Close, door: Door | None = None, *, within: float) -> int:
        """From now on requests go to another gateway; the one before is closed after its last request.

        `within` bounds that wait in seconds. Gives how many requests were still at work when it was closed.
        """
        before, self._lease = self._lease, Lease(gateway, close, door or Door())
        return await before.end(within)

    async def close(self) -> None:
        """Close the gateway."""
        await self._lease.close()
