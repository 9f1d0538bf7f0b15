"""Watching the caller while a request is worked on: work for somebody who is gone, or no longer waits, is ended."""

from __future__ import annotations

import asyncio
from enum import Enum, auto
from types import TracebackType
from typing import Any, Self

from starlette.types import Receive

# Whatever is asked of a system ends at the deadline or a moment later, and an answer in part comes of it, on a busy
# machine a little later still; what is not done by then has lost its way.
_GRACE = 5.0


class Ended(Enum):
    """Why the work was ended before it was done."""

    CALLER_GONE = auto()
    TOO_LATE = auto()


class Watch:
    """`with Watch(receive, seconds) as watch:` ends the block when the caller hangs up or its time is long over.

    All that the block waits for is canceled, the block is left as if it had been done, and `ended` says why. `receive`
    must have given the whole body before. `seconds` is what is left of the request's time.

    The watch itself begins only once the block waits for something: an answer that needs no system costs no task.
    """

    def __init__(self, receive: Receive, seconds: float) -> None:
        self._receive = receive
        self._seconds = max(0.0, seconds) + _GRACE
        self._watcher: asyncio.Task[None] | None = None
        self.ended: Ended | None = None

    def __enter__(self) -> Self:
        task = asyncio.current_task()
        assert task is not None
        self._task = task
        self._canceling = task.cancelling()
        self._begin = asyncio.get_running_loop().call_soon(self._start)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        self._begin.cancel()
        if self._watcher is not None:
            self._watcher.cancel()
        if self.ended is None:
            return False
        # As in asyncio.timeout: somebody else may have canceled the task as well, and is not to be robbed of it.
        ours_alone = self._task.uncancel() <= self._canceling
        return ours_alone and kind is not None and issubclass(kind, asyncio.CancelledError)

    def _start(self) -> None:
        self._watcher = asyncio.create_task(self._watch())

    async def _watch(self) -> None:
        ended = Ended.CALLER_GONE
        try:
            async with asyncio.timeout(self._seconds):
                message: Any = {}
                while message.get("type") != "http.disconnect":
                    message = await self._receive()
        except TimeoutError:
            ended = Ended.TOO_LATE
        self.ended = ended
        self._task.cancel()
