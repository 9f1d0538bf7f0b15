"""The terms under which one request's work is done."""

from __future__ import annotations

from enum import StrEnum

from orderweave_sdk.clock import Call


class Lane(StrEnum):
    """For whom the work is done; the first goes before the others where a system's quota is short."""

    INTERACTIVE = "INTERACTIVE"
    ANALYTICS = "ANALYTICS"
    SYNC = "SYNC"


class Terms(Call, frozen=True, kw_only=True):
    """A deadline, whose work it is, and how old an answer may be.

    `max_age` is in seconds, 0 asks the source; None leaves it to what the configuration allows.
    """

    lane: Lane = Lane.INTERACTIVE
    max_age: float | None = None
