"""WebSocket connections that cannot hold the gateway up: a peer that is gone, or takes nothing, is dropped.

uvicorn's own protocol over `websockets`, with an end to what it would wait for; see docs/decisions/subscriptions.md.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

# Bytes of one message.
MOST_MESSAGE_BYTES = 128 * 1024
# Seconds between two pings, and in which each must be answered.
_MOST_SILENT_SECONDS = 20.0
# A peer may be slow to take what it is sent, but not so slow: from 64 KB waiting for it down to 16.
MOST_UNREAD_SECONDS = 15.0
# After the end was said, for the last bytes to be taken.
_LONGEST_GOODBYE = 5.0
# 1007: what was sent is no UTF-8 (RFC 6455).
_NOT_TEXT = 1007


class BoundedWebSocket(WebSocketsSansIOProtocol):
    """One connection."""

    _taking: asyncio.TimerHandle | None = None

    def pause_writing(self) -> None:
        """More waits for the peer than may."""
        super().pause_writing()
        self._abort_in(MOST_UNREAD_SECONDS)

    def resume_writing(self) -> None:
        """The peer has taken most of it."""
        super().resume_writing()
        if self._taking is not None and not self.transport.is_closing():
            self._taking.cancel()
            self._taking = None

    def connection_lost(self, exc: Exception | None) -> None:
        """It is over, and so are the timers."""
        super().connection_lost(exc)
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
