"""How the value of a field is got from its object: the same attribute or the same resolver that the schema has.

Nothing is said here a second time: a field's attribute, its resolver and the conversion of its arguments are taken
from the Strawberry field that the reference executor uses.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import msgspec
import strawberry
from graphql import FieldNode, GraphQLField
from graphql.execution.values import get_argument_values
from strawberry.types.arguments import convert_arguments
from strawberry.types.field import StrawberryField

if TYPE_CHECKING:
    from orderweave.projection.projecting import Projector

# Strawberry's name for the extension that leads from a GraphQL field to its own.
_DEFINITION = "strawberry-definition"


class Declined(Exception):
    """The operation cannot be compiled and is for the reference executor; the message says why."""


class Attribute(msgspec.Struct, frozen=True):
    """The field is an attribute of the object."""

    name: str


class Resolver(msgspec.Struct, frozen=True):
    """The field is the schema's own resolver, called with the object and the arguments of one selection.

    The arguments are the same for every object of a request and are made once for it. What is wrong with them is
    raised as a GraphQLError or as what Strawberry raises, as the reference executor would.
    """

    call: Callable[..., Any]
    field: GraphQLField
    definition: StrawberryField
    node: FieldNode
    schema: strawberry.Schema

    def arguments(self, run: Projector) -> dict[str, Any]:
        """The arguments in Python's words, from the request's variables."""
        given = get_argument_values(self.field, self.node, run.variable_values, None, run.hide_suggestions)
        converter = self.schema.schema_converter
        return convert_arguments(
            given, self.definition.arguments, scalar_registry=converter.scalar_registry, config=self.schema.config
        )


def reading_of(field: GraphQLField, node: FieldNode, schema: strawberry.Schema) -> Attribute | Resolver:
    """How to read a field below the root.

    Raises Declined for a resolver that wants more than its object and its arguments, or that has to be awaited.
    """
    definition = field.extensions.get(_DEFINITION)
    if not isinstance(definition, StrawberryField) or definition.default_resolver is not getattr:
        raise Declined("a field that Strawberry does not resolve by its own means")
    name = definition.python_name
    if definition.is_basic_field:
        return Attribute(name)
    resolver = definition.base_resolver
    if resolver is None or definition.extensions or definition.is_async:
        raise Declined(f"the field {name} has extensions or is awaited")
    if resolver.info_parameter or resolver.parent_parameter or resolver.root_parameter or not resolver.self_parameter:
        raise Declined(f"the resolver of {name} wants more than its object and arguments")
    return Resolver(resolver, field, definition, node, schema)
