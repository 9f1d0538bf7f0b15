"""Answering from what was fetched before, and fetching the rest once.

A question names keys of one system, and facets. What the layers hold of them, young enough, is taken; the rest is
fetched in one batch, unless somebody is fetching it already. What a whole answer says of each key is kept, "not there"
included. Where the system fails, what is old but bearable stands in, and says so.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar

import msgspec

from orderweave.caching.ages import Ages, Subject
from orderweave.caching.counts import Counts
from orderweave.caching.entries import Entry, State, decoder_of, encode, joined
from orderweave.caching.flights import Flight, Flights
from orderweave.caching.forgetting import Forgotten
from orderweave.caching.guarding import Guarded
from orderweave.caching.kinds import Kind
from orderweave.caching.leases import Leases, Sleep
from orderweave.caching.memory import MemoryStore
from orderweave.caching.question import Landed, Question, by_own_key, one_of_each, outlived
from orderweave.caching.store import Kept
from orderweave.caching.taken import Dated, Fetch, Live, Taken
from orderweave.caching.uncached import uncached
from orderweave.model.provenance import Via
from orderweave.model.terms import Terms
from orderweave.observing import UNOBSERVED, CacheResult, Observing
from orderweave_sdk.clock import Clock
from orderweave_sdk.records import Facet, Key

R = TypeVar("R")

# One entry holds the records of one order, or a page of a search; what is larger is not kept.
_MOST_ENTRY_BYTES = 512 * 1024
# Refreshes in the background at once, and how long each may take; further ones are left out until the next question.
_MOST_REFRESHES = 16
_LONGEST_REFRESH_SECONDS = 10.0
# A wait for somebody else's call that ended because their time was up, not ours, is put again so often.
_MOST_TURNS = 2


class Cache:
    """The cache of one gateway process. Close it when done.

    `ages` and `digests` are by system, see `keys.digest_of`; a system without ages is not cached. `memory` comes
    first, `shared` second where there is one.
    """

    def __init__(
        self,
        clock: Clock,
        *,
        memory: MemoryStore,
        shared: Guarded | None = None,
        ages: Mapping[str, Mapping[Subject, Ages]],
        digests: Mapping[str, bytes],
        sleep: Sleep = asyncio.sleep,
        observing: Observing = UNOBSERVED,
    ) -> None:
        self._clock = clock
        self._observing = observing
        self._ages = ages
        self._digests = digests
        self._leases = Leases(shared, sleep) if shared is not None else None
        self._flights: Flights[Landed[Any]] = Flights()
        self._refreshes: set[asyncio.Task[Any]] = set()
        self._decoders: dict[str, msgspec.msgpack.Decoder[Any]] = {}
        self.memory = memory
        self.shared = shared
        self.counts = Counts()
        self.forgotten = Forgotten()

    @property
    def store_failures(self) -> int:
        """Calls of the shared store that failed or took too long."""
        return self.shared.failures if self.shared is not None else 0

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
        """What is known of these keys; `fetch` is called with those that have to be asked, as one batch.

        With `call.max_age` 0 nothing is taken from the cache or from a fetch begun before, unless the system fails.
        """
        if system not in self._ages:
            return await uncached(fetch, keys, call)
        question = self._question(kind, system, facets, call)
        wanted = list(dict.fromkeys(keys))
        known = {} if call.max_age == 0 else await self._in_memory(question, wanted)
        served = self._serving(question, known, fetch)
        rest = [key for key in wanted if key not in served]
        landed = await self._fetched(question, rest, fetch) if rest else Landed[R]()
        borne = await self._bearable(question, [key for key in rest if key not in landed.answered], known, landed)
        now = self._now()
        found: list[Dated[R]] = []
        for entry, via in landed.entries.values():
            found += question.dated(entry, via, now, landed.failed)
        for record, at in landed.loose:
            found += question.dated(question.entry([record], at), Via.LIVE, now)
        for entry in (*served.values(), *borne.values()):
            found += question.dated(entry, Via.CACHE, now, landed.failed)
        had = len(served) + len(borne) + len(landed.answered)
        return Taken(
            found=one_of_each(kind, found),
            gaps=tuple(landed.gaps),
            failed=landed.failed if had < len(wanted) else None,
        )

    async def remember(  # noqa: PLR0917 - as `answer`, and since when
        self, kind: Kind[R], system: str, records: Iterable[R], facets: frozenset[Facet], call: Terms, began: int
    ) -> None:
        """Keep records that came with the answer to a question put in turn `began`, under keys that name them alone."""
        if system not in self._ages:
            return
        question = self._question(kind, system, facets, call)
        await self._keep(question, by_own_key(question, records, self._now()), began)

    async def forget(self, kind: Kind[Any], system: str, keys: Sequence[Key], call: Terms) -> list[str]:
        """Forget what is kept of these keys, and under all other names of what they name; also what is on its way.

        Gives the names of the entries, for other processes to forget (`drop`).
        """
        if system not in self._ages:
            return []
        question = self._question(kind, system, frozenset(), call)
        names = question.names(keys, await self._read(question, keys))
        await self.drop(names)
        if self.shared is not None:
            await self.shared.delete_many(names)
        return names

    async def drop(self, names: Sequence[str]) -> None:
        """Forget entries in this process, by their names; what was asked for before this instant is not kept."""
        self.forgotten.add(names)
        await self.memory.delete_many(names)

    async def drop_all(self) -> None:
        """Forget all that this process holds."""
        self.forgotten.add_all()
        await self.memory.close()

    async def close(self) -> None:
        """End all background work and close the stores."""
        for task in self._refreshes:
            task.cancel()
        await asyncio.gather(*self._refreshes, return_exceptions=True)
        await self._flights.close()
        if self.shared is not None:
            await self.shared.close()
        await self.memory.close()

    def _tell(self, question: Question[Any], result: CacheResult, keys: int) -> None:
        if keys and self._observing.on:
            self._observing.cached(question.system, question.kind.capability, result, keys)

    def _now(self) -> float:
        return self._clock.now().timestamp()

    def _question(self, kind: Kind[R], system: str, facets: frozenset[Facet], call: Terms) -> Question[R]:
        return Question(kind, system, facets, call, ages=self._ages[system], digest=self._digests[system])

    def _serving(
        self, question: Question[R], known: Mapping[Key, Entry[R]], fetch: Fetch[R], *, flying: bool = False
    ) -> dict[Key, Entry[R]]:
        """What of the known serves; what serves late is fetched anew beside it, unless somebody is at it already: the
        flight from which this is called, `flying`, is not.
        """
        now = self._now()
        states = {key: question.state(entry, now) for key, entry in known.items()}
        late = [key for key, state in states.items() if state is State.LATE]
        serving = {key: known[key] for key, state in states.items() if state in (State.FRESH, State.LATE)}
        self.counts.hits += len(serving) - len(late)
        self.counts.stale_served += len(late)
        there = sum(bool(entry.records) for entry in serving.values())
        self._tell(question, CacheResult.HIT, there - len(late))
        self._tell(question, CacheResult.ABSENT, len(serving) - there)
        self._tell(question, CacheResult.STALE, len(late))
        anew = late if flying else [key for key in late if self._towards(question, key) is None]
        if anew:
            self._refresh(question, anew, fetch)
        return serving

    async def _bearable(
        self, question: Question[R], keys: Sequence[Key], known: Mapping[Key, Entry[R]], landed: Landed[R]
    ) -> dict[Key, Entry[R]]:
        """What may stand in for the answers about these keys, which failed."""
        if not keys:
            return {}
        old = {**known, **landed.old} if question.call.max_age != 0 else await self._read(question, keys)
        now = self._now()
        borne = {key: old[key] for key in keys if question.bearable(old.get(key), now)}
        self.counts.stale_served += len(borne)
        self._tell(question, CacheResult.STALE, len(borne))
        return borne

    async def _fetched(self, question: Question[R], keys: list[Key], fetch: Fetch[R]) -> Landed[R]:
        """What the system says of the keys: those on their way already are waited for, the rest goes in one batch."""
        found = Landed[R]()
        pending = keys
        for turn in range(_MOST_TURNS):
            parts: dict[Flight[Landed[Any]], list[Key]] = {}
            lead = []
            for key in pending:
                flight = None if question.call.max_age == 0 else self._towards(question, key)
                if flight is None:
                    lead.append(key)
                else:
                    parts.setdefault(flight, []).append(key)
            self.counts.joined += len(pending) - len(lead)
            if lead:
                parts[self._begin(question, lead, fetch)] = lead
            landings = await asyncio.gather(*(self._waited(question, flight) for flight in parts))
            pending = []
            for (flight, mine), landed in zip(parts.items(), landings, strict=True):
                again = turn + 1 < _MOST_TURNS and outlived(flight, landed, question.call)
                found.add(landed, mine, failure=not again)
                if again:
                    pending += [key for key in mine if key not in found.answered]
            if not pending:
                break
        return found

    async def _waited(self, question: Question[R], flight: Flight[Landed[Any]]) -> Landed[Any]:
        """What a flight brings. One that has longer than this question is not waited for to its end."""
        if flight.deadline <= question.call.deadline:
            return await self._flights.wait(flight)
        try:
            async with asyncio.timeout(max(0.0, question.call.remaining())):
                return await self._flights.wait(flight)
        except TimeoutError:
            landed = Landed[R]()
            landed.failed = question.late("no answer within the deadline")
            return landed

    def _towards(self, question: Question[R], key: Key) -> Flight[Landed[Any]] | None:
        name = (question.name(key), question.call.lane)
        return self._flights.towards(name, question.parts, question.call.max_age)

    def _begin(self, question: Question[R], keys: list[Key], fetch: Fetch[R]) -> Flight[Landed[Any]]:
        return self._flights.begin(
            [(question.name(key), question.call.lane) for key in keys],
            question.parts,
            deadline=question.call.deadline,
            # Without a shared store to look into, whatever it brings is live.
            max_age=question.call.max_age if self.shared is not None else 0.0,
            work=lambda: self._fly(question, keys, fetch),
        )

    async def _fly(self, question: Question[R], keys: list[Key], fetch: Fetch[R]) -> Landed[R]:
        """Look into the shared store, and fetch what it lacks, alone among the processes that share it: what another
        one is fetching is waited for.
        """
        found = Landed[R]()
        pending = keys
        if self.shared is not None and question.call.max_age != 0:
            found.old = await self._read(question, keys)
            serving = self._serving(question, found.old, fetch, flying=True)
            found.entries = {key: (entry, Via.CACHE) for key, entry in serving.items()}
            found.answered = set(serving)
            pending = [key for key in keys if key not in serving]
        if self._leases is None or not question.shareable:
            if pending:
                found.add(await self._live(question, pending, fetch), pending)
            return found
        while pending:
            names = {question.lease(key): key for key in pending}
            async with self._leases.taken(list(names)) as had:
                there = await self._from_others(question, pending)
                found.entries.update(there)
                found.answered.update(there)
                mine = [key for name, key in names.items() if name in had and key not in there]
                if mine:
                    found.add(await self._live(question, mine, fetch), mine)
            pending = [key for key in pending if key not in there and key not in mine]
            if pending and question.call.remaining() <= 0:
                found.failed = found.failed or question.late("another worker's call did not end within the deadline")
                break
            if pending:
                await self._leases.pause()
        return found

    async def _from_others(self, question: Question[R], keys: Sequence[Key]) -> dict[Key, tuple[Entry[R], Via]]:
        """What another process has fetched in the meantime."""
        now = self._now()
        found = await self._read(question, keys)
        fresh = {key: (entry, Via.CACHE) for key, entry in found.items() if question.state(entry, now) is State.FRESH}
        self.counts.awaited += len(fresh)
        return fresh

    async def _live(self, question: Question[R], keys: Sequence[Key], fetch: Fetch[R]) -> Landed[R]:
        """Ask the system itself, and keep what it says."""
        self.counts.misses += len(keys)
        self._tell(question, CacheResult.MISS, len(keys))
        began = self.forgotten.turn
        answer: Live[R] = await fetch(keys, question.call)
        found = Landed[R]()
        found.failed = answer.failed
        found.gaps = dict.fromkeys(answer.gaps)
        if answer.failed is not None:
            return found
        now = self._now()
        found.answered = set(keys)
        by_key = question.by_key(answer.records, keys) if not answer.gaps else None
        kept = by_own_key(question, answer.records, now)
        if by_key is None:
            found.loose = [(record, now) for record in answer.records]
        else:
            entries = {key: question.entry(records, now) for key, records in by_key.items()}
            found.entries = {key: (entry, Via.LIVE) for key, entry in entries.items()}
            kept = {**kept, **entries}
        await self._keep(question, kept, began)
        return found

    def _refresh(self, question: Question[R], keys: Sequence[Key], fetch: Fetch[R]) -> None:
        """Fetch anew in the background what was served late, unless too much is going on."""
        if len(self._refreshes) >= _MOST_REFRESHES:
            self.counts.refreshes_dropped += 1
            return
        self.counts.refreshes += 1
        deadline = self._clock.monotonic() + _LONGEST_REFRESH_SECONDS
        own = question.anew(msgspec.structs.replace(question.call, deadline=deadline, max_age=None))
        flight = self._begin(own, list(keys), fetch)
        task = asyncio.get_running_loop().create_task(self._flights.wait(flight))
        self._refreshes.add(task)
        task.add_done_callback(self._refreshed)

    def _refreshed(self, task: asyncio.Task[Any]) -> None:
        self._refreshes.discard(task)
        if not task.cancelled():
            task.exception()

    async def _in_memory(self, question: Question[R], keys: Iterable[Key]) -> dict[Key, Entry[R]]:
        """What memory holds."""
        names = {question.name(key): key for key in keys}
        return self._decoded(question.kind, names, await self.memory.get_many(names))

    async def _read(self, question: Question[R], keys: Iterable[Key]) -> dict[Key, Entry[R]]:
        """What the layers hold; the shared one is asked for what memory holds not, or not young enough."""
        names = {question.name(key): key for key in keys}
        now = self._now()
        found = await self._in_memory(question, names.values())
        if self.shared is None:
            return found
        lacking = [name for name, key in names.items() if question.state(found.get(key), now) is not State.FRESH]
        raw = await self.shared.get_many(lacking) if lacking else {}
        for key, entry in self._decoded(question.kind, names, raw).items():
            found[key] = joined(question.kind, found.get(key), entry)
        read = {name: value for name, value in raw.items() if names[name] in found}
        await self.memory.set_many(
            {name: Kept(value, question.kept(found[names[name]], now)) for name, value in read.items()}
        )
        return found

    def _decoded(self, kind: Kind[R], names: Mapping[str, Key], raw: Mapping[str, bytes]) -> dict[Key, Entry[R]]:
        """What can be read; what cannot counts as not there."""
        decoder = self._decoders.get(kind.name)
        if decoder is None:
            decoder = self._decoders[kind.name] = decoder_of(kind)
        found: dict[Key, Entry[R]] = {}
        for name, value in raw.items():
            try:
                found[names[name]] = decoder.decode(value)
            except (msgspec.DecodeError, ValueError):
                self.counts.unreadable += 1
        return found

    async def _keep(self, question: Question[R], entries: Mapping[Key, Entry[R]], began: int) -> None:
        """Keep entries in all layers, completed by what is known beside them, but none that was forgotten since."""
        before = await self._read(question, entries)
        now = self._now()
        kept: dict[str, Kept] = {}
        for key, entry in entries.items():
            if self.forgotten.since(question.name(key), began):
                continue
            whole = joined(question.kind, before.get(key), entry)
            try:
                value = encode(whole)
            except (UnicodeError, OverflowError):
                self.counts.unwritable += 1
                continue
            if len(value) > _MOST_ENTRY_BYTES:
                self.counts.too_large += 1
                continue
            kept[question.name(key)] = Kept(value, question.kept(whole, now))
        await self.memory.set_many(kept)
        if self.shared is not None:
            await self.shared.set_many({name: entry for name, entry in kept.items() if entry.seconds > 0})
