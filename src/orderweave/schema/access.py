"""`@access`: which scopes a field takes, printed in the schema from the one table (`orderweave.model.access`)."""

from __future__ import annotations

from collections.abc import Mapping

import strawberry
from strawberry.schema_directive import Location
from strawberry.types.base import StrawberryObjectDefinition

from orderweave.model.access import SCOPES


@strawberry.schema_directive(
    locations=[Location.FIELD_DEFINITION],
    name="access",
    description="The scopes that the caller's role must have to select this field. Without the directive, those of "
    "the field that leads here are enough.",
)
class Access:
    """The scopes of one field, sorted."""

    scopes: list[str] = strawberry.directive_field(name="scopes")


def print_access(types: Mapping[str, StrawberryObjectDefinition]) -> None:
    """Put the directive on every field of these types that the table names; once is enough, however many schemas."""
    for name, definition in types.items():
        for field in definition.fields:
            scopes = SCOPES.get(f"{name}.{field.graphql_name or _camel(field.python_name)}")
            if scopes and not any(isinstance(directive, Access) for directive in field.directives):
                field.directives = [*field.directives, Access(scopes=sorted(scope.value for scope in scopes))]


def _camel(name: str) -> str:
    head, *rest = name.split("_")
    return head + "".join(part.capitalize() for part in rest)
