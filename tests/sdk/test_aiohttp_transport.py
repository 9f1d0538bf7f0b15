"""What the seam promises of calls that go well, late or too far, over real sockets: reuse, bounds, nothing left."""

from __future__ import annotations

import asyncio
import gzip
from typing import Any

import pytest

from orderweave_sdk.errors import BadPayload, TimedOut
from orderweave_sdk.transport import Answer, Request
from tests.sdk.raw_servers import Line, RawRequest, RawServer, answer, saying
from tests.sdk.real_calls import client, failure, send

pytestmark = pytest.mark.usefixtures("nothing_is_left")


async def test_a_request_goes_out_as_it_is() -> None:
    """Method, encoded query, headers and body arrive unchanged; only gzip is asked for, and no type is made up."""
    async with RawServer(saying(answer())) as server, client() as transport:
        request = Request(
            method="PUT",
            url=f"{server.url}/a%20b?q=%231001+%2B%C3%A9&q=a%2Fb",
            headers={"X-Own": "1"},
            body=b"\x00\x01",
        )
        await transport.send(request, seconds=5, max_bytes=10)
    (seen,) = server.requests
    assert seen.line == "PUT /a%20b?q=%231001+%2B%C3%A9&q=a%2Fb HTTP/1.1"
    assert seen.body == b"\x00\x01"
    assert seen.headers == {
        "host": server.url.removeprefix("http://"),
        "x-own": "1",
        "accept": "*/*",
        "accept-encoding": "gzip",
        "user-agent": "orderweave",
        "content-length": "2",
    }


async def test_an_answer_comes_back_whole() -> None:
    """Status, body, and headers by names in lower case; a name that comes twice has both values."""
    said = answer(b"no such order", "X-Request-Id: 7", "Vary: Accept", "VARY: Origin", status="404 Not Found")
    async with RawServer(saying(said)) as server, client() as transport:
        assert await send(transport, server.url) == Answer(
            status=404,
            headers={"x-request-id": "7", "vary": "Accept, Origin", "content-length": "13"},
            body=b"no such order",
        )


async def test_answers_of_other_forms_are_read() -> None:
    """In chunks, without a body, and up to the end of the connection."""
    chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n[1,2,\r\n2\r\n3]\r\n0\r\n\r\n"
    unbounded = b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n[1,2,3]"
    said = [chunked, b"HTTP/1.1 204 No Content\r\n\r\n", unbounded]

    async def say(_request: RawRequest, line: Line) -> None:
        await line.say(said.pop(0))
        if not said:
            line.hang_up()

    async with RawServer(say) as server, client() as transport:
        assert (await send(transport, server.url)).body == b"[1,2,3]"
        assert (await send(transport, server.url)).body == b""
        assert (await send(transport, server.url)).body == b"[1,2,3]"


async def test_connections_are_kept_and_bounded() -> None:
    """Twenty calls at four connections open four, and later calls use the same."""
    async with RawServer(saying(answer())) as server, client(connections=4) as transport:
        await asyncio.gather(*(send(transport, server.url) for _ in range(20)))
        await asyncio.gather(*(send(transport, server.url) for _ in range(4)))
        assert (server.accepted, server.open, len(server.requests)) == (4, 4, 24)


async def test_an_error_of_the_vendor_keeps_the_connection() -> None:
    """A 429 or a 500 is a whole answer like any other."""
    said = [answer(status="429 Too Many Requests"), answer(status="500 Oh"), answer()]
    async with RawServer(saying(*said)) as server, client() as transport:
        statuses = [(await send(transport, server.url)).status for _ in range(3)]
        assert (statuses, server.accepted) == ([429, 500, 200], 1)


async def test_closing_hangs_up() -> None:
    """Nothing stays open after it; a client that was never used closes too."""
    async with RawServer(saying(answer())) as server:
        async with client(connections=2) as transport:
            await asyncio.gather(*(send(transport, server.url) for _ in range(2)))
        await server.all_left()
    async with client():
        pass


async def _silence(_request: RawRequest, line: Line) -> None:
    await line.hung_up()


async def _half(_request: RawRequest, line: Line) -> None:
    await line.say(answer(b"x" * 1000)[:-500])
    await line.hung_up()


@pytest.mark.parametrize("answering", [_silence, _half])
async def test_a_late_answer_is_given_up(answering: Any) -> None:
    """At the end of its seconds a call ends and hangs up, before the first byte or amid the body."""
    async with RawServer(answering) as server, client() as transport:
        words = await failure(transport, server.url, TimedOut, seconds=0.05)
        assert words == "no whole answer in time"
        await server.all_left()
        assert server.accepted == 1


@pytest.mark.parametrize("answering", [_silence, _half])
async def test_cancellation_hangs_up(answering: Any) -> None:
    """A canceled call closes its connection and frees its place for the next one."""
    async with RawServer(answering) as server, client(connections=1) as transport:
        for turn in range(3):
            server.asked.clear()
            call = asyncio.create_task(send(transport, server.url))
            await server.asked.wait()
            call.cancel()
            with pytest.raises(asyncio.CancelledError):
                await call
            await server.all_left()
            assert server.accepted == turn + 1


async def test_many_canceled_calls_leave_nothing() -> None:
    """Fifty calls canceled wherever they are, connecting or waiting for a place: the next one is answered."""

    async def answering(request: RawRequest, line: Line) -> None:
        await (line.say(answer()) if request.line.startswith("GET") else line.hung_up())

    async with RawServer(answering) as server, client(connections=4) as transport:
        calls = [asyncio.create_task(send(transport, server.url)) for _ in range(50)]
        for turn, call in enumerate(calls):
            if turn % 5 == 0:
                await asyncio.sleep(0)
            call.cancel()
        ended = await asyncio.gather(*calls, return_exceptions=True)
        assert {type(each) for each in ended} == {asyncio.CancelledError}
        assert (await send(transport, server.url, method="GET", body=None)).status == 200


async def test_an_announced_size_is_refused_unread() -> None:
    """An answer that says that it is too large is not waited for."""

    async def boast(_request: RawRequest, line: Line) -> None:
        await line.say(b"HTTP/1.1 200 OK\r\nContent-Length: 100001\r\n\r\n")
        await line.hung_up()

    async with RawServer(boast) as server, client() as transport:
        assert await failure(transport, server.url, BadPayload) == "the answer is larger than 100000 bytes"
        await server.all_left()


@pytest.mark.parametrize("coding", ["", "Content-Encoding: gzip\r\n"])
async def test_an_endless_answer_is_stopped(coding: str) -> None:
    """An answer without a length is read no further than the bound, whatever the server would still send."""
    sent = 0

    async def pour(_request: RawRequest, line: Line) -> None:
        nonlocal sent
        await line.say(f"HTTP/1.1 200 OK\r\n{coding}Transfer-Encoding: chunked\r\n\r\n".encode())
        for _ in range(1000):
            await line.say(b"10000\r\n" + b" " * 65536 + b"\r\n")
            sent += 65536

    async with RawServer(pour) as server, client() as transport:
        assert await failure(transport, server.url, BadPayload) == "the answer is larger than 100000 bytes"
        await server.all_left()
        assert sent < 16 * 1024 * 1024


async def test_a_compressed_bomb_is_stopped() -> None:
    """What would grow past the bound is given up; where its few bytes had all come, the connection is still good."""
    bomb = answer(gzip.compress(bytes(20_000_000)), "Content-Encoding: gzip")
    async with RawServer(saying(bomb, answer())) as server, client() as transport:
        assert await failure(transport, server.url, BadPayload) == "the answer is larger than 100000 bytes"
        assert (await send(transport, server.url)).status == 200


async def test_compressed_answers_are_read() -> None:
    """Compressed ones, and those that only say that they are; the connection is kept through both."""
    body = b'{"n": 1}' * 1000
    said = [answer(gzip.compress(body), "Content-Encoding: gzip"), answer(body, "Content-Encoding: gzip")]
    async with RawServer(saying(*said)) as server, client() as transport:
        assert (await send(transport, server.url)).body == body
        assert (await send(transport, server.url)).body == body
        assert server.accepted == 1


async def test_redirects_are_not_followed() -> None:
    """The answer comes back as it is and the other address is never asked."""
    async with RawServer(saying(answer())) as other, client() as transport:
        moved = answer(b"", f"Location: {other.url}/elsewhere", status="307 Temporary Redirect")
        async with RawServer(saying(moved)) as server:
            assert (await send(transport, server.url)).status == 307
        assert other.requests == []


async def test_cookies_are_not_kept() -> None:
    """What one call is handed is not sent with the next."""
    async with RawServer(saying(answer(b"{}", "Set-Cookie: session=1; Path=/"))) as server, client() as transport:
        url = server.url.replace("127.0.0.1", "localhost")  # no library keeps cookies for a bare address
        await send(transport, url)
        await send(transport, url)
    assert "cookie" not in server.requests[1].headers


async def test_the_environment_is_not_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    """Neither a proxy nor a .netrc of the process changes where a call goes or as whom."""
    async with RawServer(saying(answer(status="502 Bad Gateway"))) as proxy, RawServer(saying(answer())) as server:
        for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url)
        for name in ("no_proxy", "NO_PROXY"):
            monkeypatch.delenv(name, raising=False)
        netrc = tmp_path / "netrc"
        netrc.write_text("machine 127.0.0.1 login somebody password else\n")
        monkeypatch.setenv("NETRC", str(netrc))
        async with client() as transport:
            await transport.send(
                Request(method="GET", url=f"{server.url}/", headers={}, body=None), seconds=5, max_bytes=10
            )
        assert proxy.requests == []
        assert "authorization" not in server.requests[0].headers
