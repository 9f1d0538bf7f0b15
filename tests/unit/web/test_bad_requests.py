"""Whatever is sent to /graphql: a 4xx or a GraphQL error with a code, never a 5xx and never a word of our insides."""

from __future__ import annotations

import base64
import gzip
import json
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orderweave.model.ids import encode_cursor, encode_id
from tests.unit.web.gateway_over_http import JSON, caller

# Codes that a caller can act on; INTERNAL is not among them.
CODES = {
    "BAD_INPUT",
    "BAD_REQUEST",
    "GRAPHQL_PARSE_FAILED",
    "GRAPHQL_VALIDATION_FAILED",
    "LIMIT_EXCEEDED",
    "METHOD_NOT_ALLOWED",
}
ORDERS = """query ($first: Int, $after: String, $last: Int, $before: String, $filter: OrderFilter) {
    orders(first: $first, after: $after, last: $last, before: $before, filter: $filter) { nodes { id } }
}"""


def bomb(raw: bytes) -> str:
    """A token that is base64 of anything."""
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def refused(response: httpx.Response) -> tuple[int, str, str]:
    """Status, code and message of the only error, after seeing that nothing of ours shows."""
    assert 200 <= response.status_code < 500
    assert response.headers["content-type"].endswith("; charset=utf-8")
    assert "Traceback" not in response.text
    assert ".py" not in response.text
    (error,) = response.json()["errors"]
    assert error["extensions"]["code"] in CODES
    return response.status_code, error["extensions"]["code"], error["message"]


BODIES = [
    (b'"x"', "the request must be an object with a query: Expected `object`, got `str`"),
    (b"1", "the request must be an object with a query: Expected `object`, got `int`"),
    (b"null", "the request must be an object with a query: Expected `object`, got `null`"),
    (b"true", "the request must be an object with a query: Expected `object`, got `bool`"),
    (b"[]", "a list of requests is not answered: send one request in a body"),
    (b"{}", "the request holds neither a query nor the name of a document"),
    (b'{"query":1}', "the request must be an object with a query: Expected `str | null`, got `int` - at `$.query`"),
    (b'{"query":null}', "the request holds neither a query nor the name of a document"),
    (
        b'{"query":"{a}","variables":[]}',
        "the request must be an object with a query: Expected `object | null`, got `array` - at `$.variables`",
    ),
    (
        b'{"query":"{a}","operationName":1}',
        "the request must be an object with a query: Expected `str | null`, got `int` - at `$.operationName`",
    ),
    (b"", "the request is not JSON"),
    (b"{", "the request is not JSON"),
    (b"\xff\xfe{}", "the request is not JSON"),
    (b'{"query":"\xff"}', "the request is not JSON"),
    (b'{"query":"\\ud800"}', "the request is not JSON"),
    (b'{"query":"{a}","variables":{"x":' + b"[" * 100_000 + b"]" * 100_000 + b"}}", "the request is not JSON"),
    (b"[" * 100_000, "a list of requests is not answered: send one request in a body"),
    (
        b'{"query":"{a}","variables":{"x":' + b"9" * 900_000 + b"}}",
        "the request must be an object with a query: Integer value out of range - at `$.variables[...]`",
    ),
]


@pytest.mark.parametrize(("body", "message"), BODIES, ids=lambda value: repr(value[:24]))
async def test_bodies_that_are_no_request(body: bytes, message: str) -> None:
    """A body that is no request is 400 with what it should be."""
    async with caller() as client:
        assert refused(await client.post("/graphql", content=body, headers=JSON)) == (400, "BAD_REQUEST", message)


@pytest.mark.parametrize("body", [b"1" * 5_000_000, b'{"query":"' + b" " * 1_048_576 + b'"}'], ids=["5 MB", "1 MB"])
async def test_bodies_that_are_too_large(body: bytes) -> None:
    """A body past the bound is 413, whatever it holds; one just within it is read."""
    async with caller() as client:
        answer = refused(await client.post("/graphql", content=body, headers=JSON))
        assert answer == (413, "BAD_REQUEST", "the request is larger than 1048576 bytes")
        padded = json.dumps({"query": "{ systems { name } }"}) + " " * 1_048_000
        assert (await client.post("/graphql", content=padded, headers=JSON)).json()["data"]["systems"]


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"content-type": "text/plain"},
        {"content-type": "application/graphql"},
        {"content-type": "multipart/form-data"},
    ],
    ids=str,
)
async def test_content_types_that_are_not_ours(headers: dict[str, str]) -> None:
    """A body that is not said to be JSON is 415, so that no form of another site can send one."""
    async with caller() as client:
        answer = refused(await client.post("/graphql", content=b'{"query":"{ systems { name } }"}', headers=headers))
    assert answer == (415, "BAD_REQUEST", "send the request as application/json")


async def test_compressed_bodies() -> None:
    """A compressed body is 415: what it would grow to is unknown."""
    async with caller() as client:
        body = gzip.compress(b'{"query":"{ systems { name } }"}')
        answer = refused(await client.post("/graphql", content=body, headers={**JSON, "content-encoding": "gzip"}))
    assert answer == (415, "BAD_REQUEST", "send the request without compression")


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS"])
async def test_methods_that_are_not_ours(method: str) -> None:
    """Only GET, HEAD and POST are allowed, and the answer says so."""
    async with caller() as client:
        response = await client.request(method, "/graphql")
    assert response.status_code == 405
    assert set(response.headers["allow"].split(", ")) == {"GET", "HEAD", "POST"}


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({}, "the request holds neither a query nor the name of a document"),
        ({"query": ""}, "the request holds neither a query nor the name of a document"),
        ({"query": "{ systems { name } }", "variables": "[]"}, "the parameter variables must be a JSON object"),
        ({"query": "{ systems { name } }", "variables": "{"}, "the parameter variables must be a JSON object"),
        ({"query": "{ systems { name } }", "variables": "[" * 20_000}, "the parameter variables must be a JSON object"),
    ],
)
async def test_gets_that_are_no_request(params: dict[str, str], message: str) -> None:
    """A GET without a query, or with variables that are no object, is 400."""
    async with caller() as client:
        assert refused(await client.get("/graphql", params=params)) == (400, "BAD_REQUEST", message)


async def test_a_get_changes_nothing() -> None:
    """A GET of anything but a query is refused before it is looked at further, also among several operations."""
    async with caller() as client:
        for params in (
            {"query": "mutation { cancelOrder }"},
            {"query": "subscription { orders }"},
            {"query": "query A { systems { name } } mutation B { x }", "operationName": "B"},
        ):
            response = await client.get("/graphql", params=params)
            assert refused(response) == (405, "METHOD_NOT_ALLOWED", "a GET may only ask queries")
            assert response.headers["allow"] == "GET, HEAD, POST"


def deep(levels: int) -> dict[str, Any]:
    """A filter so many levels deep."""
    found: dict[str, Any] = {"number": {"eq": "1"}}
    for _ in range(levels - 1):
        found = {"and": [found]}
    return found


VALUES = ["x"] * 1_000
VARIABLES: list[tuple[dict[str, Any], str, str]] = [
    ({"first": 0}, "BAD_INPUT", "first must be between 1 and 100, is 0"),
    ({"first": -1}, "BAD_INPUT", "first must be between 1 and 100, is -1"),
    ({"first": 101}, "BAD_INPUT", "first must be between 1 and 100, is 101"),
    ({"first": 1001}, "BAD_INPUT", "first must be between 1 and 100, is 1001"),
    ({"last": 0}, "BAD_INPUT", "last must be between 1 and 100, is 0"),
    ({"first": 1, "last": 1}, "BAD_INPUT", "first and last cannot stand together"),
    ({"first": 1, "before": "x"}, "BAD_INPUT", "before needs last"),
    ({"last": 1, "after": "x"}, "BAD_INPUT", "after needs first, not last"),
    ({"after": ""}, "BAD_INPUT", "after: not a cursor of this API"),
    ({"after": "x"}, "BAD_INPUT", "after: not a cursor of this API"),
    ({"after": "é=&"}, "BAD_INPUT", "after: not a cursor of this API"),
    ({"after": "A" * 100_000}, "BAD_INPUT", "after: longer than any id or cursor of this API"),
    ({"after": bomb(b"[" * 1400)}, "BAD_INPUT", "after: not a cursor of this API"),
    ({"after": bomb(b"1" * 1400)}, "BAD_INPUT", "after: not a cursor of this API"),
    ({"after": encode_id("Order", "shop:id", "a1")}, "BAD_INPUT", "after: not a cursor of this API"),
    ({"after": encode_cursor("lines:x", "1")}, "BAD_INPUT", "after: a cursor of another list, filter or sort"),
    (
        {"filter": {"number": {"in": []}}},
        "BAD_INPUT",
        "filter.number: a list holds 1 to 100 values, not 0",
    ),
    (
        {"filter": {"sku": {"notIn": VALUES}}},
        "BAD_INPUT",
        "filter.sku: a list holds 1 to 100 values, not 1000",
    ),
    ({"filter": {"or": []}}, "BAD_INPUT", "filter.or: a list holds 1 to 20 filters, not 0"),
    (
        {"filter": {"and": [{"number": {"eq": "1"}}] * 100}},
        "BAD_INPUT",
        "filter.and: a list holds 1 to 20 filters, not 100",
    ),
    ({"filter": deep(5)}, "BAD_INPUT", "filter: and, or, not nest at most 4 deep"),
    ({"filter": deep(60)}, "BAD_INPUT", "filter: and, or, not nest at most 4 deep"),
    ({"filter": deep(300)}, "GRAPHQL_VALIDATION_FAILED", "Variable values are nested too deeply."),
    (
        {"filter": {"placedAt": {"gte": "2026-05-01T00:00:00"}}},
        "BAD_INPUT",
        "filter.placedAt: an instant needs its time zone, such as 2026-01-31T08:00:00Z",
    ),
    (
        {"filter": {"placedAt": {"gte": "0001-01-01T00:00:00+10:00"}}},
        "BAD_INPUT",
        "filter.placedAt: an instant that no calendar holds in UTC",
    ),
    (
        {"filter": {"updatedAt": {"lt": "9999-12-31T23:59:59-10:00"}}},
        "BAD_INPUT",
        "filter.updatedAt: an instant that no calendar holds in UTC",
    ),
    (
        {"filter": {"total": {"gt": "NaN"}}},
        "BAD_INPUT",
        "filter.total: an amount must be a number of at most 18 digits",
    ),
    (
        {"filter": {"total": {"eq": "sNaN"}}},
        "BAD_INPUT",
        "filter.total: an amount must be a number of at most 18 digits",
    ),
    (
        {"filter": {"total": {"lt": "Infinity"}}},
        "BAD_INPUT",
        "filter.total: an amount must be a number of at most 18 digits",
    ),
    (
        {"filter": {"total": {"lt": "1E99999"}}},
        "BAD_INPUT",
        "filter.total: an amount must be a number of at most 18 digits",
    ),
    ({"filter": {"channel": {"eq": "x" * 321}}}, "BAD_INPUT", "filter.channel: a text has at most 320 characters"),
]


@pytest.mark.parametrize(("variables", "code", "message"), VARIABLES, ids=lambda value: str(value)[:40])
async def test_arguments_of_lists(variables: dict[str, Any], code: str, message: str) -> None:
    """Each bad size, cursor and filter is told in the schema's words."""
    async with caller() as client:
        assert refused(await client.post("/graphql", json={"query": ORDERS, "variables": variables})) == (
            200,
            code,
            message,
        )


QUERIES = [
    ('{ order(by: {number: "1"}) { colour } }', "Cannot query field 'colour' on type 'Order'."),
    ("{ orders(size: 3) { nodes { id } } }", "Unknown argument 'size' on field 'Query.orders'."),
    (
        "{ orders(filter: {colour: {eq: 1}}) { nodes { id } } }",
        "Expected value of type 'OrderFilter' not to include unknown field 'colour', found: { colour: { eq: 1 } }.",
    ),
    ("{ order(by: {}) { id } }", "OneOf Input Object 'OrderLookup' must specify exactly one key."),
    ('{ order(by: {id: "x", number: "1"}) { id } }', "OneOf Input Object 'OrderLookup' must specify exactly one key."),
    (
        "{ order(by: {number: null}) { id } }",
        "Field 'OrderLookup.number' must be non-null.",
    ),
    ("{ customer(by: {}) { id } }", "OneOf Input Object 'CustomerLookup' must specify exactly one key."),
    ('{ order(by: {number: ""}) { id } }', "number must be a text of 1 to 200 characters"),
    ('{ order(by: {id: ""}) { id } }', "id: not an id of this API"),
    (
        '{ order(by: {key: {namespace: "shop:number", value: ""}}) { id } }',
        "value must be a text of 1 to 200 characters",
    ),
    ('{ customer(by: {email: ""}) { id } }', "email must be an e-mail address"),
    ('{ customer(by: {id: ""}) { id } }', "id: not an id of this API"),
    ("{ inventory(skus: []) { sku } }", "skus must hold 1 to 200 SKUs, holds 0"),
    ('{ inventory(skus: [""]) { sku } }', "a SKU must be a text of 1 to 200 characters"),
    ('{ product(sku: " ") { sku } }', "a SKU must be a text of 1 to 200 characters"),
    ("{ nodes(ids: []) { id } }", "ids must hold 1 to 50 ids, holds 0"),
    ('{ node(id: "x") { id } }', "id: not an id of this API"),
    ("query A { systems { name } } query B { systems { name } }", "name one of the document's operations"),
    ("query A { systems { name } } query A { systems { name } }", "name one of the document's operations"),
    ("mutation { cancelOrder }", "Cannot query field 'cancelOrder' on type 'Mutation'. Did you mean 'trackOrder'?"),
    ("{", "Syntax Error: Expected Name, found <EOF>."),
    ("", "Syntax Error: Unexpected <EOF>."),
    ("{" * 60_000, "Syntax Error: Expected Name, found '{'."),
    ("{" * 100_000, "the document has 100000 characters; 65536 are allowed"),
    ("{a" * 900, "Syntax Error: Document is nested too deeply. Parsing aborted."),
    ("{ orders(first: " + "9" * 5_000 + ") { nodes { id } } }", "a value of the document cannot be read"),
    ("{ ...A } fragment A on Query { ...A }", "Cannot spread fragment 'A' within itself."),
    ("{ systems { name @skip } }", "Argument '@skip(if:)' of type 'Boolean!' is required, but it was not provided."),
    ('{ order(by: {number: "\\ud800"}) { id } }', "Syntax Error: Invalid Unicode escape sequence: '\\ud800'."),
]


@pytest.mark.parametrize(("query", "message"), QUERIES, ids=lambda value: value[:40])
async def test_documents(query: str, message: str) -> None:
    """Each bad document is told what is wrong with it, by POST and, where an address can hold it, by GET."""
    async with caller() as client:
        assert refused(await client.post("/graphql", json={"query": query}))[2] == message
        if query and len(query) < 2000:
            get = refused(await client.get("/graphql", params={"query": query}))[2]
            assert get == ("a GET may only ask queries" if query.startswith("mutation") else message)


@pytest.mark.parametrize("name", ["B", "", " ", "é", "x" * 10_000])
async def test_operations_that_are_not_there(name: str) -> None:
    """A name of no operation is refused."""
    async with caller() as client:
        body = {"query": "query A { systems { name } }", "operationName": name}
        _, code, _ = refused(await client.post("/graphql", json=body))
        assert code == "BAD_INPUT"


@pytest.mark.parametrize("skus", [[], ["x"] * 201, ["x" * 201], [" "]], ids=len)
async def test_lists_of_skus(skus: list[str]) -> None:
    """Empty, long and senseless lists of SKUs are refused."""
    async with caller() as client:
        query = "query ($skus: [String!]!) { inventory(skus: $skus) { sku } }"
        assert (
            refused(await client.post("/graphql", json={"query": query, "variables": {"skus": skus}}))[1] == "BAD_INPUT"
        )


@pytest.mark.parametrize(
    "variables",
    [{"skus": None}, {"skus": [None]}, {"skus": [1]}, {"skus": {"a": 1}}, {}, {"skus": ["x"], "by": {"id": None}}],
    ids=str,
)
async def test_variables_of_other_types(variables: dict[str, Any]) -> None:
    """Variables that are not of their types are refused before anything runs."""
    async with caller() as client:
        query = "query ($skus: [String!]!, $by: OrderLookup) { inventory(skus: $skus) { sku } order(by: $by) { id } }"
        query = query.replace("$by: OrderLookup)", '$by: OrderLookup! = {number: "1"})')
        response = await client.post("/graphql", json={"query": query, "variables": variables})
        assert refused(response)[1] == "GRAPHQL_VALIDATION_FAILED"
        assert "data" not in response.json()


@settings(max_examples=60)
@given(st.text(max_size=60) | st.text(alphabet='{}()[]:!@$"#.,abcnoderstq \\\n0', max_size=60))
async def test_any_document(query: str) -> None:
    """Arbitrary text as a document is refused with a code, unless it happens to be a query, as `{}` is."""
    async with caller() as client:
        response = await client.post("/graphql", json={"query": query})
    assert response.status_code == 200
    document = response.json()
    assert "errors" in document or set(document) == {"data"}
    assert {error["extensions"]["code"] for error in document.get("errors", ())} <= CODES


@settings(max_examples=60)
@given(
    st.binary(max_size=80)
    | st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=8),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from(["query", "variables", "operationName", "x"]), inner, max_size=4)
        ),
        max_leaves=8,
    ).map(lambda value: json.dumps(value).encode())
)
async def test_any_body(body: bytes) -> None:
    """Arbitrary bytes and arbitrary JSON as a body are answered, never with a 5xx."""
    async with caller() as client:
        response = await client.post("/graphql", content=body, headers=JSON)
    assert response.status_code in (200, 400)
    assert {error["extensions"]["code"] for error in response.json()["errors"]} <= CODES


@pytest.mark.parametrize("lane", ["batch", "", "interactive,sync", "\u00e4"])
async def test_a_lane_that_is_none(lane: str) -> None:
    """An unknown lane is refused in words that name the known ones."""
    async with caller() as client:
        headers = {b"x-orderweave-lane": lane.encode()}
        response = await client.post("/graphql", json={"query": "{ systems { name } }"}, headers=headers)
    assert refused(response) == (
        400,
        "BAD_REQUEST",
        "the header x-orderweave-lane must be one of interactive, analytics, sync",
    )
