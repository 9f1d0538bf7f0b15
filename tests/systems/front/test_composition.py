"""The schema as a subgraph composes, beside one that extends its types, under both common composers."""

from __future__ import annotations

import pytest

from tests.systems.front.composing import LOYALTY, ORDERWEAVE, Subgraph, composed

pytestmark = pytest.mark.systems


def test_alone() -> None:
    """By itself the schema composes without an error, and keeps its root fields."""
    for composer, found in composed(ORDERWEAVE).items():
        assert found["errors"] == [], composer
        assert {"order", "orders", "node", "customer"} <= set(found["fields"]["Query"]), composer


def test_beside_another_subgraph() -> None:
    """A subgraph that adds to Order, Customer and, by SKU, to Product, and that needs a field of ours, composes."""
    for composer, found in composed(ORDERWEAVE, LOYALTY).items():
        assert found["errors"] == [], composer
        fields = found["fields"]
        assert {"number", "lines", "points", "thanks"} <= set(fields["Order"]), composer
        assert {"sku", "title", "reward"} <= set(fields["Product"]), composer
        assert {"orders", "topCustomers", "lostCustomer", "bestOrders"} <= set(fields["Query"]), composer


def test_a_key_that_is_not_ours_is_refused() -> None:
    """The composers do look: a subgraph that refers to orders by their number is refused by both."""
    other = LOYALTY.sdl.replace('type Order @key(fields: "id")', 'type Order @key(fields: "number")').replace(
        "number: String @external", "number: String"
    )
    for composer, found in composed(ORDERWEAVE, Subgraph("loyalty", other)).items():
        assert found["errors"] != [], composer
