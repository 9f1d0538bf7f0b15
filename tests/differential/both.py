"""One request to both executors: the compiled one as the gateway runs it, and Strawberry's own `execute`."""

from __future__ import annotations

import msgspec
import strawberry

from orderweave.operations.answers import Answer, ExecutorKind, Request, described
from orderweave.operations.running import Operations
from orderweave.schema import Context
from tests.differential.scripted_gateway import ScriptedGateway
from tests.unit.callers import UNLIMITED


async def reference(schema: strawberry.Schema, request: Request, gateway: ScriptedGateway) -> bytes:
    """The answer over the wire, of Strawberry from the text on: nothing of ours but the form of errors."""
    result = await schema.execute(
        request.query,
        variable_values=dict(request.variables or {}),
        context_value=Context(gateway.as_gateway(), caller=UNLIMITED),
        operation_name=request.operation_name,
    )
    errors = tuple(described(error) for error in result.errors or ())
    ran = result.data is not None or any(error.path for error in result.errors or ())
    return written(Answer(data=result.data, errors=errors, executed=ran))


async def compiled(
    operations: Operations, request: Request, gateway: ScriptedGateway
) -> tuple[bytes, ExecutorKind | None]:
    """The answer over the wire as the gateway gives it, and what projected it."""
    answer = await operations.run(request, Context(gateway.as_gateway(), caller=UNLIMITED))
    return written(answer), answer.executor


def written(answer: Answer) -> bytes:
    """The bytes that a caller gets."""
    return msgspec.json.encode(answer.document())
