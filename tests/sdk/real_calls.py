"""Calls through the real transport, each with a secret in its query and in its headers."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from orderweave_sdk.aiohttp_transport import AiohttpTransport
from orderweave_sdk.errors import UpstreamError
from orderweave_sdk.transport import Answer, Request

SECRET = "s3cret"


@asynccontextmanager
async def client(*, connections: int = 1, tls: ssl.SSLContext | None = None) -> AsyncIterator[AiohttpTransport]:
    """The transport, closed at the end."""
    made = AiohttpTransport(connections=connections, tls=tls)
    try:
        yield made
    finally:
        await made.close()


async def send(
    transport: AiohttpTransport,
    url: str,
    *,
    method: str = "POST",
    body: bytes | None = b"{}",
    seconds: float = 5.0,
    max_bytes: int = 100_000,
) -> Answer:
    """One call, with a secret in its query and in its headers."""
    request = Request(
        method=method, url=f"{url}/orders?key={SECRET}", headers={"authorization": f"Bearer {SECRET}"}, body=body
    )
    return await transport.send(request, seconds=seconds, max_bytes=max_bytes)


async def failure(transport: AiohttpTransport, url: str, kind: type[UpstreamError], **more: Any) -> str:
    """The words of a call that must fail so; they hold neither the address nor a secret."""
    with pytest.raises(kind) as caught:
        await send(transport, url, **more)
    assert type(caught.value) is kind
    assert caught.value.__suppress_context__ or caught.value.__context__ is None
    for word in (SECRET, "://", "orders", "localhost", "127.0.0.1"):
        assert word not in f"{caught.value} {caught.value!r}"
    return str(caught.value)
