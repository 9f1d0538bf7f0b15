"""The checks that hold operations and answers against a GraphQL contract find what is wrong, and only that."""

import json
from pathlib import Path
from typing import Any

import pytest
from graphql import build_schema, introspection_from_schema

from orderweave_sdk.testing.graphql_contract import (
    answers_problems,
    load_contract,
    operation_problems,
    payload_problems,
    subset_problems,
    variable_problems,
)
from orderweave_sdk.testing.simulator import LoggedCall, SimulatedAnswer, SimulatedRequest

SDL = """
scalar DateTime
enum Color { RED GREEN }
interface Node { id: ID! }
type Tea implements Node { id: ID!, title: String, color: Color!, picked: DateTime, leaves(first: Int!): [Leaf!]! }
type Pot implements Node { id: ID!, liters: Float }
type Leaf { weight: Int! }
union Thing = Tea | Pot
input Wanted { color: Color!, title: String }
type Query { node(id: ID!): Node, things(wanted: Wanted): [Thing!]!, tea: Tea @deprecated(reason: "old") }
"""
SCHEMA = build_schema(SDL)


def test_contract_files_of_all_three_shapes_load(tmp_path: Path) -> None:
    """Introspection with and without its wrapper, and SDL, give the same schema."""
    introspection = introspection_from_schema(SCHEMA)
    (tmp_path / "bare.json").write_text(json.dumps(introspection))
    (tmp_path / "wrapped.json").write_text(json.dumps({"data": introspection}))
    (tmp_path / "schema.graphql").write_text(SDL)
    for name in ("bare.json", "wrapped.json", "schema.graphql"):
        loaded = load_contract(tmp_path / name)
        assert subset_problems(SCHEMA, loaded) == []
        assert subset_problems(loaded, SCHEMA) == []


@pytest.mark.parametrize(
    ("document", "problems"),
    [
        ("{ tea { id } }", 0),
        ("{ tea { id nothing } }", 1),
        ("{ tea }", 1),
        ("{ tea {} }", 1),
        ("{ tea { leaves { weight } } }", 1),
        ("{ tea { id }", 1),
    ],
)
def test_operations_are_held_against_the_contract(document: str, problems: int) -> None:
    """Unknown fields, missing selections and arguments and broken documents are found; deprecated fields pass."""
    assert len(operation_problems(SCHEMA, document)) == problems


@pytest.mark.parametrize(
    ("variables", "problems"),
    [
        ({"wanted": {"color": "RED"}}, []),
        ({}, []),
        ({"wanted": {"color": "BLUE"}}, 1),
        ({"wanted": {}}, 1),
        ({"other": 1}, ["variable 'other' is not declared by the operation"]),
    ],
)
def test_variables_are_held_against_the_operation(variables: dict[str, Any], problems: Any) -> None:
    """Enum members, required inputs and undeclared names are found."""
    found = variable_problems(SCHEMA, "query Q($wanted: Wanted) { things(wanted: $wanted) { __typename } }", variables)
    assert found == problems or len(found) == problems


ALL = """
query All($leaves: Boolean = false) {
  node(id: "1") { id }
  everything: things { __typename ...T ... on Pot { liters } ... on Node { id } }
}
fragment T on Tea { name: title color picked leaves(first: 2) @include(if: $leaves) { weight } }
"""


def thing(**changes: Any) -> dict[str, Any]:
    """A right answer to ALL, with the tea changed."""
    tea = {"__typename": "Tea", "id": "1", "name": None, "color": "RED", "picked": "2026-03-01T08:00:00Z", **changes}
    tea = {name: value for name, value in tea.items() if value is not ...}
    return {"node": {"id": "1"}, "everything": [tea, {"__typename": "Pot", "id": "2", "liters": 1}]}


@pytest.mark.parametrize(
    ("data", "problems"),
    [
        (thing(), []),
        (thing(color=None), ["data.everything[0].color: null, but the contract says Color!"]),
        (thing(color="BLUE"), ["data.everything[0].color: not a value of the enum Color"]),
        (thing(name=...), ["data.everything[0].name: missing"]),
        (thing(title="x"), ["data.everything[0].title: not selected"]),
        (thing(id=7), ["data.everything[0].id: not what the scalar ID travels as"]),
        (thing(picked="yesterday"), ["data.everything[0].picked: not what the scalar DateTime travels as"]),
        (
            thing(__typename="Kettle"),
            ["data.everything[0]: select __typename, or the fields of Thing cannot be checked"],
        ),
        ({"node": None, "everything": {}}, ["data.everything: a list expected"]),
        ({"node": None, "everything": [None]}, ["data.everything[0]: null, but the contract says Thing!"]),
        (7, ["data: an object of type Query expected"]),
    ],
)
def test_answers_are_walked_along_the_selection(data: Any, problems: list[str]) -> None:
    """Missing, extra, null and wrongly typed values are each found at their path, through fragments and aliases."""
    assert payload_problems(SCHEMA, ALL, data) == problems


def test_include_follows_the_variables() -> None:
    """A field under @include is demanded exactly when the variable says so."""
    leaves = thing(leaves=[{"weight": 3}])
    assert payload_problems(SCHEMA, ALL, leaves, {"leaves": True}) == []
    assert payload_problems(SCHEMA, ALL, leaves) == ["data.everything[0].leaves: not selected"]
    assert payload_problems(SCHEMA, ALL, thing(), {"leaves": True}) == ["data.everything[0].leaves: missing"]


def test_a_document_with_two_operations_needs_a_name() -> None:
    """Which operation an answer belongs to is never guessed."""
    document = "query A { tea { id } } query B { tea { title } }"
    assert payload_problems(SCHEMA, document, {"tea": {"title": None}}, operation_name="B") == []
    with pytest.raises(ValueError, match="2 operations"):
        payload_problems(SCHEMA, document, {"tea": None})


def logged(query: str, answer: Any, variables: Any = None) -> LoggedCall:
    """A call as a simulator logs it."""
    request = SimulatedRequest(
        method="POST",
        path="/graphql",
        query=(),
        headers={},
        body=json.dumps({"query": query, "variables": variables}).encode(),
    )
    return LoggedCall(operation="Q", detail=None, request=request, answer=SimulatedAnswer.of(answer))


def test_logged_calls_are_checked_whole() -> None:
    """Document, variables and answer of each logged call are checked; an answer of errors alone is sound."""
    good = logged("query Q { tea { id } }", {"data": {"tea": {"id": "1"}}, "extensions": {}})
    refused = logged("query Q { tea { id } }", {"errors": [{"message": "no"}]})
    empty = logged("query Q { tea { id } }", {"data": None})
    wrong = logged("query Q { tea { id } }", {"data": {"tea": {"id": 1}}, "note": 1}, {"x": 1})
    invalid = logged("query Q { coffee }", {"data": {}})
    assert answers_problems(SCHEMA, [good, refused]) == []
    assert answers_problems(SCHEMA, [empty]) == ["Q: the answer holds neither data nor errors"]
    assert answers_problems(SCHEMA, [wrong]) == [
        "Q: variable 'x' is not declared by the operation",
        "Q: the answer holds more than data, errors and extensions",
        "Q: data.tea.id: not what the scalar ID travels as",
    ]
    assert len(answers_problems(SCHEMA, [invalid])) == 1


@pytest.mark.parametrize(
    ("ours", "problem"),
    [
        ("type Query { tea: Tea! } type Tea { id: ID! }", "Query.tea: Tea! here, Tea in the contract"),
        ("type Query { milk: Int }", "Query.milk: not in the contract"),
        ("type Query { node: Node } interface Node { id: ID! }", "Query.node(id): required by the contract"),
        ("type Query { a: Milk } scalar Milk", "Milk: the contract has no such GraphQLScalarType"),
        ("type Query { tea: Tea } type Tea { color: Color! } enum Color { BLUE }", "Color.BLUE: not a value"),
        ("type Query { things(wanted: Wanted!): [Thing!]! } union Thing = Pot type Pot { id: ID! } "
         "input Wanted { color: Color } enum Color { RED }", "Query.things(wanted): Wanted! here, Wanted in"),
    ],
)  # fmt: skip
def test_a_schema_of_our_own_may_say_less_but_nothing_else(ours: str, problem: str) -> None:
    """Other types, fields, arguments, nullability and enum values than the contract's are found."""
    assert any(found.startswith(problem) for found in subset_problems(build_schema(ours), SCHEMA))


def test_a_scalar_may_travel_as_another() -> None:
    """Money is decimal text with one vendor and a whole number with another, which its contract does not tell."""
    schema = build_schema("scalar Money type Query { price: Money! }")
    assert payload_problems(schema, "{ price }", {"price": 990}) == ["data.price: not what the scalar Money travels as"]
    assert payload_problems(schema, "{ price }", {"price": 990}, scalars={"Money": "Int"}) == []
    assert payload_problems(schema, "{ price }", {"price": "9.90"}, scalars={"Money": "Int"}) != []
