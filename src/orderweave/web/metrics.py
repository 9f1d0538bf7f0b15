"""Prometheus' metrics over HTTP: beside the API, or on ports of their own where there are several workers.

Workers share the API's port, and a scrape of it would reach any one of them, each time another: counters would jump.
So each worker takes a port of its own, the first that is free from a configured one on, and is a target of its own.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import logging
import socket
from collections.abc import AsyncIterator, Iterator

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from orderweave.observing.metrics import Metrics

logger = logging.getLogger("orderweave.web")

# Ports tried from the first on, so that many workers at most.
_MOST_PORTS = 64
# Scrapes at once; one is usual, two are when a second Prometheus stands by.
_MOST_SCRAPES = 8


def metrics_route(metrics: Metrics) -> Route:
    """`/metrics`, in the form that the scraper asks for."""

    async def exposed(request: Request) -> Response:
        body, media_type = metrics.exposition(request.headers.get("accept", ""))
        return Response(body, headers={"content-type": media_type, "cache-control": "no-store"})

    return Route("/metrics", exposed)


class _Beside(uvicorn.Server):
    """A server beside the API's own, which alone takes the process' signals."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """No signal is taken."""
        yield


@contextlib.asynccontextmanager
async def serving_metrics(metrics: Metrics, host: str, first: int) -> AsyncIterator[int]:
    """Serve `/metrics` at the first free port from `first` on, which is given; raises OSError when none is free."""
    try:
        listening = _listening(host, first)
    except OSError as error:
        # The server that starts us says only that something failed.
        where = {"host": host, "port": first, "error": error.strerror}
        logger.error("metrics_cannot_listen", extra={"fields": where})
        raise
    with listening:
        port = int(listening.getsockname()[1])
        settings = uvicorn.Config(
            Starlette(routes=[metrics_route(metrics)]),
            log_config=None,
            access_log=False,
            lifespan="off",
            ws="none",
            limit_concurrency=_MOST_SCRAPES,
        )
        server = _Beside(settings)
        serving = asyncio.create_task(server.serve(sockets=[listening]))
        logger.info("metrics_listening", extra={"fields": {"host": host, "port": port}})
        try:
            yield port
        finally:
            server.should_exit = True
            await serving


def _listening(host: str, first: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    for port in range(first, min(first + _MOST_PORTS, 65536)):
        try:
            return socket.create_server((host, port), family=family)
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise
    raise OSError(errno.EADDRINUSE, f"no port is free for metrics among {_MOST_PORTS} from {first} on")
