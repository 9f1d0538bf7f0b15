"""Which field takes which scope: the table is whole, says nothing of what is not there, and the schema prints it."""

from __future__ import annotations

import pytest
from graphql import (
    ConstDirectiveNode,
    GraphQLObjectType,
    ObjectTypeDefinitionNode,
    is_introspection_type,
    parse,
    value_from_ast_untyped,
)

from orderweave.model.access import SCOPES
from orderweave.model.rights import Scope
from orderweave.schema import build_subgraph, print_sdl

SCHEMA = build_subgraph()._schema
ROOTS = [root for root in (SCHEMA.query_type, SCHEMA.mutation_type, SCHEMA.subscription_type) if root]
OBJECTS = {
    kind.name: kind
    for kind in SCHEMA.type_map.values()
    if isinstance(kind, GraphQLObjectType) and not is_introspection_type(kind)
}
BY_ID = [kind for kind in OBJECTS.values() if any(each.name == "Node" for each in kind.interfaces)]


@pytest.mark.parametrize("kind", [*ROOTS, *BY_ID], ids=lambda kind: kind.name)
def test_every_field_has_its_rule(kind: GraphQLObjectType) -> None:
    """A field of a root, or of a type that can be asked for by id, that the table does not name is noticed."""
    assert sorted(f"{kind.name}.{name}" for name in kind.fields if f"{kind.name}.{name}" not in SCOPES) == []


def test_types_behind_ids_have_their_rule() -> None:
    """Whatever `node` may give says what its objects take."""
    assert sorted(kind.name for kind in BY_ID if kind.name not in SCOPES) == []


def test_nothing_is_named_that_is_not_there() -> None:
    """Every entry is a type of the schema or a field of one."""
    there = {f"{kind.name}.{name}" for kind in OBJECTS.values() for name in kind.fields} | {kind.name for kind in BY_ID}
    assert sorted(SCOPES.keys() - there) == []


def test_the_printed_schema_says_it() -> None:
    """Each rule stands as a directive at its field, and no other type has one."""
    found = {
        f"{kind.name.value}.{field.name.value}": read_scopes(directive)
        for kind in parse(print_sdl()).definitions
        if isinstance(kind, ObjectTypeDefinitionNode)
        for field in kind.fields or ()
        for directive in field.directives or ()
        if directive.name.value == "access"
    }
    assert found == {name: scopes for name, scopes in SCOPES.items() if scopes and "." in name}


def read_scopes(directive: ConstDirectiveNode) -> frozenset[Scope]:
    """The scopes that a printed directive names."""
    (argument,) = directive.arguments or ()
    return frozenset(map(Scope, value_from_ast_untyped(argument.value)))
