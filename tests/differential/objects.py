"""Random merged objects of the model, as sound or as broken as wished, from a seed."""

from __future__ import annotations

import types
import typing
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import Enum
from functools import cache
from random import Random
from typing import Any

import msgspec

from orderweave.answering.errors import RequestError
from orderweave.model.codes import Code

_START = datetime(2026, 1, 1, tzinfo=UTC)
_NAIVE = _START.replace(tzinfo=None)
_ELSEWHERE = _START.replace(tzinfo=timezone(timedelta(hours=5, minutes=45)))
_EARLY = datetime(1, 1, 1, tzinfo=UTC)
_TEXTS = ("", "TEA-1", "#1001", "Zoë Ünal", 'say "no"\n', "\u2028", "\N{TEACUP WITHOUT HANDLE}", "x" * 40)
_AMOUNTS = ("0", "0.00", "19.90", "-3", "1E+3", "1234567.891", "3.5")


class NoText:
    """Something that no type expects, and that every scalar which writes anything writes the same each time."""

    def __repr__(self) -> str:
        return "no text"


class Maker:
    """Makes objects of the model's types. `broken` is the share of places that hold what their type forbids."""

    def __init__(self, seed: str, broken: float) -> None:
        self._random = Random(seed)
        self._broken = broken

    def one(self, kind: Any) -> Any:
        """A value of a type, or of none."""
        if self._random.random() < self._broken:
            return self._random.choice(_wrongs())
        return self._sound(kind)

    def some(self, kind: Any) -> tuple[Any, ...]:
        """None to three values of a type."""
        return tuple(self.one(kind) for _ in range(self._random.choice((0, 1, 1, 2, 3))))

    def error(self) -> Exception:
        """An error that a root field may raise: one for the caller, or one of ours."""
        return self._random.choice(
            (
                RequestError(Code.AMBIGUOUS, "that name fits 2 orders", candidates=[{"id": "a"}, {"id": "b"}]),
                RequestError(Code.BAD_INPUT, "not this way"),
                ValueError("the words of a customer"),
            )
        )

    def chance(self, share: float) -> bool:
        """True in this share of cases."""
        return self._random.random() < share

    def turns(self) -> int:
        """How often whoever makes this object gives way to others first."""
        return self._random.randrange(4)

    def _sound(self, kind: Any) -> Any:
        origin, inner = typing.get_origin(kind), typing.get_args(kind)
        if origin in (types.UnionType, typing.Union):
            chosen = [each for each in inner if each is not type(None)]
            return None if self.chance(0.25) else self._sound(self._random.choice(chosen))
        if origin is tuple:
            return self._list(inner)
        if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
            return self._struct(kind)
        if isinstance(kind, type) and issubclass(kind, Enum):
            return self._random.choice(list(kind))
        return self._plain(kind)

    def _list(self, inner: Sequence[Any]) -> Any:
        if inner[-1] is not Ellipsis:
            return tuple(self._sound(each) for each in inner)
        made = self.some(inner[0])
        return self._random.choice((made, made, list(made)))

    def _struct(self, kind: type[msgspec.Struct]) -> Any:
        values = {name: self.one(hint) for name, hint in hints(kind).items() if name != "pages"}
        if kind.__name__ == "Order":
            # Cursors are made for this key, and paging slices the lines; both are the model's own promise.
            values["key"] = "key"
            values["order_lines"] = tuple(self.one(each) for each in [hints(kind)["order_lines"].__args__[0]] * 3)
        return kind(**values) if "pages" not in kind.__struct_fields__ else kind(**values, pages=())

    def _plain(self, kind: Any) -> Any:
        random = self._random
        if kind is str:
            return random.choice(_TEXTS)
        if kind is bool:
            return random.random() < 0.5
        if kind is int:
            return random.choice((0, 1, -1, 2**31 - 1, random.randrange(1000)))
        if kind is Decimal:
            return Decimal(random.choice(_AMOUNTS))
        if kind is datetime:
            shift = timedelta(seconds=random.randrange(10**7), microseconds=random.choice((0, 0, 250_000, 7)))
            return random.choice((_START, _START, _START, _NAIVE, _ELSEWHERE, _EARLY)) + shift
        assert kind is date, kind
        return _START.date() + timedelta(days=random.randrange(400))


def _wrongs() -> Sequence[Any]:
    """What stands in a broken place: mostly nothing, and then whatever no type expects there."""
    nothing: list[Any] = [None] * 8
    return [*nothing, "word", 7, 2**40, 1.5, True, NoText(), (None,), ("word",), Decimal("NaN"), ValueError("kept")]


@cache
def hints(kind: type[msgspec.Struct]) -> dict[str, Any]:
    """The types of a struct's fields, by name."""
    found = typing.get_type_hints(kind)
    return {name: found[name] for name in kind.__struct_fields__}
