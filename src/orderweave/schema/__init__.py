"""The GraphQL types: defined, described, validated and printed here, and nowhere else."""

from orderweave.schema.schema import Context, build_schema, print_sdl

__all__ = ["Context", "build_schema", "print_sdl"]
