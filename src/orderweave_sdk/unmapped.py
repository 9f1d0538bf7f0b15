"""Status words that nobody mapped, told where they are read: the only place that knows each of them.

Records keep raw words of some parts, and a word that is mapped to UNKNOWN on purpose looks like one that is not mapped.
Who listens is known by the context: a connector that reads in threads of its own runs them in a copy of it, as
`asyncio.to_thread` does.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from orderweave_sdk.records import Axis

Word = tuple[Axis, str]

# A word is a word: of a text the beginning tells enough.
_LONGEST_WORD = 100

_met: ContextVar[tuple[set[Word], int] | None] = ContextVar("unmapped words", default=None)


@contextmanager
def meeting_unmapped(most: int) -> Iterator[set[Word]]:
    """The words without a meaning that are read within, by axis and each once, up to so many. Long ones are cut."""
    words: set[Word] = set()
    before = _met.set((words, most))
    try:
        yield words
    finally:
        _met.reset(before)


def tell_unmapped(axis: Axis, raw: str) -> None:
    """A raw word was read that nobody gave a meaning. A `StatusMap` tells it by itself."""
    met = _met.get()
    if met is not None and len(met[0]) < met[1]:
        met[0].add((axis, raw[:_LONGEST_WORD]))
