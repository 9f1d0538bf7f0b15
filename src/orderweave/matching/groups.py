"""Grouping records into orders (design, section 5).

Records are one order when their keys connect, directly or through a third. Two orders are never joined by an
empty, placeholder or doubled reference: what is ambiguous is left apart and reported on every record it touches.
The result does not depend on the order in which records arrive.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

import msgspec

from orderweave.matching.keys import KeyReader
from orderweave.model.provenance import Fetched
from orderweave.model.systems import Business
from orderweave_sdk.records import Key, SystemKind

# Where an order is captured, likeliest first; decides only between records that refer to nobody.
_CAPTURE_ORDER = (
    SystemKind.STOREFRONT,
    SystemKind.OMS,
    SystemKind.ERP,
    SystemKind.DATABASE,
    SystemKind.WMS,
    SystemKind.PAYMENT_PROVIDER,
    SystemKind.CARRIER,
)

RecordId = tuple[str, str]


class Ambiguity(msgspec.Struct, frozen=True, order=True):
    """A key that does not say which records are one order; `claimants` are (system, external id)."""

    key: Key
    claimants: tuple[RecordId, ...]


class Group(msgspec.Struct, frozen=True, kw_only=True):
    """The records of one order, in order of system and id. `identity` is the key that its global id is made of.

    `keys` are all the full keys under which the group is known, the identity among them.
    """

    identity: Key
    anchor: Fetched | None
    members: tuple[Fetched, ...]
    keys: frozenset[Key]
    ambiguities: tuple[Ambiguity, ...]


def match(records: Iterable[Fetched], business: Business, reader: KeyReader) -> tuple[Group, ...]:
    """The groups, in order of identity. Records must be distinct by (system, external id)."""
    nodes = {(fetched.system, fetched.record.external_id): fetched for fetched in records}
    graph = _Graph(nodes, reader)
    groups: list[Group] = []
    for component in graph.components():
        for members in _split(component, graph):
            groups.append(_group(members, graph, business, reader))
    groups.sort(key=lambda group: group.identity)
    return tuple(groups)


class _Graph:
    """Records joined to the keys that they own or usably refer to."""

    def __init__(self, nodes: dict[RecordId, Fetched], reader: KeyReader) -> None:
        self.nodes = nodes
        self.owned: dict[RecordId, frozenset[Key]] = {}
        self.referred: dict[RecordId, frozenset[Key]] = {}
        self.many: set[tuple[RecordId, Key]] = set()
        self.ambiguities: dict[RecordId, set[Ambiguity]] = defaultdict(set)
        owners: dict[Key, list[RecordId]] = defaultdict(list)
        claims: dict[tuple[str, Key], set[RecordId]] = defaultdict(set)
        exclusive: set[tuple[str, Key]] = set()
        for node, fetched in nodes.items():
            self.owned[node] = frozenset(reader.own_keys(fetched.system, fetched.record))
            for key in self.owned[node]:
                owners[key].append(node)
            references = reader.references(fetched.system, fetched.record)
            self.referred[node] = frozenset(key for key, _ in references)
            for key, rule in references:
                claims[fetched.system, key].add(node)
                if rule.many:
                    self.many.add((node, key))
                else:
                    exclusive.add((fetched.system, key))
        doubled = {key for key, holders in owners.items() if len(holders) > 1}
        for key in doubled:
            self._report(key, [*owners[key], *(node for (_, k), who in claims.items() if k == key for node in who)])
        for claim in exclusive:
            _, key = claim
            if len(claims[claim]) > 1:
                doubled_by = claims[claim]
                self._report(key, [*doubled_by, *owners.get(key, [])])
                for node in doubled_by:
                    self.referred[node] -= {key}
        self.owners = {key: holders[0] for key, holders in owners.items() if key not in doubled}
        for node in nodes:
            self.owned[node] -= doubled
            self.referred[node] -= doubled
        self.holders: dict[Key, list[RecordId]] = defaultdict(list)
        for node in nodes:
            for key in self.owned[node] | self.referred[node]:
                self.holders[key].append(node)

    def _report(self, key: Key, claimants: Sequence[RecordId]) -> None:
        ambiguity = Ambiguity(key, tuple(sorted(set(claimants))))
        for node in ambiguity.claimants:
            self.ambiguities[node].add(ambiguity)

    def report_contradiction(self, node: RecordId) -> None:
        """The record's references lead to several orders, or a second one of its system is in the order already."""
        for key in self.referred[node] or self.owned[node]:
            self._report(key, [node, *self.holders[key]])

    def neighbours(self, node: RecordId) -> set[RecordId]:
        """Records that share a usable key with this one."""
        return {other for key in self.owned[node] | self.referred[node] for other in self.holders[key] if other != node}

    def components(self) -> list[list[RecordId]]:
        """The connected records, each component and the list of them sorted."""
        seen: set[RecordId] = set()
        found = []
        for start in sorted(self.nodes):
            if start in seen:
                continue
            component, queue = {start}, [start]
            while queue:
                for other in self.neighbours(queue.pop()):
                    if other not in component:
                        component.add(other)
                        queue.append(other)
            seen |= component
            found.append(sorted(component))
        return found

    def may_share(self, members: Iterable[RecordId]) -> bool:
        """Whether no system stands in these records twice, but where its rule allows many."""
        by_system: dict[str, list[RecordId]] = defaultdict(list)
        for node in members:
            by_system[node[0]].append(node)
        for nodes in by_system.values():
            if len(nodes) > 1 and not all(
                any((node, key) in self.many for key in self.referred[node]) for node in nodes
            ):
                return False
        return True


def _split(component: list[RecordId], graph: _Graph) -> list[list[RecordId]]:
    """The component as orders: whole when it contradicts itself nowhere, else grown from those who refer to nobody.

    Growing goes by rounds. A record that touches one order joins it; one that touches several, or would put a
    second record of its system into the order, stays apart and is reported.
    """
    if graph.may_share(component):
        return [component]
    growth = _Growth(component, graph)
    while growth.one_round():
        pass
    for node in component:
        if node not in growth.assigned:
            graph.report_contradiction(node)
            growth.groups.append([node])
    return growth.groups


class _Growth:
    """Orders growing, round by round, from the records that refer to nobody."""

    def __init__(self, component: list[RecordId], graph: _Graph) -> None:
        self._component = component
        self._graph = graph
        self._apart: set[RecordId] = set()
        self.assigned: dict[RecordId, int] = {}
        self.groups: list[list[RecordId]] = []
        for node in component:
            if not any(key in graph.owners for key in graph.referred[node]):
                self.assigned[node] = len(self.groups)
                self.groups.append([node])

    def one_round(self) -> bool:
        """Let every record that touches exactly one order wish to join it; False when nobody wishes."""
        wishes: dict[int, list[RecordId]] = defaultdict(list)
        for node in self._component:
            if node in self.assigned or node in self._apart:
                continue
            touched = {self.assigned[other] for other in self._graph.neighbours(node) if other in self.assigned}
            if len(touched) == 1:
                wishes[touched.pop()].append(node)
            elif touched:
                self._apart.add(node)
        for index, nodes in wishes.items():
            self._join(index, nodes)
        return bool(wishes)

    def _join(self, index: int, nodes: list[RecordId]) -> None:
        """Join those whose system is not in the order yet; two of one system in one round both stay apart."""
        before = list(self.groups[index])
        for node in nodes:
            rivals = [other for other in nodes if other != node and other[0] == node[0]]
            if self._graph.may_share([*before, node, *rivals]):
                self.groups[index].append(node)
                self.assigned[node] = index
            else:
                self._apart.add(node)


def _group(nodes: list[RecordId], graph: _Graph, business: Business, reader: KeyReader) -> Group:
    members = tuple(graph.nodes[node] for node in sorted(nodes))
    inside = set(nodes)
    keys = {key for node in nodes for key in graph.owned[node] | graph.referred[node]}
    # Keys that an order outside the group owns are not names of this one.
    keys = {key for key in keys if graph.owners.get(key, nodes[0]) in inside}
    captured = [
        node
        for node in nodes
        if not any(graph.owners.get(key) in inside and graph.owners[key] != node for key in graph.referred[node])
    ]
    unowned = sorted(key for key in keys if key not in graph.owners)
    anchor = min(captured or nodes, key=lambda node: (_capture_rank(node[0], business), node))
    fetched = graph.nodes[anchor]
    identity = reader.identity(fetched.system, fetched.record)
    if identity not in graph.owners:
        identity = Key(f"{fetched.system}:id", fetched.record.external_id)
    named = [key for key in unowned if key in graph.referred[anchor]]
    if named:
        # The anchor itself is not at hand (down, or never asked): the name that others keep of it is the same.
        identity = min(named, key=lambda key: (_capture_rank(key.namespace.partition(":")[0], business), key))
    ambiguities = sorted({found for node in nodes for found in graph.ambiguities[node]})
    return Group(
        identity=identity,
        anchor=None if named else fetched,
        members=members,
        keys=frozenset(keys | {identity}),
        ambiguities=tuple(ambiguities),
    )


def _capture_rank(system: str, business: Business) -> int:
    return _CAPTURE_ORDER.index(business.systems[system].kind)
