"""docs/graphql.md and the README hold against the schema and the code: queries validate, error codes are all there."""

from __future__ import annotations

import ast
import re

import pytest
from graphql import build_schema, parse, validate
from strawberry.utils.str_converters import to_camel_case

from orderweave.answering.order_page import DEFAULT_PER_PAGE, MOST_PER_PAGE
from orderweave.model.codes import Code
from orderweave.model.rights import Limits
from orderweave.operations import documents, gate, limits
from orderweave.schema import arguments
from orderweave.schema.query import PAGES_AN_ID, SKUS_A_PAGE
from tests.documents.pages import ROOT, blocks, code_of, read_page, table

PAGE = read_page("docs/graphql.md")
SCHEMA = build_schema(read_page("schema.graphql"))


@pytest.mark.parametrize("query", blocks(PAGE, "graphql"))
def test_query_validates(query: str) -> None:
    """Every query of the page validates against schema.graphql."""
    assert [error.message for error in validate(SCHEMA, parse(query))] == []


def test_codes_are_all_there() -> None:
    """The table of error codes holds exactly the codes that there are."""
    written = [code_of(code) for code, _, _ in table(PAGE, "code", "what it means", "what to do")]
    assert sorted(written) == sorted(code.value for code in Code)


def codes_written_out(tree: ast.AST) -> set[str]:
    """Codes that a file spells as texts: under the key "code", as an argument or default named code, or to `_error`."""
    places: list[ast.expr | None] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            places += [word.value for word in node.keywords if word.arg == "code"]
            if isinstance(node.func, ast.Name) and node.func.id.endswith(("_error", "Error")):
                places += node.args
        if isinstance(node, ast.Dict):
            pairs = zip(node.keys, node.values, strict=True)
            places += [value for key, value in pairs if isinstance(key, ast.Constant) and key.value == "code"]
        if isinstance(node, ast.arguments):
            places += [*node.defaults, *node.kw_defaults]
    texts = (inner.value for place in places if place for inner in ast.walk(place) if isinstance(inner, ast.Constant))
    return {text for text in texts if isinstance(text, str) and re.fullmatch(r"[A-Z]+(_[A-Z]+)+|[A-Z]{5,}", text)}


FILES = sorted((ROOT / "src" / "orderweave").rglob("*.py"))


def test_codes_have_one_home() -> None:
    """No file of the gateway spells a code itself: all of them come from the one list."""
    spelled = {str(file.relative_to(ROOT)): codes_written_out(ast.parse(file.read_text())) for file in FILES}
    assert {path: found for path, found in spelled.items() if found} == {}


def test_every_code_is_given() -> None:
    """No code is listed that nothing gives."""
    given = set(re.findall(r"\bCode\.([A-Z_]+)", "".join(file.read_text() for file in FILES)))
    assert given == set(Code.__members__)


@pytest.mark.parametrize(
    "text",
    [
        '{"message": x, "extensions": {"code": "RATE_LIMITED"}}',
        '_error("slow down", "RATE_LIMITED")',
        'RequestError("RATE_LIMITED", "slow down")',
        'Refused("slow down", code="RATE_LIMITED")',
        'def __init__(self, message: str, *, code: str = "RATE_LIMITED"): pass',
        'def __init__(self, code="RATE_LIMITED"): pass',
    ],
)
def test_a_code_written_out_is_found(text: str) -> None:
    """Each way in which a code may be spelled beside the list is seen."""
    assert codes_written_out(ast.parse(text)) == {"RATE_LIMITED"}


def test_limits_are_the_codes() -> None:
    """The table of limits has every limit of one document, with what it is unless an operator says otherwise."""
    written = {
        code_of(limit): code_of(allowed)
        for limit, allowed, _ in table(PAGE, "limit", "unless the operator says otherwise", "what it counts")
    }
    told = {field: getattr(Limits(), field) for field in Limits.__struct_fields__}
    del told["page_size"], told["deferred"], told["per_seconds"]
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
