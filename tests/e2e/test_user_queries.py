"""The documents that users send run as they stand."""

from __future__ import annotations

from pathlib import Path

import pytest
from graphql import build_schema, parse, validate

from orderweave_sdk.testing.contracts import contract_file
from tests.e2e.business import front

pytestmark = pytest.mark.contracts

ANSWERED = ("analyst", "order-screen", "order-list", "availability", "fan-out", "tracking")


def document(name: str) -> str:
    """The users' document; it lies beside the contracts."""
    return contract_file(f"../queries/{name}.graphql").read_text()


@pytest.mark.parametrize("name", ANSWERED)
def test_validates(name: str) -> None:
    """The document is valid against the committed schema."""
    schema = build_schema(Path("schema.graphql").read_text())
    assert validate(schema, parse(document(name))) == []


async def test_order_screen() -> None:
    """An order that all three systems know shows all three, its parcels' events, its invoices and its conflicts."""
    async with front(seed=7, orders=500) as running:
        number = running.business.telling_number()
        answer = await running.ask(document("order-screen"), {"number": number})
        order = answer["data"]["order"]
        conflicts = {
            planted.path
            for planted in running.business.scenario.truth.conflicts
            if any(source["externalId"] == planted.order[1] for source in order["sources"])
        }

        assert "errors" not in answer
        assert len({source["system"] for source in order["sources"]}) >= 3
        assert any(package["events"] for shipment in order["shipments"] for package in shipment["packages"])
        assert order["invoices"]
        assert conflicts
        assert conflicts <= {conflict["path"] for conflict in order["conflicts"]}


async def test_lists_and_stock() -> None:
    """The list, the fan-out and the stock documents answer whole, without an error."""
    async with front(seed=7, orders=500) as running:
        skus = running.business.telling_skus()
        listed = await running.ask(document("order-list"), {"first": 20})
        wide = await running.ask(document("fan-out"), {"first": 20})
        stock = await running.ask(document("availability"), {"skus": skus})

        assert [answer.get("errors") for answer in (listed, wide, stock)] == [None, None, None]
        assert len(listed["data"]["orders"]["nodes"]) == len(wide["data"]["orders"]["nodes"]) == 20
        assert listed["data"]["orders"]["coverage"]["complete"]
        assert [item["sku"] for item in stock["data"]["inventory"]] == skus
