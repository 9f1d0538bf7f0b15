"""The fault proxy at the level of bytes: what each fault lets through, how it ends, and that nothing is left."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from orderweave_sdk.testing.fault_proxy import FaultProxy, LineFault
from tests.sdk.raw_servers import Line, RawRequest, RawServer, answer, saying

pytestmark = pytest.mark.usefixtures("nothing_is_left")

QUESTION = b"POST /a HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\n\r\n{}"
BODY = b"0123456789" * 10
ANSWER = answer(BODY)
HEAD = ANSWER[: -len(BODY)]


@asynccontextmanager
async def line(said: bytes = ANSWER, *, latency: float = 0.2, drip: float = 0.05) -> AsyncIterator[FaultProxy]:
    """A proxy before a server that says these bytes to every question."""
    async with RawServer(saying(said)) as server:
        port = int(server.url.rpartition(":")[2])
        async with FaultProxy(port, latency=latency, drip=drip) as proxy:
            yield proxy


class Caller:
    """A connection through the proxy."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    async def ask(self) -> None:
        """Put the question."""
        self.writer.write(QUESTION)
        await self.writer.drain()

    async def rest(self) -> bytes:
        """All that still comes, up to a close in good order; raises ConnectionResetError for an RST."""
        async with asyncio.timeout(5):
            return await self.reader.read()


@asynccontextmanager
async def calling(proxy: FaultProxy) -> AsyncIterator[Caller]:
    """A connection, hung up at the end."""
    reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
    try:
        yield Caller(reader, writer)
    finally:
        writer.transport.abort()


async def whole_answer(proxy: FaultProxy) -> bool:
    """Whether a question is answered byte by byte as the server said it."""
    async with calling(proxy) as caller:
        await caller.ask()
        async with asyncio.timeout(5):
            return await caller.reader.readexactly(len(ANSWER)) == ANSWER


async def test_everything_passes_without_a_fault() -> None:
    """Both ways, over one connection and as often as asked; its end is handed on to the server."""
    async with RawServer(saying(ANSWER)) as server, FaultProxy(int(server.url.rpartition(":")[2])) as proxy:
        async with calling(proxy) as caller:
            for _ in range(3):
                await caller.ask()
                assert await caller.reader.readexactly(len(ANSWER)) == ANSWER
        await server.all_left()
        assert [request.body for request in server.requests] == [b"{}"] * 3
        assert (server.accepted, proxy.accepted) == (1, 1)


async def test_an_end_by_the_server_is_handed_on() -> None:
    """A server that hangs up after its answer hangs up on the caller, in good order."""

    async def once(_request: RawRequest, end: Line) -> None:
        await end.say(ANSWER)
        end.hang_up()

    async with RawServer(once) as server, FaultProxy(int(server.url.rpartition(":")[2])) as proxy, calling(proxy) as it:
        await it.ask()
        assert await it.rest() == ANSWER


async def test_down_refuses_and_keeps_its_port() -> None:
    """While it is down connections are refused and nobody else can have the port; afterwards it is as before."""
    async with line() as proxy:
        await proxy.fail(LineFault.DOWN)
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection("127.0.0.1", proxy.port)
        with socket.socket() as other, pytest.raises(OSError, match="in use"):
            other.bind(("127.0.0.1", proxy.port))
        await proxy.fail(None)
        assert await whole_answer(proxy)
        assert proxy.accepted == 1


async def test_reset_before_an_answer() -> None:
    """The question is met with RST and not a byte, and the server hears nothing of it."""
    async with RawServer(saying(ANSWER)) as server, FaultProxy(int(server.url.rpartition(":")[2])) as proxy:
        await proxy.fail(LineFault.RESET)
        async with calling(proxy) as caller:
            await caller.ask()
            with pytest.raises(ConnectionResetError):
                await caller.rest()
        assert server.accepted == 0


@pytest.mark.parametrize("fault", [LineFault.RESET_MIDWAY, LineFault.TRUNCATED])
@pytest.mark.parametrize("apart", [False, True])
async def test_half_an_answer(fault: LineFault, *, apart: bool) -> None:
    """The head and half of the body come, then RST or the end; also where head and body come apart."""
    given = asyncio.Event()

    async def answering(_request: RawRequest, end: Line) -> None:
        if apart:
            await end.say(HEAD)
            await given.wait()
            await end.say(BODY)
        else:
            await end.say(ANSWER)

    async with RawServer(answering) as server, FaultProxy(int(server.url.rpartition(":")[2])) as proxy:
        await proxy.fail(fault)
        async with calling(proxy) as caller:
            await caller.ask()
            assert await caller.reader.readexactly(len(HEAD)) == HEAD
            given.set()
            if fault is LineFault.TRUNCATED:
                assert await caller.rest() == BODY[:50]
            else:
                with pytest.raises(ConnectionResetError):
                    await caller.rest()
        await server.all_left()


async def test_slow_begins_each_answer_later() -> None:
    """The whole answer comes, so much later, to every question over the connection."""
    async with line(latency=0.02) as proxy:
        await proxy.fail(LineFault.SLOW)
        async with calling(proxy) as caller:
            for _ in range(2):
                started = time.monotonic()
                await caller.ask()
                assert await caller.reader.readexactly(len(ANSWER)) == ANSWER
                assert time.monotonic() - started >= 0.02


async def test_drip_gives_byte_after_byte() -> None:
    """The answer is the server's and takes at least a pause for each byte before the last."""
    async with line(answer(b"{}"), drip=0.001) as proxy:
        await proxy.fail(LineFault.DRIP)
        async with calling(proxy) as caller:
            started = time.monotonic()
            await caller.ask()
            whole = answer(b"{}")
            assert await caller.reader.read(10) == whole[:1]
            assert await caller.reader.readexactly(len(whole) - 1) == whole[1:]
            assert time.monotonic() - started >= 0.001 * (len(whole) - 1)


async def test_black_hole_takes_all_and_says_nothing() -> None:
    """The connection stands and the question is taken; no byte comes, and the server hears nothing of it."""
    async with RawServer(saying(ANSWER)) as server, FaultProxy(int(server.url.rpartition(":")[2])) as proxy:
        await proxy.fail(LineFault.BLACK_HOLE)
        async with calling(proxy) as caller:
            await caller.ask()
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.05):
                    await caller.reader.read(1)
            assert (proxy.open, server.accepted) == (1, 0)


@pytest.mark.parametrize("fault", [None, *LineFault])
async def test_a_switch_ends_what_stands(fault: LineFault | None) -> None:
    """Connections from before the switch are ended, so that a kept one does not get round the fault; then it heals."""
    async with line() as proxy:
        async with calling(proxy) as caller:
            await caller.ask()
            await caller.reader.readexactly(len(ANSWER))
            await proxy.fail(fault)
            assert proxy.open == 0
            with pytest.raises((ConnectionResetError, asyncio.IncompleteReadError)):
                await caller.reader.readexactly(1)
        await proxy.fail(None)
        assert await whole_answer(proxy)


async def test_server_that_is_not_there() -> None:
    """The caller is hung up on, and the proxy lives on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    async with FaultProxy(port) as proxy, calling(proxy) as caller:
        await caller.ask()
        with pytest.raises((ConnectionResetError, asyncio.IncompleteReadError)):
            await caller.reader.readexactly(1)


async def test_connections_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever comes past the bound is hung up on and not counted."""
    monkeypatch.setattr("orderweave_sdk.testing.fault_proxy._MOST_CONNECTIONS", 1)
    async with line() as proxy, calling(proxy) as caller:
        await caller.ask()
        await caller.reader.readexactly(len(ANSWER))
        reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
        with pytest.raises((ConnectionResetError, asyncio.IncompleteReadError)):
            await reader.readexactly(1)
        writer.transport.abort()
        assert (proxy.accepted, proxy.open) == (1, 1)
