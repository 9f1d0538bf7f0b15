"""A real process under load that means it no good: half-open connections, slow bodies, too many at once, hang-ups."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from pathlib import Path
from typing import Any, cast

import pytest

from orderweave_sdk.testing.faults import Fault
from orderweave_sdk.testing.simulator import Simulator
from tests.systems.serving.served import TITLES, Connection, Load, Served, served, until

pytestmark = pytest.mark.systems

SOCKETS = Path("/proc/net/tcp")
HEAD = b"POST /graphql HTTP/1.1\r\nhost: gateway\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n"
UPGRADE = (
    b"GET /graphql HTTP/1.1\r\nhost: gateway\r\nupgrade: websocket\r\nconnection: upgrade\r\n"
    b"sec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\nsec-websocket-version: 13\r\n"
)


async def test_half_open_connections_are_gone_after_the_limit(tmp_path: Path) -> None:
    """200 connections that send nothing, half a head or a slow body are ended at the limit while others are served."""
    async with served(tmp_path, workers=1, request_seconds=2, drain_seconds=0) as gateway:
        connections = [await gateway.connect() for _ in range(200)]
        began = time.monotonic()
        for position, connection in enumerate(connections):
            connection.writer.write((b"", b"POST /graphql HTTP/1.1\r\nho", HEAD, HEAD + b'{"query"')[position % 4])
        drips = asyncio.create_task(drip(connections[3::4]))
        load = Load(gateway, TITLES, clients=4)
        ends = await asyncio.wait_for(asyncio.gather(*(rest_of(connection) for connection in connections)), 20.0)
        assert time.monotonic() - began >= 2.0
        drips.cancel()
        await load.stop()
        assert [Counter(end[:12] for end in ends[kind::4]) for kind in range(3)] == [
            {b"": 50},
            {b"HTTP/1.1 408": 50},
            {b"HTTP/1.1 408": 50},
        ]
        # A byte that crosses the end on its way resets the connection, and may take the answer with it.
        assert {end[:12] for end in ends[3::4]} <= {b"HTTP/1.1 408", b"reset"}
        assert set(load.answers) == {200}
        assert load.answers[200] > 100
        assert await open_connections(gateway) == 1


@pytest.mark.parametrize(
    "sent",
    [
        UPGRADE + b"content-length: 4\r\n\r\nabcd",
        UPGRADE + b"cookie: " + b"c" * 9000 + b"\r\n\r\n",
        UPGRADE,
        HEAD + b"{",
        # A WebSocket that is told to be none, and does not answer that.
        UPGRADE + b"\r\n" + b"\x81\x83\0\0\0\0[1]",
    ],
    ids=["handshake with a body", "long handshake", "half a handshake", "half a body", "WebSocket at its end"],
)
async def test_half_made_connections_keep_no_health_check_out(sent: bytes, tmp_path: Path) -> None:
    """1,200 of them, more than a process holds, that stay as long as they may: the next who comes is answered."""
    async with served(tmp_path, workers=1, request_seconds=60, drain_seconds=0) as gateway:
        for _ in range(1200):
            (await gateway.connect()).writer.write(sent)
        for _ in range(20):
            assert await gateway.ask_once("/health/live") == (200, {"status": "live"})
        assert await open_connections(gateway) <= 1000
        await gateway.hang_up()
        assert "Traceback" not in gateway.log


async def drip(connections: list[Connection]) -> None:
    """A byte a connection every tenth of a second."""
    while True:
        for connection in connections:
            connection.writer.write(b" ")
        await asyncio.sleep(0.1)


async def rest_of(connection: Connection) -> bytes:
    """All that comes until the connection ends."""
    try:
        return await connection.reader.read()
    except ConnectionResetError:
        return b"reset"


async def open_connections(gateway: Served) -> int:
    """How many sockets of the process are connected to a client, the one that asks among them."""
    connection = await gateway.connect()
    assert (await connection.ask("/health/live"))[0] == 200
    found = connected(gateway.port)
    connection.close()
    return found


def connected(port: int) -> int:
    """How many sockets with this port on their own side are connected."""
    rows = [line.split() for line in SOCKETS.read_text().splitlines()[1:]]
    return sum(row[1].endswith(f":{port:04X}") and row[3] == "01" for row in rows)


async def test_the_bound_is_exact_and_health_answers(tmp_path: Path) -> None:
    """Of 20 requests for a silent system 4 are worked on and 2 wait, 14 are 503 at once; the 6 are answered then."""
    settings: dict[str, Any] = {"most_in_flight": 4, "most_waiting": 2, "deadline_seconds": 30}
    async with served(tmp_path, workers=1, drain_seconds=0, **settings) as gateway:
        await gateway.business.fail("erp", Fault.SLOW)
        query = f'{{ order(by: {{number: "{gateway.number}"}}) {{ number invoices {{ number }} }} }}'
        connections = [await gateway.connect() for _ in range(20)]
        answers = [asyncio.create_task(connection.ask("/graphql", query)) for connection in connections]
        await until(lambda: sum(answer.done() for answer in answers) == 14, seconds=5.0)
        for path in ("/health/live", "/health/ready"):
            assert (await gateway.ask_once(path))[0] == 200
        await gateway.business.fail("erp", Fault.STOPPED)
        found = Counter(status for status, _ in await asyncio.gather(*answers))
        assert found == {200: 6, 503: 14}
        assert (await gateway.ask_once("/graphql", TITLES))[0] == 200


async def test_hanging_up_ends_the_calls(tmp_path: Path) -> None:
    """A client that hangs up ends the calls that its request had made: the systems see their connections closed."""
    async with served(tmp_path, workers=1, drain_seconds=0, deadline_seconds=300) as gateway:
        await gateway.business.fail("erp", Fault.SLOW)
        erp = cast("Simulator", gateway.business.simulators["erp"])
        query = f'{{ order(by: {{number: "{gateway.number}"}}) {{ number invoices {{ number }} }} }}'
        signed_in = None
        for _ in range(3):
            connection = await gateway.connect()
            connection.send("/graphql", query)
            await until(lambda: len(erp._writers) >= 1)
            await asyncio.sleep(0.2)
            signed_in = len(erp._writers)
            connection.close()
            await until(lambda: len(erp._writers) == 0)
        assert signed_in == 1
        assert await open_connections(gateway) == 1
