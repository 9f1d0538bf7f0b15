"""The analysts' document on the demo, after it has synced by itself: equal to a count over all orders of the story."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import httpx
import pytest
import pytest_asyncio

from orderweave.demo.business import DemoBusiness
from orderweave.demo.serving import demo_app
from orderweave.matching import KeyReader
from orderweave.merging import Merger
from orderweave.model.order import Order
from orderweave.planning.authority import Authority
from orderweave_sdk.testing.contracts import contract_file
from tests.unit.index.story import READ_AT, records_of, shown_groups

SENT = {"FULFILLED", "PARTIALLY_FULFILLED", "DELIVERED"}
YEAR = datetime(2026, 1, 1, tzinfo=UTC)

# The users' document, as it stands; a newcomer's clone has no such file beside it.
DOCUMENT = """
query UnpaidButShipped($first: Int!, $after: String) {
  orders(
    first: $first
    after: $after
    filter: {
      placedAt: { gte: "2026-01-01T00:00:00Z" }
      fulfillmentStatus: { in: [FULFILLED, PARTIALLY_FULFILLED, DELIVERED] }
      invoiceStatus: { in: [INVOICED, PARTIALLY_INVOICED] }
      paymentStatus: { notIn: [PAID, REFUNDED] }
    }
    sort: { field: TOTAL, direction: DESC }
  ) {
    totalCount
    nodes {
      id number paymentStatus fulfillmentStatus company { name }
      totals { total { amount currency } due { amount currency } }
    }
    pageInfo { hasNextPage endCursor }
    coverage { complete sources { system ok from to truncated error } }
  }
}

query SalesByChannelAndMonth {
  orderAggregates(
    filter: { status: { ne: CANCELED } }
    groupBy: [{ field: CHANNEL }, { field: PLACED_AT, interval: MONTH }, { field: CURRENCY }]
    orderBy: { measure: TOTAL_SUM, direction: DESC }
    first: 100
  ) {
    groups { keys { field value } count totalSum totalAverage dueSum lineQuantitySum }
    coverage { complete sources { system ok from to truncated error } }
  }
}
"""


class Analyst:
    """Asks the demo, and knows all orders of its story."""

    def __init__(self, client: httpx.AsyncClient, document: str, orders: tuple[Order, ...]) -> None:
        self._client = client
        self._document = document
        self.orders = orders

    async def ask(self, operation: str, **variables: Any) -> Any:
        """The data of one operation of the document."""
        body = {"query": self._document, "operationName": operation, "variables": variables}
        answer = (await self._client.post("/graphql", json=body)).json()
        assert "errors" not in answer, answer["errors"]
        return answer["data"]


@pytest.fixture(scope="module", params=["ours", pytest.param("users", marks=pytest.mark.contracts)])
def document(request: pytest.FixtureRequest) -> str:
    """The document, and with CI=true the users' own file."""
    return DOCUMENT if request.param == "ours" else contract_file("../queries/analyst.graphql").read_text()


@pytest_asyncio.fixture
async def analyst(document: str) -> AsyncIterator[Analyst]:
    """Asks once the demo has everything in its index."""
    async with DemoBusiness(seed=5, orders=200) as business:
        app = demo_app(business, indexed=True)
        rules = business.configuration().business
        captures = frozenset(name for name, spec in rules.systems.items() if spec.captures_orders)
        reader, merger = KeyReader(rules), Merger(rules, Authority(rules))
        groups = shown_groups(records_of(business.worlds), rules, reader, captures)
        orders = tuple(merger.merge(group, now=READ_AT) for group in groups)
        async with app.router.lifespan_context(app):
            transport = httpx.ASGITransport(app=app)
            async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
                found = Analyst(client, document, orders)
                async with asyncio.timeout(60):
                    while not (await found.ask("SalesByChannelAndMonth"))["orderAggregates"]["coverage"]["complete"]:
                        await asyncio.to_thread(lambda: None)
                yield found


async def test_unpaid_but_shipped(analyst: Analyst) -> None:
    """Page by page every such order once, dearest first, and their number."""
    wanted = [
        order
        for order in analyst.orders
        if order.placed_at
        and order.placed_at >= YEAR
        and order.fulfillment_status.value in SENT
        and order.invoice_status.value in {"INVOICED", "PARTIALLY_INVOICED"}
        and order.payment_status.value not in {"PAID", "REFUNDED"}
    ]
    assert len(wanted) > 5
    wanted.sort(key=lambda order: (_total(order) or Decimal("-Infinity"), order.key), reverse=True)
    listed: list[str] = []
    shown: dict[str, Any] = {}
    after = None
    while True:
        page = (await analyst.ask("UnpaidButShipped", first=5, after=after))["orders"]
        assert page["totalCount"] == len(wanted)
        assert page["coverage"]["complete"]
        listed += [node["id"] for node in page["nodes"]]
        shown |= {node["id"]: node for node in page["nodes"]}
        if not page["pageInfo"]["hasNextPage"]:
            break
        after = page["pageInfo"]["endCursor"]
    assert listed == [order.id for order in wanted]
    for order in wanted:
        node = shown[order.id]
        assert (node["paymentStatus"], node["fulfillmentStatus"]) == (order.payment_status, order.fulfillment_status)
        assert node["company"] == (order.company and {"name": order.company.name})
        due = order.totals.due if order.totals else None
        assert node["totals"]["due"] == (due and {"amount": format(due.amount, "f"), "currency": due.currency})


async def test_sales_by_channel_and_month(analyst: Analyst) -> None:
    """Every group with its count and its exact sums, the greatest first."""
    groups: dict[tuple[Any, ...], list[Order]] = defaultdict(list)
    for order in analyst.orders:
        if order.status.value != "CANCELED":
            month = order.placed_at and f"{order.placed_at:%Y-%m}-01T00:00:00+00:00"
            groups[order.channel and order.channel.code, month, order.currency].append(order)
    found = (await analyst.ask("SalesByChannelAndMonth"))["orderAggregates"]["groups"]
    assert {tuple(key["value"] for key in group["keys"]) for group in found} == groups.keys()
    for group in found:
        same = groups[tuple(key["value"] for key in group["keys"])]
        totals = [total for order in same if (total := _total(order)) is not None]
        quantities = [line.quantity.ordered or Decimal(0) for order in same for line in order.order_lines]
        assert group["count"] == len(same)
        assert Decimal(group["totalSum"]) == sum(totals, Decimal(0))
        assert abs(Decimal(group["totalAverage"]) - sum(totals, Decimal(0)) / len(totals)) <= Decimal("0.00005")
        dues = [order.totals.due.amount for order in same if order.totals and order.totals.due]
        assert (group["dueSum"] and Decimal(group["dueSum"])) == (sum(dues, Decimal(0)) if dues else None)
        assert Decimal(str(group["lineQuantitySum"])) == sum(quantities, Decimal(0))
    sums = [Decimal(group["totalSum"]) for group in found]
    assert sums == sorted(sums, reverse=True)


def _total(order: Order) -> Decimal | None:
    return order.totals.total.amount if order.totals and order.totals.total else None
