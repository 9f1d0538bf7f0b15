"""The terms under which one request's work is done."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from orderweave.model.rights import ALL_RIGHTS, Rights
from orderweave_sdk.clock import Call


class Lane(StrEnum):
    """For whom the work is done; the first goes before the others where a system's quota is short."""

    INTERACTIVE = "INTERACTIVE"
    ANALYTICS = "ANALYTICS"
    SYNC = "SYNC"


_PRIORITIES = {lane: priority for priority, lane in enumerate(Lane)}


class Terms(Call, frozen=True, kw_only=True):
    """A deadline, whose work it is, how old an answer may be, and what the caller may see.

    `max_age` is in seconds, 0 asks the source; None leaves it to what the configuration allows. What was fetched under
    one `scope` never answers another. Records are what the systems told the gateway, the same for every caller, so
    one scope serves all of them: `rights` are applied to what is put together, never to what is kept. The lane is what
    the `priority` of the call says to those who know of no lanes.
    """

    lane: Lane = Lane.INTERACTIVE
    max_age: float | None = None
    scope: str = ""
    rights: Rights = ALL_RIGHTS

    def __post_init__(self) -> None:
        msgspec.structs.force_setattr(self, "priority", _PRIORITIES[self.lane])
