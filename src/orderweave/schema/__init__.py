"""The GraphQL types: defined, described, validated and printed here, and nowhere else."""

from orderweave.schema.schema import Context, LiveContext, build_schema, print_sdl

__all__ = ["Context", "LiveContext", "build_schema", "print_sdl"]
