"""The HTTP application: which path leads where, and what starts and ends with it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from pathlib import Path

import msgspec
import strawberry
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from orderweave.answering import Gateway
from orderweave.operations.running import Operations
from orderweave.schema import Context
from orderweave.web.endpoint import Endpoint
from orderweave.web.examples import Example
from orderweave.web.explorer import explorer_page, script_files, served_by_us


def build_app(
    schema: strawberry.Schema,
    gateway: Gateway,
    *,
    examples: Sequence[Example] = (),
    scripts: Path = Path("var/explorer"),
    more: Sequence[BaseRoute] = (),
    compiled: bool = True,
    beside: Sequence[Callable[[], AbstractAsyncContextManager[object]]] = (),
) -> Starlette:
    """The application over a wired gateway, which it closes when it ends.

    `examples` stand in the explorer's tabs; `scripts` is the folder of the explorer's fetched scripts; `more`
    routes come beside (metrics, the operations page, the demo's fault switches); what is in `beside` is entered when
    the application starts and left when it ends. What is told of the work goes where the gateway's own goes.
    Without `compiled` the reference executor projects every answer.
    """
    observing = gateway.parts.observing
    operations = Operations(schema, compiled=compiled, observing=observing)
    endpoint = Endpoint(operations, lambda lane: Context(gateway, lane), observing)
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
        return JSONResponse({"status": "ready", "systems": {info.name: info.healthy for info in gateway.systems()}})

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        async with AsyncExitStack() as running:
            running.push_async_callback(gateway.parts.systems.close)
            for start in beside:
                await running.enter_async_context(start())
            yield

    return Starlette(
        routes=[
            Route("/", _home),
            Route("/graphql", endpoint.answer, methods=["GET", "POST"]),
            Route("/explorer", explorer),
            Route("/explorer/examples.json", shown),
            Route("/explorer/scripts/{name}", script),
            Route("/health/live", _live),
            Route("/health/ready", ready),
            *more,
        ],
        lifespan=lifespan,
    )


async def _home(request: Request) -> Response:
    return RedirectResponse("/explorer")


async def _live(request: Request) -> Response:
    """The process runs."""
    return JSONResponse({"status": "live"})
