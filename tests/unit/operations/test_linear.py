"""The work of checking grows with the document and with nothing else: its steps are counted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from graphql import FragmentDefinitionNode, GraphQLObjectType, OperationDefinitionNode, parse, validate
from graphql.execution.values import VariableValues

from orderweave.operations.documents import Document
from orderweave.operations.permitting import scopes_taken
from orderweave.operations.response import ResponsePrice
from orderweave.operations.rules import MOST_COMPARISONS, RULES, OverlappingFields, TooManyComparisons
from orderweave.operations.shape import MOST, Shape, shape_of
from orderweave.operations.upstream import Planner
from orderweave.operations.weights import Weights
from tests.unit.fake_business import erp, shop, wms
from tests.unit.fake_systems import weave
from tests.unit.web.hostile import ORDER, field_bomb, fragment_bomb
from tests.unit.work import counted

WOVEN = weave(shop(), erp(), wms())
SCHEMA = WOVEN.schema._schema
WEIGHTS = Weights(SCHEMA)
NONE = VariableValues({}, {})


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


def numbered(count: int, text: str) -> str:
    """A text so many times, with its number in place of `#`."""
    return " ".join(text.replace("#", str(one)) for one in range(count))


# Documents by their size: twice the size is twice the document.
GROWING: dict[str, Callable[[int], str]] = {
    "a bomb of fragments": fragment_bomb,
    "a chain of fragments": lambda size: (
        f"{{ {ORDER} {{ ...F0 }} }} "
        + " ".join(f"fragment F{one} on Order {{ id ...F{one + 1} }}" for one in range(size))
        + f" fragment F{size} on Order {{ id }}"
    ),
    "fragments side by side": lambda size: (
        f"{{ {ORDER} {{ {numbered(size, '...F#')} }} }} " + numbered(size, "fragment F# on Order { id }")
    ),
    "aliases": lambda size: f"{{ {ORDER} {{ {numbered(size, 'a#: number')} }} }}",
    "roots over one fragment": lambda size: (
        "{ " + numbered(size, 'a#: order(by: {number: "#"}) { ...F }') + " } fragment F on Order { id number status }"
    ),
    "conditions": lambda size: (
        f"query ({numbered(size, '$v#: Boolean = true')}) "
        f"{{ systems {{ {numbered(size, 'a#: title @include(if: $v#)')} }} }}"
    ),
    "operations over one chain": lambda size: (
        numbered(size, "query Q# { ...F0 }")
        + " ".join(f" fragment F{one} on Query {{ ...F{one + 1} }}" for one in range(size))
        + f" fragment F{size} on Query {{ __typename }}"
    ),
    "parts of an interface": lambda size: f'{{ node(id: "x") {{ {numbered(size, "... on Order { a#: number }")} }} }}',
    "unknown fields": lambda size: f"{{ systems {{ {numbered(size, 'x#')} }} }}",
}
SMALL_RULES = [rule for rule in RULES if rule is not OverlappingFields]


def validation(document: Document) -> None:
    """All rules but the one with a bound of its own."""
    validate(SCHEMA, document.parsed, SMALL_RULES, max_errors=10_000)


def planning(document: Document) -> None:
    """The plan of the first operation, and what it makes the systems be asked."""
    parts = WOVEN.gateway.parts
    root = SCHEMA.query_type
    assert root is not None
    planner = Planner(WEIGHTS, parts.business, parts.authority)
    planner.plans(document.operations[0], root, document.fragments, NONE)


def scopes(document: Document) -> None:
    """The scopes that the first operation takes."""
    scopes_taken(SCHEMA, document.fragments, document.operations[0], NONE)


def calls(step: Callable[[Document], None], text: str) -> int:
    """The calls of functions that a step makes for a document; the first time may learn what is kept of the schema."""
    document = Document(text, 10_000)
    step(document)
    with counted() as work:
        step(document)
    return work.calls


# Only what is valid is planned.
STEPS = [
    (step, kind)
    for step in (validation, planning, scopes)
    for kind in GROWING
    if step is validation or kind != "unknown fields"
]


@pytest.mark.parametrize(("step", "kind"), STEPS, ids=[f"{step.__name__}, {kind}" for step, kind in STEPS])
def test_work_grows_with_the_document(step: Callable[[Document], None], kind: str) -> None:
    """What the second doubling of a document adds is twice what the first one added, to the call: neither validation
    nor planning nor the look at scopes grows by more than the document does.
    """
    small, middle, large = (calls(step, GROWING[kind](size)) for size in (10, 20, 40))
    assert middle > small
    assert large - middle == 2 * (middle - small)


def test_a_plan_looks_at_a_fragment_once_a_root() -> None:
    """Roots that each spread one large fragment are planned one by one: the work is that of the fields with fragments
    spread, of which the limit `fields` lets through a thousand.
    """
    for size in (5, 10, 20):
        roots = numbered(size, 'a#: order(by: {number: "#"}) { ...F }')
        text = f"{{ {roots} }} fragment F on Order {{ {numbered(size, 'b#: number')} }}"
        document = Document(text, 10_000)
        assert document.shape(document.operations[0]).fields == size + size * size
        assert calls(planning, text) < 40 * (size + size * size)


class Watched(OverlappingFields):
    """The rule, that tells how much it spent."""

    spent = 0

    def enter_selection_set(self, *given: Any) -> None:
        """See `OverlappingFields`."""
        try:
            super().enter_selection_set(*given)
        finally:
            Watched.spent = MOST_COMPARISONS - self.rule_context.remaining_complexity_budget


@pytest.mark.parametrize("size", [10, 80, 320])
@pytest.mark.parametrize("kind", GROWING)
def test_comparisons_of_fields_end(kind: str, size: int) -> None:
    """The one rule that compares fields with each other ends within its bound, whatever the document's size: it is
    done, or it raises one step after.
    """
    document = Document(GROWING[kind](size), 10_000)
    try:
        validate(SCHEMA, document.parsed, [Watched])
    except TooManyComparisons:
        assert MOST_COMPARISONS < Watched.spent <= MOST_COMPARISONS + 2
    else:
        assert Watched.spent <= MOST_COMPARISONS
