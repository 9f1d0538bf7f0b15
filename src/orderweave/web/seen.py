"""Where people and Prometheus see what the gateway does: the routes of one configuration, and what runs beside them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial

import msgspec
from starlette.routing import BaseRoute

from orderweave.model.listing import SystemInfo
from orderweave.observing.observed import Observed
from orderweave.web.metrics import metrics_route, serving_metrics
from orderweave.web.ops import Access, ops_routes


class Seen(msgspec.Struct, frozen=True):
    """`more` and `beside` of `build_app`."""

    more: Sequence[BaseRoute]
    beside: Sequence[Callable[[], AbstractAsyncContextManager[object]]]


def seen(
    systems: Callable[[], Sequence[SystemInfo]],
    observed: Observed,
    *,
    access: Access | None,
    host: str = "127.0.0.1",
    metrics_port: int | None = None,
) -> Seen:
    """Metrics on the API's port, or on one of their own from `metrics_port` on; the operations page where `access`
    says who may see it, with the systems that `systems` gives at each look. When the application ends, what was not
    sent of the traces is.
    """
    routes: list[BaseRoute] = []
    beside: list[Callable[[], AbstractAsyncContextManager[object]]] = [partial(_closing, observed)]
    if observed.metrics is not None and metrics_port is None:
        routes.append(metrics_route(observed.metrics))
    elif observed.metrics is not None and metrics_port is not None:
        beside.append(partial(serving_metrics, observed.metrics, host, metrics_port))
    if access is not None and observed.history is not None:
        routes += ops_routes(systems, observed, observed.history, access)
    return Seen(routes, beside)


@asynccontextmanager
async def _closing(observed: Observed) -> AsyncIterator[None]:
    yield
    await asyncio.to_thread(observed.close)
