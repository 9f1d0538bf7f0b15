"""Work of three steps, a process that does it, and the time between two of its looks."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy import URL

from orderweave.durable import Durable, Offer
from orderweave.exporting.exports import QUEUE

MODULE = "orderweave.exporting.workflows"


class Steps:
    """Work of three steps; the process is ended when it comes to the step `ends_at`."""

    def __init__(self, done: list[str], ends_at: int | None = None) -> None:
        self.done = done
        self.ends_at = ends_at
        self.reached = asyncio.Event()

    async def advance(self, name: str) -> bool:
        """A step."""
        if len(self.done) == self.ends_at:
            self.reached.set()
            await asyncio.Event().wait()
        self.done.append(name)
        if len(self.done) == 3:
            self.reached.set()
        return len(self.done) < 3


class Looks:
    """Lets the time between two looks pass when it is told to."""

    def __init__(self) -> None:
        self._looks = asyncio.Event()

    async def pause(self, seconds: float) -> None:
        """Wait for the next look."""
        await self._looks.wait()
        self._looks.clear()

    def look(self) -> None:
        """Look once."""
        self._looks.set()


@asynccontextmanager
async def working(url: URL, steps: Steps, looks: Looks | None = None) -> AsyncIterator[Durable]:
    """A process that does such work."""
    durable = Durable(url, pause=(looks or Looks()).pause)
    durable.offer(Offer(queue=QUEUE, module=MODULE, doer=steps, at_once=1))
    async with durable.running():
        yield durable


async def asked(durable: Durable) -> None:
    """Ask for an export."""
    from orderweave.exporting.workflows import ask  # noqa: PLC0415 - it imports DBOS, which takes a second

    async with durable.running() as engine:
        await asyncio.to_thread(ask, engine, ["one"], [])
