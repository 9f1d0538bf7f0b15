"""One question to one system as the cache sees it, and what became of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar

import msgspec

from orderweave.caching.ages import Ages, Subject
from orderweave.caching.entries import WHICH, Entry, Judge, State
from orderweave.caching.flights import Flight
from orderweave.caching.keys import key_of, lease_of
from orderweave.caching.kinds import Kind
from orderweave.caching.taken import Dated
from orderweave.model.provenance import IssueReason, SourceIssue, Via
from orderweave.model.terms import Terms
from orderweave_sdk.records import Facet, Key

R = TypeVar("R")

_WORTH_ASKING_SECONDS = 0.5


class Landed(Generic[R]):
    """What fetching brought, key by key. `loose` are the records of answers that could not be told apart by key, `old`
    the entries that were found on the way and are not young enough.
    """

    def __init__(self) -> None:
        self.entries: dict[Key, tuple[Entry[R], Via]] = {}
        self.old: dict[Key, Entry[R]] = {}
        self.answered: set[Key] = set()
        self.loose: list[tuple[R, float]] = []
        self.gaps: dict[SourceIssue, None] = {}
        self.failed: SourceIssue | None = None

    def add(self, other: Landed[R], keys: Sequence[Key], *, failure: bool = True) -> None:
        """Take over what another one brought for these keys; what is loose in it may be about any of them."""
        self.entries.update({key: other.entries[key] for key in keys if key in other.entries})
        self.old.update({key: other.old[key] for key in keys if key in other.old})
        self.answered.update(key for key in keys if key in other.answered)
        self.loose += other.loose
        self.gaps.update(other.gaps)
        if failure:
            self.failed = self.failed or other.failed


class Question(Generic[R]):
    """Which records of one system are wanted, with which facets, on which terms."""

    def __init__(
        self,
        kind: Kind[R],
        system: str,
        facets: frozenset[Facet],
        call: Terms,
        *,
        ages: Mapping[Subject, Ages],
        digest: bytes,
    ) -> None:
        self.kind = kind
        self.system = system
        self.facets = facets
        self.call = call
        self.parts: frozenset[str] = frozenset(facet.value for facet in facets)
        self._judge = Judge(kind, ages)
        self._digest = digest
        self._late_serves = True

    def anew(self, call: Terms) -> Question[R]:
        """The same question on other terms, for which late is not good enough."""
        other = copy(self)
        other.call = call
        other._late_serves = False
        return other

    @property
    def shareable(self) -> bool:
        """Whether another process's answer will do."""
        return self.call.max_age != 0 and self._judge.shareable(self.parts or (WHICH,))

    def name(self, key: Key) -> str:
        """Under which name a key's entry is kept."""
        kind = f"{self.kind.name}:{self.kind.shape}"
        return key_of(kind, self._digest, self.system, self.call.scope, (key.namespace, key.value))

    def names(self, keys: Iterable[Key], known: Mapping[Key, Entry[R]]) -> list[str]:
        """Under which names there may be entries of these keys, and of the records that are known of them."""
        records = (record for entry in known.values() for record in entry.records)
        every = [*keys, *(key for record in records for key in self.kind.names(record))]
        return list({self.name(spelled): None for key in every for spelled in self.kind.spellings(key)})

    def lease(self, key: Key) -> str:
        """The name of the lease for fetching a key's entry."""
        return lease_of(self.name(key), self.parts, self.call.lane.value)

    def entry(self, records: Sequence[R], now: float) -> Entry[R]:
        """An entry fetched now."""
        return Entry(dict.fromkeys((WHICH, *sorted(self.parts)), now), tuple(records))

    def state(self, entry: Entry[R] | None, now: float) -> State:
        """How good an entry is for this question."""
        found = self._judge.state(entry, self.parts or (WHICH,), now, self.call.max_age)
        return State.OLD if found is State.LATE and not self._late_serves else found

    def bearable(self, entry: Entry[R] | None, now: float) -> bool:
        """Whether an entry may stand in for an answer that failed: it has records, and each can say how old it is."""
        if entry is None or not entry.records or not self.parts <= entry.asked.keys():
            return False
        tells = self.kind.tells or self.call.max_age is None or now - self._asked(entry) <= self.call.max_age
        return tells and self._judge.bearable(entry, self.parts or (WHICH,), now)

    def kept(self, entry: Entry[R], now: float) -> float:
        """For how many seconds an entry is of any use."""
        return self._judge.kept(entry, now)

    def by_key(self, records: Sequence[R], keys: Sequence[Key]) -> dict[Key, list[R]] | None:
        """The records under each key, all of them; None when one fits none of the keys, and nobody can tell what
        the others' lack of records means.
        """
        found: dict[Key, list[R]] = {key: [] for key in keys}
        for record in records:
            fitting = self.kind.fits(record, keys)
            if not fitting:
                return None
            for key in fitting:
                found[key].append(record)
        return found

    def dated(self, entry: Entry[R], via: Via, now: float, instead_of: SourceIssue | None = None) -> list[Dated[R]]:
        """The entry's records with the wanted parts alone, and how old they are."""
        asked = self._asked(entry)
        unmet = via is Via.CACHE and self.call.max_age is not None and now - asked > self.call.max_age
        stale = via is Via.CACHE and (unmet or self._judge.state(entry, self._parts_of(entry), now, None).past)
        narrow = entry.asked.keys() - {WHICH} != self.parts
        return [
            Dated(
                record=self.kind.narrowed(record, self.parts) if narrow else record,
                # Another machine's clock may be ahead of ours; nothing is younger than now.
                fetched_at=datetime.fromtimestamp(min(asked, now), UTC),
                via=via,
                stale=stale,
                instead_of=instead_of if via is Via.CACHE else None,
                unmet=unmet and instead_of is not None,
            )
            for record in entry.records
        ]

    def late(self, message: str) -> SourceIssue:
        """The issue for an answer that did not come within the deadline."""
        return SourceIssue(
            system=self.system, reason=IssueReason.TIMED_OUT, message=message, facets=tuple(sorted(self.facets))
        )

    def _parts_of(self, entry: Entry[R]) -> frozenset[str]:
        return (self.parts or frozenset({WHICH})) if entry.records else frozenset({WHICH})

    def _asked(self, entry: Entry[R]) -> float:
        """When the oldest part was fetched."""
        return min(entry.asked[part] for part in self._parts_of(entry))


def one_of_each(kind: Kind[R], found: Sequence[Dated[R]]) -> tuple[Dated[R], ...]:
    """Each record once, however many keys name it: the one fetched last."""
    newest: dict[Any, Dated[R]] = {}
    for entry in found:
        place = kind.place(entry.record)
        known = newest.get(place)
        if known is None:
            newest[place] = entry
        elif known.fetched_at < entry.fetched_at:
            newest[place] = msgspec.structs.replace(entry, instead_of=entry.instead_of or known.instead_of)
    return tuple(newest.values())


def outlived(flight: Flight[Any], landed: Landed[Any], call: Terms) -> bool:
    """Whether a wait ended because the other's time was up, with enough of one's own left to ask again."""
    late = landed.failed is not None and landed.failed.reason is IssueReason.TIMED_OUT
    return late and flight.deadline < call.deadline and call.remaining() >= _WORTH_ASKING_SECONDS


def by_own_key(question: Question[R], records: Iterable[R], now: float) -> dict[Key, Entry[R]]:
    """Each record under the key that names it alone."""
    return {
        own: question.entry([record], now) for record in records if (own := question.kind.own_key(record)) is not None
    }
