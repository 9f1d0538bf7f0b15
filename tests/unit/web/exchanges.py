"""One HTTP exchange as a server puts it to the application, with a caller who can hang up, and systems that wait."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from typing import Any

from starlette.types import ASGIApp, Message

from orderweave_sdk.capabilities import Orders
from tests.unit.fake_systems import Woven

ASKS_BOTH = '{ order(by: {number: "1001"}) { number invoices { id } } }'
ASKS_NOBODY = "{ systems { name } }"


class Exchange:
    """A POST to /graphql or another path, and what came of it.

    `pieces` are the parts in which its body arrives; without `finished` there is more to come that never does. `more`
    headers may repeat others.
    """

    def __init__(
        self,
        app: ASGIApp,
        query: str = ASKS_NOBODY,
        *,
        headers: Mapping[str, str] | None = None,
        more: Sequence[tuple[str, str]] = (),
        pieces: list[bytes] | None = None,
        finished: bool = True,
        path: str = "/graphql",
    ) -> None:
        self._app = app
        self._pieces = [json.dumps({"query": query}).encode()] if pieces is None else pieces
        self._finished = finished
        self._gone = asyncio.Event()
        given = [*{"content-type": "application/json", **(headers or {})}.items(), *more]
        self._scope = {
            "type": "http",
            "method": "POST",
            "path": path,
            "query_string": b"",
            "headers": [(name.encode(), value.encode()) for name, value in given],
        }
        self.status: int | None = None
        self.headers: dict[str, str] = {}
        self._body = b""

    def start(self) -> asyncio.Task[None]:
        """Put the request; the task ends when the application is done with it."""
        return asyncio.create_task(self._run())

    async def done(self) -> tuple[int | None, Any]:
        """Put the request and wait; gives status and document."""
        await self._run()
        return self.status, self.document

    @property
    def document(self) -> Any:
        """The answer's JSON; None where there is none."""
        return json.loads(self._body) if self._body else None

    def hang_up(self) -> None:
        """The caller is gone."""
        self._gone.set()

    async def _run(self) -> None:
        await self._app(self._scope, self._receive, self._send)

    async def _receive(self) -> Message:
        if self._pieces and not self._gone.is_set():
            piece = self._pieces.pop(0)
            return {"type": "http.request", "body": piece, "more_body": bool(self._pieces) or not self._finished}
        await self._gone.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = {name.decode(): value.decode() for name, value in message["headers"]}
        else:
            self._body += message["body"]


class Waiting:
    """Lets look-ups of one system wait until `open` is called, and counts them."""

    def __init__(self, woven: Woven, system: str) -> None:
        self._opened = asyncio.Event()
        self.began = 0
        self.canceled = 0
        self.waited: list[float] = []
        connector = woven.systems.connector(system)
        self._ask = connector.find_orders
        connector.find_orders = self._find_orders

    def open(self) -> None:
        """Let all of them go on."""
        self._opened.set()

    async def _find_orders(self, keys: Any, facets: Any, call: Any) -> Orders:
        self.began += 1
        self.waited.append(call.remaining())
        try:
            await self._opened.wait()
        except asyncio.CancelledError:
            self.canceled += 1
            raise
        found: Orders = await self._ask(keys, facets, call)
        return found


async def turns(count: int = 20) -> None:
    """Let the loop go round so many times: whatever can happen without a clock has happened."""
    for _ in range(count):
        await asyncio.sleep(0)
