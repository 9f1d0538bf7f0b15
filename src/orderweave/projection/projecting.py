"""Running a compiled projection, and what generated code calls when a value is not as it should be.

A `Projector` is Strawberry's own executor with one step replaced: what a root field's resolver gave is completed by
generated code instead of field by field. Arguments of root fields, their resolvers, running them side by side, and
what becomes of an error at the root are the executor's own, and so is every error's place and message below it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeAlias

import msgspec
from graphql import GraphQLAbstractType, GraphQLError, GraphQLField, GraphQLLeafType, GraphQLObjectType, Undefined
from graphql.execution.collect_fields import FieldDetailsList
from graphql.execution.executor import Executor, invalid_return_type_error
from graphql.pyutils import Path, is_iterable
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from orderweave.projection.reading import Resolver

# Where a value stands in the answer: (place of what it is in, its key or index); at the root the executor's own path.
# A tuple costs a tenth of a `Path`, and only errors need the path.
Place: TypeAlias = tuple[Any, str | int] | Path
Complete: TypeAlias = Callable[[Any, Place, "Projector"], Any]


class Projection(msgspec.Struct, frozen=True):
    """Code for one operation and one set of @skip/@include values: how to complete each root field, by response key.

    `source` is the generated text, for people and tests.
    """

    roots: Mapping[str, Complete]
    source: str


class Abstract(msgspec.Struct, frozen=True):
    """A field whose type is an interface or a union: all that finding a value's type needs."""

    kind: GraphQLAbstractType
    field: GraphQLField
    parent: GraphQLObjectType
    details: FieldDetailsList


class Projector(StrawberryGraphQLCoreExecutionContext):
    """One run of an operation: compiled where `projection` is set, the reference executor where it is None."""

    projection: Projection | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._arguments: dict[int, dict[str, Any]] = {}

    def complete_value(  # noqa: PLR0917 - the executor's own signature
        self, return_type: Any, field_details_list: Any, info: Any, path: Path, result: Any, position_context: Any
    ) -> Any:
        """Complete a root field by its generated code; every value by the executor itself where nothing is compiled."""
        if self.projection is None:
            return super().complete_value(return_type, field_details_list, info, path, result, position_context)
        if isinstance(result, Exception):
            raise result
        return self.projection.roots[str(path.key)](result, path, self)

    def arguments_of(self, resolver: Resolver) -> dict[str, Any]:
        """The arguments of one selection below the root, made once a run; what fails is raised each time."""
        made = self._arguments.get(id(resolver))
        if made is None:
            made = self._arguments[id(resolver)] = resolver.arguments(self)
        return made

    def kind_of(self, value: Any, place: Place, field: Abstract) -> str:
        """The name of an object's type where the field, which stands at `place`, has an abstract one."""
        if isinstance(value, Exception):
            raise value
        nodes = [entry.node for entry in field.details]
        info = self.build_resolve_info(field.field, nodes, field.parent, path_of(place))
        resolve = field.kind.resolve_type or self.type_resolver
        found = resolve(value, info, field.kind)
        return self.ensure_valid_runtime_type(found, field.kind, field.details, info, value).name


def path_of(place: Place) -> Path:
    """The executor's path to a place."""
    if isinstance(place, Path):
        return place
    above, key = place
    return path_of(above).add_key(key)


def failed(error: Exception, run: Projector, place: Place, details: FieldDetailsList, kind: Any) -> None:
    """What becomes of an error at a place: kept, with None for the value, or raised on where the type is non-null."""
    run.handle_field_error(error, kind, details, path_of(place))


def missing(coordinate: str) -> TypeError:
    """The error for a null where the schema has none; internal, so that its words reach the log alone."""
    return TypeError(f"Cannot return null for non-nullable field {coordinate}.")


def coerced(kind: GraphQLLeafType, value: Any) -> Any:
    """A leaf as the executor writes it; the slow and sure way for what generated code has no shorter one."""
    if isinstance(value, Exception):
        raise value
    return None if value is None or value is Undefined else Executor.complete_leaf_value(kind, value)


def required(kind: GraphQLLeafType, value: Any, coordinate: str) -> Any:
    """A leaf of a non-null type."""
    written = coerced(kind, value)
    if written is None:
        raise missing(coordinate)
    return written


def iterable(value: Any, coordinate: str) -> Iterable[Any]:
    """A list's items where they are in no tuple and no list."""
    if isinstance(value, Exception):
        raise value
    if not is_iterable(value):
        raise GraphQLError(f"Expected Iterable, but did not find one for field '{coordinate}'.")
    return value


def wrong_kind(kind: GraphQLObjectType, value: Any, details: FieldDetailsList) -> GraphQLError:
    """The error for an object that is not of the type that the schema says."""
    return invalid_return_type_error(kind, value, details)
