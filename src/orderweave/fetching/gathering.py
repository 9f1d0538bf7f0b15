"""Gathering the records of orders from keys, wave by wave.

A wave asks, for every key known so far, the system that owns it (when its record is not at hand) and the systems
that may refer to it. New records bring new keys; the waves end when nothing new can be asked. Each system gets
one call a batch of keys and wave, never one an order, and no question twice.

References are looked up even for records found otherwise: only so is a reference that two records share seen.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from orderweave.fetching.systems import Systems
from orderweave.matching import Group, KeyReader, match
from orderweave.matching.keys import rules_naming
from orderweave.model.provenance import Fetched, IssueReason, SourceIssue, Via, stands_for
from orderweave.model.systems import Business
from orderweave.model.terms import Terms
from orderweave.observing import Stage
from orderweave.planning.orders import OrderPlan
from orderweave_sdk.batches import keys_of, packed
from orderweave_sdk.facets import combine
from orderweave_sdk.records import Facet, Key

# Keys lead from system to system; more steps than systems cannot bring anything new in a sound configuration.
_MOST_WAVES = 5
# Of the time left, what one wave may take: a silent system must leave time for the others to stand in.
_SHARE = 0.5
# Records of one gathering at most: a reference shared by thousands of records must not fill the memory.
MOST_RECORDS = 5000


class Gathering:
    """The records found so far for one request. `shelf` holds records that were read already, by their own keys;
    one of them is taken before its system is asked for it. With `through_thirds`, orders are looked
    up beyond the plan, for their keys: what may mirror another but does not say which, where a third system may know
    both, and what nobody owns, wherever it may be referred to.
    """

    def __init__(
        self,
        systems: Systems,
        reader: KeyReader,
        plan: OrderPlan,
        call: Terms,
        shelf: Mapping[Key, Fetched] | None = None,
        *,
        through_thirds: bool = False,
    ) -> None:
        self._systems = systems
        self._business = systems.business
        self._reader = reader
        self._call = call
        self._captures = dict(plan.captures)
        self._seconds = dict(plan.seconds)
        self._plan = plan
        self._shelf = shelf or {}
        self._through_thirds = through_thirds
        self._asked: dict[tuple[str, Key], frozenset[Facet]] = {}
        self._failed: dict[str, set[Facet]] = defaultdict(set)
        self._stood_in: set[tuple[str, Facet]] = set()
        self._sought: set[Key] = set()
        self._unowned: set[Key] = set()
        self._records: dict[tuple[str, str], Fetched] = {}
        self._groups: tuple[Group, ...] | None = ()  # of the records as they are; matched again when they change
        self.issues: list[SourceIssue] = []

    def add(self, fetched: Iterable[Fetched]) -> None:
        """Records at hand; one that is here already is completed by what the new one says more."""
        for entry in fetched:
            self._groups = None
            place = self._place(entry)
            known = self._records.get(place)
            if known is None:
                if len(self._records) >= MOST_RECORDS:
                    self._report(_too_many(entry.system))
                    return
                self._records[place] = entry
            else:
                self._records[place] = _together(known, entry)

    def groups(self) -> tuple[Group, ...]:
        """The records as orders; matched anew only once there are new ones."""
        if self._groups is None:
            with self._systems.observing.stage(Stage.MATCH):
                self._groups = match(self._records.values(), self._business, self._reader)
        return self._groups

    async def run(self, sought: Iterable[Key] = ()) -> tuple[Group, ...]:
        """Ask until nothing new can be asked, then let others stand in for what failed; returns the orders."""
        self._sought.update(sought)
        await self._waves()
        if self._through_thirds and self._widen():
            await self._waves()
        while self._failed and self._stand_in():
            await self._waves()
        if self._through_thirds and self._adopt():
            await self._waves()
        return self.groups()

    async def like_unknown(self, sought: Iterable[Key]) -> bool:
        """Ask whoever would have been asked had nobody known these keys; whether one of those failed to answer.

        For an order that does not exist for the caller: what it is answered must not depend on whether others see it.
        """
        namespaces = {key.namespace for key in sought}
        asked = {namespace.partition(":")[0] for namespace in namespaces}
        asked |= {name for name, spec in self._business.systems.items() if rules_naming(spec, namespaces)}
        self._unowned = set(sought)
        await self._waves()
        return any(issue.system in asked for issue in self.issues)

    def _widen(self) -> bool:
        """Look for what nobody owns wherever it may be referred to, planned or not; False when all was found."""
        known = {key for group in self.groups() for key in group.keys}
        self._unowned = self._sought - known
        return bool(self._unowned)

    def _adopt(self) -> bool:
        """An order that no place of capture owns is whole where it was found: ask there for all; False when none is."""
        mine = {
            Key(f"{fetched.system}:id", fetched.record.external_id)
            for group in self.groups()
            if group.anchor is None and group.identity.namespace.partition(":")[0] not in self._failed
            for fetched in group.members
            if fetched.system in self._captures
        }
        fresh = mine - self._sought
        self._sought |= fresh
        return bool(fresh)

    async def _waves(self) -> None:
        for _ in range(_MOST_WAVES):
            questions = self._questions()
            if not questions:
                return
            terms = self._call.part(_SHARE)
            with self._systems.observing.stage(Stage.FETCH):
                await asyncio.gather(
                    *(
                        self._ask(system, batch, facets, terms)
                        for (system, facets), keys in questions.items()
                        for batch in packed(keys, self._business.systems[system].manifest)
                    )
                )

    def _questions(self) -> dict[tuple[str, frozenset[Facet]], list[Key]]:
        """What is still to be asked of each system for which facets, each key once and in a stable order."""
        questions: dict[str, dict[Key, None]] = defaultdict(dict)
        for group in self._with_shelf():
            having = {fetched.system for fetched in group.members}
            names = sorted(group.keys)
            self._about(names, group.identity, having, questions)
            for system in (*self._claimants(group), *self._thirds(group)):
                self._by_reference(system, names, group.identity, having, questions)
        for key in sorted(self._sought):
            self._about([key], key, set(), questions)
        for key in sorted(self._unowned):
            for system in self._business.systems:
                self._by_reference(system, [key], key, set(), questions)
        found: dict[tuple[str, frozenset[Facet]], list[Key]] = defaultdict(list)
        for system, keys in sorted(questions.items()):
            if system in self._failed:
                continue
            for key in keys:
                facets, asked = self._facets(system, key), self._asked.get((system, key))
                if asked is None or not facets <= asked:
                    self._asked[system, key] = facets
                    found[system, facets].append(key)
        return found

    def _with_shelf(self) -> tuple[Group, ...]:
        """The orders, after taking from the shelf what they name."""
        groups = self.groups()
        if not self._shelf:
            return groups
        named = {key for group in groups for key in group.keys} & self._shelf.keys()
        wanting = [self._shelf[key] for key in sorted(named) if self._place(self._shelf[key]) not in self._records]
        if not wanting:
            return groups
        self.add(wanting)
        return self._with_shelf()

    @staticmethod
    def _place(fetched: Fetched) -> tuple[str, str]:
        return (fetched.system, fetched.record.external_id)

    def _about(
        self, keys: Sequence[Key], identity: Key, having: set[str], questions: dict[str, dict[Key, None]]
    ) -> None:
        """The questions that these keys of one order raise; `keys` are sorted.

        Every field that may hold the order's identity is asked, found or not, for a doubled reference shows only
        so. By its other names an order is looked up where its record is still wanting and the rule allows it.
        """
        for key in keys:
            system, _, lookup = key.namespace.partition(":")
            spec = self._business.systems.get(system)
            if spec is None or system in having or lookup not in spec.manifest.lookups:
                continue
            if system in self._captures or system in self._seconds or key in self._sought:
                values = self._reader.own_spellings(system, key.value) if lookup == "number" else (key.value,)
                questions[system].update(dict.fromkeys(keys_of(lookup, values)))
        for system in self._seconds:
            self._by_reference(system, keys, identity, having, questions)

    def _by_reference(
        self,
        system: str,
        keys: Sequence[Key],
        identity: Key,
        having: set[str],
        questions: dict[str, dict[Key, None]],
    ) -> None:
        """Whether `system` holds one of these keys in a reference field."""
        by_namespace = {key.namespace: key for key in reversed(keys)}
        spec = self._business.systems[system]
        done: set[str] = set()
        for rule in spec.references:
            # A field holds one number: the first of the rule's names that the order has is the one.
            key = next((by_namespace[name] for name in rule.names if name in by_namespace), None)
            if key is None or rule.field in done or rule.field not in spec.manifest.lookups:
                continue
            if key != identity and (system in having or not rule.lookup):
                continue
            done.add(rule.field)
            values = self._reader.reference_spellings(rule, key)
            questions[system].update(dict.fromkeys(keys_of(rule.field, values)))

    def _claimants(self, group: Group) -> list[str]:
        """Systems not planned of which a record claims this order: of two that do neither is it, so all must show."""
        return sorted(
            {
                fetched.system
                for fetched in group.members
                if fetched.system not in self._seconds
                and any(key == group.identity for key, _ in self._reader.references(fetched.system, fetched.record))
            }
        )

    def _thirds(self, group: Group) -> list[str]:
        """Systems not planned that may know what an order mirrors, when its own record refers to nobody."""
        owner = group.identity.namespace.partition(":")[0]
        mirrors = any(
            name.partition(":")[0] in self._captures
            for rule in self._business.systems[owner].references
            for name in rule.names
        )
        if not self._through_thirds or not mirrors or group.anchor is None:
            return []
        namespaces = {group.identity.namespace}
        return [
            name
            for name, spec in self._business.systems.items()
            if name not in self._seconds and rules_naming(spec, namespaces)
        ]

    def _facets(self, system: str, key: Key) -> frozenset[Facet]:
        """Own names are asked of the place of capture, reference fields of a second source."""
        if key.namespace in self._business.systems[system].manifest.references:
            return self._seconds.get(system, frozenset())
        return self._captures.get(system, self._seconds.get(system, frozenset()))

    async def _ask(self, system: str, keys: list[Key], facets: frozenset[Facet], terms: Terms) -> None:
        answer = await self._systems.find_orders(system, keys, facets, terms)
        if answer.failed is not None:
            self._report(answer.failed)
            self._failed[system] |= facets
        for gap in answer.gaps:
            self._report(gap)
        self.add(answer.found)

    def _report(self, issue: SourceIssue) -> None:
        """One issue a system and message, with the facets of all its failed questions."""
        for position, known in enumerate(self.issues):
            if (known.system, known.message) == (issue.system, issue.message):
                facets = tuple(sorted({*known.facets, *issue.facets}))
                self.issues[position] = msgspec.structs.replace(known, facets=facets)
                return
        self.issues.append(issue)

    def failed_search(self, system: str, issue: SourceIssue) -> None:
        """A search for orders captured in `system` failed; its facets may be had elsewhere."""
        self._report(issue)
        self._failed[system] |= self._captures.get(system, frozenset())

    def _stand_in(self) -> bool:
        """Plan the next system for each facet that failed and that some order now lacks; False when none is left."""
        groups = self.groups()
        planned = False
        for facet in sorted({facet for facets in self._failed.values() for facet in facets}):
            lacking = [g for g in groups if not any(facet in f.record.delivered() for f in g.members)]
            for system in self._plan.fallbacks.get(facet, ()):
                if not lacking and groups:
                    break
                if system in self._failed or (system, facet) in self._stood_in:
                    continue
                self._stood_in.add((system, facet))
                self._ask_also(system, facet, lacking)
                planned = True
                break
        return planned

    def _ask_also(self, system: str, facet: Facet, lacking: list[Group]) -> None:
        at_hand = [f for group in lacking for f in group.members if f.system == system]
        self._seconds[system] = self._seconds.get(system, frozenset()) | {facet}
        self._captures[system] = self._captures.get(system, frozenset()) | {facet}
        # Questions put before without this facet are put again.
        self._sought.update(Key(f"{system}:id", fetched.record.external_id) for fetched in at_hand)


def _together(known: Fetched, new: Fetched) -> Fetched:
    """One record of two answers: as old as the older, and cached or stale where either is."""
    return msgspec.structs.replace(
        known,
        record=combine(known.record, new.record),
        fetched_at=min(known.fetched_at, new.fetched_at),
        via=new.via if known.via is Via.LIVE else known.via,
        stale=known.stale or new.stale,
        instead_of=known.instead_of or new.instead_of,
        unmet=known.unmet or new.unmet,
    )


def _too_many(system: str) -> SourceIssue:
    message = f"more than {MOST_RECORDS} records were found; the rest of them is left out"
    return SourceIssue(system=system, reason=IssueReason.REFUSED, message=message, facets=())


def issues_about(group: Group, issues: Iterable[SourceIssue], business: Business) -> list[SourceIssue]:
    """The issues that bear on one order: of systems that own one of its keys or may refer to one, unless a record of
    the cache stands in for the very answer that failed.
    """
    namespaces = {key.namespace for key in group.keys}
    owners = {namespace.partition(":")[0] for namespace in namespaces}
    return [
        issue
        for issue in issues
        if (issue.system in owners or rules_naming(business.systems[issue.system], namespaces))
        and not any(stands_for(issue, fetched.instead_of) for fetched in group.members)
    ]
