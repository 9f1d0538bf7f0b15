"""How leaves are written: for values that are as the model says, an expression instead of the schema's function.

Each expression gives what the schema's own scalar or enum gives for the value; whatever fails the test goes to that.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any

from graphql import GraphQLEnumType, GraphQLLeafType, GraphQLScalarType
from msgspec import to_builtins
from strawberry.schema.types.base_scalars import DateDefinition, DateTimeDefinition, DecimalDefinition

Name = Callable[[str, Any], str]

# Scalars that are written as they are, and the class that a value then has.
_PLAIN: dict[str, type] = {"String": str, "ID": str, "Boolean": bool}
# Scalars that are written by an expression: the definition that must be the schema's, the test and the expression.
# Instants are UTC throughout; msgspec writes them in an eighth of the time, with a Z where `isoformat` has +00:00.
_WRITTEN: dict[str, tuple[Any, str, str]] = {
    "Decimal": (DecimalDefinition.serialize, "{}.__class__ is Decimal", "str({})"),
    "DateTime": (
        DateTimeDefinition.serialize,
        "{0}.__class__ is datetime and {0}.tzinfo is UTC",
        "to_builtins({})[:-1] + '+00:00'",
    ),
    "Date": (DateDefinition.serialize, "{}.__class__ is date", "{}.isoformat()"),
}
# What the expressions and tests call.
NAMES: dict[str, Any] = {"Decimal": Decimal, "datetime": datetime, "date": date, "UTC": UTC, "to_builtins": to_builtins}


def quick_test(kind: GraphQLLeafType, value: str, name: Name) -> str | None:
    """An expression that tells whether `quick_text` is right for a value; None where there is no shorter way.

    `name` gives a thing its name in the generated code.
    """
    if isinstance(kind, GraphQLEnumType):
        words = _enum_of(kind)
        return f"{value}.__class__ is {name('enum', words)}" if words is not None else None
    if kind.name in _PLAIN:
        return f"{value}.__class__ is {_PLAIN[kind.name].__name__}"
    if kind.name == "Int":
        return f"{value}.__class__ is int and -2147483648 <= {value} <= 2147483647"
    if _is_ours(kind):
        return _WRITTEN[kind.name][1].format(value)
    return None


def quick_text(kind: GraphQLLeafType, value: str) -> str:
    """The expression that writes a value for which the test holds."""
    if isinstance(kind, GraphQLEnumType):
        return f"{value}._name_"
    return _WRITTEN[kind.name][2].format(value) if kind.name in _WRITTEN else value


def _is_ours(kind: GraphQLScalarType) -> bool:
    return kind.name in _WRITTEN and kind.coerce_output_value is _WRITTEN[kind.name][0]


def _enum_of(kind: GraphQLEnumType) -> type[Enum] | None:
    """The enum whose members the schema writes by their names; None if there is no such."""
    words = getattr(kind, "wrapped_cls", None)
    if not (isinstance(words, type) and issubclass(words, Enum)):
        return None
    return words if all(kind.coerce_output_value(word) == word.name for word in words) else None
