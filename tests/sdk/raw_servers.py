"""A server on a loopback socket that says exactly the bytes it is told, and counts who came and who left."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
import struct
from collections.abc import Awaitable, Callable
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

CERTIFICATES = Path(__file__).parent / "certificates"


class RawRequest(NamedTuple):
    """One request as it came over the wire."""

    line: str
    headers: dict[str, str]
    body: bytes


class Line:
    """The server's end of one connection, while it answers."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def say(self, data: bytes) -> None:
        """Send bytes as they are."""
        self._writer.write(data)
        await self._writer.drain()

    async def hung_up(self) -> None:
        """Wait until the other end closes."""
        while await self._reader.read(65536):
            pass

    def hang_up(self) -> None:
        """Close in good order."""
        self._writer.close()

    def reset(self) -> None:
        """Close with RST: linger of zero seconds makes close() send it in place of FIN."""
        raw = self._writer.get_extra_info("socket")
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._writer.transport.abort()


Answering = Callable[[RawRequest, Line], Awaitable[None]]


class RawServer:
    """Serves each request by `answering`. Use `async with`; `url` is known from then on."""

    def __init__(self, answering: Answering, *, certificate: str | None = None) -> None:
        self._answering = answering
        self._certificate = certificate
        self.accepted = 0
        self.open = 0
        self.requests: list[RawRequest] = []
        self.asked = asyncio.Event()
        self._left = asyncio.Condition()
        self._tasks: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None
        self.url = ""

    async def __aenter__(self) -> Self:
        tls = None
        if self._certificate is not None:
            tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            tls.load_cert_chain(CERTIFICATES / self._certificate)
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=tls)
        host = "localhost" if tls else "127.0.0.1"
        self.url = f"http{'s' if tls else ''}://{host}:{self._server.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._server is not None
        self._server.close()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._server.wait_closed()

    async def all_left(self) -> None:
        """Wait until no connection is open; the test's own time-out ends a wait for one that stays."""
        async with asyncio.timeout(5), self._left:
            await self._left.wait_for(lambda: self.open == 0)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self.accepted += 1
        self.open += 1
        try:
            while (request := await _read(reader)) is not None and not writer.is_closing():
                self.requests.append(request)
                self.asked.set()
                await self._answering(request, Line(reader, writer))
        except (ConnectionError, asyncio.CancelledError):
            pass
        finally:
            writer.close()
            with contextlib.suppress(ConnectionError, ssl.SSLError, asyncio.CancelledError):
                await writer.wait_closed()
            self._tasks.discard(task)
            self.open -= 1
            async with self._left:
                self._left.notify_all()


async def _read(reader: asyncio.StreamReader) -> RawRequest | None:
    """The next request, None when the connection ends before it is whole."""
    try:
        line, *rest = (await reader.readuntil(b"\r\n\r\n")).decode().rstrip().split("\r\n")
        headers = {name.lower(): value for name, _, value in (header.partition(": ") for header in rest)}
        return RawRequest(line, headers, await reader.readexactly(int(headers.get("content-length", "0"))))
    except asyncio.IncompleteReadError:
        return None


def answer(body: bytes = b"{}", *headers: str, status: str = "200 OK") -> bytes:
    """An answer of announced length."""
    lines = [f"HTTP/1.1 {status}", *headers, f"Content-Length: {len(body)}", "", ""]
    return "\r\n".join(lines).encode() + body


def saying(*answers: bytes) -> Answering:
    """Each request gets the next of these; the last one goes on."""
    left = list(answers)

    async def say(_request: RawRequest, line: Line) -> None:
        await line.say(left.pop(0) if len(left) > 1 else left[0])

    return say
