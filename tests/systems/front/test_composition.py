"""The schema as a subgraph composes, beside one that extends its types, under both common composers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from orderweave.schema import subgraph_sdl
from tests.systems.front.conftest import installed, run

pytestmark = pytest.mark.systems
HERE = Path(__file__).parent
LOYALTY = (HERE / "loyalty.graphql").read_text()


def composed(*subgraphs: tuple[str, str]) -> dict[str, Any]:
    """What each composer makes of some subgraphs: errors, and fields of some types."""
    given = json.dumps([{"name": name, "sdl": sdl} for name, sdl in subgraphs])
    found: dict[str, Any] = json.loads(run(["node", "compose.mjs"], installed(HERE / "composers"), given=given))
    assert set(found) == {"apollo", "guild"}
    return found


def test_alone() -> None:
    """By itself the schema composes without an error, and keeps its root fields."""
    for composer, found in composed(("orderweave", subgraph_sdl())).items():
        assert found["errors"] == [], composer
        assert {"order", "orders", "node", "customer"} <= set(found["fields"]["Query"]), composer


def test_beside_another_subgraph() -> None:
    """A subgraph that adds to Order, Customer and, by SKU, to Product, and that needs a field of ours, composes."""
    for composer, found in composed(("orderweave", subgraph_sdl()), ("loyalty", LOYALTY)).items():
        assert found["errors"] == [], composer
        fields = found["fields"]
        assert {"number", "lines", "points", "thanks"} <= set(fields["Order"]), composer
        assert {"sku", "title", "reward"} <= set(fields["Product"]), composer
        assert {"orders", "topCustomers"} <= set(fields["Query"]), composer


def test_a_key_that_is_not_ours_is_refused() -> None:
    """The composers do look: a subgraph that refers to orders by their number is refused by both."""
    other = LOYALTY.replace('type Order @key(fields: "id")', 'type Order @key(fields: "number")').replace(
        "number: String @external", "number: String"
    )
    for composer, found in composed(("orderweave", subgraph_sdl()), ("loyalty", other)).items():
        assert found["errors"] != [], composer
