"""A request and its answer as operations are run, and every error in one form."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

import msgspec
from graphql import FieldNode, GraphQLError, GraphQLSyntaxError

from orderweave.answering.errors import RequestError
from orderweave.model.codes import Code
from orderweave.observing.logs import places

logger = logging.getLogger("orderweave.operations")

Headers = tuple[tuple[bytes, bytes], ...]


class ExecutorKind(StrEnum):
    """What projected an answer."""

    COMPILED = "COMPILED"
    REFERENCE = "REFERENCE"


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What a GraphQL answer holds. `executed` is False for a document that could not be run at all.

    `executor` says what projected it; None where nothing was run. `extensions` are what is said beside the data,
    `headers` what is said beside the answer. `status` is the HTTP status where it is not that of every answer.
    """

    data: Any
    errors: tuple[dict[str, Any], ...]
    executed: bool
    executor: ExecutorKind | None = None
    extensions: Mapping[str, Any] | None = None
    status: int | None = None
    headers: Headers = ()

    def document(self) -> dict[str, Any]:
        """The answer as it goes over the wire: no `data` key when nothing was run, no empty `errors`."""
        found: dict[str, Any] = {}
        if self.errors:
            found["errors"] = list(self.errors)
        if self.executed:
            found["data"] = self.data
        if self.extensions:
            found["extensions"] = dict(self.extensions)
        return found

    def elsewhere(self) -> Answer:
        """The answer to a document that was made of the caller's: errors name no line of a text that nobody sent."""
        if not any("locations" in error for error in self.errors):
            return self
        errors = tuple({name: said for name, said in error.items() if name != "locations"} for error in self.errors)
        return msgspec.structs.replace(self, errors=errors)


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """A GraphQL request: a document, variables, and which of its operations is meant.

    With `cost` the price stands in the answer's extensions; with `explain` the plan too, for those who may know of
    systems. `origin` tells callers without a name apart: where on the network they are.
    """

    query: str
    variables: Mapping[str, Any] | None = None
    operation_name: str | None = None
    cost: bool = False
    explain: bool = False
    origin: str = ""


def not_run(*errors: dict[str, Any], extensions: Mapping[str, Any] | None = None) -> Answer:
    """An answer to what was not run at all."""
    return Answer(data=None, errors=errors, executed=False, extensions=extensions)


def as_graphql(error: Exception) -> GraphQLError:
    """Any error as the executor would have it."""
    return error if isinstance(error, GraphQLError) else GraphQLError(str(error), original_error=error)


def described(error: GraphQLError) -> dict[str, Any]:
    """An error as callers see it: a code in `extensions`, and nothing of our insides."""
    cause = error.original_error
    if isinstance(cause, RequestError):
        found = error_of(str(cause), cause.code, cause.extensions)
    elif isinstance(error, GraphQLSyntaxError):
        found = error_of(error.message, Code.GRAPHQL_PARSE_FAILED)
    elif cause is None or isinstance(cause, GraphQLError):
        found = error_of(error.message, Code.GRAPHQL_VALIDATION_FAILED if error.path is None else Code.BAD_INPUT)
    elif isinstance(cause, ValueError) and error.path is None:
        # Nothing ran yet: a literal such as a number of thousands of digits, which no scalar reads.
        found = error_of("a value of the document cannot be read", Code.GRAPHQL_VALIDATION_FAILED)
    else:
        # The class alone: a message may hold what a customer typed or a system answered.
        logger.error("internal_error", extra={"fields": _where(error, cause)})
        found = error_of("internal error", Code.INTERNAL)
    if error.locations:
        found["locations"] = [{"line": place.line, "column": place.column} for place in error.locations]
    if error.path is not None:
        found["path"] = list(error.path)
    return found


def _where(error: GraphQLError, cause: BaseException) -> dict[str, object]:
    """The class, the field by its name in the schema, for an alias is the caller's own, and the place in the code."""
    nodes = [node for node in error.nodes or () if isinstance(node, FieldNode)]
    field = {"field": nodes[0].name.value} if nodes else {}
    return {"error": type(cause).__name__, **field, "trace": places(cause.__traceback__)}


def error_of(message: str, code: Code, extensions: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """An error as it stands in an answer."""
    return {"message": message, "extensions": {**(extensions or {}), "code": str(code)}}
