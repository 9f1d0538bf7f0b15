"""What the schema says of the size of answers: `@cost` and `@listSize`, and both read back from it for pricing.

They are those of the GraphQL cost directives specification (IBM), but for one thing: a scalar or enum weighs 1 and not
0 where nothing else is said, for an answer's size is that of its leaves.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
import strawberry
from graphql import (
    GraphQLField,
    GraphQLNamedType,
    GraphQLOutputType,
    GraphQLSchema,
    get_named_type,
    is_composite_type,
    is_interface_type,
    is_introspection_type,
    is_list_type,
    is_non_null_type,
    is_object_type,
)
from strawberry import UNSET
from strawberry.schema_directive import Location
from strawberry.types.field import StrawberryField

# Entries of a list of which the schema says nothing; ours says it of all.
DEFAULT_SIZE = 10
_DEFINITION = "strawberry-definition"


@strawberry.schema_directive(
    locations=[Location.FIELD_DEFINITION],
    description="What one value of the field weighs in the response cost; 1 unless given.",
)
class Cost:
    """`@cost` of the specification, where this schema uses it. `weight` is a whole number as a text."""

    weight: str


@strawberry.schema_directive(
    name="listSize",
    locations=[Location.FIELD_DEFINITION],
    description="How many entries a list counts with in the response cost: the largest of its slicing arguments that "
    "is given (of an argument that is a list, its length), else the assumed size.",
)
class ListSize:
    """`@listSize` of the specification. With `sized_fields` it is those fields below that are the lists."""

    assumed_size: int | None = UNSET
    slicing_arguments: list[str] | None = UNSET
    sized_fields: list[str] | None = UNSET
    require_one_slicing_argument: bool | None = True


class Weight(msgspec.Struct, frozen=True, kw_only=True):
    """What one field weighs. `below` is its type where that has fields of its own.

    `size` is its assumed size, 1 where it is no list; `slicing` the arguments that say another. `sized` are the fields
    below that have this size in its place.
    """

    each: int = 1
    size: int = 1
    slicing: tuple[str, ...] = ()
    sized: frozenset[str] = frozenset()
    below: GraphQLNamedType | None = None


class Weights:
    """The weights of all fields of a schema. Pure but for reading the schema; takes about a millisecond.

    `slicing` are all arguments anywhere that say how many entries a list has.
    """

    def __init__(self, schema: GraphQLSchema) -> None:
        self.schema = schema
        self._sizes = _introspection_sizes(schema)
        self._fields: dict[str, Mapping[str, Weight]] = {}
        for name, kind in schema.type_map.items():
            if is_object_type(kind) or is_interface_type(kind):
                self._fields[name] = {entry: self._weight(name, entry, field) for entry, field in kind.fields.items()}
        self.slicing = frozenset(
            argument for fields in self._fields.values() for weight in fields.values() for argument in weight.slicing
        )

    def of(self, owner: str, name: str) -> Weight:
        """The weight of a field; meta fields are fields of every type."""
        if name == "__typename":
            return _LEAF
        if name in INTROSPECTION_ROOTS:
            return Weight(below=self.schema.type_map[INTROSPECTION_ROOTS[name]])
        return self._fields[owner][name]

    def has(self, owner: str, name: str) -> bool:
        """Whether a type has a field of this name."""
        return name == "__typename" or name in INTROSPECTION_ROOTS or name in self._fields[owner]

    def possible(self, kind: GraphQLNamedType) -> Iterable[GraphQLNamedType]:
        """The types that an object under a field of this type may have."""
        found: Any = kind
        return (found,) if is_object_type(kind) else self.schema.get_possible_types(found)

    def _weight(self, owner: str, name: str, field: GraphQLField) -> Weight:
        inner = get_named_type(field.type)
        below = inner if is_composite_type(inner) else None
        if owner.startswith("__"):
            return Weight(size=self._sizes.get(f"{owner}.{name}", 1), below=below)
        cost, sizes = _said(field)
        each = int(cost.weight) if cost else 1
        if sizes is None:
            return Weight(each=each, size=DEFAULT_SIZE if _is_list(field.type) else 1, below=below)
        return Weight(
            each=each,
            size=sizes.assumed_size or DEFAULT_SIZE,
            slicing=tuple(sizes.slicing_arguments or ()),
            sized=frozenset(sizes.sized_fields or ()),
            below=below,
        )


# The fields of Query that every schema has beside its own, and their types.
INTROSPECTION_ROOTS = {"__schema": "__Schema", "__type": "__Type"}
_LEAF = Weight()


def _said(field: GraphQLField) -> tuple[Cost | None, ListSize | None]:
    """The two directives of a field, as its definition carries them."""
    definition = field.extensions.get(_DEFINITION)
    directives: Iterable[object] = definition.directives if isinstance(definition, StrawberryField) else ()
    cost = sizes = None
    for directive in directives:
        if isinstance(directive, Cost):
            cost = directive
        elif isinstance(directive, ListSize):
            sizes = directive
    return cost, sizes


def _is_list(kind: GraphQLOutputType) -> bool:
    return is_list_type(kind.of_type if is_non_null_type(kind) else kind)


def _introspection_sizes(schema: GraphQLSchema) -> dict[str, int]:
    """How long the lists of introspection are in this schema: the whole ones exactly, those of a type on average."""
    kinds = [kind for kind in schema.type_map.values() if not is_introspection_type(kind)]
    fields: list[Any] = [field for kind in kinds for field in (getattr(kind, "fields", None) or {}).values()]
    with_fields = sum(1 for kind in kinds if is_object_type(kind) or is_interface_type(kind))
    outputs = [field for field in fields if isinstance(field, GraphQLField)]
    arguments = sum(len(field.args) for field in outputs)
    values = sum(len(getattr(kind, "values", ())) for kind in kinds)
    all_kinds = len(schema.type_map)
    return {
        "__Schema.types": all_kinds,
        "__Schema.directives": len(schema.directives),
        "__Type.fields": _mean(len(outputs), with_fields),
        "__Type.inputFields": _mean(len(fields) - len(outputs), all_kinds),
        "__Type.enumValues": _mean(values, all_kinds),
        "__Field.args": _mean(arguments, len(outputs)),
        "__Directive.args": _mean(sum(len(each.args) for each in schema.directives), len(schema.directives)),
        "__Directive.locations": _mean(sum(len(each.locations) for each in schema.directives), len(schema.directives)),
        "__Type.interfaces": 1,
        "__Type.possibleTypes": 1,
    }


def _mean(count: int, among: int) -> int:
    """The average, rounded up; 1 at least."""
    return max(1, -(-count // max(1, among)))
