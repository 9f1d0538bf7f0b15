"""How much work something is, counted and not timed: the calls of Python functions, the same on every machine."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any


class Work:
    """Counts the calls of Python functions."""

    def __init__(self) -> None:
        self.calls = 0

    def __call__(self, frame: FrameType, event: str, argument: Any) -> None:
        """What Python calls at each call, of which it tells before it and after it."""
        if event == "call":
            self.calls += 1


@contextmanager
def counted() -> Iterator[Work]:
    """The work of what is done within. The garbage collector waits: who listens to it, as hypothesis does, is called
    whenever it comes.
    """
    work = Work()
    collecting = gc.isenabled()
    gc.disable()
    sys.setprofile(work)
    try:
        yield work
    finally:
        sys.setprofile(None)
        if collecting:
            gc.enable()
