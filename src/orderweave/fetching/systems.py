"""The configured systems at work: one method a capability, from what is asked to what was found and is missing.

Each method hands its question to the cache, with the call that is made for what the cache does not answer; what is
found carries when and by which way it was fetched. Beneath them every call to a connector goes through `Systems.ask`,
which turns its error into a `SourceIssue` and keeps the system's health. How often and when the connector is really
called, the room `calling` decides.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

import msgspec

from orderweave.caching import Cache, Live, Taken, Uncached
from orderweave.caching.kinds import LOCATIONS, ORDERS, PAGES, PRODUCTS, RECEIPTS, STOCK, TRACKING, Kind
from orderweave.caching.pages import StoredPage, key_of_search, stored, value_of
from orderweave.caching.taken import Dated
from orderweave.calling import Caller, CallingParts, NotAsked
from orderweave.calling.caller import reason_of
from orderweave.fetching.counted import CAPABILITIES
from orderweave.fetching.found import Found, FoundHit, FoundPage
from orderweave.fetching.parcels import parcel_record
from orderweave.model.calls import CallRules, CallStatus
from orderweave.model.inventory import FetchedReceipt, FetchedStock
from orderweave.model.provenance import Fetched, IssueReason, SourceIssue
from orderweave.model.rights import ALL_RIGHTS, Rights
from orderweave.model.systems import Business
from orderweave.model.terms import Lane, Terms
from orderweave.observing import UNOBSERVED, Observing
from orderweave.observing.port import NOT_ASKED, Calling
from orderweave_sdk.batches import keys_of
from orderweave_sdk.capabilities import (
    Gap,
    Locations,
    Orders,
    Page,
    Products,
    Receipts,
    Search,
    Stock,
    Tracking,
)
from orderweave_sdk.clock import Clock
from orderweave_sdk.connecting import Connecting
from orderweave_sdk.errors import UpstreamError
from orderweave_sdk.records import Facet, Key, LocationRecord, OrderRecord, ProductRecord
from orderweave_sdk.unmapped import Word, meeting_unmapped
from orderweave_sdk.upstream import Upstream

T = TypeVar("T")
R = TypeVar("R")

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


class Systems:
    """The systems of one configuration. Close it when done.

    `connecting` holds a wired connector for every system of the business, `callers` what each is called by; a system
    without one is called by the default rules. Without a cache everything is live.
    """

    def __init__(
        self,
        business: Business,
        connecting: Mapping[str, Connecting],
        clock: Clock,
        *,
        callers: Mapping[str, Caller] | None = None,
        cache: Cache | None = None,
        observing: Observing = UNOBSERVED,
    ) -> None:
        self.business = business
        self.observing = observing
        self.clock = clock
        self.cache: Cache | Uncached = cache or Uncached()
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
        taken = await self._taken(
            ORDERS,
            Orders,
            name,
            keys,
            facets,
            call,
            put=lambda connector, asked, terms: connector.find_orders(asked, facets, terms),
        )
        return Found(
            found=tuple(_fetched(name, dated, dated.record) for dated in taken.found),
            failed=taken.failed,
            gaps=taken.gaps,
        )

    async def search_orders(self, name: str, search: Search, call: Terms) -> FoundPage:
        """One page of a search of one system."""

        async def live(_: Sequence[Key], terms: Terms) -> Live[StoredPage]:
            began = self.cache.forgotten.turn
            answer, failed = await self.ask(
                name, search.facets, Page, lambda connector: connector.search_orders(search, terms), terms
            )
            if answer is None:
                return Live(failed=failed)
            await self.cache.remember(ORDERS, name, [hit.record for hit in answer.hits], search.facets, terms, began)
            return Live(records=(stored(answer, search),), gaps=told(name, answer.gaps, search.facets))

        taken = await self.cache.answer(PAGES, name, [key_of_search(search)], search.facets, call, fetch=live)
        if taken.failed is not None or not taken.found:
            return FoundPage(failed=taken.failed, gaps=taken.gaps)
        (dated,) = taken.found
        page = dated.record
        return FoundPage(
            found=tuple(
                FoundHit(_fetched(name, dated, hit.record), hit.cursor, value_of(hit, search)) for hit in page.hits
            ),
            more=page.more,
            remaining=tuple(search.conditions[position] for position in page.remaining),
            gaps=taken.gaps,
        )

    async def read_stock(self, name: str, skus: Sequence[str], call: Terms) -> Found[FetchedStock]:
        """Levels of some SKUs at all places of one system: one batch, as its manifest allows."""
        taken = await self._taken(
            STOCK,
            Stock,
            name,
            keys_of("sku", skus),
            _NO_FACETS,
            call,
            put=lambda connector, asked, terms: connector.read_stock([key.value for key in asked], None, terms),
        )
        return Found(
            found=tuple(FetchedStock(record=dated.record, **_way(name, dated)) for dated in taken.found),
            failed=taken.failed,
            gaps=taken.gaps,
        )

    async def read_receipts(self, name: str, skus: Sequence[str], call: Terms) -> Found[FetchedReceipt]:
        """What one system expects of some SKUs: one batch, as its manifest allows."""
        taken = await self._taken(
            RECEIPTS,
            Receipts,
            name,
            keys_of("sku", skus),
            _NO_FACETS,
            call,
            put=lambda connector, asked, terms: connector.read_receipts([key.value for key in asked], terms),
        )
        return Found(
            found=tuple(FetchedReceipt(record=dated.record, **_way(name, dated)) for dated in taken.found),
            failed=taken.failed,
            gaps=taken.gaps,
        )

    async def find_products(self, name: str, skus: Sequence[str], call: Terms) -> Found[ProductRecord]:
        """Products of one system with these SKUs: one batch, as its manifest allows."""
        taken = await self._taken(
            PRODUCTS,
            Products,
            name,
            keys_of("sku", skus),
            _NO_FACETS,
            call,
            put=lambda connector, asked, terms: connector.find_products([key.value for key in asked], terms),
        )
        return Found(found=tuple(dated.record for dated in taken.found), failed=taken.failed, gaps=taken.gaps)

    async def read_tracking(self, name: str, numbers: Sequence[str], call: Terms) -> Found[Fetched]:
        """What one system knows of some parcels, each as a record of its own: one batch, as its manifest allows."""
        facets = frozenset({Facet.TRACKING})
        taken = await self._taken(
            TRACKING,
            Tracking,
            name,
            keys_of("tracking_number", numbers),
            facets,
            call,
            put=lambda connector, asked, terms: connector.read_tracking([key.value for key in asked], terms),
        )
        return Found(
            found=tuple(_fetched(name, dated, parcel_record(dated.record)) for dated in taken.found),
            failed=taken.failed,
            gaps=taken.gaps,
        )

    async def list_locations(self, name: str, call: Terms) -> Found[LocationRecord]:
        """All the places that one system knows."""
        taken = await self._taken(
            LOCATIONS,
            Locations,
            name,
            [Key("all", "")],
            _NO_FACETS,
            call,
            put=lambda connector, _, terms: connector.list_locations(terms),
        )
        return Found(found=tuple(dated.record for dated in taken.found), failed=taken.failed, gaps=taken.gaps)

    async def _taken(  # noqa: PLR0917 - what is asked, in the order of the cache's own method
        self,
        kind: Kind[R],
        gives: type[Any],
        name: str,
        keys: Sequence[Key],
        facets: frozenset[Facet],
        call: Terms,
        *,
        put: Callable[[Any, Sequence[Key], Terms], Awaitable[Any]],
    ) -> Taken[R]:
        """What is known under these keys. `put` puts those that the cache lacks to the connector, and must give
        a `gives`: records, and gaps beside them.
        """

        async def live(asked: Sequence[Key], terms: Terms) -> Live[R]:
            answer, failed = await self.ask(
                name, facets, gives, lambda connector: put(connector, asked, terms), terms, size=len(asked)
            )
            if answer is None:
                return Live(failed=failed)
            return Live(records=answer.records, gaps=told(name, answer.gaps, facets))

        return await self.cache.answer(kind, name, keys, facets, call, fetch=live)

    async def ask(
        self,
        name: str,
        facets: frozenset[Facet],
        kind: type[T],
        question: Callable[[Any], Awaitable[Any]],
        call: Terms,
        *,
        size: int = 1,
    ) -> tuple[T | None, SourceIssue | None]:
        """What the system answers, or the issue in its place. Nothing but cancellation is raised.

        `size` is how many keys or SKUs are asked for. `question` puts itself to the system's connector, as often as it
        is let, and must give a `kind`. A fault in a connector's own code is an issue too, and so is a connector that
        never returns: one of them never fails a query over many. A system that is not asked, because it has been
        failing, is an issue with the reason of its failure; its health stays as it was.
        """
        with self.observing.call(name, CAPABILITIES.get(kind, kind.__name__), size) as calling:
            return await self._asked(name, facets, kind, question, call, calling=calling)

    async def _asked(
        self,
        name: str,
        facets: frozenset[Facet],
        kind: type[T],
        question: Callable[[Any], Awaitable[Any]],
        call: Terms,
        *,
        calling: Calling,
    ) -> tuple[T | None, SourceIssue | None]:
        health = self.health[name]

        async def put() -> T:
            with meeting_unmapped(_MOST_UNKNOWN_WORDS) as words:
                answer = await question(self.connector(name))
            self._count_unknown(name, words)
            if not isinstance(answer, kind):
                raise TypeError(f"not a {kind.__name__}")
            return answer

        health.calls += 1
        try:
            answer = await self._callers[name].ask(CAPABILITIES.get(kind, kind.__name__), put, call)
        except NotAsked as refusal:
            # The system knows nothing of this question.
            health.calls -= 1
            calling.failed(NOT_ASKED)
            return None, _issue(name, reason_of(refusal.last), str(refusal), facets)
        except UpstreamError as error:
            calling.failed(reason_of(error).value)
            return None, self._failed(name, reason_of(error), str(error), facets)
        except Exception as error:
            calling.failed(IssueReason.BAD_PAYLOAD.value)
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

    def _count_unknown(self, name: str, words: Iterable[Word]) -> None:
        """Count the status words of an answer that nobody mapped, whatever they are of: each once."""
        counter = self.unknown_words[name]
        for axis, raw in words:
            entry = f"{axis.value}: {raw}"
            if entry in counter or len(counter) < _MOST_UNKNOWN_WORDS:
                counter[entry] += 1

    def upstreams(self, name: str) -> tuple[Upstream, ...]:
        """The HTTP clients of one system's connector."""
        return self._connecting[name].upstreams

    def call(self, seconds: float, lane: Lane = Lane.INTERACTIVE, rights: Rights = ALL_RIGHTS) -> Terms:
        """Terms for work that must end within so many seconds."""
        return Terms(clock=self.clock, deadline=self.clock.monotonic() + seconds, lane=lane, rights=rights)

    async def close(self) -> None:
        """Close the cache, and every connector beneath it."""
        await self.cache.close()
        for connecting in self._connecting.values():
            await connecting.close()


def _fetched(name: str, dated: Dated[Any], record: OrderRecord) -> Fetched:
    """An order's record with the way it came."""
    return Fetched(record=record, **_way(name, dated))


def _way(name: str, dated: Dated[Any]) -> dict[str, Any]:
    """Whose record it is, and how and when it came."""
    return {
        "system": name,
        "fetched_at": dated.fetched_at,
        "via": dated.via,
        "stale": dated.stale,
        "instead_of": dated.instead_of,
        "unmet": dated.unmet,
    }


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
