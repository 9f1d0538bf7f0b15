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
    """A deadline, whose work it is, how old an answer may be, and for whom it is.

    `max_age` is in seconds, 0 asks the source; None leaves it to what the configuration allows. What was fetched under
    one `scope` never answers another: it stands for the rights of the caller, and is one for all as yet.
    """

    lane: Lane = Lane.INTERACTIVE
    max_age: float | None = None
    scope: str = ""
