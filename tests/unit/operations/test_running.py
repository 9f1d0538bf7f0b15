"""Running an operation: what is refused before it runs, how errors look, and what is never told."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from graphql import GraphQLError

from orderweave.answering.errors import RequestError
from orderweave.model.codes import Code
from orderweave.operations.answers import Answer, Request, described
from orderweave.operations.running import Operations
from orderweave.schema import Context
from tests.unit.fake_business import order, shop
from tests.unit.fake_systems import weave

WOVEN = weave(shop([order("a1", "1001", email="ada@example.com", customer_id="c1")]))
OPERATIONS = Operations(WOVEN.schema)
NUMBER = '{ order(by: {number: "1001"}) { number } }'


async def ask(query: str, *, read_only: bool = False, name: str | None = None, **variables: Any) -> Answer:
    """The answer of a gateway over one shop."""
    request = Request(query=query, variables=variables or None, operation_name=name)
    return await OPERATIONS.run(request, Context(WOVEN.gateway), read_only=read_only)


async def test_an_answer_has_data_and_no_errors() -> None:
    """A good operation gives its data and no errors key."""
    answer = await ask(NUMBER)
    assert answer.executed
    assert answer.document() == {"data": {"order": {"number": "1001"}}}


@pytest.mark.parametrize(
    ("query", "name", "message", "code"),
    [
        ("{", None, "Syntax Error: Expected Name, found <EOF>.", "GRAPHQL_PARSE_FAILED"),
        ("", None, "Syntax Error: Unexpected <EOF>.", "GRAPHQL_PARSE_FAILED"),
        ("fragment A on Order { id }", None, "name one of the document's operations", "BAD_INPUT"),
        (
            "query A { systems { name } } query B { systems { name } }",
            None,
            "name one of the document's operations",
            "BAD_INPUT",
        ),
        (
            "query A { systems { name } } query A { systems { name } }",
            "A",
            "the document has no operation 'A'",
            "BAD_INPUT",
        ),
        ("query A { systems { name } }", "B", "the document has no operation 'B'", "BAD_INPUT"),
        ("query A { systems { name } }", "", "name one of the document's operations", "BAD_INPUT"),
    ],
)
async def test_what_is_not_run_at_all(query: str, name: str | None, message: str, code: str) -> None:
    """A document that says nothing, or not which operation, is refused with a code and without a data key."""
    answer = await ask(query, name=name)
    assert not answer.executed
    document = answer.document()
    assert "data" not in document
    assert (document["errors"][0]["message"], document["errors"][0]["extensions"]) == (message, {"code": code})


async def test_the_named_operation_is_run() -> None:
    """Of several operations the named one is run."""
    answer = await ask(f"query A {{ systems {{ name }} }} query B {NUMBER}", name="B")
    assert answer.data == {"order": {"number": "1001"}}


async def test_too_many_tokens_are_refused() -> None:
    """A document of more tokens than the caller's may have is refused by the parser; nobody counts how many."""
    aliases = " ".join(f"a{n}: __typename" for n in range(700))
    answer = await ask(f"{{ {aliases} }}")
    assert not answer.executed
    (error,) = answer.errors
    assert error == {
        "message": "the document has more than 1000 tokens; 1000 are allowed",
        "extensions": {"limit": "tokens", "allowed": 1000, "code": "LIMIT_EXCEEDED"},
    }


async def test_only_queries_where_only_reading_is_allowed() -> None:
    """What is no query is refused where only reading is allowed, and is unknown elsewhere."""
    for query in ("mutation { cancel }", "subscription { orders }"):
        refused = await ask(query, read_only=True)
        assert refused.errors[0]["message"] == "a GET may only ask queries"
    unknown = await ask("mutation { cancel }")
    assert not unknown.executed
    assert unknown.errors[0]["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED"


async def test_subscription_needs_another_way() -> None:
    """Over one request and one answer nothing is followed: the error says by what."""
    refused = await ask('subscription { orderUpdated(by: {number: "1001"}) { cursor } }')
    assert not refused.executed
    assert refused.errors[0]["message"].startswith("subscribe over a WebSocket (graphql-transport-ws)")


async def test_validation_errors_have_a_code_and_a_place() -> None:
    """An unknown field or argument is told with its place; nothing is run."""
    for query, message in (
        ('{ order(by: {number: "1"}) { colour } }', "Cannot query field 'colour' on type 'Order'."),
        ("{ systems(first: 1) { name } }", "Unknown argument 'first' on field 'Query.systems'."),
        (
            "query ($n: Int!) { orders(first: $n) { nodes { id } } }",
            "Variable '$n' has invalid value: Expected a value of non-null type 'Int!' to be provided.",
        ),
    ):
        answer = await ask(query)
        assert not answer.executed
        (error,) = answer.errors
        assert error["message"].startswith(message.split(" has invalid")[0])
        assert error["extensions"] == {"code": "GRAPHQL_VALIDATION_FAILED"}
        assert error["locations"]


async def test_request_errors_keep_their_code_and_extensions() -> None:
    """An error that the caller can act on comes with its code, its path and the rest of the answer."""
    answer = await ask('{ ok: systems { name } bad: order(by: {number: ""}) { id } }')
    assert answer.executed
    assert answer.data == {"ok": [{"name": "shop"}], "bad": None}
    (error,) = answer.errors
    assert error == {
        "message": "number must be a text of 1 to 200 characters",
        "extensions": {"code": "BAD_INPUT"},
        "locations": [{"line": 1, "column": 24}],
        "path": ["bad"],
    }


def test_extensions_of_a_request_error() -> None:
    """What a request error carries stands in the extensions beside its code."""
    cause = RequestError(Code.INCOMPLETE, "not whole", systems=["erp"])
    error = GraphQLError("not whole", original_error=cause)
    assert described(error) == {
        "message": "not whole",
        "extensions": {"code": "INCOMPLETE", "systems": ["erp"]},
    }


async def test_internal_errors_are_masked_and_logged_by_class(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A fault of ours is told as such without its words, and logged by class, place and frames without them too."""

    typed = "@".join(("ada", "example.com"))

    async def broken(*_: Any) -> None:
        raise ValueError(typed)

    monkeypatch.setattr(WOVEN.gateway, "order_by_number", broken)
    with caplog.at_level(logging.DEBUG):
        answer = await ask('{ mine: order(by: {number: "1001"}) { number } }')
    assert answer.document() == {
        "errors": [
            {
                "message": "internal error",
                "extensions": {"code": "INTERNAL"},
                "locations": [{"line": 1, "column": 3}],
                "path": ["mine"],
            }
        ],
        "data": {"mine": None},
    }
    (record,) = [record for record in caplog.records if record.name == "orderweave.operations"]
    assert record.getMessage() == "internal_error"
    fields = vars(record)["fields"]
    assert (fields["error"], fields["field"]) == ("ValueError", "order")
    assert fields["trace"][-1].endswith(" broken")
    assert typed not in str(vars(record))


async def test_a_value_that_no_reader_takes_is_the_callers(caplog: pytest.LogCaptureFixture) -> None:
    """A number of thousands of digits in the document is a fault of the document, not ours."""
    answer = await ask("{ orders(first: " + "9" * 5000 + ") { nodes { id } } }")
    assert not answer.executed
    (error,) = answer.errors
    assert error["extensions"] == {"code": "GRAPHQL_VALIDATION_FAILED"}
    assert error["message"] == "a value of the document cannot be read"
    assert caplog.records == []
