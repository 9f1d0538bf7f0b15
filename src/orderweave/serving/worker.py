"""One process that answers requests: the gateway, its application, and the server with its bounds."""

from __future__ import annotations

import gc
import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import uvicorn
from starlette.routing import BaseRoute

from orderweave.access import KeySets
from orderweave.bootstrap import Orderweave, observed, shared_redis, webhooks
from orderweave.config.configuration import TrackingSettings
from orderweave.serving.reloading import Reloading, Reread
from orderweave.serving.server import Server
from orderweave.web import Admission, Current, build_app
from orderweave.web.connections import BoundedProtocol, Connections
from orderweave.web.examples import examples
from orderweave.web.live import SETTINGS
from orderweave.web.ops import Access
from orderweave.web.seen import seen
from orderweave.web.track import track_routes
from orderweave_sdk.clock import SystemClock

# Longer than the minute after which common balancers drop an idle connection themselves: whoever drops it first must
# not be us, or a request may cross the end on its way.
_MOST_IDLE_SECONDS = 75
# After the drain, for requests under way past their deadline and for connections that linger.
_GRACE = 6

# For one command of the log of changes: no answer of a query waits for it, and its own bound is in `live/shared.py`.
_LONGEST_LIVE_WAIT = 1.0

# New objects at which the garbage collector looks for cycles among the young. A page of orders makes some thousands
# that live as long as the request, and with sixteen requests at once the usual 700 costs a tenth of the time.
_COLLECT_AT = 20_000


def run_worker(reread: Reread, listening: socket.socket, *, lifeline: int | None = None) -> int:
    """Serve on a socket until a signal ends it; gives the exit code.

    `lifeline` is given to a process under a supervisor, see `Server`.
    """
    configuration = reread.configuration
    settings = configuration.server
    observing = observed(configuration)
    key_sets = KeySets(observing.clock, observing)
    woven = Orderweave(configuration, observing=observing, key_sets=key_sets)
    current = Current(woven.gateway, woven.close, woven.door)
    admission = Admission(most_in_flight=settings.most_in_flight, most_waiting=settings.most_waiting)
    said = configuration.observing
    shown = seen(
        lambda: current.gateway.systems(),  # noqa: PLW0108 - the gateway may be another by then
        observing,
        access=Access(said.ops_token, observing.clock) if said.ops_token is not None else None,
        host=settings.host,
        metrics_port=said.metrics_port,
    )
    live_redis = shared_redis(configuration, seconds=_LONGEST_LIVE_WAIT)
    app = build_app(
        woven.schema,
        current,
        admission=admission,
        examples=examples(number="1001", skus=["SKU-1"]),
        more=[*shown.more, *_track(configuration.tracking)],
        live=configuration.live,
        redis=live_redis,
        receiving=webhooks(configuration, current, observing, clock=observing.clock, redis=live_redis),
        beside=[*shown.beside, woven.running],
    )
    _spare_the_collector()
    config = uvicorn.Config(
        app,
        http=BoundedProtocol,
        **SETTINGS,
        lifespan="on",
        log_config=None,
        # What it warns of is what anybody may send, as often as they like.
        log_level="error",
        access_log=False,
        # Whose address a request comes from is read in `web/addresses.py`, once and with our own rules.
        proxy_headers=False,
        server_header=False,
        timeout_keep_alive=_MOST_IDLE_SECONDS,
        timeout_graceful_shutdown=settings.deadline_seconds + _GRACE,
    )
    server = Server(
        config,
        connections=Connections(request_seconds=settings.request_seconds),
        admission=admission,
        reload=Reloading(reread, current, observing, key_sets, supervised=lifeline is not None).reload,
        clock=SystemClock(),
        drain_seconds=settings.drain_seconds,
        drain=app.doors.lines.drain,
        lifeline=lifeline,
    )
    server.run(sockets=[listening])
    return 0


@asynccontextmanager
async def _beginning(woven: Orderweave) -> AsyncIterator[None]:
    """What runs beside the answers begins with the application; whoever closes the gateway ends it."""
    woven.begin()
    yield


def _track(tracking: TrackingSettings | None) -> Sequence[BaseRoute]:
    """The page for guests, where there are any."""
    return track_routes(tracking.page, postal_code=tracking.postal_code, live=True) if tracking is not None else []


def _spare_the_collector() -> None:
    """What stands when serving begins (the schema above all) stays until the end: nothing in it is looked at again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(_COLLECT_AT, 10, 10)
