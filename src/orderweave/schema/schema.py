"""The schema, made of its types, and printed."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import strawberry
from strawberry.printer import print_schema
from strawberry.schema.config import StrawberryConfig
from strawberry.types.base import StrawberryObjectDefinition
from strawberry.types.scalar import ScalarDefinition

from orderweave.schema.access import print_access
from orderweave.schema.context import Context
from orderweave.schema.directives import defer, freshness
from orderweave.schema.mutation import Mutation
from orderweave.schema.query import Query
from orderweave.schema.scalars import QUANTITY, Quantity
from orderweave.schema.subscription import LiveContext, Subscription

__all__ = ["Context", "LiveContext", "build_schema", "new_schema", "print_sdl"]


class Schema(strawberry.Schema):
    """Strawberry's schema; errors are reported by whoever runs operations, not logged here with their values."""

    def process_errors(self, errors: object, execution_context: object = None) -> None:
        """Nothing: see `orderweave.operations.running`."""


@cache
def build_schema() -> Schema:
    """The schema, which holds no state: one for the process, made at its first use in some 100 ms."""
    return new_schema()


def new_schema(query: type = Query, scalars: Mapping[object, ScalarDefinition] | None = None) -> Schema:
    """A schema of its own. `query` may be a root with more fields, and `scalars` theirs."""
    config = StrawberryConfig(scalar_map={Quantity: QUANTITY, **(scalars or {})})
    schema = Schema(
        query=query, mutation=Mutation, subscription=Subscription, directives=[defer, freshness], config=config
    )
    # Strawberry would call a directive's function on the value of each field. These are read before that, and the
    # schema made above knows them already.
    schema.directives = ()
    print_access(
        {
            name: entry.definition
            for name, entry in schema.schema_converter.type_map.items()
            if isinstance(entry.definition, StrawberryObjectDefinition)
        }
    )
    return schema


def print_sdl() -> str:
    """The schema in the schema language, as committed in schema.graphql."""
    return print_schema(build_schema()) + "\n"
