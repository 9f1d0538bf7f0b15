"""The one seam under `Upstream`: something that sends a request and gives back a bounded answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

import httpx
import msgspec

from orderweave_sdk.errors import BadPayload, TimedOut, Unreachable


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """One HTTP request. `url` is absolute and holds the query; `headers` hold the credentials."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes | None


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """One HTTP answer, whole. Header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Transport(Protocol):
    """Sends requests. A test may hand in any object of this shape; nothing else needs faking."""

    async def send(self, request: Request, *, seconds: float, max_bytes: int) -> Answer:
        """The answer, within so many seconds and of at most `max_bytes`.

        Raises Unreachable, TimedOut, or BadPayload for an answer past the size.
        """
        ...

    async def close(self) -> None:
        """Close the connections."""
        ...


class HttpxTransport:
    """The transport over httpx: keep-alive, bounded connections, redirects refused."""

    def __init__(self, *, connections: int) -> None:
        self._client = httpx.AsyncClient(
            limits=httpx.Limits(max_connections=connections, max_keepalive_connections=connections),
            follow_redirects=False,
            trust_env=False,
        )

    async def send(self, request: Request, *, seconds: float, max_bytes: int) -> Answer:
        """See `Transport.send`. The caller bounds the whole by its deadline; `seconds` bounds each step."""
        try:
            async with self._client.stream(
                request.method,
                request.url,
                headers=dict(request.headers),
                content=request.body,
                timeout=seconds,
            ) as response:
                chunks: list[bytes] = []
                size = 0
                async for chunk in response.aiter_bytes():
                    size += len(chunk)
                    if size > max_bytes:
                        raise BadPayload(f"the answer is larger than {max_bytes} bytes")
                    chunks.append(chunk)
                headers = {name.lower(): value for name, value in response.headers.items()}
                return Answer(status=response.status_code, headers=headers, body=b"".join(chunks))
        except httpx.TimeoutException:
            raise TimedOut("no whole answer in time") from None
        except (httpx.DecodingError, httpx.InvalidURL, httpx.UnsupportedProtocol) as error:
            raise BadPayload(f"an answer that cannot be read ({type(error).__name__})") from None
        except httpx.RemoteProtocolError:
            raise Unreachable("the connection broke before the answer was whole") from None
        except httpx.TransportError as error:
            raise Unreachable(f"no connection, or it broke ({type(error).__name__})") from None

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()
