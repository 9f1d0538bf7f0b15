"""Without a cache: every question goes to its system."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

from orderweave.caching.counts import Counts
from orderweave.caching.forgetting import Forgotten
from orderweave.caching.kinds import Kind
from orderweave.caching.taken import Dated, Fetch, Taken
from orderweave.model.terms import Terms
from orderweave_sdk.records import Facet, Key

R = TypeVar("R")


class Uncached:
    """What stands in the cache's place where there is none; its counts stay 0."""

    def __init__(self) -> None:
        self.counts = Counts()
        self.store_failures = 0
        self.forgotten = Forgotten()

    async def answer(
        self,
        kind: Kind[R],
        system: str,
        keys: Sequence[Key],
        facets: frozenset[Facet],
        call: Terms,
        *,
        fetch: Fetch[R],
    ) -> Taken[R]:
        """What the system says."""
        return await uncached(fetch, keys, call)

    async def remember(  # noqa: PLR0917 - as the cache's own
        self, kind: Kind[R], system: str, records: Iterable[R], facets: frozenset[Facet], call: Terms, began: int
    ) -> None:
        """Nothing is kept."""

    async def forget(self, kind: Kind[Any], system: str, keys: Sequence[Key], call: Terms) -> list[str]:
        """Nothing was kept."""
        return []

    async def drop(self, names: Sequence[str]) -> None:
        """Nothing was kept."""

    async def drop_all(self) -> None:
        """Nothing was kept."""

    async def close(self) -> None:
        """There is nothing to close."""


async def uncached(fetch: Fetch[R], keys: Sequence[Key], call: Terms) -> Taken[R]:
    """What the system says."""
    answer = await fetch(keys, call)
    now = call.clock.now()
    return Taken(
        found=tuple(Dated(record=record, fetched_at=now) for record in answer.records),
        gaps=answer.gaps,
        failed=answer.failed,
    )
