"""What a client costs that does only what these calls need: keep-alive over a parser, no pool limits, no retries.

It is here to show how far the libraries stand from the floor, and serves nobody.
"""

from __future__ import annotations

import asyncio
import ssl
import zlib
from collections.abc import Callable
from typing import Any, Protocol
from urllib.parse import SplitResult, urlsplit

import h11
import httptools

from orderweave_sdk.errors import BadPayload, Unreachable
from orderweave_sdk.transport import Answer, Request


class Parsing(Protocol):
    """Reads one answer after another from bytes; `feed` is True once an answer is whole."""

    status: int
    headers: dict[str, str]
    chunks: list[bytes]

    def begin(self, request: Request, target: SplitResult) -> bytes:
        """The bytes of a request; forgets the answer before."""
        ...

    def feed(self, data: bytes) -> bool:
        """Whether the answer is whole now."""
        ...


def _head(request: Request, target: SplitResult) -> bytes:
    path = target.path + (f"?{target.query}" if target.query else "")
    lines = [f"{request.method} {path} HTTP/1.1", f"host: {target.netloc}", "accept-encoding: gzip"]
    lines += [f"{name}: {value}" for name, value in request.headers.items()]
    lines.append(f"content-length: {len(request.body or b'')}")
    return "\r\n".join([*lines, "", ""]).encode("latin-1")


class HttptoolsExchange:
    """Over httptools, a parser in C."""

    def __init__(self) -> None:
        self.status = 0
        self.headers: dict[str, str] = {}
        self.chunks: list[bytes] = []
        self._whole = False
        self._parser = httptools.HttpResponseParser(self)

    def begin(self, request: Request, target: SplitResult) -> bytes:
        """See `Parsing`."""
        self.headers, self.chunks, self._whole = {}, [], False
        return _head(request, target) + (request.body or b"")

    def on_header(self, name: bytes, value: bytes) -> None:
        """Called by the parser."""
        self.headers[name.decode("latin-1").lower()] = value.decode("latin-1")

    def on_body(self, body: bytes) -> None:
        """Called by the parser."""
        self.chunks.append(body)

    def on_message_complete(self) -> None:
        """Called by the parser."""
        self.status = self._parser.get_status_code()
        self._whole = True

    def feed(self, data: bytes) -> bool:
        """See `Parsing`."""
        self._parser.feed_data(data)
        return self._whole


class H11Exchange:
    """Over h11, a parser in Python."""

    def __init__(self) -> None:
        self.status = 0
        self.headers: dict[str, str] = {}
        self.chunks: list[bytes] = []
        self._connection = h11.Connection(h11.CLIENT)

    def begin(self, request: Request, target: SplitResult) -> bytes:
        """See `Parsing`."""
        if self._connection.our_state is h11.DONE:
            self._connection.start_next_cycle()
        self.headers, self.chunks = {}, []
        path = target.path + (f"?{target.query}" if target.query else "")
        headers = {
            "host": target.netloc,
            "accept-encoding": "gzip",
            "content-length": str(len(request.body or b"")),
            **request.headers,
        }
        send = self._connection.send
        sent = send(h11.Request(method=request.method, target=path, headers=list(headers.items()))) or b""
        if request.body:
            sent += send(h11.Data(data=request.body)) or b""
        return sent + (send(h11.EndOfMessage()) or b"")

    def feed(self, data: bytes) -> bool:
        """See `Parsing`."""
        self._connection.receive_data(data)
        while True:
            event = self._connection.next_event()
            if isinstance(event, h11.Response):
                self.status = event.status_code
                self.headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in event.headers}
            elif isinstance(event, h11.Data):
                self.chunks.append(bytes(event.data))
            elif isinstance(event, h11.EndOfMessage):
                return True
            elif event is h11.NEED_DATA:
                return False


class _Connection(asyncio.Protocol):
    def __init__(self, parsing: Parsing) -> None:
        self._parsing = parsing
        self._answered: asyncio.Future[None] | None = None
        self._transport: Any = None
        self._left = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        if self._answered is None or self._answered.done():
            return
        self._left -= len(data)
        if self._left < 0:
            self._answered.set_exception(BadPayload("the answer is too large"))
        elif self._parsing.feed(data):
            self._answered.set_result(None)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._answered is not None and not self._answered.done():
            self._answered.set_exception(Unreachable("the connection broke"))

    async def exchange(self, request: Request, target: SplitResult, max_bytes: int) -> Answer:
        self._answered = asyncio.get_running_loop().create_future()
        self._left = max_bytes
        self._transport.write(self._parsing.begin(request, target))
        await self._answered
        body = b"".join(self._parsing.chunks)
        if self._parsing.headers.get("content-encoding") == "gzip":
            body = zlib.decompressobj(wbits=31).decompress(body, max_bytes)
        return Answer(status=self._parsing.status, headers=self._parsing.headers, body=body)

    def close(self) -> None:
        self._transport.abort()


class BareTransport:
    """A stack of idle connections to one host; a call that fails throws its connection away."""

    def __init__(self, parsing: Callable[[], Parsing], tls: ssl.SSLContext) -> None:
        self._parsing = parsing
        self._tls = tls
        self._idle: list[_Connection] = []

    async def send(self, request: Request, *, seconds: float, max_bytes: int) -> Answer:
        """See `Transport.send`; `seconds` is the caller's to keep."""
        target = urlsplit(request.url)
        connection = self._idle.pop() if self._idle else await self._open(target)
        try:
            answer = await connection.exchange(request, target, max_bytes)
        except BaseException:
            connection.close()
            raise
        self._idle.append(connection)
        return answer

    async def _open(self, target: SplitResult) -> _Connection:
        tls = self._tls if target.scheme == "https" else None
        loop = asyncio.get_running_loop()
        _, connection = await loop.create_connection(
            lambda: _Connection(self._parsing()), target.hostname or "", target.port or 0, ssl=tls
        )
        return connection

    async def close(self) -> None:
        """See `Transport.close`."""
        for connection in self._idle:
            connection.close()
