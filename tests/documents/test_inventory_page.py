"""docs/inventory.md holds against the schema: its queries validate, and what its formulas name is there."""

from __future__ import annotations

import re

import pytest
from graphql import GraphQLObjectType, build_schema, parse, validate

from tests.documents.pages import blocks, read_page

PAGE = read_page("docs/inventory.md")
SCHEMA = build_schema(read_page("schema.graphql"))


@pytest.mark.parametrize("query", blocks(PAGE, "graphql"))
def test_query_validates(query: str) -> None:
    """Every query of the page validates against schema.graphql."""
    assert [error.message for error in validate(SCHEMA, parse(query))] == []


def test_formulas_name_fields() -> None:
    """Every name of a number in a formula is a field of the schema, but for the page's own two letters and words."""
    known = set()
    for name in ("InventoryItem", "InventoryLevel", "ChannelStock", "ExpectedReceipt", "Oversell"):
        kind = SCHEMA.type_map[name]
        assert isinstance(kind, GraphQLObjectType)
        known |= set(kind.fields)
    words = {word for block in blocks(PAGE, "") for word in re.findall(r"[a-z]\w*[A-Z]\w*", block)}
    assert words
    assert words <= known
