"""What is told of a sync while it runs, to whoever shows it."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol


class Telling(Protocol):
    """Who is told. Every method returns at once."""

    def read(self, system: str, records: int, upto: datetime | None) -> None:
        """A page of a system's orders was read, which has come so far in time, where its records say."""
        ...

    def done(self, system: str) -> None:
        """All of a system's orders are read, up to now."""
        ...

    def woven(self, records: int, left: int) -> None:
        """So many records were put together to orders, and about so many are left."""
        ...

    def failed(self, system: str, part: str, message: str) -> None:
        """A system did not answer, and is asked again later."""
        ...


class Untold:
    """Nobody is told."""

    def read(self, system: str, records: int, upto: datetime | None) -> None:
        """Nothing."""

    def done(self, system: str) -> None:
        """Nothing."""

    def woven(self, records: int, left: int) -> None:
        """Nothing."""

    def failed(self, system: str, part: str, message: str) -> None:
        """Nothing."""


UNTOLD: Telling = Untold()
