"""Random operations of a schema: aliases, fragments, directives, variables, repeated fields, good and bad arguments."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLNamedType,
    GraphQLSchema,
    get_named_type,
    is_abstract_type,
    is_composite_type,
    is_interface_type,
    is_list_type,
    is_non_null_type,
    is_object_type,
)
from hypothesis import strategies as st

from orderweave.model.ids import encode_cursor, encode_id

Draw = st.DrawFn

# Texts that mean something somewhere: a cursor of lines, ids of several kinds, an address, an instant, and nonsense.
_TEXTS = (
    "1001",
    encode_cursor("lines:key", "0"),
    encode_cursor("lines:key", "1"),
    encode_id("Order", "shop:number", "1001"),
    encode_id("Product", "TEA-1"),
    encode_id("Location", "berlin"),
    encode_id("Customer", "ada@example.com"),
    encode_id("Shipment", "shop", "1"),
    "ada@example.com",
    "",
)
_NUMBERS = (1, 2, 3, 20, 0, -1, 251, 2**31)
_DEEPEST = 7


class Operation(NamedTuple):
    """One request."""

    query: str
    variables: dict[str, Any]


class _Word(str):
    """A text that a document writes without quotes: an enum's value."""

    __slots__ = ()


class _Writer:
    """One document in the making."""

    def __init__(self, draw: Draw, schema: GraphQLSchema) -> None:
        self._draw = draw
        self._schema = schema
        self._fragments: list[tuple[str, GraphQLNamedType, str]] = []
        self._declared: list[str] = []
        self._given: dict[str, Any] = {}
        self._aliases = 0

    def operation(self) -> Operation:
        """A query of one to three root fields."""
        assert self._schema.query_type is not None
        text = self._selection(self._schema.query_type, 0)
        declared = f"({', '.join(self._declared)})" if self._declared else ""
        fragments = "\n".join(f"fragment {name} on {kind.name} {body}" for name, kind, body in self._fragments)
        return Operation(f"query Random{declared} {text}\n{fragments}", self._given)

    def _one_in(self, number: int) -> bool:
        return self._draw(st.integers(1, number)) == number

    def _selection(self, kind: Any, depth: int) -> str:
        fields = getattr(kind, "fields", {})
        names = [name for name, field in fields.items() if depth < _DEEPEST or not _composite(field)]
        most = 3 if depth == 0 else 5
        chosen = self._draw(st.lists(st.sampled_from(names), min_size=1, max_size=most)) if names else []
        parts = [self._field(name, fields[name], depth) for name in chosen]
        if self._one_in(6) or not parts:
            parts.append(f"{self._alias(8)}__typename{self._directives()}")
        if depth and self._one_in(5 if fields and not is_abstract_type(kind) else 2):
            parts.append(self._fragment(kind, depth))
        if self._one_in(6):
            parts.append(self._draw(st.sampled_from(parts)))
        return "{ " + " ".join(parts) + " }"

    def _alias(self, rarity: int) -> str:
        """An alias of its own, or now and then one that others may have too."""
        if not self._one_in(rarity):
            return ""
        self._aliases += 1
        return "same: " if self._one_in(30) else f"a{self._aliases}: "

    def _field(self, name: str, field: GraphQLField, depth: int) -> str:
        alias = self._alias(2 if field.args else 5)
        arguments = self._arguments(field.args)
        inner = get_named_type(field.type)
        below = f" {self._selection(inner, depth + 1)}" if is_composite_type(inner) else ""
        return f"{alias}{name}{arguments}{self._directives()}{below}"

    def _fragment(self, kind: Any, depth: int) -> str:
        """A spread of a new or a known fragment, or an inline one, on a type that the object may have."""
        fitting: list[GraphQLNamedType] = [kind, *getattr(kind, "interfaces", ())]
        if is_abstract_type(kind):
            fitting += self._schema.get_possible_types(kind)
        known = [name for name, on, _ in self._fragments if on in fitting]
        if known and self._one_in(3):
            return f"...{self._draw(st.sampled_from(known))}{self._directives()}"
        on = self._draw(st.sampled_from(fitting))
        if is_interface_type(on) and is_object_type(kind) and self._one_in(2):
            on = kind
        body = self._selection(on, depth)
        if self._one_in(2):
            name = f"F{len(self._fragments)}"
            self._fragments.append((name, on, body))
            return f"...{name}{self._directives()}"
        condition = "" if on is kind and self._one_in(3) else f" on {on.name}"
        return f"...{condition}{self._directives()} {body}"

    def _directives(self) -> str:
        if not self._one_in(10):
            return ""
        name = self._draw(st.sampled_from(["skip", "include"]))
        value = self._draw(st.sampled_from(["true", "false", "$yes", "$no", "$maybe"]))
        for variable, declared, given in (
            ("$yes", "Boolean!", True),
            ("$no", "Boolean!", False),
            ("$maybe", "Boolean = true", self._draw(st.sampled_from([True, False, None, ...]))),
        ):
            if value == variable and not any(text.startswith(f"{variable}:") for text in self._declared):
                self._declared.append(f"{variable}: {declared}")
                if given is not ...:
                    self._given[variable[1:]] = given
        return f" @{name}(if: {value})"

    def _arguments(self, arguments: dict[str, GraphQLArgument]) -> str:
        given = [
            f"{name}: {self._argument(argument)}"
            for name, argument in arguments.items()
            if is_non_null_type(argument.type) or self._one_in(4)
        ]
        return f"({', '.join(given)})" if given else ""

    def _argument(self, argument: GraphQLArgument) -> str:
        value = self._value(argument.type, 0)
        if not self._one_in(3):
            return _literal(value)
        name = f"v{len(self._given) + len(self._declared)}"
        default = ""
        if value is not None and self._one_in(3):
            default = f" = {_literal(value)}"
        self._declared.append(f"${name}: {argument.type}{default}")
        if not default or self._one_in(2):
            self._given[name] = "wrong" if self._one_in(25) else value
        return f"${name}"

    def _value(self, kind: Any, depth: int) -> Any:
        """A value that mostly passes for the type."""
        if is_non_null_type(kind):
            return self._value(kind.of_type, depth)
        if depth and self._one_in(8):
            return None
        if is_list_type(kind):
            return [self._value(kind.of_type, depth + 1) for _ in range(self._draw(st.integers(0, 2)))]
        if isinstance(kind, GraphQLInputObjectType):
            most = 1 if depth or kind.name.endswith("Lookup") else 2  # look-ups are @oneOf
            names = [*self._draw(st.lists(st.sampled_from(list(kind.fields)), min_size=1, max_size=most, unique=True))]
            names += [name for name, field in kind.fields.items() if is_non_null_type(field.type) and name not in names]
            if depth > 2:
                names = [name for name in names if name not in ("and", "or", "not")]
            return {name: self._value(kind.fields[name].type, depth + 1) for name in names}
        if isinstance(kind, GraphQLEnumType):
            return _Word(self._draw(st.sampled_from(list(kind.values))))
        plain: dict[str, Any] = {"Int": _NUMBERS, "Boolean": (True, False), "Decimal": ("1.5", "0", "much")}
        plain["DateTime"] = ("2026-01-31T08:00:00Z", "2026-01-31T08:00:00", "yesterday")
        return self._draw(st.sampled_from(plain.get(kind.name, _TEXTS)))


def _composite(field: GraphQLField) -> bool:
    return is_composite_type(get_named_type(field.type))


def _literal(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name}: {_literal(each)}" for name, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_literal(each) for each in value) + "]"
    return value if isinstance(value, _Word) else json.dumps(value)


@st.composite
def operations(draw: Draw, schema: GraphQLSchema) -> Operation:
    """Operations of a schema, most of them valid."""
    return _Writer(draw, schema).operation()
