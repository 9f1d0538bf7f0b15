"""Connections end by a time limit when nothing, too little or too much comes, or when an answer is not taken."""

from __future__ import annotations

import asyncio
import json

import pytest

from orderweave.web import connections as rooms
from tests.unit.web.exchanges import ASKS_BOTH, Waiting, turns
from tests.unit.web.wires import HEAD, REQUEST, House, answer_of


async def test_a_silent_connection_is_closed() -> None:
    """A connection on which nothing comes is closed after the limit, without a word, and counted."""
    house = House()
    _, wire = house.connect()
    house.loop.advance(9.9)
    assert not wire.closed
    house.loop.advance(0.1)
    assert (wire.closed, wire.sent, house.shared.too_slow) == (True, b"", 1)


@pytest.mark.parametrize("sent", [b"POST /", b"POST /graphql HTTP/1.1\r\nhost: ga", HEAD % 100, HEAD % 100 + b"{"])
async def test_a_request_that_does_not_arrive_is_408(sent: bytes) -> None:
    """A head or a body that stops is answered 408 after the limit, however steadily it drips before."""
    house = House()
    connection, wire = house.connect()
    connection.data_received(sent)
    await turns()
    for _ in range(9):
        house.loop.advance(1.0)
        connection.data_received(b"x" if sent.endswith((b"/", b"a")) else b" ")
        await turns()
    assert (wire.closed, wire.sent) == (False, b"")
    house.loop.advance(1.0)
    status, headers, document = answer_of(wire)
    assert (status, headers["connection"], wire.closed, house.shared.too_slow) == (408, "close", True, 1)
    assert document == {
        "errors": [{"message": "the request did not arrive within 10 seconds", "extensions": {"code": "BAD_REQUEST"}}]
    }
    await turns()
    connection.connection_lost(None)
    await turns()
    assert answer_of(wire)[0] == 408
    assert house.loop.pending <= 1


async def test_the_application_stops_reading_what_was_refused() -> None:
    """When the body did not arrive the application is told that nobody listens, and leaves."""
    house = House()
    connection, _ = house.connect()
    before = asyncio.all_tasks()
    connection.data_received(HEAD % 100 + b"{")
    await turns()
    assert len(asyncio.all_tasks()) == len(before) + 1
    house.loop.advance(10.0)
    await turns()
    assert asyncio.all_tasks() == before
    assert house.endpoint.callers_gone == 1


async def test_the_limit_counts_each_request_anew() -> None:
    """A connection that stays has the whole limit for each request, and a slow answer is no slow request."""
    house = House()
    waiting = Waiting(house.woven, "shop")
    connection, wire = house.connect()
    for _ in range(5):
        house.loop.advance(4.0)
        connection.data_received(REQUEST[:40])
        house.loop.advance(4.0)
        connection.data_received(REQUEST[40:])
        await turns()
    assert wire.sent.count(b"HTTP/1.1 200 OK") == 5
    body = json.dumps({"query": ASKS_BOTH}).encode()
    connection.data_received(HEAD % len(body) + body)
    await turns()
    house.loop.advance(60.0)
    waiting.open()
    await turns()
    assert wire.sent.count(b"HTTP/1.1 200 OK") == 6
    assert (wire.closed, house.shared.too_slow) == (False, 0)


async def test_a_body_that_drips_after_its_answer_ends_too() -> None:
    """A request that was answered before its body had come does not hold the connection by dripping on."""
    house = House()
    connection, wire = house.connect()
    connection.data_received(b"GET /health/live HTTP/1.1\r\nhost: gateway\r\ncontent-length: 1000000\r\n\r\n")
    await turns()
    assert wire.sent.startswith(b"HTTP/1.1 200 OK")
    answered = wire.sent
    for _ in range(10):
        house.loop.advance(1.0)
        connection.data_received(b"x")
    assert (wire.closed, wire.sent, house.shared.too_slow) == (True, answered, 1)


@pytest.mark.parametrize(
    ("pieces", "status", "message"),
    [
        ([b"GET / HTTP/1.1\r\nx: ", *[b"a" * 30_000] * 3], 431, "the head of the request is larger than 65536 bytes"),
        ([b"GET /" + b"a" * 70_000], 431, "the head of the request is larger than 65536 bytes"),
        ([b"GET / HTTP/1.1\r\n" + b"x: y\r\n" * 15_000], 431, "the head of the request is larger than 65536 bytes"),
    ],
    ids=["one header", "target", "many headers"],
)
async def test_heads_that_are_too_large(pieces: list[bytes], status: int, message: str) -> None:
    """A head past the bound is refused while it comes, however it is made."""
    house = House()
    connection, wire = house.connect()
    for piece in pieces:
        if not wire.closed:
            connection.data_received(piece)
    assert (answer_of(wire)[0], answer_of(wire)[2]["errors"][0]["message"], wire.closed) == (status, message, True)


async def test_a_body_past_every_bound_ends_the_connection() -> None:
    """What goes on to come after the application has refused it is cut off, not read to its end."""
    house = House()
    connection, wire = house.connect()
    connection.data_received(HEAD % 1_000_000_000)
    pieces = 0
    while not wire.closed:
        connection.data_received(b" " * 65536)
        await turns(3)
        pieces += 1
    assert answer_of(wire)[0] == 413
    assert pieces == 8 * 1024 * 1024 // 65536


async def test_an_answer_that_is_not_taken() -> None:
    """A client that lets an answer wait is cut off after its limit; one that takes it in time is not."""
    house = House()
    connection, wire = house.connect()
    connection.pause_writing()
    house.loop.advance(29.0)
    connection.resume_writing()
    house.loop.advance(60.0)
    _, slow = house.connect()
    house.loop.advance(5.0)
    connection.pause_writing()
    house.loop.advance(30.0)
    assert (wire.aborted, slow.aborted, house.shared.unread) == (True, False, 1)


async def test_a_closing_connection_does_not_wait_for_ever() -> None:
    """A connection that is to be closed after its answer is broken off when the client does not take that."""
    house = House()
    connection, wire = house.connect()
    connection.data_received(REQUEST.replace(b"host:", b"connection: close\r\nhost:"))
    await turns()
    assert (wire.closed, wire.aborted) == (True, False)
    house.loop.advance(30.0)
    assert (wire.aborted, house.shared.unread) == (True, 1)


async def test_timers_end_with_the_connection() -> None:
    """Nothing is left to be done on a connection that is gone."""
    house = House()
    for sent in (b"", b"POST", HEAD % 100, REQUEST):
        connection, _ = house.connect()
        if sent:
            connection.data_received(sent)
        await turns()
        connection.pause_writing()
        connection.connection_lost(None)
        await turns()
    assert house.loop.pending == 0
    assert house.shared.connections == set()


async def test_idle_connections_give_way() -> None:
    """Past the most there may be, the one on which nothing has happened for longest goes; one being answered stays."""
    house = House(most=3)
    waiting = Waiting(house.woven, "shop")
    busy, busy_wire = house.connect()
    body = json.dumps({"query": ASKS_BOTH}).encode()
    busy.data_received(HEAD % len(body) + body)
    await turns()
    wires = []
    for _ in range(4):
        house.loop.advance(1.0)
        connection, wire = house.connect()
        wires.append((connection, wire))
        for known, seen in wires:
            if seen.aborted:
                known.connection_lost(None)
    assert [wire.aborted for _, wire in wires] == [True, True, False, False]
    assert (busy_wire.closed, house.shared.made_room) == (False, 2)
    waiting.open()
    await turns()
    assert b"200 OK" in busy_wire.sent


async def test_requests_on_their_way_give_way_where_nothing_is_idle() -> None:
    """Half requests do not keep the next one out, were there ever so many; one being answered stays, whatever comes
    behind it; where all are answered, the newcomer goes.
    """
    house = House(most=3)
    waiting = Waiting(house.woven, "shop")
    body = json.dumps({"query": ASKS_BOTH}).encode()
    made = []
    for sent in (HEAD % len(body) + body + REQUEST[:-5], HEAD % 100 + b"{", HEAD % 100 + b"{"):
        connection, wire = house.connect()
        connection.data_received(sent)
        await turns()
        made.append((connection, wire))
        house.loop.advance(1.0)
    for gone in (1, 2):
        newcomer, wire = house.connect()
        assert [wire.aborted for _, wire in made] == [False, gone >= 1, gone >= 2]
        made[gone][0].connection_lost(None)
        newcomer.data_received(HEAD % len(body) + body)
        await turns()
        assert not wire.closed
    assert house.connect()[1].aborted
    waiting.open()
    await turns()
    assert made[0][1].sent.count(b"200 OK") == 1


async def test_an_answer_that_is_being_taken_is_let_be_taken() -> None:
    """A client that has not taken its answer yet is not idle: others go first, and it before the newcomer."""
    house = House(most=2)
    made = []
    for untaken in (4096, 0):
        connection, wire = house.connect()
        connection.data_received(REQUEST)
        await turns()
        wire.untaken = untaken
        made.append((connection, wire))
        house.loop.advance(1.0)
    newcomer, _ = house.connect()
    assert [wire.aborted for _, wire in made] == [False, True]
    made[1][0].connection_lost(None)
    waiting = Waiting(house.woven, "shop")
    body = json.dumps({"query": ASKS_BOTH}).encode()
    newcomer.data_received(HEAD % len(body) + body)
    await turns()
    house.connect()
    assert made[0][1].aborted
    waiting.open()
    await turns()


async def test_newcomers_of_one_moment_find_room_each() -> None:
    """Who gave way is in the way until its end is told; each of several that come before it ends another one."""
    house = House(most=3)
    made = []
    for _ in range(8):
        house.loop.advance(0.1)
        made.append(house.connect())
    assert [wire.aborted for _, wire in made] == [True] * 5 + [False] * 3
    assert house.shared.made_room == 5


async def test_the_drain_ends_connections_with_an_answer() -> None:
    """Once the process is about to stop each answer says that the connection ends; before, none does."""
    house = House()
    connection, wire = house.connect()
    connection.data_received(REQUEST)
    await turns()
    assert (b"connection: close" in wire.sent, wire.closed) == (False, False)
    house.shared.draining = True
    connection.data_received(REQUEST)
    await turns()
    assert (wire.sent.count(b"200 OK"), b"connection: close" in wire.sent, wire.closed) == (2, True, True)


async def test_stopping_waits_for_what_is_under_way() -> None:
    """At the stop a request that is just arriving and one being answered are answered; idle ones linger, then close."""
    house = House()
    waiting = Waiting(house.woven, "shop")
    body = json.dumps({"query": ASKS_BOTH}).encode()
    idle, arriving, late, busy = (house.connect() for _ in range(4))
    idle[0].data_received(REQUEST)
    arriving[0].data_received(REQUEST[:30])
    busy[0].data_received(HEAD % len(body) + body)
    await turns()
    house.shared.draining = True
    for connection, _ in (idle, arriving, late, busy):
        connection.shutdown()
    assert [wire.closed for _, wire in (idle, arriving, late, busy)] == [False] * 4
    house.loop.advance(0.5)
    late[0].data_received(REQUEST)
    await turns()
    house.loop.advance(rooms._MOST_LINGER_SECONDS)
    assert [wire.closed for _, wire in (idle, arriving, late, busy)] == [False, False, True, False]
    house.loop.advance(rooms._LAST_LOOK_SECONDS)
    assert [wire.closed for _, wire in (idle, arriving, late, busy)] == [True, False, True, False]
    arriving[0].data_received(REQUEST[30:])
    waiting.open()
    await turns()
    for _, wire in (arriving, late, busy):
        assert (wire.sent.count(b"200 OK"), wire.sent.count(b"connection: close"), wire.closed) == (1, 1, True)


async def test_pipelined_requests_are_answered_in_order() -> None:
    """Several requests in one piece are all answered, and the limit does not strike between them."""
    house = House()
    connection, wire = house.connect()
    connection.data_received(REQUEST * 3 + REQUEST[:20])
    await turns()
    assert wire.sent.count(b"200 OK") == 3
    connection.data_received(REQUEST[20:])
    await turns()
    assert (wire.sent.count(b"200 OK"), wire.closed, house.shared.too_slow) == (4, False, 0)


async def test_what_is_no_http_is_400() -> None:
    """Bytes that are no HTTP end the connection with 400, and nothing of it stays."""
    house = House()
    connection, wire = house.connect()
    connection.data_received(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03")
    assert (wire.sent[:12], wire.closed) == (b"HTTP/1.1 400", True)
    connection.connection_lost(None)
    assert house.loop.pending == 0


async def test_end_that_is_not_taken() -> None:
    """After what is no HTTP a client that lets its answers lie is cut off."""
    house = House()
    connection, wire = house.connect()
    connection.data_received(b"nothing\r\n\r\n")
    house.loop.advance(30.0)
    assert (wire.aborted, house.shared.unread) == (True, 1)
