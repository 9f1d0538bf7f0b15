"""The load: so many clients on loopback, each asking again as soon as it is answered, for a bounded time."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from bench.recording import Page
from bench.wire import message

MOST_CLIENTS = 256
_SECONDS_FOR_ONE = 120.0


class WrongAnswer(Exception):
    """An answer that is not the right one; the message says where it differs."""


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a load: seconds that each query took, and seconds in all. Queries of several pages count once."""

    latencies: list[float]
    seconds: float


class Client(asyncio.Protocol):
    """One kept connection, one request at a time."""

    def __init__(self) -> None:
        self._data = bytearray()
        self._transport: asyncio.Transport | None = None
        self._answer: asyncio.Future[tuple[bytes, bytes]] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """See asyncio."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def connection_lost(self, exc: Exception | None) -> None:
        """See asyncio."""
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(WrongAnswer("the connection was closed"))

    def data_received(self, data: bytes) -> None:
        """See asyncio."""
        self._data += data
        found = message(self._data)
        if found is not None and self._answer is not None and not self._answer.done():
            head, body, length = found
            del self._data[:length]
            self._answer.set_result((head, body))

    async def exchange(self, request: bytes) -> bytes:
        """The body of the answer; raises WrongAnswer for another status than 200."""
        assert self._transport is not None
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        async with asyncio.timeout(_SECONDS_FOR_ONE):
            head, body = await self._answer
        status = head[9:12].decode(errors="replace")
        if status != "200":
            raise WrongAnswer(f"HTTP {status}: {body[:300].decode(errors='replace')}")
        return body

    def close(self) -> None:
        """Hang up."""
        if self._transport is not None:
            self._transport.abort()


async def connected(port: int) -> Client:
    """A client of whoever listens on a port of loopback."""
    _, client = await asyncio.get_running_loop().create_connection(Client, "127.0.0.1", port)
    return client


def request_bytes(page: Page) -> bytes:
    """The whole HTTP request for a page."""
    return request_of(page.query, page.variables())


def request_of(query: str, variables: Mapping[str, Any]) -> bytes:
    """The whole HTTP request for a query."""
    body = json.dumps({"query": query, "variables": variables}, separators=(",", ":")).encode()
    head = (
        "POST /graphql HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\n"
        f"accept: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


async def get(port: int, path: str) -> bytes:
    """The body of one GET."""
    client = await connected(port)
    try:
        return await client.exchange(f"GET {path} HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n".encode())
    finally:
        client.close()


async def checked(port: int, pages: Sequence[Page]) -> list[bytes]:
    """The bodies with which each page is answered; raises WrongAnswer where the content is not what was recorded."""
    client = await connected(port)
    try:
        bodies = [await client.exchange(request_bytes(page)) for page in pages]
    finally:
        client.close()
    for page, body in zip(pages, bodies, strict=True):
        check(body, page)
    return bodies


def check(body: bytes, page: Page) -> None:
    """Raise WrongAnswer unless the body holds exactly the page's orders."""
    try:
        document = json.loads(body)
        orders = document["data"]["orders"]["nodes"]
    except (ValueError, KeyError, TypeError):
        raise WrongAnswer(f"no orders in it: {body[:300].decode(errors='replace')}") from None
    if document.get("errors"):
        raise WrongAnswer(f"it has errors: {json.dumps(document['errors'])[:300]}")
    problem = difference(page.orders, orders, "orders")
    if problem is not None:
        raise WrongAnswer(problem)


def difference(wanted: Any, found: Any, path: str) -> str | None:
    """Where two JSON values first differ, types and order of lists included; None where they are equal."""
    if isinstance(wanted, Mapping) and isinstance(found, Mapping):
        if wanted.keys() != found.keys():
            return f"{path} has {sorted(found)} and not {sorted(wanted)}"
        differing = (difference(wanted[name], found[name], f"{path}.{name}") for name in wanted)
        return next(filter(None, differing), None)
    if isinstance(wanted, list) and isinstance(found, list):
        if len(wanted) != len(found):
            return f"{path} has {len(found)} entries and not {len(wanted)}"
        differing = (difference(*pair, f"{path}[{n}]") for n, pair in enumerate(zip(wanted, found, strict=True)))
        return next(filter(None, differing), None)
    same = type(wanted) is type(found) and wanted == found
    return None if same else f"{path} is {found!r:.80} and not {wanted!r:.80}"


async def offered(
    port: int, pages: Sequence[Page], bodies: Sequence[bytes], *, clients: int, seconds: float, queries: int = 0
) -> Asked:
    """Ask from so many clients at once, for so many seconds and at least so many queries.

    Every answer is held against the checked ones. Raises WrongAnswer for one that is not right.
    """
    if not 1 <= clients <= MOST_CLIENTS:
        raise ValueError(f"clients must be between 1 and {MOST_CLIENTS}")
    requests = [request_bytes(page) for page in pages]
    latencies: list[float] = []
    connections = [await connected(port) for _ in range(clients)]
    started = time.perf_counter()
    end = started + seconds

    async def ask(client: Client) -> None:
        while (now := time.perf_counter()) < end or len(latencies) < queries:
            for page, request, body in zip(pages, requests, bodies, strict=True):
                answered = await client.exchange(request)
                if answered != body:
                    check(answered, page)
            latencies.append(time.perf_counter() - now)

    try:
        async with asyncio.TaskGroup() as group:
            for client in connections:
                group.create_task(ask(client))
    except ExceptionGroup as failed:
        raise WrongAnswer(str(failed.exceptions[0]) or type(failed.exceptions[0]).__name__) from None
    finally:
        for client in connections:
            client.close()
    return Asked(latencies=latencies, seconds=time.perf_counter() - started)
