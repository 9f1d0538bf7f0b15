"""One process that answers requests: the gateway, its application, and the server with its bounds."""

from __future__ import annotations

import socket

import uvicorn

from orderweave.bootstrap import Orderweave
from orderweave.serving.reloading import Reloading, Reread
from orderweave.serving.server import Server
from orderweave.web import Admission, Current, build_app
from orderweave.web.connections import BoundedProtocol, Connections
from orderweave.web.examples import examples
from orderweave_sdk.clock import SystemClock

# Longer than the minute after which common balancers drop an idle connection themselves: whoever drops it first must
# not be us, or a request may cross the end on its way.
_MOST_IDLE_SECONDS = 75
# After the drain, for requests under way past their deadline and for connections that linger.
_GRACE = 6


def run_worker(reread: Reread, listening: socket.socket, *, lifeline: int | None = None) -> int:
    """Serve on a socket until a signal ends it; gives the exit code.

    `lifeline` is given to a process under a supervisor, see `Server`.
    """
    configuration = reread.configuration
    settings = configuration.server
    woven = Orderweave(configuration)
    current = Current(woven.gateway, woven.close)
    admission = Admission(most_in_flight=settings.most_in_flight, most_waiting=settings.most_waiting)
    app = build_app(woven.schema, current, admission=admission, examples=examples(number="1001", skus=["SKU-1"]))
    config = uvicorn.Config(
        app,
        http=BoundedProtocol,
        ws="none",
        lifespan="on",
        log_config=None,
        # What it warns of is what anybody may send, as often as they like.
        log_level="error",
        access_log=False,
        # Nothing here depends on the caller's address, and each costs every request a little.
        proxy_headers=False,
        server_header=False,
        timeout_keep_alive=_MOST_IDLE_SECONDS,
        timeout_graceful_shutdown=settings.deadline_seconds + _GRACE,
    )
    server = Server(
        config,
        connections=Connections(request_seconds=settings.request_seconds),
        admission=admission,
        reload=Reloading(reread, current, supervised=lifeline is not None).reload,
        clock=SystemClock(),
        drain_seconds=settings.drain_seconds,
        lifeline=lifeline,
    )
    server.run(sockets=[listening])
    return 0
