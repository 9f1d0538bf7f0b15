"""graphql-transport-ws: one conversation a WebSocket, each of its operations a task, everything bounded.

The protocol is that of the graphql-ws client (PROTOCOL.md there); its close codes are in `messages.py`.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import aclosing
from typing import Any

from starlette.types import Receive, Scope, Send

from orderweave.access import Headers, Unidentified
from orderweave.config.configuration import LiveSettings
from orderweave.model.codes import Code
from orderweave.model.terms import Lane
from orderweave.observing.logs import places
from orderweave.operations.answers import Answer
from orderweave.web.admission import Overloaded
from orderweave.web.current import Current
from orderweave.web.headers import headers_of
from orderweave.web.live.lines import Line, Lines, TooMany
from orderweave.web.live.messages import (
    SUBPROTOCOL,
    CloseCode,
    Complete,
    ConnectionInit,
    Malformed,
    Ping,
    Subscribe,
    read,
    written,
)
from orderweave.web.live.running import Identity, Running, Stream, is_unchecked, share_of_newcomers
from orderweave.web.live.socket_protocol import MOST_UNREAD_SECONDS
from orderweave.web.refusals import BadRequest, failed, refusal_of

logger = logging.getLogger("orderweave.live")

# For the first message, which a client has at hand.
_LONGEST_INIT_SECONDS = 8.0
# What the payload of the first message may bring in place of headers: a browser can set none.
_CREDENTIALS = ("authorization", "x-api-key")
_LONGEST_GOODBYE_SECONDS = 2.0


class _End(Exception):
    """The connection is to end, with this code; with None it has ended."""

    def __init__(self, code: CloseCode | None, reason: str = "") -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


class Sockets:
    """The ASGI application for WebSockets at /graphql."""

    def __init__(self, running: Running, lines: Lines, settings: LiveSettings, current: Current) -> None:
        self._running = running
        self._lines = lines
        self._settings = settings
        self._current = current

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Talk over one WebSocket until it ends."""
        await receive()
        headers = headers_of(scope)
        if not self._from_here(headers):
            await _deny(send, 403, b"pages of this origin may not connect")
            return
        conversation = _Conversation(
            self._running, self._settings, current=self._current, scope=scope, receive=receive, send=send
        )
        address = self._current.request().door.addresses.of(scope)
        try:
            with self._lines.take(SUBPROTOCOL, share_of_newcomers(address), conversation.go_away) as line:
                if SUBPROTOCOL not in scope["subprotocols"]:
                    await send({"type": "websocket.accept"})
                    await conversation.close(CloseCode.SUBPROTOCOL_NOT_ACCEPTABLE, f"speak {SUBPROTOCOL}")
                    return
                await send({"type": "websocket.accept", "subprotocol": SUBPROTOCOL})
                await conversation.run(line)
        except TooMany:
            await _deny(send, 503, b"as many connections are open as may be; try again later")
        except OSError:
            # uvicorn's word for a peer that is gone.
            return

    def _from_here(self, headers: Headers) -> bool:
        """Whether a browser may connect from the page that it shows; whoever is no browser names no origin."""
        said = headers.get(b"origin", b"")
        origin = said.decode("latin-1").lower()
        named = self._settings.origins
        if not origin or (origin in named if named is not None else self._current.request().door.origins.names(said)):
            return True
        host = headers.get(b"host", b"").decode("latin-1").lower()
        return bool(host) and origin.partition("://")[2] == host


async def _deny(send: Send, status: int, words: bytes) -> None:
    """An answer in place of the handshake."""
    kind = (b"content-type", b"text/plain; charset=utf-8")
    await send({"type": "websocket.http.response.start", "status": status, "headers": [kind]})
    await send({"type": "websocket.http.response.body", "body": words})


class _Conversation:
    """One WebSocket. Messages are read one after the other; what each operation has to say is sent as it comes."""

    def __init__(
        self,
        running: Running,
        settings: LiveSettings,
        *,
        current: Current,
        scope: Scope,
        receive: Receive,
        send: Send,
    ) -> None:
        self._running = running
        self._settings = settings
        self._current = current
        self._scope = scope
        self._headers = headers_of(scope)
        self._receive = receive
        self._send = send
        self._sending = asyncio.Lock()
        self._end: asyncio.Future[_End] = asyncio.get_running_loop().create_future()
        self._operations: dict[str, asyncio.Task[None]] = {}
        self._lapsing: asyncio.Task[None] | None = None
        self._asked_in = False
        self._who: Identity | None = None

    def go_away(self) -> None:
        """End it: the process stops."""
        self._over(_End(CloseCode.GOING_AWAY, "the gateway restarts; connect again"))

    async def run(self, line: Line) -> None:
        """Talk until either side ends it; once the client is let in, the line is of its share."""
        self._line = line
        reader = asyncio.get_running_loop().create_task(self._guarded(self._read))
        too_late = _End(CloseCode.INITIALIZATION_TIMEOUT, "connection_init did not come in time")
        timer = asyncio.get_running_loop().call_later(
            _LONGEST_INIT_SECONDS, lambda: None if self._asked_in else self._over(too_late)
        )
        try:
            end = await self._end
        finally:
            timer.cancel()
            tasks = [reader, *self._operations.values(), *([self._lapsing] if self._lapsing else [])]
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        if end.code is not None:
            await self.close(end.code, end.reason)

    async def close(self, code: CloseCode, reason: str) -> None:
        """Say the code; a peer that takes nothing is not waited for."""
        try:
            async with asyncio.timeout(_LONGEST_GOODBYE_SECONDS):
                await self._send({"type": "websocket.close", "code": int(code), "reason": reason})
        except (TimeoutError, OSError):
            return

    def _over(self, end: _End) -> None:
        if not self._end.done():
            self._end.set_result(end)

    async def _guarded(self, work: Callable[[], Any]) -> None:
        """Do a part of the work; whatever ends it ends the conversation."""
        try:
            await work()
        except _End as end:
            self._over(end)
        except OSError:
            self._over(_End(None))
        except Exception as error:
            # The class alone: a message may hold what a caller sent.
            fields = {"error": type(error).__name__, "trace": places(error.__traceback__)}
            logger.error("conversation_failed", extra={"fields": fields})
            self._over(_End(CloseCode.INTERNAL_ERROR, "internal error"))

    async def _read(self) -> None:
        while True:
            message = await self._receive()
            if message["type"] == "websocket.disconnect":
                raise _End(None)
            text = message.get("text")
            if text is None:
                raise _End(CloseCode.BAD_REQUEST, "messages are text")
            try:
                said = read(text)
            except Malformed:
                raise _End(CloseCode.BAD_REQUEST, f"not a message of {SUBPROTOCOL}") from None
            if isinstance(said, ConnectionInit):
                await self._let_in(said)
            elif isinstance(said, Ping):
                await self._say("pong", **({"payload": said.payload} if said.payload is not None else {}))
            elif isinstance(said, Subscribe):
                await self._begin(said)
            elif isinstance(said, Complete):
                task = self._operations.pop(said.id, None)
                if task is not None:
                    task.cancel()

    async def _let_in(self, said: ConnectionInit) -> None:
        if self._asked_in:
            raise _End(CloseCode.TOO_MANY_INITIALIZATIONS, "connection_init came twice")
        self._asked_in = True
        payload = said.payload or {}
        given = {name.lower(): value for name, value in payload.items()}
        if len(given) < len(payload):
            raise _End(CloseCode.BAD_REQUEST, f"not a message of {SUBPROTOCOL}")
        credentials = {
            name.encode(): value.encode() for name in _CREDENTIALS if isinstance(value := given.get(name), str)
        }
        try:
            self._who = await Identity.of(self._current, {**self._headers, **credentials}, self._scope)
        except Unidentified as error:
            raise _refused(error) from None
        try:
            self._line.pass_to(self._who.share)
        except TooMany:
            raise _End(CloseCode.TRY_AGAIN_LATER, "as many connections of this caller are open as may be") from None
        self._lapsing = asyncio.get_running_loop().create_task(self._guarded(self._lapse))
        await self._say("connection_ack")

    async def _lapse(self) -> None:
        assert self._who is not None
        raise _refused(await self._who.lapse(self._settings.identify_seconds))

    async def _begin(self, said: Subscribe) -> None:
        who = self._who
        if who is None:
            raise _End(CloseCode.UNAUTHORIZED, "begin with connection_init")
        if said.id in self._operations:
            raise _End(CloseCode.SUBSCRIBER_EXISTS, "an operation with this id is under way")
        if len(self._operations) >= self._settings.most_subscriptions:
            message = f"at most {self._settings.most_subscriptions} operations at once over one connection"
            await self._say("error", id=said.id, payload=failed(message, Code.OVERLOADED).errors)
            return

        async def operate() -> None:
            await self._operate(said, who)

        self._operations[said.id] = asyncio.get_running_loop().create_task(self._guarded(operate))

    async def _operate(self, said: Subscribe, who: Identity) -> None:
        try:
            begun = await self._running.begin(said.payload, who, _lane_of(self._headers))
        except (BadRequest, Overloaded) as error:
            _, begun, _ = refusal_of(error)
        if isinstance(begun, Stream):
            async with aclosing(begun) as answers:
                async for answer in answers:
                    if not answer.executed:
                        begun = answer
                        break
                    await self._say("next", id=said.id, payload=answer.document())
        if isinstance(begun, Answer) and begun.executed:
            await self._say("next", id=said.id, payload=begun.document())
        if isinstance(begun, Answer) and not begun.executed:
            await self._say("error", id=said.id, payload=begun.errors)
        else:
            await self._say("complete", id=said.id)
        # Until its last word is said it is the connection's to end. No message is read between the word and this.
        self._operations.pop(said.id, None)

    async def _say(self, kind: str, **fields: Any) -> None:
        """Send a message, in turn; a peer that does not take it ends the conversation."""
        text = written(kind, **fields)
        try:
            async with asyncio.timeout(MOST_UNREAD_SECONDS), self._sending:
                await self._send({"type": "websocket.send", "text": text})
        except TimeoutError:
            raise _End(None) from None


def _refused(error: Unidentified) -> _End:
    if is_unchecked(error):
        return _End(CloseCode.TRY_AGAIN_LATER, "the credential cannot be checked at present")
    words = "the credential does not hold" if error.status == 401 else "the credential gives no role here"
    return _End(CloseCode.FORBIDDEN, words)


def _lane_of(headers: Headers) -> Lane:
    """The lane that the handshake names; an unknown one is the caller's mistake and of no weight."""
    given = headers.get(b"x-orderweave-lane", b"").decode("latin-1").strip().upper()
    return Lane(given) if given in Lane.__members__ else Lane.INTERACTIVE
