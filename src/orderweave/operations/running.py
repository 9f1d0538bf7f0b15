"""Running one operation: from a document to the answer, with every error in one form.

This is the seam of projection. A document is parsed and validated once and its code generated once, and both are
kept; what cannot be compiled (introspection, for one) is projected by the reference executor, over the same
resolvers.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, aclosing
from typing import Any, cast

import msgspec
import strawberry
from graphql import ExecutionResult, GraphQLError, GraphQLSchema, GraphQLSyntaxError, OperationType
from graphql.execution import create_source_event_stream
from graphql.pyutils import Path
from strawberry.execution import optimized_is_awaitable

from orderweave.model.codes import Code
from orderweave.model.rights import Caller, Rights, Scope
from orderweave.observing import UNOBSERVED, Observing, Stage, catalog
from orderweave.operations.answers import (
    Answer,
    ExecutorKind,
    Headers,
    Request,
    as_graphql,
    described,
    error_of,
    not_run,
)
from orderweave.operations.deferring import DIRECTIVE as DEFER
from orderweave.operations.deferring import Parts, parts_of
from orderweave.operations.documents import Document, hash_of
from orderweave.operations.gate import MOST_ERRORS, Asker, Gate, Refused, may_introspect
from orderweave.operations.keeping import Kept
from orderweave.operations.limits import Price
from orderweave.operations.paying import account_of, rate_limited, told_of
from orderweave.operations.permitting import Taken, refusal, scopes_taken
from orderweave.projection import Declined, Projection, Projector, compile_projection

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


class Counts(msgspec.Struct, kw_only=True):
    """What was done since the start: documents parsed, selections compiled or declined, operations run by each."""

    parsed: int = 0
    compiled: int = 0
    declined: int = 0
    ran_compiled: int = 0
    ran_reference: int = 0


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

    @property
    def graphql(self) -> GraphQLSchema:
        """The schema that operations are run against."""
        return self._schema._schema

    async def run(self, request: Request, context: Asker, *, read_only: bool = False) -> Answer:
        """The answer to a request; nothing is raised for anything that the request or an upstream does.

        With `read_only` (a GET) only a query is run. What is refused costs one point, whatever it asked for.
        """
        prepared, told = await self._paid(request, context, read_only=read_only)
        answer = prepared if isinstance(prepared, Answer) else await self._answer(prepared)
        return msgspec.structs.replace(answer, headers=told) if told and answer.status is None else answer

    def follows(self, request: Request, caller: Caller) -> bool:
        """Whether a request means a subscription; not what cannot be read, of which `run` says what is wrong."""
        if OperationType.SUBSCRIPTION.value not in request.query:
            return False
        try:
            document = self._gate.document(request.query, self._documents.get(hash_of(request.query)), caller.limits)
        except (Refused, GraphQLSyntaxError):
            return False
        operation = document.chosen(request.operation_name)
        return operation is not None and operation.operation is OperationType.SUBSCRIPTION

    async def stream(
        self, request: Request, context: Asker, *, place: Place, read_only: bool = False
    ) -> Answer | AsyncGenerator[Answer, None]:
        """The answers of a subscription as they come, to be closed by whoever reads them; the answer of anything else,
        worked on in a `place`.

        An answer that was not executed ends them. With `read_only` no mutation is run. A subscription is paid once.
        """
        prepared, _ = await self._paid(request, context, read_only=read_only, streams=True)
        if isinstance(prepared, Answer):
            return prepared
        run = prepared.projector
        if run.operation.operation is not OperationType.SUBSCRIPTION:
            async with place():
                return await self._answer(prepared)
        source: Any = create_source_event_stream(run)
        if optimized_is_awaitable(source):
            source = await source
        if isinstance(source, ExecutionResult):
            return not_run(*(described(error) for error in source.errors or ()))
        return self._answers(run, source)

    async def _answers(self, run: Projector, source: AsyncIterable[Any]) -> AsyncGenerator[Answer, None]:
        """One answer for each event; an event that is an exception becomes an answer with that error."""
        executor = ExecutorKind.COMPILED if run.projection else ExecutorKind.REFERENCE
        async with aclosing(cast("AsyncGenerator[Any, None]", source)) as events:
            try:
                async for event in events:
                    result: Any = run.build_per_event_executor(event).execute_operation(False)
                    yield self._answered(await result if optimized_is_awaitable(result) else result, executor)
            except Exception as error:
                yield not_run(described(as_graphql(error)))

    async def _paid(
        self, request: Request, context: Asker, *, read_only: bool, streams: bool = False
    ) -> tuple[_Run | Answer, Headers]:
        """What is to be run, or the answer in its place, paid for; and what is said of the caller's points."""
        if (empty := self.spent(request.origin, context)) is not None:
            return empty, ()
        account = account_of(context.caller, request.origin)
        with self._observing.stage(Stage.OPERATION):
            prepared = self._prepared(request, context, read_only=read_only, streams=streams)
        if account is None:
            return prepared, ()
        price = 1 if isinstance(prepared, Answer) else max(1, prepared.price.response)
        spent = await context.gateway.points.take(**account, price=price)
        return (prepared, told_of(spent, context)) if spent.granted else (rate_limited(spent, context), ())

    def spent(self, origin: str, context: Asker) -> Answer | None:
        """The answer to a caller who is known to have nothing left, before anything is done for the request."""
        account = account_of(context.caller, origin)
        if account is None or (empty := context.gateway.points.exhausted(**account)) is None:
            return None
        return rate_limited(empty, context)

    async def refused(self, answer: Answer, origin: str, context: Asker) -> Answer:
        """An answer that refuses a request before it came to be run, paid for as every refusal."""
        account = account_of(context.caller, origin)
        if account is None:
            return answer
        left = await context.gateway.points.take(**account, price=1)
        if not left.granted:
            return rate_limited(left, context)
        return msgspec.structs.replace(answer, headers=(*answer.headers, *told_of(left, context)))

    def parts(self, request: Request, context: Asker, *, most: int) -> Parts | None:
        """The request in parts that are run one by one, where up to `most` of a query are deferred; else None.

        What cannot be run at all is not deferred either: `run` says what is wrong with it.
        """
        if (
            not most
            or f"@{DEFER}" not in request.query
            or isinstance(self._prepared(request, context, read_only=True), Answer)
        ):
            return None
        document = self._documents.get(hash_of(request.query))
        operation = document.chosen(request.operation_name) if document is not None else None
        if document is None or operation is None:
            return None
        return parts_of(document.parsed, operation, self._schema._schema, request.variables or {}, most)

    def _prepared(self, request: Request, context: Asker, *, read_only: bool, streams: bool = False) -> _Run | Answer:
        """What is to be run, or the answer in its place."""
        try:
            return self._ready(request, context, read_only=read_only, streams=streams)
        except Refused as refused:
            return not_run(*refused.errors, extensions=refused.extensions)
        except GraphQLSyntaxError as error:
            return not_run(described(error))
        except Exception as error:
            return self._answered(ExecutionResult(None, [as_graphql(error)]), ExecutorKind.REFERENCE)

    def _ready(self, request: Request, context: Asker, *, read_only: bool, streams: bool) -> _Run:
        """What is to be run. Raises Refused for what is not, and GraphQLSyntaxError for what is no document."""
        gate, caller, name = self._gate, context.caller, hash_of(request.query)
        known = self._documents.get(name)
        if known is None:
            self.counts.parsed += 1
        document = gate.document(request.query, known, caller.limits)
        operation = document.chosen(request.operation_name)
        if operation is None:
            raise Refused([_none_meant(request.operation_name)])
        if operation.operation not in _runnable(read_only=read_only, streams=streams):
            raise Refused([_unfit(read_only=read_only)])
        gate.looks(document, operation, context)
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
            result = ExecutionResult(None, [as_graphql(error)])
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
            hide_suggestions=not may_introspect(context),
        )
        if isinstance(built, Timed):
            built.observing = self._observing
        if isinstance(built, list):
            raise Refused([described(error) for error in built])
        return cast("Projector", built)

    def _mistakes(self, document: Document, context: Asker) -> list[GraphQLError]:
        """What is wrong with a document; a literal that no scalar reads may raise anything."""
        try:
            return self._gate.mistakes(document, context)
        except Refused:
            raise
        except Exception as error:
            return [as_graphql(error)]

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
            raise Refused([error_of(message, Code.FORBIDDEN, refused)])

    def _projection(self, run: Projector, shape: tuple[Any, ...]) -> Projection | None:
        """The code for an operation and what its variables make of @skip and @include; None where it is declined."""
        if not self._compiled or run.operation.operation is OperationType.MUTATION:
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


def _said(price: Price, caller: Caller) -> dict[str, Any]:
    """What the extensions say of a price, for one who asks."""
    limits = {"response": caller.limits.response_cost, "upstreamCalls": caller.limits.upstream_calls}
    return {"cost": {"response": price.response, "upstreamCalls": price.upstream_calls, "limits": limits}}


def _runnable(*, read_only: bool, streams: bool) -> tuple[OperationType, ...]:
    """The kinds of operations that are run in answer to such a request."""
    changing = () if read_only else (OperationType.MUTATION,)
    following = (OperationType.SUBSCRIPTION,) if streams else ()
    return (OperationType.QUERY, *changing, *following)


def _none_meant(name: str | None) -> dict[str, Any]:
    """Why no operation of a document is run: none is meant."""
    message = (
        f"the document has no operation {name[:_MOST_QUOTED]!r}" if name else "name one of the document's operations"
    )
    return error_of(message, Code.BAD_INPUT)


def _unfit(*, read_only: bool) -> dict[str, Any]:
    """Why an operation is not run here: a GET changes nothing, and what is not a GET can only be a subscription."""
    if read_only:
        return error_of("a GET may only ask queries", Code.METHOD_NOT_ALLOWED)
    return error_of(_TO_SUBSCRIBE, Code.BAD_INPUT)
