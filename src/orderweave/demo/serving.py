"""Serving the demo: the gateway with its simulators in one process, and switches to make a system fail."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from orderweave.bootstrap import Orderweave, observed
from orderweave.config.configuration import (
    ExportSettings,
    IndexSettings,
    ObservingSettings,
    TrackingPage,
    TrackingSettings,
)
from orderweave.demo.business import DemoBusiness
from orderweave.observing.logs import set_up_logs
from orderweave.scenario import UNTIL
from orderweave.web import Current, build_app
from orderweave.web.examples import examples
from orderweave.web.live import SETTINGS
from orderweave.web.ops import Access
from orderweave.web.seen import seen
from orderweave.web.track import track_routes
from orderweave_sdk.clock import SystemClock
from orderweave_sdk.testing.faults import Fault

_HINT = """
Orderweave is up, with {orders} orders of one retailer over {systems} systems: {names}.

  Explorer     {url}/explorer
  Operations   {url}/ops
  Tracking     {url}/track
  One order    curl -s {url}/graphql -H 'content-type: application/json' \\
                 -d '{{"query":"{{ order(by: {{number: \\"{number}\\"}}) {{ number status fulfillmentStatus \
totals {{ total {{ amount }} }} invoices {{ total {{ amount }} }} shipments {{ status }} sources {{ system number }} \
conflicts {{ path values {{ system value }} }} freshness {{ missing {{ system reason }} }} }} }}"}}'
  All orders   curl -s {url}/graphql -H 'content-type: application/json' \\
                 -d '{{"query":"{{ orders(first: 5) {{ nodes {{ number placedAt channel {{ code }} }} }} }}"}}'
  As a guest   the explorer's tab of that name: order {number}, e-mail {email}.
               The answer takes a second and a half, right or wrong. Its token is sealed with a key of this run.
  Stop a system, look again, and start it:
               curl -s -X PUT {url}/demo/faults/{last}/STOPPED
               curl -s -X DELETE {url}/demo/faults/{last}
"""

_PAGE = TrackingPage(name="Northwind")


async def serve_demo(*, port: int, seed: int, orders: int, connectors: Sequence[str] | None = None) -> None:
    """Run the demo until it is stopped; raises CastError where these connectors cannot play the business.

    Its index is made anew for each run, beside the first answers. Its last orders are a day old at most, so that
    parcels are on their way and expected.
    """
    until = last_told(SystemClock().now())
    business = DemoBusiness(seed=seed, orders=orders, connectors=connectors, until=until)
    async with business, business.forgetting():
        set_up_logs("auto")
        app = demo_app(business, indexed=True)
        print(
            _HINT.format(
                orders=orders,
                systems=len(business.simulators),
                names=", ".join(business.simulators),
                last=list(business.simulators)[-1],
                url=f"http://127.0.0.1:{port}",
                number=business.telling_number(),
                email=business.telling_email(),
            ),
            flush=True,
        )
        await uvicorn.Server(
            uvicorn.Config(
                app, host="127.0.0.1", port=port, log_level="warning", access_log=False, log_config=None, **SETTINGS
            )
        ).serve()


def last_told(now: datetime) -> datetime:
    """Until when the demo's business is told: the last time that it was the scenario's hour, so that the story of a
    seed is the same on each day.
    """
    today = UNTIL.replace(year=now.year, month=now.month, day=now.day)
    return today if today <= now else today - timedelta(days=1)


def demo_app(business: DemoBusiness, *, indexed: bool = False) -> Starlette:
    """The gateway over a running business, with the switches that make a system fail; `indexed` it syncs by itself into
    an index that is removed with the application.

    The operations page is open to everybody: the demo listens on loopback alone. The key of guests' tokens is made
    anew for each run.
    """
    folder = TemporaryDirectory(prefix="orderweave-demo-") if indexed else None
    configuration = msgspec.structs.replace(
        business.configuration(),
        observing=ObservingSettings(log_requests=False),
        tracking=TrackingSettings(keys=(secrets.token_urlsafe(),), page=_PAGE),
        index=IndexSettings(url=f"sqlite:///{folder.name}/index.db") if folder else None,
        exports=ExportSettings(folder=Path(folder.name) / "exports") if folder else None,
    )
    observing = observed(configuration, ops=True)
    woven = Orderweave(configuration, observing=observing)
    shown = seen(woven.gateway.systems, observing, access=Access(None, observing.clock))
    return build_app(
        woven.schema,
        Current(woven.gateway, woven.close),
        examples=examples(
            number=business.telling_number(), skus=business.telling_skus(), email=business.telling_email()
        ),
        more=[*shown.more, *track_routes(_PAGE, live=True), *_switches(business)],
        beside=[*shown.beside, partial(_removed, folder), woven.running],
    )


@asynccontextmanager
async def _removed(folder: TemporaryDirectory[str] | None) -> AsyncIterator[None]:
    """Here and not round the server, which a signal ends before it returns."""
    yield
    if folder is not None:
        folder.cleanup()


def _switches(business: DemoBusiness) -> list[Route]:
    """Turn a fault of a system on and off."""

    async def on(request: Request) -> Response:
        system, name = request.path_params["system"], request.path_params["fault"]
        if system not in business.simulators or name not in Fault.__members__:
            known = {"systems": list(business.simulators), "faults": list(Fault.__members__)}
            return JSONResponse(known, status_code=404)
        await business.fail(system, Fault[name])
        return JSONResponse({"system": system, "fault": name})

    async def off(request: Request) -> Response:
        system = request.path_params["system"]
        if system not in business.simulators:
            return JSONResponse({"systems": list(business.simulators)}, status_code=404)
        await business.fail(system, None)
        return JSONResponse({"system": system, "fault": None})

    return [
        Route("/demo/faults/{system}/{fault}", on, methods=["PUT"]),
        Route("/demo/faults/{system}", off, methods=["DELETE"]),
    ]
