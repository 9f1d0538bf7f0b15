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


class Operation:
    """The place of one operation among those of a stream; its task, once it has begun."""

    task: asyncio.Task[None] | None = None


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
        self._operations: dict[str, Operation] = {}

    @property
    def ended(self) -> bool:
        """Whether the stream has ended, or is about to."""
        return self.over.done()

    @property
    def count(self) -> int:
        """How many operations are under way, or about to be."""
        return len(self._operations)

    def has(self, identity: str) -> bool:
        """Whether an operation with this id is under way, or about to be."""
        return identity in self._operations

    def open(self) -> bool:
        """Take the one stream there may be; False where it is taken."""
        if self._opened:
            return False
        self._opened = True
        if self.expiry is not None:
            self.expiry.cancel()
        return True

    def place(self, identity: str) -> Operation:
        """Take the id for an operation that is about to begin; then `run` it, or `give_back` the id."""
        operation = self._operations[identity] = Operation()
        return operation

    def run(self, identity: str, operation: Operation, begun: Answer | Stream) -> bool:
        """Tell over the stream what comes of an operation; False where it was ended meanwhile."""
        if self.ended or self._operations.get(identity) is not operation:
            return False
        operation.task = asyncio.get_running_loop().create_task(self._run(identity, operation, begun))
        return True

    def give_back(self, identity: str, operation: Operation) -> None:
        """The operation is over, and its id may be used again."""
        if self._operations.get(identity) is operation:
            del self._operations[identity]

    def complete(self, identity: str) -> bool:
        """End an operation; False where there is none."""
        operation = self._operations.pop(identity, None)
        if operation is not None and operation.task is not None:
            operation.task.cancel()
        return operation is not None

    async def events(self) -> AsyncGenerator[bytes, None]:
        """What is to be sent."""
        while True:
            yield await self._events.get()

    async def end(self) -> None:
        """End every operation, and the stream should one have been opened in this very moment."""
        end(self.over, b"")
        self.line.leave()
        if self.expiry is not None:
            self.expiry.cancel()
        tasks = [operation.task for operation in self._operations.values() if operation.task is not None]
        self._operations.clear()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _run(self, identity: str, operation: Operation, begun: Answer | Stream) -> None:
        try:
            if isinstance(begun, Answer):
                await self._events.put(event("next", {"id": identity, "payload": begun.document()}))
            else:
                async with aclosing(begun) as answers:
                    async for answer in answers:
                        await self._events.put(event("next", {"id": identity, "payload": answer.document()}))
        except Exception as error:
            logger.error("operation_failed", extra={"fields": {"error": type(error).__name__}})
        # Until it waits to be sent the operation has its place: the end of the stream is the end of this wait as well.
        await self._events.put(event("complete", {"id": identity}))
        self.give_back(identity, operation)


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
