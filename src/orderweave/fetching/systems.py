"""The configured systems at work: their connectors, their health, and one way to call them.

Every call to a connector goes through `Systems.ask`, which bounds it, turns its error into a `SourceIssue` and
keeps the system's health. Cache, retry, quota and breaker have their place here, round that one call.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any, TypeVar

import msgspec

from orderweave.model.provenance import IssueReason, SourceIssue
from orderweave.model.systems import Business
from orderweave_sdk.capabilities import Gap
from orderweave_sdk.clock import Call, Clock
from orderweave_sdk.connecting import Connecting
from orderweave_sdk.errors import (
    BadPayload,
    FixCredentials,
    GiveUp,
    Retry,
    TimedOut,
    Unreachable,
    UpstreamError,
    Wait,
)
from orderweave_sdk.records import Facet, OrderRecord

T = TypeVar("T")

# A record that could not be read is reported by name; past this many the rest is only counted.
_MOST_GAPS_NAMED = 5
# A connector's own client ends at the deadline and says what it was doing; this much later it is ended from here.
_GRACE = 0.25
# Status words that nobody mapped are counted up to so many different ones a system.
_MOST_UNKNOWN_WORDS = 1000

_REASONS: tuple[tuple[type[UpstreamError], IssueReason], ...] = (
    (TimedOut, IssueReason.TIMED_OUT),
    (Unreachable, IssueReason.UNREACHABLE),
    (Retry, IssueReason.FAILED),
    (Wait, IssueReason.THROTTLED),
    (FixCredentials, IssueReason.UNAUTHORIZED),
    (BadPayload, IssueReason.BAD_PAYLOAD),
    (GiveUp, IssueReason.REFUSED),
)


class Health(msgspec.Struct, kw_only=True):
    """How a system has been answering lately. `healthy`: whether the last call went well; None before the first."""

    healthy: bool | None = None
    last_success_at: datetime | None = None
    last_error_at: datetime | None = None
    last_error: str | None = None
    last_reason: IssueReason | None = None
    calls: int = 0
    failures: int = 0


class Systems:
    """The systems of one configuration. Close it when done.

    `connecting` holds a wired connector for every system of the business.
    """

    def __init__(self, business: Business, connecting: Mapping[str, Connecting], clock: Clock) -> None:
        self.business = business
        self.clock = clock
        self._connecting = connecting
        self.health = {name: Health() for name in business.systems}
        self.unknown_words: dict[str, Counter[str]] = {name: Counter() for name in business.systems}

    def connector(self, name: str) -> Any:
        """The system's connector; what it can do stands in its manifest."""
        return self._connecting[name].connector

    async def ask(
        self,
        name: str,
        facets: frozenset[Facet],
        kind: type[T],
        question: Callable[[Any], Awaitable[Any]],
        call: Call,
    ) -> tuple[T | None, SourceIssue | None]:
        """What the system answers, or the issue in its place. Nothing but cancellation is raised.

        `question` puts itself to the system's connector and must give a `kind`. A fault in a connector's own code
        is an issue too, and so is a connector that never returns: one of them never fails a query over many.
        """
        health = self.health[name]
        health.calls += 1
        try:
            async with asyncio.timeout(max(0.0, call.remaining()) + _GRACE) as bound:
                answer = await question(self.connector(name))
            if not isinstance(answer, kind):
                raise TypeError(f"not a {kind.__name__}")
        except UpstreamError as error:
            reason = next((reason for kind, reason in _REASONS if isinstance(error, kind)), IssueReason.FAILED)
            return None, self._failed(name, reason, str(error), facets)
        except asyncio.CancelledError:
            raise
        except Exception as error:
            if bound.expired():
                return None, self._failed(name, IssueReason.TIMED_OUT, "no answer within the deadline", facets)
            return None, self._failed(
                name, IssueReason.BAD_PAYLOAD, f"the connector failed on an answer ({type(error).__name__})", facets
            )
        health.healthy = True
        health.last_success_at = self.clock.now()
        return answer, None

    def _failed(self, name: str, reason: IssueReason, message: str, facets: frozenset[Facet]) -> SourceIssue:
        health = self.health[name]
        health.failures += 1
        health.healthy = False
        health.last_error_at = self.clock.now()
        health.last_error = message
        health.last_reason = reason
        return SourceIssue(system=name, reason=reason, message=message, facets=tuple(sorted(facets)))

    def gaps(self, name: str, gaps: tuple[Gap, ...], facets: frozenset[Facet]) -> list[SourceIssue]:
        """Unreadable records as issues of their system."""
        named = [
            SourceIssue(
                system=name,
                reason=IssueReason.BAD_PAYLOAD,
                message=f"{gap.reason} (record {gap.external_id})" if gap.external_id else gap.reason,
                facets=tuple(sorted(facets)),
            )
            for gap in gaps[:_MOST_GAPS_NAMED]
        ]
        if len(gaps) > _MOST_GAPS_NAMED:
            more = f"{len(gaps) - _MOST_GAPS_NAMED} more records could not be read"
            named.append(
                SourceIssue(system=name, reason=IssueReason.BAD_PAYLOAD, message=more, facets=tuple(sorted(facets)))
            )
        return named

    def count_unknown(self, name: str, record: OrderRecord) -> None:
        """Count the status words that nobody mapped."""
        counter = self.unknown_words[name]
        for word in record.statuses:
            entry = f"{word.axis.value}: {word.raw}"
            if word.normalized == "UNKNOWN" and (entry in counter or len(counter) < _MOST_UNKNOWN_WORDS):
                counter[entry] += 1

    def call(self, seconds: float) -> Call:
        """Terms for work that must end within so many seconds."""
        return Call.within(seconds, self.clock)

    async def close(self) -> None:
        """Close every connector."""
        for connecting in self._connecting.values():
            await connecting.close()
