"""One flight a key: who asks for what is on its way already waits for it, and nobody's leaving costs the others.

A flight is a task of its own. It goes on as long as anybody waits for it, whoever began it, and is ended when the
last one leaves. Background work holds a flight by a wait of its own.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Iterable
from typing import Generic, TypeVar

T = TypeVar("T")


class Flight(Generic[T]):
    """What is being fetched: for which names, which parts of them, until when at most, and how old it may be when it
    lands (None: as old as the configuration allows).
    """

    def __init__(
        self, names: frozenset[Hashable], parts: frozenset[str], deadline: float, max_age: float | None
    ) -> None:
        self.names = names
        self.parts = parts
        self.deadline = deadline
        self.max_age = max_age
        self.task: asyncio.Task[T] | None = None
        self.waiting = 0

    def serves(self, parts: frozenset[str], max_age: float | None) -> bool:
        """Whether it brings all these parts, young enough."""
        young = max_age is None or (self.max_age is not None and self.max_age <= max_age)
        return young and parts <= self.parts


class Flights(Generic[T]):
    """All flights of one process."""

    def __init__(self) -> None:
        self._of_name: dict[Hashable, list[Flight[T]]] = {}
        self._ended: set[asyncio.Task[T]] = set()

    def __len__(self) -> int:
        return len({id(flight) for flights in self._of_name.values() for flight in flights})

    def towards(self, name: Hashable, parts: frozenset[str], max_age: float | None = None) -> Flight[T] | None:
        """A flight that brings all these parts under a name, young enough."""
        return next((flight for flight in self._of_name.get(name, ()) if flight.serves(parts, max_age)), None)

    def begin(
        self,
        names: Iterable[Hashable],
        parts: frozenset[str],
        *,
        deadline: float,
        max_age: float | None = None,
        work: Callable[[], Awaitable[T]],
    ) -> Flight[T]:
        """A flight under way; it must be waited for by whoever begins it."""
        flight: Flight[T] = Flight(frozenset(names), parts, deadline, max_age)
        flight.task = asyncio.get_running_loop().create_task(_run(work))
        flight.task.add_done_callback(lambda _: self._land(flight))
        for name in flight.names:
            self._of_name.setdefault(name, []).append(flight)
        return flight

    async def wait(self, flight: Flight[T]) -> T:
        """What it brings. Whoever is canceled leaves; the last one ends the flight."""
        assert flight.task is not None
        flight.waiting += 1
        try:
            return await asyncio.shield(flight.task)
        finally:
            flight.waiting -= 1
            if flight.waiting == 0 and not flight.task.done():
                self._land(flight)
                self._ended.add(flight.task)
                flight.task.add_done_callback(self._ended.discard)
                flight.task.cancel()

    async def close(self) -> None:
        """End all flights."""
        tasks = {flight.task for flights in self._of_name.values() for flight in flights if flight.task}
        for task in (*tasks, *self._ended):
            task.cancel()
        await asyncio.gather(*tasks, *self._ended, return_exceptions=True)

    def _land(self, flight: Flight[T]) -> None:
        for name in flight.names:
            left = [other for other in self._of_name.get(name, ()) if other is not flight]
            if left:
                self._of_name[name] = left
            else:
                self._of_name.pop(name, None)


async def _run(work: Callable[[], Awaitable[T]]) -> T:
    return await work()
