"""Durable work in one process: on while somebody needs it, under a seat, with an eye on what the dead have left."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import msgspec
from sqlalchemy import URL

from orderweave.durable.seats import Seats

if TYPE_CHECKING:
    from orderweave.durable.engine import Engine

logger = logging.getLogger("orderweave.durable")

# Seconds between two looks at what dead processes left, and at our own seat.
_LOOK_SECONDS = 5.0
# Seconds between two looks at a queue. Each costs some milliseconds, in every process. Tests put it lower.
QUEUE_LOOK_SECONDS = 1.0
# Seconds until it is looked again whether the gateway before has ended, after a reload.
_TRY_AGAIN = 1.0

Pause = Callable[[float], Awaitable[object]]


class Offer(msgspec.Struct, frozen=True, kw_only=True):
    """Work that this process does: what waits in `queue`, by the workflows of `module`, with the steps of `doer`.

    No more than `at_once` are under way over all processes. With `spread` each of the processes that offer it does its
    share of what there is; one that has more, as when another has come, leaves the rest after the step that it is at.
    """

    queue: str
    module: str
    doer: Any
    at_once: int | None = None
    spread: bool = False


class Durable:
    """Durable work of one gateway over one index. The library is one in a process: of two gateways the second waits
    until the first has ended.

    Every offer comes before the first `running`; offers and `running` belong to one event loop, the one in which the
    steps are done. `pause` lets time pass between two looks.
    """

    def __init__(self, index: URL, *, pause: Pause = asyncio.sleep) -> None:
        self._index = index
        self._pause = pause
        self._offers: dict[str, Offer] = {}
        self._seats = Seats(index, "worker")
        # Who offers work that is spread, apart from all who work on something.
        self._offering: dict[str, Seats] = {}
        self._engine: Engine | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._users = 0
        self._door = asyncio.Lock()
        self._keeper: asyncio.Task[None] | None = None
        # One after the other, whoever stops waiting for them: nothing is ended before it has begun.
        self._thread: ThreadPoolExecutor | None = None

    def offer(self, offer: Offer) -> None:
        """Do such work while it runs."""
        assert self._engine is None, "offers come before the first `running`"
        self._offers[offer.queue] = offer
        if offer.spread:
            self._offering[offer.queue] = Seats(self._index, offer.queue)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Engine]:
        """While inside, what is offered is done here; what was under way when this seat's last process died goes on.

        Raises whatever the database does when it does not answer.
        """
        async with self._door:
            if self._users == 0:
                await self._begin()
            self._users += 1
        try:
            assert self._engine is not None
            yield self._engine
        finally:
            async with self._door:
                self._users -= 1
                if self._users == 0:
                    await self._end()

    async def _begin(self) -> None:
        while not _occupy(self):
            await self._pause(_TRY_AGAIN)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="durable")
        try:
            # In a thread: importing the library takes a second, in which others are answered.
            self._engine = await self._do(lambda: _engine(self._index, self._offers.values()))
            self._loop = asyncio.get_running_loop()
            await self._do(self._launch)
        except BaseException:
            await self._end()
            raise
        self._keeper = asyncio.create_task(self._keep())

    async def _end(self) -> None:
        keeper, self._keeper = self._keeper, None
        if keeper is not None:
            keeper.cancel()
            await asyncio.gather(keeper, return_exceptions=True)
        thread, self._thread = self._thread, None
        assert thread is not None
        ended = thread.submit(self._leave)
        thread.shutdown(wait=False)
        try:
            await asyncio.shield(asyncio.wrap_future(ended))
        finally:
            ended.add_done_callback(lambda _: _vacate(self))
            self._engine = None

    async def _keep(self) -> None:
        while True:
            await self._pause(_LOOK_SECONDS)
            try:
                await self._do(self._look)
            except Exception as error:
                # It passes, or is mended: the next look may go better.
                logger.error("durable_work_waits", extra={"fields": {"error": type(error).__name__}})

    async def _do(self, work: Callable[[], Any]) -> Any:
        assert self._thread is not None
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    def _look(self) -> None:
        assert self._engine is not None
        if not (self._engine.is_up and all(seats.held() for seats in (self._seats, *self._offering.values()))):
            # Others may have taken our seat for a dead one's: what we note counts no more.
            self._leave()
            self._launch()
        self._settle()

    def _settle(self) -> None:
        assert self._engine is not None
        self._engine.take_up(self._seats)
        for queue, seats in self._offering.items():
            self._engine.spread(queue, seats.taken())

    def _launch(self) -> None:
        assert self._engine is not None
        assert self._loop is not None
        for seats in self._offering.values():
            seats.sit()
        self._engine.launch(self._seats.sit(), self._loop)
        self._settle()

    def _leave(self) -> None:
        try:
            if self._engine is not None:
                self._engine.close()
        finally:
            for seats in (self._seats, *self._offering.values()):
                seats.rise()


_occupant: Durable | None = None


def _occupy(durable: Durable) -> bool:
    """Whether the process is this one's now."""
    global _occupant  # noqa: PLW0603 - the library has one in a process as well
    if _occupant is not None:
        return False
    _occupant = durable
    return True


def _vacate(durable: Durable) -> None:
    global _occupant  # noqa: PLW0603 - as above
    if _occupant is durable:
        _occupant = None


def _engine(index: URL, offers: Any) -> Engine:
    from orderweave.durable.engine import Engine  # noqa: PLC0415 - only who works needs it, and not before

    return Engine(index, tuple(offers), QUEUE_LOOK_SECONDS)
