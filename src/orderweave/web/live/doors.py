"""The doors for subscriptions, put together: what the application hands its connections to."""

from __future__ import annotations

from typing import Any

from orderweave.config.configuration import LiveSettings
from orderweave.live import Feed
from orderweave.live.looking import looking
from orderweave.observing import Observing, catalog
from orderweave.operations.running import Operations
from orderweave.web.admission import Admission
from orderweave.web.bodies import Bodies
from orderweave.web.current import Current
from orderweave.web.live.lines import Lines
from orderweave.web.live.running import Running
from orderweave.web.live.sockets import Sockets
from orderweave.web.live.streams import Streams


class Doors:
    """`sockets` and `streams` are ASGI applications over one `feed`; `lines` are the connections of both.

    `redis` is the one that workers share; it is closed with the doors.
    """

    def __init__(
        self,
        operations: Operations,
        current: Current,
        admission: Admission,
        bodies: Bodies,
        settings: LiveSettings,
        *,
        observing: Observing,
        redis: Any = None,
    ) -> None:
        gateway = current.gateway
        self._redis = redis
        self.feed = Feed(
            looking(current.request),
            settings,
            gateway.parts.clock,
            redis=redis,
            poll_takes=gateway.call().remaining(),
            observing=observing,
        )
        self.lines = Lines(settings.most_connections, settings.share)
        running = Running(operations, current, admission, self.feed, observing)
        self.sockets = Sockets(running, self.lines, settings, current)
        self.streams = Streams(running, self.lines, settings, current, bodies)
        observing.readings.read(
            catalog.LIVE_CONNECTIONS, lambda: {(name,): count for name, count in self.lines.open.items()}
        )

    async def close(self) -> None:
        """End every watch."""
        await self.streams.reservations.close()
        await self.feed.close()
        if self._redis is not None:
            await self._redis.aclose()
