"""Records and the keys that join them, with ambiguous keys set aside."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping

import msgspec

from orderweave.matching.keys import KeyReader
from orderweave.model.provenance import Fetched
from orderweave.model.systems import Business
from orderweave_sdk.records import Key, SystemKind

# A record at hand as (system, external id), or one that is only referred to, as its key: ("shop:number", "1001").
Node = tuple[str, str]


def system_of(node: Node) -> str:
    """The system whose record a node is."""
    return node[0].partition(":")[0]


class Ambiguity(msgspec.Struct, frozen=True, order=True, gc=False):
    """A key that does not say which records are one order; `claimants` are (system, external id)."""

    key: Key
    claimants: tuple[Node, ...]


class Graph:
    """Nodes joined to the nodes that they refer to, by usable keys only.

    A key that two records own is nobody's. A reference that two records of one system share is neither's, unless
    its rule allows many. A key that is referred to and owned by no record at hand is a node of its own, an absent
    record, so that what is joined does not depend on who answered.
    """

    def __init__(self, records: Iterable[Fetched], business: Business, reader: KeyReader) -> None:
        self._kinds = {name: spec.kind for name, spec in business.systems.items()}
        self._in_parts = {name for name, spec in business.systems.items() if any(rule.many for rule in spec.references)}
        self._many: set[tuple[Node, Key]] = set()
        self._readings = {
            (fetched.system, fetched.record.external_id): reader.reading(fetched.system, fetched.record)
            for fetched in records
        }
        self._namespaces = {node: reading.namespaces for node, reading in self._readings.items()}
        self.owned = {node: reading.owned for node, reading in self._readings.items()}
        self.referred = {node: reading.referred for node, reading in self._readings.items()}
        self.ambiguities: dict[Node, set[Ambiguity]] = defaultdict(set)
        self._set_aside_doubled(self._shared_claims())
        self.owners = {key: node for node, keys in self.owned.items() for key in keys}
        for key in {key for keys in self.referred.values() for key in keys} - self.owners.keys():
            self._add_absent(key)

    def _shared_claims(self) -> dict[tuple[str, Key], list[Node]]:
        """References that several records of one system hold, where one of their rules allows only one."""
        claims: dict[tuple[str, Key], list[Node]] = {}
        exclusive: set[tuple[str, Key]] = set()
        for node, reading in self._readings.items():
            for key, many in reading.claims:
                claim = (node[0], key)
                holding = claims.setdefault(claim, [])
                if node not in holding:
                    holding.append(node)
                if many:
                    self._many.add((node, key))
                else:
                    exclusive.add(claim)
        return {claim: nodes for claim, nodes in claims.items() if len(nodes) > 1 and claim in exclusive}

    def _set_aside_doubled(self, shared: Mapping[tuple[str, Key], Collection[Node]]) -> None:
        owned = [key for keys in self.owned.values() for key in keys]
        doubled = {key for key, count in Counter(owned).items() if count > 1} if len(set(owned)) < len(owned) else set()
        if doubled:
            for node in self.owned:
                self.owned[node] -= doubled
                self.referred[node] -= doubled
            for key in doubled:
                self._report(key, self._holders(key))
        for (_, key), nodes in shared.items():
            if key not in doubled:
                self._report(key, {*nodes, *(node for node, keys in self.owned.items() if key in keys)})
                for node in nodes:
                    self.referred[node] -= {key}

    def _holders(self, key: Key) -> set[Node]:
        """The records at hand that own this key or refer to it."""
        return {node for node, reading in self._readings.items() if key in reading.owned or key in reading.referred}

    def _add_absent(self, key: Key) -> None:
        absent = (key.namespace, key.value)
        self.owners[key] = absent
        self.owned[absent] = frozenset({key})
        self.referred[absent] = frozenset()
        self._namespaces[absent] = frozenset({key.namespace})

    def _report(self, key: Key, claimants: Iterable[Node]) -> None:
        ambiguity = Ambiguity(key, tuple(sorted(claimants)))
        for node in ambiguity.claimants:
            self.ambiguities[node].add(ambiguity)

    def report_contradiction(self, nodes: Collection[Node]) -> None:
        """The references of these records lead to several orders, or to one where their place is taken."""
        for node in nodes:
            for key in self.referred[node]:
                owner = self.owners[key]
                if owner not in nodes:
                    self._report(key, {node, owner} if owner in self._readings else {node})

    def referents(self, node: Node) -> set[Node]:
        """The records that this one refers to."""
        return {self.owners[key] for key in self.referred[node]}

    def components(self) -> list[list[Node]]:
        """The connected nodes, each component and the list of them sorted."""
        joined: dict[Node, set[Node]] = {node: set() for node in self.owned}
        for node, keys in self.referred.items():
            for key in keys:
                other = self.owners[key]
                joined[node].add(other)
                joined[other].add(node)
        seen: set[Node] = set()
        found = []
        for start in sorted(joined):
            if start in seen:
                continue
            component, queue = {start}, [start]
            while queue:
                fresh = joined[queue.pop()] - component
                component |= fresh
                queue += fresh
            seen |= component
            found.append(sorted(component))
        return found

    def may_be_one(self, nodes: Iterable[Node]) -> bool:
        """Whether these can be one order."""
        return not self.clashing(nodes)

    def clashing(self, nodes: Iterable[Node]) -> set[Node]:
        """Those that cannot stand in one order with all the others: no system twice, and captured once.

        Two nodes of one system are surely two records when both have a name of one namespace; where a rule allows
        many, they may stand together. Two storefronts both captured an order when neither refers to anybody here.
        """
        inside = set(nodes)
        named: dict[str, list[Node]] = defaultdict(list)
        captured: dict[str, list[Node]] = defaultdict(list)
        for node in inside:
            for namespace in self._namespaces[node]:
                named[namespace].append(node)
            system = system_of(node)
            if self._kinds[system] is SystemKind.STOREFRONT and inside.isdisjoint(self.referents(node)):
                captured[system].append(node)
        found = {
            node for same in named.values() if len(same) > 1 and not all(map(self._is_part, same)) for node in same
        }
        if len(captured) > 1:
            found.update(node for storefront in captured.values() for node in storefront)
        return found

    def _is_part(self, node: Node) -> bool:
        """Whether others of its system may stand beside it: it refers by a rule for many, or is absent and may."""
        absent = node[0] != system_of(node)
        return (absent and system_of(node) in self._in_parts) or any(
            (node, key) in self._many for key in self.referred[node]
        )
