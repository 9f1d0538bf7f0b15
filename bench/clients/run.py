"""One measurement of one contender in a process of its own: processor microseconds a call, and connections made.

Takes one line of JSON (see `Task`) on standard input and prints one line of JSON (see `Measured`).
"""

from __future__ import annotations

import asyncio
import gc
import ssl
import sys
import time
from itertools import cycle, islice
from pathlib import Path

import msgspec

from bench.clients.contenders import CONTENDERS
from bench.clients.exchanges import Exchange
from orderweave_sdk.transport import Request, Transport

_MOST_BYTES = 32 * 1024 * 1024
_SECONDS = 30.0


class Task(msgspec.Struct, frozen=True):
    """What to measure. `base` is the server's address with the path's prefix; `calls` is how many are counted."""

    contender: str
    base: str
    counting: str
    recorded: str
    authority: str
    in_flight: int
    calls: int
    uvloop: bool


class Measured(msgspec.Struct, frozen=True):
    """Microseconds a call: of processor time, threads included, and on the clock; and the connections opened."""

    processor: float
    clock: float
    connections: int


async def measure(task: Task, exchanges: list[Exchange]) -> Measured:
    """Warm up with a tenth of the calls, then count."""
    tls = ssl.create_default_context(cafile=task.authority)
    transport = CONTENDERS[task.contender](task.in_flight, tls, Path(task.authority))
    pairs = [
        (
            Request(
                method=exchange.method,
                url=task.base + exchange.path,
                headers={**exchange.headers},
                body=exchange.sent,
            ),
            exchange.answered,
        )
        for exchange in exchanges
    ]
    try:
        counter = Request(method="GET", url=task.counting, headers={}, body=None)
        await transport.send(counter, seconds=_SECONDS, max_bytes=_MOST_BYTES)
        await _calls(transport, pairs, task.calls // 10, task.in_flight)
        gc.collect()
        clock, processor = time.perf_counter(), time.process_time()
        await _calls(transport, pairs, task.calls, task.in_flight)
        processor, clock = time.process_time() - processor, time.perf_counter() - clock
        counted = await transport.send(counter, seconds=_SECONDS, max_bytes=_MOST_BYTES)
    finally:
        await transport.close()
    each = 1_000_000 / task.calls
    return Measured(processor=processor * each, clock=clock * each, connections=int(counted.body))


async def _calls(transport: Transport, pairs: list[tuple[Request, bytes]], count: int, in_flight: int) -> None:
    """So many calls in turn over the exchanges, by so many callers, each answer compared by its length."""
    turns = islice(cycle(pairs), count)

    async def caller() -> None:
        for request, expected in turns:
            answer = await transport.send(request, seconds=_SECONDS, max_bytes=_MOST_BYTES)
            if answer.status != 200 or len(answer.body) != len(expected):
                raise RuntimeError("a contender gave another answer than was recorded")

    await asyncio.gather(*(caller() for _ in range(in_flight)))


if __name__ == "__main__":
    task = msgspec.json.decode(sys.stdin.read(), type=Task)
    if task.uvloop:
        import uvloop

        uvloop.install()
    recorded = msgspec.msgpack.decode(Path(task.recorded).read_bytes(), type=list[Exchange])
    print(msgspec.json.encode(asyncio.run(measure(task, recorded))).decode())
