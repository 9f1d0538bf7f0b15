"""docs/graphql.md and the README hold against the schema and the code: queries validate, error codes are all there."""

from __future__ import annotations

import ast
import re

import pytest
from graphql import build_schema, parse, validate
from strawberry.utils.str_converters import to_camel_case

from orderweave.answering.errors import Code
from orderweave.answering.orders import DEFAULT_PER_PAGE, MOST_PER_PAGE
from orderweave.model.rights import Limits
from orderweave.operations import documents, gate, limits
from orderweave.schema import arguments
from orderweave.schema.query import PAGES_AN_ID, SKUS_A_PAGE
from tests.documents.pages import ROOT, blocks, code_of, read_page, table

PAGE = read_page("docs/graphql.md")
SCHEMA = build_schema(read_page("schema.graphql"))
# Where errors get a code beside those of `orderweave.answering.errors`.
SPEAKING = (
    "src/orderweave/operations/running.py",
    "src/orderweave/web/endpoint.py",
    "src/orderweave/web/connections.py",
)


@pytest.mark.parametrize("query", blocks(PAGE, "graphql"))
def test_query_validates(query: str) -> None:
    """Every query of the page validates against schema.graphql."""
    assert [error.message for error in validate(SCHEMA, parse(query))] == []


def codes_spoken(path: str) -> set[str]:
    """The codes that a file writes out: those that it gives to `_error` and those under the key "code"."""
    found = set()
    for node in ast.walk(ast.parse((ROOT / path).read_text())):
        places: list[ast.expr] = []
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "_error":
            places += node.args[1:2]
        if isinstance(node, ast.Dict):
            places += [
                value
                for key, value in zip(node.keys, node.values, strict=True)
                if isinstance(key, ast.Constant) and key.value == "code"
            ]
        for place in places:
            texts = (inner.value for inner in ast.walk(place) if isinstance(inner, ast.Constant))
            found |= {text for text in texts if isinstance(text, str) and re.fullmatch(r"[A-Z_]{2,}", text)}
    return found


def test_codes_are_all_there() -> None:
    """The table of error codes holds exactly the codes that the code can give."""
    written = [code_of(code) for code, _, _ in table(PAGE, "code", "what it means", "what to do")]
    spoken = {code.value for code in Code}.union(*(codes_spoken(path) for path in SPEAKING))
    assert sorted(written) == sorted(spoken)


def test_limits_are_the_codes() -> None:
    """The table of limits has every limit of one document, with what it is unless an operator says otherwise."""
    written = {
        code_of(limit): code_of(allowed)
        for limit, allowed, _ in table(PAGE, "limit", "unless the operator says otherwise", "what it counts")
    }
    told = {field: getattr(Limits(), field) for field in Limits.__struct_fields__}
    del told["page_size"], told["per_seconds"]
    assert written == {to_camel_case(field): "none" if most is None else str(most) for field, most in told.items()}
    assert written.keys() <= limits._WORDS.keys()


def test_every_limit_is_named() -> None:
    """Every word that can stand as `limit` in an error is on the page."""
    assert [name for name in limits._WORDS if f"`{name}`" not in PAGE] == []
    flat = " ".join(PAGE.split())
    assert f"at most {documents.LONGEST_DOCUMENT:,} characters" in flat
    assert f"variables hold {gate._MOST_VALUES:,} values in all" in flat
    assert f"{gate.MOST_ERRORS} mistakes of a document are told" in flat
    assert "orders at most unless the operator gives a caller more or fewer" in flat
    assert (SKUS_A_PAGE, PAGES_AN_ID) == (2, 2), "twice as many and half as many"


def test_bounds_are_the_codes() -> None:
    """The bounds that the page tells of lists and filters are those in the code."""
    assert f"1 to {MOST_PER_PAGE}, {DEFAULT_PER_PAGE} unless given" in PAGE
    assert (
        f"A list holds 1 to {arguments._MOST_VALUES} values; `and`, `or` and `not` hold {arguments._MOST_NESTED} "
        f"filters and nest {arguments._DEEPEST} deep"
    ) in " ".join(PAGE.split())
