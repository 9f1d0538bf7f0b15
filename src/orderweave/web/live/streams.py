"""graphql-sse: an event stream for each operation, or one stream that is reserved for all of a client.

The protocol is that of the graphql-sse client (PROTOCOL.md there). A reservation stands in one process: its requests
must all come to the same one, see docs/operating.md.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

import msgspec
from starlette.datastructures import QueryParams
from starlette.types import Receive, Scope, Send

from orderweave.access import Headers, Unidentified
from orderweave.config.configuration import LiveSettings
from orderweave.model.codes import Code
from orderweave.operations.answers import Answer
from orderweave.web.admission import Overloaded
from orderweave.web.current import Current
from orderweave.web.headers import headers_of
from orderweave.web.live.events import event, pump
from orderweave.web.live.lines import Lines, TooMany
from orderweave.web.live.requests import Gone, read_operation
from orderweave.web.live.reservations import Reservation, Reservations
from orderweave.web.live.running import Identity, Operation, Running, Stream, busy, failed
from orderweave.web.live.sockets import lane_of
from orderweave.web.refusals import BadRequest

PROTOCOL = "graphql-sse"
_EVENTS = b"text/event-stream"
_TOKEN_HEADER = b"x-graphql-event-stream-token"


class Streams:
    """The ASGI application at /graphql/stream, and for whoever accepts an event stream at /graphql."""

    def __init__(self, running: Running, lines: Lines, settings: LiveSettings, current: Current) -> None:
        self._running = running
        self._lines = lines
        self._settings = settings
        self._current = current
        self.reservations = Reservations(settings.most_connections)

    @staticmethod
    def accepted(scope: Scope) -> bool:
        """Whether a request to /graphql asks for an event stream."""
        return any(name == b"accept" and _EVENTS in value.lower() for name, value in scope["headers"])

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one HTTP request."""
        headers = headers_of(scope)
        given = QueryParams(scope["query_string"])
        token = headers.get(_TOKEN_HEADER, b"").decode("latin-1") or given.get("token")
        try:
            await self._answered(scope, headers, receive, send, given=given, token=token)
        except _NotRun as error:
            await _refuse(send, 400, error.answer, [])
        except BadRequest as error:
            allow = [(b"allow", b"GET, POST, PUT, DELETE")] if error.status == 405 else []
            await _refuse(send, error.status, failed(str(error), Code.BAD_REQUEST), allow)
        except Unidentified as error:
            asks = [(b"www-authenticate", b"Bearer")] if error.status == 401 else []
            await _refuse(send, error.status, failed(str(error), error.code), asks)
        except (TooMany, Overloaded):
            await _refuse(send, 503, busy(), [(b"retry-after", b"1")])
        except Gone:
            return

    async def _answered(
        self, scope: Scope, headers: Headers, receive: Receive, send: Send, *, given: QueryParams, token: str | None
    ) -> None:
        method = scope["method"]
        reserved = self.reservations.get(token) if token else None
        if method == "PUT":
            who = await Identity.of(self._current, headers, scope)
            made = self.reservations.make(who)
            await _plain(send, 201, made.encode())
        elif method == "DELETE":
            await self._known(reserved, headers, scope)
            assert reserved is not None
            if not reserved.complete(given.get("operationId") or ""):
                raise BadRequest(404, "no such operation")
            await _plain(send, 200, b"")
        elif method == "GET" and reserved is not None and self.accepted(scope):
            await self._open(reserved, receive, send)
        elif token is not None:
            await self._known(reserved, headers, scope)
            assert reserved is not None
            if method != "POST":
                raise BadRequest(405, "send operations by POST")
            await self._begin(reserved, await read_operation(scope, headers, receive), headers)
            await _plain(send, 202, b"")
        elif method not in ("GET", "POST"):
            raise BadRequest(405, "send the request by POST, or a query or subscription by GET")
        elif not self.accepted(scope):
            raise BadRequest(406, "accept text/event-stream here, or reserve a stream by PUT")
        else:
            await self._distinct(scope, headers, receive, send)

    async def _distinct(self, scope: Scope, headers: Headers, receive: Receive, send: Send) -> None:
        """One operation, one stream. What is wrong with the operation is told over the stream as well."""
        who = await Identity.of(self._current, headers, scope)
        over: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        with self._lines.held(PROTOCOL, lambda: _end(over, b"")):
            operation = await read_operation(scope, headers, receive)
            after = headers.get(b"last-event-id", b"").decode("latin-1") or None
            begun = await self._running.begin(
                operation.request(), who, lane_of(headers), after=after, read_only=scope["method"] == "GET"
            )
            lapsing = asyncio.get_running_loop().create_task(self._lapse(who, over))
            try:
                await pump(receive, send, _told(begun), over)
            finally:
                lapsing.cancel()
                await asyncio.gather(lapsing, return_exceptions=True)

    async def _lapse(self, who: Identity, over: asyncio.Future[bytes]) -> None:
        error = await who.lapse(self._settings.identify_seconds)
        _end(over, event("next", failed(str(error), error.code).document()) + event("complete"))

    async def _known(self, reserved: Reservation | None, headers: Headers, scope: Scope) -> None:
        """That there is such a reservation, and that it is the caller's; another's is as none."""
        who = await Identity.of(self._current, headers, scope)
        if reserved is None or reserved.who.caller.name != who.caller.name:
            raise BadRequest(404, "no such stream in this process; reserve one by PUT")
        reserved.who.take_over(who)

    async def _open(self, reserved: Reservation, receive: Receive, send: Send) -> None:
        """The stream of a reservation. Its token is all that a browser can show here."""
        over: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        with self._lines.held(PROTOCOL, lambda: _end(over, b"")):
            if not reserved.open():
                raise BadRequest(409, "the stream is open already")
            lapsing = asyncio.get_running_loop().create_task(self._lapse(reserved.who, over))
            try:
                await pump(receive, send, reserved.events(), over)
            finally:
                lapsing.cancel()
                await asyncio.gather(lapsing, return_exceptions=True)
                await self.reservations.end(reserved)

    async def _begin(self, reserved: Reservation, operation: Operation, headers: Headers) -> None:
        identity = (operation.extensions or {}).get("operationId")
        if not isinstance(identity, str) or not 1 <= len(identity) <= 128:
            raise BadRequest(400, "extensions.operationId must be a text of 1 to 128 characters")
        if reserved.has(identity):
            raise BadRequest(409, "an operation with this id is under way")
        if reserved.count >= self._settings.most_subscriptions:
            raise Overloaded
        begun = await self._running.begin(operation.request(), reserved.who, lane_of(headers))
        if isinstance(begun, Answer) and not begun.executed:
            raise _NotRun(begun)
        reserved.run(identity, begun)


class _NotRun(Exception):
    """The operation is none that can be run; the answer says why."""

    def __init__(self, answer: Answer) -> None:
        super().__init__()
        self.answer = answer


def _end(over: asyncio.Future[bytes], words: bytes) -> None:
    if not over.done():
        over.set_result(words)


async def _told(begun: Answer | Stream) -> AsyncGenerator[bytes, None]:
    """The events of one operation that has a stream of its own."""
    if isinstance(begun, Answer):
        yield event("next", begun.document())
    else:
        async with aclosing(begun) as answers:
            async for answer in answers:
                yield event("next", answer.document(), begun.cursor)
    yield event("complete")


async def _plain(send: Send, status: int, body: bytes) -> None:
    await _send(send, status, [(b"content-type", b"text/plain; charset=utf-8")], body)


async def _refuse(send: Send, status: int, answer: Answer, more: list[tuple[bytes, bytes]]) -> None:
    kind = (b"content-type", b"application/json; charset=utf-8")
    await _send(send, status, [kind, *more], msgspec.json.encode(answer.document()))


async def _send(send: Send, status: int, headers: list[tuple[bytes, bytes]], body: bytes) -> None:
    always: list[Any] = [(b"cache-control", b"private, no-store"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": [*headers, *always]})
    await send({"type": "http.response.body", "body": body})
