"""What the seam promises of calls that go wrong, over real sockets: each fault by what one can do, in safe words."""

from __future__ import annotations

import asyncio
import gzip
import os
import socket
import ssl
import sys
from typing import Any

import pytest

from orderweave_sdk.errors import BadPayload, GiveUp, Unreachable
from orderweave_sdk.transport import Request
from tests.sdk.raw_servers import CERTIFICATES, Line, RawRequest, RawServer, answer, saying
from tests.sdk.real_calls import client, failure, send

pytestmark = pytest.mark.usefixtures("nothing_is_left")


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_a_connection_closed_while_idle_is_not_used(method: str) -> None:
    """A server that hung up after its answer is called anew, with any method: nothing had been sent."""

    async def once(_request: RawRequest, line: Line) -> None:
        await line.say(answer())
        line.hang_up()

    async with RawServer(once) as server, client() as transport:
        for _ in range(2):
            assert (await send(transport, server.url, method=method)).status == 200
            await server.all_left()
            for _ in range(3):
                await asyncio.sleep(0)  # the loop hears of the closing on its next round
        assert (server.accepted, len(server.requests)) == (2, 2)


@pytest.mark.parametrize(("method", "sent"), [("GET", 3), ("POST", 2)])
async def test_a_connection_that_closes_under_a_call(method: str, sent: int) -> None:
    """A GET is sent once more over a fresh connection; a POST never, since the server may have read it."""
    turns = 0

    async def answering(_request: RawRequest, line: Line) -> None:
        nonlocal turns
        turns += 1
        if turns == 2:
            line.reset()
        else:
            await line.say(answer())

    async with RawServer(answering) as server, client() as transport:
        await send(transport, server.url, method=method)
        if method == "GET":
            assert (await send(transport, server.url, method=method)).status == 200
        else:
            await failure(transport, server.url, Unreachable, method=method)
        assert len(server.requests) == sent


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"HTTP/1.1 200 OK\r\nContent-Le",
        answer(b"x" * 100)[:-50],
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
    ],
)
@pytest.mark.parametrize("end", [Line.hang_up, Line.reset])
async def test_a_broken_answer_is_unreachable(said: bytes, end: Any) -> None:
    """However far it came, and whether it ends in good order or not."""

    async def answering(_request: RawRequest, line: Line) -> None:
        await line.say(said)
        end(line)

    async with RawServer(answering) as server, client() as transport:
        words = await failure(transport, server.url, Unreachable)
        assert words == "the connection broke before the answer was whole"
        assert len(server.requests) == 1


@pytest.mark.parametrize(
    "said",
    [
        b"220 mail.example.com ESMTP\r\n\r\n",
        b"HTTP/1.1 two hundred\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nA name without end\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"x" * 100_000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    ],
)
async def test_garbage_is_a_bad_payload(said: bytes) -> None:
    """What is no HTTP is reported as such and its connection closed."""
    async with RawServer(saying(said)) as server, client() as transport:
        await failure(transport, server.url, BadPayload)
        await server.all_left()


@pytest.mark.parametrize(
    ("body", "encoding"),
    [(b"\x1f\x8b\x08 no gzip", "gzip"), (gzip.compress(b"{}", mtime=0)[:-4], "gzip"), (b"{}", "br")],
)
async def test_unsound_compression_is_a_bad_payload(body: bytes, encoding: str) -> None:
    """Broken, cut, or another than was asked for; the next call over the connection is as good as any."""
    said = answer(body, f"Content-Encoding: {encoding}")
    async with RawServer(saying(said, answer())) as server, client() as transport:
        assert "compress" in await failure(transport, server.url, BadPayload)
        assert (await send(transport, server.url)).body == b"{}"


async def test_nobody_listens() -> None:
    """A closed port is Unreachable."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
    async with client() as transport:
        assert await failure(transport, url, Unreachable) == "no connection could be made"


async def test_an_unknown_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """A host whose name nobody knows is Unreachable, in words that say so."""

    async def unknown(*_: Any, **__: Any) -> Any:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", unknown)
    async with client() as transport:
        assert await failure(transport, "http://shop.invalid", Unreachable) == "the host's name is not known"


@pytest.mark.parametrize("url", ["ftp://127.0.0.1", "http://", "127.0.0.1:80", "http://127.0.0.1:99999", "http://[::1"])
async def test_no_http_address(url: str) -> None:
    """An address that can never be called is told as such, without repeating it."""
    async with client() as transport:
        assert await failure(transport, url, Unreachable) == "the address is no HTTP address"


async def test_a_header_that_cannot_be_written() -> None:
    """A line break in a credential would be a header of its own: nothing is sent."""
    async with RawServer(saying(answer())) as server, client() as transport:
        request = Request(method="GET", url=server.url, headers={"authorization": "Bearer a\r\nx-b: c"}, body=None)
        with pytest.raises(GiveUp, match="a request that cannot be written"):
            await transport.send(request, seconds=5, max_bytes=10)
        assert server.requests == []


@pytest.mark.parametrize("certificate", ["self-signed.pem", "server.pem"])
async def test_a_certificate_of_nobody_is_refused(certificate: str) -> None:
    """Without a word to the contrary, one that is self-signed or from an unknown authority ends the call."""
    async with RawServer(saying(answer()), certificate=certificate) as server, client() as transport:
        words = await failure(transport, server.url, Unreachable)
        assert words == "the server's TLS certificate is not trusted"
        assert server.requests == []


async def test_a_trusted_certificate_is_held_against_the_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """With its authority trusted the same server answers, over one connection; under another name it is not asked."""

    async def here(_host: str, port: int, **_: Any) -> Any:
        return [(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", ("127.0.0.1", port))]

    tls = ssl.create_default_context(cafile=CERTIFICATES / "authority.pem")
    async with RawServer(saying(answer()), certificate="server.pem") as server, client(tls=tls) as transport:
        assert (await send(transport, server.url)).status == 200
        assert (await send(transport, server.url)).status == 200
        assert server.accepted == 1
        monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", here)
        words = await failure(transport, server.url.replace("localhost", "shop.example"), Unreachable)
        assert words == "the server's TLS certificate is not trusted"
        assert len(server.requests) == 2


_CALLING = """
import asyncio, sys
from orderweave_sdk.aiohttp_transport import AiohttpTransport
from orderweave_sdk.transport import Request
async def main():
    transport = AiohttpTransport(connections=1)
    request = Request(method="GET", url=sys.argv[1], headers={}, body=None)
    print((await transport.send(request, seconds=5, max_bytes=10)).status)
    await transport.close()
asyncio.run(main())
"""


async def test_an_operators_authority_is_trusted() -> None:
    """`SSL_CERT_FILE` names one, as for every program on OpenSSL; it is read when the process starts."""
    async with RawServer(saying(answer()), certificate="server.pem") as server:
        calling = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", _CALLING, server.url),
            env={**os.environ, "SSL_CERT_FILE": str(CERTIFICATES / "authority.pem")},
            stdout=asyncio.subprocess.PIPE,
        )
        told, _ = await calling.communicate()
        assert told == b"200\n"


async def test_no_tls_where_tls_is_asked() -> None:
    """A server without TLS under an https address is Unreachable, in words that say why."""

    async def plain(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.write(answer())
        writer.close()

    listening = await asyncio.start_server(plain, "127.0.0.1", 0)
    url = f"https://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
    async with client() as transport:
        assert await failure(transport, url, Unreachable) == "no TLS connection could be agreed on"
    listening.close()
    await listening.wait_closed()
