"""The [inventory] table: what it takes, and every mistake in it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from orderweave.config.inventory import read_inventory
from orderweave.model.stock_rules import Pool, StockRules
from orderweave.model.systems import PlaceSpec
from orderweave_sdk.records import LocationKind

PLACES = [PlaceSpec(id=name, name=name, kind=LocationKind.WAREHOUSE, systems={}) for name in ("east", "harbor")]
SYSTEMS = {"shop-us", "shop-eu", "erp"}


def test_without_the_table_there_are_no_rules() -> None:
    """Nothing is kept back beyond what systems state, and no channel is bound to places."""
    assert read_inventory({}, PLACES, SYSTEMS) == (StockRules(), [])


def test_a_whole_table() -> None:
    """Every key is taken; numbers are exact, and SKUs in lower case."""
    table = {
        "safety_stock": 2,
        "safety": [
            {"sku": " Tea", "quantity": 1.1},
            {"place": "east", "quantity": 0},
            {"sku": "TEA", "place": "east", "quantity": 10},
        ],
        "pools": {
            "us": {"channels": ["shop-us"], "places": ["east", "harbor"]},
            "eu": {"channels": ["shop-eu", "erp"], "places": ["east"], "share": 0.4, "limit": 100},
        },
    }
    assert read_inventory(table, PLACES, SYSTEMS) == (
        StockRules(
            safety={
                (None, None): Decimal(2),
                ("tea", None): Decimal("1.1"),
                (None, "east"): Decimal(0),
                ("tea", "east"): Decimal(10),
            },
            pools=(
                Pool(name="us", channels=("shop-us",), places=("east", "harbor")),
                Pool(
                    name="eu",
                    channels=("shop-eu", "erp"),
                    places=("east",),
                    share=Decimal("0.4"),
                    limit=Decimal(100),
                ),
            ),
        ),
        [],
    )


def pool(**keys: Any) -> dict[str, Any]:
    """A table with one pool, right but for these keys."""
    return {"pools": {"eu": {"channels": ["shop-eu"], "places": ["east"], **keys}}}


_QUANTITY = "must be a number between 0 and 1000000000"


@pytest.mark.parametrize(
    ("table", "key", "message"),
    [
        ([], "inventory", "must be a table"),
        ({"safty": 1}, "inventory.safty", "unknown key; known here: pools, safety, safety_stock"),
        ({"safety_stock": "2"}, "inventory.safety_stock", _QUANTITY),
        ({"safety_stock": True}, "inventory.safety_stock", _QUANTITY),
        ({"safety_stock": float("nan")}, "inventory.safety_stock", _QUANTITY),
        ({"safety_stock": 1_000_000_001}, "inventory.safety_stock", _QUANTITY),
        ({"safety": {}}, "inventory.safety", "must be a list of at most 10000 tables"),
        ({"safety": [7]}, "inventory.safety[0]", "must be a table"),
        ({"safety": [{"sku": "A"}]}, "inventory.safety[0].quantity", _QUANTITY),
        (
            {"safety": [{"sku": "", "place": "east", "quantity": 1}]},
            "inventory.safety[0].sku",
            "must be a text that is not empty",
        ),
        (
            {"safety": [{"sku": "A", "quantity": 1}, {"sku": "a ", "quantity": 2}]},
            "inventory.safety[1]",
            "another entry is for the same SKU and place",
        ),
        ({"pools": [1]}, "inventory.pools", "must be tables, one for each pool by its name"),
        (pool(chanels=[]), "inventory.pools.eu.chanels", "unknown key; known here: channels, limit, places, share"),
        (pool(channels=[]), "inventory.pools.eu.channels", "must be a list of names, each a system"),
        (pool(places=["moon"]), "inventory.pools.eu.places", "'moon' is no id of [[locations]]"),
        (pool(places="east"), "inventory.pools.eu.places", "must be a list, each an id of [[locations]]"),
        (pool(share=0), "inventory.pools.eu.share", "must be a number above 0, at most 1"),
        (pool(share=float("inf")), "inventory.pools.eu.share", "must be a number above 0, at most 1"),
        (pool(limit=-1), "inventory.pools.eu.limit", _QUANTITY),
        (
            {"pools": {name: {"channels": ["shop-eu"], "places": ["east"]} for name in ("eu", "all")}},
            "inventory.pools.all.channels",
            "shop-eu is served by inventory.pools.eu already",
        ),
    ],
)
def test_each_mistake_has_its_message(table: Any, key: str, message: str) -> None:
    """A mistake names its key and what would be right."""
    _, (problem,) = read_inventory(table, PLACES, SYSTEMS)
    assert (problem.key, problem.message) == (key, message)
