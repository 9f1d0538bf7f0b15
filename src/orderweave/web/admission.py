"""Who is let in: so many requests at work at once, a few waiting for their turn, and the rest sent away at once.

Turning a request away costs next to nothing; letting in more than can be answered costs everybody's answer. See
docs/decisions/load-at-the-door.md.
"""

from __future__ import annotations

import asyncio

# Of the time that a request has left, what it may wait for its turn: the rest must do for its answer.
_SHARE = 0.5


class Overloaded(Exception):
    """More is asked than can be answered: the request was not looked at, and may be sent again a little later."""


class Admission:
    """Places for requests that are worked on, and for some that wait. One for each process.

    `in_flight`, `waiting` and `turned_away` say how it stands. `draining` is set once the process is about to stop:
    whoever asks whether it is ready is told no, and everything that comes all the same is still answered.
    """

    def __init__(self, *, most_in_flight: int, most_waiting: int) -> None:
        self._places = asyncio.Semaphore(most_in_flight)
        self._most_waiting = most_waiting
        self.in_flight = 0
        self.waiting = 0
        self.turned_away = 0
        self.draining = False

    def look_in(self) -> None:
        """Raise Overloaded where there is neither a place nor one to wait at, before anything is read or kept."""
        if self.waiting >= self._most_waiting and self._places.locked():
            raise self.turn_away()

    async def enter(self, seconds: float) -> None:
        """Take a place, or wait for one in turn; `leave` gives it back. Raises Overloaded where there is none.

        `seconds` is what is left of the request's time.
        """
        if self._places.locked():
            await self._wait(seconds)
        else:
            await self._places.acquire()
        self.in_flight += 1

    def leave(self) -> None:
        """Give the place to the next."""
        self.in_flight -= 1
        self._places.release()

    def turn_away(self) -> Overloaded:
        """Count one who is sent away; gives what to raise."""
        self.turned_away += 1
        return Overloaded()

    async def _wait(self, seconds: float) -> None:
        self.look_in()
        self.waiting += 1
        try:
            async with asyncio.timeout(seconds * _SHARE):
                await self._places.acquire()
        except TimeoutError:
            raise self.turn_away() from None
        finally:
            self.waiting -= 1
