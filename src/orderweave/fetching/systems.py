"""The configured systems at work: one method a capability, from what is asked to what was found and is missing.

What is found carries when and by which way it was fetched, so that a cache has its place in these methods. Beneath
them every call to a connector goes through `Systems.ask`, which bounds it, turns its error into a `SourceIssue` and
keeps the system's health. How often and when the connector is really called, the room `calling` decides.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Generic, TypeVar

import msgspec

from orderweave.calling import Caller, CallingParts, NotAsked
from orderweave.calling.caller import reason_of
from orderweave.model.calls import CallRules, CallStatus
from orderweave.model.inventory import FetchedStock
from orderweave.model.provenance import Fetched, IssueReason, SourceIssue
from orderweave.model.systems import Business
from orderweave.model.terms import Lane, Terms
from orderweave_sdk.capabilities import Condition, Gap, Locations, Orders, Page, Products, Search, Stock
from orderweave_sdk.clock import Clock
from orderweave_sdk.connecting import Connecting
from orderweave_sdk.errors import UpstreamError
from orderweave_sdk.records import Facet, Key, LocationRecord, OrderRecord, ProductRecord

T = TypeVar("T")
_NO_FACETS: frozenset[Facet] = frozenset()

# A record that could not be read is reported by name; past this many the rest is only counted.
_MOST_GAPS_NAMED = 5
# Status words that nobody mapped are counted up to so many different ones a system.
_MOST_UNKNOWN_WORDS = 1000


class Health(msgspec.Struct, kw_only=True):
    """How a system has been answering lately. `healthy`: whether the last call went well; None before the first."""

    healthy: bool | None = None
    last_success_at: datetime | None = None
    last_error_at: datetime | None = None
    last_error: str | None = None
    last_reason: IssueReason | None = None
    calls: int = 0
    failures: int = 0


class Found(msgspec.Struct, Generic[T], frozen=True, kw_only=True):
    """What one system gave. `failed` stands in place of an answer, `gaps` beside one that could not be read whole."""

    found: tuple[T, ...] = ()
    failed: SourceIssue | None = None
    gaps: tuple[SourceIssue, ...] = ()


class FoundHit(msgspec.Struct, frozen=True):
    """A hit of a search, and the cursor that continues right after it."""

    fetched: Fetched
    cursor: str


class FoundPage(Found[FoundHit], frozen=True, kw_only=True):
    """One page of a search. `remaining` are the conditions that the system could not apply."""

    more: bool = False
    remaining: tuple[Condition, ...] = ()


class Systems:
    """The systems of one configuration. Close it when done.

    `connecting` holds a wired connector for every system of the business, `callers` what each is called by; a system
    without one is called by the default rules.
    """

    def __init__(
        self,
        business: Business,
        connecting: Mapping[str, Connecting],
        clock: Clock,
        callers: Mapping[str, Caller] | None = None,
    ) -> None:
        self.business = business
        self.clock = clock
        self._connecting = connecting
        self._callers = {
            name: (callers or {}).get(name)
            or Caller(CallRules(), CallingParts(clock=clock), concurrency=spec.manifest.concurrency)
            for name, spec in business.systems.items()
        }
        self.health = {name: Health() for name in business.systems}
        self.unknown_words: dict[str, Counter[str]] = {name: Counter() for name in business.systems}

    def connector(self, name: str) -> Any:
        """The system's connector; what it can do stands in its manifest."""
        return self._connecting[name].connector

    async def find_orders(
        self, name: str, keys: Sequence[Key], facets: frozenset[Facet], call: Terms
    ) -> Found[Fetched]:
        """The orders of one system under these keys: one batch, as its manifest allows."""
        answer, failed = await self.ask(
            name,
            facets,
            Orders,
            lambda connector: connector.find_orders(keys, facets, call),
            call,
            operation="find_orders",
        )
        if answer is None:
            return Found(failed=failed)
        now = self.clock.now()
        return Found(
            found=tuple(Fetched(system=name, record=record, fetched_at=now) for record in answer.records),
            gaps=told(name, answer.gaps, facets),
        )

    async def search_orders(self, name: str, search: Search, call: Terms) -> FoundPage:
        """One page of a search of one system."""
        answer, failed = await self.ask(
            name,
            search.facets,
            Page,
            lambda connector: connector.search_orders(search, call),
            call,
            operation="search_orders",
        )
        if answer is None:
            return FoundPage(failed=failed)
        now = self.clock.now()
        return FoundPage(
            found=tuple(
                FoundHit(Fetched(system=name, record=hit.record, fetched_at=now), hit.cursor) for hit in answer.hits
            ),
            more=answer.more,
            remaining=answer.remaining,
            gaps=told(name, answer.gaps, search.facets),
        )

    async def read_stock(self, name: str, skus: Sequence[str], call: Terms) -> Found[FetchedStock]:
        """Levels of some SKUs at all places of one system: one batch, as its manifest allows."""
        answer, failed = await self.ask(
            name,
            _NO_FACETS,
            Stock,
            lambda connector: connector.read_stock(skus, None, call),
            call,
            operation="read_stock",
        )
        if answer is None:
            return Found(failed=failed)
        now = self.clock.now()
        return Found(
            found=tuple(FetchedStock(system=name, record=record, fetched_at=now) for record in answer.records),
            gaps=told(name, answer.gaps, _NO_FACETS),
        )

    async def find_products(self, name: str, skus: Sequence[str], call: Terms) -> Found[ProductRecord]:
        """Products of one system with these SKUs: one batch, as its manifest allows."""
        answer, failed = await self.ask(
            name,
            _NO_FACETS,
            Products,
            lambda connector: connector.find_products(skus, call),
            call,
            operation="find_products",
        )
        if answer is None:
            return Found(failed=failed)
        return Found(found=answer.records, gaps=told(name, answer.gaps, _NO_FACETS))

    async def list_locations(self, name: str, call: Terms) -> Found[LocationRecord]:
        """All the places that one system knows."""
        answer, failed = await self.ask(
            name,
            _NO_FACETS,
            Locations,
            lambda connector: connector.list_locations(call),
            call,
            operation="list_locations",
        )
        if answer is None:
            return Found(failed=failed)
        return Found(found=answer.records, gaps=told(name, answer.gaps, _NO_FACETS))

    async def ask(
        self,
        name: str,
        facets: frozenset[Facet],
        kind: type[T],
        question: Callable[[Any], Awaitable[Any]],
        call: Terms,
        *,
        operation: str,
    ) -> tuple[T | None, SourceIssue | None]:
        """What the system answers, or the issue in its place. Nothing but cancellation is raised.

        `question` puts itself to the system's connector, as often as it is let, and must give a `kind`; `operation`
        is the capability that it uses. A fault in a connector's own code is an issue too, and so is a connector that
        never returns: one of them never fails a query over many. A system that is not asked, because it has been
        failing, is an issue with the reason of its failure; its health stays as it was.
        """
        health = self.health[name]

        async def put() -> T:
            answer = await question(self.connector(name))
            if not isinstance(answer, kind):
                raise TypeError(f"not a {kind.__name__}")
            return answer

        health.calls += 1
        try:
            answer = await self._callers[name].ask(operation, put, call)
        except NotAsked as refusal:
            # The system knows nothing of this question.
            health.calls -= 1
            return None, _issue(name, reason_of(refusal.last), str(refusal), facets)
        except UpstreamError as error:
            return None, self._failed(name, reason_of(error), str(error), facets)
        except Exception as error:
            return None, self._failed(
                name, IssueReason.BAD_PAYLOAD, f"the connector failed on an answer ({type(error).__name__})", facets
            )
        health.healthy = True
        health.last_success_at = self.clock.now()
        return answer, None

    def calls(self, name: str) -> CallStatus:
        """How the calls to one system are doing: in flight, waiting, retried, its breakers and its quota."""
        return self._callers[name].status()

    def _failed(self, name: str, reason: IssueReason, message: str, facets: frozenset[Facet]) -> SourceIssue:
        health = self.health[name]
        health.failures += 1
        health.healthy = False
        health.last_error_at = self.clock.now()
        health.last_error = message
        health.last_reason = reason
        return _issue(name, reason, message, facets)

    def count_unknown(self, name: str, record: OrderRecord) -> None:
        """Count the status words that nobody mapped."""
        counter = self.unknown_words[name]
        for word in record.statuses:
            entry = f"{word.axis.value}: {word.raw}"
            if word.normalized == "UNKNOWN" and (entry in counter or len(counter) < _MOST_UNKNOWN_WORDS):
                counter[entry] += 1

    def call(self, seconds: float, lane: Lane = Lane.INTERACTIVE) -> Terms:
        """Terms for work that must end within so many seconds."""
        return Terms(clock=self.clock, deadline=self.clock.monotonic() + seconds, lane=lane)

    async def close(self) -> None:
        """Close every connector."""
        for connecting in self._connecting.values():
            await connecting.close()


def _issue(name: str, reason: IssueReason, message: str, facets: frozenset[Facet]) -> SourceIssue:
    return SourceIssue(system=name, reason=reason, message=message, facets=tuple(sorted(facets)))


def told(name: str, gaps: tuple[Gap, ...], facets: frozenset[Facet]) -> tuple[SourceIssue, ...]:
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
    return tuple(named)
