"""What a query costs by the rules in `queries`, computed from the document; and the bucket that pays for it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLNamedType,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    VariableNode,
    get_named_type,
    is_abstract_type,
    is_leaf_type,
    is_object_type,
    value_from_ast_untyped,
)

from orderweave_shopify.queries import connection_cost
from orderweave_shopify.registering import SUBSCRIBE_COST


def requested_cost(schema: GraphQLSchema, document: DocumentNode, variables: Mapping[str, Any]) -> int:
    """The most that the document's one operation can cost."""
    fragments = {node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)}
    (operation,) = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
    if operation.operation is OperationType.MUTATION:
        return SUBSCRIBE_COST * len(operation.selection_set.selections)
    assert schema.query_type is not None
    return _Pricing(schema, fragments, variables).inside(schema.query_type, [operation.selection_set])


class _Pricing:
    """One pricing of one document."""

    def __init__(
        self, schema: GraphQLSchema, fragments: Mapping[str, FragmentDefinitionNode], variables: Mapping[str, Any]
    ) -> None:
        self._schema = schema
        self._fragments = fragments
        self._variables = variables

    def inside(self, type_: GraphQLNamedType, sets: Iterable[SelectionSetNode]) -> int:
        """What the selections cost on an object; of an abstract type, the dearest of its types."""
        sets = list(sets)
        if is_abstract_type(type_):
            return max(self._own(possible) + self._fields(possible, sets) for possible in self._possible(type_))
        return self._fields(type_, sets)

    def _possible(self, type_: Any) -> Iterable[Any]:
        return self._schema.get_possible_types(type_)

    def _own(self, type_: Any) -> int:
        """An object with an identity costs 1, a plain value nothing."""
        return int(any(interface.name == "Node" for interface in type_.interfaces))

    def _fields(self, type_: Any, sets: Iterable[SelectionSetNode]) -> int:
        selected: dict[str, list[FieldNode]] = {}
        for selection_set in sets:
            self._collect(type_, selection_set, selected)
        return sum(self._field(type_, nodes) for nodes in selected.values())

    def _field(self, type_: Any, nodes: list[FieldNode]) -> int:
        name = nodes[0].name.value
        if name.startswith("__"):
            return 0
        returned = get_named_type(type_.fields[name].type)
        if is_leaf_type(returned):
            return 0
        sets = [node.selection_set for node in nodes if node.selection_set is not None]
        if returned.name.endswith("Connection"):
            return connection_cost(self._argument(nodes[0], "first"), self._entries(returned, sets))
        if name == "nodes" and type_ is self._schema.query_type:
            return connection_cost(len(self._argument(nodes[0], "ids")), self.inside(returned, sets))
        own = self._own(returned) if is_object_type(returned) else 0
        return own + self.inside(returned, sets)

    def _entries(self, type_: Any, sets: Iterable[SelectionSetNode]) -> int:
        """What one entry of a connection costs, under `nodes` or under the `node` of its `edges`."""
        selected: dict[str, list[FieldNode]] = {}
        for selection_set in sets:
            self._collect(type_, selection_set, selected)
        inner = selected.get("nodes") or selected.get("edges") or []
        entry = get_named_type(type_.fields[inner[0].name.value].type)
        below = [node.selection_set for node in inner if node.selection_set is not None]
        own = self._own(entry) if is_object_type(entry) else 0
        return own + self.inside(entry, below)

    def _argument(self, node: FieldNode, name: str) -> Any:
        for argument in node.arguments or ():
            if argument.name.value == name:
                if isinstance(argument.value, VariableNode):
                    return self._variables[argument.value.name.value]
                return value_from_ast_untyped(argument.value)
        return 1

    def _collect(self, type_: Any, selection_set: SelectionSetNode, into: dict[str, list[FieldNode]]) -> None:
        for selection in selection_set.selections:
            if isinstance(selection, FieldNode):
                key = selection.alias.value if selection.alias else selection.name.value
                into.setdefault(key, []).append(selection)
            elif isinstance(selection, FragmentSpreadNode | InlineFragmentNode):
                inner: Any = (
                    self._fragments[selection.name.value] if isinstance(selection, FragmentSpreadNode) else selection
                )
                condition = inner.type_condition.name.value if inner.type_condition else type_.name
                names = {type_.name, *(interface.name for interface in getattr(type_, "interfaces", ()))}
                if condition in names:
                    self._collect(type_, inner.selection_set, into)


class Bucket:
    """Shopify's leaky bucket: a query takes its cost, time gives back. `clock` counts seconds."""

    def __init__(self, *, maximum: float, per_second: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.maximum = maximum
        self.per_second = per_second
        self._clock = clock
        self._available = maximum
        self._at = clock()

    def available(self) -> float:
        """Points there are now."""
        now = self._clock()
        self._available = min(self.maximum, self._available + (now - self._at) * self.per_second)
        self._at = now
        return self._available

    def take(self, cost: float) -> bool:
        """Take the points if they are there."""
        if self.available() < cost:
            return False
        self._available -= cost
        return True

    def status(self) -> dict[str, float]:
        """The bucket as Shopify tells of it."""
        return {
            "maximumAvailable": self.maximum,
            "currentlyAvailable": round(self.available(), 1),
            "restoreRate": self.per_second,
        }
