"""What a selection touches: fragments, aliases, interfaces, @skip and @include, at a cost linear in the document."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from graphql import FieldNode, FragmentDefinitionNode, GraphQLSchema, OperationDefinitionNode, parse
from graphql.execution.values import get_variable_values

from orderweave.operations.selection import Selection, arguments_below, coordinates
from orderweave.schema import build_schema


@pytest.fixture(scope="module")
def schema() -> GraphQLSchema:
    """The schema of the API."""
    return build_schema()._schema


def walk(schema: GraphQLSchema, document: str, variables: dict[str, Any] | None = None) -> Selection:
    """The walk below the only root field of a document."""
    parsed = parse(document)
    fragments = {node.name.value: node for node in parsed.definitions if isinstance(node, FragmentDefinitionNode)}
    (operation,) = (node for node in parsed.definitions if isinstance(node, OperationDefinitionNode))
    (field,) = operation.selection_set.selections
    assert isinstance(field, FieldNode)
    assert schema.query_type is not None
    selection = Selection(schema, fragments, None if variables is None else _values(schema, operation, variables))
    kind: Any = schema.query_type.fields[field.name.value].type
    while hasattr(kind, "of_type"):
        kind = kind.of_type
    selection.below([field], kind)
    return selection


def touched(schema: GraphQLSchema, document: str, variables: dict[str, Any] | None = None) -> set[str]:
    """The coordinates below the only root field."""
    return set(walk(schema, document, variables).nodes)


def test_fields_at_every_depth(schema: GraphQLSchema) -> None:
    """Every field below the root is a coordinate of its type, whatever its alias."""
    document = '{ order(by: {number: "1"}) { no: number totals { total { amount } } } }'
    assert touched(schema, document) == {"Order.number", "Order.totals", "OrderTotals.total", "Money.amount"}


def test_fragments_named_and_inline(schema: GraphQLSchema) -> None:
    """Named fragments, also within fragments, and inline ones, typed or not, count like what they hold."""
    document = """
        { orders(first: 1) { nodes { ...A ... { origin } ... on Order { archived } } } }
        fragment A on Order { number ...B }
        fragment B on Order { status }
    """
    assert touched(schema, document) == {
        "OrderConnection.nodes",
        "Order.number",
        "Order.status",
        "Order.origin",
        "Order.archived",
    }


def test_interfaces_stand_for_every_type(schema: GraphQLSchema) -> None:
    """A field of an interface is touched on each type that it may be; a typed fragment on its type alone."""
    document = '{ node(id: "x") { id ... on Product { sku } ...S } } fragment S on Sourced { sources { system } }'
    found = touched(schema, document)
    assert {name for name in found if name.endswith(".id")} == {
        "Customer.id",
        "Location.id",
        "Order.id",
        "Product.id",
    }
    assert found - {name for name in found if name.endswith(".id")} == {
        "Product.sku",
        "Order.sources",
        "SourceRecord.system",
    }


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({"yes": True, "no": False}, {"Order.number", "Order.origin"}),
        ({"yes": False, "no": True}, {"Order.status", "Order.archived", "Order.currency"}),
        (None, {"Order.number", "Order.status", "Order.origin", "Order.archived", "Order.currency"}),
    ],
    ids=["one way", "the other", "not known"],
)
def test_skip_and_include(schema: GraphQLSchema, variables: dict[str, Any] | None, expected: set[str]) -> None:
    """@skip and @include are followed on fields and fragments; without variables everything counts."""
    document = """
        query ($yes: Boolean!, $no: Boolean!) { order(by: {number: "1"}) {
            number @include(if: $yes)
            status @skip(if: $yes)
            origin @include(if: $yes) @skip(if: $no)
            ... @include(if: $no) { archived }
            ...C @skip(if: $yes)
        } }
        fragment C on Order { currency }
    """
    assert touched(schema, document, variables) == expected


def test_a_fragment_that_is_skipped_once_counts_where_it_stands(schema: GraphQLSchema) -> None:
    """A fragment that is left out at one place still counts at another."""
    document = """
        { order(by: {number: "1"}) { ...A @skip(if: true) ...A } }
        fragment A on Order { number }
    """
    assert touched(schema, document, {}) == {"Order.number"}


def test_a_fragment_bomb_is_walked_once_a_fragment(schema: GraphQLSchema) -> None:
    """Eighteen fragments, each spreading the next twice, are 18 fields to walk and not 2 to the 18th."""
    levels = "".join(f"fragment F{n} on Order {{ a{n}: number ...F{n + 1} ...F{n + 1} }} " for n in range(18))
    document = f'{{ order(by: {{number: "1"}}) {{ ...F0 ...F0 }} }} {levels} fragment F18 on Order {{ status }}'
    nodes = walk(schema, document).nodes
    assert len(nodes["Order.number"]) == 18
    assert len(nodes["Order.status"]) == 1


def test_below_a_resolver(schema: GraphQLSchema) -> None:
    """From inside a resolver the coordinates and the arguments of each nested use are read, variables filled in."""
    document = """
        query ($n: Int = 7) { customer(by: {email: "a@b.c"}) {
            name
            a: orders(first: $n) { nodes { number } }
            b: orders(last: 2, before: "x") { nodes { status } }
        } }
    """
    (operation,) = parse(document).definitions
    assert isinstance(operation, OperationDefinitionNode)
    assert schema.query_type is not None
    info: Any = SimpleNamespace(
        schema=schema,
        fragments={},
        variable_values=_values(schema, operation, {}),
        field_nodes=operation.selection_set.selections,
        return_type=schema.query_type.fields["customer"].type,
    )
    assert coordinates(info) == {
        "Customer.name",
        "Customer.orders",
        "OrderConnection.nodes",
        "Order.number",
        "Order.status",
    }
    given = arguments_below(info, "Customer", "orders")
    assert [{name: value for name, value in entry.items() if value is not None} for entry in given] == [
        {"first": 7},
        {"last": 2, "before": "x"},
    ]
    assert arguments_below(info, "Order", "lines") == []


def _values(schema: GraphQLSchema, operation: OperationDefinitionNode, variables: dict[str, Any]) -> Any:
    return get_variable_values(schema, operation.variable_definitions or (), variables)
