"""What a contender adds, for one client, to upstreams that take their time.

The stubs answer after 20 ms. What cannot be avoided is measured too: a bare client makes the calls of the page, those
that nothing must be known for at once, then those that ask by what the first named, and reads nothing of the answers.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from statistics import median

import msgspec

from bench.contenders.lineup import ORDERWEAVE, RAW, RAW_AIOHTTP, RAW_NODE
from bench.load import Client, WrongAnswer, connected, get, offered
from bench.processes import on_core
from bench.recording import Exchange, Page, Recording
from bench.starting import Running, Stage, Stubs, say

ORDERS = 20
DELAY_MS = 20
_ROUNDS = 3
_WARM_UP_QUERIES = 3
# Whoever reads, matches and joins what the vendors answer; the others' upstreams are not the same.
_COMPARED = frozenset({ORDERWEAVE, RAW, RAW_AIOHTTP, RAW_NODE})


class Latency(msgspec.Struct, frozen=True, kw_only=True):
    """Milliseconds at the median: of the bare calls, and by contender in all and beyond the bare calls."""

    orders: int
    delay_ms: int
    waves: int
    bare_ms: float
    p50_ms: dict[str, float]
    added_ms: dict[str, float]


def latency(upon: Stage, running: Sequence[Running], *, queries: int) -> Latency:
    """Everybody in turn, round after round, each beside the bare calls of the same round.

    The bare calls are made from the core where the contenders run. The stubs are as quick as before when it ends.
    """
    (page,) = upon.recording.pages[ORDERS]
    waves = waves_of(upon.recording, page)
    ports = {system: stub.port for system, stub in upon.stubs.items()}
    bare: list[float] = []
    whole: dict[str, list[float]] = {}
    added: dict[str, list[float]] = {}
    asyncio.run(_delay(upon.stubs, DELAY_MS))
    try:
        for turn in range(_ROUNDS):
            say(f"{ORDERS} orders, upstreams answering in {DELAY_MS} ms, round {turn + 1} of {_ROUNDS}")
            with on_core(upon.core):
                bare.append(median(asyncio.run(bare_calls(waves, ports, queries=queries))))
            for one in running:
                if one.name not in _COMPARED:
                    continue
                try:
                    found = _median_of(one, page, queries)
                except (WrongAnswer, OSError) as problem:
                    say(f"  {one.name} did not answer: {problem}")
                    continue
                whole.setdefault(one.name, []).append(found)
                added.setdefault(one.name, []).append(found - bare[-1])
    finally:
        asyncio.run(_delay(upon.stubs, 0))
    return Latency(
        orders=ORDERS,
        delay_ms=DELAY_MS,
        waves=len(waves),
        bare_ms=1000 * median(bare),
        p50_ms={name: 1000 * median(values) for name, values in whole.items()},
        added_ms={name: 1000 * median(values) for name, values in added.items()},
    )


def waves_of(recording: Recording, page: Page) -> list[list[tuple[str, Exchange]]]:
    """The calls of a page, by system, as early as each can be made."""
    searched, asked = (
        [
            (call.system, recording.exchanges[call.system][call.exchange])
            for call in page.calls
            if call.searched is first
        ]
        for first in (True, False)
    )
    return [wave for wave in (searched, asked) if wave]


async def bare_calls(
    waves: Sequence[Sequence[tuple[str, Exchange]]], ports: Mapping[str, int], *, queries: int
) -> list[float]:
    """Seconds that each of so many queries takes whose answers nobody reads; a connection for each call, kept."""
    latencies: list[float] = []
    async with AsyncExitStack() as stack:
        ready: list[list[tuple[Client, bytes]]] = []
        for wave in waves:
            ready.append([])
            for system, exchange in wave:
                client = await connected(ports[system])
                stack.callback(client.close)
                ready[-1].append((client, _request(exchange)))
        for _ in range(queries):
            started = time.perf_counter()
            for calls in ready:
                await asyncio.gather(*(client.exchange(request) for client, request in calls))
            latencies.append(time.perf_counter() - started)
    return latencies


def _request(exchange: Exchange) -> bytes:
    headers = {"host": "127.0.0.1", **exchange.headers, "content-length": str(len(exchange.body))}
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"{exchange.method} {exchange.path} HTTP/1.1\r\n{lines}\r\n".encode() + exchange.body


def _median_of(one: Running, page: Page, queries: int) -> float:
    bodies = one.bodies[ORDERS]
    asyncio.run(offered(one.process.port, [page], bodies, clients=1, seconds=0.0, queries=_WARM_UP_QUERIES))
    asked = asyncio.run(offered(one.process.port, [page], bodies, clients=1, seconds=0.0, queries=queries))
    return median(asked.latencies)


async def _delay(stubs: Stubs, milliseconds: int) -> None:
    for stub in stubs.values():
        await get(stub.port, f"/delay/{milliseconds}")
