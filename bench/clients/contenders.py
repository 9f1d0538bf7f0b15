"""The libraries that are compared, each behind the seam that connectors' calls go through.

Every one reads its answers as the seam promises: within `max_bytes`, decompressed, nothing of the environment. A
library is imported only when its contender is made, so that those which are not installed are left out.
"""

from __future__ import annotations

import ssl
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from bench.clients.bare_protocols import BareTransport
from orderweave_sdk.aiohttp_transport import AiohttpTransport
from orderweave_sdk.errors import BadPayload
from orderweave_sdk.transport import Answer, Request, Transport


class Bounded:
    """Chunks of one answer, up to a number of bytes."""

    def __init__(self, max_bytes: int) -> None:
        self._left = max_bytes
        self._chunks: list[bytes] = []

    def add(self, chunk: bytes) -> None:
        """One more."""
        self._left -= len(chunk)
        if self._left < 0:
            raise BadPayload("the answer is too large")
        self._chunks.append(chunk)

    def whole(self) -> bytes:
        """All of them."""
        return b"".join(self._chunks)


class OverClient:
    """httpx's or httpx2's AsyncClient, whatever transport it stands on."""

    def __init__(self, client: Any) -> None:
        self._client = client

    async def send(self, request: Request, *, seconds: float, max_bytes: int) -> Answer:
        """See `Transport.send`."""
        body = Bounded(max_bytes)
        async with self._client.stream(
            request.method, request.url, headers=dict(request.headers), content=request.body, timeout=seconds
        ) as response:
            async for chunk in response.aiter_bytes():
                body.add(chunk)
            headers = {name.lower(): value for name, value in response.headers.items()}
            return Answer(status=response.status_code, headers=headers, body=body.whole())

    async def close(self) -> None:
        """See `Transport.close`."""
        await self._client.aclose()


class OverTypes:
    """httpx's Request and Response over a transport, without the client between them."""

    def __init__(self, transport: Any) -> None:
        self._transport = transport

    async def send(self, request: Request, *, seconds: float, max_bytes: int) -> Answer:
        """See `Transport.send`."""
        import httpx

        body = Bounded(max_bytes)
        headers = {"accept-encoding": "gzip", **request.headers}
        asked = httpx.Request(
            request.method,
            request.url,
            headers=headers,
            content=request.body,
            extensions={"timeout": dict.fromkeys(("connect", "read", "write", "pool"), seconds)},
        )
        response = await self._transport.handle_async_request(asked)
        try:
            async for chunk in response.aiter_bytes():
                body.add(chunk)
        finally:
            await response.aclose()
        found = {name.lower(): value for name, value in response.headers.items()}
        return Answer(status=response.status_code, headers=found, body=body.whole())

    async def close(self) -> None:
        """See `Transport.close`."""
        await self._transport.aclose()


class OverPyreqwest:
    """pyreqwest itself."""

    def __init__(self, client: Any) -> None:
        self._client = client

    async def send(self, request: Request, *, seconds: float, max_bytes: int) -> Answer:
        """See `Transport.send`."""
        body = Bounded(max_bytes)
        builder = self._client.request(request.method, request.url).headers(dict(request.headers))
        if request.body is not None:
            builder = builder.body_bytes(request.body)
        async with builder.build_streamed() as response:
            while (chunk := await response.body_reader.read_chunk()) is not None:
                body.add(bytes(chunk))
            headers = {name.lower(): value for name, value in response.headers.items()}
            return Answer(status=response.status, headers=headers, body=body.whole())

    async def close(self) -> None:
        """See `Transport.close`."""
        await self._client.close()


def _httpx(connections: int, tls: ssl.SSLContext, _authority: Path) -> Transport:
    import httpx

    limits = httpx.Limits(max_connections=connections, max_keepalive_connections=connections)
    return OverClient(httpx.AsyncClient(limits=limits, trust_env=False, verify=tls))


def _httpx2(connections: int, tls: ssl.SSLContext, _authority: Path) -> Transport:
    import httpx2

    limits = httpx2.Limits(max_connections=connections, max_keepalive_connections=connections)
    return OverClient(httpx2.AsyncClient(limits=limits, trust_env=False, verify=tls))


def _aiohttp_below(connections: int, tls: ssl.SSLContext) -> Any:
    import httpx
    import httpx_aiohttp

    return httpx_aiohttp.AiohttpTransport(verify=tls, trust_env=False, limits=httpx.Limits(max_connections=connections))


def _httpx_over_aiohttp(connections: int, tls: ssl.SSLContext, _authority: Path) -> Transport:
    import httpx

    return OverClient(httpx.AsyncClient(transport=_aiohttp_below(connections, tls), trust_env=False))


def _httpx_types_over_aiohttp(connections: int, tls: ssl.SSLContext, _authority: Path) -> Transport:
    return OverTypes(_aiohttp_below(connections, tls))


def _reqwest_client(connections: int, authority: Path) -> Any:
    from pyreqwest.client import ClientBuilder

    builder = ClientBuilder().no_proxy().follow_redirects(False).max_connections(connections).http1_only()
    return builder.gzip(True).add_root_certificate_pem(authority.read_bytes()).build()


def _httpx_over_pyreqwest(connections: int, _tls: ssl.SSLContext, authority: Path) -> Transport:
    import httpx
    from pyreqwest.compatibility.httpx import HttpxTransport

    below = HttpxTransport(_reqwest_client(connections, authority))
    return OverClient(httpx.AsyncClient(transport=below, trust_env=False))


def _httpx_types_over_pyreqwest(connections: int, _tls: ssl.SSLContext, authority: Path) -> Transport:
    from pyreqwest.compatibility.httpx import HttpxTransport

    return OverTypes(HttpxTransport(_reqwest_client(connections, authority)))


def _pyreqwest(connections: int, _tls: ssl.SSLContext, authority: Path) -> Transport:
    return OverPyreqwest(_reqwest_client(connections, authority))


def _aiohttp(connections: int, tls: ssl.SSLContext, _authority: Path) -> Transport:
    return AiohttpTransport(connections=connections, tls=tls)


def _httptools(_connections: int, tls: ssl.SSLContext, _authority: Path) -> Transport:
    from bench.clients.bare_protocols import HttptoolsExchange

    return BareTransport(HttptoolsExchange, tls)


def _h11(_connections: int, tls: ssl.SSLContext, _authority: Path) -> Transport:
    from bench.clients.bare_protocols import H11Exchange

    return BareTransport(H11Exchange, tls)


Making = Callable[[int, ssl.SSLContext, Path], Transport]

CONTENDERS: Mapping[str, Making] = {
    "httpx": _httpx,
    "httpx2": _httpx2,
    "httpx over aiohttp": _httpx_over_aiohttp,
    "httpx over pyreqwest": _httpx_over_pyreqwest,
    "httpx's types over aiohttp": _httpx_types_over_aiohttp,
    "httpx's types over pyreqwest": _httpx_types_over_pyreqwest,
    "aiohttp": _aiohttp,
    "pyreqwest": _pyreqwest,
    "a protocol over h11": _h11,
    "a protocol over httptools": _httptools,
}

# The distributions whose versions stand beside the figures.
DISTRIBUTIONS = ("httpx", "httpx2", "httpx-aiohttp", "aiohttp", "pyreqwest", "httptools", "h11", "uvloop")
