"""Connections that cannot hold the gateway up: each request has so long to arrive, each answer so long to be taken.

uvicorn bounds neither (its issue 157). This is its own protocol with timers on the moments that it already tells of;
see docs/decisions/load-at-the-door.md.
"""

from __future__ import annotations

import asyncio
from typing import Any

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

    `request_seconds` is how long a request may take to arrive. `too_slow` counts connections that were ended for
    it, `made_room` those that gave way to another, `unread` those whose client did not take its answer.
    """

    def __init__(self, *, request_seconds: float, most: int = _MOST_CONNECTIONS) -> None:
        super().__init__()
        self.request_seconds = request_seconds
        self.most = most
        self.draining = False
        self.too_slow = 0
        self.made_room = 0
        self.unread = 0

    def make_room(self) -> None:
        """End the connection that has done nothing for longest, where there are more than there may be."""
        if len(self.connections) <= self.most:
            return
        idle = [one for one in self.connections if isinstance(one, BoundedProtocol) and one.idle]
        if idle:
            self.made_room += 1
            min(idle, key=lambda one: one.since).transport.abort()


class BoundedProtocol(HttpToolsProtocol):
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
        self._arrival: asyncio.TimerHandle | None = None
        self._taking: asyncio.TimerHandle | None = None
        self.since = self.loop.time()

    @property
    def idle(self) -> bool:
        """Whether nothing is being answered here."""
        return self.cycle is None or self.cycle.response_complete

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn has it
        """A client has connected, and may pre-open a connection, but not leave it silent."""
        super().connection_made(transport)
        self._arrival = self.loop.call_later(self.server_state.request_seconds, self._arrived_too_late)
        self.server_state.make_room()

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is no more, and its timers neither."""
        super().connection_lost(exc)
        self._stop_arrival()
        self._stop_taking()

    def data_received(self, data: bytes) -> None:
        """Bytes of a request: enough of them or not, in time or not."""
        super().data_received(data)
        if not self._arriving or self.transport.is_closing():
            return
        self._received += len(data)
        if self._arrival is None:
            self._arrival = self.loop.call_later(self.server_state.request_seconds, self._arrived_too_late)
        if self._in_head and self._received > _MOST_HEAD_BYTES:
            self._refuse(431, f"the head of the request is larger than {_MOST_HEAD_BYTES} bytes")
        elif self._received > _MOST_REQUEST_BYTES:
            self._refuse(413, f"the request is larger than {_MOST_REQUEST_BYTES} bytes")

    def on_message_begin(self) -> None:
        """The first byte of a request."""
        super().on_message_begin()
        self._arriving = self._in_head = True
        self._received = 0

    def on_headers_complete(self) -> None:
        """The head is there; the application is called. Once the process is about to stop it is the last one here."""
        self._in_head = False
        super().on_headers_complete()
        # A connection that becomes a WebSocket has no cycle.
        if self.server_state.draining and self.cycle is not None:
            self.cycle.keep_alive = False

    def on_message_complete(self) -> None:
        """The whole request is there."""
        super().on_message_complete()
        self._arriving = False
        self._stop_arrival()

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

    def _stop_arrival(self) -> None:
        if self._arrival is not None:
            self._arrival.cancel()
            self._arrival = None

    def _stop_taking(self) -> None:
        if self._taking is not None:
            self._taking.cancel()
            self._taking = None
