"""Connections that cannot hold the gateway up: each request has so long to arrive, each answer so long to be taken.

uvicorn bounds neither (its issue 157). This is its own protocol with timers on the moments that it already tells of;
see docs/decisions/load-at-the-door.md.
"""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from typing import Any

import httptools
import msgspec
from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol
from uvicorn.server import ServerState

from orderweave.model.codes import Code

# Bytes of a request's head, which the parser itself does not bound, and of all of a request as it comes over the
# wire: a body of one byte a chunk comes as seven.
_MOST_HEAD_BYTES = 64 * 1024
_MOST_REQUEST_BYTES = 8 * 1024 * 1024
# Connections of one process. Past it those that do nothing give way, so that a health check always finds room.
_MOST_CONNECTIONS = 1000
# A client may be slow to take an answer, but not so slow: from 64 KB waiting for it down to 16.
_MOST_UNREAD_SECONDS = 30.0
# While the process stops, a connection on which nothing is asked stays so long: its next request may be under way.
_MOST_LINGER_SECONDS = 1.0
_LAST_LOOK_SECONDS = 0.05


class Connections(ServerState):
    """What the connections of one process share: their bounds, whether it is about to stop, and what befell them.

    `request_seconds` is how long a request may take to arrive, and a WebSocket to be one. `too_slow` counts connections
    that were ended for it, `made_room` those that gave way to another, `unread` those whose client did not take its
    answer.
    """

    def __init__(self, *, request_seconds: float, most: int = _MOST_CONNECTIONS) -> None:
        super().__init__()
        self.request_seconds = request_seconds
        self.most = most
        self.draining = False
        self.too_slow = 0
        self.made_room = 0
        self.unread = 0

    def make_room(self, newcomer: Connection) -> None:
        """End the connection on which nothing has happened for longest, where there are more than there may be: one of
        those that wait for nothing of ours, or else of those whose request is still on its way, or whose client has not
        taken its answer; the newcomer only where there is no other.
        """
        if len(self.connections) <= self.most:
            return
        # Whoever gave way just now is gone in a moment; many may come within it.
        staying: list[Connection] = [
            one for one in self.connections if isinstance(one, Connection) and not one.gave_way
        ]
        if len(staying) <= self.most:
            return
        others = [one for one in staying if one is not newcomer]
        idle = [one for one in others if one.idle]
        taken = [one for one in idle if not one.transport.get_write_buffer_size()]
        yielding = taken or [one for one in others if one.arriving] or idle or [newcomer]
        eldest = min(yielding, key=lambda one: one.since)
        eldest.gave_way = True
        eldest.transport.abort()
        self.made_room += 1


class Connection(asyncio.Protocol, ABC):
    """A connection of either kind, as those see it who look at all of them."""

    transport: asyncio.Transport
    # When something was done here last, by the loop's time.
    since: float
    gave_way = False
    # Ends the connection where that does not come in time which must.
    arrival: asyncio.TimerHandle | None = None

    @property
    @abstractmethod
    def idle(self) -> bool:
        """Whether nothing is being answered here."""

    @property
    @abstractmethod
    def arriving(self) -> bool:
        """Whether what is being answered here has not come whole."""

    def stop_arrival(self) -> None:
        """It has come, or the connection is no more."""
        if self.arrival is not None:
            self.arrival.cancel()
            self.arrival = None


class _Refused(Exception):
    """A head that is not served, whatever its body."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class BoundedProtocol(Connection, HttpToolsProtocol):
    """One connection. A request must have come whole `request_seconds` after it began, or after the connection did."""

    server_state: Connections

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._arriving = True
        self._in_head = True
        self._received = 0
        self._taking: asyncio.TimerHandle | None = None
        self.since = self.loop.time()

    @property
    def idle(self) -> bool:
        """Whether nothing is being answered here."""
        return self.cycle is None or self.cycle.response_complete

    @property
    def arriving(self) -> bool:
        """Whether the one request that is being answered here has not come whole."""
        return self.cycle is not None and self.cycle.more_body and not self.pipeline

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn has it
        """A client has connected, and may pre-open a connection, but not leave it silent."""
        super().connection_made(transport)
        self.arrival = self.loop.call_later(self.server_state.request_seconds, self._arrived_too_late)
        self.server_state.make_room(self)

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is no more, and its timers neither."""
        super().connection_lost(exc)
        self.stop_arrival()
        self._stop_taking()

    def data_received(self, data: bytes) -> None:
        """Bytes of a request: enough of them or not, in time or not."""
        self._unset_keepalive_if_required()
        self._parse(data)
        if not self._arriving or self.transport.is_closing():
            return
        self._received += len(data)
        if self.arrival is None:
            self.arrival = self.loop.call_later(self.server_state.request_seconds, self._arrived_too_late)
        if self._in_head and self._received > _MOST_HEAD_BYTES:
            self._refuse(431, f"the head of the request is larger than {_MOST_HEAD_BYTES} bytes")
        elif self._received > _MOST_REQUEST_BYTES:
            self._refuse(413, f"the request is larger than {_MOST_REQUEST_BYTES} bytes")

    def _parse(self, data: bytes) -> None:
        """Put bytes to the parser, which stops at a head that asks for another protocol as if no body could follow.

        Any other than WebSocket is ignored, as it may be (RFC 9110, 7.8), and the body is not: the head is put once
        more without its Upgrade, then what comes after it, to a parser that knows nothing of the end before.
        """
        pieces: list[bytes | memoryview] = [memoryview(data)]
        while pieces:
            piece = pieces.pop()
            try:
                self.parser.feed_data(piece)
            except httptools.HttpParserUpgrade as stopped:
                if self._is_handshake():
                    self._shake_hands()
                    return
                pieces += [piece[stopped.args[0] :], self._head_without_upgrade()]
                self.parser = httptools.HttpRequestParser(self)
                # As uvicorn has it.
                self.parser.set_dangerous_leniencies(lenient_data_after_close=True)
            except httptools.HttpParserError as error:
                if isinstance(error.__context__, _Refused):
                    self._refuse(error.__context__.status, str(error.__context__))
                else:
                    self.send_400_response("Invalid HTTP request received.")
                    self._await_taking()
                return

    def _is_handshake(self) -> bool:
        """Whether the head that has come is to begin a WebSocket; HTTP/1.0 knows no Upgrade."""
        return self._should_upgrade() and self.parser.get_http_version() == "1.1"

    def _shake_hands(self) -> None:
        """Go on as a WebSocket, for whose handshake there is as much time as the request has left."""
        given = dict(self.headers)
        if self.scope["method"] != "GET" or given.get(b"content-length", b"0") != b"0" or b"transfer-encoding" in given:
            self._refuse(400, "a WebSocket begins with a GET that has no body")
            return
        if not self.idle:
            # The answer that is still to come could not be told from frames.
            self.transport.close()
            self._await_taking()
            return
        left = self.server_state.request_seconds
        if self.arrival is not None:
            left = self.arrival.when() - self.loop.time()
        self._arriving = False
        self.stop_arrival()
        self._stop_taking()
        self.handle_websocket_upgrade()
        socket = self.transport.get_protocol()
        assert isinstance(socket, Connection)
        socket.arrival = self.loop.call_later(left, self._shaken_too_late)
        if self.flow.write_paused:
            # The transport does not say so once more to another protocol.
            socket.pause_writing()

    def _shaken_too_late(self) -> None:
        self.server_state.too_slow += 1
        self.transport.abort()

    def _head_without_upgrade(self) -> bytes:
        lines = [b"%s %s HTTP/%s" % (self.scope["method"].encode(), self.url, self.parser.get_http_version().encode())]
        lines += [b"%s: %s" % (name, value) for name, value in self.headers if name != b"upgrade"]
        return b"\r\n".join([*lines, b"", b""])

    def on_message_begin(self) -> None:
        """The first byte of a request."""
        super().on_message_begin()
        self._arriving = self._in_head = True
        self._received = 0

    def on_headers_complete(self) -> None:
        """The head is there; the application is called. Once the process is about to stop it is the last one here."""
        if self.parser.should_upgrade():
            # Nobody is called yet: see `_parse`, which comes next.
            self.scope["method"] = self.parser.get_method().decode("ascii")
            if self.scope["method"] == "CONNECT":
                raise _Refused(501, "CONNECT is not served")
            return
        # The parser takes away the last coding alone (RFC 9112, 6.1).
        codings = [value.strip().lower() for name, value in self.headers if name == b"transfer-encoding"]
        if codings not in ([], [b"chunked"]):
            raise _Refused(501, "no transfer coding but chunked is understood")
        self._in_head = False
        super().on_headers_complete()
        if self.server_state.draining:
            self.cycle.keep_alive = False

    def on_message_complete(self) -> None:
        """The whole request is there, or one that asks for another protocol as far as the parser reads it."""
        if self.parser.should_upgrade():
            return
        super().on_message_complete()
        self._arriving = False
        self.stop_arrival()

    def on_response_complete(self) -> None:
        """The answer has been handed over; where the connection is to be closed after it, it must be taken in time."""
        super().on_response_complete()
        self.since = self.loop.time()
        if self.transport.is_closing():
            self._await_taking()

    def pause_writing(self) -> None:
        """More of an answer waits for the client than may."""
        super().pause_writing()
        self._await_taking()

    def resume_writing(self) -> None:
        """The client has taken most of it."""
        super().resume_writing()
        if not self.transport.is_closing():
            self._stop_taking()

    def timeout_keep_alive_handler(self) -> None:
        """Nothing more was asked here for a while."""
        super().timeout_keep_alive_handler()
        self._await_taking()

    def shutdown(self) -> None:
        """The process stops: after the answer under way, or one to a request that is already under way to us."""
        if self.idle and not self.transport.is_closing():
            # The last look is a timer of its own: a loop may look at its timers before it reads what has come.
            self.loop.call_later(_MOST_LINGER_SECONDS, self.loop.call_later, _LAST_LOOK_SECONDS, self._close_if_idle)
        else:
            super().shutdown()

    def _close_if_idle(self) -> None:
        arriving = self._arriving and self._received
        if self.idle and not arriving and not self.transport.is_closing():
            self.transport.close()
            self._await_taking()

    def _arrived_too_late(self) -> None:
        self.server_state.too_slow += 1
        seconds = f"{self.server_state.request_seconds:g}"
        if self._in_head and not self._received:
            self.transport.close()
        else:
            self._refuse(408, f"the request did not arrive within {seconds} seconds")

    def _refuse(self, status: int, message: str) -> None:
        """End the connection, with an answer where none has begun."""
        asked = not self._in_head
        begun = self.cycle.response_started if asked else not self.idle
        if not begun and not self.pipeline:
            error = {"message": message, "extensions": {"code": Code.BAD_REQUEST.value}}
            body = msgspec.json.encode({"errors": [error]})
            head = b"content-type: application/json; charset=utf-8\r\nconnection: close\r\ncontent-length: %d\r\n\r\n"
            self.transport.write(STATUS_LINE[status] + head % len(body) + body)
        if asked:
            # Nothing may follow the refusal on the wire, so the application is told that nobody listens.
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        self.transport.close()
        self._await_taking()

    def _await_taking(self) -> None:
        if self._taking is None:
            self._taking = self.loop.call_later(_MOST_UNREAD_SECONDS, self._not_taken)

    def _not_taken(self) -> None:
        self.server_state.unread += 1
        self.transport.abort()

    def _stop_taking(self) -> None:
        if self._taking is not None:
            self._taking.cancel()
            self._taking = None
