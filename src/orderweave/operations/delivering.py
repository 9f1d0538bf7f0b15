"""An operation in parts, run: the first answer, and then each deferred part as soon as it is ready."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Any

import msgspec

from orderweave.operations.answers import Answer, Request
from orderweave.operations.deferring import Later, Parts, within
from orderweave.operations.gate import Asker
from orderweave.operations.running import Operations


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """A deferred part that is ready. `data` belongs where `pending` says; None where an error took the whole place."""

    pending: Pending
    data: dict[str, Any] | None
    errors: tuple[dict[str, Any], ...]
    last: bool


class Pending(msgspec.Struct, frozen=True, kw_only=True):
    """A part that will come: under which id, where it belongs, and what the client calls it."""

    id: str
    path: tuple[str, ...]
    label: str | None


class Delivery:
    """One request in parts. `first` once, then `rest` to its end; what is still under way when the block ends is ended.

    Use as `async with Delivery(...) as delivery:`.
    """

    def __init__(self, operations: Operations, request: Request, context: Asker, parts: Parts) -> None:
        self._operations = operations
        self._request = request
        self._context = context
        self._parts = parts
        self._tasks: list[asyncio.Task[tuple[Pending, Answer]]] = []

    async def __aenter__(self) -> Delivery:
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def first(self) -> tuple[Answer, Sequence[Pending]]:
        """What is answered at once, and what will come: nothing where the place of a part is not there."""
        parts = self._parts
        answer = await self._operations.run(self._asking(parts.now, parts.variables), self._context, read_only=True)
        answer = msgspec.structs.replace(answer.elsewhere(), data=parts.tidied(answer.data))
        there = [later for later in parts.later if within(answer.data, later.path) is not None]
        found = [
            (Pending(id=str(number), path=later.path, label=later.label), later) for number, later in enumerate(there)
        ]
        self._tasks = [asyncio.create_task(self._run(pending, later)) for pending, later in found]
        return answer, [pending for pending, _ in found]

    async def rest(self) -> AsyncIterator[Part]:
        """The parts, the first that is ready first."""
        left = len(self._tasks)
        for ready in asyncio.as_completed(self._tasks):
            pending, answer = await ready
            left -= 1
            data = within(answer.data, pending.path)
            yield Part(pending=pending, data=data, errors=answer.errors, last=not left)

    async def _run(self, pending: Pending, later: Later) -> tuple[Pending, Answer]:
        asked = self._asking(later.text, later.variables)
        return pending, (await self._operations.run(asked, self._context, read_only=True)).elsewhere()

    def _asking(self, text: str, names: frozenset[str]) -> Request:
        given = self._request.variables or {}
        variables = {name: value for name, value in given.items() if name in names}
        return Request(query=text, variables=variables, operation_name=self._request.operation_name)
