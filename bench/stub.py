"""One system's stub: a process that gives prebuilt bytes for bytes that it knows, and nothing else.

It serves the vendor's recorded answers to whoever asks as the connectors do, and the same content ready-made to the
gateways that do not speak the vendor's protocol (`bench/ready_made.py`). `GET /calls` tells how many calls came,
`GET /delay/20` lets every later answer wait for 20 ms.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from bench.ready_made import ReadyMade
from bench.recording import load_recording
from bench.wire import Malformed, message

_DELAY = b"GET /delay/"
Table = dict[tuple[bytes, bytes], bytes]


def answer_bytes(status: int, kind: str, body: bytes) -> bytes:
    """A whole HTTP answer."""
    reason = "OK" if status == 200 else "Not OK"
    head = f"HTTP/1.1 {status} {reason}\r\ncontent-type: {kind}\r\ncontent-length: {len(body)}\r\n\r\n"
    return head.encode() + body


class Stub(asyncio.Protocol):
    """One connection. `table` holds answers by method with target, and body."""

    calls = 0
    delay_seconds = 0.0

    def __init__(self, table: Table, ready_made: ReadyMade) -> None:
        self._table = table
        self._ready_made = ready_made
        self._data = bytearray()
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """See asyncio."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """See asyncio."""
        assert self._transport is not None
        self._data += data
        while self._data:
            try:
                found = message(self._data)
            except Malformed:
                self._transport.abort()
                return
            if found is None:
                return
            head, body, length = found
            del self._data[:length]
            answer = self._answer(head[: head.index(b" HTTP/")], body)
            if Stub.delay_seconds:
                asyncio.get_running_loop().call_later(Stub.delay_seconds, self._transport.write, answer)
            else:
                self._transport.write(answer)

    def _answer(self, target: bytes, body: bytes) -> bytes:
        if target == b"GET /calls":
            return answer_bytes(200, "text/plain", str(Stub.calls).encode())
        if target.startswith(_DELAY):
            Stub.delay_seconds = int(target[len(_DELAY) :]) / 1000
            return answer_bytes(200, "text/plain", b"")
        Stub.calls += 1
        known = self._table.get((target, body))
        if known is None:
            made = self._ready_made.answer(target, body)
            if made is None:
                print("unknown:", target.decode(), body[:2000].decode(), file=sys.stderr, flush=True)
                return answer_bytes(404, "text/plain", b"this was not recorded")
            known = self._table[target, body] = answer_bytes(200, "application/json", made)
        return known


async def serve(recording: Path, system: str, port: int) -> None:
    """Serve until stopped."""
    recorded = load_recording(recording)
    table: Table = {
        (f"{exchange.method} {exchange.path}".encode(), exchange.body): answer_bytes(
            exchange.status, exchange.kind, exchange.answer
        )
        for exchange in recorded.exchanges[system]
    }
    ready_made = ReadyMade(recorded, system)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Stub(table, ready_made), "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])))
