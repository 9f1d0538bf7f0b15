"""Keeping many things of which one may be bad: that one is told apart, and the rest goes on.

What is read of systems is typed, and yet may hold what a column does not (an amount of thirty digits),
or meet a fault of ours. All is written at once where that goes well, and in halves, down to one, where it does not.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import (
    InterfaceError,
    InternalError,
    OperationalError,
    ProgrammingError,
    StatementError,
)
from sqlalchemy.exc import TimeoutError as NoConnection

T = TypeVar("T")
R = TypeVar("R")
# Faults of the database or of a statement, whatever the values are: nothing would be told apart by trying again.
_NOT_OF_VALUES = (OperationalError, InterfaceError, InternalError, ProgrammingError, NoConnection, MemoryError)


def apart(
    connection: Connection, things: Sequence[T], work: Callable[[Sequence[T]], R]
) -> tuple[list[R], list[tuple[T, str]]]:
    """What `work` gives for all of the things, in one piece or more; and those for which it failed, with the class of
    the error, which has nothing of the values. What it wrote for these is undone. Part of a writing transaction; a
    fault of the database itself is raised.
    """
    if not things:
        return [], []
    try:
        with connection.begin_nested():
            return [work(things)], []
    except _NOT_OF_VALUES:
        raise
    except Exception as error:
        if len(things) == 1:
            return [], [(things[0], _class_of(error))]
    half = len(things) // 2
    first, one = apart(connection, things[:half], work)
    second, other = apart(connection, things[half:], work)
    return first + second, one + other


def plain(text: str) -> str:
    """A text that every database can keep: what has no place in one is shown as such."""
    return text.encode(errors="replace").decode().replace("\0", "\ufffd")


def _class_of(error: Exception) -> str:
    cause = error.orig if isinstance(error, StatementError) and error.orig is not None else error
    return type(cause).__name__
