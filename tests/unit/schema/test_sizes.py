"""What the schema says of the size of answers: every list is sized, and what is said can be read back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from graphql import (
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
    is_introspection_type,
    is_list_type,
    is_non_null_type,
    value_from_ast_untyped,
)
from graphql import build_schema as parse_schema

from orderweave.operations.weights import Weights
from orderweave.schema import build_schema

ROOT = Path(__file__).parents[3]
WEIGHTS = Weights(build_schema()._schema)


@pytest.fixture(scope="module")
def printed() -> GraphQLSchema:
    """The schema as it is committed."""
    return parse_schema((ROOT / "schema.graphql").read_text())


def fields(schema: GraphQLSchema) -> Iterator[tuple[str, str, GraphQLField]]:
    """Every field of every object and interface."""
    for kind in schema.type_map.values():
        if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType) and not is_introspection_type(kind):
            for name, field in kind.fields.items():
                yield kind.name, name, field


def said(field: GraphQLField, directive: str) -> dict[str, Any] | None:
    """The arguments of a directive that stands on a field; None where it does not."""
    assert field.ast_node is not None
    for each in field.ast_node.directives or ():
        if each.name.value == directive:
            return {given.name.value: value_from_ast_untyped(given.value) for given in each.arguments or ()}
    return None


def is_list(field: GraphQLField) -> bool:
    """Whether a field gives a list."""
    kind: Any = field.type
    return is_list_type(kind.of_type if is_non_null_type(kind) else kind)


def sized_below(schema: GraphQLSchema) -> set[tuple[str, str]]:
    """The lists whose size a page says: the fields of connections."""
    return {
        (get_named_type(field.type).name, name)
        for _, _, field in fields(schema)
        for name in (said(field, "listSize") or {}).get("sizedFields", ())
    }


def test_every_list_has_a_size(printed: GraphQLSchema) -> None:
    """A list says how long it is assumed to be or what says it, or a page above it does; a new one without fails."""
    below = sized_below(printed)
    unsized = [
        f"{owner}.{name}"
        for owner, name, field in fields(printed)
        if is_list(field) and said(field, "listSize") is None and (owner, name) not in below
    ]
    assert unsized == []


def test_what_is_printed_is_what_is_charged(printed: GraphQLSchema) -> None:
    """The weights that prices are made of are those that stand in schema.graphql, of every field."""
    for owner, name, field in fields(printed):
        weight = WEIGHTS.of(owner, name)
        cost, sizes = said(field, "cost"), said(field, "listSize") or {}
        assert weight.each == (int(cost["weight"]) if cost else 1)
        assert weight.size == sizes.get("assumedSize", weight.size)
        assert list(weight.slicing) == sizes.get("slicingArguments", [])
        assert weight.sized == set(sizes.get("sizedFields", ()))


def test_slicing_arguments_are_there(printed: GraphQLSchema) -> None:
    """What says the size of a list is an argument of its field."""
    for owner, name, field in fields(printed):
        assert set(WEIGHTS.of(owner, name).slicing) <= set(field.args)
