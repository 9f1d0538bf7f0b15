"""The hand-written handlers behind Starlette and uvicorn, which is what Orderweave stands on too."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bench.contenders.handwritten import Fetch, Handler
from bench.contenders.surroundings import Surroundings, from_environment


def serve(client: Callable[[Surroundings], AbstractAsyncContextManager[Fetch]]) -> None:
    """Serve until stopped, with the client that `client` opens."""
    told = from_environment()
    recording = told.recorded()

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        async with client(told) as fetch:
            app.state.handler = Handler(recording, fetch)
            yield

    async def answer(request: Request) -> Response:
        return Response(await request.app.state.handler.answer(await request.body()), media_type="application/json")

    app = Starlette(routes=[Route("/graphql", answer, methods=["POST"])], lifespan=lifespan)
    uvicorn.run(app, host="127.0.0.1", port=told.port, access_log=False)
