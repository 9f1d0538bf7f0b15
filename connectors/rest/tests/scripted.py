"""A small API of orders behind the transport's seam: a test says what it answers, and reads what it was asked."""

from __future__ import annotations

import asyncio
import copy
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import msgspec

from orderweave_rest.connector import RestConnector
from orderweave_sdk.clock import Call
from orderweave_sdk.connecting import Connecting
from orderweave_sdk.transport import Answer, Request

URL = "https://orders.example.com/api"

# The least that reads orders by id.
SMALL: dict[str, Any] = {
    "kind": "OMS",
    "check": {"path": "/ping"},
    "lookups": {"id": {"path": "/orders/{key}"}},
    "order": {"id": "id"},
}


class Asked(msgspec.Struct, frozen=True):
    """One request, taken apart."""

    method: str
    path: str
    query: list[tuple[str, str]]
    headers: Mapping[str, str]
    body: Any

    @property
    def parameters(self) -> dict[str, str]:
        """The query, each name once."""
        return dict(self.query)


Says = Callable[[Asked], Any]


class Scripted:
    """The transport. `says` gives a document, or a whole Answer; `most` is how many calls ran at once."""

    def __init__(self, says: Says) -> None:
        self._says = says
        self._running = 0
        self.most = 0
        self.asked: list[Asked] = []

    async def send(self, request: Request, *, seconds: float, max_bytes: int) -> Answer:
        """The answer, after everybody else had a turn."""
        self._running += 1
        self.most = max(self.most, self._running)
        await asyncio.sleep(0)
        self._running -= 1
        parts = urlsplit(request.url)
        form = request.headers.get("content-type", "").startswith("application/x-www-form")
        body = request.body or b""
        asked = Asked(
            method=request.method,
            path=parts.path,
            query=parse_qsl(parts.query, keep_blank_values=True),
            headers=request.headers,
            body=dict(parse_qsl(body.decode())) if form else (msgspec.json.decode(body) if body else None),
        )
        self.asked.append(asked)
        said = self._says(asked)
        if isinstance(said, Answer):
            return said
        return Answer(status=200, headers={}, body=msgspec.json.encode(said))

    async def close(self) -> None:
        """Nothing is open."""


class FakeClock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def now(self) -> datetime:
        """The instant."""
        return datetime.fromtimestamp(1_770_000_000 + self.seconds, UTC)

    def monotonic(self) -> float:
        """Seconds that only grow."""
        return self.seconds


def api(**changes: Any) -> dict[str, Any]:
    """The small API with some of its tables replaced; None leaves one out."""
    found = {**copy.deepcopy(SMALL), **changes}
    return {name: value for name, value in found.items() if value is not None}


def connected(told: Mapping[str, Any], says: Says, *, secret: str | None = None) -> tuple[Any, Scripted]:
    """The connector over a scripted API, whose configuration must be sound, and what it was asked."""
    settings = {"url": URL, "api": told, **({"secret": secret} if secret else {})}
    assert RestConnector.problems(settings) == []
    scripted = Scripted(says)
    return Connecting(RestConnector, settings, transport=scripted).connector, scripted


def status(code: int, **headers: str) -> Answer:
    """An answer that is a status alone."""
    return Answer(status=code, headers=headers, body=b"{}")


def call(clock: FakeClock | None = None) -> Call:
    """Terms that no test runs out of."""
    return Call.within(60, clock)
