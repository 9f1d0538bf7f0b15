"""The hand-written handler over aiohttp's client: the bar that Orderweave is held against."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp

from bench.contenders.handwritten import Fetch
from bench.contenders.serving import serve
from bench.contenders.surroundings import Surroundings
from bench.recording import Exchange


@asynccontextmanager
async def client(told: Surroundings) -> AsyncIterator[Fetch]:
    """One session for all systems."""
    async with aiohttp.ClientSession() as session:

        async def fetch(system: str, exchange: Exchange) -> bytes:
            async with session.request(
                exchange.method, f"{told.stubs[system]}{exchange.path}", data=exchange.body, headers=exchange.headers
            ) as response:
                response.raise_for_status()
                return await response.read()

        yield fetch


if __name__ == "__main__":
    serve(client)
