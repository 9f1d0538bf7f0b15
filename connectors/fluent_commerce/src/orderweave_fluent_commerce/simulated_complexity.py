"""What Fluent finds a query to cost, for the simulator: the reads that it could lead to.

Each object or list that is not of the row itself is one read for each row around it; a list multiplies by its page.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    get_named_type,
    is_leaf_type,
    value_from_ast_untyped,
)

# Entries of a list for which no page is asked.
DEFAULT_PAGE = 10
# What stands in the row itself, or is only the frame of a list.
_FREE = frozenset({"PageInfo", "Attribute", "LocationLink", "ProductLink", "QuantityType", "SettingValueType"})


class Complexity:
    """The cost of one operation."""

    def __init__(self, schema: GraphQLSchema, document: DocumentNode, variables: Mapping[str, Any]) -> None:
        self._schema = schema
        self._variables = dict(variables)
        self._fragments = {
            node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)
        }
        self._operation = next(node for node in document.definitions if isinstance(node, OperationDefinitionNode))

    def total(self) -> int:
        """The reads that the operation could lead to."""
        return self._selection(self._schema.query_type, self._operation.selection_set, 1)

    def _selection(self, type_: Any, selections: SelectionSetNode, rows: int) -> int:
        total = 0
        for selection in selections.selections:
            if isinstance(selection, FieldNode):
                if selection.name.value != "__typename":
                    total += self._field(type_, selection, rows)
            elif isinstance(selection, FragmentSpreadNode):
                total += self._selection(type_, self._fragments[selection.name.value].selection_set, rows)
            elif isinstance(selection, InlineFragmentNode):
                condition = selection.type_condition
                inner = self._schema.get_type(condition.name.value) if condition else type_
                total += self._selection(inner, selection.selection_set, rows)
        return total

    def _field(self, type_: Any, node: FieldNode, rows: int) -> int:
        inner = get_named_type(type_.fields[node.name.value].type)
        if is_leaf_type(inner) or node.selection_set is None:
            return 0
        if inner.name.endswith("Connection"):
            return rows + self._selection(inner, node.selection_set, rows * self._page(node))
        frame = inner.name.endswith("Edge") or node.name.value == "node"
        cost = 0 if frame or inner.name in _FREE else rows
        return cost + self._selection(inner, node.selection_set, rows)

    def _page(self, node: FieldNode) -> int:
        for argument in node.arguments or ():
            if argument.name.value == "first":
                asked = value_from_ast_untyped(argument.value, self._variables)
                return DEFAULT_PAGE if asked is None else int(asked)
        return DEFAULT_PAGE
