"""Which of the processes that share an index are alive: each holds a seat, a numbered lock that falls with it.

Work that is under way is noted under the seat of whoever does it. A seat that can be taken is nobody's: its work waits
for others, or for the next process to sit there. All of it blocks: call it in a thread.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import URL

from orderweave.durable.locks import Lock, lock_of, taken

# Processes that work over one index.
_MOST_PROCESSES = 128


class TooManyProcesses(Exception):
    """Every seat is taken."""


class Seats:
    """The seats over one index, numbered from 1, and the one that is ours."""

    def __init__(self, url: URL, name: str) -> None:
        self._url = url
        self._name = name
        self._ours: tuple[int, Lock] | None = None

    def sit(self) -> int:
        """Take the first free seat; its number. Raises TooManyProcesses."""
        for number in range(1, _MOST_PROCESSES + 1):
            lock = self._lock(number)
            if lock.take():
                self._ours = number, lock
                return number
        raise TooManyProcesses

    def held(self) -> bool:
        """Whether our seat is still ours."""
        return self._ours is not None and self._ours[1].held()

    def taken(self) -> int:
        """How many seats are taken, by us and all others."""
        return taken(self._url, [self._named(number) for number in range(1, _MOST_PROCESSES + 1)])

    def rise(self) -> None:
        """Leave our seat."""
        if self._ours is not None:
            self._ours[1].release()
            self._ours = None

    @contextmanager
    def vacant(self, number: int) -> Iterator[bool]:
        """Whether nobody sits there; if so nobody will while inside."""
        lock = self._lock(number)
        if not lock.take():
            yield False
            return
        try:
            yield True
        finally:
            lock.release()

    def _lock(self, number: int) -> Lock:
        return lock_of(self._url, self._named(number))

    def _named(self, number: int) -> str:
        return f"{self._name}-{number}"
