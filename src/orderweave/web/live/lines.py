"""The open connections of one process that subscriptions come over: counted, bounded, and ended together."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Callable
from types import TracebackType
from typing import Self

from orderweave.web.admission import Overloaded

# Of the drain's time the part over which connections are ended, each at a moment of its own: whoever is ended comes
# back at once, and not all are to come to the other processes in the same second.
_SHARE_OF_DRAIN = 0.8

End = Callable[[], None]


class TooMany(Overloaded):
    """As many connections are open as may be, of all or of this caller."""


class Lines:
    """At most so many connections, and of these so many of one caller. `open` counts them by protocol."""

    def __init__(self, most: int, most_each: int, *, chance: Callable[[], float] = random.random) -> None:
        self._most = most
        self._most_each = most_each
        self._chance = chance
        self._lines: dict[int, Line] = {}
        self._shares: Counter[str] = Counter()
        self._count = 0
        self.open: Counter[str] = Counter()
        self.draining = False

    def take(self, protocol: str, share: str, end: End) -> Line:
        """One more connection of this share, which `end` ends at any time; raises TooMany, also in the drain."""
        if self.draining or len(self._lines) >= self._most:
            raise TooMany
        self._enter(share)
        self._count += 1
        line = self._lines[self._count] = Line(self, self._count, protocol, share, end)
        self.open[protocol] += 1
        return line

    def pass_on(self, line: Line, share: str) -> None:
        """Count a connection to another share; raises TooMany, and then it stays where it is."""
        if share != line.share:
            self._enter(share)
            self._leave(line.share)
            line.share = share

    def give_back(self, line: Line) -> None:
        """Count it no more; twice is once."""
        if self._lines.pop(line.number, None) is not None:
            self._leave(line.share)
            self.open[line.protocol] -= 1

    def drain(self, seconds: float) -> None:
        """End all of them within so many seconds, and open no more."""
        self.draining = True
        loop = asyncio.get_running_loop()
        for number in self._lines:
            loop.call_later(seconds * _SHARE_OF_DRAIN * self._chance(), self._end, number)

    def _end(self, number: int) -> None:
        line = self._lines.get(number)
        if line is not None:
            line.end()

    def _enter(self, share: str) -> None:
        if self._shares[share] >= self._most_each:
            raise TooMany
        self._shares[share] += 1

    def _leave(self, share: str) -> None:
        self._shares[share] -= 1
        # Nothing is kept of callers who have left.
        if not self._shares[share]:
            del self._shares[share]


class Line:
    """One connection that is counted, until `leave` or the end of a `with` block."""

    def __init__(self, lines: Lines, number: int, protocol: str, share: str, end: End) -> None:
        self._lines = lines
        self.number = number
        self.protocol = protocol
        self.share = share
        self.end = end

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.leave()

    def pass_to(self, share: str) -> None:
        """It is known now whose it is; raises TooMany where that share is used up."""
        self._lines.pass_on(self, share)

    def leave(self) -> None:
        """It is over."""
        self._lines.give_back(self)
