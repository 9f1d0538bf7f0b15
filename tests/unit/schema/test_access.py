"""Which field takes which scope: the table is whole, says nothing of what is not there, and leaves no way around."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from graphql import (
    ConstDirectiveNode,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLUnionType,
    ObjectTypeDefinitionNode,
    get_named_type,
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

# What may be reached by no way that does not take the scope of its kind.
KEPT = {
    Scope.FINANCIALS: {"Money", "Payment", "Invoice", "OrderTotals", "Refund", "Discount", "TaxLine", "Transaction"},
    Scope.PERSONAL: {"Address", "Customer", "Company"},
    Scope.PROVENANCE: {"SourceRecord", "FieldConflict", "Identifier", "SourceStatus", "SystemValue", "Hold"},
    Scope.SYSTEMS: {"System", "StatusMapping", "Breaker", "Quota", "UnknownWord"},
}


def ways(kind: GraphQLObjectType) -> Iterator[tuple[str, GraphQLObjectType]]:
    """Every field of a type that leads to objects, with each type that these may have."""
    for name, field in kind.fields.items():
        inner = get_named_type(field.type)
        if isinstance(inner, GraphQLInterfaceType | GraphQLUnionType):
            for each in SCHEMA.get_possible_types(inner):
                yield f"{kind.name}.{name}", each
        elif isinstance(inner, GraphQLObjectType):
            yield f"{kind.name}.{name}", inner


def reached_without(scope: Scope) -> set[str]:
    """The types to which a caller comes who has every scope but this one."""
    seen: set[str] = set()
    front = list(ROOTS)
    while front:
        for coordinate, kind in ways(front.pop()):
            if scope in SCOPES.get(coordinate, ()) or scope in SCOPES.get(kind.name, ()) or kind.name in seen:
                continue
            seen.add(kind.name)
            front.append(kind)
    return seen


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


@pytest.mark.parametrize("scope", KEPT, ids=str)
def test_no_way_around_a_scope(scope: Scope) -> None:
    """Without the scope of money, people, provenance or systems no selection leads to any of it, by whatever way."""
    assert KEPT[scope] <= OBJECTS.keys()
    assert reached_without(scope) & KEPT[scope] == set()


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
