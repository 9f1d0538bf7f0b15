"""Splitting connected records that contradict each other into orders.

Orders grow from the records that refer to nobody. In each round the records whose referents all stand somewhere
find their place: first those that refer to one order, then those that tie several together. A record that would
put together what cannot be one order stays apart and is reported; so do two that exclude each other.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from orderweave.matching.graph import Graph, Node

# Records that refer to each other in a ring, nearly always one record alone.
Block = frozenset[Node]


class _Wish(msgspec.Struct, frozen=True):
    """A block, the orders that it refers to (by their least node), and what would be one order if it had its way."""

    block: Block
    targets: frozenset[Node]
    whole: frozenset[Node]


def split(component: list[Node], graph: Graph) -> list[list[Node]]:
    """The component as orders: whole when it contradicts itself nowhere."""
    if len(component) == 1 or graph.may_be_one(component):
        return [component]
    growth = _Growth(component, graph)
    while growth.one_round():
        pass
    return growth.orders()


class _Growth:
    """Orders growing, round by round."""

    def __init__(self, component: list[Node], graph: Graph) -> None:
        self._graph = graph
        self._waiting = _blocks(component, graph)
        # An order is found by its least node, and by each node the order that it stands in.
        self._orders: dict[Node, frozenset[Node]] = {}
        self._place: dict[Node, Node] = {}

    def orders(self) -> list[list[Node]]:
        """What has grown."""
        return [sorted(order) for order in self._orders.values()]

    def one_round(self) -> bool:
        """Place every block whose referents all stand somewhere; False when nothing waits."""
        ready = [block for block in self._waiting if self._outside(block) <= self._place.keys()]
        self._waiting = [block for block in self._waiting if not self._outside(block) <= self._place.keys()]
        referring = [block for block in ready if self._outside(block)]
        for block in ready:
            if not self._outside(block):
                self._stand_alone(block)
        self._settle([block for block in referring if len(self._targets(block)) == 1])
        self._settle([block for block in referring if not block <= self._place.keys()])
        return bool(ready)

    def _outside(self, block: Block) -> set[Node]:
        return {other for node in block for other in self._graph.referents(node)} - block

    def _targets(self, block: Block) -> frozenset[Node]:
        return frozenset(self._place[node] for node in self._outside(block))

    def _settle(self, blocks: Iterable[Block]) -> None:
        """Join these blocks to what they refer to, but those that contradict it or each other."""
        wishes = [self._wish(block) for block in blocks]
        possible = [wish for wish in wishes if self._graph.may_be_one(wish.whole)]
        for together in _overlapping(possible):
            clashing = self._graph.clashing(_whole(together))
            for peaceful in _overlapping(wish for wish in together if clashing.isdisjoint(wish.whole)):
                if self._graph.may_be_one(_whole(peaceful)):
                    self._unite(_whole(peaceful))
        for wish in wishes:
            if not wish.block <= self._place.keys():
                self._graph.report_contradiction(wish.block)
                self._stand_alone(wish.block)

    def _wish(self, block: Block) -> _Wish:
        targets = self._targets(block)
        return _Wish(block, targets, block.union(*(self._orders[target] for target in targets)))

    def _stand_alone(self, block: Block) -> None:
        """An order of its own; records of a ring that contradicts itself stand alone one by one."""
        if self._graph.may_be_one(block):
            self._unite(block)
            return
        for node in block:
            self._graph.report_contradiction([node])
            self._unite(frozenset({node}))

    def _unite(self, nodes: frozenset[Node]) -> None:
        for place in {self._place[node] for node in nodes if node in self._place}:
            del self._orders[place]
        place = min(nodes)
        self._orders[place] = nodes
        self._place.update(dict.fromkeys(nodes, place))


def _whole(wishes: Iterable[_Wish]) -> frozenset[Node]:
    return frozenset[Node]().union(*(wish.whole for wish in wishes))


def _overlapping(wishes: Iterable[_Wish]) -> list[list[_Wish]]:
    """The wishes in clusters that share orders, directly or through others."""
    cluster_at: dict[Node, list[_Wish]] = {}
    for wish in wishes:
        touching = {id(found): found for target in wish.targets if (found := cluster_at.get(target)) is not None}
        cluster, *others = touching.values() or ([],)
        for other in others:
            cluster += other
            cluster_at.update((target, cluster) for moved in other for target in moved.targets)
        cluster.append(wish)
        cluster_at.update(dict.fromkeys(wish.targets, cluster))
    return list({id(cluster): cluster for cluster in cluster_at.values()}.values())


def _blocks(component: Iterable[Node], graph: Graph) -> list[Block]:
    """The nodes in blocks: those that refer to each other in a ring are one."""
    reach = {node: _reach(node, graph) for node in component}
    return sorted({frozenset(other for other in reach[node] if node in reach[other]) for node in component}, key=min)


def _reach(node: Node, graph: Graph) -> set[Node]:
    """The node and all that it refers to, directly or through others."""
    reached, queue = {node}, [node]
    while queue:
        fresh = graph.referents(queue.pop()) - reached
        reached |= fresh
        queue += fresh
    return reached
