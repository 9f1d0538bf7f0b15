"""The open connections of one process that subscriptions come over: counted, bounded, and ended together."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from orderweave.web.admission import Overloaded

# Of the drain's time the part over which connections are ended, each at a moment of its own: whoever is ended comes
# back at once, and not all are to come to the other processes in the same second.
_SHARE_OF_DRAIN = 0.8

End = Callable[[], None]


class TooMany(Overloaded):
    """As many connections are open as may be."""


class Lines:
    """At most so many connections. `open` counts them by protocol."""

    def __init__(self, most: int, *, chance: Callable[[], float] = random.random) -> None:
        self._most = most
        self._chance = chance
        self._ends: dict[int, End] = {}
        self._count = 0
        self.open: Counter[str] = Counter()
        self.draining = False

    @contextmanager
    def held(self, protocol: str, end: End) -> Iterator[None]:
        """Around one connection; raises TooMany, also while the process drains. `end` ends it, at any time."""
        if self.draining or len(self._ends) >= self._most:
            raise TooMany
        self._count += 1
        number = self._count
        self._ends[number] = end
        self.open[protocol] += 1
        try:
            yield
        finally:
            del self._ends[number]
            self.open[protocol] -= 1

    def drain(self, seconds: float) -> None:
        """End all of them within so many seconds, and open no more."""
        self.draining = True
        loop = asyncio.get_running_loop()
        for number in self._ends:
            loop.call_later(seconds * _SHARE_OF_DRAIN * self._chance(), self._end, number)

    def _end(self, number: int) -> None:
        end = self._ends.get(number)
        if end is not None:
            end()
