"""The work of checking grows with the document and with nothing else: its steps are counted."""

from __future__ import annotations

from typing import Any

import pytest
from graphql import FragmentDefinitionNode, GraphQLObjectType, OperationDefinitionNode, parse

from orderweave.operations.response import ResponsePrice
from orderweave.operations.shape import MOST, Shape, shape_of
from orderweave.operations.weights import Weights
from orderweave.schema import build_schema
from tests.unit.web.hostile import field_bomb, fragment_bomb

SCHEMA = build_schema()._schema
WEIGHTS = Weights(SCHEMA)


def looked_at(document: str) -> tuple[Shape, int, int]:
    """The shape of a document's only operation, its response price, and the steps that the price took."""
    parsed = parse(document)
    fragments = {node.name.value: node for node in parsed.definitions if isinstance(node, FragmentDefinitionNode)}
    (operation,) = (node for node in parsed.definitions if isinstance(node, OperationDefinitionNode))
    pricing = ResponsePrice(WEIGHTS, fragments, None)
    root: Any = SCHEMA.query_type
    assert isinstance(root, GraphQLObjectType)
    price = pricing.of(operation, root)
    return shape_of(operation, fragments), price, pricing.steps


@pytest.mark.parametrize("fragments", [1, 3, 6, 12, 24, 48, 96])
def test_a_fragment_bomb_takes_two_steps_a_fragment(fragments: int) -> None:
    """Of fragments that each spread the next twice every selection is looked at once, whatever they come to."""
    shape, price, steps = looked_at(fragment_bomb(fragments))
    spread = min(MOST, 2**fragments)
    assert (shape.steps, steps) == (2 * fragments + 3, 2 * fragments + 3)
    assert (shape.fields, price) == (min(MOST, spread + 1), min(MOST, spread + 1))


@pytest.mark.parametrize("spreads", [1, 5, 10])
def test_steps_are_the_selections_of_the_document(spreads: int) -> None:
    """However often each fragment spreads the next, a selection is one step."""
    shape, _, steps = looked_at(fragment_bomb(20, spreads))
    assert shape.steps == steps == 20 * spreads + 3


@pytest.mark.parametrize("width", [1, 2, 4, 8, 16])
def test_a_product_of_lists_takes_steps_for_its_selections(width: int) -> None:
    """Lists in lists under aliases multiply in the price, and add in the work."""
    shape, price, steps = looked_at(field_bomb(width))
    # orders, nodes, the spread; then in each of the three fragments `width` fields with one selection each.
    assert shape.steps == steps == 3 + 3 * 2 * width
    events = 10 * (1 + 1)
    packages = 2 * (1 + width * events)
    shipments = 2 * (1 + width * packages)
    assert price == 1 + 100 * (1 + width * shipments)


def test_a_fragment_on_an_interface_is_priced_once_a_type() -> None:
    """A selection on `Node` is looked at for each type that it may be, however often it is spread."""
    types = len(SCHEMA.get_possible_types(SCHEMA.type_map["Node"]))  # type: ignore[arg-type]  # an interface
    _, once, steps = looked_at('{ node(id: "x") { ...N } } fragment N on Node { id }')
    _, twice, more = looked_at('{ node(id: "x") { ...N ...N } } fragment N on Node { id }')
    assert (once, steps) == (2, 1 + 2 * types)
    assert (twice, more) == (3, 1 + 3 * types)


def test_a_circle_ends() -> None:
    """What spreads itself counts once: validation refuses it, but it is counted before."""
    shape = looked_at("{ systems { name } } fragment A on System { name }")[0]
    assert (shape.fields, shape.depth) == (2, 2)
    parsed = parse("{ systems { ...A } } fragment A on System { name ...B } fragment B on System { title ...A }")
    fragments = {node.name.value: node for node in parsed.definitions if isinstance(node, FragmentDefinitionNode)}
    shape = shape_of(parsed.definitions[0], fragments)
    assert (shape.fields, shape.depth, shape.steps) == (3, 2, 6)
