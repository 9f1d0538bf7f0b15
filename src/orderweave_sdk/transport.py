"""The one seam under `Upstream`: something that sends a request and gives back a bounded answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

import msgspec


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

        Raises Unreachable, TimedOut, BadPayload for an answer past the size or one that cannot be read, and GiveUp
        for a request that cannot be written. Their words never hold the address, a header or a body.
        """
        ...

    async def close(self) -> None:
        """Close the connections."""
        ...
