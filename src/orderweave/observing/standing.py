"""How each system stands, by its last calls: since when it answers or fails, and one log line for each turn.

An outage is logged when it begins and when it ends. A system that fails and answers by turns is held to one such
pair a minute: what is left out is counted, and the next line says how many it was.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import datetime

import msgspec

from orderweave.observing.port import NOT_ASKED
from orderweave_sdk.clock import Clock

logger = logging.getLogger("orderweave.systems")

# Seconds after the end of an outage in which further ones are counted, not logged.
_QUIET_SECONDS = 60.0
# The system answered, that it will not do what was asked; or nobody waited for its answer, or nobody asked it.
_SAYS_NOTHING = frozenset({"REFUSED", "CANCELED", NOT_ASKED})


class Standing(msgspec.Struct, kw_only=True):
    """`up`: whether its last call went well, None before the first; `since` when it has been so, and `reason` why."""

    up: bool | None = None
    since: datetime | None = None
    reason: str | None = None
    failed_at: float = 0.0
    logged: bool = False
    quiet_until: float = float("-inf")
    unlogged: int = 0


class Standings:
    """The standing of each system of a configuration; told of every call."""

    def __init__(self, systems: Iterable[str], clock: Clock) -> None:
        self._clock = clock
        self._standings = {name: Standing() for name in systems}

    def of(self, system: str) -> Standing:
        """How a system stands."""
        return self._standings.setdefault(system, Standing())

    def called(self, system: str, reason: str | None) -> None:
        """A call went well (None), or failed for a reason."""
        standing = self.of(system)
        if reason is None:
            if standing.up is not True:
                self._came_up(system, standing)
        elif reason not in _SAYS_NOTHING:
            if standing.up is not False:
                standing.up, standing.since, standing.failed_at = False, self._clock.now(), self._clock.monotonic()
            standing.reason = reason
            if not standing.logged and self._clock.monotonic() >= standing.quiet_until:
                self._log(logging.WARNING, "outage_began", system, standing, reason=reason)
                standing.logged = True

    def _came_up(self, system: str, standing: Standing) -> None:
        if standing.logged:
            seconds = round(self._clock.monotonic() - standing.failed_at, 3)
            self._log(logging.INFO, "outage_ended", system, standing, reason=standing.reason, seconds=seconds)
            standing.quiet_until = self._clock.monotonic() + _QUIET_SECONDS
        elif standing.up is False:
            standing.unlogged += 1
        standing.up, standing.since, standing.reason, standing.logged = True, self._clock.now(), None, False

    @staticmethod
    def _log(level: int, event: str, system: str, standing: Standing, **fields: object) -> None:
        more = {"unlogged_outages": standing.unlogged} if standing.unlogged else {}
        logger.log(level, event, extra={"fields": {"system": system, **fields, **more}})
        standing.unlogged = 0
