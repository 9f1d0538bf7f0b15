"""The base of simulators that speak GraphQL: a small schema of our own in the vendor's shape, run by graphql-core."""

from __future__ import annotations

import json
from abc import abstractmethod
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any, ClassVar

import msgspec
from graphql import DocumentNode, ExecutionResult, GraphQLError, GraphQLSchema, build_schema, execute, parse, validate

from orderweave_sdk.testing.simulator import SimulatedAnswer, SimulatedRequest, Simulator

# Documents kept parsed and validated; a connector sends a handful.
_MOST_DOCUMENTS = 64


class Operation(msgspec.Struct, frozen=True, kw_only=True):
    """One operation that was posted: its document as text and parsed, its variables, and its name if it has one."""

    text: str
    document: DocumentNode
    variables: Mapping[str, Any]
    name: str | None


class GraphqlSimulator(Simulator):
    """Executes what is posted to `graphql_path` against `sdl`.

    `sdl` holds only what the connector uses, in the vendor's names; `root` gives the object whose entries (or
    attributes) are the root fields: plain values, or functions called with `info` and the arguments by their
    GraphQL names. Below it dicts do; an object of an abstract type names its type as "__typename".
    """

    sdl: ClassVar[str]
    graphql_path: ClassVar[str]

    def __init__(self) -> None:
        super().__init__()
        self.schema: GraphQLSchema = build_schema(self.sdl)
        self._documents: OrderedDict[str, DocumentNode | list[GraphQLError]] = OrderedDict()

    @abstractmethod
    def root(self, operation: Operation) -> Any:
        """The root value for this operation."""

    def turn_away(self, request: SimulatedRequest) -> SimulatedAnswer | None:
        """An answer in place of any look at the request (credentials refused), or None."""
        return None

    def hold_back(self, operation: Operation) -> SimulatedAnswer | None:
        """An answer in place of running a valid operation (quota empty, too costly), or None."""
        return None

    def extensions(self, operation: Operation, result: ExecutionResult) -> dict[str, Any] | None:
        """What stands beside data and errors (the cost), or None."""
        return None

    def describe(self, request: SimulatedRequest) -> tuple[str, Any]:
        """The operation's name, and its variables."""
        body = _body(request) or {}
        name = body.get("operationName") or self._only_name(str(body.get("query", "")))
        return name or "anonymous", body.get("variables") or {}

    async def answer(self, request: SimulatedRequest) -> SimulatedAnswer:
        """The vendor's answer: 200 with data or errors; 400 for a body that is no GraphQL request."""
        refused = self.turn_away(request)
        if refused is not None:
            return refused
        if request.path != self.graphql_path:
            return SimulatedAnswer.of({"errors": "Not Found"}, status=404)
        body = _body(request)
        if request.method != "POST" or body is None or not isinstance(body.get("query"), str):
            return SimulatedAnswer.of({"errors": [{"message": "POST a JSON object with a query"}]}, status=400)
        document = self._document(body["query"])
        if isinstance(document, list):
            return SimulatedAnswer.of({"errors": [error.formatted for error in document]})
        operation = Operation(
            text=body["query"],
            document=document,
            variables=body.get("variables") or {},
            name=body.get("operationName"),
        )
        return self.hold_back(operation) or self._run(operation)

    def _run(self, operation: Operation) -> SimulatedAnswer:
        result = execute(
            self.schema,
            operation.document,
            root_value=self.root(operation),
            variable_values=dict(operation.variables),
            operation_name=operation.name,
        )
        if not isinstance(result, ExecutionResult):
            raise TypeError("a simulator's resolvers answer at once; none of them may be async")
        document: dict[str, Any] = {"data": result.data}
        if result.errors:
            document["errors"] = [error.formatted for error in result.errors]
        extensions = self.extensions(operation, result)
        if extensions is not None:
            document["extensions"] = extensions
        return SimulatedAnswer.of(document)

    def _document(self, text: str) -> DocumentNode | list[GraphQLError]:
        """The parsed document, or why it is none; kept for the next time."""
        known = self._documents.get(text)
        if known is None:
            known = self._parsed(text)
            self._documents[text] = known
            if len(self._documents) > _MOST_DOCUMENTS:
                self._documents.popitem(last=False)
        else:
            self._documents.move_to_end(text)
        return known

    def _parsed(self, text: str) -> DocumentNode | list[GraphQLError]:
        try:
            document = parse(text, no_location=True, allow_empty_selection_sets=False)
        except GraphQLError as error:
            return [error]
        return validate(self.schema, document, allow_empty_selection_sets=False) or document

    def _only_name(self, text: str) -> str | None:
        document = self._document(text)
        if isinstance(document, list):
            return None
        names = [getattr(node, "name", None) for node in document.definitions if node.kind == "operation_definition"]
        return names[0].value if names and names[0] is not None else None


def _body(request: SimulatedRequest) -> dict[str, Any] | None:
    try:
        body = request.json()
    except (json.JSONDecodeError, UnicodeDecodeError):
        return None
    return body if isinstance(body, dict) else None
