"""The users' four queries over a home-grown database that is known by its configuration file alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio

from orderweave.bootstrap import Orderweave
from orderweave.config import installed, load
from orderweave.web import build_app
from orderweave_sdk.testing.contracts import contract_file
from tests.systems.sql.loading import CONFIGURATION, URL_VARIABLE, rows

pytestmark = pytest.mark.systems


@pytest_asyncio.fixture
async def client(url: str) -> AsyncIterator[httpx.AsyncClient]:
    """The gateway over that database and nothing else."""
    woven = Orderweave(load(CONFIGURATION, registry=installed(), environment={URL_VARIABLE: url}))
    transport = httpx.ASGITransport(app=build_app(woven.schema, woven.gateway))
    try:
        async with httpx.AsyncClient(transport=transport, base_url="http://gateway") as made:
            yield made
    finally:
        await woven.close()


async def ask(client: httpx.AsyncClient, name: str, variables: Mapping[str, Any]) -> dict[str, Any]:
    """The data of one of the users' documents; no error beside it."""
    document = contract_file(f"../queries/{name}.graphql").read_text()
    answer = (await client.post("/graphql", json={"query": document, "variables": variables})).json()
    assert "errors" not in answer
    data: dict[str, Any] = answer["data"]
    return data


async def test_list_holds_all(client: httpx.AsyncClient) -> None:
    """Page by page, all 1,950 orders come exactly once, newest first."""
    numbers: list[str] = []
    placed: list[str] = []
    after = None
    while True:
        page = (await ask(client, "order-list", {"first": 100, "after": after}))["orders"]
        assert page["coverage"]["complete"]
        numbers += [node["number"] for node in page["nodes"]]
        placed += [node["placedAt"] for node in page["nodes"]]
        if not page["pageInfo"]["hasNextPage"]:
            break
        after = page["pageInfo"]["endCursor"]

    assert sorted(numbers, key=int) == [str(number) for number in range(1, 1951)]
    assert placed == sorted(placed, reverse=True)


async def test_screen_of_a_split_order(client: httpx.AsyncClient, folder: Path) -> None:
    """An order whose lines left in several shipments shows each with its own lines, and sums that add up."""
    shipments: dict[str, set[str]] = defaultdict(set)
    for row in rows(folder, "order_items"):
        if row["shipment_id"]:
            shipments[str(row["order_id"])].add(str(row["shipment_id"]))
    number = max(shipments, key=lambda order: (len(shipments[order]), -int(order)))
    order = (await ask(client, "order-screen", {"number": number}))["order"]

    assert len(shipments[number]) > 1
    assert len(order["shipments"]) == len(shipments[number])
    lines = {line["id"]: line["quantity"] for line in order["lines"]["nodes"]}
    shipped = [entry for shipment in order["shipments"] for entry in shipment["lines"]]
    assert {entry["lineId"] for entry in shipped} == set(lines)
    assert {line["shipped"] for line in lines.values()} == {line["ordered"] for line in lines.values()}
    assert [source["system"] for source in order["sources"]] == ["customer-orders"]
    assert order["conflicts"] == []


async def test_stock_by_store(client: httpx.AsyncClient, folder: Path) -> None:
    """Stock of some products stands at each store once and adds up to the table's sum."""
    expected: dict[str, list[int]] = defaultdict(list)
    for row in rows(folder, "inventory"):
        expected[str(row["product_id"])].append(int(str(row["product_inventory"])))
    skus = sorted(expected, key=int)[:10]
    items = (await ask(client, "availability", {"skus": skus}))["inventory"]

    assert [item["sku"] for item in items] == skus
    for item in items:
        assert item["onHand"] == sum(expected[item["sku"]])
        assert sorted(level["onHand"] for level in item["levels"]) == sorted(expected[item["sku"]])


async def test_fan_out(client: httpx.AsyncClient) -> None:
    """The wide query gives fifty orders with their lines and customers."""
    nodes = (await ask(client, "fan-out", {"first": 50}))["orders"]["nodes"]

    assert len(nodes) == 50
    assert all(node["lines"]["nodes"] and node["customer"]["email"] for node in nodes)
