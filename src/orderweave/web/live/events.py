"""Server-sent events: writing them, and keeping a stream of them open until either side ends it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from typing import Any

import msgspec
from starlette.types import Receive, Send

from orderweave.web.refusals import HeaderList

# A comment on a silent stream, so that nobody on the way takes it for dead.
_LONGEST_SILENCE_SECONDS = 12.0
_KEEP_ALIVE = b":\n\n"
PROTOCOL = "graphql-sse"
KIND = b"text/event-stream; charset=utf-8"
# nginx would collect events before it passes them on.
UNCOLLECTED: HeaderList = [(b"x-accel-buffering", b"no")]


def event(kind: str, data: Any = None, identity: str | None = None) -> bytes:
    """One event; `identity` is what a browser sends back as Last-Event-ID. JSON as written here has no line break."""
    named = b"id: %s\n" % identity.encode() if identity else b""
    content = msgspec.json.encode(data) if data is not None else b""
    return b"%sevent: %s\ndata: %s\n\n" % (named, kind.encode(), content)


async def pump(
    receive: Receive,
    send: Send,
    events: AsyncGenerator[bytes, None],
    over: asyncio.Future[bytes],
    head: HeaderList,
    *,
    silence: float = _LONGEST_SILENCE_SECONDS,
) -> None:
    """Send headers and events until there are no more, the client is gone, or it is `over`, with last words; then they
    are closed.

    A client that takes nothing is ended by the connection (`web/connections.py`).
    """
    loop = asyncio.get_running_loop()
    gone = loop.create_task(_gone(receive))
    following = loop.create_task(_next(events))
    try:
        await send({"type": "http.response.start", "status": 200, "headers": head})
        await send({"type": "http.response.body", "body": _KEEP_ALIVE, "more_body": True})
        while True:
            waited: set[asyncio.Future[Any]] = {following, gone, over}
            await asyncio.wait(waited, timeout=silence, return_when=asyncio.FIRST_COMPLETED)
            if gone.done():
                return
            if over.done():
                await send({"type": "http.response.body", "body": over.result()})
                return
            if not following.done():
                await send({"type": "http.response.body", "body": _KEEP_ALIVE, "more_body": True})
                continue
            written = following.result()
            if written is None:
                await send({"type": "http.response.body", "body": b""})
                return
            await send({"type": "http.response.body", "body": written, "more_body": True})
            following = loop.create_task(_next(events))
    finally:
        for task in (following, gone):
            task.cancel()
        await asyncio.gather(following, gone, return_exceptions=True)
        await events.aclose()


async def _next(events: AsyncGenerator[bytes, None]) -> bytes | None:
    return await anext(events, None)


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
