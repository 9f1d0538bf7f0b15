"""Connections of the server's own protocols without a socket and without a clock: bytes in, bytes out."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any, cast

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from orderweave.web import build_app
from orderweave.web.connections import BoundedProtocol, Connections
from orderweave.web.live import SETTINGS
from tests.unit.web.exchanges import ASKS_NOBODY
from tests.unit.web.gateway_over_http import business

BODY = json.dumps({"query": ASKS_NOBODY}).encode()
HEAD = b"POST /graphql HTTP/1.1\r\nhost: gateway\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n"
REQUEST = HEAD % len(BODY) + BODY


class Timer:
    """Something that a clock of the test's will do."""

    def __init__(self, at: float, action: Callable[..., object], *arguments: object) -> None:
        self.at = at
        self._action = action
        self._arguments = arguments
        self.canceled = False

    def fire(self) -> None:
        """Do it."""
        self._action(*self._arguments)

    def cancel(self) -> None:
        """Not any more."""
        self.canceled = True

    def when(self) -> float:
        """At which time."""
        return self.at


class Loop:
    """A loop whose time a test moves, and that runs tasks on the real one."""

    def __init__(self) -> None:
        self._now = 0.0
        self._timers: list[Timer] = []

    def time(self) -> float:
        """Seconds since the start."""
        return self._now

    def call_later(self, seconds: float, action: Callable[..., object], *arguments: Any) -> Timer:
        """Remember what to do."""
        timer = Timer(self._now + seconds, action, *arguments)
        self._timers.append(timer)
        return timer

    def create_task(self, work: Any) -> asyncio.Task[Any]:
        """On the real loop."""
        return asyncio.get_running_loop().create_task(work)

    def advance(self, seconds: float) -> None:
        """Let time pass, doing what falls due."""
        self._now += seconds
        due = [timer for timer in self._timers if timer.at <= self._now]
        self._timers = [timer for timer in self._timers if timer.at > self._now]
        for timer in due:
            if not timer.canceled:
                timer.fire()

    @property
    def pending(self) -> int:
        """How many timers still wait."""
        return sum(not timer.canceled for timer in self._timers)


class Wire(asyncio.Transport):
    """The client's side of a connection: what it was sent, and whether the connection is closed or broken off."""

    def __init__(self) -> None:
        super().__init__()
        self.sent = b""
        self.closed = False
        self.aborted = False
        self.untaken = 0
        self._protocol: asyncio.BaseProtocol = asyncio.Protocol()

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        """Somebody else goes on with the connection."""
        self._protocol = protocol

    def get_protocol(self) -> asyncio.BaseProtocol:
        """Who that is."""
        return self._protocol

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        """Nobody knows where it comes from."""
        return default

    def write(self, data: Any) -> None:
        """Take it."""
        self.sent += bytes(data)

    def get_write_buffer_size(self) -> int:
        """What the client has not taken yet."""
        return self.untaken

    def close(self) -> None:
        """Closed once all is taken."""
        self.closed = True

    def abort(self) -> None:
        """Broken off."""
        self.closed = self.aborted = True

    def is_closing(self) -> bool:
        """Whether it is."""
        return self.closed

    def pause_reading(self) -> None:
        """Nobody reads."""

    def resume_reading(self) -> None:
        """Somebody reads."""


class House:
    """The application behind connections that a test makes."""

    def __init__(self, *, most: int = 100) -> None:
        self.woven = business()
        self.loop = Loop()
        self.shared = Connections(request_seconds=10, most=most)
        app = build_app(self.woven.schema, self.woven.gateway)
        self._config = uvicorn.Config(app, http=BoundedProtocol, log_config=None, proxy_headers=False, **SETTINGS)
        self.endpoint = app.endpoint

    def connect(self, kind: type[HttpToolsProtocol] = BoundedProtocol) -> tuple[HttpToolsProtocol, Wire]:
        """A new connection."""
        wire = Wire()
        made = kind(self._config, self.shared, {}, cast("asyncio.AbstractEventLoop", self.loop))
        wire.set_protocol(made)
        made.connection_made(wire)
        return made, wire


def answer_of(wire: Wire) -> tuple[int, dict[str, str], Any]:
    """Status, headers and document of the only answer on a wire."""
    head, _, body = wire.sent.partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    headers = dict(line.split(": ", 1) for line in lines)
    return int(first.split()[1]), headers, json.loads(body)
