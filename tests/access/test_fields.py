"""Every field of the schema has a rule: scopes of its own, or somebody's word that it follows what leads to it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import pytest
from graphql import (
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    extend_schema,
    get_named_type,
    is_introspection_type,
    parse,
)

from orderweave.model.access import SCOPES
from orderweave.model.rights import Scope
from orderweave.schema import build_subgraph
from tests.access.following import FOLLOWING, Ways

SCHEMA = build_subgraph()._schema
WRITTEN = {kind: way for way, kinds in FOLLOWING.items() for kind in kinds}
FOLLOWERS = [
    f"{kind}.{field}" for kinds in FOLLOWING.values() for kind, names in kinds.items() for field in names.split()
]

# What may be reached by no way that does not take the scope of its kind.
KEPT = {
    Scope.FINANCIALS: {"Money", "Payment", "Invoice", "OrderTotals", "Refund", "Discount", "TaxLine", "Transaction"},
    Scope.PERSONAL: {"Address", "Customer", "Company"},
    Scope.PROVENANCE: {"SourceRecord", "FieldConflict", "Identifier", "SourceStatus", "SystemValue", "Hold"},
    Scope.SYSTEMS: {"System", "StatusMapping", "Breaker", "Quota", "UnknownWord"},
}


def objects(schema: GraphQLSchema) -> dict[str, GraphQLObjectType]:
    """The types of objects by name."""
    kinds = schema.type_map.values()
    return {k.name: k for k in kinds if isinstance(k, GraphQLObjectType) and not is_introspection_type(k)}


def undecided(schema: GraphQLSchema) -> list[str]:
    """The fields of which nobody has said who may see them."""
    there = {f"{kind.name}.{field}" for kind in objects(schema).values() for field in kind.fields}
    return sorted(there - SCOPES.keys() - set(FOLLOWERS))


def leading_on(schema: GraphQLSchema, kind: GraphQLObjectType) -> Iterator[tuple[GraphQLObjectType, frozenset[Scope]]]:
    """The types to which a type's fields lead, each with what that step takes."""
    for name, field in kind.fields.items():
        takes, inner = SCOPES.get(f"{kind.name}.{name}", frozenset()), get_named_type(field.type)
        if isinstance(inner, GraphQLInterfaceType | GraphQLUnionType):
            # What an object takes of itself is looked at where an interface leads to it (`may_see`), and only there.
            yield from ((each, takes | SCOPES.get(each.name, frozenset())) for each in schema.get_possible_types(inner))
        elif isinstance(inner, GraphQLObjectType):
            yield inner, takes


def taken(schema: GraphQLSchema) -> dict[str, Ways]:
    """By type the least that the ways from the roots to it take; of two ways, one that takes more is left out."""
    roots = [root for root in (schema.query_type, schema.mutation_type, schema.subscription_type) if root]
    least: dict[str, Ways] = defaultdict(frozenset)
    front: list[tuple[GraphQLObjectType, frozenset[Scope]]] = [(root, frozenset()) for root in roots]
    while front:
        kind, scopes = front.pop()
        if any(other <= scopes for other in least[kind.name]):
            continue
        least[kind.name] = frozenset(other for other in least[kind.name] if not scopes <= other) | {scopes}
        front += [(each, scopes | takes) for each, takes in leading_on(schema, kind)]
    return {name: least[name] for name in objects(schema) if name not in {root.name for root in roots}}


def test_every_field_is_decided() -> None:
    """Whoever adds a field writes its scopes into `model/access.py`, or its name with its type in `following.py`."""
    assert undecided(SCHEMA) == []


def test_a_field_has_one_rule_and_is_there() -> None:
    """Each follower is a field of the schema, stands once, and has no scopes of its own."""
    there = {f"{kind.name}.{field}" for kind in objects(SCHEMA).values() for field in kind.fields}
    assert sorted(set(FOLLOWERS) - there) == []
    assert sorted(set(FOLLOWERS) & SCOPES.keys()) == []
    assert len(FOLLOWERS) == len(set(FOLLOWERS))


def test_each_type_takes_what_is_written() -> None:
    """No way leads to a type that takes less than what stands there, and none is written that there is not."""
    assert taken(SCHEMA) == WRITTEN
    assert sum(map(len, FOLLOWING.values())) == len(WRITTEN)


@pytest.mark.parametrize("scope", KEPT, ids=str)
def test_a_kind_keeps_its_scope(scope: Scope) -> None:
    """No way to money, people, provenance or systems is written that does not take their scope."""
    assert sorted(kind for kind in KEPT[scope] if not all(scope in way for way in WRITTEN[kind])) == []


@pytest.mark.parametrize(
    "added",
    [
        "Shipment.recipientName: String",
        "OrderLine.buyerEmail: String",
        "Money.payer: String",
        "Query.people: [Company]",
    ],
)
def test_a_new_field_is_noticed(added: str) -> None:
    """Wherever a field is added, it is named until it has a rule."""
    kind, field = added.split(".", 1)
    more = extend_schema(SCHEMA, parse(f"extend type {kind} {{ {field} }}"))
    assert undecided(more) == [added.partition(":")[0]]


def test_a_new_way_is_noticed() -> None:
    """A way to addresses from a place of the business would show people to who may see stock alone."""
    more = extend_schema(SCHEMA, parse("extend type Location { address: Address }"))
    found = {name: way for name, way in taken(more).items() if way != WRITTEN[name]}
    assert found == {"Address": frozenset({frozenset({Scope.ORDERS}), frozenset({Scope.INVENTORY})})}
