"""The hand-written handler over Orderweave's own client, so that what differs is the gateway alone."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bench.contenders.handwritten import Fetch
from bench.contenders.serving import serve
from bench.contenders.surroundings import Surroundings
from bench.recording import Exchange
from orderweave_sdk.clock import Call, SystemClock
from orderweave_sdk.upstream import Upstream

_SECONDS = 300.0
_CONNECTIONS = 16
_MOST_BYTES = 16 * 1024 * 1024


@asynccontextmanager
async def client(told: Surroundings) -> AsyncIterator[Fetch]:
    """The kit's client, one a system."""
    upstreams = {
        name: Upstream(address, concurrency=_CONNECTIONS, max_answer_bytes=_MOST_BYTES)
        for name, address in told.stubs.items()
    }
    clock = SystemClock()

    async def fetch(system: str, exchange: Exchange) -> bytes:
        answer = await upstreams[system].send(
            exchange.method,
            exchange.path,
            operation="recorded",
            call=Call(clock=clock, deadline=clock.monotonic() + _SECONDS),
            body=exchange.body,
            headers=exchange.headers,
        )
        return answer.body

    try:
        yield fetch
    finally:
        for upstream in upstreams.values():
            await upstream.close()


if __name__ == "__main__":
    serve(client)
