"""Ids in each system's own form, handed out in order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

# The n-th id of a kind in one system's form, such as a simulator's `external_id`; n starts at 1.
Ids = Callable[[str, int], str]


class Numbering:
    """Hands out one system's ids, each once."""

    def __init__(self, ids: Ids) -> None:
        self._ids = ids
        self._given: Counter[str] = Counter()

    def next(self, kind: str) -> str:
        """The next id of a kind."""
        self._given[kind] += 1
        return self._ids(kind, self._given[kind])

    def of(self, kind: str, n: int) -> str:
        """The id of something that has its number already, such as a customer who comes back."""
        return self._ids(kind, n)
