"""The server of the measurement: canned answers over keep-alive, doing as little as a server can.

Run as a program with two files, the recorded exchanges and a certificate with its key. It prints one line of JSON,
the ports without and with TLS, and serves until its standard input ends. `GET /connections` says how many
connections were accepted since it was last asked. An answer is compressed where the request's path begins with `/gzip`.
"""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import json
import ssl
import sys
from pathlib import Path
from typing import Any

import msgspec

from bench.clients.exchanges import Exchange

_accepted = 0


def _answer(body: bytes, *, compressed: bool) -> bytes:
    encoding = b"content-encoding: gzip\r\n" if compressed else b""
    content = gzip.compress(body, 6) if compressed else body
    return (
        b"HTTP/1.1 200 OK\r\ncontent-type: application/json; charset=utf-8\r\nserver: canned\r\n"
        b"date: Mon, 02 Mar 2026 10:00:00 GMT\r\ncache-control: no-store\r\nx-request-id: 4f1c2b7d90ae\r\n"
        + encoding
        + b"content-length: %d\r\n\r\n" % len(content)
        + content
    )


class Canned(asyncio.Protocol):
    """One connection. `answers` holds whole answers by the request's path."""

    def __init__(self, answers: dict[bytes, bytes]) -> None:
        self._answers = answers
        self._buffer = b""
        self._transport: Any = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Count it."""
        global _accepted  # noqa: PLW0603 - one server, one count
        _accepted += 1
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Answer once the request is whole; its body is passed over by its announced length."""
        self._buffer += data
        head, separator, body = self._buffer.partition(b"\r\n\r\n")
        if not separator:
            return
        _, _, after = head.lower().partition(b"content-length:")
        if len(body) < (int(after.split(b"\r\n", 1)[0]) if after else 0):
            return
        self._buffer = b""
        self._transport.write(self._of(head.split(b" ", 2)[1]))

    def _of(self, path: bytes) -> bytes:
        global _accepted
        if path == b"/connections":
            counted, _accepted = _accepted, 1  # the one that asks stays open
            return _answer(str(counted).encode(), compressed=False)
        return self._answers[path]


async def serve(exchanges: list[Exchange], certificate: Path) -> None:
    """Serve until standard input ends."""
    answers: dict[bytes, bytes] = {}
    for exchange in exchanges:
        answers[exchange.path.encode()] = _answer(exchange.answered, compressed=False)
        answers[b"/gzip" + exchange.path.encode()] = _answer(exchange.answered, compressed=True)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    loop = asyncio.get_running_loop()
    plain = await loop.create_server(lambda: Canned(answers), "127.0.0.1", 0)
    secure = await loop.create_server(lambda: Canned(answers), "127.0.0.1", 0, ssl=context)
    print(json.dumps([server.sockets[0].getsockname()[1] for server in (plain, secure)]), flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    for server in (plain, secure):
        server.close()


if __name__ == "__main__":
    with contextlib.suppress(ImportError):
        import uvloop

        uvloop.install()
    recorded = msgspec.msgpack.decode(Path(sys.argv[1]).read_bytes(), type=list[Exchange])
    asyncio.run(serve(recorded, Path(sys.argv[2])))
