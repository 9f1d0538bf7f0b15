"""The GraphQL types: defined, described, validated and printed here, and nowhere else."""

from orderweave.schema.federation import build_subgraph, subgraph_sdl
from orderweave.schema.schema import Context, LiveContext, build_schema, new_schema, print_sdl

__all__ = ["Context", "LiveContext", "build_schema", "build_subgraph", "new_schema", "print_sdl", "subgraph_sdl"]
