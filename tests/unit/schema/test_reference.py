"""The reference page: current, whole, with links that lead somewhere and examples that are valid."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from graphql import (
    GraphQLEnumType,
    build_schema,
    is_introspection_type,
    is_specified_scalar_type,
    parse,
    validate,
)

from orderweave.schema import print_sdl
from orderweave.schema.reference import anchor, reference
from tests.documents.pages import blocks
from tests.unit.cli.conftest import Run, run

__all__ = ["run"]

PAGE = reference(print_sdl())
SCHEMA = build_schema(print_sdl())
ROOTS = (SCHEMA.query_type, SCHEMA.mutation_type, SCHEMA.subscription_type)
HEADINGS = re.findall(r"^#+ (.*)$", PAGE, re.MULTILINE)


def section(page: str, heading: str) -> str:
    """What stands under one heading."""
    _, _, rest = page.partition(f"\n### {heading}\n")
    return rest.partition("\n##")[0]


def test_the_page_is_current(run: Run) -> None:
    """docs/schema/reference.md is what the command prints, to the byte: else `make schema`."""
    committed = (Path(__file__).parents[3] / "docs/schema/reference.md").read_text()
    assert run("schema", "reference") == (0, committed, "")


def test_every_link_leads_to_one_heading() -> None:
    """No two headings have one anchor, and every link is to one of them."""
    anchors = [anchor(heading) for heading in HEADINGS]
    assert len(set(anchors)) == len(anchors)
    assert set(re.findall(r"\]\(#([^)]*)\)", PAGE)) <= set(anchors)


def test_everything_is_told() -> None:
    """Each type has its heading; each field, argument and word has its place under it, with its description."""
    for kind in SCHEMA.type_map.values():
        if is_introspection_type(kind) or is_specified_scalar_type(kind) or kind in ROOTS:
            continue
        told = section(PAGE, kind.name)
        assert kind.description is not None
        assert kind.description in told, kind.name
        for name, field in getattr(kind, "fields", {}).items():
            assert f"| `{name}` |" in told, f"{kind.name}.{name}"
            assert field.description in told, f"{kind.name}.{name}"
            assert all(f"| `{argument}` |" in told for argument in getattr(field, "args", {})), f"{kind.name}.{name}"
        if isinstance(kind, GraphQLEnumType):
            assert all(f"`{word}`" in told for word in kind.values), kind.name
    assert SCHEMA.query_type is not None
    for name, field in SCHEMA.query_type.fields.items():
        told = section(PAGE, f"Query.{name}")
        assert field.description is not None
        assert field.description in told
        assert all(f"| `{argument}` |" in told for argument in field.args)


@pytest.mark.parametrize("example", blocks(PAGE, "graphql"))
def test_examples_are_valid(example: str) -> None:
    """The document under each root field is one that the schema takes."""
    assert [error.message for error in validate(SCHEMA, parse(example))] == []


OTHER = """
directive @access(scopes: [String!]!) on OBJECT | FIELD_DEFINITION
"Questions." type Query { "A thing." thing("Which | one." id: ID!): Thing @access(scopes: ["a:read"]) }
"Changes." type Mutation { "Change it." change(to: Int! = 3): Either }
"A thing." type Thing @access(scopes: ["b:read"]) {
  "What it costs." cost: Int @access(scopes: ["c:read"]) @deprecated(reason: "Use price.")
  "Its name." name: String
}
"One or the other." union Either = Thing | Query
"A word." enum Word { "The first." ONE TWO @deprecated(reason: "Use ONE.") }
"By what." input By @oneOf { "The id." id: ID "The word." word: Word }
"""


def test_what_a_field_needs_is_shown() -> None:
    """Directives stand beside the type or field that they are on; a table without any has no column for them."""
    page = reference(OTHER)
    assert 'A thing. Needs `@access(scopes: ["a:read"])`.' in section(page, "Query.thing")
    thing = section(page, "Thing")
    assert thing.startswith('A thing. Needs `@access(scopes: ["b:read"])`.\n')
    assert "| field | type | what it is | needs |" in thing
    assert '| `cost` | `Int` | **Deprecated**: Use price. What it costs. | `@access(scopes: ["c:read"])` |' in thing
    assert "| `name` | `String` | Its name. |  |" in thing
    assert "needs" not in section(PAGE, "Money")
    assert "Directive @access" in page


def test_deprecations_defaults_and_the_rest_are_shown() -> None:
    """What is not to be used says what is; defaults, unions, changes, @oneOf and a `|` in a text come out right."""
    page = reference(OTHER)
    assert "| `id` | `ID!` | Which \\| one. |" in section(page, "Query.thing")
    change = section(page, "Mutation.change")
    assert "| `to` | `Int!` | Default `3`. |" in change
    assert "mutation Change {\n  change { __typename }\n}" in change
    assert "Is one of [`Query`](#query), [`Thing`](#thing)." in section(page, "Either")
    assert "| `TWO` | **Deprecated**: Use ONE. |" in section(page, "Word")
    assert section(page, "By").startswith("By what. Exactly one of its fields is given.\n")
