"""The HTTP application: which path leads where, and what starts and ends with it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
import strawberry
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import Receive, Scope, Send

from orderweave.answering import Gateway
from orderweave.config.configuration import LiveSettings, Server
from orderweave.observing import catalog
from orderweave.operations.running import Operations
from orderweave.receiving import Receiving
from orderweave.receiving.effects import Announce
from orderweave.web.admission import Admission
from orderweave.web.bodies import Bodies
from orderweave.web.current import Current
from orderweave.web.door import Door
from orderweave.web.endpoint import Endpoint
from orderweave.web.examples import Example
from orderweave.web.explorer import explorer_page, script_files, served_by_us
from orderweave.web.exports import export_routes
from orderweave.web.live import Doors
from orderweave.web.webhooks import webhook_route

_GRAPHQL = "/graphql"
_STREAM = "/graphql/stream"


class App(Starlette):
    """Starlette's application with one path before it: its routing would cost a cheap query a tenth and more."""

    def __init__(self, endpoint: Endpoint, doors: Doors, **rest: Any) -> None:
        super().__init__(**rest)
        self.endpoint = endpoint
        self.doors = doors

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or begin and end with the process."""
        if scope["type"] == "http" and scope["path"] == _GRAPHQL:
            await self.endpoint(scope, receive, send)
        elif scope["type"] == "http" and scope["path"] == _STREAM:
            await self.doors.streams(scope, receive, send)
        elif scope["type"] == "websocket" and scope["path"] == _GRAPHQL:
            await self.doors.sockets(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)


def build_app(
    schema: strawberry.Schema,
    gateway: Gateway | Current,
    *,
    admission: Admission | None = None,
    examples: Sequence[Example] = (),
    scripts: Path = Path("var/explorer"),
    more: Sequence[BaseRoute] = (),
    compiled: bool = True,
    door: Door | None = None,
    live: LiveSettings | None = None,
    redis: Any = None,
    beside: Sequence[Callable[[], AbstractAsyncContextManager[object]]] = (),
    receiving: Callable[[Announce], Receiving] | None = None,
) -> App:
    """The application over a wired gateway, which it closes when it ends.

    A `Current` in place of a gateway lets it be replaced while requests are answered; `admission` says how many at
    once, by default as many as the configuration's default. `examples` stand in the explorer's tabs; `scripts` is the
    folder of the explorer's fetched scripts; `more` routes come beside (metrics, the operations page, the demo's fault
    switches); what is in `beside` is entered when the application starts and left when it ends. What is told of the
    work goes where the gateway's own goes. Without `compiled` the reference executor projects every answer.
    `door` are the endpoint's rules, and who is let in, where a gateway is given; a `Current` has its own.
    `live` says how much may be followed at once, and `redis` is where workers share what they see; the application
    closes it. `receiving` makes what takes webhooks, given by what followers are told of a change.
    """
    current = gateway if isinstance(gateway, Current) else Current(gateway, gateway.parts.systems.close, door)
    admission = admission or Admission(most_in_flight=Server().most_in_flight, most_waiting=Server().most_waiting)
    observing = current.gateway.parts.observing
    observing.readings.read(catalog.REQUESTS_QUEUED, lambda: {(): admission.waiting})
    observing.readings.read(catalog.TASKS, lambda: {(): len(asyncio.all_tasks())})
    operations = Operations(schema, compiled=compiled, observing=observing)
    bodies = Bodies(admission)
    doors = Doors(operations, current, admission, bodies, live or LiveSettings(), observing=observing, redis=redis)
    endpoint = Endpoint(operations, current, admission, bodies=bodies, streams=doors.streams, observing=observing)
    received = receiving(doors.feed.announce) if receiving is not None else None
    files = script_files(scripts)
    page = explorer_page(served_by_us(files))

    async def explorer(request: Request) -> Response:
        return HTMLResponse(page)

    async def script(request: Request) -> Response:
        path = files.get(request.path_params["name"])
        return FileResponse(path) if path is not None else Response(status_code=404)

    async def shown(request: Request) -> Response:
        return Response(msgspec.json.encode(list(examples)), media_type="application/json")

    async def ready(request: Request) -> Response:
        """The gateway takes questions. A system that is down makes its part missing, not the gateway unready."""
        if admission.draining:
            return JSONResponse({"status": "draining"}, status_code=503)
        systems = {info.name: info.healthy for info in current.gateway.systems()}
        return JSONResponse({"status": "ready", "systems": systems})

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        async with AsyncExitStack() as running:
            running.push_async_callback(current.close)
            running.push_async_callback(doors.close)
            if received is not None:
                await running.enter_async_context(received.running())
            for start in beside:
                await running.enter_async_context(start())
            yield

    return App(
        endpoint,
        doors,
        routes=[
            Route("/", _home),
            Route("/explorer", explorer),
            Route("/explorer/examples.json", shown),
            Route("/explorer/scripts/{name}", script),
            Route("/health/live", _live),
            Route("/health/ready", ready),
            *([webhook_route(received)] if received is not None else []),
            *export_routes(current),
            *more,
        ],
        lifespan=lifespan,
    )


async def _home(request: Request) -> Response:
    return RedirectResponse("/explorer")


async def _live(request: Request) -> Response:
    """The process runs."""
    return JSONResponse({"status": "live"})
