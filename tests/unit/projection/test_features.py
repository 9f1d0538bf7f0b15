"""Each feature of a query, compiled, with its exact answer; the reference executor is held beside every one."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.unit.projection.shop_schema import Size, Thing, answer, both, box


async def data(query: str, **there: Any) -> Any:
    """The data of an answer without errors."""
    found = await both(query, **there)
    assert found.errors == ()
    return found.data


async def test_scalars_and_enums_are_written_as_the_schema_says() -> None:
    """Decimals are texts with all digits, instants and dates ISO 8601, an enum is its name, a number a number."""
    assert await data("{ box { name size weight opened made count } }", box=box()) == {
        "box": {
            "name": "b",
            "size": "SMALL",
            "weight": "1.50",
            "opened": "2026-05-04T12:30:00+00:00",
            "made": "2026-05-04",
            "count": 3,
        }
    }


async def test_values_of_another_class_are_coerced() -> None:
    """What is not of the expected class but can be written goes the way of the reference: a number as a text."""
    found = await data("{ box { name weight count size } }", box=box(name=7, weight=2, count=2.0, size="LARGE"))
    assert found == {"box": {"name": "7", "weight": "2", "count": 2, "size": "LARGE"}}


async def test_aliases_typename_and_their_order() -> None:
    """Response keys are the aliases, in the order of the text; __typename may stand anywhere, also at the root."""
    found = await data("{ kind: __typename box { b: size __typename a: size } }", box=box())
    assert list(found.items()) == [("kind", "Query"), ("box", {"b": "SMALL", "__typename": "Box", "a": "SMALL"})]
    assert list(found["box"]) == ["b", "__typename", "a"]


async def test_repeated_fields_are_merged() -> None:
    """A field selected twice is there once, with what both selections ask below it, at the first one's place."""
    query = "{ either { ...C ... on Crate { name boxes { count } } } } fragment C on Crate { boxes { name } name }"
    crate = Thing("Crate", name="c", boxes=[box("x")])
    found = await data(query, either=crate)
    assert found == {"either": {"boxes": [{"name": "x", "count": 3}], "name": "c"}}
    assert list(found["either"]) == ["boxes", "name"]


async def test_interfaces_and_unions_are_projected_by_the_objects_type() -> None:
    """Fragments on types, interfaces and unions apply to objects of these types alone."""
    query = """{
      anything { __typename ... on Named { name } ... on Box { size holds { ...N } } ... on Crate { maybe { name } } }
      either { ... on Box { size } ...N }
    }
    fragment N on Named { name ... on Crate { grid } }"""
    crate = Thing("Crate", name="c", maybe=[None, box("x")], grid=[[1]])
    found = await data(query, anything=[box(holds=crate), None, crate], either=box("e"))
    assert found == {
        "anything": [
            {"__typename": "Box", "name": "b", "size": "SMALL", "holds": {"name": "c", "grid": [[1]]}},
            None,
            {"__typename": "Crate", "name": "c", "maybe": [None, {"name": "x"}]},
        ],
        "either": {"size": "SMALL", "name": "e"},
    }


async def test_lists_of_lists() -> None:
    """Lists nest, with nulls where the type allows them; any iterable of objects will do."""
    crate = Thing("Crate", grid=((1, None), [], [2]), strict=None, boxes={box("x"): 1}.keys())
    found = await data("{ crate { grid strict boxes { name } } }", crate=crate)
    assert found["crate"] == {"grid": [[1, None], [], [2]], "strict": None, "boxes": [{"name": "x"}]}


@pytest.mark.parametrize(
    ("variables", "labels"),
    [
        ({}, ["b-0"]),
        ({"n": 3}, ["b-0", "b-1", "b-2"]),
        ({"n": 1, "p": "x"}, ["xb-0"]),
        ({"n": 1, "p": None}, ["b-0"]),
    ],
)
async def test_arguments_below_the_root(variables: dict[str, Any], labels: list[str]) -> None:
    """Arguments below the root come from literals, variables and defaults; the schema's own resolver is called."""
    query = (
        "query ($n: Int! = 1, $p: String) { box { labels(first: $n, prefix: $p) two: labels three: labels(first: 3) } }"
    )
    found = await data(query, box=box(), variables=variables)
    assert found["box"] == {"labels": labels, "two": ["b-0", "b-1"], "three": ["b-0", "b-1", "b-2"]}


@pytest.mark.parametrize(
    ("yes", "no", "keys"),
    [(True, False, ["name", "size"]), (False, False, ["name"]), (True, True, ["size"]), (False, True, [])],
)
async def test_skip_and_include(yes: bool, no: bool, keys: list[str]) -> None:
    """Fields and fragments are there as @skip and @include say; both must allow it."""
    query = """query ($yes: Boolean!, $no: Boolean!) {
      box { name @skip(if: $no) ...S @include(if: $yes) count @include(if: false) made @skip(if: true) }
    }
    fragment S on Box { size }"""
    found = await data(query, box=box(), variables={"yes": yes, "no": no})
    assert list(found["box"]) == keys


async def test_errors_of_resolvers_below_the_root() -> None:
    """A refused argument is told at its place with its code, once for each object, and nulls what it must."""
    query = "{ crate { boxes { name labels(first: 0) } maybe { labels(first: -1) } } }"
    crate = Thing("Crate", boxes=[], maybe=[box(), box()])
    found = await both(query, crate=crate)
    assert found.data == {"crate": {"boxes": [], "maybe": [None, None]}}
    assert found.errors == tuple(
        {
            "message": "first is -1",
            "extensions": {"code": "BAD_INPUT"},
            "locations": [{"line": 1, "column": 51}],
            "path": ["crate", "maybe", number, "labels"],
        }
        for number in (0, 1)
    )


INTERNAL = {"message": "internal error", "extensions": {"code": "INTERNAL"}}


def paths(errors: tuple[dict[str, Any], ...]) -> list[list[Any]]:
    """Where the errors stand."""
    return [error["path"] for error in errors]


async def test_null_goes_up_to_the_first_nullable_field() -> None:
    """A null where the schema has none nulls the nearest nullable field or item above, and is told once for each."""
    crate = Thing("Crate", name="c", boxes=[box()], maybe=[box("x"), box(name=None), box(count=None)])
    found = await both("{ crate { name maybe { name count } } }", crate=crate)
    assert found.data == {"crate": {"name": "c", "maybe": [{"name": "x", "count": 3}, None, None]}}
    assert paths(found.errors) == [["crate", "maybe", 1, "name"], ["crate", "maybe", 2, "count"]]
    assert {key: found.errors[0][key] for key in INTERNAL} == INTERNAL


async def test_null_goes_up_through_lists_to_the_data() -> None:
    """In a list of non-null items one null takes the list, and with no nullable field above it the whole data."""
    crate = Thing("Crate", name="c", boxes=[box("x"), None])
    found = await both("{ crate { boxes { name } } box { name } }", crate=crate, box=box())
    assert (found.data, paths(found.errors)) == (None, [["crate", "boxes", 1]])
    assert found.executed


async def test_null_stops_at_a_nullable_list() -> None:
    """A null in a list of lists without nulls takes both lists, up to the field that may be null."""
    crate = Thing("Crate", strict=[[1], [2, None]], grid=[[None], [3]])
    found = await both("{ crate { strict grid } }", crate=crate)
    assert found.data == {"crate": {"strict": None, "grid": [[None], [3]]}}
    assert paths(found.errors) == [["crate", "strict", 1, 1]]


async def test_every_nullable_field_keeps_its_own_error() -> None:
    """Errors beside each other are all told, in the order of the fields; what is right stays."""
    broken = box(opened="noon", made=ValueError, holds=Thing("Crate", name=None), weight=Decimal(1))
    found = await both("{ box { weight opened holds { name } made } }", box=broken)
    assert found.data == {"box": {"weight": "1", "opened": None, "holds": None, "made": None}}
    assert paths(found.errors) == [["box", "opened"], ["box", "holds", "name"], ["box", "made"]]


@pytest.mark.parametrize(
    ("crate", "message"),
    [
        (Thing("Crate", grid="text"), "Expected Iterable, but did not find one for field 'Crate.grid'."),
        (Thing("Crate", grid=[["x"]]), "Int cannot represent non-integer value: 'x'"),
        (Thing("Crate", grid=[[2**31]]), "Int cannot represent non 32-bit signed integer value: 2147483648"),
        (Thing("Crate", maybe=[box(size="HUGE")]), "Enum 'Size' cannot represent value: 'HUGE'"),
        (Thing("Crate", maybe=[Thing("Crate")]), "Expected value of type 'Box' but got: <Thing instance>."),
    ],
)
async def test_what_cannot_be_written_is_told_as_the_reference_tells_it(crate: Thing, message: str) -> None:
    """Values that no type takes have the reference executor's messages."""
    found = await both("{ crate { grid maybe { size } } }", crate=crate)
    assert [error["message"] for error in found.errors] == [message]


async def test_errors_of_root_resolvers_and_errors_as_values() -> None:
    """A root resolver that raises has its error at its key; an error that stands in a list is told at its index."""
    query = "{ one: either { __typename } anything { name } }"
    found = await both(query, either=ValueError("words"), anything=[box(), KeyError("gone"), Thing("Nothing")])
    assert found.data == {"one": None, "anything": [{"name": "b"}, None, None]}
    assert paths(found.errors) == [["one"], ["anything", 1], ["anything", 2]]
    assert found.errors[2]["message"].endswith(
        "was resolved to a type 'Nothing' that does not exist inside the schema."
    )


async def test_an_enum_of_python_is_its_name_whatever_its_class() -> None:
    """An enum's member and the bare word are written alike."""
    for size in (Size.LARGE, "LARGE"):
        assert await data("{ box { size } }", box=box(size=size)) == {"box": {"size": "LARGE"}}


@pytest.mark.parametrize(
    "query",
    [
        "{ __schema { queryType { name } } }",
        '{ crate { name } __type(name: "Box") { name } }',
        "{ slow { later } }",
        "{ slow { told } }",
        "query ($v: Boolean = true) { crate { name @skip(if: $v) } }",
    ],
    ids=["schema", "type", "awaited", "wants-info", "null-condition"],
)
async def test_what_is_declined_runs_on_the_reference_executor(query: str) -> None:
    """Introspection, resolvers that wait or want more than their object, and broken conditions are not compiled."""
    found = await answer(query, crate=Thing("Crate", name="c"), variables={"v": None})
    assert (found.executor, found.executed) == ("REFERENCE", True)
