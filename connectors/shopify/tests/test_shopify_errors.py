"""Shopify's errors, most of which travel with HTTP 200, become what one can do about them."""

import json
from typing import Any

import pytest

from orderweave_sdk.batches import keys_of
from orderweave_sdk.clock import Call
from orderweave_sdk.errors import BadPayload, FixCredentials, GiveUp, Retry, UpstreamError, Wait
from orderweave_sdk.metering import Quota
from orderweave_sdk.records import Facet
from orderweave_sdk.testing.samples import sample_world
from orderweave_sdk.transport import Answer, Request
from orderweave_sdk.upstream import Upstream
from orderweave_shopify.client import Client, TooCostly
from orderweave_shopify.connector import ShopifyConnector
from orderweave_shopify.reading import OrderReader, OrderSearch
from orderweave_shopify.simulator import ShopifySimulator
from orderweave_shopify.simulator_cost import Bucket

from .rich_orders import ids


class Canned:
    """A transport that always answers the same document."""

    def __init__(self, document: Any) -> None:
        self._body = json.dumps(document).encode()

    async def send(self, request: Request, *, seconds: float, max_bytes: int) -> Answer:
        """The document."""
        return Answer(status=200, headers={}, body=self._body)

    async def close(self) -> None:
        """Nothing to close."""


def reader(document: Any) -> tuple[OrderReader, Upstream]:
    """A reader whose shop always answers the document, and its client for the quota."""
    upstream = Upstream("http://shop", concurrency=1, max_answer_bytes=10_000_000, transport=Canned(document))
    return OrderReader(Client(upstream, "2026-10"), "http://shop"), upstream


def error(code: str | None, *path: str | int) -> dict[str, Any]:
    """One error of an answer; its message holds a value that must not come out."""
    return {
        "message": "secret robin@example.com",
        "path": list(path),
        "extensions": {"code": code} if code else {},
    }


COST = {
    "cost": {
        "requestedQueryCost": 850,
        "throttleStatus": {"maximumAvailable": 2000.0, "currentlyAvailable": 250, "restoreRate": 100.0},
    }
}


@pytest.mark.parametrize(
    ("document", "expected", "words"),
    [
        ({"errors": [error("THROTTLED")], "extensions": COST}, Wait, "bucket"),
        ({"errors": [error("MAX_COST_EXCEEDED")]}, TooCostly, "above what one query may cost"),
        (
            {"data": {"nodes": [None]}, "errors": [error("ACCESS_DENIED", "nodes", 0, "customer")]},
            FixCredentials,
            "lacks a right, for nodes.customer",
        ),
        ({"errors": [error("INTERNAL_SERVER_ERROR")]}, Retry, "INTERNAL_SERVER_ERROR"),
        ({"errors": [error("undefinedField", "query")]}, GiveUp, "undefinedField"),
        ({"errors": [error(None)]}, GiveUp, "UNKNOWN"),
        ({"data": None}, BadPayload, "neither data nor errors"),
        ({"data": {"orders": []}}, BadPayload, "nodes"),
        ({"data": {"nodes": []}, "errors": [error("TIMEOUT", "elsewhere")]}, BadPayload, "names no order"),
    ],
)
async def test_errors_say_what_to_do(document: Any, expected: type[UpstreamError], words: str) -> None:
    """Each code becomes its class, in words that name fields and codes and never the message's values."""
    made, _ = reader(document)
    with pytest.raises(expected) as caught:
        await made.by_ids([ids("order", 1)], frozenset(), Call.within(5))
    assert type(caught.value) is expected
    assert words in str(caught.value)
    assert "robin" not in str(caught.value)


async def test_throttled_waits_as_long_as_the_bucket_needs() -> None:
    """600 points are missing and 100 come back a second: 6 seconds, and the quota is known."""
    made, upstream = reader({"errors": [error("THROTTLED")], "extensions": COST})
    with pytest.raises(Wait) as caught:
        await made.by_ids([ids("order", 1)], frozenset(), Call.within(5))
    assert caught.value.seconds == 6.0
    assert upstream.quota == Quota(available=250, maximum=2000, per_second=100)


async def test_throttled_without_figures_waits_unsaid() -> None:
    """When Shopify gives no figures, no number of seconds is made up."""
    made, _ = reader({"errors": [error("THROTTLED")]})
    with pytest.raises(Wait) as caught:
        await made.by_ids([ids("order", 1)], frozenset(), Call.within(5))
    assert caught.value.seconds is None


def order(n: int) -> dict[str, Any]:
    """The least that an order answers."""
    return {"id": ids("order", n), "name": f"#{n}", "updatedAt": "2026-03-01T00:00:00Z"}


async def test_a_failed_order_is_a_gap_beside_the_others() -> None:
    """An error inside one order of a batch costs that order alone, even where Shopify still sends a part of it."""
    answer = {
        "data": {"nodes": [order(1), None, order(3)]},
        "errors": [error("INTERNAL_SERVER_ERROR", "nodes", 1), error("TIMEOUT", "nodes", 2, "lineItems")],
    }
    made, _ = reader(answer)
    records, gaps = await made.by_ids([ids("order", n) for n in (1, 2, 3)], frozenset(), Call.within(5))
    assert [record.external_id for record in records] == [ids("order", 1)]
    assert [(gap.reason, gap.external_id) for gap in gaps] == [
        ("order: Shopify failed to answer it (INTERNAL_SERVER_ERROR)", ids("order", 2)),
        ("order: Shopify failed to answer it (TIMEOUT)", ids("order", 3)),
    ]


async def test_a_failed_hit_is_a_gap_beside_the_others() -> None:
    """The same in a search, where the page goes on."""
    edges = [{"cursor": "a", "node": order(1)}, None, {"cursor": "c", "node": {"id": 7}}]
    page = {"hasNextPage": True, "endCursor": "c"}
    made, _ = reader(
        {
            "data": {"orders": {"edges": edges, "pageInfo": page}},
            "errors": [error("TIMEOUT", "orders", "edges", 1, "node", "name")],
        }
    )
    results = await made.search(OrderSearch(query=None), frozenset(), Call.within(5), size=3, after=None)
    assert [(found.cursor, found.record is not None) for found in results.found] == [("a", True), ("c", False)]
    assert [gap.reason for gap in results.gaps] == [
        "order: Shopify failed to answer it (TIMEOUT)",
        "order: Expected `str`, got `int` - at `$.id`",
    ]


async def test_a_facet_that_is_missing_is_a_gap() -> None:
    """An order that lacks a part which was selected is reported, not read as having none."""
    made, _ = reader({"data": {"nodes": [order(1)]}})
    records, gaps = await made.by_ids([ids("order", 1)], frozenset({Facet.LINES}), Call.within(5))
    assert records == []
    assert [(gap.reason, gap.external_id) for gap in gaps] == [("order: lineItems is missing", ids("order", 1))]


async def test_a_real_bucket_runs_empty_and_fills(shop: ShopifySimulator, connector: ShopifyConnector) -> None:
    """With a bucket of its own the shop throttles the second query, and serves it once time has passed."""
    now = [0.0]
    shop.seed(sample_world(ids))
    shop.bucket = Bucket(maximum=1000, per_second=50, clock=lambda: now[0])
    shop.throttles = True
    wanted = [ids("order", n) for n in range(1, 21)]
    await connector.find_orders(keys_of("id", wanted), ShopifyConnector.manifest.facets, Call.within(10))
    with pytest.raises(Wait) as caught:
        await connector.find_orders(keys_of("id", wanted), ShopifyConnector.manifest.facets, Call.within(10))
    assert caught.value.seconds is not None
    now[0] += caught.value.seconds
    found = await connector.find_orders(keys_of("id", wanted), ShopifyConnector.manifest.facets, Call.within(10))
    assert len(found.records) == 20
