"""What a selection touches: schema coordinates below a field, with fragments, @skip and @include honoured.

Each fragment is walked once for each type it stands on, so the cost is linear in the document.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLAbstractType,
    GraphQLError,
    GraphQLIncludeDirective,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLResolveInfo,
    GraphQLSchema,
    GraphQLSkipDirective,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    get_named_type,
    is_abstract_type,
    is_composite_type,
    is_object_type,
)
from graphql.execution.values import VariableValues, get_argument_values, get_directive_values


def coordinates(info: GraphQLResolveInfo[Any]) -> frozenset[str]:
    """All coordinates (`Order.totals`) touched below the field that is being resolved."""
    walk = Selection(info.schema, info.fragments, variables_of(info))
    return walk.below(info.field_nodes, get_named_type(info.return_type))


def arguments_below(info: GraphQLResolveInfo[Any], type_name: str, field_name: str) -> list[dict[str, Any]]:
    """The arguments of every selection of one field below the field that is being resolved."""
    variables = variables_of(info)
    walk = Selection(info.schema, info.fragments, variables)
    walk.below(info.field_nodes, get_named_type(info.return_type))
    kind = info.schema.type_map[type_name]
    assert isinstance(kind, GraphQLObjectType)
    nodes = walk.nodes.get(f"{type_name}.{field_name}", [])
    return [get_argument_values(kind.fields[field_name], node, variables) for node in nodes]


def variables_of(info: GraphQLResolveInfo[Any]) -> VariableValues:
    """The variables as graphql-core reads them; Strawberry hands resolvers the bare values."""
    values: Any = info.variable_values
    return values if isinstance(values, VariableValues) else VariableValues({}, values)


def included(node: Any, variables: VariableValues | None) -> bool:
    """Whether @skip and @include let a selection stand; without variables they do.

    So they do where they make no sense: the executor says so in its place.
    """
    if variables is None or not node.directives:
        return True
    try:
        skip = get_directive_values(GraphQLSkipDirective, node, variables)
        include = get_directive_values(GraphQLIncludeDirective, node, variables)
    except GraphQLError:
        return True
    return not (skip and skip["if"]) and not (include and not include["if"])


class Selection:
    """One walk over a selection. `nodes` holds the field nodes met, by coordinate.

    Without `variables` every @skip and @include counts as included.
    """

    def __init__(
        self, schema: GraphQLSchema, fragments: Mapping[str, FragmentDefinitionNode], variables: VariableValues | None
    ) -> None:
        self._schema = schema
        self._fragments = fragments
        self._variables = variables
        self._seen: set[tuple[str, str]] = set()
        self.nodes: dict[str, list[FieldNode]] = {}

    def below(self, fields: Iterable[FieldNode | OperationDefinitionNode], kind: GraphQLNamedType) -> frozenset[str]:
        """The coordinates below these nodes of one field (or below an operation), whose type is `kind`."""
        for node in fields:
            if node.selection_set is not None:
                self._walk(node.selection_set, kind)
        return frozenset(self.nodes)

    def _walk(self, selections: SelectionSetNode, kind: GraphQLNamedType) -> None:
        for selection in selections.selections:
            if not included(selection, self._variables):
                continue
            if isinstance(selection, FieldNode):
                self._field(selection, kind)
            elif isinstance(selection, InlineFragmentNode):
                condition = selection.type_condition
                inner = self._schema.type_map[condition.name.value] if condition else kind
                self._walk(selection.selection_set, inner)
            elif isinstance(selection, FragmentSpreadNode):
                fragment = self._fragments[selection.name.value]
                name = fragment.type_condition.name.value
                if (fragment.name.value, name) not in self._seen:
                    self._seen.add((fragment.name.value, name))
                    self._walk(fragment.selection_set, self._schema.type_map[name])

    def _field(self, node: FieldNode, kind: GraphQLNamedType) -> None:
        name = node.name.value
        for concrete in self._concrete(kind):
            if name not in concrete.fields:
                continue
            self.nodes.setdefault(f"{concrete.name}.{name}", []).append(node)
            inner = get_named_type(concrete.fields[name].type)
            if node.selection_set is not None and is_composite_type(inner):
                self._walk(node.selection_set, inner)

    def _concrete(self, kind: GraphQLNamedType) -> Iterator[GraphQLObjectType]:
        if is_object_type(kind):
            yield kind
        elif is_abstract_type(kind):
            abstract: GraphQLAbstractType = kind
            yield from self._schema.get_possible_types(abstract)
