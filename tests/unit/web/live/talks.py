"""Talks over a WebSocket as a server puts them to the application, without a socket."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from starlette.types import Message

from orderweave.access import Headers, Identify, Unidentified, anybody
from orderweave.config.configuration import LiveSettings
from orderweave.model.codes import Code
from orderweave.model.rights import ALL_RIGHTS, ANYBODY, Caller
from orderweave.web import Admission, App, build_app
from orderweave.web.door import Door
from tests.unit.fake_business import stock, wms
from tests.unit.fake_systems import Woven, weave
from tests.unit.live.feeds import business

FOLLOW = (
    'subscription($after: String) { orderUpdated(by: {number: "1001"}, after: $after) '
    "{ changed gap cursor order { number status } } }"
)
ORDER = '{ order(by: {number: "1001"}) { number } }'
SUBPROTOCOL = "graphql-transport-ws"


class Closed(Exception):
    """The application closed the connection; `code` is an HTTP status where it was never opened."""

    def __init__(self, code: int, reason: str = "") -> None:
        super().__init__(f"{code} {reason}")
        self.code = code


class Talk:
    """One WebSocket."""

    def __init__(self, app: App, *, subprotocols: tuple[str, ...], headers: Mapping[str, str]) -> None:
        self._app = app
        self._to_app: asyncio.Queue[Message] = asyncio.Queue()
        self._from_app: asyncio.Queue[Message] = asyncio.Queue()
        self._to_app.put_nowait({"type": "websocket.connect"})
        given = {"host": "gateway.example.com", **headers}
        self._scope = {
            "type": "websocket",
            "path": "/graphql",
            "query_string": b"",
            "subprotocols": list(subprotocols),
            "client": ("10.0.0.1", 1),
            "headers": [(name.encode(), value.encode()) for name, value in given.items()],
        }
        self.takes = asyncio.Event()
        self.takes.set()
        self.task = asyncio.create_task(self._run())

    async def _run(self) -> None:
        try:
            await self._app(self._scope, self._to_app.get, self._send)
        finally:
            self._from_app.put_nowait({"type": "over"})

    async def _send(self, message: Message) -> None:
        await self.takes.wait()
        self._from_app.put_nowait(message)

    def say(self, kind: str, **fields: Any) -> None:
        """Send a message of the protocol."""
        self.send(json.dumps({"type": kind, **fields}))

    def send(self, content: str | bytes) -> None:
        """Send whatever it is."""
        named = {"text": content} if isinstance(content, str) else {"bytes": content}
        self._to_app.put_nowait({"type": "websocket.receive", **named})

    async def hear(self) -> Any:
        """The next message; raises Closed where there is none."""
        async with asyncio.timeout(10):
            message = await self._from_app.get()
        if message["type"] == "websocket.send":
            return json.loads(message["text"])
        if message["type"] == "websocket.accept":
            assert message.get("subprotocol") in (None, SUBPROTOCOL)
            return await self.hear()
        if message["type"] == "websocket.http.response.start":
            raise Closed(message["status"])
        if message["type"] == "over":
            raise Closed(0)
        raise Closed(message["code"], message.get("reason", ""))

    async def code(self) -> int:
        """The code with which the application closes the connection, whatever it says before."""
        try:
            while True:
                await self.hear()
        except Closed as closed:
            return closed.code

    async def begin(self, **payload: Any) -> None:
        """Connect as the protocol has it."""
        self.say("connection_init", **({"payload": payload} if payload else {}))
        assert (await self.hear())["type"] == "connection_ack"

    def subscribe(self, identity: str, query: str = FOLLOW, **variables: Any) -> None:
        """Begin an operation."""
        self.say("subscribe", id=identity, payload={"query": query, "variables": variables})

    def hang_up(self) -> None:
        """The client is gone."""
        self._to_app.put_nowait({"type": "websocket.disconnect", "code": 1005})


class Talks:
    """An application over fake systems, and the talks with it."""

    def __init__(self, woven: Woven, app: App) -> None:
        self.woven = woven
        self.app = app
        self._talks: list[Talk] = []

    def talk(self, *subprotocols: str, **headers: str) -> Talk:
        """Connect."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        talk = Talk(self.app, subprotocols=subprotocols or (SUBPROTOCOL,), headers=named)
        self._talks.append(talk)
        return talk

    async def begun(self, **headers: str) -> Talk:
        """Connect, and be let in."""
        talk = self.talk(**headers)
        await talk.begin()
        return talk

    async def changed(self) -> None:
        """Have a change looked at: everything that is watched is polled."""
        for watcher in list(self.app.doors.feed._watchers.values()):
            watcher.wake()

    async def close(self) -> None:
        """End all of it."""
        for talk in self._talks:
            talk.hang_up()
        await asyncio.gather(*(talk.task for talk in self._talks))
        await self.app.doors.close()


@asynccontextmanager
async def talking(
    *,
    identify: Identify = anybody,
    settings: LiveSettings | None = None,
    woven: Woven | None = None,
    door: Door | None = None,
) -> AsyncIterator[Talks]:
    """An application to talk with, by a door that lets in who `identify` knows, or another one."""
    made = woven or business()
    # Waiting for a turn takes no test's time.
    admission = Admission(most_in_flight=100, most_waiting=1000)
    app = build_app(made.schema, made.gateway, door=door or Door(identify=identify), live=settings, admission=admission)
    talks = Talks(made, app)
    try:
        yield talks
    finally:
        await talks.close()


def with_stock() -> Woven:
    """A warehouse with stock."""
    warehouse = wms()
    warehouse.stock = [stock("SKU-1", "main", 5), stock("SKU-2", "main", 7)]
    return weave(warehouse)


class Keys:
    """Callers by key; a key may lapse, its role be withdrawn, and the keeper of the keys be away."""

    def __init__(self, **callers: str) -> None:
        self._callers = callers
        self._withdrawn: set[str] = set()
        self.away = False

    def lapse(self, key: str) -> None:
        """The key opens nothing any more."""
        del self._callers[key]

    def withdraw(self, key: str) -> None:
        """The key still holds, and gives no role any more."""
        self._withdrawn.add(key)

    async def __call__(self, headers: Headers) -> Caller:
        """Who has the key."""
        key = headers.get(b"x-api-key", b"").decode()
        if self.away:
            raise Unidentified("the keys cannot be looked at", status=503)
        if not key:
            return ANYBODY
        if key not in self._callers:
            raise Unidentified("no such key")
        if key in self._withdrawn:
            raise Unidentified("the key names no role of this gateway", status=403, code=Code.FORBIDDEN)
        return Caller(name=self._callers[key], role="staff", rights=ALL_RIGHTS)
