"""Heads that ask for another protocol: all but WebSocket is ignored, and no WebSocket stays half-made."""

from __future__ import annotations

import json

import pytest
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from orderweave.web.live.socket_protocol import BoundedWebSocket
from tests.unit.web.exchanges import ASKS_BOTH, Waiting, turns
from tests.unit.web.wires import BODY, HEAD, REQUEST, House, Wire, answer_of

# As Java's HttpClient sends it to any http:// address.
JAVA = (
    b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAEAAEAAAAIAAAABAAMAAABkAAQBAAAAAAUAAEAA"
)
H2C = REQUEST.replace(b"host: gateway", b"host: gateway\r\n" + JAVA)
CHUNKS = b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in (BODY[:7], BODY[7:])) + b"0\r\n\r\n"
CHUNKED = b"transfer-encoding: %s\r\n\r\n" + CHUNKS
H2C_CHUNKED = (H2C[: -len(BODY)] + CHUNKED % b"chunked").replace(b"content-length: %d\r\n\r\n" % len(BODY), b"")
HANDSHAKE = (
    b"GET /graphql HTTP/1.1\r\nhost: gateway\r\nupgrade: websocket\r\nconnection: upgrade\r\n"
    b"sec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\nsec-websocket-version: 13\r\n"
    b"sec-websocket-protocol: graphql-transport-ws\r\n%s\r\n"
)
NO_HANDSHAKE = "a WebSocket begins with a GET that has no body"


def open_socket(wire: Wire) -> BoundedWebSocket:
    """The WebSocket that a connection has become."""
    socket = wire.get_protocol()
    assert isinstance(socket, BoundedWebSocket)
    return socket


async def end(wire: Wire) -> None:
    """The client is gone, and the application notices."""
    wire.get_protocol().connection_lost(None)
    await turns()


@pytest.mark.parametrize("request_", [H2C, H2C_CHUNKED], ids=["length", "chunked"])
@pytest.mark.parametrize("size", [1, 7, 64, 400, 10_000])
async def test_upgrade_to_another_protocol_is_ignored(request_: bytes, size: int) -> None:
    """Cut up in whatever way, such a request is answered over HTTP/1.1 as it would be without; so are those behind."""
    house = House()
    connection, wire = house.connect()
    sent = request_ * 2 + REQUEST + request_
    for begin in range(0, len(sent), size):
        connection.data_received(sent[begin : begin + size])
    await turns(40)
    assert (wire.sent.count(b"HTTP/1.1 200 OK"), wire.sent.count(b'{"data":{"systems":')) == (4, 4)
    assert (wire.closed, house.shared.too_slow) == (False, 0)


async def test_a_thousand_ignored_upgrades_in_one_piece() -> None:
    """Each is a request in a row like any other: no stack grows with them."""
    house = House()
    connection, wire = house.connect()
    connection.data_received(
        b"GET /health/live HTTP/1.1\r\nupgrade: h2c\r\nconnection: upgrade\r\nhost: x\r\n\r\n" * 1000
    )
    await turns(3000)
    assert (wire.sent.count(b"HTTP/1.1 200 OK"), wire.closed) == (1000, False)


async def test_ignored_upgrade_is_held_to_the_time_limit() -> None:
    """Where its body stops it is answered 408, counted from its first byte."""
    house = House()
    connection, wire = house.connect()
    connection.data_received(H2C[:-5])
    house.loop.advance(9.9)
    await turns()
    assert not wire.closed
    house.loop.advance(0.1)
    assert (answer_of(wire)[0], wire.closed, house.shared.too_slow) == (408, True, 1)


async def test_ignored_upgrade_on_a_connection_that_is_to_close() -> None:
    """It is answered before that."""
    house = House()
    connection, wire = house.connect()
    connection.data_received(H2C.replace(b"Connection: ", b"Connection: close, "))
    await turns()
    assert (answer_of(wire)[0], answer_of(wire)[1]["connection"], wire.closed) == (200, "close", True)


@pytest.mark.parametrize(
    "head",
    [
        HANDSHAKE.replace(b"HTTP/1.1", b"HTTP/1.0") % b"",
        HANDSHAKE.replace(b"upgrade: websocket", b"upgrade: websocket, h2c") % b"",
        HANDSHAKE.replace(b"connection: upgrade", b"connection: keep-alive") % b"",
    ],
    ids=["HTTP/1.0", "two protocols", "no option"],
)
async def test_what_asks_for_no_websocket_is_a_get(head: bytes) -> None:
    """HTTP/1.0 knows no Upgrade, nor is one meant without the option, or with a choice: it is an empty query."""
    house = House()
    connection, wire = house.connect()
    connection.data_received(head)
    await turns()
    status, _, document = answer_of(wire)
    assert (status, document["errors"][0]["extensions"]["code"]) == (400, "BAD_REQUEST")
    assert document["errors"][0]["message"] != NO_HANDSHAKE


@pytest.mark.parametrize(
    "request_",
    [
        HANDSHAKE % b"content-length: 4\r\n" + b"abcd",
        HANDSHAKE % b"content-length: 4\r\n",
        HANDSHAKE % b"content-length: 00\r\n",
        HANDSHAKE % b"transfer-encoding: chunked\r\n" + CHUNKS,
        HANDSHAKE.replace(b"GET", b"POST") % b"",
        HANDSHAKE.replace(b"GET", b"POST") % (b"content-length: %d\r\n" % len(BODY)) + BODY,
        HANDSHAKE.replace(b"GET", b"HEAD") % b"",
        HANDSHAKE.replace(b"GET /graphql", b"OPTIONS *") % b"",
        b"GET / HTTP/1.1\r\nhost: x\r\nupgrade: websocket\r\nconnection: upgrade\r\ncontent-length: 4\r\n\r\nabcd",
    ],
)
async def test_handshake_that_is_none_is_400(request_: bytes) -> None:
    """A body, or a method other than GET, ends the connection at once, with an answer; nothing is left to be done."""
    house = House()
    connection, wire = house.connect()
    connection.data_received(request_)
    status, headers, document = answer_of(wire)
    assert (status, headers["connection"], document["errors"][0]["message"]) == (400, "close", NO_HANDSHAKE)
    assert (wire.closed, wire.get_protocol()) == (True, connection)
    connection.connection_lost(None)
    assert (house.loop.pending, house.shared.connections) == (0, set())


@pytest.mark.parametrize(
    ("more", "status"),
    [
        (b"cookie: %s\r\n" % (b"c" * 9000), 431),
        (b"x: y\r\n" * 200, 431),
        (b"sec-websocket-version: 12\r\n", 400),
        (b"sec-websocket-key: AAAA\r\n", 400),
    ],
    ids=["long header", "many headers", "two versions", "two keys"],
)
async def test_head_that_the_parser_gives_up_is_answered(more: bytes, status: int) -> None:
    """The parser of WebSockets bounds a head more than HTTP's; what it does not take is refused, not waited for."""
    house = House()
    connection, wire = house.connect()
    connection.data_received(HANDSHAKE % more)
    assert (int(wire.sent.split()[1]), wire.closed) == (status, True)
    await end(wire)
    assert (house.loop.pending, house.shared.connections, house.shared.tasks) == (0, set(), set())


async def test_address_that_the_parser_gives_up_is_answered() -> None:
    """So is what it does not take of the first line."""
    house = House()
    connection, wire = house.connect()
    connection.data_received((HANDSHAKE % b"").replace(b"/graphql", b"/graphql?" + b"a" * 9000))
    assert (int(wire.sent.split()[1]), wire.closed) == (414, True)
    await end(wire)
    assert (house.loop.pending, house.shared.connections) == (0, set())


async def test_socket_answers_by_itself_what_it_cannot_begin_with() -> None:
    """Whoever hands it a head that has a body, as uvicorn's own HTTP does, has it refused and the connection ended."""
    house = House()
    connection, wire = house.connect(HttpToolsProtocol)
    connection.data_received(HANDSHAKE % b"content-length: 4\r\n" + b"abcd")
    assert (int(wire.sent.split()[1]), wire.closed) == (400, True)
    assert wire.sent.endswith(b"\r\n\r\nthe head is none that a WebSocket begins with\n")
    await end(wire)
    assert house.shared.connections == set()


@pytest.mark.parametrize("more", [b"", b"content-length: 0\r\n", b"cookie: %s\r\n" % (b"c" * 8000)])
async def test_handshake_of_a_websocket(more: bytes) -> None:
    """It is accepted, whatever came before over the connection, and no time limit of a request is left."""
    house = House()
    connection, wire = house.connect()
    connection.data_received(REQUEST)
    await turns()
    connection.data_received((HANDSHAKE % more)[:50])
    connection.data_received((HANDSHAKE % more)[50:])
    await turns()
    assert (wire.sent.count(b"HTTP/1.1 200 OK"), wire.sent.count(b"HTTP/1.1 101 Switching Protocols")) == (1, 1)
    assert (house.loop.pending, house.shared.connections) == (0, {open_socket(wire)})
    house.loop.advance(1000)
    assert (wire.closed, open_socket(wire).idle) == (False, False)
    await end(wire)
    assert house.shared.tasks == set()


async def test_handshake_behind_a_request_that_is_not_answered() -> None:
    """The answer could not be told from frames, so that the connection ends."""
    house = House()
    waiting = Waiting(house.woven, "shop")
    connection, wire = house.connect()
    body = json.dumps({"query": ASKS_BOTH}).encode()
    connection.data_received(HEAD % len(body) + body + HANDSHAKE % b"")
    await turns()
    assert (wire.sent, wire.closed, wire.get_protocol()) == (b"", True, connection)
    connection.connection_lost(None)
    waiting.open()
    await turns()
    assert house.shared.tasks == set()


async def test_handshake_that_is_not_done_in_time_is_ended() -> None:
    """The time of the request goes on: a client that lets an earlier answer lie, and so its handshake, is cut off."""
    house = House()
    connection, wire = house.connect()
    connection.pause_writing()
    connection.data_received((HANDSHAKE % b"")[:30])
    house.loop.advance(4.0)
    connection.data_received((HANDSHAKE % b"")[30:])
    await turns()
    assert (wire.sent, open_socket(wire).idle) == (b"", True)
    house.loop.advance(5.9)
    assert not wire.closed
    house.loop.advance(0.1)
    assert (wire.aborted, house.shared.too_slow, house.shared.unread) == (True, 1, 0)
    await end(wire)
    assert (house.loop.pending, house.shared.connections, house.shared.tasks) == (0, set(), set())


async def test_websocket_that_is_none_yet_or_any_more_gives_way() -> None:
    """Of connections past the most there may be those go first that wait for nothing of ours; a WebSocket stays."""
    house = House(most=3)
    (begun, begun_wire), (half, half_wire), (over, over_wire) = (house.connect() for _ in range(3))
    begun.data_received(HANDSHAKE % b"")
    half.pause_writing()
    half.data_received(HANDSHAKE % b"")
    over.data_received(HANDSHAKE.replace(b"graphql-transport-ws", b"another") % b"")
    await turns()
    assert [open_socket(wire).idle for wire in (begun_wire, half_wire, over_wire)] == [False, True, True]
    # Their own clock is the real loop's.
    open_socket(half_wire).since, open_socket(over_wire).since = 1.0, 2.0
    house.loop.advance(3.0)
    wires = []
    for gone in (half_wire, over_wire):
        wires.append(house.connect()[1])
        assert gone.aborted
        await end(gone)
    assert (begun_wire.closed, [wire.closed for wire in wires], house.shared.made_room) == (False, [False, False], 2)
    await end(begun_wire)


@pytest.mark.parametrize(
    "given",
    [b"gzip, chunked", b"gzip\r\ntransfer-encoding: chunked", b",chunked", b"gzip", b"identity", b"xchunked"],
)
@pytest.mark.parametrize("head", [HEAD, H2C[: -len(BODY)]], ids=["plain", "h2c"])
async def test_transfer_coding_that_is_not_understood_is_501(head: bytes, given: bytes) -> None:
    """Whatever comes beside chunked would be left in the body, and is refused (RFC 9112, 6.1)."""
    house = House()
    connection, wire = house.connect()
    plain = head.partition(b"content-length")[0] + b"accept: */*\r\n"
    connection.data_received(plain + CHUNKED % given)
    await turns()
    status, headers, document = answer_of(wire)
    assert (status, headers["connection"], wire.closed) == (501, "close", True)
    assert document["errors"][0]["message"] == "no transfer coding but chunked is understood"
    connection.connection_lost(None)
    assert (house.loop.pending, house.shared.tasks) == (0, set())


@pytest.mark.parametrize("given", [b"chunked", b"Chunked", b"  chunked  "])
async def test_chunked_is_read(given: bytes) -> None:
    """The one transfer coding that there must be, however it is written."""
    house = House()
    connection, wire = house.connect()
    connection.data_received(HEAD.partition(b"content-length")[0] + CHUNKED % given)
    await turns()
    assert (answer_of(wire)[0], answer_of(wire)[2]["data"]["systems"]) == (200, [{"name": "shop"}, {"name": "erp"}])


async def test_connect_is_not_served() -> None:
    """What would make a tunnel of the connection is refused, and nothing that follows is taken for a request."""
    house = House()
    connection, wire = house.connect()
    connection.data_received(b"CONNECT gateway:80 HTTP/1.1\r\nhost: gateway\r\n\r\n" + REQUEST)
    await turns()
    assert (answer_of(wire)[0], wire.closed, house.shared.tasks) == (501, True, set())
