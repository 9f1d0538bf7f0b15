"""Running one operation: from a document to the answer, with every error in one form.

This is the seam of projection. Today the reference executor projects every answer; a compiled projection takes
its place for the operations that it covers by being asked here first.
"""

from __future__ import annotations

import logging
import traceback
from collections.abc import Mapping
from typing import Any

import msgspec
import strawberry
from graphql import GraphQLError, GraphQLSyntaxError, OperationDefinitionNode, parse

from orderweave.answering.errors import Code, RequestError

logger = logging.getLogger("orderweave.operations")

MOST_TOKENS = 2_000


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What a GraphQL answer holds. `executed` is False for a document that could not be run at all."""

    data: Any
    errors: tuple[dict[str, Any], ...]
    executed: bool

    def document(self) -> dict[str, Any]:
        """The answer as it goes over the wire: no `data` key when nothing was run, no empty `errors`."""
        found: dict[str, Any] = {}
        if self.errors:
            found["errors"] = list(self.errors)
        if self.executed:
            found["data"] = self.data
        return found


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """A GraphQL request: a document, variables, and which of its operations is meant."""

    query: str
    variables: Mapping[str, Any] | None = None
    operation_name: str | None = None


async def run(schema: strawberry.Schema, request: Request, context: object, *, read_only: bool = False) -> Answer:
    """The answer to a request; nothing is raised for anything that the request or an upstream does.

    With `read_only` (a GET) only a query is run.
    """
    refusal = _refusal(request, read_only=read_only)
    if refusal is not None:
        return Answer(data=None, errors=(refusal,), executed=False)
    result = await schema.execute(
        request.query,
        variable_values=dict(request.variables or {}),
        context_value=context,
        operation_name=request.operation_name,
    )
    errors = tuple(described(error) for error in result.errors or ())
    ran = result.data is not None or any(error.path for error in result.errors or ())
    return Answer(data=result.data, errors=errors, executed=ran)


def _refusal(request: Request, *, read_only: bool) -> dict[str, Any] | None:
    """Why the document is not run at all; None when it may be."""
    try:
        document = parse(request.query, no_location=True, max_tokens=MOST_TOKENS)
    except GraphQLSyntaxError as error:
        return described(error)
    operations = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
    if request.operation_name is not None:
        operations = [node for node in operations if node.name and node.name.value == request.operation_name]
    if len(operations) != 1:
        name = request.operation_name
        message = f"the document has no operation {name!r}" if name else "name one of the document's operations"
        return _error(message, Code.BAD_INPUT)
    if read_only and operations[0].operation.value != "query":
        return _error("a GET may only ask queries", Code.BAD_INPUT)
    return None


def described(error: GraphQLError) -> dict[str, Any]:
    """An error as callers see it: a code in `extensions`, and nothing of our insides."""
    cause = error.original_error
    if isinstance(cause, RequestError):
        found = _error(str(cause), cause.code, cause.extensions)
    elif isinstance(error, GraphQLSyntaxError):
        found = _error(error.message, "GRAPHQL_PARSE_FAILED")
    elif cause is None or isinstance(cause, GraphQLError):
        found = _error(error.message, "GRAPHQL_VALIDATION_FAILED" if error.path is None else Code.BAD_INPUT)
    elif isinstance(cause, ValueError) and error.path is None:
        # Nothing ran yet: a literal such as a number of thousands of digits, which no scalar reads.
        found = _error("a value of the document cannot be read", "GRAPHQL_VALIDATION_FAILED")
    else:
        # The class alone: a message may hold what a customer typed or a system answered.
        logger.error("internal error at %s: %s\n%s", error.path, type(cause).__name__, _frames(cause))
        found = _error("internal error", "INTERNAL")
    if error.locations:
        found["locations"] = [{"line": place.line, "column": place.column} for place in error.locations]
    if error.path is not None:
        found["path"] = list(error.path)
    return found


def _frames(cause: BaseException) -> str:
    """Where it happened, without the message."""
    return "".join(traceback.format_tb(cause.__traceback__))


def _error(message: str, code: str, extensions: Mapping[str, Any] | None = None) -> dict[str, Any]:
    return {"message": message, "extensions": {**(extensions or {}), "code": str(code)}}
