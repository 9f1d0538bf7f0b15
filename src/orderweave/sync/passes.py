"""What is done to a system step by step: its history read to the end, or a sweep over all of its orders.

Every step may be done twice, and one that was done need not be done again: these loops run as they stand, or as
workflows of a library that notes each step and goes on after the last one when the process was ended (`workflows.py`).
"""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from orderweave.sync.histories import Outcome
from orderweave.sync.sweeping import DIGEST, Step, Swept

# Where passes wait for a process that has room.
PASSES = "passes"


class PassFailed(Exception):
    """A pass ended by a fault of ours or of the database; the next one goes on from where the index stands."""


class Steps(Protocol):
    """The steps."""

    async def read_on(self, name: str) -> Outcome:
        """See `Histories.read_on`."""
        ...

    async def list_on(self, name: str, after: str | None) -> Step | None:
        """See `Sweeping.list_on`."""
        ...

    async def look_up(self, name: str, seen: bytes, after: str) -> Step | None:
        """See `Sweeping.look_up`."""
        ...

    async def read_again(self, name: str, done: int) -> Step | None:
        """See `Sweeping.read_again`."""
        ...

    async def end(self, name: str, began: datetime, swept: Swept) -> None:
        """See `Sweeping.end`."""
        ...


class Passes(Protocol):
    """The loops over these steps, run by whoever runs them."""

    async def history(self, name: str) -> Outcome:
        """Read a system's orders to the end."""
        ...

    async def sweep(self, name: str, began: datetime) -> Swept | None:
        """Hold all of a system's orders against the index; None where it failed on the way."""
        ...


class Plain:
    """The loops as they stand, for commands that begin anew when they are ended, and for tests."""

    def __init__(self, steps: Steps) -> None:
        self._steps = steps

    async def history(self, name: str) -> Outcome:
        """Read a system's orders to the end."""
        return await history(self._steps, name)

    async def sweep(self, name: str, began: datetime) -> Swept | None:
        """Hold all of a system's orders against the index."""
        return await sweep(self._steps, name, began)


async def history(steps: Steps, name: str) -> Outcome:
    """Read a system's orders from where it stands to the end, or to a failure."""
    while (outcome := await steps.read_on(name)) is Outcome.MORE:
        pass
    return outcome


async def sweep(steps: Steps, name: str, began: datetime) -> Swept | None:
    """List all of a system's orders and mend what differs, look up what the list had not, then read a part of them
    whole again; None at a failure.
    """
    seen, wrong, calls = bytearray(), 0, 0
    after: str | None = None
    while True:
        listed = await steps.list_on(name, after)
        if listed is None:
            return None
        seen += listed.seen
        wrong, calls, after = wrong + listed.wrong, calls + listed.calls, listed.after
        if after is None:
            break
    after = ""
    while after is not None:
        found = await steps.look_up(name, bytes(seen), after)
        if found is None:
            return None
        wrong, calls, after = wrong + found.wrong, calls + found.calls, found.after
    done: int | None = 0
    while done is not None:
        again = await steps.read_again(name, done)
        if again is None:
            return None
        wrong, calls = wrong + again.wrong, calls + again.calls
        done = int(again.after) if again.after is not None else None
    swept = Swept(wrong=wrong, looked_at=len(seen) // DIGEST, calls=calls)
    await steps.end(name, began, swept)
    return swept
