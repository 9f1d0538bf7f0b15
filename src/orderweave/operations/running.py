"""Running one operation: from a document to the answer, with every error in one form.

This is the seam of projection. A document is parsed and validated once and its code generated once, and both are
kept; what cannot be compiled (introspection, for one) is projected by the reference executor, over the same
resolvers.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncGenerator, AsyncIterable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, aclosing
from enum import StrEnum
from typing import Any, cast

import msgspec
import strawberry
from graphql import ExecutionResult, FieldNode, GraphQLError, GraphQLSyntaxError, OperationDefinitionNode, OperationType
from graphql.execution import create_source_event_stream
from graphql.pyutils import Path
from strawberry.execution import optimized_is_awaitable
from strawberry.schema.schema import validate_document

from orderweave.answering.errors import Code, RequestError
from orderweave.observing import UNOBSERVED, Observing, Stage, catalog
from orderweave.observing.logs import places
from orderweave.operations.documents import Document, hash_of
from orderweave.operations.freshness import RULES
from orderweave.operations.keeping import Kept
from orderweave.projection import Declined, Projection, Projector, compile_projection

logger = logging.getLogger("orderweave.operations")

# Characters of documents, and of code generated for them, that are kept in all and of one. See
# docs/decisions/compiled-projection.md for what they take in memory.
_MOST_TEXT = 400_000
_LONGEST_TEXT = 20_000
_MOST_CODE = 4_000_000
_LONGEST_CODE = 400_000
# What a refusal to compile weighs.
_SMALLEST_CODE = 500
_TO_SUBSCRIBE = "subscribe over a WebSocket (graphql-transport-ws), or accept text/event-stream (graphql-sse)"


# What one request is worked on in; a subscription holds none while it waits.
Place = Callable[[], AbstractAsyncContextManager[object]]


class Timed(Projector):
    """A run that reports how long each root field took from what its resolver gave to what stands in the answer."""

    observing: Observing = UNOBSERVED

    def complete_value(  # noqa: PLR0917 - the executor's own signature
        self, return_type: Any, field_details_list: Any, info: Any, path: Path, result: Any, position_context: Any
    ) -> Any:
        """See `Projector.complete_value`; what stands deeper is part of its root field."""
        if path.prev is not None:
            return super().complete_value(return_type, field_details_list, info, path, result, position_context)
        with self.observing.stage(Stage.PROJECT):
            return super().complete_value(return_type, field_details_list, info, path, result, position_context)


class ExecutorKind(StrEnum):
    """What projected an answer."""

    COMPILED = "COMPILED"
    REFERENCE = "REFERENCE"


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What a GraphQL answer holds. `executed` is False for a document that could not be run at all.

    `executor` says what projected it; None where nothing was run. `extensions` are what is said beside the data.
    """

    data: Any
    errors: tuple[dict[str, Any], ...]
    executed: bool
    executor: ExecutorKind | None = None
    extensions: Mapping[str, Any] | None = None

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


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """A GraphQL request: a document, variables, and which of its operations is meant."""

    query: str
    variables: Mapping[str, Any] | None = None
    operation_name: str | None = None


class Counts(msgspec.Struct, kw_only=True):
    """What was done since the start: documents parsed, selections compiled or declined, operations run by each."""

    parsed: int = 0
    compiled: int = 0
    declined: int = 0
    ran_compiled: int = 0
    ran_reference: int = 0


class Operations:
    """Runs operations against one schema, and keeps what it learns of them, within bounds.

    With `compiled` off the reference executor projects everything: for comparing the two.
    """

    def __init__(self, schema: strawberry.Schema, *, compiled: bool = True, observing: Observing = UNOBSERVED) -> None:
        if schema.extensions:
            raise ValueError("an extension of the schema would not see what is run here")
        self.counts = Counts()
        self._schema = schema
        self._compiled = compiled
        self._observing = observing
        self._documents: Kept[bytes, Document] = Kept(_MOST_TEXT, _LONGEST_TEXT)
        self._projections: Kept[tuple[Any, ...], Projection | Declined] = Kept(_MOST_CODE, _LONGEST_CODE)
        observing.readings.read(catalog.DOCUMENTS_KEPT, lambda: {(): len(self._documents)})
        observing.readings.read(catalog.PROJECTIONS_KEPT, lambda: {(): len(self._projections)})

    async def run(self, request: Request, context: object, *, read_only: bool = False) -> Answer:
        """The answer to a request; nothing is raised for anything that the request or an upstream does.

        With `read_only` (a GET) only a query is run.
        """
        with self._observing.stage(Stage.OPERATION):
            prepared = self._prepared(request, context, read_only=read_only)
        return prepared if isinstance(prepared, Answer) else await self._answer(prepared)

    async def stream(
        self, request: Request, context: object, *, place: Place, read_only: bool = False
    ) -> Answer | AsyncGenerator[Answer, None]:
        """The answers of a subscription as they come, to be closed by whoever reads them; the answer of anything else,
        worked on in a `place`.

        An answer that was not executed ends them. With `read_only` no mutation is run.
        """
        with self._observing.stage(Stage.OPERATION):
            prepared = self._prepared(request, context, read_only=read_only, streams=True)
        if isinstance(prepared, Answer):
            return prepared
        if prepared.operation.operation is not OperationType.SUBSCRIPTION:
            async with place():
                return await self._answer(prepared)
        source: Any = create_source_event_stream(prepared)
        if optimized_is_awaitable(source):
            source = await source
        if isinstance(source, ExecutionResult):
            return _not_run(*(described(error) for error in source.errors or ()))
        return self._answers(prepared, source)

    async def _answers(self, run: Projector, source: AsyncIterable[Any]) -> AsyncGenerator[Answer, None]:
        """One answer for each event; an event that is an exception becomes an answer with that error."""
        executor = ExecutorKind.COMPILED if run.projection else ExecutorKind.REFERENCE
        async with aclosing(cast("AsyncGenerator[Any, None]", source)) as events:
            try:
                async for event in events:
                    result: Any = run.build_per_event_executor(event).execute_operation(False)
                    yield self._answered(await result if optimized_is_awaitable(result) else result, executor)
            except Exception as error:
                yield _not_run(described(_as_graphql(error)))

    def _prepared(
        self, request: Request, context: object, *, read_only: bool, streams: bool = False
    ) -> Projector | Answer:
        """What is to be run, or the answer in its place."""
        name = hash_of(request.query)
        known = self._documents.get(name)
        try:
            document = known or self._parsed(request.query)
        except GraphQLSyntaxError as error:
            return _not_run(described(error))
        operation = document.chosen(request.operation_name)
        refusal = _refusal(operation, request.operation_name, read_only=read_only, streams=streams)
        if refusal is not None:
            return _not_run(refusal)
        if known is None:
            problems = self._problems(document)
            if problems:
                return _not_run(*(described(error) for error in problems))
            self._documents.keep(name, document, len(request.query))
        try:
            run = self._built(document, request, context)
            if isinstance(run, list):
                return _not_run(*(described(error) for error in run))
            run.projection = self._projection(run, (name, request.operation_name), document)
        except Exception as error:
            return self._answered(ExecutionResult(None, [_as_graphql(error)]), ExecutorKind.REFERENCE)
        return run

    async def _answer(self, run: Projector) -> Answer:
        """The answer of an operation that is known to be valid."""
        executor = ExecutorKind.COMPILED if run.projection else ExecutorKind.REFERENCE
        try:
            result: Any = run.execute_operation()
            if optimized_is_awaitable(result):
                result = await result
        except Exception as error:
            result = ExecutionResult(None, [_as_graphql(error)])
        return self._answered(result, executor)

    def _answered(self, result: ExecutionResult, executor: ExecutorKind) -> Answer:
        """What came of a run."""
        if executor is ExecutorKind.COMPILED:
            self.counts.ran_compiled += 1
        else:
            self.counts.ran_reference += 1
        errors = tuple(described(error) for error in result.errors or ())
        ran = result.data is not None or any(error.path for error in result.errors or ())
        return Answer(data=result.data, errors=errors, executed=ran, executor=executor)

    def _built(self, document: Document, request: Request, context: object) -> Projector | list[GraphQLError]:
        """A run of an operation with its variables coerced, or what is wrong with them."""
        built: Any = (Timed if self._observing.on else Projector).build(
            self._schema._schema,
            document.parsed,
            context_value=context,
            raw_variable_values=dict(request.variables or {}),
            operation_name=request.operation_name,
            is_awaitable=cast("Any", optimized_is_awaitable),
        )
        if isinstance(built, Timed):
            built.observing = self._observing
        return cast("Projector | list[GraphQLError]", built)

    def _parsed(self, text: str) -> Document:
        self.counts.parsed += 1
        return Document(text)

    def _problems(self, document: Document) -> list[GraphQLError]:
        """What validation has against a document, by the rules that Strawberry applies and our own."""
        try:
            return validate_document(self._schema._schema, document.parsed, RULES)
        except Exception as error:
            return [_as_graphql(error)]

    def _projection(self, run: Projector, operation: tuple[bytes, str | None], document: Document) -> Projection | None:
        """The code for an operation and what its variables make of @skip and @include; None where it is declined."""
        if not self._compiled or run.operation.operation is OperationType.MUTATION:
            return None
        values = run.variable_values.coerced
        key = (*operation, *(values.get(condition) for condition in document.conditions))
        found = self._projections.get(key)
        if found is None:
            try:
                found = compile_projection(run, self._schema)
                weight = len(found.source)
                if weight > _LONGEST_CODE:
                    raise Declined(f"{weight} characters of code")
                self.counts.compiled += 1
            except Declined as declined:
                found, weight = declined, _SMALLEST_CODE
                self.counts.declined += 1
            self._projections.keep(key, found, weight)
        return found if isinstance(found, Projection) else None


def _not_run(*errors: dict[str, Any]) -> Answer:
    return Answer(data=None, errors=errors, executed=False)


def _as_graphql(error: Exception) -> GraphQLError:
    return error if isinstance(error, GraphQLError) else GraphQLError(str(error), original_error=error)


def _refusal(
    operation: OperationDefinitionNode | None, name: str | None, *, read_only: bool, streams: bool
) -> dict[str, Any] | None:
    """Why an operation is not run at all; None when it may be."""
    if operation is None:
        message = f"the document has no operation {name!r}" if name else "name one of the document's operations"
        return _error(message, Code.BAD_INPUT)
    if operation.operation is OperationType.SUBSCRIPTION and streams:
        return None
    if read_only and operation.operation is not OperationType.QUERY:
        return _error("a GET may only ask queries", Code.BAD_INPUT)
    if operation.operation is OperationType.SUBSCRIPTION:
        return _error(_TO_SUBSCRIBE, Code.BAD_INPUT)
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
        logger.error("internal_error", extra={"fields": _where(error, cause)})
        found = _error("internal error", "INTERNAL")
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


def _error(message: str, code: str, extensions: Mapping[str, Any] | None = None) -> dict[str, Any]:
    return {"message": message, "extensions": {**(extensions or {}), "code": str(code)}}
