"""Streams that a client reserved for all its operations (graphql-sse, single connection mode)."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import AsyncGenerator
from contextlib import aclosing

from orderweave.operations.answers import Answer
from orderweave.web.live.events import PROTOCOL, event
from orderweave.web.live.lines import Lines
from orderweave.web.live.running import Identity, Stream

logger = logging.getLogger("orderweave.live")

# Events that wait for the stream; whoever has one more waits too.
_MOST_WAITING_EVENTS = 16
# For a reservation that no stream was opened for.
_LONGEST_RESERVED_SECONDS = 20.0


class Reservation:
    """One client's stream: its operations, and the events that wait to be sent."""

    def __init__(self, token: str, who: Identity, lines: Lines) -> None:
        self.token = token
        self.who = who
        # What ends the stream, with last words.
        self.over: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        # Counted from now on: as a connection it costs nothing yet, but its operations may run.
        self.line = lines.take(PROTOCOL, who.share, lambda: end(self.over, b""))
        self.expiry: asyncio.TimerHandle | None = None
        self._opened = False
        self._events: asyncio.Queue[bytes] = asyncio.Queue(_MOST_WAITING_EVENTS)
        self._operations: dict[str, asyncio.Task[None]] = {}

    @property
    def count(self) -> int:
        """How many operations are under way."""
        return len(self._operations)

    def has(self, identity: str) -> bool:
        """Whether an operation with this id is under way."""
        return identity in self._operations

    def open(self) -> bool:
        """Take the one stream there may be; False where it is taken."""
        if self._opened:
            return False
        self._opened = True
        if self.expiry is not None:
            self.expiry.cancel()
        return True

    def run(self, identity: str, begun: Answer | Stream) -> None:
        """Tell over the stream what comes of an operation."""
        self._operations[identity] = asyncio.get_running_loop().create_task(self._run(identity, begun))

    def complete(self, identity: str) -> bool:
        """End an operation; False where there is none."""
        task = self._operations.pop(identity, None)
        if task is not None:
            task.cancel()
        return task is not None

    async def events(self) -> AsyncGenerator[bytes, None]:
        """What is to be sent."""
        while True:
            yield await self._events.get()

    async def end(self) -> None:
        """End every operation."""
        self.line.leave()
        if self.expiry is not None:
            self.expiry.cancel()
        tasks = list(self._operations.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._operations.clear()

    async def _run(self, identity: str, begun: Answer | Stream) -> None:
        try:
            if isinstance(begun, Answer):
                await self._events.put(event("next", {"id": identity, "payload": begun.document()}))
            else:
                async with aclosing(begun) as answers:
                    async for answer in answers:
                        await self._events.put(event("next", {"id": identity, "payload": answer.document()}))
        except Exception as error:
            logger.error("operation_failed", extra={"fields": {"error": type(error).__name__}})
        if self._operations.get(identity) is asyncio.current_task():
            del self._operations[identity]
        await self._events.put(event("complete", {"id": identity}))


def end(over: asyncio.Future[bytes], words: bytes) -> None:
    """End a stream, unless it is ended."""
    if not over.done():
        over.set_result(words)


class Reservations:
    """The reservations of one process, each a connection among its `lines`."""

    def __init__(self, lines: Lines) -> None:
        self._lines = lines
        self._reserved: dict[str, Reservation] = {}
        self._ending: set[asyncio.Task[None]] = set()

    def __len__(self) -> int:
        return len(self._reserved)

    def get(self, token: str) -> Reservation | None:
        """The reservation with this token."""
        return self._reserved.get(token)

    def make(self, who: Identity) -> str:
        """Reserve a stream; gives its token. Raises TooMany."""
        reservation = Reservation(secrets.token_urlsafe(24), who, self._lines)
        self._reserved[reservation.token] = reservation
        loop = asyncio.get_running_loop()
        reservation.expiry = loop.call_later(_LONGEST_RESERVED_SECONDS, self._expire, reservation)
        return reservation.token

    async def end(self, reservation: Reservation) -> None:
        """The stream is over, and so is the reservation."""
        self._reserved.pop(reservation.token, None)
        await reservation.end()

    async def close(self) -> None:
        """End all of them."""
        for reservation in list(self._reserved.values()):
            await self.end(reservation)
        await asyncio.gather(*self._ending, return_exceptions=True)

    def _expire(self, reservation: Reservation) -> None:
        task = asyncio.get_running_loop().create_task(self.end(reservation))
        self._ending.add(task)
        task.add_done_callback(self._ending.discard)
