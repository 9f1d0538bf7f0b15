"""The schema, made of its types, and printed."""

from __future__ import annotations

import strawberry
from strawberry.printer import print_schema
from strawberry.schema.config import StrawberryConfig

from orderweave.schema.directives import freshness
from orderweave.schema.query import Context, Query
from orderweave.schema.scalars import QUANTITY, Quantity
from orderweave.schema.subscription import LiveContext, Subscription

__all__ = ["Context", "LiveContext", "build_schema", "print_sdl"]


class Schema(strawberry.Schema):
    """Strawberry's schema; errors are reported by whoever runs operations, not logged here with their values."""

    def process_errors(self, errors: object, execution_context: object = None) -> None:
        """Nothing: see `orderweave.operations.running`."""


def build_schema() -> Schema:
    """The schema. Pure; takes some 100 ms."""
    schema = Schema(
        query=Query,
        subscription=Subscription,
        directives=[freshness],
        config=StrawberryConfig(scalar_map={Quantity: QUANTITY}),
    )
    # Strawberry would call a directive's function on the value of each field. This one is read before that, and the
    # schema made above knows it already.
    schema.directives = ()
    return schema


def print_sdl() -> str:
    """The schema in the schema language, as committed in schema.graphql."""
    return print_schema(build_schema()) + "\n"
