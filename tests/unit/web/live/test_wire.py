"""WebSockets over real sockets: the upgrade, what no frame may do, peers that are gone or take nothing, descriptors."""

from __future__ import annotations

import asyncio
import os
import random
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.frames import Frame, Opcode

from orderweave.web import App
from orderweave.web.connections import BoundedProtocol, Connections
from orderweave.web.live import SETTINGS, socket_protocol
from orderweave.web.live.messages import SUBPROTOCOL, written
from tests.unit.web.live.talks import FOLLOW, talking

BEGIN = '{"type": "connection_init"}'
HANDSHAKE = (
    b"GET /graphql HTTP/1.1\r\nhost: x\r\nupgrade: websocket\r\nconnection: upgrade\r\n"
    b"sec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\nsec-websocket-version: 13\r\n"
    b"sec-websocket-protocol: graphql-transport-ws\r\n\r\n"
)


class Served:
    """An application on a loopback port."""

    def __init__(self, app: App, connections: Connections, port: int) -> None:
        self.app = app
        self.connections = connections
        self.port = port

    def connect(self, **options: Any) -> Any:
        """A WebSocket to it."""
        named = {"subprotocols": [SUBPROTOCOL], "compression": None, "ping_interval": None, **options}
        return connect(f"ws://127.0.0.1:{self.port}/graphql", **named)


@asynccontextmanager
async def served(**settings: Any) -> AsyncIterator[Served]:
    """Serve with the server's own protocols."""
    async with talking() as talks:
        config = uvicorn.Config(talks.app, http=BoundedProtocol, log_config=None, **{**SETTINGS, **settings})
        config.load()
        connections = Connections(request_seconds=10)
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: BoundedProtocol(config, connections, {}), "127.0.0.1", 0)
        try:
            yield Served(talks.app, connections, server.sockets[0].getsockname()[1])
        finally:
            server.close()
            for connection in list(connections.connections):
                connection.transport.abort()
            await asyncio.sleep(0)
            await asyncio.gather(*connections.tasks, return_exceptions=True)


async def ended(connection: ClientConnection) -> int | None:
    """The code with which the server ends it."""
    async with asyncio.timeout(10):
        with suppress(ConnectionClosed):
            while True:
                await connection.recv()
    return connection.close_code


async def test_subscription_over_a_socket() -> None:
    """The upgrade passes our own HTTP protocol, and the first answer comes; its timers do not end the WebSocket."""
    async with served() as gateway, gateway.connect() as connection:
        await connection.send(BEGIN)
        assert await connection.recv() == '{"type":"connection_ack"}'
        (open_,) = gateway.connections.connections
        assert isinstance(open_, socket_protocol.BoundedWebSocket)
        assert gateway.connections.too_slow == 0


@pytest.mark.parametrize(
    ("content", "code"),
    [("x" * (socket_protocol.MOST_MESSAGE_BYTES + 1), 1009), (b"\xff", 4400), ("[1]", 4400), ("null", 4400)],
)
async def test_message_that_is_none_has_its_code(content: str | bytes, code: int) -> None:
    """Too large is 1009, known from its first bytes; whatever is no message is 4400."""
    async with served() as gateway, gateway.connect() as connection:
        await connection.send(content)
        assert await ended(connection) == code


async def test_text_that_is_no_text_is_1007_and_not_logged(caplog: pytest.LogCaptureFixture) -> None:
    """Invalid UTF-8 in a text frame ends the connection by RFC 6455's code, without a traceback in the log."""
    async with served() as gateway, gateway.connect() as connection:
        await connection.send(b"\xff\xfe", text=True)
        assert await ended(connection) == 1007
    assert caplog.records == []


async def test_no_message_crashes_a_conversation(caplog: pytest.LogCaptureFixture) -> None:
    """Hundreds of odd messages, before and after the beginning: each ends with a code, none with 1006."""
    chance = random.Random(7)
    pieces = ["{", "}", "[", "]", '"type"', ":", ",", '"subscribe"', '"ping"', '"id"', '"1"', "null", "1e999", "\u2028"]
    codes = set()
    async with served() as gateway:
        for turn in range(150):
            async with gateway.connect() as connection:
                if turn % 2:
                    await connection.send(BEGIN)
                text = "".join(chance.choice(pieces) for _ in range(chance.randrange(1, 12)))
                await connection.send(text)
                codes.add(await ended(connection))
    assert codes == {4400}
    assert caplog.records == []


async def test_broken_frames_end_the_connection_alone() -> None:
    """Frames that no client may send (unmasked, reserved bits, a lone continuation) end theirs, and others go on."""
    async with served() as gateway, gateway.connect() as stays:
        await stays.send(BEGIN)
        await stays.recv()
        for frame in (
            b"\x81\x01a",
            b"\xf1\x80\x00\x00\x00\x00",
            b"\x80\x80\x00\x00\x00\x00",
            b"\x81\xff" + b"\xff" * 8,
        ):
            connection = await gateway.connect()
            connection.transport.write(frame)
            assert await ended(connection) in (1002, 1009)
        await stays.send('{"type": "ping"}')
        assert await stays.recv() == '{"type":"pong"}'


async def test_peer_that_answers_no_ping_is_dropped() -> None:
    """A half-open connection ends after a ping without an answer, and what it followed is followed no more."""
    async with served(ws_ping_interval=0.05, ws_ping_timeout=0.05) as gateway:
        connection = await gateway.connect()
        await connection.send(BEGIN)
        await connection.recv()
        connection.transport.pause_reading()
        async with asyncio.timeout(10):
            while gateway.connections.connections or sum(gateway.app.doors.lines.open.values()):  # noqa: ASYNC110 - as below
                await asyncio.sleep(0.01)
        connection.transport.abort()
        await connection.wait_closed()


async def test_peer_that_takes_nothing_is_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    """A client that asks and never reads: its connection is aborted, and no more than a buffer waits for it."""
    monkeypatch.setattr(socket_protocol, "MOST_UNREAD_SECONDS", 0.2)
    async with served() as gateway:
        plain = socket.socket()
        plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        plain.setblocking(False)
        loop = asyncio.get_running_loop()
        await loop.sock_connect(plain, ("127.0.0.1", gateway.port))
        await loop.sock_sendall(plain, HANDSHAKE)
        payload = "p" * 60_000
        ping = Frame(Opcode.TEXT, b'{"type":"ping","payload":{"a":"%s"}}' % payload.encode()).serialize(mask=True)

        async def flood() -> None:
            while True:
                await loop.sock_sendall(plain, ping)

        async with asyncio.timeout(20):
            with pytest.raises(OSError, match=r"reset|pipe"):
                await flood()
            while gateway.connections.connections:  # noqa: ASYNC110 - the server's timers set no event here
                await asyncio.sleep(0.01)
        plain.close()


async def test_peer_that_does_not_answer_the_end_is_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    """After the code of its end a client has a moment to answer with its own, and is then cut off."""
    monkeypatch.setattr(socket_protocol, "_LONGEST_GOODBYE", 0.05)
    async with served() as gateway:
        reader, writer = await asyncio.open_connection("127.0.0.1", gateway.port)
        writer.write(HANDSHAKE)
        assert await reader.readuntil(b"\r\n\r\n")
        writer.write(Frame(Opcode.TEXT, b"[1]").serialize(mask=True))
        assert (await reader.readexactly(4))[2:] == (4400).to_bytes(2, "big")
        async with asyncio.timeout(10):
            with suppress(ConnectionResetError):
                assert b"graphql-transport-ws" in await reader.read()
            while gateway.connections.connections:  # noqa: ASYNC110 - as above
                await asyncio.sleep(0.01)
        writer.close()


async def test_upgrade_while_the_process_stops_is_refused(caplog: pytest.LogCaptureFixture) -> None:
    """In the drain a WebSocket is answered with 503, no exception comes of the upgrade, and no error is logged."""
    async with served() as gateway:
        gateway.connections.draining = True
        gateway.app.doors.lines.drain(0)
        with pytest.raises(InvalidStatus) as refusal:
            await gateway.connect()
        assert refusal.value.response.status_code == 503
        await asyncio.gather(*gateway.connections.tasks)
    assert [record for record in caplog.records if record.name.startswith("uvicorn")] == []


async def test_drain_says_1001_over_the_wire() -> None:
    """A client hears the code before the connection is gone."""
    async with served() as gateway, gateway.connect() as connection:
        await connection.send(BEGIN)
        await connection.recv()
        gateway.app.doors.lines.drain(0)
        assert await ended(connection) == 1001


async def test_no_descriptor_stays() -> None:
    """100 clients that subscribe and vanish leave no open file, no connection and no watch."""
    async with served() as gateway:

        async def come_and_go(*, politely: bool) -> None:
            connection = await gateway.connect()
            await connection.send(BEGIN)
            await connection.recv()
            await connection.send(written("subscribe", id="1", payload={"query": FOLLOW}))
            await connection.recv()
            if politely:
                await connection.close()
            else:
                connection.transport.abort()
                await connection.wait_closed()

        await come_and_go(politely=True)
        before = descriptors()
        await asyncio.gather(*(come_and_go(politely=bool(turn % 2)) for turn in range(100)))
        async with asyncio.timeout(10):
            while gateway.connections.connections or gateway.connections.tasks:  # noqa: ASYNC110 - sockets' own matter
                await asyncio.sleep(0.01)
        assert gateway.app.doors.feed.watching == 0
        assert descriptors() == before


def descriptors() -> int:
    """How many files this process has open; 0 where the system does not tell."""
    folder = "/proc/self/fd"
    return len(os.listdir(folder)) if Path(folder).exists() else 0
