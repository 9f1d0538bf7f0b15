"""When an answer is given: at a fixed time after its request began, whatever became of it meanwhile."""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable

from orderweave_sdk.clock import Clock

Pause = Callable[[float], Awaitable[None]]

# For so long after work that took more than a slot, everybody waits for as many as it took.
_REMEMBERED_SECONDS = 600.0


class Slots:
    """Slots of so many seconds. An answer is given at the end of the first that its work fits into, and while longer
    work is remembered, at the end of as many as that took: then the time tells nothing of one's own order.
    """

    def __init__(self, seconds: float, clock: Clock, pause: Pause) -> None:
        self._seconds = seconds
        self._clock = clock
        self._pause = pause
        self._slots = 1
        self._until = 0.0

    async def end(self, began: float, latest: float) -> None:
        """Wait until the answer to a request that began then may be given, at the latest at that moment."""
        now = self._clock.monotonic()
        needed = max(1, math.ceil((now - began) / self._seconds))
        if needed > 1 and (needed >= self._slots or now >= self._until):
            self._slots, self._until = needed, now + _REMEMBERED_SECONDS
        elif now >= self._until:
            self._slots = 1
        moment = min(began + self._slots * self._seconds, latest)
        await self._pause(max(0.0, moment - now))
