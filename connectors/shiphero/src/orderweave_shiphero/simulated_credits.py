"""The simulator's price of an operation, worked out on its own from the document, as the vendor's server would."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    OperationDefinitionNode,
    SelectionSetNode,
    get_named_type,
    value_from_ast_untyped,
)

# What the vendor takes for a connection that names no `first`.
_DEFAULT_PAGE = 100


class Prices:
    """Prices of the root fields of one operation."""

    def __init__(self, schema: GraphQLSchema, document: DocumentNode, variables: Mapping[str, Any]) -> None:
        self._schema = schema
        self._variables = dict(variables)
        self._fragments = {
            node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)
        }
        (self._operation,) = (node for node in document.definitions if isinstance(node, OperationDefinitionNode))

    def total(self) -> int:
        """The price of the whole operation."""
        fields = self._operation.selection_set.selections
        return sum(self.of_root(field) for field in fields if isinstance(field, FieldNode))

    def of_root(self, field: FieldNode) -> int:
        """One credit for the root field, and the connections inside it."""
        root = self._schema.get_root_type(self._operation.operation)
        assert root is not None
        return 1 + self._inside(get_named_type(root.fields[field.name.value].type), field.selection_set)

    def _inside(self, type_: GraphQLNamedType, selection_set: SelectionSetNode | None) -> int:
        if selection_set is None or not isinstance(type_, GraphQLObjectType):
            return 0
        price = 0
        for selection in selection_set.selections:
            if isinstance(selection, FragmentSpreadNode):
                price += self._inside(type_, self._fragments[selection.name.value].selection_set)
            elif isinstance(selection, FieldNode) and selection.name.value in type_.fields:
                inner = get_named_type(type_.fields[selection.name.value].type)
                nested = self._inside(inner, selection.selection_set)
                is_connection = inner.name.endswith("Connection")
                price += self._first(selection) * (1 + nested) if is_connection else nested
        return price

    def _first(self, field: FieldNode) -> int:
        for argument in field.arguments or ():
            if argument.name.value == "first":
                first = value_from_ast_untyped(argument.value, self._variables)
                return _DEFAULT_PAGE if first is None else int(first)
        return _DEFAULT_PAGE
