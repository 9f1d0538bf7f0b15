"""WebSocket connections that cannot hold the gateway up: a peer that is gone, or takes nothing, is dropped.

uvicorn's own protocol over `websockets`, with an end to what it would wait for; see docs/decisions/subscriptions.md.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from uvicorn.config import Config
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from uvicorn.server import ServerState

from orderweave.web.connections import Connection

# Bytes of one message.
MOST_MESSAGE_BYTES = 128 * 1024
# Seconds between two pings, and in which each must be answered.
_MOST_SILENT_SECONDS = 20.0
# A peer may be slow to take what it is sent, but not so slow: from 64 KB waiting for it down to 16.
MOST_UNREAD_SECONDS = 15.0
# After the end was said, for the last bytes to be taken.
_LONGEST_GOODBYE = 5.0
_NO_HANDSHAKE = "the head is none that a WebSocket begins with\n"
# 1007: what was sent is no UTF-8 (RFC 6455).
_NOT_TEXT = 1007


class BoundedWebSocket(Connection, WebSocketsSansIOProtocol):
    """One connection, from the head of its handshake on."""

    _taking: asyncio.TimerHandle | None = None

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self.since = self.loop.time()
        self._over = False

    @property
    def idle(self) -> bool:
        """Whether it is no WebSocket yet, or any more; those that are count among the connections of subscriptions."""
        return not self.handshake_complete or self._over or self.transport.is_closing()

    @property
    def arriving(self) -> bool:
        """Never: its head came whole."""
        return False

    def data_received(self, data: bytes) -> None:
        """The head, then frames. Of a head that the parser gave up uvicorn would wait for more without end."""
        super().data_received(data)
        if self.conn.handshake_exc is not None and not self.handshake_initiated:
            self.handshake_complete = self.close_sent = True
            answer = b"".join(self.conn.data_to_send()) or self.conn.reject(400, _NO_HANDSHAKE).serialize()
            self.transport.write(answer)
            self.transport.close()

    def pause_writing(self) -> None:
        """More waits for the peer than may."""
        super().pause_writing()
        self._abort_in(MOST_UNREAD_SECONDS)

    def resume_writing(self) -> None:
        """The peer has taken most of it."""
        super().resume_writing()
        if self._taking is not None and not self._over and not self.transport.is_closing():
            self._taking.cancel()
            self._taking = None

    def connection_lost(self, exc: Exception | None) -> None:
        """It is over, and so are the timers."""
        super().connection_lost(exc)
        self.stop_arrival()
        if self._taking is not None:
            self._taking.cancel()
            self._taking = None

    def keepalive_timeout(self) -> None:
        """A ping was not answered."""
        super().keepalive_timeout()
        self._abort_in(_LONGEST_GOODBYE)

    def shutdown(self) -> None:
        """The process stops."""
        super().shutdown()
        self._abort_in(_LONGEST_GOODBYE)

    async def send(self, message: Any) -> None:
        """What the application says. An answer in place of the handshake is one, too: uvicorn would log an error."""
        await super().send(message)
        if message["type"] == "websocket.accept":
            self.stop_arrival()
        if message["type"] == "websocket.http.response.body" and not message.get("more_body", False):
            self.handshake_complete = True

    def send_receive_event_to_app(self) -> None:
        """A whole message; text that is none ends the connection without a word in the log: anybody may send it."""
        if self.curr_msg_data_type == "text" and not self.close_sent:
            try:
                b"".join(self.frames).decode()
            except UnicodeDecodeError:
                self.frames = []
                self.conn.fail(_NOT_TEXT)
                self.handle_parser_exception()
                self._abort_in(_LONGEST_GOODBYE)
                return
        super().send_receive_event_to_app()

    def on_task_complete(self, task: asyncio.Task[None]) -> None:
        """The application is done with it, and counts it no more; the peer may not have heard, or not answered."""
        super().on_task_complete(task)
        self._over = True
        self.since = self.loop.time()
        if not self.disconnected:
            self._abort_in(_LONGEST_GOODBYE)

    def _abort_in(self, seconds: float) -> None:
        if self._taking is None:
            self._taking = self.loop.call_later(seconds, self.transport.abort)


# For uvicorn's configuration. Compression is off: it would let a small message become a large one.
SETTINGS: Mapping[str, Any] = {
    "ws": BoundedWebSocket,
    "ws_max_size": MOST_MESSAGE_BYTES,
    "ws_ping_interval": _MOST_SILENT_SECONDS,
    "ws_ping_timeout": _MOST_SILENT_SECONDS,
    "ws_per_message_deflate": False,
}
