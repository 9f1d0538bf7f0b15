"""Whatever id or number a caller holds of an order, from any system, finds the same order with the same id."""

from __future__ import annotations

import pytest

from tests.e2e.business import front

LIST = "{ orders(first: 40) { nodes { id identifiers { namespace value } } } }"
# Nothing but the id is selected: who is asked for other parts may not decide who an order is.
FIND = "query ($key: KeyInput!) { order(by: { key: $key }) { id } }"
NODE = "query ($id: ID!) { node(id: $id) { id } }"


@pytest.mark.parametrize("seed", [11, 13])
async def test_every_name_finds_the_same_order(seed: int) -> None:
    """Every id and number of forty orders finds its order, doubled and missing references among them."""
    async with front(seed=seed, orders=150) as running:
        wrong = []
        for order in (await running.ask(LIST))["data"]["orders"]["nodes"]:
            node = await running.ask(NODE, {"id": order["id"]})
            if node["data"]["node"] != {"id": order["id"]}:
                wrong.append((order["id"], node))
            for key in order["identifiers"]:
                # A reference names another's order, and one that is doubled or mistyped names several or none.
                if key["namespace"].endswith((":id", ":number")):
                    found = await running.ask(FIND, {"key": key})
                    if found.get("data") != {"order": {"id": order["id"]}}:
                        wrong.append((key, found))

        assert wrong == []
