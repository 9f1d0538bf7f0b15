"""What a change of the schema breaks for those who use it."""

from __future__ import annotations

from graphql import build_schema as parse_schema
from graphql.utilities import find_breaking_changes


def breaking_changes(old: str, new: str) -> list[str]:
    """Each breaking change from one schema text to another, as a line that can be approved by name."""
    changes = find_breaking_changes(parse_schema(old), parse_schema(new))
    return sorted(f"{change.type.name}: {change.description}" for change in changes)
