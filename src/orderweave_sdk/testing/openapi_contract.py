"""Holding HTTP requests and answers against a vendor's OpenAPI document: Swagger 2.0, OpenAPI 3.0 and 3.1.

Every check gives back its findings as sentences; an empty list means that nothing contradicts the contract. A
connector's test needs two lines: `contract = load_openapi(contract_file("vendor/file.yaml"))` and
`assert contract.calls_problems(simulator.calls) == []`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import msgspec
import yaml

from orderweave_sdk.testing.openapi_parameters import Parameter, parameter_problems, typed
from orderweave_sdk.testing.openapi_schemas import Schemas, at, step, target
from orderweave_sdk.testing.simulator import LoggedCall, SimulatedAnswer, SimulatedRequest

_METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
_FORM = "application/x-www-form-urlencoded"
_JSON = re.compile(r"application/(.+\+)?json|\*/\*|application/\*")


class Operation(msgspec.Struct, frozen=True, kw_only=True):
    """One operation of the contract that a request matched, and what stood for the path's templates."""

    method: str
    template: str
    pointer: str
    path_values: Mapping[str, str]


class OpenapiContract:
    """One document. Paths of requests are looked up under `bases`, or under the document's own servers or basePath.

    `undeclared` are query parameters that the vendor documents elsewhere than in this file. `sparse` are query
    parameters with which a caller asks for a part of an answer (`fields`, `$select`): with one of them given, what the
    contract requires of an answer may be missing; what is there must still fit. `tolerated` are properties that the
    vendor's protocol adds to any object of an answer without the contract saying so (OData's `__metadata`).
    """

    def __init__(
        self,
        document: Mapping[str, Any],
        *,
        bases: Sequence[str] | None = None,
        undeclared: frozenset[str] = frozenset(),
        sparse: frozenset[str] = frozenset(),
        tolerated: frozenset[str] = frozenset(),
    ) -> None:
        self._document = document
        self._tolerated = tolerated
        self._undeclared = undeclared | sparse
        self._sparse = sparse
        self._schemas = Schemas(document)
        self._bases = [re.escape(base.rstrip("/")) for base in bases] if bases is not None else _bases(document)
        # A template with fewer gaps is the closer one: /orders/items before /orders/{id}.
        self._templates = [
            (_pattern(template), template) for template in sorted(document["paths"], key=lambda t: (t.count("{"), t))
        ]

    def operation(self, method: str, path: str) -> Operation | None:
        """The operation that a request calls, or None where the contract has none."""
        for base in self._bases:
            match = re.match(rf"{base}(?=/|$)", path)
            if match is None:
                continue
            rest = path[match.end() :]
            for pattern, template in self._templates:
                found = pattern.fullmatch(rest)
                if found is None or method.lower() not in self._document["paths"][template]:
                    continue
                names = re.findall(r"\{([^}]+)\}", template)
                values = dict(zip(names, map(unquote, found.groups()), strict=True))
                pointer = step("/paths", template, method.lower())
                return Operation(method=method, template=template, pointer=pointer, path_values=values)
        return None

    def request_problems(self, request: SimulatedRequest) -> list[str]:
        """Where a request is not what the contract takes: path, parameters, body."""
        operation = self.operation(request.method, request.path)
        if operation is None:
            return [f"{request.method} {request.path}: not an operation of the contract"]
        parameters = self._parameters(operation)
        problems = parameter_problems(
            self._schemas,
            parameters,
            path=operation.path_values,
            query=request.query,
            headers=request.headers,
            undeclared=self._undeclared,
        )
        return [*problems, *self._body_problems(operation, parameters, request)]

    def answer_problems(self, request: SimulatedRequest, answer: SimulatedAnswer) -> list[str]:
        """Where the answer to this request is not what the contract says of its status, type and body."""
        operation = self.operation(request.method, request.path)
        if operation is None:
            return [f"{request.method} {request.path}: not an operation of the contract"]
        pointer = self._response(operation, answer.status)
        if pointer is None:
            return [f"status {answer.status}: not among the contract's"]
        response = at(self._document, pointer)
        kind = _media_type(answer.headers)
        schema = self._answer_schema(operation, pointer, response, kind)
        if schema is None:
            return (
                []
                if "content" not in response or not answer.body
                else [f"an answer of type {kind}: not in the contract"]
            )
        if not _JSON.fullmatch(kind or "application/json"):
            return [f"an answer of type {kind}, which is not checked"]
        try:
            value = json.loads(answer.body)
        except ValueError:
            return ["the answer is not JSON"]
        sparse = any(name in self._sparse for name, _ in request.query)
        return self._schemas.problems(schema, _without(value, self._tolerated), answer=True, sparse=sparse)

    def calls_problems(self, calls: Iterable[LoggedCall]) -> list[str]:
        """Everything wrong with the calls that a simulator logged: each request, and each answer to it."""
        found: list[str] = []
        for call in calls:
            problems = self.request_problems(call.request)
            if self.operation(call.request.method, call.request.path) is not None:
                problems += self.answer_problems(call.request, call.answer)
            found += [f"{call.operation}: {problem}" for problem in problems]
        return found

    def value_problems(self, pointer: str, value: Any) -> list[str]:
        """Where a value is not what the schema at a JSON pointer says: a webhook's payload, a recorded answer."""
        return self._schemas.problems(pointer, value, answer=True)

    def _parameters(self, operation: Operation) -> list[Parameter]:
        """The operation's own parameters, and those of its path that it does not replace."""
        found: dict[tuple[str, str], Parameter] = {}
        for pointer in (step("/paths", operation.template), operation.pointer):
            for position in range(len(at(self._document, pointer).get("parameters", ()))):
                parameter = Parameter(self._document, step(pointer, "parameters", position))
                found[parameter.place, parameter.name] = parameter
        return list(found.values())

    def _body_problems(
        self, operation: Operation, parameters: Sequence[Parameter], request: SimulatedRequest
    ) -> Iterator[str]:
        declared = at(self._document, operation.pointer)
        in_body = next((parameter for parameter in parameters if parameter.place == "body"), None)
        form = [parameter for parameter in parameters if parameter.place == "formData"]
        kind = _media_type(request.headers) or "application/json"
        if in_body is not None:
            yield from self._one_body(in_body.schema_pointer, kind, request, required=in_body.required)
        elif form:
            yield from self._form_problems(form, request)
        elif "requestBody" in declared:
            pointer = self._resolved(step(operation.pointer, "requestBody"))
            body = at(self._document, pointer)
            name = next((name for name in body["content"] if _same_type(name, kind)), None)
            if name is None:
                yield f"a body of type {kind}: not in the contract"
            else:
                schema = step(pointer, "content", name, "schema")
                yield from self._one_body(schema, kind, request, required=bool(body.get("required")))
        elif request.body:
            yield "a body, where the contract takes none"

    def _one_body(self, pointer: str, kind: str, request: SimulatedRequest, *, required: bool) -> Iterator[str]:
        if not request.body:
            if required:
                yield "body: required by the contract, and missing"
            return
        if kind == _FORM:
            schema = at(self._document, self._resolved(pointer))
            properties = schema.get("properties", {})
            value: Any = {
                name: typed(properties.get(name, {}), text) for name, text in parse_qsl(request.body.decode())
            }
        elif not _JSON.fullmatch(kind):
            yield f"a body of type {kind}, which is not checked"
            return
        else:
            try:
                value = json.loads(request.body)
            except ValueError:
                yield "body: not JSON"
                return
        yield from (f"body: {problem}" for problem in self._schemas.problems(pointer, value, answer=False))

    def _form_problems(self, form: Sequence[Parameter], request: SimulatedRequest) -> Iterator[str]:
        given = dict(parse_qsl(request.body.decode(), keep_blank_values=True))
        names = {parameter.name for parameter in form}
        yield from (f"form {name}: not a parameter of the contract" for name in given if name not in names)
        for parameter in form:
            if parameter.name in given:
                value = parameter.value([given[parameter.name]])
                for problem in self._schemas.problems(parameter.schema_pointer, value, answer=False):
                    yield f"form {parameter.name}: {problem}"
            elif parameter.required:
                yield f"form {parameter.name}: required by the contract, and missing"

    def _response(self, operation: Operation, status: int) -> str | None:
        responses = at(self._document, operation.pointer)["responses"]
        wider = (str(status), f"{status // 100}XX", f"{status // 100}xx", "default")
        name = next((name for name in wider if name in responses), None)
        return None if name is None else self._resolved(step(operation.pointer, "responses", name))

    def _answer_schema(
        self, operation: Operation, pointer: str, response: Mapping[str, Any], kind: str | None
    ) -> str | None:
        if "schema" in response:
            return step(pointer, "schema")
        content = response.get("content", {})
        name = next((name for name in content if _same_type(name, kind or "application/json")), None)
        return step(pointer, "content", name, "schema") if name is not None and "schema" in content[name] else None

    def _resolved(self, pointer: str) -> str:
        found = at(self._document, pointer)
        return target(found["$ref"]) if "$ref" in found else pointer


@lru_cache(maxsize=4)
def load_openapi(
    path: Path,
    *,
    bases: tuple[str, ...] | None = None,
    undeclared: frozenset[str] = frozenset(),
    sparse: frozenset[str] = frozenset(),
    tolerated: frozenset[str] = frozenset(),
) -> OpenapiContract:
    """The contract in a file, YAML or JSON. Kept by path and choices; see `OpenapiContract` for those."""
    text = path.read_text()
    document = json.loads(text) if path.suffix == ".json" else yaml.load(text, _PlainLoader)  # noqa: S506 - a safe one
    if not isinstance(document, dict) or "paths" not in document:
        raise ValueError(f"{path.name} is no OpenAPI document: it has no paths")
    return OpenapiContract(
        _keyed_by_text(document), bases=bases, undeclared=undeclared, sparse=sparse, tolerated=tolerated
    )


class _PlainLoader(yaml.CSafeLoader):
    """YAML as OpenAPI means it: NO is a country and no falsehood, and 2026-01-01 is text."""


_PlainLoader.yaml_implicit_resolvers = {
    first: [
        (tag, pattern)
        for tag, pattern in entries
        if tag not in ("tag:yaml.org,2002:timestamp", "tag:yaml.org,2002:bool")
    ]
    for first, entries in yaml.CSafeLoader.yaml_implicit_resolvers.items()
}
_PlainLoader.add_implicit_resolver(
    "tag:yaml.org,2002:bool", re.compile(r"^(true|True|TRUE|false|False|FALSE)$"), list("tTfF")
)


def _keyed_by_text(node: Any) -> Any:
    """The document with text for every key: YAML reads the statuses of answers as numbers."""
    if isinstance(node, dict):
        return {str(key): _keyed_by_text(item) for key, item in node.items()}
    return [_keyed_by_text(item) for item in node] if isinstance(node, list) else node


def _without(node: Any, names: frozenset[str]) -> Any:
    """The value without these properties, at any depth."""
    if not names:
        return node
    if isinstance(node, dict):
        return {name: _without(item, names) for name, item in node.items() if name not in names}
    return [_without(item, names) for item in node] if isinstance(node, list) else node


def _bases(document: Mapping[str, Any]) -> list[str]:
    """What stands before the paths, as patterns: a server's variable stands for one part of it."""
    if "swagger" in document:
        return [re.escape(str(document.get("basePath", "")).rstrip("/"))]
    servers = [re.sub(r"^https?://[^/]*", "", server["url"]) for server in document.get("servers", ())] or [""]
    return [_pattern(urlsplit(server).path.rstrip("/")).pattern for server in servers]


def _pattern(template: str) -> re.Pattern[str]:
    """What a path of this template looks like; each gap is a group, and takes no slash."""
    parts = re.split(r"\{[^}]+\}", template)
    return re.compile("([^/]+?)".join(map(re.escape, parts)))


def _media_type(headers: Mapping[str, str]) -> str | None:
    named = next((value for name, value in headers.items() if name.lower() == "content-type"), None)
    return None if named is None else named.split(";", maxsplit=1)[0].strip().lower()


def _same_type(declared: str, given: str) -> bool:
    plain = declared.split(";", maxsplit=1)[0].strip().lower()
    return plain in {given, "*/*"} or (plain.endswith("/*") and given.startswith(plain[:-1]))
