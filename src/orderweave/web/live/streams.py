"""graphql-sse: an event stream for each operation, or one stream that is reserved for all of a client.

The protocol is that of the graphql-sse client (PROTOCOL.md there). A reservation stands in one process: its requests
must all come to the same one, see docs/operating.md. Requests are read, refused and shown to pages of other origins
as those for JSON are (`web/endpoint.py`).
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager

import msgspec
from starlette.datastructures import QueryParams
from starlette.types import Receive, Scope, Send

from orderweave.access import Headers, Unidentified
from orderweave.config.configuration import LiveSettings
from orderweave.model.rights import Caller
from orderweave.operations.answers import Answer
from orderweave.web.admission import Overloaded
from orderweave.web.asking import lane_of, seconds_of
from orderweave.web.bodies import Bodies, Sent
from orderweave.web.current import Current
from orderweave.web.door import Door
from orderweave.web.forgery import refuse_forged
from orderweave.web.headers import headers_of
from orderweave.web.live.events import KIND, PROTOCOL, UNCOLLECTED, event, pump
from orderweave.web.live.lines import Lines, TooMany
from orderweave.web.live.reservations import Reservation, Reservations, end
from orderweave.web.live.running import Identity, Running, Stream
from orderweave.web.negotiation import JSON_TYPE, RESPONSE_TYPE, Events, events_wished, status_of
from orderweave.web.refusals import BadRequest, CallerGone, HeaderList, failed, refusal_of
from orderweave.web.replying import Reply

_METHODS = b"GET, POST, PUT, DELETE"
_TOKEN_HEADER = b"x-graphql-event-stream-token"
_PLAIN = b"text/plain"


class _Asked(msgspec.Struct, frozen=True):
    """One HTTP request, and the way back."""

    scope: Scope
    headers: Headers
    receive: Receive
    send: Send
    door: Door
    reply: Reply

    @property
    def method(self) -> str:
        return str(self.scope["method"])

    @property
    def takes_events(self) -> bool:
        return events_wished(self.headers.get(b"accept")) is not Events.NO


class Streams:
    """The ASGI application at /graphql/stream, and for whoever wants an event stream at /graphql."""

    def __init__(
        self, running: Running, lines: Lines, settings: LiveSettings, current: Current, bodies: Bodies
    ) -> None:
        self._running = running
        self._lines = lines
        self._settings = settings
        self._current = current
        self._bodies = bodies
        self.reservations = Reservations(lines)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one HTTP request."""
        asked = self._asked(scope, receive, send)
        if asked.door.origins.is_asked(asked.method, asked.headers):
            await asked.reply.leave(_METHODS)
            return
        async with _refusing(asked.reply):
            await self._answered(asked)

    async def follow(self, scope: Scope, receive: Receive, send: Send, *, sent: Sent, caller: Caller) -> None:
        """Answer a request that was read already, by a stream of its own."""
        asked = self._asked(scope, receive, send)
        who = Identity(self._current.identify, asked.headers, caller, asked.door.addresses.of(scope))
        async with _refusing(asked.reply):
            over: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
            with self._lines.take(PROTOCOL, who.share, lambda: end(over, b"")):
                await self._told(asked, sent, who, over)

    def _asked(self, scope: Scope, receive: Receive, send: Send) -> _Asked:
        headers, door = headers_of(scope), self._current.request().door
        return _Asked(scope, headers, receive, send, door, Reply(headers, door, send))

    async def _answered(self, asked: _Asked) -> None:
        method = asked.method
        given = QueryParams(asked.scope["query_string"])
        token = asked.headers.get(_TOKEN_HEADER, b"").decode("latin-1") or given.get("token")
        reserved = self.reservations.get(token) if token else None
        if method == "PUT":
            who = await Identity.of(self._current, asked.headers, asked.scope)
            made = self.reservations.make(who)
            await asked.reply.whole(201, _PLAIN, made.encode(), [])
        elif method == "DELETE":
            found = await self._known(reserved, asked)
            if not found.complete(given.get("operationId") or ""):
                raise BadRequest(404, "no such operation")
            await asked.reply.whole(200, _PLAIN, b"", [])
        elif method == "GET" and reserved is not None and asked.takes_events:
            await self._open(reserved, asked)
        elif token is not None:
            found = await self._known(reserved, asked)
            if method != "POST":
                raise BadRequest(405, "send operations by POST", [(b"allow", _METHODS)])
            await self._begin(found, asked)
            await asked.reply.whole(202, _PLAIN, b"", [])
        elif method not in ("GET", "POST"):
            words = "send the request by POST, or a query or subscription by GET"
            raise BadRequest(405, words, [(b"allow", _METHODS)])
        elif not asked.takes_events:
            raise BadRequest(406, "accept text/event-stream here, or reserve a stream by PUT")
        else:
            await self._distinct(asked)

    async def _distinct(self, asked: _Asked) -> None:
        """One operation, one stream."""
        if asked.method == "GET":
            refuse_forged(asked.headers, asked.door.preflight)
        who = await Identity.of(self._current, asked.headers, asked.scope)
        over: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        with self._lines.take(PROTOCOL, who.share, lambda: end(over, b"")):
            sent = await self._bodies.sent(asked.scope, asked.headers, asked.receive)
            await self._told(asked, sent, who, over)

    async def _told(self, asked: _Asked, sent: Sent, who: Identity, over: asyncio.Future[bytes]) -> None:
        """Tell what comes of an operation. What is wrong with its document is told over the stream as well."""
        begun = await self._running.begin(
            sent,
            who,
            lane_of(asked.headers),
            within=seconds_of(asked.headers),
            after=asked.headers.get(b"last-event-id", b"").decode("latin-1") or None,
            read_only=asked.method == "GET",
        )
        await self._pumped(asked, _events(begun), who, over)

    async def _pumped(
        self, asked: _Asked, events: AsyncGenerator[bytes, None], who: Identity, over: asyncio.Future[bytes]
    ) -> None:
        """Send events for as long as the caller's credential holds."""
        lapsing = asyncio.get_running_loop().create_task(self._lapse(who, over))
        try:
            await pump(asked.receive, asked.send, events, over, asked.reply.head(KIND, UNCOLLECTED))
        finally:
            lapsing.cancel()
            await asyncio.gather(lapsing, return_exceptions=True)

    async def _lapse(self, who: Identity, over: asyncio.Future[bytes]) -> None:
        error = await who.lapse(self._settings.identify_seconds)
        end(over, event("next", failed(str(error), error.code).document()) + event("complete"))

    async def _known(self, reserved: Reservation | None, asked: _Asked) -> Reservation:
        """The reservation, where there is one and it is the caller's; another's is as none."""
        who = await Identity.of(self._current, asked.headers, asked.scope)
        if reserved is None or reserved.ended or reserved.who.caller.name != who.caller.name:
            raise _no_stream()
        reserved.who.take_over(who)
        return reserved

    async def _open(self, reserved: Reservation, asked: _Asked) -> None:
        """The stream of a reservation. Its token is all that a browser can show here, and it is no other site's."""
        if self._lines.draining:
            raise TooMany
        if not reserved.open():
            raise BadRequest(409, "the stream is open already")
        try:
            await self._pumped(asked, reserved.events(), reserved.who, reserved.over)
        finally:
            await self.reservations.end(reserved)

    async def _begin(self, reserved: Reservation, asked: _Asked) -> None:
        lane, within = lane_of(asked.headers), seconds_of(asked.headers)
        sent = await self._bodies.read(asked.headers, asked.receive)
        identity = (sent.extensions or {}).get("operationId")
        if not isinstance(identity, str) or not 1 <= len(identity) <= 128:
            raise BadRequest(400, "extensions.operationId must be a text of 1 to 128 characters")
        # The body may have been long on its way. From here to the place that is taken nothing is waited for.
        if reserved.ended:
            raise _no_stream()
        if reserved.has(identity):
            raise BadRequest(409, "an operation with this id is under way")
        if reserved.count >= self._settings.most_subscriptions:
            raise Overloaded
        operation = reserved.place(identity)
        runs = False
        try:
            begun = await self._running.begin(sent, reserved.who, lane, within=within)
            if isinstance(begun, Answer) and not begun.executed:
                raise _NotRun(begun)
            runs = reserved.run(identity, operation, begun)
        finally:
            if not runs:
                reserved.give_back(identity, operation)
        if not runs and isinstance(begun, Stream):
            await begun.aclose()
        # Where the client alone has ended the operation it was taken nonetheless.
        if reserved.ended:
            raise _no_stream()


def _no_stream() -> BadRequest:
    return BadRequest(404, "no such stream in this process; reserve one by PUT")


class _NotRun(Exception):
    """The operation is none that can be run; the answer says why."""

    def __init__(self, answer: Answer) -> None:
        super().__init__()
        self.answer = answer


@asynccontextmanager
async def _refusing(reply: Reply) -> AsyncIterator[None]:
    """Answer, in JSON, what ends a request before its stream begins."""
    more: HeaderList
    try:
        yield
    except CallerGone:
        return
    except _NotRun as error:
        answer, more = error.answer, [*error.answer.headers]
        status = answer.status or status_of(answer, RESPONSE_TYPE)
    except (BadRequest, Unidentified, Overloaded) as error:
        status, answer, more = refusal_of(error)
    else:
        return
    await reply.whole(status, JSON_TYPE, msgspec.json.encode(answer.document()), more)


async def _events(begun: Answer | Stream) -> AsyncGenerator[bytes, None]:
    """The events of one operation that has a stream of its own."""
    if isinstance(begun, Answer):
        yield event("next", begun.document())
    else:
        async with aclosing(begun) as answers:
            async for answer in answers:
                yield event("next", answer.document(), begun.cursor)
    yield event("complete")
