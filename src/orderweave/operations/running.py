"""Running one operation: from a document to the answer, with every error in one form.

This is the seam of projection. A document is parsed and validated once and its code generated once, and both are
kept; what cannot be compiled (introspection, for one) is projected by the reference executor, over the same
resolvers.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Mapping
from enum import StrEnum
from typing import Any, TypedDict, cast

import msgspec
import strawberry
from graphql import ExecutionResult, FieldNode, GraphQLError, GraphQLSyntaxError, OperationDefinitionNode, OperationType
from graphql.pyutils import Path
from strawberry.execution import optimized_is_awaitable

from orderweave.access.points import Standing
from orderweave.answering.errors import RequestError
from orderweave.model.codes import Code
from orderweave.model.rights import UNNAMED, Caller, Rights, Scope
from orderweave.observing import UNOBSERVED, Observing, Stage, catalog
from orderweave.observing.logs import places
from orderweave.operations.deferring import DIRECTIVE as DEFER
from orderweave.operations.deferring import Parts, parts_of
from orderweave.operations.documents import Document, hash_of
from orderweave.operations.gate import MOST_ERRORS, Asker, Gate, Refused
from orderweave.operations.keeping import Kept
from orderweave.operations.limits import Price, may_introspect
from orderweave.operations.permitting import Taken, refusal, scopes_taken
from orderweave.projection import Declined, Projection, Projector, compile_projection

logger = logging.getLogger("orderweave.operations")

# Characters of documents, and of code generated for them, that are kept in all and of one. See
# docs/decisions/compiled-projection.md for what they take in memory.
_MOST_TEXT = 400_000
_LONGEST_TEXT = 20_000
_MOST_CODE = 4_000_000
_LONGEST_CODE = 400_000
# Characters of a name that a message repeats.
_MOST_QUOTED = 100
# What a refusal to compile weighs.
_SMALLEST_CODE = 500
_ALL = frozenset(Scope)


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

    `executor` says what projected it; None where nothing was run. `extensions` are what is said beside the data,
    `headers` what is said beside the answer. `status` is the HTTP status where it is not that of every answer.
    """

    data: Any
    errors: tuple[dict[str, Any], ...]
    executed: bool
    executor: ExecutorKind | None = None
    extensions: Mapping[str, Any] | None = None
    status: int | None = None
    headers: tuple[tuple[bytes, bytes], ...] = ()

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


class Counts(msgspec.Struct, kw_only=True):
    """What was done since the start: documents parsed, selections compiled or declined, operations run by each."""

    parsed: int = 0
    compiled: int = 0
    declined: int = 0
    ran_compiled: int = 0
    ran_reference: int = 0


def shares_points(caller: Caller) -> bool:
    """Whether a caller's points are those of all who ask from the same part of the network (`Request.origin`)."""
    return caller.name in UNNAMED and caller.limits.points is not None


class _Account(TypedDict):
    """Whose points a request is paid with, and what they are."""

    payer: str
    points: int
    per_seconds: int


def _account(caller: Caller, origin: str) -> _Account | None:
    """The account of a caller; those without a name share that of where they are. None where nothing is counted."""
    if caller.limits.points is None:
        return None
    payer = f"{caller.role} at {origin}" if shares_points(caller) else f"{caller.role} as {caller.name}"
    return {"payer": payer, "points": caller.limits.points, "per_seconds": caller.limits.per_seconds}


class _Run(msgspec.Struct, frozen=True):
    """An operation that may run: with its price, and what is said of it beside the answer."""

    projector: Projector
    price: Price
    extensions: Mapping[str, Any]


class Operations:
    """Runs operations against one schema, and keeps what it learns of them, within bounds.

    With `compiled` off the reference executor projects everything: for comparing the two.
    """

    def __init__(self, schema: strawberry.Schema, *, compiled: bool = True, observing: Observing = UNOBSERVED) -> None:
        if schema.extensions:
            raise ValueError("an extension of the schema would not see what is run here")
        self.counts = Counts()
        self._schema = schema
        self._gate = Gate(schema)
        self._compiled = compiled
        self._observing = observing
        self._documents: Kept[bytes, Document] = Kept(_MOST_TEXT, _LONGEST_TEXT)
        self._scopes: Kept[tuple[Any, ...], Taken] = Kept(_MOST_CODE // 4, _SMALLEST_CODE)
        self._projections: Kept[tuple[Any, ...], Projection | Declined] = Kept(_MOST_CODE, _LONGEST_CODE)
        observing.readings.read(catalog.DOCUMENTS_KEPT, lambda: {(): len(self._documents)})
        observing.readings.read(catalog.PROJECTIONS_KEPT, lambda: {(): len(self._projections)})

    async def run(self, request: Request, context: Asker, *, read_only: bool = False) -> Answer:
        """The answer to a request; nothing is raised for anything that the request or an upstream does.

        With `read_only` (a GET) only a query is run. What is refused costs one point, whatever it asked for.
        """
        account = _account(context.caller, request.origin)
        if account is not None and (empty := context.gateway.points.exhausted(**account)) is not None:
            return _rate_limited(empty, context)
        with self._observing.stage(Stage.OPERATION):
            prepared = self._prepared(request, context, read_only=read_only)
        spent = None
        if account is not None:
            price = 1 if isinstance(prepared, Answer) else max(1, prepared.price.response)
            spent = await context.gateway.points.take(**account, price=price)
            if not spent.granted:
                return _rate_limited(spent, context)
        answer = prepared if isinstance(prepared, Answer) else await self._answer(prepared)
        return answer if spent is None else msgspec.structs.replace(answer, headers=_told(spent, context))

    def parts(self, request: Request, context: Asker, *, most: int) -> Parts | None:
        """The request in parts that are run one by one, where up to `most` of a query are deferred; else None.

        What cannot be run at all is not deferred either: `run` says what is wrong with it.
        """
        if f"@{DEFER}" not in request.query or isinstance(self._prepared(request, context, read_only=True), Answer):
            return None
        document = self._documents.get(hash_of(request.query))
        operation = document.chosen(request.operation_name) if document is not None else None
        if document is None or operation is None:
            return None
        return parts_of(document.parsed, operation, self._schema._schema, request.variables or {}, most)

    def _prepared(self, request: Request, context: Asker, *, read_only: bool) -> _Run | Answer:
        """What is to be run, or the answer in its place."""
        try:
            return self._ready(request, context, read_only=read_only)
        except Refused as refused:
            return _not_run(*refused.errors, extensions=refused.extensions)
        except GraphQLSyntaxError as error:
            return _not_run(described(error))
        except Exception as error:
            return self._answered(ExecutionResult(None, [_as_graphql(error)]), ExecutorKind.REFERENCE)

    def _ready(self, request: Request, context: Asker, *, read_only: bool) -> _Run:
        """What is to be run. Raises Refused for what is not, and GraphQLSyntaxError for what is no document."""
        gate, caller, name = self._gate, context.caller, hash_of(request.query)
        known = self._documents.get(name)
        if known is None:
            self.counts.parsed += 1
        document = gate.document(request.query, known, caller.limits)
        operation = document.chosen(request.operation_name)
        if operation is None or (read_only and operation.operation is not OperationType.QUERY):
            raise Refused([_unfit(operation, request.operation_name)])
        gate.looks(document, operation, caller)
        gate.variables(request.variables)
        if known is None:
            mistakes = self._mistakes(document, context)
            if mistakes:
                raise Refused([described(error) for error in mistakes])
            self._documents.keep(name, document, len(request.query))
        run = self._built(document, request, context)
        shape = _shape(run, (name, request.operation_name), document)
        self._permit(run, caller.rights, shape)
        price = gate.price(document, operation, run.variable_values, context.gateway)
        extensions = _said(price, caller) if request.cost else {}
        gate.affordable(price, document, operation, caller.limits, extensions)
        if request.explain and Scope.SYSTEMS in caller.rights.scopes:
            extensions["explain"] = gate.explained(document, operation, run.variable_values, context.gateway)
        run.projection = self._projection(run, shape)
        return _Run(run, price, extensions)

    async def _answer(self, prepared: _Run) -> Answer:
        """The answer of an operation that is known to be valid."""
        run = prepared.projector
        executor = ExecutorKind.COMPILED if run.projection else ExecutorKind.REFERENCE
        try:
            result: Any = run.execute_operation()
            if optimized_is_awaitable(result):
                result = await result
        except Exception as error:
            result = ExecutionResult(None, [_as_graphql(error)])
        return self._answered(result, executor, prepared.extensions)

    def _answered(
        self, result: ExecutionResult, executor: ExecutorKind, extensions: Mapping[str, Any] | None = None
    ) -> Answer:
        """What came of a run."""
        if executor is ExecutorKind.COMPILED:
            self.counts.ran_compiled += 1
        else:
            self.counts.ran_reference += 1
        errors = tuple(described(error) for error in result.errors or ())
        ran = result.data is not None or any(error.path for error in result.errors or ())
        return Answer(data=result.data, errors=errors, executed=ran, executor=executor, extensions=extensions)

    def _built(self, document: Document, request: Request, context: Asker) -> Projector:
        """A run of an operation with its variables coerced. Raises Refused for what is wrong with them."""
        built: Any = (Timed if self._observing.on else Projector).build(
            self._schema._schema,
            document.runnable,
            context_value=context,
            raw_variable_values=dict(request.variables or {}),
            operation_name=request.operation_name,
            is_awaitable=cast("Any", optimized_is_awaitable),
            max_coercion_errors=MOST_ERRORS,
            hide_suggestions=not may_introspect(context.caller.rights.scopes),
        )
        if isinstance(built, Timed):
            built.observing = self._observing
        if isinstance(built, list):
            raise Refused([described(error) for error in built])
        return cast("Projector", built)

    def _mistakes(self, document: Document, context: Asker) -> list[GraphQLError]:
        """What is wrong with a document; a literal that no scalar reads may raise anything."""
        try:
            return self._gate.mistakes(document, context.caller)
        except Exception as error:
            return [_as_graphql(error)]

    def _permit(self, run: Projector, rights: Rights, shape: tuple[Any, ...]) -> None:
        """Raise Refused for an operation that the caller may not ask."""
        if rights.scopes >= _ALL:
            return
        taken = self._scopes.get(shape)
        if taken is None:
            taken = scopes_taken(run.schema, run.fragment_definitions, run.operation, run.variable_values)
            self._scopes.keep(shape, taken, _SMALLEST_CODE)
        refused = refusal(taken, rights)
        if refused is not None:
            message = f"you may not ask for {', '.join(refused['fields'])}"
            raise Refused([_error(message, Code.FORBIDDEN, refused)])

    def _projection(self, run: Projector, shape: tuple[Any, ...]) -> Projection | None:
        """The code for an operation and what its variables make of @skip and @include; None where it is declined."""
        if not self._compiled or run.operation.operation is not OperationType.QUERY:
            return None
        found = self._projections.get(shape)
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
            self._projections.keep(shape, found, weight)
        return found if isinstance(found, Projection) else None


def _shape(run: Projector, operation: tuple[bytes, str | None], document: Document) -> tuple[Any, ...]:
    """An operation and what its variables make of @skip and @include."""
    values = run.variable_values.coerced
    return (*operation, *(values.get(condition) for condition in document.conditions))


def _not_run(*errors: dict[str, Any], extensions: Mapping[str, Any] | None = None) -> Answer:
    return Answer(data=None, errors=errors, executed=False, extensions=extensions)


def _as_graphql(error: Exception) -> GraphQLError:
    return error if isinstance(error, GraphQLError) else GraphQLError(str(error), original_error=error)


def _said(price: Price, caller: Caller) -> dict[str, Any]:
    """What the extensions say of a price, for one who asks."""
    limits = {"response": caller.limits.response_cost, "upstreamCalls": caller.limits.upstream_calls}
    return {"cost": {"response": price.response, "upstreamCalls": price.upstream_calls, "limits": limits}}


def _unfit(operation: OperationDefinitionNode | None, name: str | None) -> dict[str, Any]:
    """Why no operation of a document is run: none is meant, or it is no query where only queries are."""
    if operation is not None:
        return _error("a GET may only ask queries", Code.METHOD_NOT_ALLOWED)
    message = (
        f"the document has no operation {name[:_MOST_QUOTED]!r}" if name else "name one of the document's operations"
    )
    return _error(message, Code.BAD_INPUT)


def _rate_limited(spent: Standing, context: Asker) -> Answer:
    """The answer to one who has spent too much."""
    wait = max(1, math.ceil(spent.wait_seconds))
    limits = context.caller.limits
    message = f"{limits.points} points in {limits.per_seconds} s are spent; try again in {wait} s"
    error = _error(message, Code.RATE_LIMITED, {"retryAfterSeconds": wait})
    headers = (*_told(spent, context), (b"retry-after", str(wait).encode()))
    return Answer(data=None, errors=(error,), executed=False, status=429, headers=headers)


def _told(spent: Standing, context: Asker) -> tuple[tuple[bytes, bytes], ...]:
    """What is left of a caller's points, in the headers that are on their way to a standard (RateLimit)."""
    limits = context.caller.limits
    return (
        (b"ratelimit-policy", f'"points";q={limits.points};w={limits.per_seconds}'.encode()),
        (b"ratelimit", f'"points";r={spent.left};t={math.ceil(spent.full_seconds)}'.encode()),
    )


def described(error: GraphQLError) -> dict[str, Any]:
    """An error as callers see it: a code in `extensions`, and nothing of our insides."""
    cause = error.original_error
    if isinstance(cause, RequestError):
        found = _error(str(cause), cause.code, cause.extensions)
    elif isinstance(error, GraphQLSyntaxError):
        found = _error(error.message, Code.GRAPHQL_PARSE_FAILED)
    elif cause is None or isinstance(cause, GraphQLError):
        found = _error(error.message, Code.GRAPHQL_VALIDATION_FAILED if error.path is None else Code.BAD_INPUT)
    elif isinstance(cause, ValueError) and error.path is None:
        # Nothing ran yet: a literal such as a number of thousands of digits, which no scalar reads.
        found = _error("a value of the document cannot be read", Code.GRAPHQL_VALIDATION_FAILED)
    else:
        # The class alone: a message may hold what a customer typed or a system answered.
        logger.error("internal_error", extra={"fields": _where(error, cause)})
        found = _error("internal error", Code.INTERNAL)
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


def _error(message: str, code: Code, extensions: Mapping[str, Any] | None = None) -> dict[str, Any]:
    return {"message": message, "extensions": {**(extensions or {}), "code": str(code)}}
