"""Event streams as a server puts their requests to the application, read event by event."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from typing import Any

from starlette.types import Message

from orderweave.web import App


class Reader:
    """One HTTP request, and what comes of it. Without `finished` its body goes on with what is sent by `rest`."""

    def __init__(
        self,
        app: App,
        method: str = "POST",
        *,
        path: str = "/graphql/stream",
        query: str = "",
        body: Any = None,
        headers: Mapping[str, str] | None = None,
        finished: bool = True,
    ) -> None:
        self._app = app
        named = {"accept": "text/event-stream", "content-type": "application/json", **(headers or {})}
        self._scope = {
            "type": "http",
            "method": method,
            "path": path,
            "query_string": query.encode(),
            "headers": [(name.encode(), value.encode()) for name, value in named.items()],
        }
        content = body if isinstance(body, bytes) else json.dumps(body).encode() if body is not None else b""
        self._to_app: asyncio.Queue[Message] = asyncio.Queue()
        self._to_app.put_nowait({"type": "http.request", "body": content, "more_body": not finished})
        self._started: asyncio.Future[Message] = asyncio.get_running_loop().create_future()
        self._pieces: asyncio.Queue[bytes | None] = asyncio.Queue()
        self._text = ""
        self.task = asyncio.create_task(self._run())

    async def _run(self) -> None:
        try:
            await self._app(self._scope, self._to_app.get, self._send)
        finally:
            self._pieces.put_nowait(None)

    async def _send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._started.set_result(message)
        else:
            self._pieces.put_nowait(message["body"])
            if not message.get("more_body", False):
                self._pieces.put_nowait(None)

    async def head(self) -> tuple[int, dict[str, str]]:
        """Status and headers."""
        async with asyncio.timeout(10):
            message = await self._started
        return message["status"], {name.decode(): value.decode() for name, value in message["headers"]}

    async def whole(self) -> tuple[int, str]:
        """Status and body of an answer that is no stream."""
        await self.task
        body = b""
        while (piece := await self._pieces.get()) is not None:
            body += piece
        return (await self.head())[0], body.decode()

    async def event(self) -> dict[str, Any] | None:
        """The next event with its fields, its data read; a comment is {}. None at the end."""
        async with asyncio.timeout(10):
            while "\n\n" not in self._text:
                piece = await self._pieces.get()
                if piece is None:
                    return None
                self._text += piece.decode()
        block, self._text = self._text.split("\n\n", 1)
        fields = dict(line.split(": ", 1) for line in block.split("\n") if not line.startswith(":"))
        return {**fields, "data": json.loads(fields["data"])} if fields.get("data") else fields

    async def told(self) -> dict[str, Any] | None:
        """The next event that is no comment."""
        while (found := await self.event()) == {}:
            pass
        return found

    def rest(self, content: bytes) -> None:
        """The rest of the body."""
        self._to_app.put_nowait({"type": "http.request", "body": content, "more_body": False})

    def hang_up(self) -> None:
        """The client is gone."""
        self._to_app.put_nowait({"type": "http.disconnect"})
