"""The body of one answer, read within its bound and decompressed on the way."""

from __future__ import annotations

import zlib
from typing import Protocol

from orderweave_sdk.errors import BadPayload

# The one compression asked for: every vendor has it, and the standard library reads it a bounded piece at a time.
ACCEPTED = "gzip"

_PLAIN = frozenset({"", "identity"})
_GZIP = frozenset({"gzip", "x-gzip"})
# The first byte of every gzip stream (RFC 1952, 2.3.1); no JSON and no page begins with it.
_GZIP_SIGN = 0x1F


class Inflater(Protocol):
    """What is used of zlib's decompressor, whose own type has no public name."""

    @property
    def eof(self) -> bool:
        """Whether the stream has ended."""
        ...

    @property
    def unused_data(self) -> bytes:
        """What came after its end."""
        ...

    def decompress(self, data: bytes, max_length: int, /) -> bytes:
        """At most so many bytes."""
        ...


class Body:
    """Takes an answer's bytes as they come and gives them whole.

    `encoding` is the answer's Content-Encoding. `max_bytes` bounds what comes out: a small answer that would grow
    past it is given up before it has grown. Where an answer says gzip and is not, it is taken as it is, since
    servers are known that mark all their answers so.
    """

    def __init__(self, encoding: str, *, max_bytes: int) -> None:
        name = encoding.strip().lower()
        if name not in _PLAIN | _GZIP:
            raise BadPayload("an answer in a compression that was not asked for")
        self._may_be_gzip = name in _GZIP
        self._inflater: Inflater | None = None
        self._max_bytes = max_bytes
        self._size = 0
        self._pieces: list[bytes] = []

    def add(self, chunk: bytes) -> None:
        """The next bytes, one or more; raises BadPayload past the bound and for what is no sound gzip."""
        if self._may_be_gzip and not self._size and self._inflater is None and chunk[0] == _GZIP_SIGN:
            self._inflater = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)
        piece = chunk if self._inflater is None else self._inflated(self._inflater, chunk)
        self._size += len(piece)
        if self._size > self._max_bytes:
            raise BadPayload(f"the answer is larger than {self._max_bytes} bytes")
        self._pieces.append(piece)

    def whole(self) -> bytes:
        """All of it; raises BadPayload when a compressed answer ends too early."""
        if self._inflater is not None and not self._inflater.eof:
            raise BadPayload("a compressed answer that is cut short")
        return self._pieces[0] if len(self._pieces) == 1 else b"".join(self._pieces)

    def _inflated(self, inflater: Inflater, chunk: bytes) -> bytes:
        """One byte more than may come at most, so that the caller sees that it is too much."""
        try:
            piece = inflater.decompress(chunk, self._max_bytes - self._size + 1)
        except zlib.error:
            raise BadPayload("a compressed answer that cannot be read") from None
        if inflater.unused_data:
            raise BadPayload("a compressed answer with more behind its end")
        return piece
