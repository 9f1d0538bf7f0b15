"""Grouping records into orders (design, section 5).

Records are one order when their keys connect, directly or through a third. Two orders are never joined by an
empty, placeholder or doubled reference: what is ambiguous is left apart and reported on every record it touches.
The result depends neither on the order in which records arrive nor on whether a record that others refer to is
at hand: it takes part as an absent one, known by its name alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from orderweave.matching.graph import Ambiguity, Graph, Node, system_of
from orderweave.matching.keys import KeyReader
from orderweave.matching.splitting import split
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


class Group(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The records of one order, in order of system and id. `identity` is the key that its global id is made of.

    `anchor` is None when the record where the order was captured is not at hand. `keys` are all the full keys
    under which the group is known, the identity among them.
    """

    identity: Key
    anchor: Fetched | None
    members: tuple[Fetched, ...]
    keys: frozenset[Key]
    ambiguities: tuple[Ambiguity, ...]


def match(records: Iterable[Fetched], business: Business, reader: KeyReader) -> tuple[Group, ...]:
    """The groups, in order of identity. Records must be distinct by (system, external id)."""
    at_hand = {(fetched.system, fetched.record.external_id): fetched for fetched in records}
    graph = Graph(at_hand.values(), business, reader)
    groups = [
        _group(nodes, at_hand, graph, business, reader)
        for component in graph.components()
        for nodes in split(component, graph)
        if not at_hand.keys().isdisjoint(nodes)
    ]
    groups.sort(key=lambda group: group.identity)
    return tuple(groups)


def _group(
    nodes: list[Node], at_hand: Mapping[Node, Fetched], graph: Graph, business: Business, reader: KeyReader
) -> Group:
    inside = frozenset(nodes)
    members = tuple(at_hand[node] for node in sorted(inside) if node in at_hand)

    def likelihood(node: Node) -> tuple[int, bool, bool, Node]:
        system = system_of(node)
        telling = node[0].endswith(":number") == business.systems[system].manifest.numbers_unique
        kind = business.systems[system].kind
        return (_CAPTURE_ORDER.index(kind), node not in at_hand, not telling, node)

    captured = nodes[0]
    if len(nodes) > 1:
        referring_to_nobody = [node for node in nodes if inside.isdisjoint(graph.referents(node))]
        captured = min(referring_to_nobody or nodes, key=likelihood)
    anchor = at_hand.get(captured)
    if anchor is None:
        identity = Key(*captured)
    else:
        identity = reader.identity(anchor.system, anchor.record)
        if identity not in graph.owners:
            identity = Key(f"{anchor.system}:id", anchor.record.external_id)
    known = {key for node in nodes for key in graph.owned[node]}
    return Group(
        identity=identity,
        anchor=anchor,
        members=members,
        keys=frozenset(known | {identity}),
        ambiguities=tuple(sorted({found for node in nodes for found in graph.ambiguities[node]})),
    )
