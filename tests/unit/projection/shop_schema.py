"""A small schema with every kind of field that the language has, and the two ways to ask it."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, cast

import strawberry
from strawberry import field

from orderweave.answering.errors import bad_input
from orderweave.model.rights import ANYBODY
from orderweave.operations.answers import Answer, Request
from orderweave.operations.running import Operations
from orderweave.schema.schema import Schema
from tests.unit.callers import NO_SYSTEMS, UNLIMITED

INSTANT = datetime(2026, 5, 4, 12, 30, tzinfo=UTC)


class Thing:
    """An object with whatever attributes it is given; one that holds an exception's class raises when read."""

    def __init__(self, kind: str, **values: Any) -> None:
        self.kind = kind
        self._values = values

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        value = self._values.get(name)
        if isinstance(value, type):
            raise value("its own words")
        return value


@strawberry.enum
class Size(StrEnum):
    """A word."""

    SMALL = "SMALL"
    LARGE = "LARGE"


@strawberry.interface
class Named:
    """Anything with a name."""

    name: str

    @classmethod
    def resolve_type(cls, value: Any, info: Any, kind: Any) -> str | None:
        """What the thing says it is."""
        return str(value.kind) if value.kind else None


@strawberry.type
class Box(Named):
    """A box."""

    size: Size
    weight: Decimal
    opened: datetime | None
    made: date | None
    count: int
    holds: Named | None

    @classmethod
    def is_type_of(cls, value: Any, info: Any) -> bool:
        """Things that say so."""
        return bool(value.kind == "Box")

    @field
    def labels(self, first: int = 2, prefix: str | None = None) -> list[str]:
        """So many labels; refuses none."""
        if first < 1:
            raise bad_input(f"first is {first}")
        return [f"{prefix or ''}{self.name}-{number}" for number in range(first)]


@strawberry.type
class Crate(Named):
    """A crate of boxes."""

    boxes: list[Box]
    maybe: list[Box | None] | None
    grid: list[list[int | None]] | None
    strict: list[list[int]] | None

    @classmethod
    def is_type_of(cls, value: Any, info: Any) -> bool:
        """Things that say so."""
        return bool(value.kind == "Crate")


@strawberry.type
class Slow:
    """What only the reference executor projects."""

    @field
    async def later(self) -> str:
        """After a turn of the loop."""
        await asyncio.sleep(0)
        return "later"

    @field
    def told(self, info: strawberry.Info[Any, Any]) -> str:
        """Something of the request."""
        return str(info.field_name)


Either = Annotated[Box | Crate, strawberry.union("Either")]


@strawberry.type
class Query:
    """What can be asked; the context is a dictionary of what there is."""

    @field
    async def box(self, info: strawberry.Info[Any, Any]) -> Box | None:
        """One box, after a turn of the loop."""
        await asyncio.sleep(0)
        return cast("Box", _of(info, "box"))

    @field
    def crate(self, info: strawberry.Info[Any, Any]) -> Crate:
        """One crate, at once."""
        return cast("Crate", _of(info, "crate"))

    @field
    def anything(self, info: strawberry.Info[Any, Any]) -> list[Named | None]:
        """Boxes and crates."""
        return cast("list[Named | None]", _of(info, "anything"))

    @field
    def either(self, info: strawberry.Info[Any, Any]) -> Either | None:
        """A box or a crate."""
        return cast("Box", _of(info, "either"))

    @field
    def slow(self) -> Slow:
        """What cannot be compiled."""
        return Slow()


def _of(info: strawberry.Info[Any, Any], name: str) -> Any:
    value = info.context[name]
    if isinstance(value, Exception):
        raise value
    return value


class Shelf(dict[str, Any]):
    """What is there, for anybody who asks."""

    caller = ANYBODY


SCHEMA = Schema(query=Query, types=[Box, Crate])


def box(name: Any = "b", **values: Any) -> Thing:
    """A sound box, but for what is given."""
    sound = {"size": Size.SMALL, "weight": Decimal("1.50"), "opened": INSTANT, "made": date(2026, 5, 4), "count": 3}
    return Thing("Box", name=name, **(sound | values))


class There(dict[str, Any]):
    """What there is, as the context of a request of one who may ask for anything."""

    caller = UNLIMITED
    gateway = NO_SYSTEMS


async def answer(query: str, operations: Operations | None = None, /, **there: Any) -> Answer:
    """What a query gives; `variables` among what is there are the request's."""
    variables = there.pop("variables", None)
    return await (operations or Operations(SCHEMA)).run(Request(query=query, variables=variables), There(there))


async def both(query: str, **there: Any) -> Answer:
    """The compiled answer, which the reference executor gives too."""
    compiled = await answer(query, **there)
    reference = await answer(query, Operations(SCHEMA, compiled=False), **there)
    assert (compiled.executor, reference.executor) == ("COMPILED", "REFERENCE")
    assert compiled.document() == reference.document()
    return compiled
