"""The transport over aiohttp: keep-alive, bounded connections, bounded answers, and errors in the kit's words."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Iterable

import aiohttp
from yarl import URL

from orderweave_sdk.bodies import ACCEPTED, Body
from orderweave_sdk.errors import BadPayload, GiveUp, TimedOut, Unreachable, UpstreamError
from orderweave_sdk.transport import Answer, Request

# Shorter than the minute after which common servers and balancers hang up, so that a call seldom meets a closed one.
_MOST_IDLE_SECONDS = 30.0

_NO_ADDRESS = "the address is no HTTP address"
_NO_TIMEOUTS = aiohttp.ClientTimeout(total=None, connect=None, sock_connect=None, sock_read=None)


class AiohttpTransport:
    """Calls over connections that are kept and used again, at most `connections` at once.

    Neither a proxy nor a .netrc of the environment is used, redirects come back as they are, cookies are not kept.
    Certificates are held against the machine's trusted authorities; `tls` is another context in their place.
    """

    def __init__(self, *, connections: int, tls: ssl.SSLContext | None = None) -> None:
        self._connections = connections
        self._tls = tls
        self._session: aiohttp.ClientSession | None = None

    async def send(self, request: Request, *, seconds: float, max_bytes: int) -> Answer:
        """See `Transport.send`.

        A connection that the server closed while it was idle is replaced without a word where the method may be
        repeated (GET and its like); after a POST nobody knows whether it was read, so that is Unreachable. A call
        that ends before its answer has come whole, canceled or too late or too large, closes its connection.
        """
        try:
            async with asyncio.timeout(seconds):
                response = await self._answering(request)
                try:
                    return await _read(response, max_bytes)
                except BaseException:
                    response.close()
                    raise
        except (TimeoutError, aiohttp.ClientError) as error:
            raise _told(error) from None

    async def _answering(self, request: Request) -> aiohttp.ClientResponse:
        """The answer up to its body."""
        address = _url(request.url)
        try:
            return await self._opened().request(
                request.method, address, headers=request.headers, data=request.body, allow_redirects=False
            )
        except aiohttp.ClientError:  # some are ValueErrors too
            raise
        except ValueError:
            raise GiveUp("a request that cannot be written: a header holds a line break or the like") from None

    async def close(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()

    def _opened(self) -> aiohttp.ClientSession:
        """The session, made at the first call because it belongs to the loop that runs then."""
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(
                    limit=self._connections, keepalive_timeout=_MOST_IDLE_SECONDS, ssl=self._tls or True
                ),
                headers={"accept-encoding": ACCEPTED, "user-agent": "orderweave"},
                skip_auto_headers=("content-type",),
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=False,  # it reads no answer that says gzip and is not
                timeout=_NO_TIMEOUTS,  # `send` bounds the whole
            )
        return self._session


def _url(url: str) -> URL:
    """The address as it is; aiohttp would write its query anew."""
    try:
        address = URL(url, encoded=True)
        _ = address.explicit_port  # looked at only when asked for, and some are none
        return address
    except ValueError:
        raise Unreachable(_NO_ADDRESS) from None


async def _read(response: aiohttp.ClientResponse, max_bytes: int) -> Answer:
    headers = _headers(response.headers.items())
    announced = response.content_length
    if announced is not None and announced > max_bytes:
        raise BadPayload(f"the answer is larger than {max_bytes} bytes")
    body = Body(headers.get("content-encoding", ""), max_bytes=max_bytes)
    while chunk := await response.content.readany():
        body.add(chunk)
    return Answer(status=response.status, headers=headers, body=body.whole())


def _headers(received: Iterable[tuple[str, str]]) -> dict[str, str]:
    """By names in lower case; a name that comes twice has both values, as RFC 9110, 5.3, joins them."""
    headers: dict[str, str] = {}
    for name, value in received:
        lower = name.lower()
        headers[lower] = f"{headers[lower]}, {value}" if lower in headers else value
    return headers


def _told(error: TimeoutError | aiohttp.ClientError) -> UpstreamError:
    """The kit's error, in words of our own: the library's may hold the address with its query."""
    for kinds, ours, words in _WORDS:
        if isinstance(error, kinds):
            return ours(words)
    return Unreachable("the connection broke before the answer was whole")


# The first that fits counts; what is in none of them is a connection that broke.
_WORDS: tuple[tuple[type[Exception] | tuple[type[Exception], ...], type[UpstreamError], str], ...] = (
    (TimeoutError, TimedOut, "no whole answer in time"),
    (aiohttp.ClientConnectorCertificateError, Unreachable, "the server's TLS certificate is not trusted"),
    (aiohttp.ClientSSLError, Unreachable, "no TLS connection could be agreed on"),
    (aiohttp.ClientConnectorDNSError, Unreachable, "the host's name is not known"),
    (aiohttp.ClientConnectorError, Unreachable, "no connection could be made"),
    ((aiohttp.InvalidURL, aiohttp.NonHttpUrlClientError), Unreachable, _NO_ADDRESS),
    (aiohttp.ClientResponseError, BadPayload, "an answer that is no HTTP"),
)
