"""The checks that hold requests and answers against an OpenAPI document find what is wrong, and only that."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from orderweave_sdk.testing.openapi_contract import OpenapiContract, load_openapi
from orderweave_sdk.testing.simulator import LoggedCall, SimulatedAnswer, SimulatedRequest

SWAGGER = """
swagger: '2.0'
basePath: /rest/default
paths:
  /V1/teas:
    get:
      parameters:
      - {name: 'searchCriteria[filterGroups][0][filters][0][field]', in: query, type: string}
      - {name: 'searchCriteria[pageSize]', in: query, type: integer}
      - {name: kinds, in: query, type: array, items: {type: string, enum: [GREEN, NO]}, collectionFormat: csv}
      - {name: X-Shop, in: header, type: string, required: true}
      responses:
        200: {description: Found, schema: {type: object, required: [items], properties:
          {items: {type: array, items: {$ref: '#/definitions/tea'}}}}}
        default: {description: Wrong, schema: {$ref: '#/definitions/error'}}
    post:
      consumes: [application/json]
      parameters: [{name: body, in: body, required: true, schema: {$ref: '#/definitions/tea'}}]
      responses: {201: {description: Made}}
  /V1/teas/count:
    get: {responses: {200: {description: Found, schema: {type: integer, format: int32}}}}
  /V1/teas/{id}:
    parameters: [{name: id, in: path, required: true, type: integer}]
    get: {responses: {200: {description: Found, schema: {$ref: '#/definitions/tea'}}}}
  /V1/token:
    post:
      parameters:
      - {name: grant, in: formData, required: true, type: string, enum: [client]}
      responses: {200: {description: Token, schema: {type: string}}}
definitions:
  error: {required: [message], properties: {message: {type: string}}}
  tea:
    type: object
    required: [id, sku]
    properties:
      id: {type: integer, readOnly: true}
      sku: {type: string, maxLength: 8}
      land: {type: string, enum: [CN, NO]}
      picked: {type: string, format: date, x-nullable: true}
      price: {type: number, minimum: 0, exclusiveMinimum: true}
      notes: {type: object}
"""
OPENAPI: dict[str, Any] = {
    "openapi": "3.0.3",
    "servers": [{"url": "https://{code}.example.com/checkout/orders/{version}", "variables": {}}],
    "paths": {
        "/teas('{id}')": {
            "get": {
                "parameters": [
                    {"$ref": "#/components/parameters/expand"},
                    {"name": "f", "in": "query", "style": "deepObject", "schema": {"$ref": "#/components/schemas/F"}},
                    {"name": "tag", "in": "query", "schema": {"type": "array", "items": {"type": "integer"}}},
                ],
                "responses": {
                    "200": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Rich"}}}},
                    "4XX": {"$ref": "#/components/responses/refused"},
                },
            },
            "patch": {
                "requestBody": {
                    "required": True,
                    "content": {
                        "application/json": {"schema": {"$ref": "#/components/schemas/Rich"}},
                        "application/x-www-form-urlencoded": {"schema": {"$ref": "#/components/schemas/F"}},
                        "multipart/mixed;boundary=part": {"schema": {"type": "string"}},
                    },
                },
                "responses": {"204": {"description": "Done"}},
            },
        }
    },
    "components": {
        "parameters": {"expand": {"name": "$expand", "in": "query", "schema": {"type": "string", "enum": ["leaves"]}}},
        "responses": {"refused": {"content": {"application/problem+json": {"schema": {"required": ["title"]}}}}},
        "schemas": {
            "F": {"type": "object", "properties": {"size": {"type": "integer"}}},
            "Base": {
                "type": "object",
                "required": ["id", "secret"],
                "properties": {"id": {"type": "string"}, "secret": {"type": "string", "writeOnly": True}},
            },
            "Rich": {
                "allOf": [{"$ref": "#/components/schemas/Base"}],
                "properties": {
                    "maker": {"$ref": "#/components/schemas/Maker"},
                    "at": {"type": "string", "format": "date-time"},
                    "either": {"oneOf": [{"type": "string"}, {"type": "integer"}]},
                },
            },
            "Maker": {"nullable": True, "allOf": [{"$ref": "#/components/schemas/F"}]},
        },
    },
}
TEA = {"id": 1, "sku": "TEA"}


@pytest.fixture(scope="module")
def swagger(tmp_path_factory: pytest.TempPathFactory) -> OpenapiContract:
    """A Swagger 2.0 document, read from its file."""
    path = tmp_path_factory.mktemp("contract") / "teas.yaml"
    path.write_text(SWAGGER)
    return load_openapi(path, undeclared=frozenset({"format"}), sparse=frozenset({"fields"}))


@pytest.fixture(scope="module")
def openapi() -> OpenapiContract:
    """An OpenAPI 3.0 document."""
    return OpenapiContract(OPENAPI)


def request(
    target: str, *, method: str = "GET", headers: dict[str, str] | None = None, body: Any = None
) -> SimulatedRequest:
    """A request by its path and query; a body that is no bytes is written as JSON."""
    path, _, query = target.partition("?")
    pairs = tuple((name, value) for name, _, value in (part.partition("=") for part in query.split("&") if part))
    written = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
    return SimulatedRequest(method=method, path=path, query=pairs, headers=headers or {}, body=written)


@pytest.mark.parametrize(
    ("target", "problems"),
    [
        ("/rest/default/V1/teas", []),
        ("/rest/default/V1/teas?searchCriteria[pageSize]=20&kinds=GREEN,NO", []),
        ("/rest/default/V1/teas?searchCriteria[filterGroups][7][filters][12][field]=sku", []),
        ("/rest/default/V1/teas?format=json&fields=items", []),
        ("/rest/default/V1/teas?searchCriteria[filterGroups][0][filters][0][fields]=sku", ["not a parameter"]),
        ("/rest/default/V1/teas?searchCriteria[pageSize]=many", ["integer expected"]),
        ("/rest/default/V1/teas?kinds=GREEN,BLUE", ["not a value that the contract lists"]),
        ("/rest/default/V1/teas?sort=sku", ["query sort: not a parameter of the contract"]),
        ("/rest/default/V1/teas/7", []),
        ("/rest/default/V1/teas/seven", ["path id: the whole: integer expected"]),
        ("/rest/default/V1/pots", ["not an operation of the contract"]),
        ("/V1/teas", ["not an operation of the contract"]),
    ],
)
def test_paths_and_queries(swagger: OpenapiContract, target: str, problems: list[str]) -> None:
    """Paths with and without templates, brackets with any number, lists and types; unknown ones are found."""
    found = swagger.request_problems(request(target, headers={"x-shop": "main"}))
    assert len(found) == len(problems)
    assert all(wanted in sentence for wanted, sentence in zip(problems, found, strict=True))


def test_a_required_header_and_parameters_of_openapi_3(swagger: OpenapiContract, openapi: OpenapiContract) -> None:
    """A missing header is found; deep objects, exploded lists and referenced parameters are read as they travel."""
    assert swagger.request_problems(request("/rest/default/V1/teas")) == [
        "header X-Shop: required by the contract, and missing"
    ]
    base = "/checkout/orders/v1/teas('7')"
    assert openapi.request_problems(request(f"{base}?f[size]=3&tag=1&tag=2&$expand=leaves")) == []
    assert openapi.request_problems(request(f"{base}?f[size]=big&tag=1&tag=b&$expand=roots")) == [
        "query tag: [1]: integer expected",
        "query $expand: the whole: not a value that the contract lists",
        "query f: .size: integer expected",
    ]


@pytest.mark.parametrize(
    ("body", "problems"),
    [
        ({"sku": "TEA"}, []),
        ({"sku": "TEA", "land": "NO", "picked": None, "price": 0.5, "notes": {"any": 1}}, []),
        (None, ["body: required by the contract, and missing"]),
        (b"{", ["body: not JSON"]),
        ({}, ["body: the whole: 'sku' is missing"]),
        ({"sku": "TEA", "size": 3}, ["body: the whole: size: not in the contract"]),
        ({"sku": "TEATEATEA"}, ["body: .sku: breaks maxLength 8"]),
        ({"sku": "TEA", "price": 0}, ["body: .price: breaks exclusiveMinimum 0"]),
        ({"sku": "TEA", "land": False}, ["body: .land: string expected", "body: .land: not a value that the contract"]),
        ({"sku": "TEA", "picked": "2026-02-30"}, ["body: .picked: not of the format date"]),
        ({"sku": None}, ["body: .sku: string expected"]),
    ],
)
def test_bodies_of_requests(swagger: OpenapiContract, body: Any, problems: list[str]) -> None:
    """Types, formats, bounds, lists of values, nulls and unknown properties; what is readOnly need not be sent."""
    found = swagger.request_problems(request("/rest/default/V1/teas", method="POST", body=body))
    assert len(found) == len(problems)
    assert all(sentence.startswith(wanted) for wanted, sentence in zip(problems, found, strict=True))


def test_forms(swagger: OpenapiContract, openapi: OpenapiContract) -> None:
    """Fields of a form are held against the contract in both dialects; a body of another type is found."""
    form = {"content-type": "application/x-www-form-urlencoded"}
    good, wrong, other = b"grant=client", b"grant=password&x=1", {"content-type": "text/csv"}
    assert swagger.request_problems(request("/rest/default/V1/token", method="POST", headers=form, body=good)) == []
    assert swagger.request_problems(request("/rest/default/V1/token", method="POST", headers=form, body=wrong)) == [
        "form x: not a parameter of the contract",
        "form grant: the whole: not a value that the contract lists",
    ]
    target = "/checkout/orders/v1/teas('7')"
    assert openapi.request_problems(request(target, method="PATCH", headers=form, body=b"size=3")) == []
    assert openapi.request_problems(request(target, method="PATCH", headers=form, body=b"size=b")) == [
        "body: .size: integer expected"
    ]
    assert openapi.request_problems(request(target, method="PATCH", headers=other, body=b"3")) == [
        "a body of type text/csv: not in the contract"
    ]
    parts = {"content-type": "multipart/mixed; boundary=other"}
    assert openapi.request_problems(request(target, method="PATCH", headers=parts, body=b"--other")) == [
        "a body of type multipart/mixed, which is not checked"
    ]
    assert swagger.request_problems(request("/rest/default/V1/teas/7", body={})) == [
        "a body, where the contract takes none"
    ]


@pytest.mark.parametrize(
    ("target", "status", "answer", "problems"),
    [
        ("", 200, {"items": [TEA, TEA]}, []),
        ("", 200, {"items": [TEA, {"id": 1}]}, [".items[1]: 'sku' is missing"]),
        ("?fields=items", 200, {"items": [TEA, {"id": 1}]}, []),
        ("?fields=items", 200, {"items": [{"id": "1"}]}, [".items[0].id: integer expected"]),
        ("", 200, {"items": [TEA], "pages": 1}, ["the whole: pages: not in the contract"]),
        ("", 404, {"message": "gone"}, []),
        ("", 404, {"reason": "gone"}, ["the whole: 'message' is missing", "the whole: reason: not in the contract"]),
        ("/count", 200, 2**40, ["the whole: not of the format int32"]),
        ("/count", 500, 1, ["status 500: not among the contract's"]),
    ],
)
def test_answers(swagger: OpenapiContract, target: str, status: int, answer: Any, problems: list[str]) -> None:
    """Each status has its schema; unknown ones are found; a caller who asked for a part gets a part."""
    asked = request(f"/rest/default/V1/teas{target}")
    assert swagger.answer_problems(asked, SimulatedAnswer.of(answer, status=status)) == problems


@pytest.mark.parametrize(
    ("answer", "problems"),
    [
        ({"id": "1", "maker": None, "at": "2026-03-01T10:00:00Z", "either": 1}, []),
        ({"id": "1", "maker": {"size": 1}, "at": "2026-03-01T10:00:00.123+01:00", "either": "1"}, []),
        ({"id": "1", "at": "2026-03-01 10:00:00"}, [".at: not of the format date-time"]),
        ({"id": "1", "either": 1.5}, [".either: fits none of the contract's alternatives"]),
        ({"secret": "s", "size": 1}, ["the whole: 'id' is missing", "the whole: size: not in the contract"]),
        ({"id": "1", "maker": {"age": 1}}, [".maker: age: not in the contract"]),
    ],
)
def test_answers_of_openapi_3(openapi: OpenapiContract, answer: Any, problems: list[str]) -> None:
    """Schemas put together by allOf and oneOf, nulls, instants; what is writeOnly need not come."""
    asked = request("/checkout/orders/v1/teas('7')")
    assert openapi.answer_problems(asked, SimulatedAnswer.of(answer)) == problems


def test_types_of_answers(openapi: OpenapiContract) -> None:
    """An answer of a type that the contract has not, or that is no JSON, is found; none at all may be right."""
    asked = request("/checkout/orders/v1/teas('7')")
    page = SimulatedAnswer(headers={"content-type": "text/html"}, body=b"<html>")
    refused = {"content-type": "application/problem+json; charset=utf-8"}
    assert openapi.answer_problems(asked, page) == ["an answer of type text/html: not in the contract"]
    assert openapi.answer_problems(asked, SimulatedAnswer.of({"title": "no"}, status=422, headers=refused)) == []
    assert openapi.answer_problems(asked, SimulatedAnswer(body=b"{")) == ["the answer is not JSON"]
    patch = request("/checkout/orders/v1/teas('7')", method="PATCH")
    assert openapi.answer_problems(patch, SimulatedAnswer(status=204)) == []


def test_logged_calls_and_values(swagger: OpenapiContract) -> None:
    """The calls of a simulator are held against the contract, each under its name; so is a value by a pointer."""
    calls = [
        LoggedCall(operation=name, detail=None, request=request(target), answer=SimulatedAnswer.of(TEA))
        for name, target in (
            ("tea by id", "/rest/default/V1/teas/7"),
            ("count", "/rest/default/V1/teas/count"),
            ("pots", "/rest/default/V1/pots"),
        )
    ]
    assert swagger.calls_problems(calls) == [
        "count: the whole: integer expected",
        "pots: GET /rest/default/V1/pots: not an operation of the contract",
    ]
    assert swagger.value_problems("/definitions/tea", {"id": 1}) == ["the whole: 'sku' is missing"]


def test_bases_of_the_caller_s_own() -> None:
    """Where the vendor serves the contract under another path, the caller says which."""
    contract = OpenapiContract(OPENAPI, bases=["/sandbox"])
    assert contract.request_problems(request("/sandbox/teas('7')")) == []
    assert len(contract.request_problems(request("/checkout/orders/v1/teas('7')"))) == 1


def test_properties_of_the_protocol() -> None:
    """What a protocol adds to any object is told once, and is no problem at any depth."""
    contract = OpenapiContract(OPENAPI, tolerated=frozenset({"__metadata"}))
    answer = {"id": "1", "maker": {"size": 1, "__metadata": {"type": "Maker"}}, "__metadata": {"uri": "x"}}
    asked = request("/checkout/orders/v1/teas('7')")
    assert contract.answer_problems(asked, SimulatedAnswer.of(answer)) == []
    assert len(OpenapiContract(OPENAPI).answer_problems(asked, SimulatedAnswer.of(answer))) == 2


def test_a_file_that_is_no_contract_is_refused(tmp_path: Path) -> None:
    """A JSON file without paths is no contract, and the error says which file."""
    (tmp_path / "teas.json").write_text("{}")
    with pytest.raises(ValueError, match=r"teas\.json is no OpenAPI document"):
        load_openapi(tmp_path / "teas.json")
