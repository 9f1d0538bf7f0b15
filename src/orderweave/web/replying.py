"""An answer as it goes back over HTTP: its headers, true for caches, and its bytes, fewer where the caller has them.

Nothing here may be kept by a cache that several callers share, for the same question gives each of them another answer.
POST answers and errors are kept by nobody. A GET's answer may stay in the caller's own cache, which asks each time
whether it is still so; see docs/decisions/answers-and-caches.md.
"""

from __future__ import annotations

from collections.abc import AsyncIterator

import msgspec
from starlette.types import Send

from orderweave.access import Headers
from orderweave.web.compressing import SMALLEST_COMPRESSED, accepts_gzip, gzipped
from orderweave.web.door import Door
from orderweave.web.etags import etag_of, is_known
from orderweave.web.negotiation import JSON_TYPE
from orderweave.web.refusals import BadRequest, HeaderList, refusal_of

_KEPT_BY_NOBODY = (b"cache-control", b"private, no-store")
_ASKED_AGAIN = (b"cache-control", b"private, no-cache")
_OF_A_BODY = (b"content-type", b"content-encoding")


class Reply:
    """Sends one answer to a request with these headers, by one door."""

    def __init__(self, headers: Headers, door: Door, send: Send) -> None:
        self._headers = headers
        self._door = door
        self._send = send

    async def whole(
        self, status: int, kind: bytes, body: bytes, more: HeaderList, *, again: bool = False, head: bool = False
    ) -> int:
        """Send a body of a media type; with `again` it may be kept and asked for again. `head` leaves the body out.

        Gives the status that was sent: 304 where the caller has these bytes.
        """
        if kind.startswith(b"text/") or kind.endswith(b"json"):
            kind += b"; charset=utf-8"
        sent = [*self._of(kind), *more]
        large = self._door.compress and len(body) >= SMALLEST_COMPRESSED
        if large and accepts_gzip(self._headers.get(b"accept-encoding")):
            # Before the tag, which names these very bytes.
            body = await gzipped(body)
            sent.append((b"content-encoding", b"gzip"))
        if again and self._known(etag_of(body), sent):
            return await self._not_modified(sent)
        sent += [_ASKED_AGAIN if again else _KEPT_BY_NOBODY, (b"content-length", str(len(body)).encode())]
        await self._send({"type": "http.response.start", "status": status, "headers": sent})
        await self._send({"type": "http.response.body", "body": b"" if head else body})
        return status

    async def parts(self, kind: bytes, chunks: AsyncIterator[bytes], more: HeaderList) -> None:
        """Send a body in parts, each as it comes. Where the caller goes, or its time is over, the rest is not sent."""
        await self._send({"type": "http.response.start", "status": 200, "headers": self.head(kind, more)})
        try:
            async for chunk in chunks:
                await self._send({"type": "http.response.body", "body": chunk, "more_body": True})
        finally:
            await self._send({"type": "http.response.body", "body": b""})

    def head(self, kind: bytes, more: HeaderList) -> HeaderList:
        """The headers of a body that is sent as it comes into being."""
        return [*self._of(kind), _KEPT_BY_NOBODY, *more]

    async def leave(self, methods: bytes) -> None:
        """Answer a browser that asks whether a page of another origin may send its request, by one of these methods."""
        try:
            await self.nothing(204, self._door.origins.preflight(self._headers, methods))
        except BadRequest as error:
            status, answer, more = refusal_of(error)
            await self.whole(status, JSON_TYPE, msgspec.json.encode(answer.document()), more)

    async def nothing(self, status: int, headers: HeaderList) -> None:
        """Send headers alone."""
        await self._send({"type": "http.response.start", "status": status, "headers": headers})
        await self._send({"type": "http.response.body", "body": b""})

    def _of(self, kind: bytes) -> HeaderList:
        """What is said of every body: its type, what it depends on, and which pages may read it."""
        granted = self._door.origins.granted(self._headers) if b"origin" in self._headers else []
        return [(b"content-type", kind), (b"vary", self._door.vary), *granted]

    def _known(self, tag: bytes, sent: HeaderList) -> bool:
        sent.append((b"etag", tag))
        return is_known(self._headers.get(b"if-none-match"), tag)

    async def _not_modified(self, sent: HeaderList) -> int:
        await self.nothing(304, [*(header for header in sent if header[0] not in _OF_A_BODY), _ASKED_AGAIN])
        return 304
