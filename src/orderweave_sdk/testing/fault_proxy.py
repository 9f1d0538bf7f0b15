"""A proxy that stands between a caller and a server and breaks the line between them, byte by byte.

It knows nothing of what is said over the line, so it may stand before a simulator, a real server or a database. What
a server may say that is wrong (401, 500, a page in place of JSON) is the simulators' business: see `faults`.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
from enum import StrEnum
from types import TracebackType
from typing import Self

_CHUNK = 64 * 1024
# More connections at once than any client of ours keeps; whoever comes then is hung up on.
_MOST_CONNECTIONS = 512
_HOST = "127.0.0.1"
_END_OF_HEAD = b"\r\n\r\n"


class LineFault(StrEnum):
    """One way for a line to fail."""

    DOWN = "DOWN"  # nothing listens: connections are refused
    RESET = "RESET"  # RST in place of an answer
    RESET_MIDWAY = "RESET_MIDWAY"  # RST in the middle of an answer
    TRUNCATED = "TRUNCATED"  # closed in good order in the middle of an answer
    SLOW = "SLOW"  # each answer begins later
    DRIP = "DRIP"  # an answer comes a byte at a time
    BLACK_HOLE = "BLACK_HOLE"  # connections are taken and nothing is ever said


class FaultProxy:
    """A line to `port` of `host`. Use `async with`; `port` of the proxy itself is known from then on.

    `latency` is how many seconds later an answer begins while SLOW, `drip` how many pass between two bytes. The port
    stays the proxy's own while it is DOWN. `accepted` counts connections so far, `open` those that stand.
    """

    def __init__(self, port: int, *, host: str = _HOST, latency: float = 0.2, drip: float = 0.05) -> None:
        self.port = 0
        self.fault: LineFault | None = None
        self.accepted = 0
        self._target = (host, port)
        self._latency = latency
        self._drip = drip
        self._held: socket.socket | None = None
        self._server: asyncio.Server | None = None
        self._lines: dict[asyncio.Task[None], _Line] = {}

    @property
    def open(self) -> int:
        """Connections that stand."""
        return len(self._lines)

    async def __aenter__(self) -> Self:
        # Bound and never listening: nobody else gets the port while the listening socket is closed.
        self._held = _bound(self.port)
        self.port = self._held.getsockname()[1]
        await self._listen()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._close()
        if self._held is not None:
            self._held.close()
            self._held = None

    async def fail(self, fault: LineFault | None) -> None:
        """Break the line so from now on, or let everything pass with None. Connections that stand are ended."""
        self.fault = fault
        if fault is LineFault.DOWN:
            await self._close()
            return
        await self._hang_up()
        if self._server is None:
            await self._listen()

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(self._serve, sock=_bound(self.port))

    async def _close(self) -> None:
        if self._server is not None:
            self._server.close()
        await self._hang_up()
        if self._server is not None:
            await self._server.wait_closed()
            self._server = None

    async def _hang_up(self) -> None:
        tasks = list(self._lines)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        if len(self._lines) >= _MOST_CONNECTIONS or self.fault is LineFault.DOWN:
            writer.transport.abort()
            return
        self.accepted += 1
        line = self._lines[task] = _Line(reader, writer, self.fault, latency=self._latency, drip=self._drip)
        try:
            await line.carry(*self._target)
        except (OSError, asyncio.CancelledError):
            writer.transport.abort()
        finally:
            del self._lines[task]


class _Line:
    """One connection, from its caller's end to the server's."""

    def __init__(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        fault: LineFault | None,
        *,
        latency: float,
        drip: float,
    ) -> None:
        self._reader = reader
        self._writer = writer
        self._fault = fault
        self._latency = latency
        self._drip = drip
        self._asked = False

    async def carry(self, host: str, port: int) -> None:
        """Until either end closes, or the fault ends it."""
        if self._fault is LineFault.BLACK_HOLE:
            while await self._reader.read(_CHUNK):
                pass
            self._writer.close()
        elif self._fault is LineFault.RESET:
            await self._reader.read(1)
            self._reset()
        else:
            await self._between(host, port)

    async def _between(self, host: str, port: int) -> None:
        reader, writer = await asyncio.open_connection(host, port)
        pumps = {asyncio.ensure_future(self._ask(writer)), asyncio.ensure_future(self._answer(reader))}
        try:
            ended, _ = await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
            for pump in ended:
                pump.result()
            self._writer.close()
        finally:
            # Before anything is waited for: the line may be ended while it waits.
            writer.transport.abort()
            for pump in pumps:
                pump.cancel()
            await asyncio.gather(*pumps, return_exceptions=True)

    async def _ask(self, writer: asyncio.StreamWriter) -> None:
        """From the caller to the server, as it comes."""
        while data := await self._reader.read(_CHUNK):
            self._asked = True
            writer.write(data)
            await writer.drain()

    async def _answer(self, reader: asyncio.StreamReader) -> None:
        """From the server to the caller, as the fault lets it."""
        head_has_passed = False
        while data := await reader.read(_CHUNK):
            if self._fault is LineFault.SLOW and self._asked:
                self._asked = False
                await asyncio.sleep(self._latency)
            if self._fault is LineFault.DRIP:
                await self._say_slowly(data)
            elif self._fault in (LineFault.RESET_MIDWAY, LineFault.TRUNCATED):
                half = _half(data, head_has_passed=head_has_passed)
                await self._say(data[:half])
                if half < len(data):
                    break
                head_has_passed = True
            else:
                await self._say(data)
        if self._fault is LineFault.RESET_MIDWAY:
            self._reset()

    async def _say(self, data: bytes) -> None:
        self._writer.write(data)
        await self._writer.drain()

    async def _say_slowly(self, data: bytes) -> None:
        for place in range(len(data)):
            await self._say(data[place : place + 1])
            await asyncio.sleep(self._drip)

    def _reset(self) -> None:
        raw = self._writer.get_extra_info("socket")
        # Linger of zero seconds makes close() send RST in place of FIN.
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._writer.transport.abort()


def _half(data: bytes, *, head_has_passed: bool) -> int:
    """Where to cut: in the middle of what follows an HTTP head, or simply in the middle of anything else.

    All of it while there is nothing but the head, so that it is the body that is cut.
    """
    end = data.find(_END_OF_HEAD)
    if head_has_passed or end < 0:
        return len(data) // 2
    start = end + len(_END_OF_HEAD)
    return len(data) if start == len(data) else start + (len(data) - start) // 2


def _bound(port: int) -> socket.socket:
    """A socket on a port of loopback that does not listen yet; port 0 takes a free one."""
    made = socket.socket()
    with contextlib.ExitStack() as undo:
        undo.callback(made.close)
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind((_HOST, port))
        made.setblocking(False)
        undo.pop_all()
    return made
